"""Teaser feeds followed to their pages, over real HTTP, through the whole pipeline."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from archive.article import Article
from archive.ingest.fetch import Fetcher
from archive.ingest.page_run import MOST_TRIES
from archive.ingest.pipeline import SourceReport, update
from archive.ingest.visit import Visitor
from archive.settings import Fetch
from archive.source import Kind
from archive.store.frontier import Way
from tests.archive.conftest import TODAY
from tests.archive.teaser_site import BODY, TEASER, Followed, opened
from tests.http_server import Web, reply


class Site(Followed):
    """A feed of teasers and its pages, an archive of it, and a clock for both."""

    def entry(self, name: str, text: str = TEASER, day: int = 5) -> None:
        self.entries[name] = (
            f"<item><title>Entry {name}</title><link>{self.web.url('/' + name)}</link>"
            f"<guid>{name}</guid><description>{text}</description>"
            f"<category>Politics</category>"
            f"<pubDate>{day:02} Jan 2026 10:00:00 +0100</pubDate></item>"
        )

    def page(self, name: str, *paragraphs: str) -> None:
        inside = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs or BODY)
        html = (
            "<!doctype html><html><head><title>x</title>"
            "<meta property='og:site_name' content='Quay Media Group'></head>"
            f"<body><article><h1>Page {name}</h1>{inside}</article></body></html>"
        )
        self.web.pages[f"/{name}"] = reply(200, html.encode(), Content_Type="text/html")

    def run(self, **options: Any) -> SourceReport:
        channel = f"<title>The Gannet</title>{''.join(self.entries.values())}"
        feed = f"<rss version='2.0'><channel>{channel}</channel></rss>"
        self.web.pages["/feed"] = reply(200, feed.encode())
        visitor = Visitor(self.fetcher, pause=0)
        sources = self.store.sources()
        (report,) = update(self.store, sources, self.fetcher, TODAY, visitor=visitor, **options)
        return report

    def article(self, name: str) -> Article:
        return self.kept(name).article


@pytest.fixture
def site(web: Web, tmp_path: Path, fetcher: Fetcher) -> Iterator[Site]:
    with opened(Site, web, tmp_path, fetcher) as site:
        yield site


def outcomes(report: SourceReport) -> dict[str, int]:
    return {str(outcome): count for outcome, count in report.outcomes.items() if count}


def test_a_teaser_is_followed_and_page_and_feed_become_one_article(site: Site) -> None:
    site.entry("a")
    site.page("a")
    assert outcomes(site.run()) == {"new": 1}
    article = site.article("a")
    assert article.text == "\n\n".join(BODY)
    assert article.published is not None
    assert article.published.iso.startswith("2026-01-05")
    assert article.topics == ("politics",)
    assert article.source == "The Gannet", "as it would be without the page"
    assert site.kept("a").revision == 1
    original = site.store.original(article.id, 1)
    assert original is not None
    assert b"<article>" in original[1]


def test_what_was_followed_is_not_visited_again(site: Site) -> None:
    site.entry("a")
    site.page("a")
    site.run()
    assert outcomes(site.run()) == {"unchanged": 1}
    assert site.visits("a") == 1
    site.web.pages["/feed"] = reply(304)
    list(update(site.store, site.store.sources(), site.fetcher, TODAY))
    assert site.visits("a") == 1


def test_a_changed_teaser_is_followed_again(site: Site) -> None:
    site.entry("a")
    site.page("a")
    site.run()
    site.entry("a", "The harbour board met on Monday and again on Tuesday.")
    site.page("a", *BODY, "On Tuesday it met again, and agreed to meet once more in the autumn.")
    assert outcomes(site.run()) == {"revised": 1}
    assert "autumn" in site.article("a").text


def test_a_full_text_feed_is_never_followed(site: Site) -> None:
    for name in "abc":
        site.entry(name, " ".join(BODY * 8))
        site.page(name)
    assert outcomes(site.run()) == {"new": 3}
    assert [site.visits(name) for name in "abc"] == [0, 0, 0]


@pytest.mark.parametrize(("full_text", "visits"), [("yes", 1), ("no", 0)])
def test_the_user_decides_whether_a_feed_is_followed(
    site: Site, full_text: str, visits: int
) -> None:
    site.entry("a", TEASER if full_text == "no" else " ".join(BODY * 8))
    site.page("a", *BODY * 9)
    site.store._run("UPDATE source SET full_text = ?", [full_text])
    site.run()
    assert site.visits("a") == visits


def fails(site: Site, how: str) -> None:
    match how:
        case "robots":
            site.page("a")
            robots = b"User-agent: *\nDisallow: /a\n"
            site.web.pages["/robots.txt"] = reply(200, robots)
        case "gone":
            site.web.pages["/a"] = reply(404)
        case "paywall":
            site.page("a", "Subscribe to read.")
        case "picture":
            site.web.pages["/a"] = reply(200, b"\x89PNG\0\0", Content_Type="image/png")
        case "binary":
            site.web.pages["/a"] = reply(200, b"\0\1\2\3", Content_Type="text/html")
        case "throttled":
            site.web.pages["/a"] = reply(429, Retry_After="5")


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ("robots", "robots.txt does not allow it"),
        ("gone", "is not there (HTTP 404)"),
        ("paywall", "shows less than the feed"),
        ("picture", "is not a web page, but image/png"),
        ("binary", "is not HTML"),
        ("throttled", "asks for fewer requests"),
    ],
)
def test_a_page_that_cannot_be_had_leaves_the_teaser_with_the_reason(
    site: Site, how: str, reason: str
) -> None:
    site.entry("a")
    fails(site, how)
    report = site.run()
    assert report.ok, "the source itself is well"
    assert outcomes(report) == {"new": 1}
    ((address, told),) = report.unread
    assert address == site.web.url("/a")
    assert told.startswith(reason)
    assert site.article("a").text == TEASER
    ((note),) = site.article("a").provenance()["page not used"]
    assert note["value"] == told


def test_a_page_that_could_not_be_had_is_tried_again_later_and_then_had(site: Site) -> None:
    site.entry("a")
    site.run()
    site.page("a")
    assert outcomes(site.run()) == {"unchanged": 1}
    assert site.visits("a") == 1, "not at once"
    site.now += timedelta(hours=2)
    assert outcomes(site.run()) == {"unchanged": 1, "completed": 1}
    assert site.kept("a").revision == 2, "the teaser is kept"
    assert site.kept("a").edits == 0, "its newsroom changed nothing"
    assert site.article("a").text == "\n\n".join(BODY)
    assert "page not used" not in site.article("a").provenance()
    assert site.store.frontier_counts(1, Way.UPDATE).waiting == 0


def test_a_page_is_not_tried_for_ever(site: Site) -> None:
    site.entry("a")
    for _ in range(MOST_TRIES + 4):
        site.run()
        site.now += timedelta(days=30)
    assert site.visits("a") == MOST_TRIES
    assert site.store.frontier_counts(1, Way.UPDATE).failed == 1


def test_a_teaser_never_takes_the_place_of_the_whole_text(site: Site) -> None:
    site.entry("a")
    site.page("a")
    site.run()
    site.entry("a", "The board met on Monday, it is said.")
    site.web.pages["/a"] = reply(500)
    site.run()
    assert site.article("a").text == "\n\n".join(BODY)
    site.page(
        "a", *BODY, "The meeting was told of a new quay, to be built by the year after next."
    )
    site.now += timedelta(hours=2)
    site.run()
    assert "new quay" in site.article("a").text


def test_a_run_visits_only_so_many_pages_the_newest_first(site: Site) -> None:
    for day in range(1, 6):
        site.entry(f"day{day}", day=day)
        site.page(f"day{day}")
    assert outcomes(site.run(most_pages=2)) == {"new": 5}
    assert [site.visits(f"day{day}") for day in range(1, 6)] == [0, 0, 0, 1, 1]
    assert site.article("day1").text == TEASER, "kept until its turn comes"
    report = site.run(most_pages=2)
    assert outcomes(report) == {"unchanged": 5, "completed": 2}
    site.run(most_pages=2)
    assert [site.visits(f"day{day}") for day in range(1, 6)] == [1] * 5
    assert site.article("day1").text == "\n\n".join(BODY)


def test_pages_left_by_a_busy_host_keep_their_teasers_and_wait_as_long_as_it_asks(
    site: Site,
) -> None:
    for name in "ab":
        site.entry(name)
        site.page(name)
    site.web.pages["/a"] = reply(503, Retry_After="7200")
    assert outcomes(site.run()) == {"new": 2}
    site.page("a")
    site.now += timedelta(hours=1, minutes=30)
    site.run()
    assert (site.visits("a"), site.visits("b")) == (1, 0)
    site.now += timedelta(hours=1)
    site.run()
    assert site.article("b").text == site.article("a").text == "\n\n".join(BODY)


def test_a_cut_off_run_loses_nothing(site: Site) -> None:
    for name in "ab":
        site.entry(name)
        site.page(name)
    site.run(most_pages=0)
    site.entries.clear()
    site.run()
    assert site.article("a").text == site.article("b").text == "\n\n".join(BODY)


def test_an_article_that_another_source_brought_first_is_not_visited(site: Site) -> None:
    site.entry("a")
    site.page("a")
    site.run()
    feed = f"<rss version='2.0'><channel><title>Other</title>{site.entries['a']}</channel></rss>"
    site.web.pages["/other"] = reply(200, feed.encode())
    site.store.add_source(Kind.FEED, site.web.url("/other"))
    visitor = Visitor(site.fetcher, pause=0)
    reports = list(update(site.store, site.store.sources(), site.fetcher, TODAY, visitor=visitor))
    assert [outcomes(report) for report in reports] == [{"unchanged": 1}, {"copy": 1}]
    assert site.visits("a") == 1


def test_an_article_of_another_site_bears_that_sites_name(site: Site) -> None:
    elsewhere = site.web.base.replace("127.0.0.1", "localhost")
    site.fetcher = Fetcher(Fetch(timeout=20, private_hosts=("127.0.0.1", "localhost")), "test")
    site.entry("a", "")
    site.entries["a"] = site.entries["a"].replace(site.web.base, elsewhere)
    site.page("a")
    site.run()
    kept = site.store.by_url(f"{elsewhere}/a")
    assert kept is not None
    assert kept.article.source == "Quay Media Group"


def test_a_user_who_wants_no_pages_any_more_gets_none(site: Site) -> None:
    site.entry("a")
    site.run()
    site.store._run("UPDATE source SET full_text = 'no'")
    site.now += timedelta(days=1)
    site.run()
    assert site.visits("a") == 1
    assert site.store.frontier_counts(1, Way.UPDATE).waiting == 0
    assert site.article("a").text == TEASER


@pytest.mark.parametrize("purge", [False, True])
def test_the_page_of_a_withdrawn_article_is_not_visited(site: Site, purge: bool) -> None:
    site.entry("a", "Zanzibar teaser.")
    site.run()
    site.store.withdraw(site.article("a").id, purge=purge)
    if purge:
        site.store.overwrite()
        assert b"Zanzibar" not in site.store.path.read_bytes(), "nor is its teaser kept"
    site.entry("a", "Another teaser.")
    site.now += timedelta(days=1)
    site.run()
    assert site.visits("a") == 1


@pytest.mark.parametrize("full_text", ["auto", "no"])
def test_an_entry_that_is_a_teaser_no_more_does_not_shorten_its_article(
    site: Site, full_text: str
) -> None:
    site.entry("a")
    site.page("a")
    site.run()
    site.store._run("UPDATE source SET full_text = ?", [full_text])
    site.entry("a", f"{TEASER} It went on.")
    for name in "bcd":
        site.entry(name, " ".join(BODY * 8))
    site.run()
    assert site.article("a").text == "\n\n".join(BODY)
    assert site.visits("a") == (2 if full_text == "auto" else 1)
