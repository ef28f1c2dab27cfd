"""A site of teasers whose pages have validators, an archive of it, and a clock for both."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any, Protocol, TypeVar

import pytest

from archive.article import Evidence
from archive.ingest.fetch import Fetcher
from archive.ingest.pipeline import SourceReport, update
from archive.ingest.revisits import USUAL, Wish
from archive.ingest.visit import Visitor
from archive.source import Kind
from archive.store import Store
from archive.store.kept import Kept
from archive.store.pages import SeenPage
from tests.http_server import Web, reply

TEASER = "The harbour board met on Monday."
BODY = (
    "The harbour board of Port Ellis met on Monday and could agree on nothing at all.",
    "Its chair, Odile Renwick, said that the pilots had asked for the impossible again.",
    "The next meeting was set for the spring, when the ferries return to the old quay.",
)
CORRECTED = (*BODY[:2], "The next meeting was set for the autumn, when the ferries return.")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Followed:
    """A site of teasers, an archive of it, and a clock for both; heirs say what it prints."""

    def __init__(self, web: Web, store: Store, fetcher: Fetcher) -> None:
        self.web, self.store, self.fetcher = web, store, fetcher
        self.now = datetime(2026, 1, 10, 12, 0, tzinfo=UTC)
        self.entries: dict[str, str] = {}

    def kept(self, name: str = "a") -> Kept:
        kept = self.store.by_url(self.web.url(f"/{name}"))
        assert kept is not None
        return kept

    def visits(self, name: str = "a") -> int:
        return [path for path, _ in self.web.seen].count(f"/{name}")


class Site(Followed):
    """A feed of teasers, its pages with validators, an archive of it, and a clock for both."""

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

    def seen(self, name: str = "a") -> SeenPage:
        page = self.store.seen_page(1, self.web.url(f"/{name}"))
        assert page is not None
        return page

    def asked(self, name: str = "a") -> dict[str, str]:
        return [headers for path, headers in self.web.seen if path == f"/{name}"][-1]


class Timed(Protocol):
    """Whatever has the time of day that a store is to go by."""

    now: datetime


_Timed = TypeVar("_Timed", bound=Timed)


@contextmanager
def opened(
    of: Callable[[Web, Store, Fetcher], _Timed], web: Web, folder: Path, fetcher: Fetcher
) -> Iterator[_Timed]:
    """A site of this kind, with an archive of it in *folder* that has its feed as a source."""
    site: _Timed
    with Store(folder / "articles.db", clock=lambda: site.now) as store:
        site = of(web, store, fetcher)
        store.add_source(Kind.FEED, web.url("/feed"))
        yield site


@pytest.fixture
def site(web: Web, tmp_path: Path, fetcher: Fetcher) -> Iterator[Site]:
    with opened(Site, web, tmp_path, fetcher) as site:
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
