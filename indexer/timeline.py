"""The timeline of what was found: how many articles each year, month or day has.

A date is never made more exact than it is: an article dated to the month is in its month
and its year, and on no day.
"""

import calendar
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from indexer.days import Days
from indexer.engine import UNDATED

MOST_DAYS: Final = 92
"""A span up to this long is shown day by day: any three months."""
MOST_MONTHS: Final = 96
MOST_YEARS: Final = 100


class Unit(StrEnum):
    """What one bar stands for."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"
    DECADE = "decade"


@dataclass(frozen=True, slots=True)
class Bar:
    """One *period* and how many articles are of it.

    *period* is ``2024-06-20``, ``2024-06``, ``2024``, or the first year of a decade. *first* and
    *last* are what a `Request` takes to narrow to the bar: whole periods where all of it
    lies in the span, days at an end that was cut.
    """

    period: str
    first: str
    last: str
    count: int


@dataclass(frozen=True, slots=True)
class Timeline:
    """Bars of one *unit* without a gap, in the order of time, those of no article too.

    Dated articles that a day cannot hold, because only their month is known, are *unplaced*;
    *undated* have no date at all. All articles found are the bars' counts, and these two.
    """

    unit: Unit
    bars: tuple[Bar, ...]
    undated: int = 0
    unplaced: int = 0

    @property
    def most(self) -> int:
        """The count of the highest bar."""
        return max((bar.count for bar in self.bars), default=0)

    def as_json(self) -> dict[str, object]:
        """The timeline as ``morgue search --json`` and ``/search.json`` print it."""
        return {
            "unit": str(self.unit),
            "bars": [{"period": bar.period, "articles": bar.count} for bar in self.bars],
            "undated": self.undated,
            "unplaced": self.unplaced,
        }


def timeline(
    dates: Mapping[str, int],
    days: Mapping[str, int],
    first: date | None = None,
    last: date | None = None,
) -> Timeline:
    """Return the timeline of the facets ``date`` and ``day``, from *first* to *last*.

    An end that is None is that of the first or last month which has an article. There are no
    bars where nothing says from when to when.
    """
    months = {month: count for month, count in dates.items() if month[4:5] == "-"}
    undated = dates.get(UNDATED, 0)
    if months:
        first = first or _days_of(min(months))[0]
        last = last or _days_of(max(months))[1]
    if first is None or last is None or first > last:
        return Timeline(Unit.YEAR, (), undated)
    unit = unit_for(first, last)
    counts: Mapping[str, int] = dates
    if unit is Unit.DAY:
        counts = days
    elif unit is Unit.DECADE:
        counts = _by_decade(dates)
    bars = tuple(
        Bar(period, *_narrowing(begin, end, first, last), counts.get(period, 0))
        for period, begin, end in _periods(unit, first, last)
    )
    unplaced = sum(months.values()) - sum(bar.count for bar in bars)
    return Timeline(unit, bars, undated, unplaced)


def unit_for(first: date, last: date) -> Unit:
    """Return what bars of a span from *first* to *last* stand for."""
    if (last - first).days < MOST_DAYS:
        return Unit.DAY
    if (last.year - first.year) * 12 + last.month - first.month < MOST_MONTHS:
        return Unit.MONTH
    return Unit.YEAR if last.year - first.year < MOST_YEARS else Unit.DECADE


def _periods(unit: Unit, first: date, last: date) -> Iterator[tuple[str, str, str]]:
    """Each period that meets the span: its name, and the first and last period it spans."""
    if unit is Unit.DAY:
        for i in range((last - first).days + 1):
            day = (first + timedelta(i)).isoformat()
            yield day, day, day
    elif unit is Unit.MONTH:
        for i in range(first.year * 12 + first.month - 1, last.year * 12 + last.month):
            month = f"{i // 12:04}-{i % 12 + 1:02}"
            yield month, month, month
    elif unit is Unit.YEAR:
        for i in range(first.year, last.year + 1):
            yield f"{i:04}", f"{i:04}", f"{i:04}"
    else:
        for i in range(first.year // 10 * 10, last.year + 1, 10):
            yield f"{i:04}", f"{max(i, 1):04}", f"{i + 9:04}"


def _narrowing(begin: str, end: str, first: date, last: date) -> tuple[str, str]:
    """From and to which period a bar narrows, no wider than the span."""
    starts, ends = _days_of(begin)[0], _days_of(end)[1]
    if first <= starts and ends <= last:
        return begin, end
    return max(starts, first).isoformat(), min(ends, last).isoformat()


def _by_decade(dates: Mapping[str, int]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for year, count in dates.items():
        if len(year) == 4:
            decade = f"{year[:3]}0"
            counts[decade] = counts.get(decade, 0) + count
    return counts


def _days_of(period: str) -> Days:
    """The first and last day of ``2024``, ``2024-06`` or ``2024-06-20``."""
    year, month, day = int(period[:4]), int(period[5:7] or 0), int(period[8:] or 0)
    if day:
        return date(year, month, day), date(year, month, day)
    first, last = month or 1, month or 12
    return date(year, first, 1), date(year, last, calendar.monthrange(year, last)[1])
