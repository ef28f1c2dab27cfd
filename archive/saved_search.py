"""Saved searches and the digests of what they found, as the store keeps them."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from archive.errors import UsageError

LONGEST_NAME: Final = 80


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """A search that somebody saved.

    *asked* is the request as JSON, in the words of whoever searches. Matches are
    numbered as they are found; those after *seen* are new to readers. *alert*: they
    belong in digests. *new* and *matches* count what is kept, *latest* is when the
    newest was found (ISO 8601). *stamp* and *seq* say as what, and over which state
    of the archive, it last ran.
    """

    id: int
    name: str
    asked: str
    made: str
    alert: bool = False
    seen: int = 0
    stamp: str = ""
    seq: int = -1
    new: int = 0
    matches: int = 0
    latest: str | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """An article that a saved search found, as its *number*-th, and when (ISO 8601)."""

    article_id: str
    number: int
    found: str


class DigestState(StrEnum):
    """Where a digest is on its way."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    GIVEN_UP = "given up"


@dataclass(frozen=True, slots=True)
class DigestPart:
    """What one saved search gives to a digest: its new matches, oldest first."""

    saved_id: int
    name: str
    asked: str
    article_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Digest:
    """New articles of all alerts at one time; *made* and *changed* are ISO 8601."""

    id: int
    made: str
    state: DigestState
    changed: str
    reason: str | None = None
    parts: tuple[DigestPart, ...] = ()


def checked_name(name: str) -> str:
    """Return *name* with single spaces. Raises UsageError for one that is empty or too long."""
    name = " ".join(name.split())
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        raise UsageError(
            f"a saved search needs a name of 1 to {LONGEST_NAME} characters",
            f"“{name[:LONGEST_NAME]}”",
        )
    return name
