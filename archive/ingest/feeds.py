"""RSS and Atom feeds, read by feedparser, and JSON Feeds, to items.

A feed that is broken XML is read as far as it can be; one that yields nothing
is refused with the reason.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import feedparser
from lxml import etree

from archive.errors import FormatError
from archive.ingest import feed_entries, feed_events, feed_markup, jsonfeed, schedule
from archive.ingest.feed_entries import Entry

__all__ = ["Entry", "Feed", "read"]

# Minutes in the periods of RSS 1.0's syndication module.
_PERIODS = {"hourly": 60, "daily": 1440, "weekly": 10_080, "monthly": 43_200, "yearly": 525_600}
_LONGEST_TTL = 525_600
_MOST_SKIPS = 100
_PROLOG = 100_000


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed: what it calls itself, its entries, and (where, why) of those that are unusable.

    *generator* is the software that wrote it. *links* are (rel, absolute web
    address), such as RFC 5005's ``next`` and ``prev-archive``. *ttl* is how many
    minutes it asks to be left alone, by ``ttl`` or ``sy:updatePeriod``, *skips* in
    which hours of the week, by ``skipHours`` and ``skipDays`` (see `Source`).
    """

    title: str | None
    entries: tuple[Entry, ...]
    refused: tuple[tuple[str, str], ...]
    generator: str = ""
    links: tuple[tuple[str, str], ...] = ()
    ttl: int | None = None
    skips: tuple[int, ...] = ()


def read(data: bytes, url: str, content_type: str = "") -> Feed:
    """Read the feed that *url* answered with. Raises FormatError for what is no feed."""
    if not data.strip():
        raise FormatError("the answer is empty", url)
    markup, left_out = feed_markup.clean(data, url, content_type)
    if markup.startswith(("{", "[")):
        about, raws = jsonfeed.read(markup, url)
        left_out = len(raws) - feed_markup.ENTRIES
        raws = raws[: feed_markup.ENTRIES]
    else:
        about, raws = _parsed(markup, url)
    title = feed_entries.plain(about, "title") or None
    dialect = about.get("dialect") or ""
    reader = feed_entries.Reader(
        url,
        title,
        about.get("language") or None,
        # RFC 4287 §4.2.1: the feed's authors are those of entries that name none.
        feed_entries.authors_of(about) if dialect.startswith("atom") else (),
        dialect,
    )
    entries: dict[str, Entry] = {}
    refused: list[tuple[str, str]] = []
    for found in reader.read(raws):
        if isinstance(found, FormatError):
            refused.append((found.where or url, found.reason))
        else:
            # The same entry twice in one feed: the first is the newer by custom.
            entries.setdefault(found.key, found)
    if left_out > 0:
        bound = f"{feed_markup.ENTRIES:,} that are read of one feed"
        refused.append((url, f"holds {left_out:,} entries more than the {bound}"))
    return Feed(
        title,
        tuple(entries.values()),
        tuple(refused),
        generator=feed_entries.plain(about, "generator"),
        links=tuple(_links(about, url)),
        ttl=_ttl(about),
        skips=about.get("skips") or (),
    )


def _parsed(markup: str, url: str) -> tuple[Any, list[Any]]:
    """Return an XML feed and its entries as feedparser reads them."""
    root = feed_markup.mended(markup)
    parsed = _feedparser(markup if root is None else root, url)
    if root is not None and len(parsed["entries"]) < feed_markup.entries(markup):
        # Broken in a way in which mending loses more than feedparser's own loose parser does.
        loose = _feedparser(markup, url)
        parsed = loose if len(loose["entries"]) > len(parsed["entries"]) else parsed
    if not parsed.get("version") and not parsed["entries"]:
        raise FormatError(_why_not(markup, parsed), url, "is this the feed's own address?")
    about = parsed["feed"]
    if not parsed["entries"] and not about.get("title") and "<!ENTITY" in markup[:_PROLOG]:
        raise FormatError("holds nothing but entities of its own, which are not expanded", url)
    about["skips"] = () if root is None else _skips(root)
    about["dialect"] = parsed.get("version") or ""
    return about, parsed["entries"]


def _feedparser(feed: str | etree._Element, url: str) -> dict[str, Any]:
    """Return what feedparser makes of a feed as it is, or as the tree that it was mended to."""
    try:
        if isinstance(feed, str):
            return _written(feed, url)
        if feed_events.has_doctype(feed):
            return _written(etree.tostring(feed.getroottree(), encoding="unicode"), url)
        return feed_events.parsed(feed, url)
    except Exception as error:
        # Broken markup meets defects in feedparser and in the standard library's parsers.
        raise FormatError(f"cannot be read as a feed ({type(error).__name__})", url) from error


def _written(markup: str, url: str) -> dict[str, Any]:
    headers = {"content-location": url, "content-type": "application/xml; charset=utf-8"}
    found: dict[str, Any] = feedparser.parse(
        # Bytes alone would be taken for the name of a file when they happen to be one.
        BytesIO(markup.encode()),
        response_headers=headers,
        sanitize_html=False,
        # Links within the text are not kept: to resolve them would cost most of the time.
        resolve_relative_uris=False,
    )
    return found


def _why_not(markup: str, parsed: dict[str, Any]) -> str:
    start = markup[:512].lstrip().lower()
    if start.startswith(("<!doctype html", "<html", "<head", "<body")):
        return "is a web page, not a feed"
    problem = parsed.get("bozo_exception")
    reason = "is not an RSS, Atom or JSON feed"
    return f"{reason}: {' '.join(str(problem).split())[:200]}" if problem else reason


def _links(about: Any, feed_url: str) -> Iterator[tuple[str, str]]:
    """Yield the feed's own links that lead to the web."""
    for link in feed_entries.parts(about, "links"):
        href = feed_entries.absolute(link.get("href"), feed_url)
        if href:
            yield str(link.get("rel") or "alternate").lower(), href


def _skips(root: etree._Element) -> tuple[int, ...]:
    """Return the hours of the week that RSS excludes; feedparser keeps but the last of them."""
    hours, days = (
        [found.text or "" for found in root.iterfind(f"{{*}}channel/{{*}}{path}")][:_MOST_SKIPS]
        for path in ("skipHours/{*}hour", "skipDays/{*}day")
    )
    return schedule.skipped(hours, days)


def _ttl(about: Any) -> int | None:
    """Return the minutes between two readings that the feed asks for, or None."""
    written = str(about.get("ttl") or "").strip()
    if written.isdecimal():
        return min(int(written[:9]), _LONGEST_TTL) or None
    minutes = _PERIODS.get(str(about.get("sy_updateperiod") or "").strip().lower())
    if minutes is None:
        return None
    frequency = str(about.get("sy_updatefrequency") or "1").strip()
    times = int(frequency[:6]) if frequency.isdecimal() else 1
    return max(1, minutes // max(1, times))
