"""The best of what was found is what sorting all of it would give."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.article import Published
from archive.store import Change
from indexer.analysis import Analyzer
from indexer.engine import Scored, Sort
from indexer.whoosh_engine.found import Found
from indexer.whoosh_engine.top import NEAR, passed, top
from tests.examples import examples
from tests.indexer.conftest import make_article
from tests.indexer.views import view_of

DATES = (None, "2024-01-01", "2024-01-02", "2024-02")
ENGLISH = Analyzer("english")
SIZE = 40
ARTICLES = [
    [
        make_article(
            f"{(7 * i + 3) % SIZE:02}{leaf}", published=DATES[(i // 5 + leaf) % len(DATES)]
        )
        for i in range(SIZE)
    ]
    for leaf in range(2)
]
VIEW = view_of([[Change(0, a.id, a) for a in articles] for articles in ARTICLES], ENGLISH)
MANY = view_of(
    [[Change(0, f"{i:04}", make_article(f"{i:04}", published=None)) for i in range(1000)]], ENGLISH
)

scores = st.sampled_from((0.0, 0.5, 0.5000001, 0.500002, 1.25, 7.0))
documents = st.lists(st.booleans(), min_size=SIZE, max_size=SIZE)


def expected(found: list[Found], sort: Sort) -> list[Scored]:
    """All lines, sorted in the plainest way."""
    lines = []
    for leaf, articles in zip(found, ARTICLES, strict=True):
        for i, document in enumerate(leaf.documents.tolist()):
            article = articles[document]
            score = 0.0
            if leaf.scores is not None and sort is Sort.RELEVANCE:
                score = round(float(leaf.scores[i]), 6)
            lines.append((score, article.published, article.id))

    def key(line: tuple[float, Published | None, str]) -> tuple[float, float, str]:
        score, published, name = line
        if published is None:
            return -score, float("inf"), name
        return -score, published.moment if sort is Sort.OLDEST else -published.moment, name

    return [Scored(name, score) for score, _, name in sorted(lines, key=key)]


@settings(deadline=None, max_examples=examples(200))
@given(data=st.data(), sort=st.sampled_from(Sort), scored=st.booleans())
def test_the_best_are_those_that_sorting_everything_would_put_first(
    data: st.DataObject, sort: Sort, *, scored: bool
) -> None:
    found = []
    for leaf in VIEW.leaves:
        chosen = np.flatnonzero(data.draw(documents)).astype(np.uint16)
        drawn = data.draw(st.lists(scores, min_size=len(chosen), max_size=len(chosen)))
        found.append(Found(leaf, chosen, np.array(drawn, dtype=float) if scored else None))
    offset, limit = data.draw(st.integers(0, 30)), data.draw(st.none() | st.integers(0, 30))
    last = None if limit is None else offset + limit
    assert (
        list(top(found, sort=sort, offset=offset, limit=limit))
        == (expected(found, sort)[offset:last])
    )


MOMENTS = {a.id: a.published.moment for part in ARTICLES for a in part if a.published}


def newer_first(lines: list[Scored]) -> list[Scored]:
    """*lines*, the best first, by the rule as it is told."""
    ordered: list[Scored] = []
    while lines:
        level = [hit for hit in lines if hit.score >= lines[0].score * (1 - NEAR)]
        lines = lines[len(level) :]
        dated = [hit for hit in level if hit.id in MOMENTS]
        newest = iter(sorted(dated, key=lambda hit: -MOMENTS[hit.id]))
        ordered += [next(newest) if hit.id in MOMENTS else hit for hit in level]
    return ordered


def drawn(data: st.DataObject, near: st.SearchStrategy[float]) -> list[Found]:
    found = []
    for leaf in VIEW.leaves:
        chosen = np.flatnonzero(data.draw(documents)).astype(np.uint16)
        scored = data.draw(st.lists(near, min_size=len(chosen), max_size=len(chosen)))
        found.append(Found(leaf, chosen, np.array(scored, dtype=float)))
    return found


NEARLY = st.sampled_from((0.0, 0.5, 0.495, 0.4900001, 0.489, 0.485, 7.0, 6.9, 6.86, 6.8))


@settings(deadline=None, max_examples=examples(200))
@given(data=st.data(), size=st.integers(1, 12))
def test_of_near_equals_the_newer_come_first_and_pages_are_parts_of_one_order(
    data: st.DataObject, size: int
) -> None:
    found = drawn(data, NEARLY)
    whole = newer_first(expected(found, Sort.RELEVANCE))
    assert list(top(found, sort=Sort.RELEVANCE, limit=None, newer=True)) == whole
    pages = [
        hit
        for offset in range(0, len(whole), size)
        for hit in top(found, sort=Sort.RELEVANCE, offset=offset, limit=size, newer=True)
    ]
    assert pages == whole


@settings(deadline=None, max_examples=examples(100))
@given(data=st.data())
def test_what_was_put_first_for_being_newer_is_counted(data: st.DataObject) -> None:
    found = drawn(data, NEARLY)
    hits = top(found, sort=Sort.RELEVANCE, limit=None, newer=True)
    assert passed(found, hits) == [
        sum(
            after.score > hit.score
            and {hit.id, after.id} <= MOMENTS.keys()
            and MOMENTS[after.id] < MOMENTS[hit.id]
            for after in hits[place:]
        )
        for place, hit in enumerate(hits)
    ]


def test_what_has_no_date_keeps_its_place_among_near_equals() -> None:
    old, undated = (
        next(i for i, a in enumerate(ARTICLES[0]) if (a.published and a.published.iso) == date)
        for date in ("2024-01-01", None)
    )
    new = next(
        i for i, a in enumerate(ARTICLES[0]) if a.published and a.published.iso == "2024-02"
    )
    by_document = {old: 10.0, undated: 9.95, new: 9.9}
    chosen = sorted(by_document)
    scored = np.array([by_document[i] for i in chosen])
    found = [Found(VIEW.leaves[0], np.array(chosen, dtype=np.uint16), scored)]
    hits = top(found, sort=Sort.RELEVANCE, newer=True)
    assert [hit.id for hit in hits] == [ARTICLES[0][i].id for i in (new, undated, old)]
    assert [hit.score for hit in hits] == [9.9, 9.95, 10.0]


@settings(deadline=None, max_examples=examples(30))
@given(seed=st.integers(0, 1000), most=st.integers(1, 20), kinds=st.integers(1, 50))
def test_of_many_the_best_are_found_by_blocks(seed: int, most: int, kinds: int) -> None:
    draw = np.random.default_rng(seed)
    values = draw.integers(0, kinds, 1000) / 3
    found = [Found(MANY.leaves[0], np.arange(1000, dtype=np.uint16), values)]
    order = np.lexsort((np.arange(1000), -values))[:most]
    assert [hit.id for hit in top(found, sort=Sort.RELEVANCE, limit=most)] == (
        [f"{i:04}" for i in order]
    )
