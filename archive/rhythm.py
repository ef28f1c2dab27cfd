"""When a source usually publishes, and so what is a gap and when it is silent. Pure.

Nobody says how often a source publishes; what it did does. The rules are few, so that
they can be told in words (`RULES`) beside what they find.
"""

import itertools
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median
from typing import Final

WEEKS: Final = 4
"""So many weeks before and after a day are looked at."""
_AROUND: Final = tuple(7 * i for i in range(-WEEKS, WEEKS + 1) if i)
SHARE: Final = 0.75
_FEWEST_WEEKS: Final = 4
NEAR: Final = 30
"""So many pauses before and after a stretch say what an ordinary one is."""
_FEWEST_PAUSES: Final = 4
LONGER: Final = 3
"""So many times its ordinary pause a source must rest before that is no pause."""
RULES: Final = (
    "A day is a gap when nothing is there, although the source has something on at least "
    f"three in four of the same weekdays in the {WEEKS} weeks before and after; and every day "
    f"of a stretch of nothing more than {LONGER} times as long as its ordinary pause, which "
    f"nine in ten of the {NEAR} pauses before and after do not exceed. A source is silent when "
    "such a stretch lasts until today. With fewer than five days there is no telling."
)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """What is usual of a source: *articles* on a day that has any, every so many *days*."""

    articles: int
    days: int

    def __str__(self) -> str:
        if self.days == 1:
            return f"usually {self.articles:,} a day"
        return f"usually {self.articles:,} every {self.days} days"


def rhythm(counts: Mapping[date, int]) -> Rhythm | None:
    """Return the rhythm of a source with so many articles by day, None with too few days."""
    days = sorted(counts)[-NEAR - 1 :]
    if len(days) <= _FEWEST_PAUSES:
        return None
    return Rhythm(
        max(1, round(median(counts[day] for day in days))), max(1, round(median(_pauses(days))))
    )


def silent_since(days: Sequence[date], today: date) -> date | None:
    """Return the last of *days*, in order, when the rest until *today* is no pause; else None."""
    if not days or (today - days[-1]).days <= LONGER:
        return None
    pauses = _pauses(days[-NEAR - 1 :])
    return days[-1] if _is_long((today - days[-1]).days, pauses) else None


def gaps(days: Sequence[date], first: date, last: date, today: date) -> set[date]:
    """Return the gaps from *first* to *last* of a source that has something on *days*, in order.

    Nothing before its first day is a gap, and today is not over.
    """
    if len(days) <= _FEWEST_PAUSES:
        return set()
    first, last = max(first, days[0]), min(last, today - timedelta(1))
    return {*_missed_weekdays(days, first, last), *_long_stretches(days, first, last, today)}


def _missed_weekdays(days: Sequence[date], first: date, last: date) -> Iterator[date]:
    # By number, for a page asks this of thousands of days.
    have = {day.toordinal() for day in days}
    begin, end = days[0].toordinal(), days[-1].toordinal()
    for number in range(first.toordinal(), last.toordinal() + 1):
        if number in have:
            continue
        known = [number + step for step in _AROUND if begin <= number + step <= end]
        if len(known) >= _FEWEST_WEEKS and len(have.intersection(known)) >= SHARE * len(known):
            yield date.fromordinal(number)


def _long_stretches(days: Sequence[date], first: date, last: date, today: date) -> Iterator[date]:
    # A stretch lies between two days that have something, the last before today.
    begin = max(0, bisect_right(days, first) - 1)
    for i in range(begin, bisect_left(days, last) + 1):
        if i >= len(days):
            break
        end = days[i + 1] if i + 1 < len(days) else max(today, days[i])
        length = (end - days[i]).days
        if length <= LONGER:
            continue
        around = [*_pauses(days[max(0, i - NEAR) : i + 1]), *_pauses(days[i + 1 : i + NEAR + 2])]
        if _is_long(length, around):
            for number in range(1, length):
                day = days[i] + timedelta(number)
                if first <= day <= last:
                    yield day


def _is_long(length: int, pauses: Sequence[int]) -> bool:
    if len(pauses) < _FEWEST_PAUSES:
        return False
    ordinary = sorted(pauses)[int(0.9 * (len(pauses) - 1))]
    return length > LONGER * ordinary


def _pauses(days: Sequence[date]) -> list[int]:
    return [(after - before).days for before, after in itertools.pairwise(days)]
