"""Terms of a query to the entries of a part: what begins so, looks so, or nearly so.

The forms of a part are one run of bytes, so a pattern is one regular expression
over all of them, and the distance of all forms from a word is counted at once.
"""

import re
from dataclasses import dataclass
from enum import Enum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import fold
from indexer.whoosh_engine.segment import Forms, Part

_LINE_FEED: Final = 0x0A
_ONE_LETTER: Final = rb"(?:[^\n\x80-\xff]|[\xc2-\xf4][\x80-\xbf]+)"
_ANY_LETTERS: Final = rb"[^\n]*+"


class Kind(Enum):
    """How a term says which entries it means."""

    STEM = "stem"
    FORM = "form"
    PREFIX = "prefix"
    PATTERN = "pattern"
    FUZZY = "fuzzy"


@dataclass(frozen=True, slots=True)
class Term:
    """Entries of a part by their stem, or by their form. *distance* is for fuzzy terms."""

    kind: Kind
    text: str
    distance: int = 0

    @property
    def ranks(self) -> bool:
        """Whether it scores by how often it stands where, or each document alike."""
        return self.kind in {Kind.STEM, Kind.FORM}


def pattern(text: str) -> Term:
    """Return the term for *text*, in which ``*`` and ``?`` are wild and the rest is folded."""
    pieces = (piece if piece in {"*", "?"} else fold(piece) for piece in re.split(r"([*?])", text))
    # Stars side by side are one; beside a question mark, they come last.
    folded = re.sub(r"[*?]*\*[*?]*", _stars_last, "".join(pieces))
    if "?" not in folded and "*" not in folded[:-1]:
        kind = Kind.PREFIX if folded.endswith("*") else Kind.FORM
        return Term(kind, folded.rstrip("*"))
    return Term(Kind.PATTERN, folded)


def entries(part: Part, term: Term) -> tuple[range, ...]:
    """Return the entries of *part* that *term* means, as runs of neighbours, ascending."""
    key = term.text.encode()
    match term.kind:
        case Kind.STEM:
            found = part.entries_with_stem(key)
            return (found,) if found else ()
        case Kind.FORM:
            # No string lies between a form and itself with a zero byte behind.
            strings = part.forms.strings
            ordinals = np.arange(strings.first_from(key), strings.first_from(key + b"\0"))
        case Kind.PREFIX:
            wanted = part.forms.strings.starting(key)
            ordinals = np.arange(wanted.start, wanted.stop)
        case Kind.PATTERN:
            ordinals = _like(part.forms, term.text)
        case Kind.FUZZY:
            ordinals = _close(part.forms, term.text, term.distance)
    return _runs(part.forms.entries[ordinals])


def _stars_last(wild: re.Match[str]) -> str:
    return "?" * wild.group().count("?") + "*"


def _runs(numbers: NDArray[np.uint32]) -> tuple[range, ...]:
    if not len(numbers):
        return ()
    ordered = np.sort(numbers)
    breaks = np.flatnonzero(np.diff(ordered) > 1) + 1
    firsts = ordered[np.concatenate(([0], breaks))].tolist()
    lasts = ordered[np.concatenate((breaks - 1, [len(ordered) - 1]))].tolist()
    return tuple(range(first, last + 1) for first, last in zip(firsts, lasts, strict=True))


def _like(forms: Forms, text: str) -> NDArray[np.intp]:
    """The ordinals of the forms that match a pattern, searched where its beginning allows."""
    strings = forms.strings
    head = re.split(r"[*?]", text, maxsplit=1)[0].encode()
    among = strings.starting(head)
    low, high = int(strings.starts[among.start]), int(strings.starts[among.stop])
    # Lazily to each literal, as the first place where it stands is as good as any; the last
    # piece is held to the end of the line.
    pieces = [re.escape(piece.encode()) for piece in re.split(r"[*?]", text)]
    wild = [_ANY_LETTERS if c == "*" else _ONE_LETTER for c in text if c in "*?"]
    expression = pieces[0]
    for i, (between, piece) in enumerate(zip(wild, pieces[1:], strict=True), start=1):
        last = i == len(wild)
        if between is _ANY_LETTERS and not (last and not piece):
            between = rb"[^\n]*" if last else rb"[^\n]*?"
        expression += between + piece
    found = re.compile(rb"^" + expression + rb"$", re.MULTILINE)
    starts = [match.start() for match in found.finditer(strings.text[low:high])]
    return np.searchsorted(strings.starts, np.array(starts, dtype=np.uint32) + np.uint32(low))


def _close(forms: Forms, text: str, distance: int) -> NDArray[np.intp]:
    """The ordinals of the forms at most *distance* edits from *text*.

    Row by row of the usual table, but a row for all forms of about the length of
    *text* at once (the band of *distance* beside the diagonal).
    """
    strings = forms.strings
    raw = np.frombuffer(strings.text, dtype=np.uint8)
    begins = (raw & 0xC0) != 0x80
    if begins.all():
        letters, starts = raw, strings.starts.astype(np.intp)
    else:
        letters = np.frombuffer(bytes(strings.text).decode().encode("utf-32-le"), dtype=np.uint32)
        starts = np.concatenate(([0], np.flatnonzero(letters == _LINE_FEED) + 1))
    lengths = np.diff(starts) - 1
    wanted = np.array([ord(c) for c in text], dtype=np.uint32)
    size = len(wanted)
    chosen = np.flatnonzero(np.abs(lengths - size) <= distance)
    if not len(chosen):
        return chosen
    far = distance + 1
    # Letter j of every form in one row; behind a form's end stands a line feed, and that
    # matches nothing.
    longest = size + distance
    table = [letters[np.minimum(starts[chosen] + j, len(letters) - 1)] for j in range(longest)]
    before: list[NDArray[np.uint8]] = []
    above = [np.full(len(chosen), min(j, far), dtype=np.uint8) for j in range(longest + 1)]
    outside = np.full(len(chosen), far, dtype=np.uint8)
    for i in range(1, size + 1):
        row = [outside] * (longest + 1)
        if i <= distance:
            row[0] = np.full(len(chosen), i, dtype=np.uint8)
        for j in range(max(1, i - distance), min(longest, i + distance) + 1):
            cell = above[j - 1] + (table[j - 1] != wanted[i - 1])
            np.minimum(cell, above[j] + np.uint8(1), out=cell)
            np.minimum(cell, row[j - 1] + np.uint8(1), out=cell)
            if i > 1 and j > 1:
                swapped = (table[j - 1] == wanted[i - 2]) & (table[j - 2] == wanted[i - 1])
                np.minimum(cell, np.where(swapped, before[j - 2] + np.uint8(1), far), out=cell)
            row[j] = np.minimum(cell, np.uint8(far))
        before, above = above, row
    last = np.stack([above[j] for j in range(longest + 1)])
    ends = lengths[chosen]
    found: NDArray[np.intp] = chosen[last[ends, np.arange(len(chosen))] <= distance]
    return found
