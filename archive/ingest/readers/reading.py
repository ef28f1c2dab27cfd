"""What the pipeline asks of readers, and the readers that work in this process."""

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from archive.ingest.compose import Composed, Composer
from archive.ingest.formats.inputs import Found
from archive.ingest.item import Item
from archive.ingest.readers.work import FeedTask

if TYPE_CHECKING:
    from archive.ingest.discover import Candidate
    from archive.ingest.feeds import Feed
    from archive.ingest.opml import Listed


ComposerOf = Callable[[Path], Composer | None]
"""What composes the article in the file at a path, if it is to be composed where it is read."""


def not_composed(_path: Path) -> Composer | None:
    """Leave composing to whoever keeps what is read."""
    return None


class Readers(Protocol):
    """Those who read: bytes or files in, items out. Safe to share between threads.

    A feed's articles are composed, too, where a composer is given. Those of files are by
    readers elsewhere, side by side; else whoever keeps the items composes.
    """

    def feed(
        self, data: bytes, url: str, content_type: str = "", composer: Composer | None = None
    ) -> "Feed":
        """Read the feed that *url* answered with. Raises FormatError."""

    def feeds_named(self, data: bytes, url: str) -> "list[Candidate]":
        """Return the feeds that the page at *url* names. Raises FormatError."""

    def listed(self, data: bytes, where: str) -> "Listed":
        """Return the feeds in an OPML list, and (address, reason) of what is none. As above."""

    def page(self, data: bytes, key: str, url: str) -> Item:
        """Read a web page. Raises FormatError."""

    def files(
        self,
        paths: Iterable[Path],
        columns: Mapping[str, str],
        composer_of: ComposerOf = not_composed,
    ) -> Generator[Iterator[Found | Composed], None, None]:
        """Read files: yield, in their order, what each holds. Iterating raises IngestError.

        What a file holds must be taken before the next one is asked for.
        """


class Here:
    """Reads in this process, without bounds: for trusted input, tests and measurements."""

    def feed(
        self, data: bytes, url: str, content_type: str = "", composer: Composer | None = None
    ) -> "Feed":
        """See `Readers`."""
        return FeedTask(data, url, content_type, composer).feed()

    def feeds_named(self, data: bytes, url: str) -> "list[Candidate]":
        """See `Readers`."""
        from archive.ingest import discover

        return discover.candidates(data, url)

    def listed(self, data: bytes, where: str) -> "Listed":
        """See `Readers`."""
        from archive.ingest import opml

        return opml.read(data, where)

    def page(self, data: bytes, key: str, url: str) -> Item:
        """See `Readers`."""
        from archive.ingest import pages

        return pages.read(data, key, url)

    def files(
        self,
        paths: Iterable[Path],
        columns: Mapping[str, str],
        composer_of: ComposerOf = not_composed,  # noqa: ARG002 - whoever keeps them is here
    ) -> Generator[Iterator[Found | Composed], None, None]:
        """See `Readers`."""
        from archive.ingest import files

        for path in paths:
            yield files.read(path, columns)
