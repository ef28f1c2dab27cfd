"""The engines against the oracle, on archives and queries that nobody thought of."""

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Protocol, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.article import Article, Published
from archive.store import Change, Position
from indexer.engine import Engine, Matches, Sort
from indexer.engines import create_engine
from indexer.tree import (
    HAS,
    And,
    Dates,
    Exactly,
    Field,
    Length,
    Node,
    Not,
    Or,
    Prefix,
    Undated,
    Words,
)
from tests.contract.oracle import MemoryEngine
from tests.examples import examples
from tests.indexer.segments import SegmentEngine

VOCABULARY = (
    *("bank", "banks", "Banking", "rate", "rates", "the", "The", "US", "us", "U.S.", "U.N.'s"),
    *("anti-drug", "drug", "Åsa", "Asa", "O'Neill", "O’Neill", "2024", "1,000", "1000"),
    *("東京", "café", "CAFE"),
)
SOURCES = ("Kettle Bay Post", "Bank", "Ærø Avis")
TOPICS = ("bank rates", "Rates", "sport")
DATES = (
    None,
    "2023-12",
    "2023-12-31",
    "2024-01-01",
    "2024-01",
    "2024-01-31T23:30:00-05:00",
    "2024-02-01T01:00:00+09:00",
    "2024-02-29",
    "2025-01",
)

words = st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=6).map(" ".join)
texts = st.lists(words, max_size=3).map("\n\n".join)
phrases = st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=3).map(" ".join)
days = st.sampled_from(
    (None, date(2023, 12, 31), date(2024, 1, 1), date(2024, 1, 31), date(2024, 2, 10))
)
# Stock postings, to which scores are held, have no lede.
fields = st.sampled_from([field for field in Field if field is not Field.LEDE])


@st.composite
def changes(draw: st.DrawFn) -> Change:
    """A change of one of a few articles: as it is from now on, or withdrawn."""
    name = draw(st.sampled_from("abcdef"))
    if draw(st.integers(0, 4)) == 0:
        return Change(0, name, None)
    published = draw(st.sampled_from(DATES))
    return Change(
        0,
        name,
        Article(
            id=name,
            url=f"file:///{name}",
            source=draw(st.sampled_from(SOURCES)),
            headline=draw(words),
            text=draw(texts),
            byline=tuple(draw(st.lists(phrases, max_size=2))),
            dateline=draw(st.none() | phrases),
            published=Published(published) if published else None,
            topics=tuple(draw(st.lists(st.sampled_from(TOPICS), max_size=3))),
            caption=draw(st.none() | phrases),
            credits=draw(st.none() | phrases),
            language=draw(st.sampled_from((None, "en", "de"))),
            agency=draw(st.sampled_from((None, "Elm Wire", "elm wire"))),
            section=draw(st.sampled_from((None, "World"))),
            link=draw(st.sampled_from((None, "https://bank.example/rates/2024"))),
        ),
        draw(st.sampled_from((None, None, "one", "two"))),
        draw(st.booleans()),
    )


commits = st.lists(st.lists(changes(), max_size=4), max_size=4)
leaves = st.one_of(
    st.builds(Words, phrases, fields),
    st.builds(Words, phrases),
    st.builds(Prefix, st.sampled_from(("ba", "Bank", "u", "ås", "o’n", "10", "東", "zz")), fields),
    st.builds(Dates, days, days),
    st.just(Undated()),
    st.builds(Length, st.integers(0, 12), st.none() | st.integers(0, 12)),
    st.builds(Exactly, st.just("has"), st.lists(st.sampled_from(HAS)).map(tuple)),
    st.builds(Exactly, st.just("source"), st.lists(st.sampled_from(SOURCES)).map(tuple)),
    st.builds(Exactly, st.just("topic"), st.lists(st.sampled_from(TOPICS)).map(tuple)),
)
trees: st.SearchStrategy[Node] = st.recursive(
    leaves,
    lambda parts: st.one_of(
        st.builds(And, st.lists(parts, max_size=4).map(tuple)),
        st.builds(Or, st.lists(parts, max_size=4).map(tuple)),
        st.builds(Not, parts),
    ),
    max_leaves=10,
)


class Indexed(Protocol):
    """What of an `Engine` is compared here."""

    def apply(self, changes: Iterable[Change], position: Position) -> None: ...

    def match(self, tree: Node, **asked: Any) -> Matches: ...


AnEngine = TypeVar("AnEngine", bound=Indexed)


def filled(engine: AnEngine, batches: Sequence[Sequence[Change]]) -> AnEngine:
    for number, batch in enumerate(batches):
        engine.apply(batch, Position("here", number))
    return engine


def same(ours: Matches, theirs: Matches) -> None:
    assert ours.total == theirs.total
    assert ours.articles == theirs.articles
    assert ours.facets == theirs.facets
    assert {hit.id for hit in ours.hits} == {hit.id for hit in theirs.hits}
    assert len(ours.hits) == len(theirs.hits)


FACETS = ("agency", "byline", "section", "source", "topic", "language", "date", "day")
CHOICES = {
    "source": st.lists(st.sampled_from(SOURCES), max_size=2).map(tuple),
    "topic": st.lists(st.sampled_from(TOPICS), max_size=2).map(tuple),
    "language": st.just(("de", "fr")),
    "agency": st.just(("Elm Wire",)),
    "byline": st.just(("bank", "rates")),
}


@st.composite
def searches(draw: st.DrawFn) -> dict[str, Any]:
    """What an engine is asked beside the tree, in orders that say where each hit stands."""
    chosen = draw(st.sets(st.sampled_from(sorted(CHOICES)), max_size=2))
    return {
        "sort": draw(st.sampled_from((Sort.NEWEST, Sort.OLDEST))),
        "offset": draw(st.sampled_from((0, 0, 1))),
        "limit": draw(st.sampled_from((None, 2))),
        "copies": draw(st.booleans()),
        "facets": sorted(draw(st.sets(st.sampled_from(FACETS)))),
        "chosen": {facet: draw(CHOICES[facet]) for facet in sorted(chosen)},
    }


asked = st.lists(st.tuples(trees, searches()), min_size=8, max_size=8)


def compare(
    index: Indexed, batches: list[list[Change]], queries: list[tuple[Node, dict[str, Any]]]
) -> None:
    oracle = filled(MemoryEngine(), batches)
    filled(index, batches)
    for tree, more in queries:
        same(index.match(tree, limit=None), oracle.match(tree, limit=None))
        assert index.match(tree, **more) == oracle.match(tree, **more)


@settings(deadline=None, max_examples=examples(60))
@given(batches=commits, queries=asked)
def test_segments_and_the_oracle_find_the_same(
    batches: list[list[Change]], queries: list[tuple[Node, dict[str, Any]]]
) -> None:
    compare(SegmentEngine(), batches, queries)


@settings(deadline=None, max_examples=examples(20))
@given(batches=commits, queries=asked)
def test_the_index_on_disk_and_the_oracle_find_the_same(
    tmp_path_factory: pytest.TempPathFactory,
    batches: list[list[Change]],
    queries: list[tuple[Node, dict[str, Any]]],
) -> None:
    index = create_engine(tmp_path_factory.mktemp("index"), "english")
    compare(index, batches, queries)
    index.close()


def many(folder: Path, count: int) -> tuple[Engine, Engine]:
    """Both engines over *count* articles, each with a word and a day of its own."""
    batch = [
        Change(
            i,
            f"n{i:04}",
            Article(
                id=f"n{i:04}",
                url=f"file:///{i}",
                source="Kettle Bay Post",
                headline=f"zebra{i:04}",
                text="Nothing more.",
                published=Published(date.fromordinal(700_000 + i).isoformat()),
            ),
        )
        for i in range(count)
    ]
    return filled(create_engine(folder, "english"), [batch]), filled(MemoryEngine(), [batch])


def test_a_prefix_or_a_range_of_more_than_a_thousand_terms_finds_them_all(tmp_path: Path) -> None:
    index, oracle = many(tmp_path, 1100)
    every_day = Dates(date(1900, 1, 1), date(2100, 1, 1))
    for tree in (
        Prefix("zebra"),
        every_day,
        Dates(None, date.fromordinal(700_900)),
        And((Prefix("zebra"), every_day, Not(Prefix("zebra00")))),
        Or((Not(Prefix("zebra0")), Prefix("zebra05"), Words("zebra0001"))),
    ):
        for sort in Sort:
            same(
                index.match(tree, sort=sort, limit=None), oracle.match(tree, sort=sort, limit=None)
            )
    index.close()
