"""Young pages looked at again, over real HTTP, through the whole pipeline."""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from archive.article import Evidence
from archive.ingest.fetch import Fetcher
from archive.ingest.item import Item
from archive.ingest.pipeline import SourceReport, update
from archive.ingest.readers.reading import Here
from archive.ingest.revisits import USUAL, Wish
from archive.ingest.visit import Visitor
from archive.source import Kind
from archive.store import Kept, Store
from archive.store_frontier import Way
from archive.store_pages import SeenPage
from tests.archive.conftest import Web, reply

TEASER = "The harbour board met on Monday."
BODY = (
    "The harbour board of Port Ellis met on Monday and could agree on nothing at all.",
    "Its chair, Odile Renwick, said that the pilots had asked for the impossible again.",
    "The next meeting was set for the spring, when the ferries return to the old quay.",
)
CORRECTED = (*BODY[:2], "The next meeting was set for the autumn, when the ferries return.")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Site:
    """A feed of teasers, its pages with validators, an archive of it, and a clock for both."""

    def __init__(self, web: Web, store: Store, fetcher: Fetcher) -> None:
        self.web, self.store, self.fetcher = web, store, fetcher
        self.now = datetime(2026, 1, 10, 12, 0, tzinfo=UTC)
        self.entries: dict[str, str] = {}

    def entry(self, name: str, text: str = TEASER, date: str = "10 Jan 2026 12:00:00") -> None:
        self.entries[name] = (
            f"<item><title>Entry {name}</title><link>{self.web.url('/' + name)}</link>"
            f"<guid>{name}</guid><description>{text}</description>"
            f"<category>Politics</category><category>Pilots</category>"
            f"<pubDate>{date} +0000</pubDate></item>"
        )

    def page(
        self, name: str, paragraphs: tuple[str, ...] = BODY, *, etag: bool = True, read: int = 0
    ) -> None:
        inside = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
        html = (
            f"<!doctype html><html><head><title>x</title></head><body><article>"
            f"<h1>Page {name}</h1>{inside}</article>"
            f"<aside><p>{read} readers</p></aside></body></html>"
        ).encode()
        tag = f'"{abs(hash(html))}"'

        def handle(request: BaseHTTPRequestHandler) -> None:
            same = etag and request.headers.get("If-None-Match") == tag
            said = {"Content_Type": "text/html"} | ({"ETag": tag} if etag else {})
            reply(304 if same else 200, b"" if same else html, **said)(request)

        self.web.pages[f"/{name}"] = handle

    def run(self, wish: Wish | None = None, **options: Any) -> SourceReport:
        (report,) = self.reports(wish, **options)
        return report

    def reports(self, wish: Wish | None = None, **options: Any) -> list[SourceReport]:
        channel = f"<title>The Gannet</title>{''.join(self.entries.values())}"
        feed = f"<rss version='2.0'><channel>{channel}</channel></rss>"
        self.web.pages.setdefault("/feed", reply(200, feed.encode()))
        visitor = Visitor(self.fetcher, pause=0, resting=self.store.resting_hosts())
        sources = [source for source in self.store.sources() if not source.retired]
        retired = [source for source in self.store.sources() if source.retired]
        options |= {"wish": wish or USUAL, "retired": retired}
        today = self.now.date()
        found = update(self.store, sources, self.fetcher, today, visitor=visitor, **options)
        reports = list(found)
        self.web.pages.pop("/feed")
        return reports

    def kept(self, name: str = "a") -> Kept:
        kept = self.store.by_url(self.web.url(f"/{name}"))
        assert kept is not None
        return kept

    def seen(self, name: str = "a") -> SeenPage:
        page = self.store.seen_page(1, self.web.url(f"/{name}"))
        assert page is not None
        return page

    def visits(self, name: str = "a") -> int:
        return [path for path, _ in self.web.seen].count(f"/{name}")

    def asked(self, name: str = "a") -> dict[str, str]:
        return [headers for path, headers in self.web.seen if path == f"/{name}"][-1]


@pytest.fixture
def site(web: Web, tmp_path: Path, fetcher: Fetcher) -> Iterator[Site]:
    site: Site
    with Store(tmp_path / "articles.db", clock=lambda: site.now) as store:
        site = Site(web, store, fetcher)
        store.add_source(Kind.FEED, web.url("/feed"))
        yield site


@pytest.fixture
def read(site: Site) -> Site:
    """A site whose one teaser was followed to its page, an hour ago."""
    site.entry("a")
    site.page("a")
    site.run()
    site.now += HOUR
    return site


def outcomes(report: SourceReport) -> dict[str, int]:
    return {str(outcome): count for outcome, count in report.outcomes.items() if count}


def counted(report: SourceReport) -> tuple[int, int, int]:
    return report.looked, report.looked_changed, len(report.missed)


def page_now(kept: Kept) -> list[Evidence]:
    return [e for e in kept.article.evidence if e.field == "page now"]


# -- what a look finds -------------------------------------------------------


def test_a_correction_made_only_on_the_page_becomes_a_revision_that_keeps_what_the_feed_said(
    read: Site,
) -> None:
    before = read.kept().article
    read.page("a", CORRECTED)
    report = read.run()
    assert outcomes(report) == {"unchanged": 1, "revised": 1}
    assert counted(report) == (1, 1, 0)
    kept = read.kept()
    assert (kept.revision, kept.edits) == (2, 1)
    assert kept.article.text == "\n\n".join(CORRECTED)
    assert kept.article.published == before.published
    assert kept.article.topics == before.topics == ("politics", "Pilots")
    assert kept.article.source == before.source == "The Gannet"


def test_a_page_that_did_not_change_is_asked_for_conditionally_and_only_noted(read: Site) -> None:
    position = read.store.position()
    report = read.run()
    assert read.visits() == 2
    assert read.asked()["if-none-match"] == read.seen().etag
    assert outcomes(report) == {"unchanged": 1}, "the feed's entry; a look is counted apart"
    assert counted(report) == (1, 0, 0)
    assert read.store.position() == position, "nothing for the index to follow"
    assert read.seen().looked == "2026-01-10T13:00:00+00:00"


def test_last_modified_is_remembered_too(site: Site) -> None:
    site.entry("a")
    when = "Sat, 10 Jan 2026 11:00:00 GMT"
    html = "".join(f"<p>{part}</p>" for part in BODY)
    page = f"<html><body><article><h1>Page</h1>{html}</article></body></html>".encode()
    site.web.pages["/a"] = reply(200, page, Content_Type="text/html", Last_Modified=when)
    site.run()
    site.now += HOUR
    site.web.pages["/a"] = reply(304)
    assert counted(site.run()) == (1, 0, 0)
    assert site.asked()["if-modified-since"] == when
    assert site.seen().last_modified == when


def test_a_change_of_furniture_is_no_revision(read: Site) -> None:
    read.page("a", read=4711)
    assert counted(read.run()) == (1, 0, 0)
    assert read.kept().revision == 1


def test_a_page_without_validators_is_read_again_and_compared(site: Site) -> None:
    site.entry("a")
    site.page("a", etag=False)
    site.run()
    site.now += HOUR
    assert counted(site.run()) == (1, 0, 0)
    assert "if-none-match" not in site.asked()
    site.page("a", CORRECTED, etag=False)
    site.now += DAY
    assert counted(site.run()) == (1, 1, 0)


@pytest.mark.parametrize("status", [404, 410])
def test_a_page_that_is_gone_keeps_its_article_says_so_and_is_asked_no_more(
    read: Site, status: int
) -> None:
    read.web.pages["/a"] = reply(status)
    report = read.run()
    assert report.ok
    assert counted(report) == (1, 0, 1)
    kept = read.kept()
    assert (kept.article.text, kept.revision) == ("\n\n".join(BODY), 1)
    ((note),) = page_now(kept)
    assert f"HTTP {status}" in note.value
    assert note.origin == f"visit: {read.web.url('/a')}, 2026-01-10"
    assert read.seen().gone == "2026-01-10T13:00:00+00:00"
    assert read.store.page_counts().gone == 1
    read.now += 3 * DAY
    assert counted(read.run()) == (0, 0, 0)
    assert read.visits() == 2


def failing(site: Site, how: str) -> None:
    match how:
        case "error":
            site.web.pages["/a"] = reply(500)
        case "binary":
            site.web.pages["/a"] = reply(200, b"\0\1\2\3", Content_Type="text/html")
        case "picture":
            site.web.pages["/a"] = reply(200, b"\x89PNG\0\0", Content_Type="image/png")
        case "front page":
            site.web.pages["/a"] = reply(302, Location="/")
            site.web.pages["/"] = reply(200, b"<p>All the news</p>", Content_Type="text/html")
        case "paywall":
            site.page("a", ("Subscribe to read about the harbour board.",))
        case "robots":
            robots = b"User-agent: *\nDisallow: /a\n"
            site.web.pages["/robots.txt"] = reply(200, robots)


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ("error", "HTTP 500"),
        ("binary", "is not HTML"),
        ("picture", "is not a web page, but image/png"),
        ("front page", "leads to a site's front page"),
        ("paywall", "shows much less than was kept"),
        ("robots", "robots.txt does not allow it"),
    ],
)
def test_a_look_that_fails_loses_nothing_and_the_next_one_sees_the_correction(
    read: Site, how: str, reason: str
) -> None:
    failing(read, how)
    report = read.run()
    assert counted(report) == (1, 0, 1)
    assert reason in report.missed[0][1]
    assert reason in (read.seen().reason or "")
    assert read.kept().article.text == "\n\n".join(BODY)
    assert read.kept().revision == 1
    read.web.pages.pop("/robots.txt", None)
    read.page("a", CORRECTED)
    read.now += DAY
    assert counted(read.run()) == (1, 1, 0)
    assert read.seen().reason is None
    assert page_now(read.kept()) == []


class Defective(Here):
    """Readers with a defect that pages meet."""

    def page(self, data: bytes, key: str, url: str) -> Item:
        raise ZeroDivisionError(f"{len(data)} bytes of {key} at {url}")


def test_a_defect_of_ours_costs_a_look_and_nothing_else(read: Site) -> None:
    read.page("a", CORRECTED)
    report = read.run(readers=Defective())
    assert "could not be read (ZeroDivisionError" in report.missed[0][1]
    assert read.kept().revision == 1
    read.now += DAY
    assert counted(read.run()) == (1, 1, 0)


def test_a_notice_in_the_place_of_the_article_is_quoted_until_the_article_is_back(
    read: Site,
) -> None:
    read.page("a", ("This article was taken down at the request of the board.",))
    read.run()
    ((note),) = page_now(read.kept())
    assert "“This article was taken down" in note.value
    position = read.store.position()
    read.now += DAY
    read.run()
    assert read.store.position() == position, "the same notice is noted once"
    assert page_now(read.kept()) == [note]
    read.page("a")
    read.now += 2 * DAY
    assert counted(read.run()) == (1, 0, 0)
    assert page_now(read.kept()) == []
    assert read.kept().revision == 1


def test_a_teaser_longer_than_its_page_is_no_reason_to_shorten_the_article(site: Site) -> None:
    site.entry("a", " ".join(BODY[:2]))
    site.page("a")
    site.run()
    site.page("a", (BODY[0], BODY[1][:50]))
    site.now += HOUR
    report = site.run()
    assert report.missed[0][1].startswith("shows less than the feed")
    assert site.kept().revision == 1


# -- when pages are looked at ------------------------------------------------


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
    """Make of a store one of the format before pages were remembered."""
    db = sqlite3.connect(path)
    for statement in (
        "DROP TABLE page",
        "DROP TABLE resting_host",
        "ALTER TABLE source DROP COLUMN revisit",
        "ALTER TABLE source DROP COLUMN skips",
        "PRAGMA user_version = 7",
    ):
        db.execute(statement)
    db.close()
    assert (resources.files("archive.migrations") / "0008_revisits.sql").is_file()


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
