"""What a merge makes of segments, against the segment that is built of the same articles."""

from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.article import Article
from archive.store import Change
from indexer.analysis import Analyzer
from indexer.whoosh_engine import dictionary
from indexer.whoosh_engine import merge as merging
from indexer.whoosh_engine.build import build
from indexer.whoosh_engine.leaf import Leaf
from indexer.whoosh_engine.merge import merge
from indexer.whoosh_engine.segment import MOST_DOCUMENTS, Segment
from tests.examples import examples
from tests.indexer.conftest import make_article
from tests.indexer.test_equality import changes

LONG = tuple("ab" * 8 + "é" * n + end for n in range(6) for end in ("", "a", "東"))


def facts(held: Any, where: str = "") -> Iterator[tuple[str, Any]]:
    """All that a segment holds, array by array, with the width of each number."""
    if is_dataclass(held):
        for field in fields(held):
            yield from facts(getattr(held, field.name), f"{where}.{field.name}")
    elif isinstance(held, dict):
        for key, value in held.items():
            yield from facts(value, f"{where}.{key}")
    elif isinstance(held, np.ndarray):
        yield where, (held.dtype, held.tolist())
    else:
        yield where, held


def same(ours: Segment, theirs: Segment) -> None:
    for (where, mine), (_, other) in zip(facts(ours), facts(theirs), strict=True):
        assert mine == other, where


def leaf(articles: Sequence[tuple[Article, bool]], analyzer: Analyzer) -> Leaf:
    """A segment of *articles*, each with whether it lives."""
    documents = [Change(0, a.id, a, a.section) for a, _ in articles]
    deleted = [i for i, (_, lives) in enumerate(articles) if not lives]
    return Leaf(build("some", documents, analyzer), np.array(deleted, dtype=np.uint16))


def built(batches: Sequence[Sequence[tuple[Article, bool]]], analyzer: Analyzer) -> Segment:
    living = [article for batch in batches for article, lives in batch if lives]
    return build("one", [Change(0, a.id, a, a.section) for a in living], analyzer)


def articles(batches: list[list[tuple[Change, bool]]]) -> list[list[tuple[Article, bool]]]:
    """The articles of changes, each with an id of its own and now and then a story."""
    return [
        [
            (make_article(f"{change.id * (j % 3)}{i}-{j}", **content(change.article)), lives)
            for j, (change, lives) in enumerate(batch)
            if change.article
        ]
        for i, batch in enumerate(batches)
    ]


def content(article: Article) -> dict[str, Any]:
    return {
        "headline": article.headline,
        "text": article.text,
        "source": article.source,
        "byline": article.byline,
        "topics": article.topics,
        "dateline": article.dateline,
        "caption": article.caption,
        "section": article.dateline,
        "published": article.published.iso if article.published else None,
    }


@pytest.mark.parametrize("at_once", [1, 8, 1 << 18])
@settings(deadline=None, max_examples=examples(40))
@given(
    batches=st.lists(
        st.lists(st.tuples(changes(), st.sampled_from((True, True, False))), max_size=5),
        min_size=1,
        max_size=4,
    ).map(articles)
)
def test_a_merge_is_what_would_be_built_of_all_living_documents(
    english: Analyzer, at_once: int, batches: list[list[tuple[Article, bool]]]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(merging, "_AT_ONCE", at_once)
        patch.setattr(dictionary, "_AT_ONCE", at_once)
        merged = merge("one", [leaf(batch, english) for batch in batches])
    same(merged, built(batches, english))


@settings(deadline=None, max_examples=examples(60))
@given(
    batches=st.lists(
        st.lists(st.text("ab", min_size=1, max_size=40) | st.sampled_from(LONG), max_size=20),
        min_size=1,
        max_size=4,
    )
)
def test_words_of_any_length_are_told_apart_and_sorted(
    english: Analyzer, batches: list[list[str]]
) -> None:
    made = [
        [(make_article(f"n{i}", text=" ".join(words)), True)] for i, words in enumerate(batches)
    ]
    same(merge("one", [leaf(batch, english) for batch in made]), built(made, english))


def test_wide_frequencies_and_positions_are_kept_and_narrowed_when_they_may(
    english: Analyzer,
) -> None:
    short = make_article("short", text="gull " * 300 + "kestrel")
    long = make_article("long", text="gull " * 66_000 + "kestrel " * 255)
    for long_lives in (True, False):
        batches = [[(short, True)], [(long, long_lives), (make_article("other"), True)]]
        merged = merge("one", [leaf(batch, english) for batch in batches])
        same(merged, built(batches, english))


def test_a_merge_of_merges_is_the_merge_of_all(english: Analyzer) -> None:
    batches = [[(make_article(f"n{i}", f"Gull {i}", f"Bank {i}."), i != 2)] for i in range(4)]
    a, b, c, d = (leaf(batch, english) for batch in batches)
    none = np.empty(0, dtype=np.uint16)
    left, right = Leaf(merge("left", [a, b]), none), Leaf(merge("right", [c, d]), none)
    same(merge("one", [left, right]), built(batches, english))


def test_what_does_not_fit_into_a_segment_is_refused(english: Analyzer) -> None:
    one = leaf([(make_article(), True)], english)
    with pytest.raises(ValueError, match="65537"):
        merge("big", [one] * (MOST_DOCUMENTS + 1))
