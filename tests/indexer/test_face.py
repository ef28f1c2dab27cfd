"""Whoosh's own queries over segments of arrays, against the same over an index of its own."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from whoosh import query as wq
from whoosh.codec.whoosh3 import W3Codec, W3Segment
from whoosh.filedb.filestore import RamStorage, Storage
from whoosh.index import create_in
from whoosh.reading import IndexReader, MultiReader, SegmentReader
from whoosh.searching import Searcher

from archive.article import Article
from archive.store import Change
from indexer.analysis import Analyzer
from indexer.whoosh_engine import face, schema
from indexer.whoosh_engine.build import build
from indexer.whoosh_engine.segment import Segment
from tests.indexer.conftest import make_article
from tests.indexer.test_equality import SOURCES, TOPICS, VOCABULARY, changes

ANALYZER = Analyzer("english")

Batches = Sequence[Sequence[tuple[Article, bool]]]
"""Articles, a segment for each batch, and whether each lives."""


def scored_schema() -> schema.ArticleSchema:
    """The schema with lengths that Whoosh keeps, so that it ranks by them itself."""
    layout = schema.schema()
    for part in schema.PARTS:
        layout[part].scorable = True
    return layout


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
        segment = build("some", [(article, article.section) for article, _ in batch], ANALYZER)
        codec = Codec(segment)
        known_as = W3Segment(codec, "MAIN", segment.count)
        readers.append(with_deletions(RamStorage(), known_as, batch))
    return readers[0] if len(readers) == 1 else MultiReader(readers)


def over_stock(folder: Path, batches: Batches) -> IndexReader:
    index = create_in(folder, scored_schema())
    for batch in batches:
        writer = index.writer(compound=False)
        for article, _ in batch:
            writer.add_document(**schema.document(article, article.section, ANALYZER))
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
    return SegmentReader(storage, scored_schema(), segment)


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


def found(reader: IndexReader, query: wq.Query) -> dict[int, float]:
    """The documents that match, with their scores."""
    results = Searcher(reader).search(query, limit=None)
    return {docnum: pytest.approx(score) for score, docnum in results.top_n}


@settings(deadline=None, max_examples=25)
@given(batches=archives, asked=st.lists(queries, min_size=12, max_size=12))
def test_whoosh_finds_and_scores_over_arrays_as_over_its_own_postings(
    tmp_path_factory: pytest.TempPathFactory, batches: Batches, asked: list[wq.Query]
) -> None:
    ours = over_arrays(batches)
    with over_stock(tmp_path_factory.mktemp("stock"), batches) as theirs:
        for query in asked:
            assert found(ours, query) == found(theirs, query)
