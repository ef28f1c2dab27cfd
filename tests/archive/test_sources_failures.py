"""A source that failed and works again leaves the reason of old gaps."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive.source import FailureSpan, Kind
from archive.store import FILE, Store
from archive.store.sources import MOST_SPANS

FEED = "https://news.example/feed"


class Time:
    """A clock that is moved by hand."""

    now = datetime(2024, 6, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def goes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def store(tmp_path: Path, time: Time) -> Iterator[Store]:
    with Store(tmp_path / FILE, time) as opened:
        yield opened


def test_a_failure_that_is_over_is_kept_with_its_reason(store: Store, time: Time) -> None:
    source = store.add_source(Kind.FEED, FEED)[0].id
    store.record_failures(source, [(FEED, "HTTP 503")])
    time.goes(24)
    store.record_failures(source, [(FEED, "HTTP 500")])
    assert store.failure_spans() == {}
    time.goes(24)
    store.record_failures(source, [("entry 7", "no headline")])
    span = FailureSpan("2024-06-01T00:00:00+00:00", "2024-06-03T00:00:00+00:00", "HTTP 500")
    assert store.failure_spans() == {source: [span]}
    store.remove_source(FEED)
    assert store.failure_spans() == {}


def test_an_unchanged_answer_ends_a_failure_too(store: Store, time: Time) -> None:
    source = store.add_source(Kind.FEED, FEED)[0].id
    store.record_failures(source, [(FEED, "HTTP 503")])
    time.goes(30)
    store.record_unchanged(source, None, None)
    assert [span.reason for span in store.failure_spans()[source]] == ["HTTP 503"]


def test_failures_of_an_hour_or_of_single_entries_are_not_kept(store: Store, time: Time) -> None:
    source = store.add_source(Kind.FEED, FEED)[0].id
    store.record_failures(source, [(FEED, "HTTP 503"), ("entry 7", "no headline")])
    time.goes(1)
    store.record_failures(source, [("entry 7", "no headline")])
    time.goes(300)
    store.record_failures(source, [])
    assert store.failure_spans() == {}


def test_only_the_newest_failures_are_kept(store: Store, time: Time) -> None:
    source = store.add_source(Kind.FEED, FEED)[0].id
    for number in range(MOST_SPANS + 3):
        store.record_failures(source, [(FEED, f"failure {number}")])
        time.goes(13)
        store.record_failures(source, [])
        time.goes(1)
    spans = store.failure_spans()[source]
    assert len(spans) == MOST_SPANS
    assert spans[-1].reason == f"failure {MOST_SPANS + 2}"
