"""What is asked of a reading process, and what it answers. Pickled, so kept plain."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from archive.errors import MorgueError


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one piece of work may take: a feed, a page, a file, a record of a container.

    *seconds* of processor time; *memory* in bytes, beyond what a reading process
    takes when it has nothing to do.
    """

    seconds: int = 20
    memory: int = 512 * 1024 * 1024

    @property
    def too_long(self) -> str:
        """What is said of work that takes more time."""
        return f"takes more than {self.seconds} s of CPU to read"

    @property
    def too_large(self) -> str:
        """What is said of work that takes more memory."""
        return f"takes more than {self.memory // 1024 // 1024} MiB of memory to read"


Begin = Callable[[str], bool]
"""Called where a record of a container begins, with its name: whether it is to be read."""


class Task(Protocol):
    """A piece of work; *where* names it in errors."""

    @property
    def where(self) -> str:
        """The address or path of what is read."""

    def results(self, begin: Begin) -> Iterator[object]:
        """Do it: yield what is found."""


@dataclass(frozen=True, slots=True)
class FeedTask:
    """Read a feed."""

    data: bytes
    url: str
    content_type: str

    @property
    def where(self) -> str:
        """The feed's address."""
        return self.url

    def results(self, begin: Begin) -> Iterator[object]:  # noqa: ARG002 - one piece
        """Yield the feed."""
        # The parent, which has this module too, needs none of the parsers.
        from archive.ingest import feeds

        yield feeds.read(self.data, self.url, self.content_type)


@dataclass(frozen=True, slots=True)
class PageTask:
    """Read a web page."""

    data: bytes
    key: str
    url: str

    @property
    def where(self) -> str:
        """The page's key."""
        return self.key

    def results(self, begin: Begin) -> Iterator[object]:  # noqa: ARG002 - one piece
        """Yield the page's item."""
        from archive.ingest import pages

        yield pages.read(self.data, self.key, self.url)


@dataclass(frozen=True, slots=True)
class FileTask:
    """Read a file: the records of a container that come after the first *skip*."""

    path: Path
    columns: Mapping[str, str]
    skip: int = 0

    @property
    def where(self) -> str:
        """The file's path as text."""
        from archive.ingest import files

        return files.key(self.path)

    def results(self, begin: Begin) -> Iterator[object]:
        """Yield the items, and the errors in the places of those that cannot be read."""
        from archive.ingest import files

        yield from files.found(self.path, self.columns, begin)


@dataclass(frozen=True, slots=True)
class Ready:
    """The child has started."""


@dataclass(frozen=True, slots=True)
class Begun:
    """The record of this *number* is about to be read."""

    number: int
    where: str


@dataclass(frozen=True, slots=True)
class Part:
    """One result of the task."""

    value: object


@dataclass(frozen=True, slots=True)
class End:
    """The task is done, or ended by *error*. A child that *retires* has grown and now leaves."""

    error: MorgueError | None = None
    retires: bool = False


Answer = Ready | Begun | Part | End
