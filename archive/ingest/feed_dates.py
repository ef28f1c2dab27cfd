"""The dates of a feed's entry: when it was published, and when it was updated.

feedparser calls ``dc:date`` updated as it does Atom's ``updated``; in RSS it
is the only date there is, and that of publication.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import datetime
from time import struct_time
from typing import Any

import dateparser

from archive.article import Evidence
from archive.ingest import dates
from archive.ingest.item import claim

FOREIGN = 100
_LONGEST = 80
_ZONE_NAMES = re.compile(r"\s*\([^()]*\)$")
_FOUR_FIGURES = re.compile(r"\b(?:1[6-9]|20)\d\d\b")
_LETTERS = re.compile(r"[^\W\d_]{3}")
_STRICT = {"STRICT_PARSING": True, "PARSERS": ["absolute-time"]}
_ISO_DAY = re.compile(r"(\d{4,})-(\d{2})-(\d{2})(?!\d)")
_MONTH_DAY = re.compile(r"\b(\d{1,2})\s+([A-Za-z]{3})[a-z]*\.?\s+(\d{2,4})\b")
_LATE_YEAR = re.compile(r"\d{5}-\d{2}-\d{2}|\b\d{1,2}\s+[A-Za-z]{3,9}\.?\s+\d{5}")
_CLOCK = re.compile(r"\b(\d{2}):(\d{2})\b")


@dataclass(slots=True)
class Dates:
    """Reads the dates of one feed's entries; *dialect* is feedparser's name of its version.

    Dates in other languages take long to read: no more than *foreign* are.
    """

    dialect: str
    foreign: int = FOREIGN

    def claims(self, raw: Any) -> list[Evidence]:
        """Return what the entry claims of its dates, as ISO 8601 where they can be read.

        What has no date of publication was published when it was updated, at the
        latest: that is claimed under its own origin.
        """
        found = [
            *self._date(raw, "published", "published"),
            *self._date(raw, "created", "published"),
        ]
        updated = self._date(raw, "updated", "updated")
        if not found:
            of_rss = self.dialect.startswith(("rss", "cdf"))
            origin = "feed: date" if of_rss else "feed: updated"
            found = [Evidence("published", one.value, origin) for one in updated]
        return [*found, *updated]

    def _date(self, raw: Any, name: str, field: str) -> list[Evidence]:
        """The date as written where we can read that, else as feedparser could, in UTC."""
        # Asked for "updated", feedparser would otherwise hand out "published" with a warning.
        written = " ".join(str(raw.get(name) if name in raw else "")[: 2 * _LONGEST].split())
        if not written:
            return []
        origin = f"feed: {name}"
        if len(written) > _LONGEST or _impossible(written) or dates.read(written):
            return claim(field, written[:_LONGEST], origin)
        parsed = raw.get(f"{name}_parsed")
        if isinstance(parsed, struct_time) and 1000 <= parsed.tm_year <= 9999:
            iso = "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}+00:00".format(*parsed[:6])
            return claim(field, iso, origin)
        if self.foreign > 0 and _FOUR_FIGURES.search(written) and _LETTERS.search(written):
            self.foreign -= 1
            return claim(field, _foreign(written) or written, origin)
        return claim(field, written, origin)


def _impossible(written: str) -> bool:
    """Whether the date has a 30 February or a 25th hour, which feedparser would carry over.

    Of a year of five figures it would take four.
    """
    if _LATE_YEAR.search(written):
        return True
    clock = _CLOCK.search(written)
    if clock and (int(clock[1]) > 24 or int(clock[2]) > 59):
        return True
    if iso := _ISO_DAY.search(written):
        return len(iso[1]) > 4 or not 1 <= int(iso[3]) <= _days(iso[1], int(iso[2]))
    if named := _MONTH_DAY.search(written):
        month = _MONTHS.find(named[2].lower()) // 3
        return month >= 0 and not 1 <= int(named[1]) <= _days(named[3], month + 1)
    return False


def _days(year: str, month: int) -> int:
    """How many days a month has, or may have in a year of two figures; 0 for the 13th."""
    if not 1 <= month <= 12:
        return 0
    return monthrange(int(year) if len(year) == 4 and year > "0000" else 2000, month)[1]


_MONTHS = "janfebmaraprmayjunjulaugsepoctnovdec"


def _foreign(written: str) -> str:
    """Return a date with its month in letters, in any language, as ISO 8601; else nothing."""
    try:
        read: datetime | None = dateparser.parse(_ZONE_NAMES.sub("", written), settings=_STRICT)
    except Exception:
        # It meets defects of its own in odd input; such a date stays as it was written.
        return ""
    if read is None:
        return ""
    timed = re.search(r"\d:\d\d", written)
    return read.isoformat(timespec="seconds") if timed else read.date().isoformat()
