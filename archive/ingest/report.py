"""How one source went: what became of its articles, and what could not be read."""

from dataclasses import dataclass, field

from archive.ingest.decide import Outcome
from archive.source import Source


@dataclass
class SourceReport:
    """How one source went.

    *failures* are (address, reason) of a feed or of files that could not be
    read; *refused* likewise of single entries in a feed that is otherwise well;
    *unread* of pages that could not be had, for which the feed's own text stands;
    *still_failing* of files that an earlier run told of and that are as they were.
    *looked* counts pages that were looked at again, *looked_changed* those that had a
    correction; *missed* are (address, reason) of those that showed no article any more.
    *notes* are what else the user should know.
    """

    source: Source
    outcomes: dict[Outcome, int] = field(default_factory=lambda: dict.fromkeys(Outcome, 0))
    failures: list[tuple[str, str]] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    unread: list[tuple[str, str]] = field(default_factory=list)
    still_failing: list[tuple[str, str]] = field(default_factory=list)
    looked: int = 0
    looked_changed: int = 0
    missed: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether all of the source could be read."""
        return not self.failures
