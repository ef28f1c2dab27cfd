"""An entry of a feed, in the names that feedparser gives its parts, to an item."""

import html
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin

from archive.article import Article, Evidence
from archive.errors import FormatError
from archive.identity import canonical_url, digest, web_url
from archive.ingest import feed_dates, persons, wire
from archive.ingest.furniture import without_furniture
from archive.ingest.item import Item, claim
from archive.ingest.markup import fragment_text

TEXT = 1024 * 1024
"""Characters of markup that are read of one entry."""
VALUES = 100
"""Authors, and topics, that are read of one entry."""
_LINE = 2000

# An entity, a closing tag, or a tag with attributes: text that was meant as HTML.
_MARKUP = re.compile(r"&(#\d+|#x[0-9a-fA-F]+|\w+);|</[a-zA-Z]+\s*>|<[a-zA-Z]+\s[^<>]*=[^<>]*>")
_TAG = re.compile(r"<[a-zA-Z/]")
_ESCAPED_TAG = re.compile(r"&lt;(?:/(?:p|div|a|b|i|em|strong|span|li|h\d)\s*|(?:p|br)\s*/?)&gt;")
# Rarely closed, it would take what follows with it.
_OBJECT = re.compile(r"</?object\b[^<>]*>", re.IGNORECASE)
_ATTRIBUTES = re.compile(r"<[^<>]{4000,}")


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as it lies in the feed: its key, and a stamp that changes when it does.

    *has_content* tells whether the feed gives it as content (``content:encoded``,
    Atom's ``content``, a JSON Feed's ``content_html``) and not only as a summary.
    *article* is what was composed of its item, if that was done already.
    """

    key: str
    stamp: str
    item: Item
    has_content: bool = False
    article: Article | None = None


@dataclass(slots=True)
class Reader:
    """Reads the entries of the feed at *url*: what they share is known of it.

    *title* and *language* are the feed's; *authors* stand for entries that name
    none; *dialect* is feedparser's name of its version.
    """

    url: str
    title: str | None
    language: str | None
    authors: tuple[str, ...] = ()
    dialect: str = ""
    _shared_links: Counter[str] = field(default_factory=Counter)
    _shared_ids: frozenset[str] = frozenset()
    _dates: feed_dates.Dates = field(default_factory=lambda: feed_dates.Dates(""))

    def read(self, raws: Iterable[Any]) -> Iterator[Entry | FormatError]:
        """Yield each of feedparser's entries as ours, or why it is none."""
        # feedparser's own kind of dictionary takes its time over every look.
        raws = [dict(raw) for raw in raws]
        self._dates = feed_dates.Dates(self.dialect)
        links = [canonical_url(link_of(raw, self.url)) for raw in raws]
        self._shared_links = Counter(filter(None, links))
        under: defaultdict[str, set[str]] = defaultdict(set)
        for raw, link in zip(raws, links, strict=True):
            under[raw.get("id") or ""].add(link)
        # An id that several addresses share names none of them.
        self._shared_ids = frozenset(name for name, found in under.items() if len(found) > 1)
        for number, (raw, link) in enumerate(zip(raws, links, strict=True), start=1):
            try:
                yield self._entry(raw, link)
            except FormatError as error:
                yield FormatError(error.reason, f"{self.url} entry {number}")
            except Exception as error:
                # Odd entries meet defects in the parsers below; they cost themselves alone.
                reason = f"cannot be read ({type(error).__name__})"
                yield FormatError(reason, f"{self.url} entry {number}")

    def _entry(self, raw: Any, link: str) -> Entry:
        headline = plain(raw, "title")
        markup = _longest_text(raw)
        if any(tag[0].count("=") > 1000 for tag in _ATTRIBUTES.finditer(markup)):
            raise FormatError("has a tag with more than 1,000 attributes", self.url)
        copy = wire.read_body(without_furniture(fragment_text(_OBJECT.sub("", markup[:TEXT]))))
        if not headline and not copy.text:
            raise FormatError("has neither headline nor text", self.url)
        key = raw.get("id") or link or digest(f"{headline}\n{markup}".encode("utf-8", "replace"))
        if key in self._shared_ids:
            key = f"{key} {link or headline}"
        url = link
        if not link or self._shared_links[link] > 1:
            # Entries that all point to the same page are told apart by their ids.
            url = f"{link or self.url}#{digest(key.encode('utf-8', 'replace'))[:12]}"
        claims = self._claims(raw, headline)
        if copy.text:
            claims += claim("text", f"{len(copy.text)} characters", "feed: content")
        told = [(c.field, c.value) for c in claims]
        stamp = digest(repr((headline, markup, told, url)).encode())
        original = markup.encode("utf-8", "replace")
        item = Item(key, url, copy.text, (*claims, *copy.claims), original, "text/html")
        full = any(content.get("value") for content in parts(raw, "content"))
        return Entry(key, stamp, item, has_content=full)

    def _claims(self, raw: Any, headline: str) -> list[Evidence]:
        claims = claim("headline", headline, "feed: title")
        source = part(raw, "source")
        claims += claim("source", plain(source, "title"), "feed: the entry's source")
        claims += claim("source", self.title, "feed: the feed's title")
        for name in authors_of(raw) or authors_of(source) or self.authors:
            claims += claim("byline", name, "feed: author")
        claims += self._dates.claims(raw)
        for tag in parts(raw, "tags")[:VALUES]:
            claims += claim(
                "topics", _short(tag.get("label") or tag.get("term")), "feed: category"
            )
        claims += claim("language", self._language(raw), "feed: language")
        return claims

    def _language(self, raw: Any) -> str | None:
        """The language of the entry's text, else the feed's; in Atom it may be none."""
        details = [*parts(raw, "content"), *filter(None, [part(raw, "summary_detail")])]
        own = next((d["language"] for d in details if d.get("language")), None)
        return own if details and self.dialect.startswith("atom") else own or self.language


def _longest_text(raw: Any) -> str:
    """Return the longest of the entry's contents and its summary, as HTML."""
    summary = {**part(raw, "summary_detail"), "value": raw.get("summary")}
    texts = [*parts(raw, "content"), summary]
    return _as_html(max(texts, key=lambda text: len(text.get("value") or "")))


def _as_html(content: Any) -> str:
    value = content.get("value") or ""
    if content.get("type") == "text/plain" and not _MARKUP.search(value[:TEXT]):
        paragraphs = value[:TEXT].split("\n\n")
        return "".join(f"<p>{html.escape(paragraph)}</p>" for paragraph in paragraphs)
    if not _TAG.search(value) and _ESCAPED_TAG.search(value):
        # Escaped once more than it should be.
        return html.unescape(value)
    return str(value)


def parts(raw: Any, name: str) -> list[Any]:
    """Return feedparser's list of this name, which an element of the feed may bear too."""
    found = raw.get(name)
    return [part for part in found if isinstance(part, dict)] if isinstance(found, list) else []


def part(raw: Any, name: str) -> Any:
    """As `parts`, of what is a single thing."""
    found = raw.get(name)
    return found if isinstance(found, dict) else {}


def absolute(address: str | None, feed_url: str) -> str:
    """Return a web address made whole, or nothing."""
    try:
        return web_url(urljoin(feed_url, address.strip())) or "" if address else ""
    except ValueError:
        return ""


def link_of(raw: Any, feed_url: str) -> str:
    """Return the entry's web address, made whole, or nothing."""
    links = parts(raw, "links")
    candidates = [raw.get("link")]
    candidates += [link.get("href") for link in links if link.get("rel", "alternate") in _OF_PAGE]
    if raw.get("guidislink"):
        candidates.append(raw.get("id"))
    candidates.append(raw.get("feedburner_origlink"))
    return next(filter(None, (absolute(address, feed_url) for address in candidates)), "")


_OF_PAGE = ("alternate", "related", "via", "canonical")


def authors_of(raw: Any) -> tuple[str, ...]:
    """The authors' names; one written with a mail address is read whole.

    feedparser cuts addresses in domains of more than four letters in two.
    """
    written = _short(raw.get("author"))
    listed = parts(raw, "authors")[:VALUES]
    names = [_short(author.get("name")) for author in listed if author.get("name")]
    if len(names) <= 1 and ("@" in written or not names):
        bracketed = re.fullmatch(r"\S+@\S+\s+\(([^()]+)\)", written.strip())
        names = [bracketed[1] if bracketed else written]
    return tuple(dict.fromkeys(one for name in names for one in persons.person_names(name)))


def plain(raw: Any, name: str) -> str:
    """A title as plain text on one line, whether the feed wrote text or HTML."""
    value = _short(raw.get(name))
    detail = part(raw, f"{name}_detail")
    if detail.get("type") == "text/plain" and not _MARKUP.search(value):
        return " ".join(value.split())
    return " ".join(fragment_text(_OBJECT.sub("", value)).split())


def _short(value: object) -> str:
    """No line of an entry is as long as an article."""
    return str(value)[:_LINE] if value else ""
