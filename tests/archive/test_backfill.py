"""Backfill over real HTTP: older pages of feeds, sitemaps, lists; bounds, limits, going on."""

import gzip
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from archive.ingest.backfill import run as backfills
from archive.ingest.backfill.bounds import Bounds, day_said
from archive.ingest.backfill.listings import Found
from archive.ingest.fetch import Fetcher
from archive.ingest.run import Run
from archive.ingest.visit import Visitor
from archive.source import Source
from archive.store import Store
from archive.store_frontier import FrontierCounts, Way
from tests.archive.conftest import TODAY
from tests.archive.teaser_site import opened
from tests.http_server import Web, reply

LONG = "The harbour board of Port Ellis met for three hours and agreed on nothing at all. " * 30


class Site:
    """A feed, its site, and an archive that backfills from it; pauses take no time."""

    def __init__(self, web: Web, store: Store, fetcher: Fetcher) -> None:
        self.web, self.store, self.fetcher = web, store, fetcher
        self.now = datetime(2026, 1, 10, 12, 0, tzinfo=UTC)

    @property
    def source(self) -> Source:
        return self.store.sources()[0]

    def feed(self, path: str, names: str, *more: str, text: str = LONG, year: int = 2025) -> None:
        entries = "".join(
            f"<item><title>Entry {n}</title><link>{self.web.url(f'/{n}')}</link><guid>{n}</guid>"
            f"<pubDate>05 Jun {year} 10:00:00 +0100</pubDate>"
            f"<description>{text}</description></item>"
            for n in names
        )
        atom = "xmlns:a='http://www.w3.org/2005/Atom'"
        head = f"<rss version='2.0' {atom}><channel><title>The Gannet</title>{''.join(more)}"
        body = f"{head}{entries}</channel></rss>"
        self.web.pages[path] = reply(200, body.encode(), Content_Type="application/rss+xml")

    def link(self, rel: str, path: str) -> str:
        return f"<a:link rel='{rel}' href='{path}'/>"

    def page(self, path: str, day: str = "2025-05-05") -> None:
        inside = "".join(f"<p>{part}. {LONG[:200]}</p>" for part in ("One", "Two", path))
        html = (
            f"<!doctype html><html><head><title>Page</title>"
            f"<meta property='article:published_time' content='{day}'></head>"
            f"<body><article><h1>Page {path}</h1>{inside}</article></body></html>"
        )
        self.web.pages[path] = reply(200, html.encode(), Content_Type="text/html")

    def sitemap(self, path: str, *entries: str, index: bool = False, packed: bool = False) -> None:
        outer, inner = ("sitemapindex", "sitemap") if index else ("urlset", "url")
        listed = "".join(f"<{inner}>{entry}</{inner}>" for entry in entries)
        namespace = "xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'"
        news = "xmlns:news='http://www.google.com/schemas/sitemap-news/0.9'"
        body = f"<?xml version='1.0'?><{outer} {namespace} {news}>{listed}</{outer}>".encode()
        self.web.pages[path] = reply(200, gzip.compress(body) if packed else body)

    def loc(self, path: str, lastmod: str = "", published: str = "") -> str:
        changed = f"<lastmod>{lastmod}</lastmod>" if lastmod else ""
        said = f"<news:publication_date>{published}</news:publication_date>" if published else ""
        return f"<loc>{self.web.url(path)}</loc>{changed}<news:news>{said}</news:news>"

    def begin(self, bounds: Bounds | None = None) -> None:
        visitor = Visitor(self.fetcher, pause=0)
        backfills.begin(self.store, self.source, visitor, bounds or Bounds())

    def go_on(self, **options: Any) -> Found:
        found: list[Found] = []
        visitor = Visitor(self.fetcher, pause=0)
        backfills.run(self.store, [self.source], visitor, Run(TODAY), found, **options)
        return found[0]

    def backfill(self, after: str = "", before: str = "", **options: Any) -> Found:
        first = day_said(after) if after else None
        last = day_said(before, last=True) if before else None
        self.begin(Bounds(first, last))
        return self.go_on(**options)

    def kept(self) -> set[str]:
        return {
            change.article.url.removeprefix(self.web.base)
            for change in self.store.changes_since(0)
            if change.article
        }

    def counts(self) -> FrontierCounts:
        return self.store.frontier_counts(self.source.id, Way.BACKFILL)

    def visits(self, path: str) -> int:
        return [asked for asked, _ in self.web.seen].count(path)


@pytest.fixture
def site(web: Web, tmp_path: Path, fetcher: Fetcher) -> Iterator[Site]:
    with opened(Site, web, tmp_path, fetcher) as site:
        site.feed("/feed", "a")
        yield site


# -- feeds -------------------------------------------------------------------


@pytest.mark.parametrize("rel", ["next", "prev-archive"])
def test_a_feeds_older_parts_are_followed_to_the_last(site: Site, rel: str) -> None:
    site.feed("/feed", "ab", site.link(rel, "/feed/2"))
    site.feed("/feed/2", "cd", site.link(rel, "/feed/3"))
    site.feed("/feed/3", "e")
    found = site.backfill()
    assert site.kept() == {"/a", "/b", "/c", "/d", "/e"}
    assert found.failed == []
    state = site.store.backfill(site.source.id)
    assert state is not None
    assert state.finished


def test_parts_that_lead_in_a_circle_end(site: Site) -> None:
    site.feed("/feed", "a", site.link("next", "/feed/2"))
    site.feed("/feed/2", "b", site.link("next", "/feed"))
    site.backfill()
    assert site.kept() == {"/a", "/b"}


def test_wordpress_is_paged_until_it_has_no_more(site: Site) -> None:
    generator = "<generator>https://wordpress.org/?v=6.4</generator>"
    site.feed("/feed", "ab", generator)
    site.feed("/feed?paged=2", "cd", generator)
    site.feed("/feed?paged=3", "e", generator)
    found = site.backfill()
    assert site.kept() == {"/a", "/b", "/c", "/d", "/e"}
    assert found.failed == [], "the 404 behind the last page is no failure"


def test_a_site_that_does_not_page_is_asked_once_in_vain(site: Site) -> None:
    generator = "<generator>WordPress</generator>"
    for path in ("/feed", "/feed?paged=2", "/feed?paged=3"):
        site.feed(path, "ab", generator)
    site.backfill()
    assert site.visits("/feed?paged=2") == 1
    assert site.visits("/feed?paged=3") == 0


def test_only_a_feed_by_wordpress_is_paged(site: Site) -> None:
    site.feed("/feed", "a", "<generator>Hugo</generator>")
    site.backfill()
    assert not [path for path, _ in site.web.seen if "paged" in path]


def test_what_lies_behind_the_days_asked_for_is_not_asked(site: Site) -> None:
    site.feed("/feed", "a", site.link("next", "/2"), year=2025)
    site.feed("/2", "b", site.link("next", "/3"), year=2023)
    site.feed("/3", "c", year=2021)
    site.backfill(after="2024")
    assert site.kept() == {"/a"}
    assert site.visits("/3") == 0


def test_teasers_in_older_parts_are_followed_to_their_pages(site: Site) -> None:
    site.feed("/feed", "a", site.link("next", "/2"))
    site.feed("/2", "b", text="Short.")
    site.page("/b")
    found = site.backfill()
    assert found.visited == 1
    kept = site.store.by_url(site.web.url("/b"))
    assert kept is not None
    assert len(kept.article.text) > 400


# -- sitemaps ----------------------------------------------------------------


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_a_sitemap_where_it_usually_lies_is_found_and_its_pages_visited(
    site: Site, packed: bool
) -> None:
    site.sitemap("/sitemap.xml", site.loc("/one"), site.loc("/two"), packed=packed)
    site.page("/one")
    site.page("/two")
    found = site.backfill()
    assert site.kept() == {"/a", "/one", "/two"}
    assert found.visited == 2
    article = site.store.by_url(site.web.url("/one"))
    assert article is not None
    assert article.source_id == site.source.id
    assert article.article.source == "The Gannet", "as the articles of its feed"


def test_robots_txt_names_the_sitemaps_and_an_index_leads_to_more(site: Site) -> None:
    robots = f"Sitemap: {site.web.url('/maps/index.xml')}\n"
    site.web.pages["/robots.txt"] = reply(200, robots.encode())
    site.sitemap(
        "/maps/index.xml",
        site.loc("/maps/1.xml.gz"),
        site.loc("/maps/post_tag-sitemap.xml"),
        site.loc("/maps/old.xml", lastmod="2020-01-01"),
        index=True,
    )
    site.sitemap("/maps/1.xml.gz", site.loc("/one"), packed=True)
    site.page("/one")
    site.backfill(after="2024")
    assert site.kept() == {"/a", "/one"}
    assert site.visits("/sitemap.xml") == 0
    assert site.visits("/maps/post_tag-sitemap.xml") == 0
    assert site.visits("/maps/old.xml") == 0


def test_days_bound_what_is_visited_by_news_date_change_and_address(site: Site) -> None:
    names = {
        "/news-in": site.loc("/news-in", published="2024-06-20T10:00:00+02:00"),
        "/news-out": site.loc("/news-out", published="2025-01-02"),
        "/changed-before": site.loc("/changed-before", lastmod="2023-12-31"),
        "/changed-after": site.loc("/changed-after", lastmod="2025-06-01"),
        "/2024/06/20/in": site.loc("/2024/06/20/in", lastmod="2025-06-01"),
        "/2022/06/out": site.loc("/2022/06/out", lastmod="2025-06-01"),
        "/unknown": site.loc("/unknown"),
    }
    site.sitemap("/sitemap.xml", *names.values())
    for path in names:
        site.page(path, "2024-05-05")
    site.page("/unknown", "2021-05-05")
    site.backfill(after="2024", before="2024")
    assert site.kept() == {"/news-in", "/changed-after", "/2024/06/20/in"}
    assert site.visits("/unknown") == 1, "its date is known only from the page"
    for path in ("/news-out", "/changed-before", "/2022/06/out"):
        assert site.visits(path) == 0


def test_listing_pages_other_sites_and_known_articles_are_not_visited(site: Site) -> None:
    site.sitemap(
        "/sitemap.xml",
        *(site.loc(path) for path in ("/", "/tag/quay/", "/page/2/", "/a", "/one")),
        "<loc>https://tern.example/story</loc>",
    )
    site.page("/one")
    found = site.backfill()
    assert site.kept() == {"/a", "/one"}
    assert (found.visited, found.already, found.passed_over) == (1, 1, 4)


def test_a_broken_sitemap_is_named_and_gives_what_came_before(site: Site) -> None:
    robots = "".join(f"Sitemap: {site.web.url(p)}\n" for p in ("/cut.xml", "/page", "/none.gz"))
    site.web.pages["/robots.txt"] = reply(200, robots.encode())
    site.web.pages["/cut.xml"] = reply(
        200, f"<urlset><url>{site.loc('/one')}</url><url><loc>ht".encode()
    )
    site.page("/page")
    site.web.pages["/none.gz"] = reply(200, b"\x1f\x8bnot gzip")
    site.page("/one")
    found = site.backfill()
    assert "/one" in site.kept()
    assert dict(found.failed) == {
        site.web.url("/page"): "is a web page, not a sitemap",
        site.web.url("/none.gz"): "is not the gzip it looks like",
    }


def test_sitemaps_that_lead_in_a_circle_end(site: Site) -> None:
    site.sitemap("/sitemap.xml", site.loc("/b.xml"), index=True)
    site.sitemap("/b.xml", site.loc("/sitemap.xml"), index=True)
    site.backfill()
    assert site.visits("/sitemap.xml") == 1


# -- going on ----------------------------------------------------------------


def five_pages(site: Site) -> None:
    days = [f"2025-01-0{n}" for n in range(1, 6)]
    site.sitemap("/sitemap.xml", *(site.loc(f"/p{d[-1]}", published=d) for d in days))
    for day in days:
        site.page(f"/p{day[-1]}", day)


def test_a_limited_run_takes_the_newest_and_the_next_goes_on_where_it_was(site: Site) -> None:
    five_pages(site)
    found = site.backfill(limit=2)
    assert site.kept() == {"/a", "/p5", "/p4"}
    assert (found.visited, site.counts().waiting, site.counts().done) == (2, 3, 2)
    site.go_on(limit=2)
    site.go_on()
    assert site.kept() == {"/a", *(f"/p{n}" for n in range(1, 6))}
    assert all(site.visits(f"/p{n}") == 1 for n in range(1, 6))
    assert site.visits("/sitemap.xml") == 1
    state = site.store.backfill(site.source.id)
    assert state is not None
    assert state.finished


def test_a_run_that_is_cut_off_in_the_middle_goes_on(site: Site) -> None:
    five_pages(site)

    def stop(what: str, done: int, _total: int) -> None:
        if (what, done) == ("pages", 2):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        site.backfill(progress=stop)
    assert len(site.kept()) == 3
    site.go_on()
    assert len(site.kept()) == 6


def test_a_backfill_begun_again_visits_only_what_is_new(site: Site) -> None:
    five_pages(site)
    site.backfill()
    site.sitemap("/sitemap.xml", site.loc("/p1"), site.loc("/new"))
    site.page("/new")
    site.backfill()
    assert "/new" in site.kept()
    assert site.visits("/p1") == 1


def test_a_page_that_fails_is_named_and_tried_again_later(site: Site) -> None:
    site.sitemap("/sitemap.xml", site.loc("/one"), site.loc("/gone"))
    site.web.pages["/one"] = reply(500)
    told: list[tuple[str, str]] = []
    found = site.backfill(tell=lambda *what: told.append(what))
    assert found.failed == told
    assert {where for where, _ in told} == {site.web.url("/one"), site.web.url("/gone")}
    assert (site.counts().waiting, site.counts().failed) == (1, 1)
    assert site.counts().next_due is not None
    site.page("/one")
    site.go_on()
    assert site.visits("/one") == 1
    site.now += timedelta(hours=2)
    site.go_on()
    assert "/one" in site.kept()


def test_a_host_that_asks_for_patience_gets_it_and_the_rest_is_left(site: Site) -> None:
    five_pages(site)
    site.web.pages["/p5"] = reply(429, Retry_After="600")
    found = site.backfill()
    assert found.visited == 1
    assert site.counts().waiting == 5
    site.now += timedelta(hours=2)
    site.page("/p5")
    site.go_on()
    assert len(site.kept()) == 6


# -- lists -------------------------------------------------------------------


def test_the_pages_of_a_list_belong_to_the_source(site: Site) -> None:
    site.page("/one", "2024-02-02")
    site.page("/old", "2010-02-02")
    addresses = [site.web.url(path) for path in ("/one", "/old", "/2011/01/01/older")]
    bounds = Bounds(after=day_said("2020"))
    taken = backfills.add_list(site.store, site.source, addresses, bounds)
    assert (taken.wanted, taken.known) == (2, 0)
    site.go_on()
    assert site.kept() == {"/one"}
    taken = backfills.add_list(site.store, site.source, addresses[:1], Bounds())
    assert (taken.wanted, taken.known) == (0, 1)


def test_a_list_is_not_lost_when_a_backfill_begins(site: Site) -> None:
    site.page("/one")
    backfills.add_list(site.store, site.source, [site.web.url("/one")], Bounds())
    site.backfill()
    assert "/one" in site.kept()


def test_where_a_page_fails_its_feeds_text_is_kept_and_told_of(site: Site) -> None:
    site.feed("/feed", "a", text="The harbour board met.")
    found = site.backfill()
    assert site.kept() == {"/a"}
    assert found.teasers == 1
    ((address, reason),) = found.failed
    assert address == site.web.url("/a")
    assert reason == "is not there (HTTP 404); its feed's text is kept"


@pytest.mark.parametrize(
    ("day", "stamp", "young"),
    [
        ("2026-01-10", "sitemap", True),
        ("", "sitemap", False),
        ("", "lastmod", True),
        ("2020-01-01", "sitemap", False),
        ("", "list", True),
        ("2020-01-01", "list", False),
    ],
)
def test_a_page_that_a_backfill_brought_is_young_by_its_date_or_where_the_user_named_it(
    site: Site, day: str, stamp: str, young: bool
) -> None:
    site.page("/one", day)
    if stamp == "list":
        backfills.add_list(site.store, site.source, [site.web.url("/one")], Bounds())
        site.go_on()
    else:
        changed = "2026-01-10" if stamp == "lastmod" else ""
        site.sitemap("/sitemap.xml", site.loc("/one", changed))
        site.backfill()
    assert site.store.page_counts().young == young
    assert site.store.seen_page(1, site.web.url("/one")) is not None
