"""Which merges fall due over thousands of commits, and what they cost."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.whoosh_engine.policy import BUDGET, NEARLY_FULL, Group, Size, due, full
from indexer.whoosh_engine.segment import MOST_DOCUMENTS
from tests.examples import examples


@dataclass
class Archive:
    """Articles by segment, as commits would leave them."""

    segments: list[set[int]] = field(default_factory=list)
    documents: list[int] = field(default_factory=list)
    large: int = 0
    paid: int = 0

    @property
    def sizes(self) -> list[Size]:
        pairs = zip(self.documents, self.segments, strict=True)
        return [Size(documents, len(living)) for documents, living in pairs]

    @property
    def articles(self) -> int:
        return sum(map(len, self.segments))

    def upsert(self, articles: Iterable[int]) -> None:
        """Commit *articles*, with the merges that fall due."""
        fresh = set(articles)
        for living in self.segments:
            self.paid += 2 * len(living & fresh)
            living -= fresh
        self.paid += len(fresh)
        if fresh:
            self.add(fresh)
        groups = due(self.sizes)
        work = sorted(sum(self.sizes[i].living for i in group) for group in groups)
        assert sum(work[:-1]) <= BUDGET or not work
        assert max(work, default=0) <= MOST_DOCUMENTS
        if sum(work) > BUDGET:
            self.large += work[-1]
        assert self.large <= self.paid
        self.merge(groups)
        assert len(self.segments) <= 48 + self.articles // 8192

    def add(self, living: set[int]) -> None:
        self.segments.append(living)
        self.documents.append(len(living))

    def merge(self, groups: list[Group]) -> None:
        merged = [i for group in groups for i in group]
        assert len(merged) == len(set(merged))
        assert all(list(group) == sorted(group) for group in groups)
        made = [set[int]().union(*(self.segments[i] for i in group)) for group in groups]
        for i in sorted(merged, reverse=True):
            del self.segments[i], self.documents[i]
        for living in made:
            assert len(living) <= MOST_DOCUMENTS
            if living:
                self.add(living)


@pytest.mark.parametrize("renewed", [0.0, 0.3, 0.9, 1.0])
def test_thousands_of_commits_leave_few_segments_for_little_work(renewed: float) -> None:
    draw = Random(7)
    archive = Archive()
    count = 0
    for _ in range(2000):
        fresh = draw.randint(50, 150)
        again = {draw.randrange(count) for _ in range(fresh) if draw.random() < renewed and count}
        archive.upsert(again.union(range(count, count + fresh - len(again))))
        count += fresh - len(again)
        assert len(archive.segments) <= 24 + archive.articles // NEARLY_FULL


def test_a_few_commits_leave_two_or_three_segments_beside_the_old_one() -> None:
    archive = Archive()
    archive.add(set(range(60_000)))
    for number in range(50):
        archive.upsert(range(100_000 + 100 * number, 100_100 + 100 * number))
        assert len(archive.segments) <= 5


@settings(deadline=None, max_examples=examples(60))
@given(
    batches=st.lists(
        st.tuples(st.integers(0, 99_999), st.integers(0, 5) | st.integers(0, 40_000)), max_size=40
    )
)
def test_the_bounds_hold_whatever_the_commits_are(batches: list[tuple[int, int]]) -> None:
    archive = Archive()
    for first, count in batches:
        archive.upsert(range(first, first + count))


def test_large_batches_become_segments_nearly_full() -> None:
    archive = Archive()
    for number in range(40):
        archive.upsert(range(number * 8192, (number + 1) * 8192))
    assert len(archive.segments) <= 5 + 6
    assert max(archive.documents) >= NEARLY_FULL


def test_a_segment_more_deleted_than_living_is_rewritten() -> None:
    assert due([Size(60_000, 30_000)]) == []
    assert due([Size(60_000, 29_999), Size(100, 100)]) == [(0,)]
    assert due([Size(60_000, 60_000), Size(100, 49)]) == [(1,)]


sizes = st.lists(
    st.tuples(st.integers(1, MOST_DOCUMENTS), st.floats(0, 1)).map(
        lambda pair: Size(pair[0], int(pair[0] * pair[1]))
    ),
    max_size=30,
)


@settings(deadline=None, max_examples=examples(60))
@given(sizes=sizes)
def test_a_full_merge_leaves_nothing_to_merge(sizes: list[Size]) -> None:
    archive = Archive([set(range(size.living)) for size in sizes], [s.documents for s in sizes])
    articles = archive.articles
    names = iter(range(articles))
    archive.segments = [{next(names) for _ in living} for living in archive.segments]
    archive.merge(full(archive.sizes))
    assert archive.articles == articles
    assert full(archive.sizes) == []
    assert len(archive.segments) <= 2 * articles // MOST_DOCUMENTS + 1


def test_a_full_merge_leaves_full_segments_as_they_are() -> None:
    most = Size(MOST_DOCUMENTS, MOST_DOCUMENTS - 100)
    assert full([most, Size(300, 300), most, Size(60_000, 60_000), Size(20, 20)]) == [(1, 4)]
    assert full([most, Size(300, 300)]) == []
    assert full([Size(MOST_DOCUMENTS, MOST_DOCUMENTS * 8 // 10), Size(300, 300)]) == [(0, 1)]
