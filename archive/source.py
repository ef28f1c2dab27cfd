"""Sources: the feeds, folders and files that articles come from."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What an address leads to."""

    FEED = "feed"
    FOLDER = "folder"
    FILE = "file"


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
class Source:
    """A feed, folder or file, what the user said of it, and how it last went.

    *name* and *topics* are the user's own; *title* is what the feed calls
    itself. Times are ISO 8601 in UTC.
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
            "added": self.added,
            "checked": self.checked,
            "succeeded": self.succeeded,
            "failures": [
                {"address": f.address, "reason": f.reason, "since": f.since, "last": f.last}
                for f in self.failures
            ],
        }
