"""Wildcards over all strings of a part at once: ``*`` is any letters or none, ``?`` is one.

What is plain in a pattern thins the strings out by arrays; a regular expression
reads only what is left, and only where the plain pieces have not said all.
"""

import re
from typing import Final

import numpy as np
from numpy.typing import NDArray

from indexer.whoosh_engine.build import starts_of
from indexer.whoosh_engine.segment import Strings

_ONE_LETTER: Final = rb"(?:[^\n\x80-\xff]|[\xc2-\xf4][\x80-\xbf]+)"


def like(strings: Strings, pattern: str) -> NDArray[np.intp]:
    """Return the ordinals of the *strings* that match *pattern* as a whole, ascending.

    *pattern* has at least one ``*`` or ``?``.
    """
    pieces = [piece.encode() for piece in re.split(r"[*?]", pattern)]
    head, *middle, tail = pieces
    raw = np.frombuffer(strings.text, dtype=np.uint8)
    among = strings.starting(head)
    found = np.arange(among.start, among.stop)
    found = found[_sizes(strings, found) >= sum(map(len, pieces)) + pattern.count("?")]
    for back, letter in enumerate(reversed(tail), start=2):
        found = found[raw[strings.starts[found + 1] - np.uint32(back)] == letter]
    longest = max(middle, key=len, default=b"")
    if longest:
        found = found[_hold(strings, among, longest)[found]]
    plain = pattern.count("*") == 1 or (pattern.count("*") == 2 and not head + tail)
    return found if plain and "?" not in pattern else _matching(strings, found, pattern)


def _sizes(strings: Strings, ordinals: NDArray[np.intp]) -> NDArray[np.uint32]:
    """How many bytes each has, the line feed left out."""
    sizes: NDArray[np.uint32] = strings.starts[ordinals + 1] - strings.starts[ordinals] - 1
    return sizes


def _hold(strings: Strings, among: range, piece: bytes) -> NDArray[np.bool_]:
    """Whether each string holds *piece*; only those *among* some count."""
    low, high = int(strings.starts[among.start]), int(strings.starts[among.stop])
    raw = np.frombuffer(strings.text, dtype=np.uint8)[low:high]
    at = np.flatnonzero(raw[: max(0, len(raw) - len(piece) + 1)] == piece[0])
    for on, letter in enumerate(piece[1:], start=1):
        at = at[raw[at + on] == letter]
    hold = np.zeros(len(strings), dtype=bool)
    hold[strings.starts.searchsorted((at + low).astype(np.uint32), side="right") - 1] = True
    return hold


def _matching(strings: Strings, ordinals: NDArray[np.intp], pattern: str) -> NDArray[np.intp]:
    """Those of *ordinals* whose strings match *pattern*, by a regular expression."""
    wild = {"*": rb"[^\n]*", "?": _ONE_LETTER}
    pieces = (
        wild.get(piece) or re.escape(piece.encode()) for piece in re.split("([*?])", pattern)
    )
    expression = re.compile(rb"^" + b"".join(pieces) + rb"\n", re.MULTILINE)
    text, starts = lines(strings, ordinals)
    at = [match.start() for match in expression.finditer(text)]
    return ordinals[np.searchsorted(starts, at)]


def lines(strings: Strings, ordinals: NDArray[np.intp]) -> tuple[bytes, NDArray[np.uint32]]:
    """Return the strings of *ordinals* (ascending) end to end, and where each starts."""
    sizes = _sizes(strings, ordinals) + np.uint32(1)
    starts = starts_of(sizes)
    raw = np.frombuffer(strings.text, dtype=np.uint8)
    if len(ordinals) and ordinals[-1] - ordinals[0] + 1 == len(ordinals):
        low = int(strings.starts[ordinals[0]])
        return raw[low : low + int(starts[-1])].tobytes(), starts
    at = np.repeat(strings.starts[ordinals] - starts[:-1], sizes)
    at += np.arange(starts[-1], dtype=np.uint32)
    return raw[at].tobytes(), starts
