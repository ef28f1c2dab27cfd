"""Dates as sources write them, read without guessing.

A reading never fills in what is not written: a day without a year gives
nothing, a month gives a month. Forms: ISO 8601 and RFC 3339, RFC 5322 (feeds),
and the date lines and datelines of news copy in English.
"""

import re
from collections.abc import Callable
from datetime import date, timedelta
from email.utils import parsedate_to_datetime
from enum import Enum

from archive.article import Published

# English with its abbreviations, German, French, Spanish, Italian, Portuguese, Dutch.
_MONTH_NAMES = (
    "jan january januar jänner janvier enero gennaio janeiro januari",
    "feb february februar feber février fevrier febrero febbraio fevereiro februari",
    "mar march märz mars marzo março maart",
    "apr april avril abril aprile",
    "may mai mayo maggio maio mei",
    "jun june juni juin junio giugno junho",
    "jul july juli juillet julio luglio julho",
    "aug august août aout agosto augustus",
    "sep sept september septembre septiembre settembre setembro",
    "oct october oktober octobre octubre ottobre outubro",
    "nov november novembre noviembre novembro",
    "dec december dezember décembre decembre diciembre dicembre dezembro",
)
_MONTHS = {
    name: number for number, names in enumerate(_MONTH_NAMES, start=1) for name in names.split()
}
SHORT_MONTHS = tuple(names.split()[0] for names in _MONTH_NAMES)
"""Months as English shortens them, in small letters, from January."""
MONTH = rf"(?:{'|'.join(sorted(_MONTHS, key=len, reverse=True))})\b\.?"
_WEEKDAY = r"(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|Mon|Tue|Wed|Thu|Fri|Sat|Sun)\.?,?\s+"
_CLOCK = r"(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d+)?)?"
_CLOCK += r"(?:\s*(?P<half>[ap])\.?m\b\.?)?(?:\s*(?:Uhr|h)\b)?"
# Zones whose names mean one offset where news is written (RFC 5322 and central Europe).
_ZONES = {
    "Z": 0, "UTC": 0, "GMT": 0, "BST": 60, "WET": 0, "WEST": 60, "CET": 60, "CEST": 120, "MEZ": 60,
    "MESZ": 120, "EET": 120, "EEST": 180, "EST": -300, "EDT": -240, "CST": -360, "CDT": -300,
    "MST": -420, "MDT": -360, "PST": -480, "PDT": -420, "NZST": 720, "NZDT": 780, "AEST": 600,
    "AEDT": 660,
}  # fmt: skip
_ZONE = rf"(?:{'|'.join(sorted(_ZONES, key=len, reverse=True))})\b|[+-]\d{{2}}:?\d{{2}}"

_ISO = re.compile(
    r"(?P<year>\d{4})(?P<sign>[-/.])(?P<month>\d{1,2})(?P=sign)(?P<day>\d{1,2})(?!\d)"
    r"(?:(?:[Tt]|,?\s)\s*(?P<time>\d{2}:\d{2}(?::\d{2})?)(?:[.,]\d+)?\s*"
    rf"(?P<zone>{_ZONE}|[+-]\d{{2}})?)?"
)
_FIGURES = re.compile(
    r"(?P<one>\d{1,2})(?P<sign>[./-])\s?(?P<two>\d{1,2})(?P=sign)\s?(?P<year>\d{4})"
    rf"(?:,?\s*(?:[-–—|]\s*)?(?:at\s+|um\s+)?{_CLOCK}(?:\s*(?P<zone>{_ZONE}))?)?"
)
# "8.5.12" is a date where nothing but a time of day follows; else it numbers a version or a part.
_SHORT = re.compile(
    r"(?<![\d.])(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.\s?(?P<year>\d{2})"
    r"(?=$|\s*[,|–-]?\s*(?:um\s+)?\d{1,2}[:.]\d{2}\b)"
)
_COMPACT = re.compile(r"(?P<year>(?:19|20)\d\d)(?P<month>[01]\d)(?P<day>[0-3]\d)")
_CJK = re.compile(
    r"(?P<year>\d{4})\s?[年년]\s?(?P<month>\d{1,2})\s?[月월]\s?(?P<day>\d{1,2})\s?[日일]"
)
_JAVASCRIPT = re.compile(
    r"(?:[A-Z][a-z]{2}\s+)?(?P<month>[A-Z][a-z]{2})\s+(?P<day>\d{1,2})\s+(?:(?P<y1>\d{4})\s+)?"
    r"(?P<time>\d{2}:\d{2}:\d{2})\s+(?P<zone>(?:UTC|GMT)?[+-]\d{4}|[A-Z]{3,4})(?:\s+(?P<y2>\d{4}))?"
    r"(?:\s+\([^()]{1,40}\))?"
)
# A year 00xx is no year; the standard library would move it into this century. It would also
# read a date at the start of any sentence: the whole text must be the date.
_RFC5322 = re.compile(
    r"(?:[A-Za-z]{3,9}\.?,?\s+)?\d{1,2}\s+[A-Za-z]{3,9}\.?\s+(?!00\d\d\b)(?:\d{4}|\d{2})"
    r"(?:,?\s+\d{1,2}:\d{2}(?::\d{2})?(?:\s*[+-]\d{2}:?\d{2}|\s+[A-Za-z]{1,5})?)?"
    r"(?:\s+\([^()]{1,30}\))?"
)
_MONTH_ONLY = re.compile(
    rf"(?P<iso>\d{{4}}-\d{{2}})|(?P<month>{MONTH})\s+(?P<year>\d{{4}})(?!\d)", re.I
)
_WORDS = re.compile(
    rf"(?:{_WEEKDAY})?(?:(?P<m1>{MONTH})\s+(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y1>\d{{4}})(?!\d)"
    rf"|(?P<d2>\d{{1,2}})(?:st|nd|rd|th|er|\.|º)?[\s-]+(?:de\s+)?(?P<m2>{MONTH})[\s,-]+"
    r"(?:del?\s+)?(?P<y2>\d{4}(?!\d)))"
    rf"(?:,?\s*(?:[-–—|•·]\s*)?(?:at\s+|um\s+|à\s+|alle\s+|a\s+las\s+)?{_CLOCK}"
    rf"(?:\s*\(?(?P<zone>{_ZONE})\)?)?)?",
    re.I,
)
_YEAR = re.compile(r"(?:19|20)\d\d|\d{1,2}\.\s?\d{1,2}\.\s?\d{2}")


class Order(Enum):
    """How days written in figures with slashes are to be read."""

    DAY_FIRST = "day first"
    MONTH_FIRST = "month first"
    UNKNOWN = "unknown"


def order_of(language: str) -> Order:
    """Return how a page in *language* (``en-US``, ``de``) writes days in figures.

    English alone has both ways: only its region tells.
    """
    code = language.replace("_", "-").lower()
    if code in ("en-us", "en-ph"):
        return Order.MONTH_FIRST
    return Order.UNKNOWN if code in ("", "en") else Order.DAY_FIRST


def has_year(text: str) -> bool:
    """Whether *text* can hold a whole date, at little cost."""
    return _YEAR.search(text) is not None


def find(text: str, order: Order = Order.UNKNOWN) -> Published | None:
    """Return the date that *text* is, or else the first whole day that stands in it."""
    return read(text, order) or search(text, order)[0]


def search(text: str, order: Order = Order.UNKNOWN) -> tuple[Published | None, int]:
    """Return the first whole day in *text*, with its time of day, and where it begins."""
    text = " ".join(text.split())
    best: tuple[int, int, Published] | None = None
    for rank, (pattern, reading) in enumerate(_SEARCHED):
        for match in pattern.finditer(text):
            if match.start() and text[match.start() - 1].isalnum():
                continue
            if best is not None and (match.start(), rank) >= best[:2]:
                break
            found = reading(match, order)
            if found is not None:
                best = match.start(), rank, found
                break
    return (best[2], best[0]) if best else (None, 0)


def read(text: str, order: Order = Order.UNKNOWN) -> Published | None:
    """Return the date that *text* is, whole, or None when it is no date or an impossible one.

    *order* settles days in figures that can be read in two ways; else they are none.
    """
    text = " ".join(text.split())
    for pattern, reading in _WHOLE:
        match = pattern.fullmatch(text)
        if match and (found := reading(match, order)):
            return found
    return _month(text) or _rfc5322(text)


def believable(published: Published, today: date) -> bool:
    """Whether an article can carry this date: since printing began, and not after tomorrow.

    Tomorrow, because a source east of here may already be in it.
    """
    return published.days[0].year >= 1600 and published.days[0] <= today + timedelta(days=1)


def _published(iso: str) -> Published | None:
    try:
        return Published(iso)
    except (ValueError, OverflowError):
        return None


def _iso(match: re.Match[str], _order: Order) -> Published | None:
    iso = f"{match['year']}-{int(match['month']):02}-{int(match['day']):02}"
    if match["time"] is None:
        return _published(iso)
    return _published(f"{iso}T{match['time']}{_zone(match['zone'])}")


def _zone(zone: str | None) -> str:
    """Return the offset as ``+02:00``, or nothing when the source gave none."""
    if not zone:
        return ""
    if zone.upper() in _ZONES:
        minutes = _ZONES[zone.upper()]
        return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
    digits = zone[1:].replace(":", "").ljust(4, "0")
    return f"{zone[0]}{digits[:2]}:{digits[2:]}"


def _time(match: re.Match[str]) -> str:
    """The time of day in *match* as ISO 8601 has it, or nothing where there is none."""
    if match["hour"] is None:
        return ""
    hour = int(match["hour"])
    if match["half"] and 1 <= hour <= 12:
        hour = hour % 12 + (12 if match["half"].lower() == "p" else 0)
    if hour > 23 or int(match["minute"]) > 59:
        return ""
    second = match["second"] or "00"
    return f"T{hour:02}:{match['minute']}:{second}{_zone(match['zone'])}"


def _words(match: re.Match[str], _order: Order) -> Published | None:
    month = _MONTHS[(match["m1"] or match["m2"]).rstrip(".").lower()]
    day, year = int(match["d1"] or match["d2"]), match["y1"] or match["y2"]
    return _published(f"{year}-{month:02}-{day:02}{_time(match)}")


def _figures(match: re.Match[str], order: Order) -> Published | None:
    """Day, month and year in figures, where only one reading is possible.

    With dots the day comes first; with slashes and dashes both orders are in use:
    one of the two must be past 12, or *order* must say which it is.
    """
    first, second, year = int(match["one"]), int(match["two"]), match["year"]
    day, month = first, second
    if match["sign"] != ".":
        if first <= 12 and second <= 12 and first != second and order is Order.UNKNOWN:
            return None
        if second > 12 or (first <= 12 and order is Order.MONTH_FIRST):
            day, month = second, first
    return _published(f"{year}-{month:02}-{day:02}{_time(match)}")


def _plain(match: re.Match[str], _order: Order) -> Published | None:
    return _published(f"{match['year']}-{int(match['month']):02}-{int(match['day']):02}")


def _short(match: re.Match[str], _order: Order) -> Published | None:
    """Two figures for the year: of this century, since nothing before it was put online so."""
    return _published(f"20{match['year']}-{int(match['month']):02}-{int(match['day']):02}")


def _javascript(match: re.Match[str], _order: Order) -> Published | None:
    """What programs write: ``Thu Jun 20 2024 14:05:00 GMT+0200``, or the year last."""
    month, year = _MONTHS.get(match["month"].lower()), match["y1"] or match["y2"]
    zone = re.sub(r"^(?:UTC|GMT)(?=[+-])", "", match["zone"])
    if not month or not year or not (zone.upper() in _ZONES or zone[0] in "+-"):
        return None
    return _published(f"{year}-{month:02}-{int(match['day']):02}T{match['time']}{_zone(zone)}")


Reading = Callable[[re.Match[str], Order], Published | None]
_SEARCHED: tuple[tuple[re.Pattern[str], Reading], ...] = (
    (_ISO, _iso),
    (_WORDS, _words),
    (_FIGURES, _figures),
    (_CJK, _plain),
    (_SHORT, _short),
)
_WHOLE = (*_SEARCHED, (_COMPACT, _plain), (_JAVASCRIPT, _javascript))


def _month(text: str) -> Published | None:
    match = _MONTH_ONLY.fullmatch(text)
    if match is None:
        return None
    if match["iso"]:
        return _published(match["iso"])
    return _published(f"{match['year']}-{_MONTHS[match['month'].rstrip('.').lower()]:02}")


def _rfc5322(text: str) -> Published | None:
    """The dates of RSS: ``Thu, 20 Jun 2024 14:05:00 +0200``; ``-0000`` and names are UTC."""
    if not _RFC5322.fullmatch(text):
        return None
    try:
        instant = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return _published(instant.isoformat(timespec="seconds"))
