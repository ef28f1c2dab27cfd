"""Answers over segments: how narrowing, stories, ranking and pages go together."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.store import Change, Position
from indexer.engine import Sort
from indexer.tree import EVERYTHING, And, Exactly, Node, Words
from tests.examples import examples
from tests.indexer.conftest import make_article
from tests.indexer.segments import SegmentEngine
from tests.indexer.test_equality import SOURCES, TOPICS, commits, filled, trees


@settings(deadline=None, max_examples=examples(40))
@given(
    batches=commits,
    tree=trees,
    source=st.sampled_from(SOURCES),
    topic=st.sampled_from(TOPICS),
    copies=st.booleans(),
)
def test_what_is_chosen_finds_and_scores_as_if_it_were_part_of_the_tree(
    batches: list[list[Change]], tree: Node, source: str, topic: str, copies: bool
) -> None:
    engine = filled(SegmentEngine(), batches)
    chosen = {"source": (source,), "topic": (topic,)}
    asked = And((tree, Exactly("source", (source,)), Exactly("topic", (topic,))))
    beside = engine.match(tree, chosen=chosen, facets=("date",), copies=copies)
    assert beside == engine.match(asked, facets=("date",), copies=copies)


@settings(deadline=None, max_examples=examples(40))
@given(batches=commits, tree=trees, size=st.integers(1, 3), sort=st.sampled_from(Sort))
def test_pages_are_slices_of_the_whole(
    batches: list[list[Change]], tree: Node, size: int, sort: Sort
) -> None:
    engine = filled(SegmentEngine(), batches)
    whole = engine.match(tree, sort=sort, limit=None)
    pages = [
        engine.match(tree, sort=sort, offset=offset, limit=size).hits
        for offset in range(0, whole.total + size, size)
    ]
    assert [hit for page in pages for hit in page] == list(whole.hits)
    assert engine.match(tree, sort=sort, limit=0).hits == ()


def test_the_best_scored_copy_gives_way_to_the_earliest() -> None:
    engine = SegmentEngine()
    early = make_article("early", text="Gulls cried over the harbour.", published="2024-01-01")
    late = make_article("late", "Gulls", "Gulls, gulls.", published="2024-01-02")
    engine.apply([Change(1, a.id, a, "one") for a in (late, early)], Position("here", 1))
    found = engine.match(Words("gulls"))
    assert [hit.id for hit in found.hits] == ["early"]
    assert (found.total, found.articles) == (1, 2)
    apart = engine.match(Words("gulls"), copies=True)
    assert [hit.id for hit in apart.hits] == ["late", "early"]
    assert apart.hits[1] == found.hits[0]


def test_a_withdrawn_copy_stands_for_nothing() -> None:
    engine = SegmentEngine()
    for number in range(3):
        article = make_article(f"a{number}", published=f"2024-01-0{number + 1}")
        engine.apply([Change(number, article.id, article, "one")], Position("here", number))
    engine.apply([Change(3, "a0", None)], Position("here", 3))
    found = engine.match(EVERYTHING)
    assert [hit.id for hit in found.hits] == ["a1"]
    assert (found.articles, found.facets["date"]) == (2, {"2024": 2, "2024-01": 2})


@pytest.mark.parametrize("name", ["story", "colour"])
def test_what_is_no_facet_can_be_neither_counted_nor_chosen(name: str) -> None:
    engine = SegmentEngine()
    with pytest.raises(ValueError, match=f"“{name}” is no facet"):
        engine.match(EVERYTHING, facets=(name,))
    with pytest.raises(ValueError, match=f"“{name}” is no facet"):
        engine.match(EVERYTHING, chosen={name: ("red",)})
