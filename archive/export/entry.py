"""What every format is written from: an article as it is kept, and what the export is."""

import re
import uuid
from dataclasses import dataclass
from datetime import datetime

from archive.article import Article, Published
from archive.identity import web_url
from archive.store.kept import Kept
from archive.store.stories import Copy

# What XML 1.0 has no way to write, and what would steer a terminal.
_NO_TEXT = re.compile("[^\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LEDE = 600


@dataclass(frozen=True, slots=True)
class Entry:
    """An article as it is kept, with the other members of its story."""

    kept: Kept
    copies: tuple[Copy, ...] = ()

    @property
    def article(self) -> Article:
        """The article itself, as its source last had it."""
        return self.kept.article

    @property
    def address(self) -> str | None:
        """Where it can be read at its source, if it has an address on the web."""
        return web_url(self.article.link or "") or web_url(self.article.url)


@dataclass(frozen=True, slots=True)
class About:
    """What an export says of itself: which query, when, how many.

    *archive* is the archive's title, *store_id* tells it from others. *query* says in words
    what was asked for, *address* is the search as a path (``/search?q=…``), empty where
    there is none; *own* the export's own path. *made* is in UTC. *found* articles are in it,
    or for a feed in all. *base* is the web app's root (``https://news.example``), empty on the
    command line. *text* asks for the articles' texts.
    """

    archive: str
    store_id: str
    query: str
    made: datetime
    found: int
    address: str = ""
    own: str = ""
    base: str = ""
    text: bool = False

    @property
    def when(self) -> str:
        """The moment of the export, ISO 8601 with its offset."""
        return self.made.isoformat(timespec="seconds")

    @property
    def title(self) -> str:
        """What the export is called: the query, and whose archive was asked."""
        return f"{self.query or 'All articles'} – {self.archive}"

    def page(self, article: Article) -> str | None:
        """Where *article* can be read in this archive, if its address is known."""
        return f"{self.base}/article/{article.id}/{article.slug}" if self.base else None

    def urn(self, name: str) -> str:
        """Return a name for something in this archive that stays the same for ever (RFC 9562)."""
        return uuid.uuid5(uuid.UUID(self.store_id), name).urn

    def as_json(self) -> dict[str, object]:
        """The statement as JSON values."""
        return {
            "archive": self.archive,
            "query": self.query,
            "address": f"{self.base}{self.address}" if self.address else None,
            "made": self.when,
            "articles": self.found,
        }


def clean(text: str) -> str:
    """Return *text* with a mark in place of what no format may hold (control characters)."""
    return _NO_TEXT.sub("\ufffd", text)


def line(text: str) -> str:
    """Return *text* cleaned and on one line, each run of white space as one space."""
    return " ".join(clean(text).split())


def lede(article: Article) -> str:
    """Return the first paragraph on one line, cut at a word where it is very long."""
    first = line(article.lede)
    return first if len(first) <= _LEDE else f"{first[:_LEDE].rsplit(' ', 1)[0]} …"


def date_parts(published: Published | None) -> tuple[int, ...]:
    """Return year, month and day as far as they are known; nothing for the undated."""
    if published is None:
        return ()
    return tuple(map(int, published.iso[:10].split("-")))
