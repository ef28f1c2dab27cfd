"""A feed, its site, and an archive that backfills from it, over real HTTP."""

import gzip
from collections.abc import Iterator
from datetime import UTC, datetime
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
from archive.store.frontier import FrontierCounts, Way
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
