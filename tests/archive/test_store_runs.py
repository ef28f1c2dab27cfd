"""How updates went, as the store keeps it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive.article import Article, Published
from archive.errors import StoreError
from archive.source import Kind
from archive.store import FILE, Store
from archive.store.formats import format_of, newest_format
from archive.store.runs import MOST_RUNS, Tally, UpdateRun

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


def at(minutes: int) -> str:
    return (NOON + timedelta(minutes=minutes)).isoformat(timespec="seconds")


def test_the_last_updates_are_kept_the_newest_first(tmp_path: Path) -> None:
    with Store(tmp_path / FILE) as store:
        for minute in range(MOST_RUNS + 5):
            store.note_update(UpdateRun(at(minute), 1.5, 0, new=minute))
        kept = store.updates()
    assert len(kept) == MOST_RUNS
    assert kept[0] == UpdateRun(at(MOST_RUNS + 4), 1.5, 0, new=MOST_RUNS + 4)


def test_an_update_of_named_sources_is_none_of_all(tmp_path: Path) -> None:
    with Store(tmp_path / FILE) as store:
        store.note_update(UpdateRun(at(0), 1, 0))
        for minute in range(1, MOST_RUNS + 5):
            store.note_update(UpdateRun(at(minute), 1, 0, whole=False))
        assert [run.began for run in store.updates()] == [at(0)]


def test_why_an_update_was_cut_off_is_kept_without_secrets(tmp_path: Path) -> None:
    with Store(tmp_path / FILE) as store:
        store.note_update(UpdateRun(at(0), 1, 1, "https://u:hunter22@h/ failed"))
        assert store.updates()[0].reason == "https://***@h/ failed"


def test_failures_are_kept_without_secrets(tmp_path: Path) -> None:
    address = "https://feeds.example/?token=s3cr3t-one"
    with Store(tmp_path / FILE) as store:
        source, _ = store.add_source(Kind.FEED, address)
        store.record_failures(source.id, [(address, f"{address} moved")])
        (failure,) = store.source(address).failures
    assert failure.address == address
    assert failure.reason == "https://feeds.example/?token=*** moved"


def test_what_there_is_is_counted_as_a_look_at_each_would(tmp_path: Path) -> None:
    with Store(tmp_path / FILE) as store:
        feed, _ = store.add_source(Kind.FEED, "https://feeds.example/")
        for name, day in (("a", "2026-03-04"), ("b", None), ("c", None), ("d", "2026-03")):
            published = Published(day) if day else None
            article = Article(name, f"https://h/{name}", "S", "H", "T", published=published)
            store.put(article, source_id=feed.id)
        store.put(Article("a", "https://h/a", "S", "H", "T2"), source_id=feed.id)
        store.withdraw("d")
        counts = store.counts()
        assert store.tally() == Tally(3, 3, 1, 5)
        assert (counts.articles, counts.undated, counts.withdrawn, counts.revisions) == (
            3,
            3,
            1,
            5,
        )
        assert [source.articles for source in store.sources()] == [3]
        assert [source.articles for source in store.sources(counted=False)] == [0]


def test_the_newest_moment_is_that_of_whatever_was_noted_last(tmp_path: Path) -> None:
    now = NOON
    with Store(tmp_path / FILE, lambda: now) as store:
        assert store.newest_moment() is None
        store.put(Article("a", "https://h/a", "S", "H", "T"))
        assert store.newest_moment() == at(0)
        store.note_update(UpdateRun(at(7), 1, 0))
        assert store.newest_moment() == at(7)
        assert store.waits_since(0) == at(0)
        assert store.waits_since(1) is None


def test_the_format_of_a_store_is_read_without_changing_it(tmp_path: Path) -> None:
    path = tmp_path / FILE
    with Store(path) as store:
        assert store.format == newest_format()
    before = path.read_bytes()
    assert format_of(path) == newest_format()
    assert path.read_bytes() == before
    path.write_bytes(b"no store" * 200)
    with pytest.raises(StoreError, match="cannot be read"):
        format_of(path)
