"""Whoosh's own queries over segments of arrays, against the same over an index of its own."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from whoosh import query as wq
from whoosh import scoring, sorting
from whoosh.codec.whoosh3 import W3Codec, W3Segment
from whoosh.filedb.filestore import RamStorage, Storage
from whoosh.index import create_in
from whoosh.matching import Matcher, ReadTooFar
from whoosh.query.spans import Span
from whoosh.reading import IndexReader, MultiReader, SegmentReader, TermInfo, TermNotFound
from whoosh.scoring import WeightScorer
from whoosh.searching import Searcher

from archive.article import Article
from archive.store import Change
from indexer.analysis import Analyzer
from indexer.whoosh_engine import face, schema
from indexer.whoosh_engine.build import build
from indexer.whoosh_engine.segment import Segment
from tests.examples import examples
from tests.indexer.conftest import make_article
from tests.indexer.stock import document
from tests.indexer.test_equality import SOURCES, TOPICS, VOCABULARY, changes

ANALYZER = Analyzer("english")

Batches = Sequence[Sequence[tuple[Article, bool]]]
"""Articles, a segment for each batch, and whether each lives."""


class Codec(W3Codec):  # type: ignore[misc]
    """Reads one segment of arrays."""

    def __init__(self, segment: Segment) -> None:
        super().__init__()
        self.segment = segment

    def terms_reader(self, storage: Any, segment: Any) -> face.Terms:
        del storage, segment
        return face.Terms(self.segment)

    def per_document_reader(self, storage: Any, segment: Any) -> face.Documents:
        del storage
        return face.Documents(self.segment, segment)


def over_arrays(batches: Batches) -> IndexReader:
    readers = []
    for batch in batches:
        segment = build(
            "some",
            [Change(0, article.id, article, article.section) for article, _ in batch],
            ANALYZER,
        )
        codec = Codec(segment)
        known_as = W3Segment(codec, "MAIN", segment.count)
        readers.append(with_deletions(RamStorage(), known_as, batch))
    return readers[0] if len(readers) == 1 else MultiReader(readers)


def over_stock(folder: Path, batches: Batches) -> IndexReader:
    index = create_in(folder, schema.schema())
    for batch in batches:
        writer = index.writer(compound=False)
        for article, _ in batch:
            writer.add_document(**document(article, article.section, ANALYZER))
        writer.commit(merge=False)
    readers = [
        with_deletions(index.storage, segment, batch)
        for segment, batch in zip(index._segments(), batches, strict=True)
    ]
    return readers[0] if len(readers) == 1 else MultiReader(readers)


def with_deletions(
    storage: Storage, segment: W3Segment, batch: Sequence[tuple[Article, bool]]
) -> SegmentReader:
    for i, (_, lives) in enumerate(batch):
        if not lives:
            segment.delete_document(i)
    return SegmentReader(storage, schema.schema(), segment)


def named(batches: Sequence[Sequence[tuple[Change, bool]]]) -> Batches:
    """The articles of changes, each with an id of its own; batches of none are left out."""
    made = [
        [
            (
                make_article(
                    f"n{i}-{j}",
                    change.article.headline,
                    change.article.text,
                    change.article.published and change.article.published.iso,
                    source=change.article.source,
                    byline=change.article.byline,
                    topics=change.article.topics,
                    dateline=change.article.dateline,
                    caption=change.article.caption,
                    section=change.article.dateline,
                    language="en" if lives else "de",
                ),
                lives,
            )
            for j, (change, lives) in enumerate(batch)
            if change.article
        ]
        for i, batch in enumerate(batches)
    ]
    return [batch for batch in made if batch] or [[(make_article(), True)]]


archives = st.lists(
    st.lists(st.tuples(changes(), st.sampled_from((True, True, False))), max_size=5), max_size=3
).map(named)

STEMS = tuple(dict.fromkeys(stem for word in VOCABULARY for stem in ANALYZER.terms(word)))
FORMS = tuple(dict.fromkeys(form for word in VOCABULARY for form in ANALYZER.forms(word)))
parts = st.sampled_from(schema.PARTS)
days = st.sampled_from(("2023-12-31", "2024-01-01", "2024-01-31", "2024-02-29", "2025-01-02"))
leaves = st.one_of(
    st.builds(wq.Term, parts, st.sampled_from(STEMS), boost=st.sampled_from((1.0, 2.0))),
    st.builds(wq.Term, parts.map(schema.forms_of), st.sampled_from(FORMS)),
    st.builds(wq.Term, st.just(schema.FACET_SOURCE), st.sampled_from(SOURCES)),
    st.builds(wq.Term, st.just(schema.FACET_TOPIC), st.sampled_from(TOPICS)),
    st.builds(wq.Term, st.just(schema.FACET_LANGUAGE), st.sampled_from(("en", "xx"))),
    st.builds(wq.Term, st.just(schema.DATED), st.sampled_from(("yes", "no"))),
    st.builds(
        wq.Phrase,
        parts,
        st.lists(st.sampled_from(STEMS), min_size=2, max_size=3),
        slop=st.integers(1, 4),
    ),
    st.builds(wq.Prefix, parts.map(schema.forms_of), st.sampled_from(("ba", "u", "1", "as", ""))),
    st.builds(wq.Prefix, parts, st.sampled_from(("ba", "r"))),
    st.builds(wq.Wildcard, parts.map(schema.forms_of), st.sampled_from(("*a*", "?at*", "ban?s"))),
    st.builds(wq.FuzzyTerm, parts.map(schema.forms_of), st.sampled_from(("bank", "rape", "cafe"))),
    st.builds(wq.TermRange, st.just(schema.FIRST_DAY), days, days),
    st.builds(wq.TermRange, st.just(schema.LAST_DAY), days, st.just("~")),
    st.builds(wq.Every),
    st.builds(wq.Every, parts),
)
queries: st.SearchStrategy[wq.Query] = st.recursive(
    leaves,
    lambda some: st.one_of(
        st.builds(wq.And, st.lists(some, min_size=1, max_size=3)),
        st.builds(wq.Or, st.lists(some, min_size=1, max_size=3)),
        st.builds(wq.Not, some),
    ),
    max_leaves=6,
)


class Ranking(scoring.WeightingModel):  # type: ignore[misc]
    """BM25F by exact lengths: Whoosh's own keeps them in a byte."""

    def scorer(
        self, searcher: Searcher, fieldname: str, text: bytes, qf: float = 1
    ) -> scoring.BaseScorer:
        del qf
        return Scorer(searcher, fieldname, text) if fieldname in schema.PARTS else WeightScorer(1)


class Scorer(scoring.BaseScorer):  # type: ignore[misc]
    def __init__(self, searcher: Searcher, part: str, term: bytes) -> None:
        whole = searcher.get_parent()
        self.idf = whole.idf(part, term)
        self.lengths = lengths(searcher.reader(), part)
        every = [n for leaf, _ in whole.reader().leaf_readers() for n in lengths(leaf, part)]
        self.average = sum(every) / len(every)

    def score(self, matcher: Matcher) -> float:
        length = self.lengths[matcher.id()]
        score = scoring.bm25(self.idf, matcher.weight(), length, self.average, 0.75, 1.2)
        return float(score)


def lengths(leaf: IndexReader, part: str) -> list[int]:
    return list(leaf.column_reader(schema.length_of(part), translate=False))


def found(reader: IndexReader, query: wq.Query) -> dict[int, float]:
    """The documents that match, with their scores."""
    results = Searcher(reader, weighting=Ranking()).search(query, limit=None)
    return {docnum: pytest.approx(score) for score, docnum in results.top_n}


@settings(deadline=None, max_examples=examples(25))
@given(batches=archives, asked=st.lists(queries, min_size=12, max_size=12))
def test_whoosh_finds_and_scores_over_arrays_as_over_its_own_postings(
    tmp_path_factory: pytest.TempPathFactory, batches: Batches, asked: list[wq.Query]
) -> None:
    ours = over_arrays(batches)
    with over_stock(tmp_path_factory.mktemp("stock"), batches) as theirs:
        for query in asked:
            assert found(ours, query) == found(theirs, query)


def worded(terms: Iterator[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
    # Whoosh takes no language for a language without letters.
    return [term for term in terms if term[1]]


@settings(deadline=None, max_examples=examples(25))
@given(batches=archives)
def test_terms_and_columns_over_arrays_are_those_of_an_index_of_whoosh(
    tmp_path_factory: pytest.TempPathFactory, batches: Batches
) -> None:
    ours = over_arrays(batches)
    with over_stock(tmp_path_factory.mktemp("stock"), batches) as theirs:
        terms = worded(ours.all_terms())
        assert terms == worded(theirs.all_terms())
        assert {field for field, _ in terms} == set(ours.indexed_field_names())
        for field in {field for field, _ in terms}:
            for prefix in ("", "b", "2024-01"):
                assert words(ours, field, prefix) == words(theirs, field, prefix)
        for term in terms:
            assert ours.doc_frequency(*term) == theirs.doc_frequency(*term)
            assert ours.frequency(*term) == theirs.frequency(*term)
            assert facts(ours.term_info(*term)) == facts(theirs.term_info(*term))
            assert listed(ours, term) == listed(theirs, term)
        for (mine, _), (other, _) in zip(ours.leaf_readers(), theirs.leaf_readers(), strict=True):
            for name, kind in schema.schema().items():
                if kind.column_type:
                    values = list(other.column_reader(name, translate=False))
                    assert list(mine.column_reader(name, translate=False)) == values


def words(reader: IndexReader, field: str, prefix: str) -> list[bytes]:
    return [word for word in reader.expand_prefix(field, prefix) if word]


def facts(info: TermInfo) -> tuple[float, ...]:
    return (
        *(info.weight(), info.doc_frequency(), info.max_weight()),
        *(info.min_id(), info.max_id()),
    )


def listed(reader: IndexReader, term: tuple[str, bytes]) -> list[tuple[int, float, list[int]]]:
    """The postings of *term*, and how far apart in each document it stands."""
    found = []
    for leaf, first in reader.leaf_readers():
        if term not in leaf:
            continue
        matcher = leaf.postings(*term)
        while matcher.is_active():
            placed = matcher.supports("positions")
            positions = matcher.value_as("positions") if placed else []
            # What Whoosh keeps leaps farther between texts than between paragraphs.
            apart = [min(b - a, 50) for a, b in pairwise(positions)]
            assert matcher.value_as("frequency") == matcher.weight()
            found.append((first + matcher.id(), matcher.weight(), apart))
            matcher.next()
    return found


def test_a_matcher_skips_resets_and_is_copied() -> None:
    batch = [(make_article(f"n{i}", text="gull " * (1 + i % 3)), True) for i in range(10)]
    terms = face.Terms(
        build("some", [Change(0, article.id, article) for article, _ in batch], ANALYZER)
    )
    matcher = terms.matcher("body", b"gull", schema.schema()["body"].format, WeightScorer(3.0))
    matcher.skip_to(4)
    other = matcher.copy()
    other.skip_to(2)
    assert (matcher.id(), other.id(), other.weight(), other.score()) == (4, 4, 2.0, 2.0)
    assert list(other.all_ids()) == [4, 5, 6, 7, 8, 9]
    other.skip_to(99)
    assert not other.is_active()
    for move in (other.next, lambda: other.skip_to(100)):
        with pytest.raises(ReadTooFar):
            move()
    other.reset()
    assert other.id() == 0
    assert other.spans() == [Span(0)]
    assert matcher.skip_to_quality(2.5) == 0
    assert matcher.is_active()
    assert matcher.skip_to_quality(3.0) == 1
    assert not matcher.is_active()


def test_what_is_not_there_is_not_found() -> None:
    terms = face.Terms(build("some", [Change(0, "a", make_article())], ANALYZER))
    assert ("body", b"kestrel") not in terms
    assert ("nothing", b"") not in terms
    assert (terms.frequency("body", b"kestrel"), terms.doc_frequency("id", b"b")) == (0, 0)
    with pytest.raises(TermNotFound, match="kestrel"):
        terms.term_info("body", b"kestrel")
    with pytest.raises(TermNotFound, match="kestrel"):
        terms.matcher("body_forms", b"kestrel", schema.schema()["body_forms"].format)


def test_results_are_sorted_and_grouped_by_columns() -> None:
    dates = ("2024-01-02", None, "2023-05-05", "2024-03-01")
    batch = [
        (make_article(f"n{i}", published=day, source="AB"[i % 2]), True)
        for i, day in enumerate(dates)
    ]
    with Searcher(over_arrays([batch[:2], batch[2:]])) as searcher:
        newest = sorting.FieldFacet(schema.MOMENT, reverse=True)
        results = searcher.search(wq.Every(), sortedby=newest, groupedby=schema.FACET_SOURCE)
        assert [hit.docnum for hit in results] == [3, 0, 2, 1]
        assert results.groups(schema.FACET_SOURCE) == {"A": [0, 2], "B": [3, 1]}


def test_a_walk_over_terms_stays_within_their_field() -> None:
    reader = over_arrays([[(make_article(headline="Gulls and gull", text=""), True)]])
    cursor = reader.cursor("headline_forms")
    assert [cursor.text(), cursor.next(), cursor.next(), cursor.next()] == [
        *("and", "gull", "gulls"),
        None,
    ]
    assert not cursor.is_valid()
    assert cursor.term_info() is None
    assert cursor.find("gull") == "gull"
    assert cursor.term_info().doc_frequency() == 1
    assert cursor.first() == cursor.term() == "and"
