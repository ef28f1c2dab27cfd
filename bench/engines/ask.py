"""What is asked of every engine, and the page that each must answer with."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final
from zlib import crc32


class How(StrEnum):
    """How the words of a query are looked for; a word stands in headline, body or byline."""

    ALL = "all"
    ANY = "any"
    PHRASE = "phrase"
    PREFIX = "prefix"
    NEAR = "near"
    EVERYTHING = "everything"


@dataclass(frozen=True, slots=True)
class Ask:
    """One query of the set.

    *words* as they are written. *within* is, for NEAR, the largest distance of
    the two words in either order: 1 means side by side. *first* and *last* are
    ISO days, both included. Sorted by relevance, or by date with *newest*.
    """

    kind: str
    how: How
    words: tuple[str, ...] = ()
    within: int = 0
    first: str | None = None
    last: str | None = None
    source: str | None = None
    topic: str | None = None
    newest: bool = False
    offset: int = 0


KINDS: Final = (
    "rare",
    "common",
    "and",
    "or",
    "phrase",
    "prefix",
    "proximity",
    "dates",
    "facets",
    "newest",
)
UNDATED: Final = "undated"
SHOWN: Final = 10


@dataclass(frozen=True, slots=True)
class Page:
    """A full search page: the count, ten hits with their snippets, facets over all matches.

    *facets* maps ``source``, ``topic`` and ``month`` (``2024-06`` or ``undated``)
    to value → count. *parts* says where its time went, in milliseconds, where the
    engine tells.
    """

    total: int
    ids: tuple[str, ...]
    snippets: tuple[str, ...]
    facets: dict[str, dict[str, int]]
    parts: dict[str, float] = field(default_factory=dict)

    def digest(self) -> int:
        """Return a checksum of the facets, the same for the same counts in any order."""
        flat = sorted(
            (name, value, count)
            for name, counts in self.facets.items()
            for value, count in counts.items()
            if count
        )
        return crc32(repr(flat).encode())
