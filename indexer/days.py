"""Days as people write them: to the first and the last day that are meant.

What is relative (``today``, ``last week``, ``7d``) goes by a *today* that the caller
brings; nothing here looks at a clock.
"""

import calendar
import re
from datetime import date, timedelta
from typing import Final

Days = tuple[date, date]
"""The first and the last day, both included."""

_ISO: Final = re.compile(r"(\d{4})(?:[-/](\d{1,2})(?:[-/](\d{1,2}))?)?")
_MONTHS: Final = (
    *("jan", "feb", "mar", "apr", "may", "jun"),
    *("jul", "aug", "sep", "oct", "nov", "dec"),
)
_MONTH: Final = rf"(?P<month>{'|'.join(_MONTHS)})[a-z]*\.?"
_NAMED: Final = re.compile(
    rf"(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)? )?{_MONTH}"
    r"(?: (?P<day_behind>\d{1,2}),?)? (?P<year>\d{4})"
)
_SPAN: Final = re.compile(
    r"(?:(?:last|past) )?(?P<count>\d{1,5}) ?(?P<unit>d|w|m|y)(?:ays?|eeks?|onths?|ears?)?"
)
_AROUND: Final = re.compile(r"(?P<which>this|last) (?P<unit>week|month|year)")


def period(text: str, today: date | None = None) -> Days | None:
    """Return the days of ``2024``, ``2024-06``, ``2024-06-20``, ``June 2024``, or None.

    With *today* also those of ``today``, ``yesterday``, ``this week``, ``last month``
    (whole weeks from Monday, months and years of the calendar) and ``7d`` or ``last 7
    days`` (so many days back, and up to today).
    """
    text = " ".join(re.sub(r"[_+]|(?<=[a-z])-|-(?=[a-z])", " ", text.strip().casefold()).split())
    try:
        return _dated(text) or (_relative(text, today) if today else None)
    except (ValueError, OverflowError, calendar.IllegalMonthError):
        return None


def _dated(text: str) -> Days | None:
    if match := _ISO.fullmatch(text):
        year, month, day = (int(part) if part else 0 for part in match.groups())
        whole = match[2] is None, match[3] is None
    elif (match := _NAMED.fullmatch(text)) and not (match["day"] and match["day_behind"]):
        year, month = int(match["year"]), _MONTHS.index(match["month"]) + 1
        named = match["day"] or match["day_behind"]
        day, whole = int(named or 0), (False, named is None)
    else:
        return None
    if whole[0]:
        return date(year, 1, 1), date(year, 12, 31)
    if whole[1]:
        return _month(year, month)
    return date(year, month, day), date(year, month, day)


def _month(year: int, month: int) -> Days:
    return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])


def _relative(text: str, today: date) -> Days | None:
    if text in {"today", "now"}:
        return today, today
    if text == "yesterday":
        return (before := today - timedelta(1)), before
    if match := _SPAN.fullmatch(text):
        return _back(today, int(match["count"]), match["unit"]), today
    if match := re.fullmatch(r"past (day|week|month|year)", text):
        return _back(today, 1, match[1][0]), today
    match = _AROUND.fullmatch(text)
    if match is None:
        return None
    back = match["which"] == "last"
    if match["unit"] == "week":
        monday = today - timedelta(today.weekday() + 7 * back)
        return monday, monday + timedelta(6)
    if match["unit"] == "month":
        return _month(*_months_back(today, int(back)))
    return date(today.year - back, 1, 1), date(today.year - back, 12, 31)


def _back(today: date, count: int, unit: str) -> date:
    """So many days, weeks, months or years before *today*."""
    if unit in "dw":
        return today - timedelta(count * (7 if unit == "w" else 1))
    year, month = _months_back(today, count * (12 if unit == "y" else 1))
    return date(year, month, min(today.day, calendar.monthrange(year, month)[1]))


def _months_back(today: date, count: int) -> tuple[int, int]:
    year, month = divmod(today.year * 12 + today.month - 1 - count, 12)
    return year, month + 1
