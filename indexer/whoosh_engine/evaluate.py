"""A query over a generation: which documents of each leaf match, and how well.

First which documents match, by sets alone; then scores, for those found and for
no others. Only what stands in a text scores; a filter, and whatever stands
behind NOT, only decides.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

import numpy as np

from indexer.analysis import Analyzer, fold
from indexer.tree import (
    And,
    AtLeast,
    Dates,
    Exact,
    Exactly,
    Field,
    Fuzzy,
    Length,
    Near,
    Node,
    Not,
    Or,
    Placed,
    Prefix,
    Together,
    Undated,
    Wildcard,
    Words,
    wanted,
)
from indexer.whoosh_engine import filters, near, places, scoring, sets
from indexer.whoosh_engine.cache import Cache
from indexer.whoosh_engine.expand import Kind, Term, pattern
from indexer.whoosh_engine.found import Found
from indexer.whoosh_engine.leaf import View
from indexer.whoosh_engine.places import Terms
from indexer.whoosh_engine.schema import SEARCHED_IN
from indexer.whoosh_engine.scoring import LeafReader, Score, Statistics, statistics_of
from indexer.whoosh_engine.sets import DocumentSet


def find(view: View, tree: Node, *, scored: bool, cache: Cache) -> tuple[Found, ...]:
    """Return what matches *tree* in each leaf of *view*, with scores if *scored*.

    The scores are None where nothing in the tree scores.
    """
    statistics = statistics_of(view, cache)
    scored = scored and any(isinstance(leaf, Placed) for leaf in wanted(tree))
    terms: dict[Placed, Terms] = {}
    return tuple(
        _Evaluation(statistics, leaf, view.analyzer, cache, terms, scored=scored).found(tree)
        for leaf in statistics.leaves
    )


def terms_of(part: Placed, analyzer: Analyzer) -> Terms:
    """Return what *part* looks for: terms that must stand side by side."""
    match part:
        case Words(text):
            return tuple(Term(Kind.STEM, term) for term in analyzer.terms(text))
        case Exact(text):
            return tuple(Term(Kind.FORM, form) for form in analyzer.forms(text))
        case Prefix(text):
            return (Term(Kind.PREFIX, fold(text)),)
        case Wildcard(text):
            return (pattern(text),)
        case Fuzzy(text, distance):
            return (Term(Kind.FUZZY, fold(text), distance),)
        case _:
            assert_never(part)


@dataclass(frozen=True, slots=True)
class _Matched:
    """What a node matches in one leaf, and what adds its scores.

    *apart*: its score must not be asked of documents that it does not match.
    """

    documents: DocumentSet
    score: Score | None = None
    apart: bool = False


_NOTHING = _Matched(sets.NONE)


class _Evaluation:
    """Evaluates one query in one leaf."""

    def __init__(
        self,
        statistics: Statistics,
        leaf: LeafReader,
        analyzer: Analyzer,
        cache: Cache,
        terms: dict[Placed, Terms],
        *,
        scored: bool,
    ) -> None:
        self._statistics = statistics
        self._leaf = leaf
        self._count = leaf.count
        self._analyzer = analyzer
        self._cache = cache
        self._terms = terms
        self._scored = scored

    def found(self, tree: Node) -> Found:
        """Return what lives and matches *tree*."""
        matched = self._matched(tree)
        living = self._leaf.living
        documents = matched.documents
        if living is not None:
            documents = sets.all_of((documents, living), self._count)
        documents = sets.list_of(documents)
        if not self._scored:
            return Found(self._leaf.leaf, documents, None)
        scores = np.zeros(len(documents))
        if matched.score is not None and len(documents):
            matched.score(documents.astype(np.intp), scores)
        return Found(self._leaf.leaf, documents, scores)

    def _matched(self, node: Node) -> _Matched:
        match node:
            case Words() | Exact() | Prefix() | Wildcard() | Fuzzy():
                return self._placed(node)
            case And(parts):
                return self._all(parts)
            case Or(parts):
                return self._any([self._matched(part) for part in parts])
            case Not(part):
                return _Matched(self._but([self._everything()], [part]))
            case Near(parts, _, _, field) | Together(parts, _, field):
                return self._related(node, parts, field)
            case AtLeast(count, part):
                return self._often(count, part)
            case Exactly() | Dates() | Undated() | Length():
                segment = self._leaf.leaf.segment
                return _Matched(
                    self._cache.get(
                        (segment.name, "filter", node), lambda: filters.matching(segment, node)
                    )
                )
            case _:
                assert_never(node)

    def _everything(self) -> DocumentSet:
        return np.ones(self._count, dtype=bool)

    def _all(self, parts: Sequence[Node]) -> _Matched:
        matched = []
        for part in parts:
            if not isinstance(part, Not):
                matched.append(self._matched(part))
                if not len(matched[-1].documents):
                    return _NOTHING
        documents = self._but(
            [m.documents for m in matched] or [self._everything()],
            [part.part for part in parts if isinstance(part, Not)],
        )
        scores = [m.score for m in matched if m.score is not None]
        return _Matched(documents, scoring.total(scores) if scores else None, apart=True)

    def _but(self, wanted: list[DocumentSet], unwanted: Sequence[Node]) -> DocumentSet:
        found = sets.all_of(wanted, self._count)
        for node in unwanted:
            found = sets.without(found, self._matched(node).documents, self._count)
        return found

    def _any(self, parts: Sequence[_Matched]) -> _Matched:
        parts = [part for part in parts if len(part.documents)]
        if len(parts) < 2:
            return parts[0] if parts else _NOTHING
        documents = sets.any_of([part.documents for part in parts], self._count)
        scores = [score for part in parts if (score := self._where_it_matches(part)) is not None]
        return _Matched(documents, scoring.total(scores) if scores else None)

    def _placed(self, node: Placed) -> _Matched:
        terms = self._terms_of(node)
        parts = SEARCHED_IN[node.field]
        if len(terms) != 1:
            return self._any([self._phrase(part, terms) for part in parts])
        documents = self._leaf.documents(parts, terms[0])
        if not self._scored or not len(documents):
            return _Matched(documents)
        return _Matched(documents, scoring.total([self._score(part, terms) for part in parts]))

    def _terms_of(self, node: Placed) -> Terms:
        found = self._terms.get(node)
        if found is None:
            found = self._terms[node] = terms_of(node, self._analyzer)
        return found

    def _phrase(self, part: str, terms: Terms) -> _Matched:
        """Where *terms* stand side by side in one part."""
        reader = self._leaf.part(part)
        if not terms or not all(len(reader.entries(term)) for term in terms):
            return _NOTHING
        documents = places.documents_at(reader, places.phrase(reader, terms))
        return _Matched(documents, self._score(part, terms), apart=True)

    def _score(self, part: str, terms: Sequence[Term]) -> Score:
        """What scores all *terms* of one part, each for itself."""
        reader = self._leaf.part(part)
        boost = scoring.BOOST.get(part, 1.0)
        return scoring.total(
            [
                scoring.bm25(self._statistics, reader, part, term)
                if term.ranks
                else scoring.constant(reader.documents(term), boost, self._count)
                for term in terms
            ]
        )

    def _related(self, node: Near | Together, parts: Sequence[Placed], field: Field) -> _Matched:
        """Where *parts* stand near each other, or together."""
        every = [self._terms_of(part) for part in parts]
        if not all(every):
            return _NOTHING
        found = []
        for part in SEARCHED_IN[field]:
            reader = self._leaf.part(part)
            if not all(len(reader.entries(term)) for terms in every for term in terms):
                continue
            if isinstance(node, Near):
                documents = near.near(reader, every, node.within, ordered=node.ordered)
            else:
                documents = near.together(reader, every, node.unit)
            score = self._score(part, [term for terms in every for term in terms])
            found.append(_Matched(documents, score, apart=True))
        return self._any(found)

    def _often(self, count: int, node: Placed) -> _Matched:
        """Where *node* stands at least *count* times."""
        terms = self._terms_of(node)
        times = np.zeros(self._count, dtype=np.int64)
        for part in SEARCHED_IN[node.field]:
            reader = self._leaf.part(part)
            if len(terms) == 1:
                times += reader.holders(terms[0]).by_document(self._count)
            elif terms and all(len(reader.entries(term)) for term in terms):
                times += places.counts_at(reader, places.phrase(reader, terms))
        placed = self._placed(node)
        return _Matched(times >= count, self._where_it_matches(placed), apart=True)

    def _where_it_matches(self, part: _Matched) -> Score | None:
        """The score of *part*, which may be asked of any document."""
        if part.score is None or not part.apart:
            return part.score
        return scoring.only(part.documents, part.score, self._count)
