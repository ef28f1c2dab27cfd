"""What changing sources takes beside the store: a fetcher, readers, and a run of its own.

The web floor keeps what is uploaded, but never writes to the index: the front door hands
in how a process that does is started.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, cast

import msgspec
from flask import current_app

from archive.settings import Settings

if TYPE_CHECKING:
    from archive.ingest.fetch import Fetcher
    from archive.ingest.readers.reading import Readers
    from archive.ingest.topics.inference import Infer

PATIENCE: Final = 20.0
"""Seconds that looking for a feed may take, for somebody waits."""
_LONGEST_FETCH: Final = 15.0


def _vocabulary() -> "Infer":
    from archive.ingest.topics import vocabulary

    return vocabulary.infer


@dataclass(frozen=True, slots=True)
class Intake:
    """How the outside is asked, and what came in is read.

    *start* begins an update of the source with an address in a process of its own; it
    says whether one was begun. *infer* gives what suggests topics.
    """

    settings: Settings = field(default_factory=Settings)
    version: str = ""
    start: Callable[[str], bool] = lambda _address: False
    infer: "Callable[[], Infer]" = _vocabulary

    # The parsers and the HTTP client are imported where a form asks for them: most pages
    # never do.

    def fetcher(self) -> "Fetcher":
        """Return what asks servers, with less patience than a run by cron has."""
        from archive.ingest.fetch import Fetcher

        asked = self.settings.fetch
        hasty = msgspec.structs.replace(asked, timeout=min(asked.timeout, _LONGEST_FETCH))
        return Fetcher(hasty, self.version)

    def readers(self) -> "AbstractContextManager[Readers]":
        """Give those who read feeds, pages and files, in processes of their own."""
        from archive.ingest.readers.pool import Pool

        return Pool(self.settings.ingest.processes)


def intake() -> Intake:
    """Return the intake of the app at work."""
    return cast(Intake, current_app.extensions["intake"])
