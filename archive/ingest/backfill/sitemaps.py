"""Sitemaps (sitemaps.org 0.9): XML, indexes of them, news sitemaps, plain text, gzipped or not.

Read as a stream and within bounds, so that fifty mebibytes cost little. What is
plainly no list of articles (WordPress's sitemaps of tags and authors, the listing
pages themselves) is passed over.
"""

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from urllib.parse import urljoin, urlsplit

from lxml import etree

from archive.article import Published
from archive.errors import FormatError
from archive.identity import web_url
from archive.ingest import dates
from archive.ingest.backfill.bounds import day_in

LARGEST = 50 * 1024 * 1024
MOST = 50_000
"""Addresses in one sitemap, by its standard."""
_LISTINGS = re.compile(
    r"/(tags?|categor(?:y|ies)|authors?|topics?|page)/[^/]*/?$|/page/\d+/?$", re.IGNORECASE
)
# An ampersand that begins no reference, as addresses have them that nobody escaped.
_STRAY = re.compile(rb"&(?!#?\w{1,8};)")
_CLOSED = re.compile(rb"</(?:\w+:)?(?:urlset|sitemapindex)\s*>")
_NO_ARTICLES = re.compile(
    r"(?:^|[-_/.])(?:post_tag|tags?|category|categories|authors?|users|taxonom(?:y|ies)"
    r"|post_format|images?|videos?)(?=[-_.\d])",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Listed:
    """An address in a sitemap: when it was published, as far as it says, and when changed."""

    address: str
    published: Published | None = None
    changed: Published | None = None


@dataclass(frozen=True, slots=True)
class Sitemap:
    """A sitemap: the pages and the further sitemaps that it lists, and whether it was cut."""

    pages: tuple[Listed, ...]
    sitemaps: tuple[Listed, ...]
    cut: bool = False


def read(data: bytes, url: str) -> Sitemap:
    """Read the sitemap that *url* answered with. Raises FormatError for what is none."""
    if data.startswith(b"\x1f\x8b"):
        data = _unpacked(data, url)
    start = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not start:
        raise FormatError("the answer is empty", url)
    if start.lower().startswith((b"<!doctype html", b"<html")):
        raise FormatError("is a web page, not a sitemap", url)
    found = _elements(data, url) if start.startswith(b"<") else _lines(data, url)
    pages: list[Listed] = []
    sitemaps: list[Listed] = []
    for kind, listed in found:
        if len(pages) + len(sitemaps) >= MOST:
            return Sitemap(tuple(pages), tuple(sitemaps), cut=True)
        (sitemaps if kind == "sitemap" else pages).append(listed)
    return Sitemap(tuple(pages), tuple(sitemaps))


def lists_articles(sitemap: str) -> bool:
    """Whether the sitemap at this address may list articles, and not tags, authors or pictures."""
    return _NO_ARTICLES.search(urlsplit(sitemap).path) is None


def is_listing(page: str) -> bool:
    """Whether *page* is a site's front page or a page that only lists articles."""
    parts = urlsplit(page)
    if parts.path in ("", "/"):
        return not parts.query
    return _LISTINGS.search(parts.path) is not None


def _unpacked(data: bytes, url: str) -> bytes:
    unpacker = zlib.decompressobj(wbits=31)
    try:
        whole = unpacker.decompress(data, LARGEST + 1)
    except zlib.error as error:
        raise FormatError("is not the gzip it looks like", url) from error
    if len(whole) > LARGEST:
        raise FormatError(f"is larger than {LARGEST // 1024 // 1024} MiB when unpacked", url)
    return whole


def _elements(data: bytes, url: str) -> Iterator[tuple[str, Listed]]:
    """Yield what an XML sitemap lists; one that breaks off gives what is whole before."""
    root = ""
    last: tuple[str, Listed] | None = None
    events = etree.iterparse(
        BytesIO(_STRAY.sub(b"&amp;", data)),
        events=("start", "end"),
        recover=True,
        resolve_entities=False,
        no_network=True,
        huge_tree=False,
    )
    try:
        for event, element in events:
            name = _name(element)
            if not root:
                root = name
                if root not in ("urlset", "sitemapindex"):
                    begins = f"XML that begins with <{root}>"
                    raise FormatError(f"is not a sitemap, but {begins}", url)
            if event == "end" and name in ("url", "sitemap"):
                if last:
                    yield last
                listed = _listed(element, url)
                last = (name, listed) if listed else None
                # A stream holds one entry at a time.
                element.clear()
                while element.getprevious() is not None:
                    del element.getparent()[0]
    except etree.XMLSyntaxError as error:
        if not root:
            raise FormatError(f"is not a sitemap: {error}", url) from error
    if not root:
        raise FormatError("is not a sitemap", url)
    # Where it breaks off, the last address may be half of one.
    if last and _CLOSED.search(data[-1024:]):
        yield last


def _listed(element: etree._Element, url: str) -> Listed | None:
    values: dict[str, str] = {}
    for part in element.iter():
        if part.text:
            values.setdefault(_name(part), part.text.strip())
    address = _whole(values.get("loc", ""), url)
    if address is None:
        return None
    published = dates.read(values.get("publication_date", "")) or day_in(address)
    return Listed(address, published, dates.read(values.get("lastmod", "")))


def _lines(data: bytes, url: str) -> Iterator[tuple[str, Listed]]:
    """Yield the addresses of a plain text sitemap, one on each line."""
    lines = data.decode("utf-8-sig", "replace").split()
    if not lines or web_url(lines[0]) is None:
        raise FormatError("is not a sitemap", url)
    for line in lines:
        if address := web_url(line):
            yield "url", Listed(address, day_in(address))


def _name(element: etree._Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _whole(address: str, url: str) -> str | None:
    try:
        return web_url(urljoin(url, address)) if address else None
    except ValueError:
        return None
