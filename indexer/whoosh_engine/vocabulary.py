"""The words of a view: how they begin or are spelt, and how many articles have them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import fold
from indexer.engine import Frequencies
from indexer.tree import Field, Fuzzy, Words
from indexer.whoosh_engine.cache import Cache
from indexer.whoosh_engine.expand import words_of
from indexer.whoosh_engine.fuzzy import close
from indexer.whoosh_engine.holders import PartReader
from indexer.whoosh_engine.leaf import Leaf, View
from indexer.whoosh_engine.schema import SEARCHED_IN
from indexer.whoosh_engine.scoring import statistics_of
from indexer.whoosh_engine.segment import ACCENTED, Part, Strings

_PARTS: Final = SEARCHED_IN[Field.ANY]
_WIDER: Final = 8
_STEM: Final = "S32"
"""Longer stems count as they begin, which harms nothing where counts are approximate."""
_WITH_MARK: Final = "S33"
"""A stem and a letter more: a key that is wider than what it is sought in has all of it copied."""


def terms(
    view: View, like: str | Fuzzy | Words, limit: int, cache: Cache | None = None
) -> Sequence[tuple[str, int]]:
    """Return folded words of headline, body and byline that begin with *like*, or are close to it.

    Each with how many living articles have it, the most frequent first and ties in the
    order of letters; at most *limit*. Of `Words`, their terms; see `Engine.terms`.
    """
    parts = [(leaf.segment, name) for leaf in view.leaves for name in _PARTS]
    kept = cache or Cache()
    if isinstance(like, Words):
        found = _frequencies(view, like.text, kept)
        return sorted(found.items(), key=lambda item: (-item[1], item[0]))[:limit]
    if isinstance(like, Fuzzy):
        readers = [PartReader(segment, name, kept) for segment, name in parts]
        alike = [_close(reader, fold(like.text), like.distance) for reader in readers]
    else:
        key = fold(like).encode()
        alike = [_beginning(segment.parts[name], key) for segment, name in parts]
    longest = max((len(forms.counts) for forms in alike), default=0)
    most, best = 0, list[tuple[int, bytes]]()
    known: dict[bytes, int] = {}
    while most < longest and limit > 0:
        most = max(most, limit) * _WIDER
        best, sure = _best(view, alike, most, limit, known)
        if sure:
            break
    return [(form.decode(), -negative) for negative, form in best]


def _frequencies(view: View, text: str, cache: Cache) -> dict[str, int]:
    """About how many articles have each term of *text*, where any has."""
    stems: dict[str, set[str]] = {}
    for word in words_of(text, view.analyzer):
        stems.setdefault(word.text, set()).update((word.text, *word.others))
    keys = sorted({stem.encode() for own in stems.values() for stem in own})
    counts = np.zeros(len(keys), dtype=np.intp)
    wanted = np.array(keys, dtype=_STEM) if keys else np.zeros(0, dtype=_STEM)
    for leaf in view.leaves:
        most = np.zeros(len(keys), dtype=np.intp)
        for name in _PARTS:
            np.maximum(most, _postings(leaf, name, wanted, cache), out=most)
        counts += most
    by_stem = dict(zip(keys, counts.tolist(), strict=True))
    # An article is in one language.
    found = {term: sum(by_stem[stem.encode()] for stem in own) for term, own in stems.items()}
    return {term: count for term, count in found.items() if count}


def _postings(leaf: Leaf, name: str, wanted: NDArray[np.bytes_], cache: Cache) -> NDArray[np.intp]:
    """How many postings each stem *wanted* has in one part."""
    part = leaf.segment.parts[name]
    stems: NDArray[np.bytes_] = cache.get(
        (leaf.segment.name, name, "stems"),
        lambda: np.array(bytes(part.stems.text).split(b"\n")[:-1] or [b""], dtype=_STEM).astype(
            _WITH_MARK
        ),
    )
    if not len(part.stems):
        return np.zeros(len(wanted), dtype=np.intp)
    # A stem, and the same with accents, stand side by side.
    ends = np.char.add(wanted, chr(ACCENTED[0] + 1).encode()).astype(_WITH_MARK)
    first = part.starts[part.stem_starts[np.searchsorted(stems, wanted)]]
    last = part.starts[part.stem_starts[np.searchsorted(stems, ends)]]
    return last.astype(np.intp) - first


def frequencies(view: View, words: Sequence[str], cache: Cache) -> Frequencies:
    """Return how many living articles have each of *words*; see `Engine.frequencies`."""
    statistics = statistics_of(view, cache)
    having = []
    for word in words:
        terms = words_of(word, view.analyzer)
        having.append(statistics.having(_PARTS, terms[0]) if len(terms) == 1 else 0)
    return Frequencies(statistics.documents, tuple(having))


@dataclass(frozen=True, slots=True)
class _Forms:
    """Forms of one part of a leaf: where each is among *strings*, and how many postings it has."""

    strings: Strings
    at: NDArray[np.intp]
    counts: NDArray[np.intp]

    def highest(self, most: int) -> tuple[dict[bytes, int], int]:
        """Return the *most* with the highest counts, and what no other is above."""
        order, rest = np.arange(len(self.counts)), 0
        if most < len(order):
            order = np.argpartition(-self.counts, most - 1)[:most]
            rest = int(self.counts[order].min())
        names = [self.strings[i] for i in self.at[order].tolist()]
        return dict(zip(names, self.counts[order].tolist(), strict=True)), rest


def _best(
    view: View, alike: list[_Forms], most: int, limit: int, known: dict[bytes, int]
) -> tuple[list[tuple[int, bytes]], bool]:
    """The best of the *most* frequent forms of each part, and whether no other can be among them.

    An article may have a word in two parts, or be gone: so what is counted in parts is too
    high, and only says in which order to count truly, and when to stop.
    """
    above: Counter[bytes] = Counter()
    others = 0
    for forms in alike:
        counts, rest = forms.highest(most)
        others += rest
        for form, count in counts.items():
            above[form] += count - rest
    best: list[tuple[int, bytes]] = []
    for form, count in sorted(above.items(), key=lambda item: (-item[1], item[0])):
        if len(best) == limit and count + others < -best[-1][0]:
            break
        if form not in known:
            known[form] = sum(_living(leaf, form) for leaf in view.leaves)
        if known[form]:
            best = sorted([*best, (-known[form], form)])[:limit]
    return best, not others or (len(best) == limit and others < -best[-1][0])


def _beginning(part: Part, key: bytes) -> _Forms:
    """The forms of *part* that begin with *key*."""
    found = part.forms.strings.starting(key)
    first = np.flatnonzero(_differ_from_last(part.forms.strings, found))
    return _distinct(part, np.arange(found.start, found.stop), first)


def _close(reader: PartReader, word: str, distance: int) -> _Forms:
    """The forms of a part at most *distance* edits from *word*."""
    strings = reader.part.forms.strings
    found = close(strings, reader.sketch(), word, distance)
    names = [strings[i] for i in found.tolist()]
    differ = [i for i, name in enumerate(names) if i == 0 or name != names[i - 1]]
    return _distinct(reader.part, found, np.array(differ, dtype=np.intp))


def _distinct(part: Part, ordinals: NDArray[np.intp], first: NDArray[np.intp]) -> _Forms:
    """The forms of *part* at *ordinals*, where one stands as often as it has stems.

    *first* says which of *ordinals* are the first with their form.
    """
    entries = part.forms.entries[ordinals].astype(np.intp)
    counts = (part.starts[entries + 1] - part.starts[entries]).astype(np.intp)
    counts = np.add.reduceat(counts, first) if len(first) else counts
    return _Forms(part.forms.strings, ordinals[first], counts)


def _differ_from_last(strings: Strings, ordinals: range) -> NDArray[np.bool_]:
    """Whether each of some *strings* differs from the one before; the first does."""
    differ = np.ones(len(ordinals), dtype=bool)
    starts = strings.starts[ordinals.start : ordinals.stop + 1].astype(np.intp)
    lengths = np.diff(starts)
    text: NDArray[Any] = np.frombuffer(strings.text, dtype=np.uint8)
    alike = np.flatnonzero(lengths[1:] == lengths[:-1]) + 1
    # Neighbours in order begin alike, so they are compared from their ends.
    for back in range(2, int(lengths.max(initial=0)) + 1):
        alike = alike[text[starts[alike + 1] - back] == text[starts[alike] - back]]
        differ[alike[lengths[alike] == back]] = False
        alike = alike[lengths[alike] > back]
        if not len(alike):
            break
    return differ


def _living(leaf: Leaf, form: bytes) -> int:
    """How many living documents of *leaf* have *form* in any part."""
    found = np.zeros(leaf.segment.count, dtype=bool)
    for name in _PARTS:
        part = leaf.segment.parts[name]
        i = part.forms.strings.first_from(form)
        while i < len(part.forms.strings) and part.forms.strings[i] == form:
            entry = int(part.forms.entries[i])
            found[part.postings(range(entry, entry + 1)).ids] = True
            i += 1
    found[leaf.deleted] = False
    return int(np.count_nonzero(found))
