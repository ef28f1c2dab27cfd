"""Sources: the feeds, folders and files that articles come from."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What an address leads to."""

    FEED = "feed"
    FOLDER = "folder"
    FILE = "file"


class FullText(StrEnum):
    """Whether the entries of a feed are followed to their pages for the whole text."""

    AUTO = "auto"
    YES = "yes"
    NO = "no"


@dataclass(frozen=True, slots=True)
class Failure:
    """Something that could not be read: where, why, since when and when last (ISO 8601, UTC).

    *stamp* is the state in which a file could not be read.
    """

    address: str
    reason: str
    since: str
    last: str
    stamp: str | None = None


@dataclass(frozen=True, slots=True)
class FailureSpan:
    """A time in which a source as a whole could not be read, now over (ISO 8601, UTC)."""

    began: str
    ended: str
    reason: str


@dataclass(frozen=True, slots=True)
class Plan:
    """When a feed is asked again: not before *due*; see `Source` for the rest."""

    due: str | None = None
    held: str | None = None
    failing: int = 0
    retired: str | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """A feed, folder or file, what the user said of it, and how it last went.

    *name*, *topics*, *full_text*, *interval* (seconds between two requests) and
    *revisit* (whether its young pages are looked at again)
    are the user's own; *title* is what the feed calls itself, *period* how many
    seconds lie between two changes by its own word, *skips* the hours of the week,
    from Monday midnight GMT, in which it wants to be left alone. It is not asked before *due*,
    and whatever the user says not before *held*, when its server asked for that;
    *failing* counts its failures in a row; *retired* says since when it is gone
    for good, *paused* since when the user wants it left alone. Times are ISO 8601
    in UTC.
    """

    id: int
    kind: Kind
    address: str
    name: str | None = None
    title: str | None = None
    topics: tuple[str, ...] = ()
    added: str = ""
    etag: str | None = None
    last_modified: str | None = None
    checked: str | None = None
    succeeded: str | None = None
    articles: int = 0
    failures: tuple[Failure, ...] = ()
    full_text: FullText = FullText.AUTO
    interval: int | None = None
    period: int | None = None
    due: str | None = None
    held: str | None = None
    failing: int = 0
    retired: str | None = None
    revisit: bool = True
    skips: tuple[int, ...] = ()
    paused: str | None = None

    @property
    def label(self) -> str:
        """The shortest honest name: the user's, else its own, else the address."""
        return self.name or self.title or self.address

    def as_json(self) -> dict[str, object]:
        """The source as JSON values, for ``morgue sources --json``."""
        return {
            "id": self.id,
            "kind": str(self.kind),
            "address": self.address,
            "name": self.name,
            "title": self.title,
            "topics": list(self.topics),
            "articles": self.articles,
            "full_text": str(self.full_text),
            "interval": self.interval,
            "revisit": self.revisit,
            "added": self.added,
            "checked": self.checked,
            "succeeded": self.succeeded,
            "period": self.period,
            "due": self.due,
            "held": self.held,
            "failing": self.failing,
            "retired": self.retired,
            "paused": self.paused,
            "failures": [
                {"address": f.address, "reason": f.reason, "since": f.since, "last": f.last}
                for f in self.failures
            ],
        }
