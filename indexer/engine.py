"""The contract of a search engine: seven verbs, two for its upkeep, and what they speak of.

Whatever keeps the index implements `Engine`; the same suite of cases
(``tests/contract/``) runs against every implementation.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final, Protocol

from archive.store import Change, Position
from indexer.reasons import Reason
from indexer.tree import Fuzzy, Node, Words


class Sort(StrEnum):
    """The order of matches. Ties go by the newer date, then by id; undated come last."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    OLDEST = "oldest"


UNDATED = "undated"

FACETS: Final = ("source", "topic", "agency", "language", "byline", "date")
"""The facets that are counted where nothing else is said."""

DATE: Final = "date"
DAY: Final = "day"
"""The facet of days, for a timeline; see `indexer.timeline`."""

TELLING: Final = "telling"
"""The facet of words that stand out among what was found; see `indexer.telling`."""

NONE_CHOSEN: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Scored:
    """A match: the article's id, and its score (0 where nothing was ranked).

    *reasons* are what the score is the sum of, the greatest first, where they were asked for.
    """

    id: str
    score: float
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Matches:
    """What matched: how many lines in all, the page asked for, and facet counts.

    A line is an article, or a story whose copies were brought together;
    *articles* counts every copy, as facets do. *facets* maps each facet that was asked for
    to value → count, the most frequent value first: ``source``, ``topic``,
    ``language``, ``agency``, ``byline``, ``section``. ``date`` maps years (``2024``), months
    (``2024-06``) and ``undated``, ``day`` the days of articles dated to the day, both in the
    order of time. Only what was counted is there.
    """

    total: int
    hits: tuple[Scored, ...]
    facets: dict[str, dict[str, int]] = field(default_factory=dict)
    articles: int = 0


@dataclass(frozen=True, slots=True)
class Frequencies:
    """How many *articles* there are, and how many of them have each of some words."""

    articles: int
    having: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How far an index has come: the place in the store's sequence, and what it was built for.

    *built_for* names the format and, as its last word, the language of the analysis
    (see `indexer.analysis.analyzer_for`); an index built for something else
    answers as it always did, and is rebuilt aside.
    """

    position: Position
    built_for: str


class Engine(Protocol):
    """An index of articles."""

    def apply(self, changes: Iterable[Change], position: Position) -> None:
        """Apply *changes* in their order and commit, together with the place they lead to.

        An article that is already there is replaced; one that was withdrawn
        goes. Applying the same changes twice changes nothing. After an error
        the index is at an earlier checkpoint, never between two.
        """

    def match(
        self,
        tree: Node,
        *,
        sort: Sort = Sort.RELEVANCE,
        offset: int = 0,
        limit: int | None = 10,
        copies: bool = False,
        facets: Collection[str] = FACETS,
        chosen: Mapping[str, tuple[str, ...]] = NONE_CHOSEN,
        explain: bool = False,
        newer: bool = False,
    ) -> Matches:
        """Return what matches *tree*: the hits from *offset*, at most *limit* (None: all).

        Of the matching members of a story only the earliest published shows (the
        undated last, ties by id) and stands where it would stand alone; with
        *copies* each shows.

        *chosen* narrows to articles that have, of each facet named, one of the
        values chosen; no values leave it as it is. Each of *facets* is counted as if
        nothing of its own were chosen, so that its other values show what they would
        add. Dates are never chosen but part of *tree*, and so narrow their facet
        too: it is the timeline of what was asked for. Raises ValueError for a facet
        that does not exist.

        With *explain*, what is ranked comes with its reasons, which takes several times as long.
        With *newer*, the newer of those that are ranked nearly alike come first; what has no
        date keeps its place.
        """

    def terms(self, like: str | Fuzzy | Words, limit: int = 10) -> Sequence[tuple[str, int]]:
        """Return words of the articles and how many have each: those that begin with *like*.

        Of a `Fuzzy`, those that it finds. Words are those of headline, text and byline,
        whatever the field, as folded forms; the most frequent come first. A word that no
        article has any more is not among them.

        Of `Words`, it returns the terms of their text, in whatever form they are found, and
        only about how many articles have each: fast enough for all words of many articles.
        """

    def frequencies(self, words: Sequence[str]) -> Frequencies:
        """Return how many articles have each of *words*, copies too, in whatever ending.

        A word stands where plain words of a query are looked for. Of several in one string
        none is counted.
        """

    def merge(self) -> None:
        """Store what is there as compactly as it can be; every answer stays what it was.

        It takes as long as the index is large; searches go on meanwhile.
        """

    def damages(self) -> list[str]:
        """Read the whole index, and say of each file what is not as it was written."""

    def checkpoint(self) -> Checkpoint | None:
        """Return how far this index has come, or None when it is new."""

    def steady(self) -> "Engine":
        """Return this engine as it is now: whatever is committed meanwhile, it stays as it is.

        A page asks several questions; so all are answered from one state of the index.
        """

    def close(self) -> None:
        """Let go of the files that this thread holds; those of others go with the engine."""
