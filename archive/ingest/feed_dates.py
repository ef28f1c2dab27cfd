"""The dates of a feed's entry: when it was published, and when it was updated.

feedparser calls ``dc:date`` updated as it does Atom's ``updated``; in RSS it
is the only date there is, and that of publication.
"""

import re
from functools import lru_cache
from typing import Any

import dateparser

from archive.article import Evidence
from archive.ingest import dates
from archive.ingest.item import claim

_LONGEST = 80
_ZONE_NAMES = re.compile(r"\s*\([^()]*\)$")
_FOUR_FIGURES = re.compile(r"\b(?:1[6-9]|20)\d\d\b")
_LETTERS = re.compile(r"[^\W\d_]{3}")
_STRICT = {"STRICT_PARSING": True, "RETURN_AS_TIMEZONE_AWARE": False, "PARSERS": ["absolute-time"]}


def claims(raw: Any, dialect: str) -> list[Evidence]:
    """Return what the entry claims of its dates, as ISO 8601 where they can be read.

    What has no date of publication was published when it was updated, at the
    latest: that is claimed under its own origin.
    """
    found = [*_date(raw, "published", "published"), *_date(raw, "created", "published")]
    updated = _date(raw, "updated", "updated")
    if not found:
        origin = "feed: date" if dialect.startswith(("rss", "cdf")) else "feed: updated"
        found = [Evidence("published", one.value, origin) for one in updated]
    return [*found, *updated]


def _date(raw: Any, name: str, field: str) -> list[Evidence]:
    """The entry's date as written where we can read that, else as feedparser could, in UTC."""
    # Asked for "updated", feedparser would otherwise hand out "published" with a warning.
    written = " ".join(str(raw.get(name) if name in raw else "")[: 2 * _LONGEST].split())
    if not written or len(written) > _LONGEST:
        return claim(field, written[:_LONGEST], f"feed: {name}")
    if dates.read(written):
        return claim(field, written, f"feed: {name}")
    parsed = raw.get(f"{name}_parsed")
    if parsed and 1000 <= parsed.tm_year <= 9999:
        iso = "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}+00:00".format(*parsed[:6])
        return claim(field, iso, f"feed: {name}")
    return claim(field, _foreign(written) or written, f"feed: {name}")


@lru_cache(maxsize=1024)
def _foreign(written: str) -> str:
    """Return a date with its month in letters, in any language, as ISO 8601; else nothing."""
    if not _FOUR_FIGURES.search(written) or not _LETTERS.search(written):
        return ""
    try:
        read = dateparser.parse(_ZONE_NAMES.sub("", written), settings=_STRICT)  # type: ignore[arg-type]
    except Exception:
        # It meets defects of its own in odd input; such a date stays as it was written.
        return ""
    if read is None:
        return ""
    timed = re.search(r"\d:\d\d", written)
    return read.isoformat(timespec="seconds") if timed else read.date().isoformat()
