"""The words of a view: how they begin, for spelling and type-ahead, and how many have them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import fold
from indexer.engine import Frequencies
from indexer.tree import Field
from indexer.whoosh_engine.cache import Cache
from indexer.whoosh_engine.expand import Kind, Term
from indexer.whoosh_engine.leaf import Leaf, View
from indexer.whoosh_engine.schema import SEARCHED_IN
from indexer.whoosh_engine.scoring import statistics_of
from indexer.whoosh_engine.segment import Part, Strings

_PARTS: Final = SEARCHED_IN[Field.ANY]
_WIDER: Final = 8


def terms(view: View, prefix: str, limit: int) -> Sequence[tuple[str, int]]:
    """Return folded words of headline, body and byline that begin with *prefix*.

    Each with how many living articles have it, the most frequent first and ties in the
    order of letters; at most *limit*.
    """
    key = fold(prefix).encode()
    parts = [leaf.segment.parts[name] for leaf in view.leaves for name in _PARTS]
    beginning = [_beginning(part, key) for part in parts]
    longest = max((len(forms.counts) for forms in beginning), default=0)
    most, best = 0, list[tuple[int, bytes]]()
    known: dict[bytes, int] = {}
    while most < longest and limit > 0:
        most = max(most, limit) * _WIDER
        best, sure = _best(view, beginning, most, limit, known)
        if sure:
            break
    return [(form.decode(), -negative) for negative, form in best]


def frequencies(view: View, words: Sequence[str], cache: Cache) -> Frequencies:
    """Return how many living articles have each of *words*; see `Engine.frequencies`."""
    statistics = statistics_of(view, cache)
    having = []
    for word in words:
        terms = view.analyzer.terms(word)
        alone = Term(Kind.STEM, terms[0]) if len(terms) == 1 else None
        having.append(statistics.having(_PARTS, alone) if alone else 0)
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
    view: View, beginning: list[_Forms], most: int, limit: int, known: dict[bytes, int]
) -> tuple[list[tuple[int, bytes]], bool]:
    """The best of the *most* frequent forms of each part, and whether no other can be among them.

    An article may have a word in two parts, or be gone: so what is counted in parts is too
    high, and only says in which order to count truly, and when to stop.
    """
    above: Counter[bytes] = Counter()
    others = 0
    for forms in beginning:
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
    """The forms of *part* that begin with *key*; there one stands as often as it has stems."""
    strings = part.forms.strings
    found = strings.starting(key)
    entries = part.forms.entries[found.start : found.stop].astype(np.intp)
    counts = (part.starts[entries + 1] - part.starts[entries]).astype(np.intp)
    first = np.flatnonzero(_differ_from_last(strings, found))
    counts = np.add.reduceat(counts, first) if len(first) else counts
    return _Forms(strings, first + found.start, counts)


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
