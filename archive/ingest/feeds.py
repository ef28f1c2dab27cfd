"""RSS and Atom feeds, read by feedparser, and JSON Feeds, to items.

A feed that is broken XML is read as far as it can be; one that yields nothing
is refused with the reason.
"""

import re
from collections import Counter
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from urllib.parse import urljoin

import feedparser

from archive.article import Evidence
from archive.errors import FormatError
from archive.identity import canonical_url, digest, web_url
from archive.ingest import dates, jsonfeed, schedule, wire
from archive.ingest.furniture import without_furniture
from archive.ingest.item import Item, claim
from archive.ingest.markup import fragment_text

_REFERENCE = re.compile(rb"&#(?:x([0-9a-f]+)|([0-9]+));", re.IGNORECASE)
# An entity, a closing tag, or a tag with attributes: text that was meant as HTML.
_MARKUP = re.compile(r"&(#\d+|#x[0-9a-fA-F]+|\w+);|</[a-zA-Z]+\s*>|<[a-zA-Z]+\s[^<>]*=[^<>]*>")


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as it lies in the feed: its key, and a stamp that changes when it does."""

    key: str
    stamp: str
    item: Item


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed: what it calls itself, its entries, and (where, why) of those that are unusable.

    *period* is how many seconds lie between two changes by its own word.
    """

    title: str | None
    entries: tuple[Entry, ...]
    refused: tuple[tuple[str, str], ...]
    period: int | None = None


def read(data: bytes, url: str, content_type: str = "") -> Feed:
    """Read the feed that *url* answered with. Raises FormatError for what is no feed."""
    if not data.strip():
        raise FormatError("the answer is empty", url)
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[")):
        about, raws = jsonfeed.read(data, url)
    else:
        about, raws = _parsed(data, url, content_type)
    title = _plain(about, "title") or None
    language = about.get("language") or None
    links = Counter(canonical_url(_link(raw, url)) for raw in raws if _link(raw, url))
    entries: dict[str, Entry] = {}
    refused: list[tuple[str, str]] = []
    for number, raw in enumerate(raws, start=1):
        try:
            entry = _entry(raw, url, title, language, links)
        except FormatError as error:
            refused.append((f"{url} entry {number}", error.reason))
            continue
        # The same entry twice in one feed: the first is the newer by custom.
        entries.setdefault(entry.key, entry)
    period = schedule.stated_period(
        about.get("ttl"), about.get("sy_updateperiod"), about.get("sy_updatefrequency")
    )
    return Feed(title, tuple(entries.values()), tuple(refused), period)


def _parsed(data: bytes, url: str, content_type: str) -> tuple[Any, list[Any]]:
    """Return an XML feed and its entries as feedparser reads them."""
    headers = {"content-location": url}
    if content_type:
        headers["content-type"] = content_type
    data = _REFERENCE.sub(_possible, data)
    try:
        # Bytes alone would be taken for the name of a file when they happen to be one.
        parsed = feedparser.parse(BytesIO(data), response_headers=headers, sanitize_html=False)
    except Exception as error:
        # Broken markup meets defects in feedparser and in the standard library's parsers.
        raise FormatError(f"cannot be read as a feed ({type(error).__name__})", url) from error
    if not parsed.get("version") and not parsed.entries:
        raise FormatError(_why_not(data, parsed), url, "is this the feed's own address?")
    return parsed.feed, parsed.entries


def _possible(reference: re.Match[bytes]) -> bytes:
    """A character reference, or that of the replacement mark where no character has its number.

    One such number would make feedparser give up the whole feed.
    """
    code = int(reference[1][:8], 16) if reference[1] else int(reference[2][:8])
    possible = 0 < code < 0xD800 or 0xE000 <= code < 0x110000
    return reference[0] if possible else b"&#xFFFD;"


def _why_not(data: bytes, parsed: Any) -> str:
    start = data[:512].lstrip().lower()
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<body")):
        return "is a web page, not a feed"
    problem = parsed.get("bozo_exception")
    if isinstance(problem, feedparser.CharacterEncodingOverride):
        problem = None
    return (
        f"is not an RSS or Atom feed: {problem}" if problem else "is not an RSS, Atom or JSON feed"
    )


def _entry(
    raw: Any, feed_url: str, title: str | None, language: str | None, links: Counter[str]
) -> Entry:
    headline = _plain(raw, "title")
    html = max(
        [content.get("value") or "" for content in raw.get("content", ())]
        + [raw.get("summary") or ""],
        key=len,
    )
    copy = wire.read_body(without_furniture(fragment_text(html)))
    if not headline and not copy.text:
        raise FormatError("has neither headline nor text", feed_url)
    link = canonical_url(_link(raw, feed_url))
    key = raw.get("id") or link or digest(f"{headline}\n{html}".encode("utf-8", "replace"))
    url = link
    if not link or links[link] > 1:
        # Entries that all point to the same page are told apart by their ids.
        url = f"{link or feed_url}#{digest(key.encode('utf-8', 'replace'))[:12]}"
    claims = _claims(raw, headline, title, language)
    if copy.text:
        claims += claim("text", f"{len(copy.text)} characters", "feed: content")
    stamp = digest(repr((headline, html, [(c.field, c.value) for c in claims], url)).encode())
    original = html.encode("utf-8", "replace")
    return Entry(
        key, stamp, Item(key, url, copy.text, (*claims, *copy.claims), original, "text/html")
    )


def _link(raw: Any, feed_url: str) -> str:
    """Return the entry's web address, made whole, or nothing."""
    candidates = [raw.get("link"), *(link.get("href") for link in raw.get("links", ()))]
    if raw.get("guidislink"):
        candidates.append(raw.get("id"))
    for candidate in candidates:
        if candidate:
            try:
                link = web_url(urljoin(feed_url, candidate.strip()))
            except ValueError:
                continue
            if link:
                return link
    return ""


def _claims(raw: Any, headline: str, title: str | None, language: str | None) -> list[Evidence]:
    claims = claim("headline", headline, "feed: title")
    claims += claim("source", title, "feed: the feed's title")
    for name in _authors(raw):
        claims += claim("byline", name, "feed: author")
    for name in ("published", "updated", "created"):
        claims += _date(raw, name)
    for tag in raw.get("tags", ()):
        claims += claim("topics", tag.get("label") or tag.get("term"), "feed: category")
    details = [*raw.get("content", ()), raw.get("summary_detail") or {}]
    own = next((d["language"] for d in details if d.get("language")), None)
    claims += claim("language", own or language, "feed: language")
    return claims


def _authors(raw: Any) -> list[str]:
    """The authors' names; one written with a mail address is read whole.

    feedparser cuts addresses in domains of more than four letters in two.
    """
    written = raw.get("author") or ""
    parts = [author.get("name") or "" for author in raw.get("authors", ()) if author.get("name")]
    if len(parts) <= 1 and ("@" in written or not parts):
        bracketed = re.fullmatch(r"\S+@\S+\s+\(([^()]+)\)", written.strip())
        parts = [bracketed[1] if bracketed else written]
    return [name for part in parts for name in wire.person_names(part)]


def _date(raw: Any, name: str) -> list[Evidence]:
    """The entry's date as written where we can read that, else as feedparser could, in UTC."""
    # Asked for "updated", feedparser would otherwise hand out "published" with a warning.
    written = raw.get(name) if name in raw else None
    if not written:
        return []
    if dates.read(written):
        return claim("published", written, f"feed: {name}")
    parsed = raw.get(f"{name}_parsed")
    if not parsed or not 1000 <= parsed.tm_year <= 9999:
        return claim("published", written, f"feed: {name}")
    iso = "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}+00:00".format(*parsed[:6])
    return claim("published", iso, f"feed: {name}")


def _plain(raw: Any, name: str) -> str:
    """A title as plain text on one line, whether the feed wrote text or HTML."""
    value = raw.get(name) or ""
    detail = raw.get(f"{name}_detail") or {}
    if detail.get("type") == "text/plain" and not _MARKUP.search(value):
        return " ".join(value.split())
    return " ".join(fragment_text(value).split())
