"""A query over a generation: which documents of each leaf match, and how well.

First which documents match, by sets alone; then scores, for those found and for
no others. Only what stands in a text scores; a filter, and whatever stands
behind NOT, only decides. So do stop words beside other words.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import assert_never

import numpy as np

from indexer.analysis import Analyzer, fold
from indexer.stop_words import stop_words
from indexer.tree import (
    And,
    AtLeast,
    Boosted,
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
    Some,
    Together,
    Undated,
    Wildcard,
    Words,
    wanted,
)
from indexer.whoosh_engine import filters, near, places, scoring, sets
from indexer.whoosh_engine.cache import Cache
from indexer.whoosh_engine.expand import Kind, Term, pattern, words_of
from indexer.whoosh_engine.found import Found
from indexer.whoosh_engine.leaf import View
from indexer.whoosh_engine.places import Terms
from indexer.whoosh_engine.schema import SEARCHED_IN
from indexer.whoosh_engine.scoring import LeafReader, Score, Statistics, statistics_of
from indexer.whoosh_engine.segment import Documents
from indexer.whoosh_engine.sets import DocumentSet

Placements = dict[tuple[str, str, Terms] | tuple[str, Node], DocumentSet]
"""What asks for the places of words, so is dear → the documents in which it holds.

A phrase goes by its segment's name, the part and its terms, a relation by the segment's name.
"""


def find(
    view: View,
    tree: Node,
    *,
    scored: bool,
    cache: Cache,
    silent: frozenset[Term] | None = None,
    among: Sequence[Documents] | None = None,
    placed: Placements | None = None,
) -> tuple[Found, ...]:
    """Return what matches *tree* in each leaf of *view*, with scores if *scored*.

    The scores are None where nothing in the tree scores. *silent* terms score nothing:
    those of `silent_terms` where nothing else is said. With *among*, only these documents
    of each leaf are found. What *placed* knows from a query like this one is not looked
    for again.
    """
    statistics = statistics_of(view, cache)
    scored = scored and any(isinstance(leaf, Placed) for leaf in wanted(tree))
    terms: dict[Placed, Terms] = {}
    known = {} if placed is None else placed
    if silent is None:
        silent = silent_terms(tree, view.analyzer) if scored else frozenset()
    return tuple(
        _Evaluation(
            statistics, leaf, view.analyzer, cache, terms, silent, known, scored=scored
        ).found(tree, None if among is None else among[number])
        for number, leaf in enumerate(statistics.leaves)
    )


def terms_of(part: Placed, analyzer: Analyzer) -> Terms:
    """Return what *part* looks for: terms that must stand side by side."""
    match part:
        case Words(text):
            return words_of(text, analyzer)
        case Exact(text):
            return words_of(text, analyzer, exact=True)
        case Prefix(text):
            return (Term(Kind.PREFIX, fold(text)),)
        case Wildcard(text):
            return (pattern(text),)
        case Fuzzy(text, distance):
            return (Term(Kind.FUZZY, fold(text), distance),)
        case _:
            assert_never(part)


def silent_terms(tree: Node, analyzer: Analyzer) -> frozenset[Term]:
    """Return the terms of *tree* that do not score: stop words, unless there is nothing else."""
    stop = stop_words(analyzer.language)
    silent: set[Term] = set()
    spoken: set[Term] = set()
    for part in wanted(tree):
        match part:
            case Words(text) | Exact(text):
                forms = analyzer.forms(text)
                for form, term in zip(forms, terms_of(part, analyzer), strict=True):
                    (silent if form in stop else spoken).add(term)
            case Prefix() | Wildcard() | Fuzzy():
                spoken.update(terms_of(part, analyzer))
    return frozenset(silent - spoken) if spoken else frozenset()


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
        silent: frozenset[Term],
        known: Placements,
        *,
        scored: bool,
    ) -> None:
        self._statistics = statistics
        self._leaf = leaf
        self._count = leaf.count
        self._analyzer = analyzer
        self._cache = cache
        self._terms = terms
        self._silent = silent
        self._scored = scored
        self._wide: places.Wide = {}
        self._placements = known

    def found(self, tree: Node, among: Documents | None) -> Found:
        """Return what lives and matches *tree*, if given only *among* some."""
        matched = self._matched(tree)
        living = self._leaf.living
        documents = matched.documents
        if living is not None:
            documents = sets.all_of((documents, living), self._count)
        if among is not None:
            documents = among[sets.inside(among, documents, self._count)]
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
            case Some(parts, least):
                return self._some([self._matched(part) for part in parts], least)
            case Boosted(part, words):
                return self._boosted(self._matched(part), words)
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
        return _Matched(documents, self._each(parts))

    def _some(self, parts: Sequence[_Matched], least: int) -> _Matched:
        """Where at least so many of *parts* match."""
        held = np.zeros(self._count, dtype=np.uint16)
        for part in parts:
            if sets.is_table(part.documents):
                held += part.documents
            else:
                held[part.documents] += 1
        return _Matched(held >= least, self._each(parts), apart=True)

    def _boosted(self, part: _Matched, words: Sequence[tuple[str, float]]) -> _Matched:
        """What *part* matches, its scores with those of *words*, each by its weight."""
        if not self._scored:
            return part
        scores = [] if part.score is None else [part.score]
        for word, weight in words:
            score = self._score(SEARCHED_IN[Field.ANY], terms_of(Words(word), self._analyzer))
            if score is not None:
                scores.append(scoring.weighted(score, weight))
        return _Matched(part.documents, scoring.total(scores) if scores else None, apart=True)

    def _each(self, parts: Sequence[_Matched]) -> Score | None:
        """What adds the score of each of *parts* where it matches."""
        scores = [score for part in parts if (score := self._where_it_matches(part)) is not None]
        return scoring.total(scores) if scores else None

    def _placed(self, node: Placed) -> _Matched:
        terms = self._terms_of(node)
        parts = SEARCHED_IN[node.field]
        if len(terms) != 1:
            found = [self._phrase(part, terms) for part in parts]
            return _Matched(sets.any_of(found, self._count), self._score(parts, terms), apart=True)
        documents = self._leaf.documents(parts, terms[0])
        return _Matched(documents, self._score(parts, terms) if len(documents) else None)

    def _terms_of(self, node: Placed) -> Terms:
        found = self._terms.get(node)
        if found is None:
            found = self._terms[node] = terms_of(node, self._analyzer)
        return found

    def _phrase(self, part: str, terms: Terms) -> DocumentSet:
        """Where *terms* stand side by side in one part."""
        reader = self._leaf.part(part)
        if not terms or not all(len(reader.entries(term)) for term in terms):
            return sets.NONE
        key = (self._leaf.leaf.segment.name, part, terms)
        documents = self._placements.get(key)
        if documents is None:
            found = places.phrase(reader, terms, wide=self._wide)
            documents = self._placements[key] = places.documents_at(reader, found)
        return documents

    def _score(self, parts: tuple[str, ...], terms: Sequence[Term]) -> Score | None:
        """What scores all *terms*, each for itself; None where none does."""
        scores: list[Score] = []
        for term in terms if self._scored else ():
            if not term.ranks:
                for part in parts:
                    documents = self._leaf.part(part).documents(term)
                    boost = scoring.BOOST.get(part, 1.0)
                    scores.append(scoring.constant(documents, boost, self._count))
            elif term not in self._silent:
                scores.append(scoring.bm25f(self._statistics, self._leaf, parts, term))
        return scoring.total(scores) if scores else None

    def _related(self, node: Near | Together, parts: Sequence[Placed], field: Field) -> _Matched:
        """Where *parts* stand near each other, or together."""
        every = [self._terms_of(part) for part in parts]
        if not all(every):
            return _NOTHING
        # Groups that are multiplied, ``(a OR b) W/5 (a OR b)``, have the same words in any order.
        alike = node if isinstance(node, Near) and node.ordered else _in_order(node)
        key = (self._leaf.leaf.segment.name, alike)
        documents = self._placements.get(key)
        if documents is None:
            documents = self._placements[key] = self._where_related(node, every, field)
        score = self._score(SEARCHED_IN[field], [term for terms in every for term in terms])
        return _Matched(documents, score, apart=True)

    def _where_related(
        self, node: Near | Together, every: Sequence[Terms], field: Field
    ) -> DocumentSet:
        found = []
        for part in SEARCHED_IN[field]:
            reader = self._leaf.part(part)
            if not all(len(reader.entries(term)) for terms in every for term in terms):
                continue
            if isinstance(node, Near):
                documents = near.near(
                    reader, every, node.within, ordered=node.ordered, wide=self._wide
                )
            else:
                documents = near.together(reader, every, node.unit, self._wide)
            found.append(documents)
        return sets.any_of(found, self._count)

    def _often(self, count: int, node: Placed) -> _Matched:
        """Where *node* stands at least *count* times."""
        terms = self._terms_of(node)
        times = np.zeros(self._count, dtype=np.int64)
        for part in SEARCHED_IN[node.field]:
            reader = self._leaf.part(part)
            if len(terms) == 1:
                times += reader.holders(terms[0]).by_document(self._count)
            elif terms and all(len(reader.entries(term)) for term in terms):
                times += places.counts_at(reader, places.phrase(reader, terms, wide=self._wide))
        placed = self._placed(node)
        return _Matched(times >= count, self._where_it_matches(placed), apart=True)

    def _where_it_matches(self, part: _Matched) -> Score | None:
        """The score of *part*, which may be asked of any document."""
        if part.score is None or not part.apart:
            return part.score
        return scoring.only(part.documents, part.score, self._count)


def _in_order(node: Near | Together) -> Near | Together:
    """Return *node*, whose parts stand in any order, with these in one order."""
    return replace(node, parts=tuple(sorted(node.parts, key=repr)))
