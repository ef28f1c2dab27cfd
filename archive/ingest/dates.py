"""Dates as sources write them, read without guessing.

A reading never fills in what is not written: a day without a year gives
nothing, a month gives a month. Forms: ISO 8601 and RFC 3339, RFC 5322 (feeds),
and the date lines and datelines of news copy in English.
"""

import re
from datetime import date, timedelta
from email.utils import parsedate_to_datetime

from archive.article import Published

# English with its abbreviations, German, French, Spanish, Italian, Portuguese, Dutch.
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
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
        ),
        start=1,
    )
    for name in names.split()
}
MONTH = rf"(?:{'|'.join(sorted(_MONTHS, key=len, reverse=True))})\b\.?"
_WEEKDAY = r"(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|Mon|Tue|Wed|Thu|Fri|Sat|Sun)\.?,?\s+"
_CLOCK = r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d+)?)?"

_ISO = re.compile(
    r"(?P<day>\d{4}-\d{2}-\d{2})(?:[T ]\s*(?P<time>\d{2}:\d{2}(?::\d{2})?)(?:[.,]\d+)?\s*"
    r"(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})?)?"
)
_FIGURES = re.compile(
    r"(?P<first>\d{1,2})(?P<sign>[./])(?P<second>\d{1,2})(?P=sign)(?P<year>\d{4})"
)
# A year 00xx is no year; the standard library would move it into this century. It would also
# read a date at the start of any sentence: the whole text must be the date.
_RFC5322 = re.compile(
    r"(?:[A-Za-z]{3,9}\.?,?\s+)?\d{1,2}\s+[A-Za-z]{3,9}\.?\s+(?!00\d\d\b)(?:\d{4}|\d{2})"
    r"(?:,?\s+\d{1,2}:\d{2}(?::\d{2})?(?:\s*[+-]\d{2}:?\d{2}|\s+[A-Za-z]{1,5})?)?"
    r"(?:\s+\([^()]{1,30}\))?"
)
_MONTH_ONLY = re.compile(rf"(?P<iso>\d{{4}}-\d{{2}})|(?P<month>{MONTH})\s+(?P<year>\d{{4}})", re.I)
_WORDS = re.compile(
    rf"(?:{_WEEKDAY})?(?:(?P<m1>{MONTH})\s+(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y1>\d{{4}})"
    rf"|(?P<d2>\d{{1,2}})(?:st|nd|rd|th|er|\.|º)?[\s-]+(?:de\s+)?(?P<m2>{MONTH})[\s,-]+"
    r"(?:de\s+)?(?P<y2>\d{4}))"
    rf"(?:,?\s+(?:at\s+)?{_CLOCK}(?:\s*(?P<zone>Z|UTC|GMT|[+-]\d{{2}}:?\d{{2}}))?)?",
    re.I,
)


def read(text: str) -> Published | None:
    """Return the date that *text* is, whole, or None when it is no date or an impossible one."""
    text = " ".join(text.split())
    return _iso(text) or _words(text) or _figures(text) or _month(text) or _rfc5322(text)


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


def _iso(text: str) -> Published | None:
    match = _ISO.fullmatch(text)
    if match is None:
        return None
    if match["time"] is None:
        return _published(match["day"])
    return _published(f"{match['day']}T{match['time']}{_zone(match['zone'])}")


def _zone(zone: str | None) -> str:
    """Return the offset as ``+02:00``, or nothing when the source gave none."""
    if not zone:
        return ""
    if zone.upper() in {"Z", "UTC", "GMT"}:
        return "+00:00"
    digits = zone[1:].replace(":", "").ljust(4, "0")
    return f"{zone[0]}{digits[:2]}:{digits[2:]}"


def _words(text: str) -> Published | None:
    match = _WORDS.fullmatch(text)
    if match is None:
        return None
    month = _MONTHS[(match["m1"] or match["m2"]).rstrip(".").lower()]
    day, year = int(match["d1"] or match["d2"]), match["y1"] or match["y2"]
    iso = f"{year}-{month:02}-{day:02}"
    if match["hour"] is not None:
        second = match["second"] or "00"
        iso += f"T{int(match['hour']):02}:{match['minute']}:{second}{_zone(match['zone'])}"
    return _published(iso)


def _figures(text: str) -> Published | None:
    """Day, month and year in figures, where only one reading is possible.

    With dots the day comes first; with slashes both orders are in use, so one
    of the two must be past 12.
    """
    match = _FIGURES.fullmatch(text)
    if match is None:
        return None
    first, second, year = int(match["first"]), int(match["second"]), match["year"]
    if match["sign"] == "/" and first <= 12 and second <= 12 and first != second:
        return None
    day, month = (second, first) if match["sign"] == "/" and second > 12 else (first, second)
    return _published(f"{year}-{month:02}-{day:02}")


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
