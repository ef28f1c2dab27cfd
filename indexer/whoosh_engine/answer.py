"""A question to a view: find, narrow to what is chosen, bring stories together, rank, count."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from indexer.engine import TELLING, Matches, Sort
from indexer.tree import Node
from indexer.whoosh_engine.cache import Cache, Value
from indexer.whoosh_engine.evaluate import Placements, find
from indexer.whoosh_engine.explain import explained, with_newer
from indexer.whoosh_engine.facets import Facet, Numbers, Selection, facet_of
from indexer.whoosh_engine.found import Found
from indexer.whoosh_engine.leaf import View
from indexer.whoosh_engine.pairs import with_pairs
from indexer.whoosh_engine.scoring import statistics_of
from indexer.whoosh_engine.segment import Segment
from indexer.whoosh_engine.significant import telling
from indexer.whoosh_engine.stories import Stories, stories_of
from indexer.whoosh_engine.top import top

Kept = NDArray[np.bool_] | None
"""Whether each document found stays; None where all do."""


def answer(
    view: View,
    tree: Node,
    *,
    sort: Sort,
    offset: int,
    limit: int | None,
    copies: bool,
    facets: Collection[str],
    chosen: Mapping[str, tuple[str, ...]],
    cache: Cache,
    explain: bool = False,
    newer: bool = False,
) -> Matches:
    """Return what matches *tree* in *view*; see `Engine.match`."""
    known: Placements = {}
    scored = sort is Sort.RELEVANCE and limit != 0
    found = find(view, tree, scored=scored, cache=cache, placed=known)
    whole = _Whole(view, cache)
    numbers = whole.numbers(found)
    having = {
        name: whole.facet(name).having(values, numbers)
        for name, values in chosen.items()
        if values
    }
    kept = _all(having.values())
    narrowed = _those(numbers, kept)
    selection = Selection.of(narrowed, whole.documents)
    counts = {}
    lines = _kept(found, kept)
    for name in facets:
        if name == TELLING:
            leaves = statistics_of(view, cache).leaves
            counts[name] = telling(leaves, [one.documents for one in lines])
            continue
        counted = selection
        if name in having:
            others = _all(mask for other, mask in having.items() if other != name)
            counted = Selection.of(_those(numbers, others), whole.documents)
        counts[name] = whole.facet(name).count(counted)
    if not copies:
        lines = _kept(lines, whole.stories().shown(narrowed))
    ranked = lines
    if sort is Sort.RELEVANCE and limit != 0:
        ranked = with_pairs(view, tree, lines, cache)
    hits = top(ranked, sort=sort, offset=offset, limit=limit, newer=newer)
    if explain and sort is Sort.RELEVANCE:
        hits = explained(view, tree, lines, hits, cache, known)
        if newer:
            hits = with_newer(ranked, hits)
    return Matches(
        total=sum(len(one.documents) for one in lines),
        hits=hits,
        facets=counts,
        articles=len(narrowed),
    )


@dataclass(frozen=True, slots=True)
class _Whole:
    """What is derived from all segments of a view together, kept for the next query."""

    view: View
    cache: Cache

    @property
    def documents(self) -> int:
        return sum(leaf.segment.count for leaf in self.view.leaves)

    def numbers(self, found: tuple[Found, ...]) -> Numbers:
        """Return what was *found* in each leaf, numbered on from leaf to leaf."""
        numbers, base = [np.empty(0, dtype=np.intp)], 0
        for one in found:
            numbers.append(one.documents + np.intp(base))
            base += one.leaf.segment.count
        return np.concatenate(numbers)

    def facet(self, name: str) -> Facet:
        return self._of("facet " + name, lambda segments: facet_of(name, segments))

    def stories(self) -> Stories:
        return self._of("stories", stories_of)

    def _of(self, what: str, make: Callable[[list[Segment]], Value]) -> Value:
        segments = [leaf.segment for leaf in self.view.leaves]
        # Of no one segment, and so dropped with the generation.
        key = ("", what, *(segment.name for segment in segments))
        return self.cache.get(key, lambda: make(segments))


def _all(masks: Iterable[NDArray[np.bool_]]) -> Kept:
    kept: Kept = None
    for mask in masks:
        kept = mask if kept is None else kept & mask
    return kept


def _those(numbers: Numbers, kept: Kept) -> Numbers:
    return numbers if kept is None else numbers[kept]


def _kept(found: tuple[Found, ...], kept: Kept) -> tuple[Found, ...]:
    if kept is None:
        return found
    ends = np.cumsum([0, *(len(one.documents) for one in found)]).tolist()
    return tuple(
        replace(
            one,
            documents=one.documents[kept[start:end]],
            scores=None if one.scores is None else one.scores[kept[start:end]],
        )
        for one, (start, end) in zip(found, pairwise(ends), strict=True)
    )
