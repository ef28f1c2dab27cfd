"""The holdings of an archive: articles by source and day, and a calendar of them. Pure."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from archive.rhythm import Rhythm, gaps, rhythm, silent_since
from archive.store.holdings import Held

_DAY = len("2024-06-20")


class Unit(StrEnum):
    """What a column of the calendar stands for; weeks begin on Monday."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(slots=True)
class Holding:
    """What there is of one source: articles by *days*, by *months* those of no known day.

    *ids* are the feeds, folders and files that they came from.
    """

    source: str
    days: dict[date, int] = field(default_factory=dict)
    months: dict[str, int] = field(default_factory=dict)
    undated: int = 0
    ids: set[int] = field(default_factory=set)

    @property
    def articles(self) -> int:
        """How many articles there are of the source."""
        return sum(self.days.values()) + sum(self.months.values()) + self.undated

    @property
    def last(self) -> date | None:
        """The last day that has something."""
        return max(self.days, default=None)

    @property
    def rhythm(self) -> Rhythm | None:
        """What is usual of the source, None where there is too little to tell."""
        return rhythm(self.days)

    def silent_since(self, today: date) -> date | None:
        """The last day that has something, where the rest until *today* is no pause."""
        return silent_since(sorted(self.days), today)


@dataclass(frozen=True, slots=True)
class Period:
    """A column of the calendar, from its *first* to its *last* day."""

    first: date
    last: date

    @property
    def month(self) -> str:
        """The month of its first day, ``2024-06``."""
        return self.first.isoformat()[:7]


@dataclass(frozen=True, slots=True)
class Cell:
    """So many articles in one period, and how many days of it are gaps."""

    articles: int
    gaps: int = 0


def holdings(held: Iterable[Held]) -> dict[str, Holding]:
    """Return the holding of each source by its name, in the order of names."""
    found: dict[str, Holding] = {}
    for one in held:
        holding = found.setdefault(one.source, Holding(one.source))
        if one.source_id is not None:
            holding.ids.add(one.source_id)
        for day, articles in one.days.items():
            if len(day) == _DAY:
                exact = date.fromisoformat(day)
                holding.days[exact] = holding.days.get(exact, 0) + articles
            elif day:
                holding.months[day] = holding.months.get(day, 0) + articles
            else:
                holding.undated += articles
    return dict(sorted(found.items(), key=lambda item: item[0].casefold()))


def periods(unit: Unit, first: date, last: date) -> list[Period]:
    """Return the whole periods that meet the days from *first* to *last*."""
    return list(_periods(unit, first, last))


def _periods(unit: Unit, first: date, last: date) -> Iterator[Period]:
    day = begin_of(unit, first)
    while day <= last:
        after = _next(unit, day)
        yield Period(day, after - timedelta(1))
        day = after


def begin_of(unit: Unit, day: date) -> date:
    """Return the first day of the period that *day* lies in."""
    if unit is Unit.WEEK:
        return day - timedelta(day.weekday())
    return day.replace(day=1) if unit is Unit.MONTH else day


def _next(unit: Unit, day: date) -> date:
    if unit is Unit.MONTH:
        return (day.replace(day=28) + timedelta(4)).replace(day=1)
    return day + timedelta(7 if unit is Unit.WEEK else 1)


def row(holding: Holding, columns: Sequence[Period], today: date) -> list[Cell]:
    """Return the cells of one source under *columns*, which follow each other.

    An article of which only the month is known counts in columns that hold the whole month.
    """
    if not columns:
        return []
    days = sorted(holding.days)
    missing = sorted(gaps(days, columns[0].first, columns[-1].last, today))
    cells = []
    for column in columns:
        whole = column.first.day == 1 and (column.last + timedelta(1)).day == 1
        dated = sum(holding.days[day] for day in _within(column, days))
        rough = holding.months.get(column.first.isoformat()[:7], 0) if whole else 0
        cells.append(Cell(dated + rough, len(_within(column, missing))))
    return cells


def _within(column: Period, days: Sequence[date]) -> Sequence[date]:
    return days[bisect_left(days, column.first) : bisect_right(days, column.last)]
