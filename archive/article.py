"""What an article is: one frozen type, the same from ingest to page.

Dates follow ISO 8601 and carry their precision in their length: a minute with
its offset, a day, a month, or nothing at all. An article without a date is
undated; no date is ever made up for it.
"""

import re
import unicodedata
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cached_property

_ISO = re.compile(
    r"[0-9]{4}-[0-9]{2}"
    r"(-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?(Z|[+-][0-9]{2}:[0-9]{2})?)?)?"
)


class Precision(StrEnum):
    """How exactly a date of publication is known."""

    MINUTE = "minute"
    DAY = "day"
    MONTH = "month"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Published:
    """When an article was published, as its source says it.

    *iso* is ``2024-06-20T14:05:00+02:00`` (any length past the day),
    ``2024-06-20`` or ``2024-06``. The day is always the source's own: no value
    is ever moved to another time zone. Raises ValueError for anything else,
    impossible days included.
    """

    iso: str

    def __post_init__(self) -> None:
        if _ISO.fullmatch(self.iso) is None:
            raise ValueError(f"not a date of publication: {self.iso!r}")
        # Reading the bounds reads the whole value, so an impossible one fails here.
        self.days  # noqa: B018
        if self.precision is Precision.MINUTE:
            datetime.fromisoformat(self.iso)

    @property
    def precision(self) -> Precision:
        """How much of the date is known."""
        if len(self.iso) > 10:
            return Precision.MINUTE
        return Precision.DAY if len(self.iso) == 10 else Precision.MONTH

    @cached_property
    def days(self) -> tuple[date, date]:
        """The first and the last day that the date may mean, both included."""
        if len(self.iso) == 7:
            first = date.fromisoformat(f"{self.iso}-01")
            return first, first.replace(day=monthrange(first.year, first.month)[1])
        day = date.fromisoformat(self.iso[:10])
        return day, day

    @property
    def month(self) -> str:
        """The month in the source's own calendar, ``2024-06``."""
        return self.iso[:7]

    @cached_property
    def offset(self) -> timedelta | None:
        """How far the source's zone is from UTC, or None where the source did not say."""
        if self.precision is not Precision.MINUTE:
            return None
        return datetime.fromisoformat(self.iso).utcoffset()

    @cached_property
    def moment(self) -> float:
        """Seconds since 1970 for sorting; a day or a month counts from its start, in UTC."""
        if self.precision is not Precision.MINUTE:
            return (self.days[0] - date(1970, 1, 1)).days * 86400.0
        instant = datetime.fromisoformat(self.iso)
        epoch = datetime(1970, 1, 1, tzinfo=instant.tzinfo)
        return (instant - epoch - (instant.utcoffset() or timedelta())).total_seconds()


@dataclass(frozen=True, slots=True)
class Evidence:
    """One value found for one field, and where it came from.

    *origin* is readable: ``feed: title``, ``wire: dateline``, ``meta: og:title``; where
    several agree it names them all. What was claimed and not *chosen* is kept too.
    """

    field: str
    value: str
    origin: str
    chosen: bool = True


@dataclass(frozen=True)
class Article:
    """A news article, cleaned to its true text and its known facts.

    What is not known is empty or None. *text* is plain text, its paragraphs
    parted by blank lines. *url* is its canonical address, under which it is
    known (``file://`` for a file); *link* the web address that a file says it
    came from. *updated* is when its source last
    changed it, as far as it says so. *evidence* holds, for each field, the value that was
    chosen and its origin, and the values that were not.
    """

    id: str
    url: str
    source: str
    headline: str
    text: str
    agency: str | None = None
    byline: tuple[str, ...] = ()
    dateline: str | None = None
    published: Published | None = None
    updated: Published | None = None
    language: str | None = None
    section: str | None = None
    topics: tuple[str, ...] = ()
    caption: str | None = None
    credits: str | None = None
    link: str | None = None
    evidence: tuple[Evidence, ...] = ()

    @property
    def precision(self) -> Precision:
        """How exactly the date of publication is known."""
        return self.published.precision if self.published else Precision.UNKNOWN

    @property
    def lede(self) -> str:
        """The first paragraph."""
        return self.text.split("\n\n", 1)[0]

    @property
    def slug(self) -> str:
        """The headline as a readable part of an address, at most 60 characters."""
        folded = unicodedata.normalize("NFKD", self.headline).encode("ascii", "ignore").decode()
        words = re.findall(r"[a-z0-9]+", folded.lower().replace("'", ""))
        slug = ""
        for word in words:
            if len(slug) + len(word) > 60:
                break
            slug = f"{slug}-{word}" if slug else word
        return slug or "article"

    @property
    def is_from_page(self) -> bool:
        """Whether the text was found on a web page, not in a feed or a file of text."""
        return any(e.field == "text" and e.origin.startswith("page:") for e in self.evidence)

    @property
    def headline_is_derived(self) -> bool:
        """Whether the article brought no headline of its own."""
        return any(
            e.chosen and e.field == "headline" and e.origin.startswith("derived")
            for e in self.evidence
        )

    def provenance(self) -> Mapping[str, list[dict[str, str | bool]]]:
        """The evidence as data: field → list of ``{"value", "from", "chosen"}``."""
        grouped: dict[str, list[dict[str, str | bool]]] = {}
        for e in self.evidence:
            grouped.setdefault(e.field, []).append(
                {"value": e.value, "from": e.origin, "chosen": e.chosen}
            )
        return grouped

    def facts(self) -> dict[str, object]:
        """The facts that a search hit, an export and a page share, as JSON values."""
        return {
            "id": self.id,
            "url": self.url,
            "headline": self.headline,
            "source": self.source,
            "agency": self.agency,
            "byline": ", ".join(self.byline) or None,
            "dateline": self.dateline,
            "published": self.published.iso if self.published else None,
            "precision": str(self.precision),
            "updated": self.updated.iso if self.updated else None,
            "topics": list(self.topics),
        }


@dataclass(frozen=True, slots=True)
class Revision:
    """One state of an article: its number from 1, and when Morgue saw it (ISO 8601, UTC)."""

    number: int
    seen: str
    article: Article
