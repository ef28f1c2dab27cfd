"""Feed discovery: from a site's ordinary address to its feed.

Looked at in this order: the address itself; what the page declares
(``<link rel="alternate">``, RSS Advisory Board and WHATWG HTML §4.6.7.1);
links that look as if they led to a feed; at last the paths where feeds
commonly lie. Whatever is found counts only once it was fetched and could be
read as a feed, whatever type it is served as.
"""

import math
import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup, Tag
from bs4.filter import SoupStrainer

from archive.errors import FetchError, FormatError, IngestError
from archive.identity import web_url
from archive.ingest.compose import Composer
from archive.ingest.fetch import Answer, Fetcher
from archive.ingest.readers.reading import Here, Readers

if TYPE_CHECKING:
    from archive.ingest.feeds import Feed

LARGEST_PAGE = 10 * 1024 * 1024
_MOST_PARSED = 2 * 1024 * 1024
_MOST_TRIED = 12
_MOST_LINKS = 5

_FEED_TYPES = frozenset(
    {
        "application/rss+xml",
        "application/atom+xml",
        "application/rdf+xml",
        "application/feed+json",
        "application/xml",
        "text/xml",
        "text/rss",
        "text/rss+xml",
        "text/atom",
    }
)
# A type of its own, or any JSON: WordPress declares its API so.
_MAYBE_FEED_TYPES = frozenset({"application/json"})
_FEED_LIKE = re.compile(
    r"(^|[/._?&=-])(feeds?|rss2?|atom|rdf)([/._?&=-]|$)|[/.]index\.xml$", re.IGNORECASE
)
_FEED_WORDS = re.compile(r"\s*(rss|atom|json|xml)?[\s-]*(feeds?|rss|atom)\s*", re.IGNORECASE)
_COMMENTS = re.compile(r"comment|kommentar|comentario|commentaire|repl(y|ies)\b", re.IGNORECASE)
_COMMON_PATHS: Final = (
    "feed",
    "rss",
    "feed.xml",
    "rss.xml",
    "atom.xml",
    "index.xml",
    "feed.json",
    "feeds/posts/default",
    "?feed=rss2",
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """An address that may be a feed's; *how* says where it was found."""

    address: str
    title: str | None
    how: str

    @property
    def of_comments(self) -> bool:
        """Whether it looks like a feed of readers' comments."""
        where = urlsplit(self.address)
        return bool(_COMMENTS.search(f"{where.path} {where.query} {self.title or ''}"))

    def as_json(self) -> dict[str, object]:
        """The candidate as JSON values."""
        return {"address": self.address, "title": self.title, "how": self.how}


@dataclass(frozen=True, slots=True)
class Found:
    """The feed that was taken, what it holds now, and the others that the page names."""

    taken: Candidate
    feed: "Feed"
    others: tuple[Candidate, ...] = ()


def discover(
    fetcher: Fetcher,
    address: str,
    readers: Readers | None = None,
    *,
    patience: float = math.inf,
    composer: Composer | None = None,
) -> Found:
    """Return the feed at *address*, or that of the site there, as *readers* read it.

    All that is tried may take *patience* seconds; *readers* elsewhere compose the
    feed's articles with *composer*. Raises FetchError when the address does not answer,
    FormatError when no feed is found.
    """
    until = time.monotonic() + patience
    readers = readers or Here()
    answer = fetcher.get(address, largest=LARGEST_PAGE, meant=address, seconds=patience)
    if feed := _feed(readers, answer, composer):
        # An address that only leads on for now stays the feed's own.
        itself = Candidate(answer.moved or address, feed.title or None, "the address itself")
        return Found(itself, feed)
    named = [
        candidate
        for candidate in readers.feeds_named(answer.body or b"", answer.url)
        if fetcher.refusal(candidate.address, address) is None
    ]
    tried = 0
    for candidate in _each_once([*named, *_common(answer.url)]):
        if tried == _MOST_TRIED or time.monotonic() > until:
            break
        tried += 1
        try:
            left = until - time.monotonic()
            answered = fetcher.get(candidate.address, meant=address, seconds=left)
        except FetchError:
            continue
        if feed := _feed(readers, answered, composer):
            taken = Candidate(
                answered.moved or candidate.address, feed.title or candidate.title, candidate.how
            )
            others = [other for other in _each_once(named) if other.address != candidate.address]
            return Found(taken, feed, tuple(others))
    raise FormatError(
        f"has no feed that could be found ({tried} likely addresses were tried)",
        address,
        "look for “RSS” on the site and give the feed's own address; "
        "articles that you saved as files can be added as a folder",
    )


def candidates(page: bytes, url: str) -> list[Candidate]:
    """Return the feeds that a *page* fetched from *url* names, the likeliest first.

    Declared ones come before links that only look like feeds, and feeds of
    comments last of all; among equals the page's own order holds.
    """
    wanted = SoupStrainer(["base", "link", "a"])
    soup = BeautifulSoup(page[:_MOST_PARSED], "lxml", parse_only=wanted)
    base = soup.find("base", href=True)
    root = _joined(url, str(base["href"])) or url if isinstance(base, Tag) else url
    found = [*_declared(soup, root), *_linked(soup, root, url)]
    return sorted(_each_once(found), key=lambda candidate: candidate.of_comments)


def _declared(soup: BeautifulSoup, root: str) -> Iterator[Candidate]:
    for link in soup.find_all("link", href=True):
        relations = {relation.lower() for relation in link.get_attribute_list("rel") if relation}
        kind = str(link.get("type") or "").partition(";")[0].strip().lower()
        href = str(link["href"])
        if "stylesheet" in relations or not relations & {"alternate", "feed"}:
            continue
        feed = (
            kind in _FEED_TYPES
            or (kind in _MAYBE_FEED_TYPES and _FEED_LIKE.search(href))
            or (not kind and "feed" in relations)
        )
        if feed and (address := _joined(root, href)):
            title = " ".join(str(link.get("title") or "").split())
            yield Candidate(address, title or None, "declared by the page")


def _linked(soup: BeautifulSoup, root: str, url: str) -> Iterator[Candidate]:
    """Links that look like feeds: a few, those on the page's own site first."""
    found: list[Candidate] = []
    for link in soup.find_all("a", href=True):
        href = str(link["href"])
        words = " ".join(link.get_text(" ").split())[:80]
        title = words or " ".join(str(link.get("title") or "").split()) or None
        named = urlsplit(href) if _joined(root, href) else None
        if named and (
            _FEED_LIKE.search(f"{named.path}?{named.query}") or _FEED_WORDS.fullmatch(words)
        ):
            found.append(Candidate(_joined(root, href), title, "linked from the page"))
    here = urlsplit(url).hostname
    found.sort(key=lambda candidate: urlsplit(candidate.address).hostname != here)
    yield from found[:_MOST_LINKS]


def _common(url: str) -> Iterator[Candidate]:
    for path in _COMMON_PATHS:
        yield Candidate(urljoin(url, f"/{path}"), None, "a common path of feeds")


def _joined(root: str, href: str) -> str:
    """Return the web address that *href* means on a page at *root*, or nothing.

    ``feed:`` before an address or in place of ``http:`` is an old custom of browsers.
    """
    href = re.sub(r"^feed:(//)?(?=https?:)", "", href.strip(), flags=re.IGNORECASE)
    href = re.sub(r"^feed:(?=//)", "http:", href, flags=re.IGNORECASE)
    try:
        address = urljoin(root, href).partition("#")[0]
    except ValueError:
        return ""
    return web_url(address) or ""


def _each_once(found: Iterable[Candidate]) -> list[Candidate]:
    """Of several with one address the first, in its place."""
    first: dict[str, Candidate] = {}
    for candidate in found:
        first.setdefault(candidate.address, candidate)
    return list(first.values())


def _feed(readers: Readers, answer: Answer, composer: Composer | None) -> "Feed | None":
    """The feed in an answer; None when it is none."""
    try:
        return readers.feed(answer.body or b"", answer.url, answer.content_type, composer)
    except IngestError:
        return None
