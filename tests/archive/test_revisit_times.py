"""When young pages are looked at again, and which, over real HTTP."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from importlib import resources
from pathlib import Path

import pytest

from archive.ingest.fetch import Fetcher
from archive.ingest.pipeline import update
from archive.ingest.revisits import Wish
from archive.ingest.visit import Visitor
from archive.source import Kind
from archive.store import Store
from archive.store.frontier import Way
from tests.archive.teaser_site import (
    BODY,
    CORRECTED,
    DAY,
    HOUR,
    TEASER,
    Site,
    counted,
    outcomes,
    read,
    site,
)
from tests.http_server import Web, reply

__all__ = ["read", "site"]


def test_an_eager_cron_looks_four_times_within_a_week_and_then_no_more(site: Site) -> None:
    site.entry("a")
    site.page("a")
    start = site.now
    looks: list[timedelta] = []
    while site.now < start + 12 * DAY:
        before = site.visits()
        site.run()
        if site.visits() > before:
            looks.append(site.now - start)
        site.now += timedelta(hours=1)
    assert looks == [0 * HOUR, HOUR, DAY, 3 * DAY, 7 * DAY]
    assert site.store.page_counts().young == 0


def test_an_article_that_was_old_when_it_came_is_not_looked_at(site: Site) -> None:
    site.entry("a", date="01 Jan 2026 12:00:00")
    site.page("a")
    site.run()
    assert site.seen().due is None
    assert site.seen().etag


def test_a_changed_entry_is_visited_once_and_its_page_not_looked_at_besides(read: Site) -> None:
    read.entry("a", "The harbour board met on Monday and on Tuesday.")
    read.page("a", CORRECTED)
    report = read.run()
    assert read.visits() == 2
    assert outcomes(report) == {"revised": 1}
    assert report.looked == 0
    assert read.seen().since == "2026-01-10T12:00:00+00:00", "it is as old as it was"
    assert read.seen().due == "2026-01-11T12:00:00+00:00"


def test_only_so_many_pages_of_a_source_and_of_a_host_are_looked_at_in_a_run(site: Site) -> None:
    for name in "abc":
        site.entry(name)
        site.page(name)
    site.run()
    other = site.web.url("/other")
    site.store.add_source(Kind.FEED, other)
    entry = site.entries["a"].replace("/a<", "/d<").replace(">a<", ">d<")
    body = f"<rss version='2.0'><channel><title>Other</title>{entry}</channel></rss>"
    site.web.pages["/other"] = reply(200, body.encode())
    site.page("d")
    site.now += HOUR / 2
    site.reports()
    site.now += HOUR
    assert sum(report.looked for report in site.reports(Wish(2))) == 2
    assert [site.visits(name) for name in "abcd"] == [2, 2, 1, 1]
    assert sum(report.looked for report in site.reports(Wish(2))) == 2
    assert [site.visits(name) for name in "abcd"] == [2, 2, 2, 2]


def test_new_pages_are_visited_before_old_ones_are_looked_at(read: Site) -> None:
    read.entry("b")
    read.page("b")
    read.run()
    pages = [path for path, _ in read.web.seen if path in ("/a", "/b")]
    assert pages == ["/a", "/b", "/a"]


@pytest.mark.parametrize("status", [304, 500])
def test_pages_are_looked_at_whatever_their_feed_answers(read: Site, status: int) -> None:
    read.page("a", CORRECTED)
    read.store._run("UPDATE source SET etag = 'x'")
    read.web.pages["/feed"] = reply(status)
    report = read.run()
    assert counted(report) == (1, 1, 0)
    assert report.ok is (status == 304)


def test_now_looks_at_all_young_pages_but_not_twice_within_a_quarter_of_an_hour(
    site: Site,
) -> None:
    site.entry("a")
    site.page("a")
    site.run()
    assert site.run(Wish(50, at_once=True)).looked == 0
    site.now += timedelta(minutes=15)
    assert site.run().looked == 0
    assert site.run(Wish(50, at_once=True)).looked == 1
    assert site.run(Wish(50, at_once=True)).looked == 0


def test_a_host_that_asks_to_be_left_alone_is_also_by_looks(read: Site) -> None:
    read.entry("b")
    read.web.pages["/b"] = reply(503, Retry_After="7200")
    assert counted(read.run()) == (0, 0, 0)
    assert read.seen().due == "2026-01-10T15:00:00+00:00"
    read.now += timedelta(hours=1)
    read.run()
    assert (read.visits("a"), read.visits("b")) == (1, 1)
    read.now += timedelta(hours=1)
    read.page("b")
    assert counted(read.run()) == (1, 0, 0)


def test_a_look_that_is_turned_away_waits_as_long_as_it_was_asked(read: Site) -> None:
    read.web.pages["/a"] = reply(429, Retry_After=str(2 * 86400))
    read.run()
    assert read.seen().due == "2026-01-12T13:00:00+00:00"


def test_a_long_crawl_delay_holds_for_entries_that_come_in_a_later_run(site: Site) -> None:
    robots = b"User-agent: *\nCrawl-delay: 7200\n"
    site.web.pages["/robots.txt"] = reply(200, robots, Content_Type="text/plain")
    site.entry("a")
    site.page("a")
    site.run()
    site.entry("b")
    site.page("b")
    site.now += HOUR
    site.run()
    assert (site.visits("a"), site.visits("b")) == (1, 0)
    assert site.kept("b").article.text == TEASER
    site.now += HOUR
    site.run()
    assert (site.visits("a"), site.visits("b")) == (1, 1)


def test_a_page_with_a_crawl_delay_without_end_is_looked_at_after_a_week(read: Site) -> None:
    read.entry("b")
    read.page("b")
    robots = b"User-agent: *\nCrawl-delay: 1e30\n"
    read.web.pages["/robots.txt"] = reply(200, robots, Content_Type="text/plain")
    read.run()
    assert read.seen("a").due == "2026-01-17T13:00:00+00:00"


# -- what is not looked at ---------------------------------------------------


def test_no_page_of_a_full_text_feed_is_looked_at(site: Site) -> None:
    for name in "abc":
        site.entry(name, " ".join(BODY * 8))
        site.page(name)
    site.run()
    site.now += HOUR
    assert site.run().looked == 0
    assert site.visits() == 0


@pytest.mark.parametrize("setting", ["revisit = 0", "full_text = 'no'"])
def test_the_user_can_have_a_source_left_alone(read: Site, setting: str) -> None:
    read.store._run(f"UPDATE source SET {setting}")
    assert read.run().looked == 0
    assert read.store.page_counts().young == 0


def test_the_user_can_have_all_left_alone(read: Site) -> None:
    assert read.run(Wish(0)).looked == 0
    assert read.visits() == 1


@pytest.mark.parametrize("purge", [False, True])
def test_a_withdrawn_article_is_not_looked_at_and_nothing_its_feed_said_is_left(
    read: Site, purge: bool
) -> None:
    read.store.withdraw(read.kept().article.id, purge=purge)
    assert read.run().looked == 0
    assert read.store.seen_page(1, read.web.url("/a")) is None
    if purge:
        read.store.overwrite()
        assert TEASER.encode() not in read.store.path.read_bytes()


def test_an_article_whose_feed_gives_all_of_it_by_now_is_looked_at_no_more(read: Site) -> None:
    read.entry("a", " ".join(BODY * 9))
    for name in "bcd":
        read.entry(name, " ".join(BODY * 9))
    read.page("a")
    read.run()
    assert not read.kept().article.is_from_page
    read.now += DAY
    assert read.run().looked == 0
    assert read.seen().due is None
    assert read.kept().article.text == " ".join(BODY * 9)


def test_an_article_that_another_source_brought_is_looked_at_by_that_source_alone(
    read: Site,
) -> None:
    body = f"<rss version='2.0'><channel><title>Other</title>{read.entries['a']}</channel></rss>"
    read.store.add_source(Kind.FEED, read.web.url("/other"))
    read.web.pages["/other"] = reply(200, body.encode())
    looked = {report.source.id: report.looked for report in read.reports()}
    assert looked == {1: 1, 2: 0}


# -- stores of before, feeds that end ----------------------------------------


def test_a_store_of_before_gets_its_young_pages_looked_at_unconditionally(
    tmp_path: Path, web: Web, fetcher: Fetcher
) -> None:
    path = tmp_path / "old.db"
    site: Site
    with Store(path, clock=lambda: site.now) as store:
        site = Site(web, store, fetcher)
        site.now = datetime.now(UTC).replace(microsecond=0)
        store.add_source(Kind.FEED, web.url("/feed"))
        for name, age in (("a", 0), ("b", 0), ("c", 0), ("d", 20)):
            day = (site.now - age * DAY).strftime("%d %b %Y %H:%M:%S")
            site.entry(name, " ".join(BODY * 3) if name == "b" else TEASER, day)
            site.page(name)
        site.run()
        long_ago = (site.now - 20 * DAY).isoformat()
        store._run("UPDATE article SET first_seen = ? WHERE url LIKE '%/c'", [long_ago])
    as_before(path)
    with Store(path, clock=lambda: site.now) as store:
        site.store = store
        assert store.page_counts().young == 1, "b came from the feed, c long ago, d is old"
        before = site.kept().article
        site.now += HOUR
        site.page("a", CORRECTED)
        assert counted(site.run()) == (1, 1, 0)
        after = site.kept().article
        assert (after.topics, after.published) == (before.topics, before.published)
        assert after.source == before.source
        assert site.seen().etag
        site.now += DAY
        assert counted(site.run()) == (1, 0, 0)


def as_before(path: Path) -> None:
    """Make of a store one of the format before pages were remembered, with the same rows."""
    now = path.rename(path.with_suffix(".now"))
    migrations = resources.files("archive.migrations")
    steps = sorted(step.name for step in migrations.iterdir() if step.name[:4] < "0008")
    with closing(sqlite3.connect(path)) as db:
        for name in (name for name in steps if name.endswith(".sql")):
            db.executescript((migrations / name).read_text("utf-8"))
        db.execute("PRAGMA user_version = 7")
        db.execute("ATTACH ? AS now", [str(now)])
        for (table,) in db.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'"):
            columns = ", ".join(
                row[1] for row in db.execute(f"PRAGMA main.table_info({table})").fetchall()
            )
            db.execute(f"INSERT INTO main.{table} ({columns}) SELECT {columns} FROM now.{table}")
        db.commit()


def test_a_teaser_whose_feed_ends_before_its_page_was_visited_is_kept_and_visited(
    site: Site,
) -> None:
    for name in "ab":
        site.entry(name)
        site.page(name)
    cut_off(site)
    site.web.pages["/feed"] = reply(410)
    site.store._run("UPDATE source SET retired = '2026-01-10T12:00:00+00:00'")
    report = site.run(most_pages=1)
    assert outcomes(report) == {"new": 2}
    assert {site.kept(name).article.text for name in "ab"} == {TEASER, "\n\n".join(BODY)}
    assert outcomes(site.run(most_pages=1)) == {"completed": 1}
    assert site.store.frontier_counts(1, Way.UPDATE).waiting == 0


def cut_off(site: Site) -> None:
    """Run until the feed was read, and no page was visited yet."""
    channel = f"<title>The Gannet</title>{''.join(site.entries.values())}"
    body = f"<rss version='2.0'><channel>{channel}</channel></rss>"
    site.web.pages["/feed"] = reply(200, body.encode())

    def stop(label: str, _done: int, _total: int) -> None:
        if label == "feeds":
            raise KeyboardInterrupt

    visitor = Visitor(site.fetcher, pause=0)
    sources = site.store.sources()
    with pytest.raises(KeyboardInterrupt):
        list(
            update(
                site.store, sources, site.fetcher, site.now.date(), visitor=visitor, progress=stop
            )
        )
    assert site.store.counts().articles == 0
