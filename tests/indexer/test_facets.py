"""Facet counts, stories, filters and words over segments, against the plainest way."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.article import Article
from archive.store import Change, Position
from indexer.analysis import Analyzer
from indexer.tree import Dates, Exactly, Fuzzy, Undated
from indexer.whoosh_engine import filters, vocabulary
from indexer.whoosh_engine.build import build
from indexer.whoosh_engine.facets import Selection, facet_of
from indexer.whoosh_engine.leaf import Leaf, View
from indexer.whoosh_engine.segment import Segment
from indexer.whoosh_engine.stories import stories_of
from tests.contract.oracle import MemoryEngine
from tests.examples import examples
from tests.indexer.conftest import make_article

Told = tuple[Article, str | None]

DATES = (None, "0999-12", "2024-01", "2024-01-31", "2024-01-31T23:30:00-05:00", "2024-02-01")


@st.composite
def batches(draw: st.DrawFn) -> list[list[Told]]:
    """Segments' worth of articles, each with its story."""
    sizes = draw(st.lists(st.integers(0, 5), max_size=4))
    numbers = iter(draw(st.permutations(range(20))))
    return [
        [
            (
                make_article(
                    f"n{next(numbers):02}",
                    draw(st.sampled_from(("Gulls", "gull Åsa", "A.I.D.S.", "aids"))),
                    draw(st.sampled_from(("", "Gulls cried.", "gullible"))),
                    draw(st.sampled_from(DATES)),
                    source=draw(st.sampled_from(("Post", "post", "Ærø"))),
                    topics=tuple(draw(st.lists(st.sampled_from("AbcD"), max_size=3))),
                    language=draw(st.sampled_from((None, "en", "de"))),
                    byline=tuple(draw(st.lists(st.sampled_from(("Ana", "Gulli")), max_size=2))),
                ),
                draw(st.sampled_from((None, "s1", "s2", "s3"))),
            )
            for _ in range(size)
        ]
        for size in sizes
    ]


def built(told: list[list[Told]], english: Analyzer) -> list[Segment]:
    return [
        build(f"s{n}", [Change(0, a.id, a, story) for a, story in batch], english)
        for n, batch in enumerate(told)
    ]


def drawn(data: st.DataObject, count: int) -> list[int]:
    """The numbers of some documents of all."""
    return sorted(data.draw(st.sets(st.integers(0, count - 1)))) if count else []


def selected(numbers: list[int], documents: int) -> Selection:
    return Selection.of(np.array(numbers, dtype=np.intp), documents)


def month(article: Article) -> tuple[str, ...]:
    published = article.published
    return (published.month[:4], published.month) if published else ("undated",)


def day(article: Article) -> tuple[str, ...]:
    published = article.published
    return (published.iso[:10],) if published and len(published.iso) > 7 else ()


VALUES: dict[str, Callable[[Article], Sequence[str | None]]] = {
    "source": lambda a: (a.source,),
    "topic": lambda a: a.topics,
    "language": lambda a: (a.language,),
    "byline": lambda a: a.byline,
    "date": month,
    "day": day,
}


@pytest.mark.parametrize("name", VALUES)
@settings(deadline=None, max_examples=examples(40))
@given(told=batches(), data=st.data())
def test_a_facet_counts_each_value_in_its_order(
    english: Analyzer, name: str, told: list[list[Told]], data: st.DataObject
) -> None:
    articles = [article for batch in told for article, _ in batch]
    facet = facet_of(name, built(told, english))
    numbers = drawn(data, len(articles))
    expected = Counter(v for i in numbers for v in set(VALUES[name](articles[i])) if v)
    found = list(facet.count(selected(numbers, len(articles))).items())
    if name in {"date", "day"}:
        assert found == sorted(expected.items())
    else:
        by_count = sorted(expected.items(), key=lambda item: (-item[1], item[0].casefold()))
        assert [count for _, count in found] == [count for _, count in by_count]
        assert [v.casefold() for v, _ in found] == [v.casefold() for v, _ in by_count]
        assert dict(found) == expected


def test_a_few_documents_are_counted_as_many_are(english: Analyzer) -> None:
    articles = [make_article(f"n{i:03}", topics=(f"t{i}", f"u{i}", "all")) for i in range(200)]
    facet = facet_of("topic", built([[(a, None) for a in articles]], english))
    assert facet.count(selected([7, 199], 200)) == {
        "all": 2,
        **dict.fromkeys(("t199", "t7", "u199", "u7"), 1),
    }
    assert facet.count(selected(list(range(200)), 200))["all"] == 200


def test_what_is_no_facet_is_refused(english: Analyzer) -> None:
    with pytest.raises(ValueError, match="“colour” is no facet"):
        facet_of("colour", built([[(make_article(), None)]], english))


@settings(deadline=None, max_examples=examples(60))
@given(told=batches(), data=st.data())
def test_only_the_earliest_member_of_a_story_shows(
    english: Analyzer, told: list[list[Told]], data: st.DataObject
) -> None:
    members = [one for batch in told for one in batch]
    numbers = drawn(data, len(members))
    shown = set(numbers)
    for story in {members[i][1] for i in numbers} - {None}:
        of_it = [i for i in numbers if members[i][1] == story]
        shown -= set(of_it) - {min(of_it, key=lambda i: earliest(members[i][0]))}
    kept = stories_of(built(told, english)).shown(np.array(numbers, dtype=np.intp))
    assert (kept is None) == (len(shown) == len(numbers))
    assert [i for i in numbers if i in shown] == np.array(numbers)[kept].ravel().tolist()


def earliest(article: Article) -> tuple[bool, float, str]:
    published = article.published
    return published is None, published.moment if published else 0.0, article.id


@settings(deadline=None, max_examples=examples(60))
@given(
    told=batches(),
    node=st.one_of(
        st.builds(Exactly, st.just("topic"), st.lists(st.sampled_from("ABb")).map(tuple)),
        st.builds(Exactly, st.just("language"), st.lists(st.sampled_from(("en", ""))).map(tuple)),
        st.builds(Exactly, st.just("byline"), st.just(("Ana", "Nobody"))),
        st.just(Undated()),
        st.builds(
            Dates,
            st.sampled_from((None, date(2024, 1, 31), date(2024, 2, 1))),
            st.sampled_from((None, date(999, 12, 15), date(2024, 1, 15), date(2024, 1, 31))),
        ),
    ),
)
def test_filters_match_what_the_oracle_matches(
    english: Analyzer, told: list[list[Told]], node: filters.Filter
) -> None:
    oracle = MemoryEngine()
    for segment, batch in zip(built(told, english), told, strict=True):
        for i, (article, _) in enumerate(batch):
            assert filters.matching(segment, node)[i] == oracle.matches(node, article)


@settings(deadline=None, max_examples=examples(60))
@given(told=batches(), data=st.data(), limit=st.integers(0, 4))
def test_words_that_begin_so_or_are_close_are_counted_in_living_articles(
    english: Analyzer, told: list[list[Told]], data: st.DataObject, limit: int
) -> None:
    leaves, oracle = [], MemoryEngine()
    for segment, batch in zip(built(told, english), told, strict=True):
        gone = drawn(data, len(batch))
        leaves.append(Leaf(segment, np.array(gone, dtype=np.uint16)))
        living = [Change(0, a.id, a) for i, (a, _) in enumerate(batch) if i not in gone]
        oracle.apply(living, Position("here", 1))
    view = View(1, tuple(leaves), english)
    for like in ("gull", "Å", "a", "", Fuzzy("gul"), Fuzzy("Ása", 2), Fuzzy("bnak", 1)):
        assert vocabulary.terms(view, like, limit) == oracle.terms(like, limit)


def test_of_many_words_the_most_frequent_are_found_whatever_part_they_are_in(
    english: Analyzer,
) -> None:
    draw = Random(7)
    forms = [f"gu{a}{b}" for a in "aeklnrst" for b in ("", "d", "m", "rt")] + ["G.U.", "gu"]
    weights = [1 / (i + 1) for i in range(len(forms))]
    told = [
        [
            make_article(
                f"{batch}-{i}",
                " ".join(draw.choices(forms, k=3)),
                " ".join(draw.choices(forms, weights, k=6)),
                byline=(draw.choice(forms),),
            )
            for i in range(40)
        ]
        for batch in range(3)
    ]
    leaves, oracle = [], MemoryEngine()
    for number, batch in enumerate(told):
        segment = build(
            f"s{number}", [Change(0, article.id, article) for article in batch], english
        )
        leaves.append(Leaf(segment, np.arange(0, 40, 7, dtype=np.uint16)))
        living = [Change(0, a.id, a) for i, a in enumerate(batch) if i % 7]
        oracle.apply(living, Position("here", number))
    view = View(1, tuple(leaves), english)
    for prefix in ("g", "gu", "gur", "guard"):
        for limit in (1, 2, 3, 10, 100):
            assert vocabulary.terms(view, prefix, limit) == oracle.terms(prefix, limit)


def test_a_word_that_is_nowhere_among_the_first_may_be_the_first_of_all(english: Analyzer) -> None:
    leaves = []
    for name in "abc":
        own = " ".join(f"gu{name}{letter}" for letter in "aeiklnrst")
        batch = [make_article(f"{name}{i}", f"{own} {'gull' if i else ''}") for i in range(3)]
        segment = build(name, [Change(0, article.id, article) for article in batch], english)
        leaves.append(Leaf(segment, np.empty(0, dtype=np.uint16)))
    assert vocabulary.terms(View(1, tuple(leaves), english), "gu", 1) == [("gull", 6)]
