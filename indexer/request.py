"""A request: what was asked for, and as an engine takes it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from archive.errors import UsageError
from indexer import query
from indexer.analysis import Analyzer, analyzer_for
from indexer.days import period
from indexer.engine import Sort
from indexer.query import Query
from indexer.question import Reading, read, without_capitals
from indexer.tree import And, Dates, Exactly, Node, Not, Undated

MOST_PER_PAGE = 1000

NARROWING: Final = {
    "source": "sources",
    "topic": "topics",
    "agency": "agencies",
    "language": "languages",
    "byline": "bylines",
}
"""Each facet whose values can be chosen or left out, and the field of a `Request` for them."""


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked for.

    Values of one facet are alternatives; *left_out* are pairs of a facet and a value that no
    article found may have. *first* and *last* are a year, month or
    day, both included. *copies* lists every member of a story; otherwise the
    earliest that matches stands for all. *telling* asks for the words that stand out,
    *timeline* for how many articles each year, month or day has.
    *skip* leaves out so many articles before the first page.
    *today* is the archive's own day, by which ``yesterday`` is meant. *every*: also of many
    words all must match. *related* also ranks by words that the best articles have, without
    those in *unrelated*. *explain* has each hit say why it stands where it does. *newer* puts
    the newer first of those that are ranked nearly alike; None: as the site has it, else so.
    """

    text: str = ""
    sources: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    first: str | None = None
    last: str | None = None
    undated: bool = False
    sort: Sort = Sort.RELEVANCE
    limit: int = 10
    page: int = 1
    languages: tuple[str, ...] = ()
    copies: bool = False
    telling: bool = False
    timeline: bool = False
    today: date | None = None
    every: bool = False
    related: bool = False
    unrelated: tuple[str, ...] = ()
    explain: bool = False
    agencies: tuple[str, ...] = ()
    bylines: tuple[str, ...] = ()
    left_out: tuple[tuple[str, str], ...] = ()
    newer: bool | None = None
    skip: int = 0

    @property
    def offset(self) -> int:
        """How many articles come before this page."""
        return self.skip + (self.page - 1) * self.limit

    def chosen(self, facet: str) -> tuple[str, ...]:
        """The values chosen of a facet of `NARROWING`."""
        values: tuple[str, ...] = getattr(self, NARROWING[facet])
        return values


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as an engine takes it: words, the *filters* on dates, the *chosen* facets."""

    request: Request
    query: Query
    reading: Reading
    filters: tuple[Node, ...]
    chosen: dict[str, tuple[str, ...]]

    @property
    def tree(self) -> Node:
        """What an article must match: words and dates."""
        return self.narrowed(self.reading.tree)

    def narrowed(self, tree: Node) -> Node:
        """Return *tree* within the dates asked for."""
        return And((tree, *self.filters)) if self.filters else tree

    @property
    def span(self) -> tuple[date | None, date | None]:
        """The first and last day of the dates asked for, as far as there are any."""
        dates = next((node for node in self.filters if isinstance(node, Dates)), Dates(None, None))
        return dates.first, dates.last

    @property
    def sort(self) -> Sort:
        """The order that is used: what nothing ranks comes by date."""
        sort = self.request.sort
        return sort if self.query.ranks or sort is not Sort.RELEVANCE else Sort.NEWEST


def understand(request: Request, analyzer: Analyzer | None = None) -> Asked:
    """Parse *request*, by *analyzer* or, without it, by English analysis.

    Raises UsageError for a date, page, limit or facet that makes no sense.
    """
    if request.page < 1:
        raise UsageError("pages are counted from 1", f"page {request.page}")
    if not 1 <= request.limit <= MOST_PER_PAGE:
        raise UsageError(f"a page holds 1 to {MOST_PER_PAGE} articles", f"limit {request.limit}")
    request = cleaned(request)
    analyzer = analyzer or analyzer_for("english")
    parsed = query.parse(without_capitals(request.text, analyzer), request.today)
    filters: list[Node] = []
    if request.undated:
        filters.append(Undated())
    if request.first or request.last:
        first = _period(request.first) if request.first else None
        last = _period(request.last) if request.last else None
        filters.append(Dates(first[0] if first else None, last[1] if last else None))
    filters += _left_out(request)
    chosen = {facet: request.chosen(facet) for facet in NARROWING}
    return Asked(
        request=request,
        query=replace(
            parsed, text=request.text, notices=(*parsed.notices, *_no_day(parsed.tree, filters))
        ),
        reading=read(parsed.tree, analyzer, every=request.every),
        filters=tuple(filters),
        chosen={facet: values for facet, values in chosen.items() if values},
    )


def _no_day(tree: Node, filters: Sequence[Node]) -> Iterator[str]:
    """Say where the days asked for have none in common, for then nothing can be found."""
    parts = (*(tree.parts if isinstance(tree, And) else (tree,)), *filters)
    dates = [part for part in parts if isinstance(part, Dates)]
    first = max((one.first for one in dates if one.first), default=None)
    last = min((one.last for one in dates if one.last), default=None)
    if first and last and last < first:
        yield f"no day is on or after {first} and also on or before {last}, so nothing is found"


def _left_out(request: Request) -> list[Node]:
    """What keeps articles away that have a value which is left out."""
    values: dict[str, list[str]] = {}
    for facet, value in request.left_out:
        if facet not in NARROWING:
            raise UsageError("is no facet", f"“{facet}”", f"choose {', '.join(NARROWING)}")
        values.setdefault(facet, []).append(value)
    return [Not(Exactly(facet, tuple(left_out))) for facet, left_out in values.items()]


def cleaned(request: Request) -> Request:
    """Return *request* without lone surrogates, which no text that can be written has.

    A command line brings them where its bytes are not UTF-8.
    """
    chosen: dict[str, Any] = {
        field: tuple(map(_whole, request.chosen(facet))) for facet, field in NARROWING.items()
    }
    return replace(
        request,
        **chosen,
        text=_whole(request.text),
        left_out=tuple((_whole(facet), _whole(value)) for facet, value in request.left_out),
        first=_whole(request.first) if request.first else None,
        last=_whole(request.last) if request.last else None,
    )


def _whole(text: str) -> str:
    return re.sub("[\ud800-\udfff]", "\ufffd", text)


def _period(text: str) -> tuple[date, date]:
    days = period(text)
    if days is None:
        raise UsageError(
            "is not a date", f"“{text}”", "write a day, month or year: 2024-06-20, 2024-06, 2024"
        )
    return days
