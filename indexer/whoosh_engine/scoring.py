"""BM25F over the articles that are there, and over no others.

The parts that a word is looked for in count together: how often it stands in each,
by that part's length and boost, before the sum saturates (Robertson, Zaragoza and
Taylor, "Simple BM25 extension to multiple weighted fields", 2004). The inverse
document frequency is that of Robertson and Spärck Jones, kept above zero.

Documents, their lengths and the documents of a term are counted among the living
of the whole generation, so that scores do not depend on how an index came to be.
"""

from collections.abc import Callable
from functools import cached_property
from itertools import product
from math import log
from typing import Final

import numpy as np
from numpy.typing import NDArray

from indexer.whoosh_engine.cache import Cache
from indexer.whoosh_engine.expand import Accents, Term
from indexer.whoosh_engine.holders import PartReader
from indexer.whoosh_engine.leaf import Leaf, View
from indexer.whoosh_engine.sets import DocumentSet, any_of, inside, is_table

BOOST: Final = {"headline": 2.0}
"""By part; 1 for the others."""

PLAIN: Final = 0.5
"""What a word without accents counts where it was typed with them."""

_MOST_TERMS: Final = 5000
"""So many terms are counted until their counts are let go."""
_B: Final = 0.75
_K1: Final = 1.2

# Named, as annotations within functions are evaluated at each run.
Asked = NDArray[np.intp]
Scores = NDArray[np.float64]
Score = Callable[[Asked, Scores], None]
"""Adds its scores of the documents asked for (ascending) to an array by these."""


class LeafReader:
    """One leaf as queries read it."""

    def __init__(self, leaf: Leaf, cache: Cache) -> None:
        self.leaf = leaf
        self.count = leaf.segment.count
        self._cache = cache
        self._parts: dict[str, PartReader] = {}

    @cached_property
    def living(self) -> NDArray[np.bool_] | None:
        """Whether each document lives, or None where all do."""
        return self.leaf.living

    def part(self, name: str) -> PartReader:
        """Return the reader of the part of that *name*."""
        found = self._parts.get(name)
        if found is None:
            found = self._parts[name] = PartReader(self.leaf.segment, name, self._cache)
        return found

    def documents(self, parts: tuple[str, ...], term: Term) -> DocumentSet:
        """Return which documents hold *term* in one of *parts*."""
        every = [self.part(part).documents(term) for part in parts]
        sets = [documents for documents in every if len(documents)]
        if len(sets) < 2 or any(map(is_table, sets)):
            return any_of(sets, self.count)
        return self._cache.get(
            (self.leaf.segment.name, parts, term), lambda: any_of(sets, self.count)
        )

    def words(self, name: str) -> int:
        """Return how many words the living have in a part."""
        lengths = self.part(name).lengths
        return int(lengths.sum(dtype=np.int64)) - int(lengths[self.leaf.deleted].sum())

    def having(self, parts: tuple[str, ...], term: Term) -> int:
        """Return how many living documents have *term* in one of *parts*."""
        documents = self.documents(parts, term)
        found = np.count_nonzero(documents) if is_table(documents) else len(documents)
        if found and len(self.leaf.deleted):
            found -= np.count_nonzero(inside(self.leaf.deleted, documents, self.count))
        return int(found)


class Statistics:
    """What BM25F asks of a whole generation: counted when first asked, shared by all threads."""

    nbytes: Final = 1 << 20
    """About how many bytes it holds."""

    def __init__(self, view: View, cache: Cache) -> None:
        self.leaves = [LeafReader(leaf, cache) for leaf in view.leaves]
        self.documents = sum(leaf.count for leaf in view.leaves)
        self._averages: dict[str, float] = {}
        self._frequencies: dict[tuple[tuple[str, ...], Term], int] = {}

    def average(self, part: str) -> float:
        """Return how many words *part* has, on average over all documents."""
        found = self._averages.get(part)
        if found is None:
            words = sum(leaf.words(part) for leaf in self.leaves)
            found = self._averages[part] = words / (self.documents or 1) or 1.0
        return found

    def norms(self, reader: PartReader, part: str) -> NDArray[np.float64]:
        """Return for each document what a word of *part* in it is divided by.

        1 in a document of average length, more in longer ones, and less by the part's boost.
        """
        average = self.average(part)
        found: NDArray[np.float64] = reader.kept(
            "norms", average, lambda: _norms(reader.lengths, average, BOOST.get(part, 1.0))
        )
        return found

    def having(self, parts: tuple[str, ...], term: Term) -> int:
        """Return how many living documents have *term* in one of *parts*."""
        found = self._frequencies.get((parts, term))
        if found is None:
            found = sum(leaf.having(parts, term) for leaf in self.leaves)
            if len(self._frequencies) >= _MOST_TERMS:
                self._frequencies.clear()
            self._frequencies[parts, term] = found
        return found

    def idf(self, having: int) -> float:
        """Return the inverse document frequency of what so many documents have."""
        return log(1 + (self.documents - having + 0.5) / (having + 0.5))


def statistics_of(view: View, cache: Cache) -> Statistics:
    """Return the statistics of a generation, counted once."""
    leaves = tuple((leaf.segment.name, len(leaf.deleted)) for leaf in view.leaves)
    return cache.get(("", "statistics", leaves), lambda: Statistics(view, cache))


def bm25f(statistics: Statistics, leaf: LeafReader, parts: tuple[str, ...], term: Term) -> Score:
    """Return what scores *term* in *parts* of one leaf; documents without it get nothing.

    Of a word that was typed with accents, one without them counts `PLAIN`.
    """
    counted = {term: 1.0}
    if term.accents is Accents.FIRST:
        counted = {term: PLAIN, term._replace(accents=Accents.ONLY): 1 - PLAIN}

    def add(documents: Asked, scores: Scores) -> None:
        weights = None
        for part, (one, share) in product(parts, counted.items()):
            reader = leaf.part(part)
            holders = reader.holders(one)
            if not holders.count:
                continue
            norms = statistics.norms(reader, part)
            if holders.documents is not None and 4 * holders.count < len(documents):
                at, held = _places(documents, holders.documents)
                weights = np.zeros(len(documents)) if weights is None else weights
                weights[at] += share * holders.frequencies[held] / norms[documents[at]]
            else:
                counts = holders.by_document(reader.count).take(documents).astype(np.float64)
                counts /= norms.take(documents)
                if share < 1:
                    counts *= share
                weights = counts if weights is None else np.add(weights, counts, out=weights)
        if weights is not None:
            gained = saturated(weights)
            gained *= statistics.idf(statistics.having(parts, term))
            scores += gained

    return add


def saturated(weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what *weights* (frequencies over their norms) come to: the more, the less each."""
    gained: NDArray[np.float64] = weights / (weights + _K1)
    gained *= _K1 + 1
    return gained


def constant(documents: DocumentSet, score: float, count: int) -> Score:
    """Return what gives each of *documents* the same *score*."""

    def add(asked: Asked, scores: Scores) -> None:
        scores += score * inside(asked, documents, count)

    return add


def weighted(part: Score, weight: float) -> Score:
    """Return what adds *weight* times what *part* does."""

    def add(documents: Asked, scores: Scores) -> None:
        some = np.zeros(len(documents))
        part(documents, some)
        some *= weight
        scores += some

    return add


def total(parts: list[Score]) -> Score:
    """Return what adds the scores of all *parts*."""
    if len(parts) == 1:
        return parts[0]

    def add(documents: Asked, scores: Scores) -> None:
        for part in parts:
            part(documents, scores)

    return add


def only(members: DocumentSet, part: Score, count: int) -> Score:
    """Return what scores as *part* does, but only *members*."""

    def add(documents: Asked, scores: Scores) -> None:
        at = np.flatnonzero(inside(documents, members, count))
        if len(at) == len(documents):
            part(documents, scores)
        elif len(at):
            some = np.zeros(len(at))
            part(documents[at], some)
            scores[at] += some

    return add


def _norms(lengths: NDArray[np.uint32], average: float, boost: float) -> NDArray[np.float64]:
    return np.divide((1 - _B) + _B * lengths.astype(np.float64) / average, boost)


def _places(
    documents: Asked, some: NDArray[np.uint16]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Where *some* stand among *documents*, and which of them do."""
    at = documents.searchsorted(some)
    at[at == len(documents)] = 0
    held = np.flatnonzero(documents[at] == some)
    return at[held], held
