"""The days that a backfill is asked for, and the days that listings and addresses tell. Pure."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from archive.article import Published
from archive.ingest.dates import SHORT_MONTHS

# /2024/06/20/ or /2024/06/: the year between slashes, and no longer number behind it.
_IN_PATH = re.compile(
    r"(?:^|/)(?P<year>(?:19|20)\d{2})(?:/(?P<month>\d{1,2})(?:/(?P<day>\d{1,2}))?(?=/)"
    r"|-?(?P<m>\d{2})-?(?P<d>\d{2})(?!\d))"
)
_MONTHS = {name: number for number, name in enumerate(SHORT_MONTHS, start=1)}
_NAMED = re.compile(rf"/(\d{{4}})/({'|'.join(_MONTHS)})(?:/(\d{{1,2}}))?(?=/)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Bounds:
    """The first and the last day asked for, both included; None leaves the side open."""

    after: date | None = None
    before: date | None = None

    def admits(self, published: Published | None) -> bool:
        """Whether something of this date may lie within; what is undated may."""
        if published is None:
            return True
        first, last = published.days
        return not self.ends_before(last) and not (self.before and first > self.before)

    def ends_before(self, day: date) -> bool:
        """Whether *day* lies before the first day asked for."""
        return self.after is not None and day < self.after


def day_said(text: str, *, last: bool = False) -> date:
    """Return the day that a person means by ``2024``, ``2024-06`` or ``2024-06-20``.

    It is the first day of a year or month, or with *last* its last. Raises
    ValueError for anything else.
    """
    match = re.fullmatch(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", text.strip())
    try:
        if match is None:
            raise ValueError
        year, month = int(match[1]), int(match[2] or (12 if last else 1))
        first = date(year, month, int(match[3] or 1))
    except ValueError:
        raise ValueError(f"not a year, month or day: {text!r}") from None
    return first.replace(day=monthrange(year, month)[1]) if last and not match[3] else first


def day_in(address: str) -> Published | None:
    """Return the day or month that the path of *address* tells, if it tells one."""
    path = urlsplit(address).path
    if named := _NAMED.search(path):
        return _published(named[1], str(_MONTHS[named[2].lower()]), named[3])
    for match in _IN_PATH.finditer(path):
        found = _published(match["year"], match["month"] or match["m"], match["day"] or match["d"])
        if found:
            return found
    return None


def _published(year: str, month: str | None, day: str | None) -> Published | None:
    if month is None:
        return None
    iso = f"{year}-{int(month):02}" + (f"-{int(day):02}" if day else "")
    try:
        return Published(iso)
    except ValueError:
        return None
