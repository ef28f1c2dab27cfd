"""What is asked of a reading process, and what it answers. Pickled, so kept plain."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from archive.errors import MorgueError
from archive.ingest.compose import Composed, Composer
from archive.ingest.item import Item

if TYPE_CHECKING:
    from archive.ingest.feeds import Entry, Feed

_MOST_COMPOSED: Final = 1000
"""Entries of a feed that are composed beside being read: the bound on time is for reading."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one piece of work may take: a feed, a page, a file, a record of a container.

    *seconds* of processor time, half of them where a server sent what is read, which
    has taken time to arrive; *memory* in bytes, beyond what a reading process takes
    when it has nothing to do.
    """

    seconds: int = 20
    memory: int = 512 * 1024 * 1024

    def seconds_for(self, task: "Task") -> int:
        """How long *task* may take."""
        sent = isinstance(task, FeedTask | LinksTask | PageTask)
        return max(1, self.seconds // 2) if sent else self.seconds

    def too_long(self, task: "Task") -> str:
        """What is said of *task* when it takes more time."""
        return f"takes more than {self.seconds_for(task)} s of CPU to read"

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

    def results(self, begin: Begin, /) -> Iterator[object]:
        """Do it: yield what is found."""


@dataclass(frozen=True, slots=True)
class FeedTask:
    """Read a feed, and compose its articles where a *composer* is given."""

    data: bytes
    url: str
    content_type: str
    composer: Composer | None = None

    @property
    def where(self) -> str:
        """The feed's address."""
        return self.url

    def results(self, _begin: Begin, /) -> Iterator[object]:
        """Yield the feed."""
        yield self.feed()

    def feed(self) -> "Feed":
        """Return the feed. Raises FormatError."""
        # The parent, which has this module too, needs none of the parsers.
        from archive.ingest import feeds

        feed = feeds.read(self.data, self.url, self.content_type)
        return feed if self.composer is None else _composed(feed, self.composer)


def _composed(feed: "Feed", composer: Composer) -> "Feed":
    composer = replace(composer, source=replace(composer.source, title=feed.title))

    def composed(entry: "Entry") -> "Entry":
        match composer.composed(entry.item):
            case Composed(_, article):
                return replace(entry, article=article)
        return entry

    first, rest = feed.entries[:_MOST_COMPOSED], feed.entries[_MOST_COMPOSED:]
    return replace(feed, entries=(*map(composed, first), *rest))


@dataclass(frozen=True, slots=True)
class LinksTask:
    """Look for the feeds that a web page names."""

    data: bytes
    url: str

    @property
    def where(self) -> str:
        """The page's address."""
        return self.url

    def results(self, _begin: Begin, /) -> Iterator[object]:
        """Yield the list of candidates."""
        from archive.ingest import discover

        yield discover.candidates(self.data, self.url)


@dataclass(frozen=True, slots=True)
class ListTask:
    """Read an OPML list."""

    data: bytes
    where: str

    def results(self, _begin: Begin, /) -> Iterator[object]:
        """Yield what is listed."""
        from archive.ingest import opml

        yield opml.read(self.data, self.where)


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

    def results(self, _begin: Begin, /) -> Iterator[object]:
        """Yield the page's item."""
        from archive.ingest import pages

        yield pages.read(self.data, self.key, self.url)


@dataclass(frozen=True, slots=True)
class FileTask:
    """Read a file: the records of a container that come after the first *skip*.

    What is alone in its file is composed where a *composer* is given. Much of what a
    container holds is known by its stamp, and would be composed for nothing.
    """

    path: Path
    columns: Mapping[str, str]
    skip: int = 0
    composer: Composer | None = None

    @property
    def where(self) -> str:
        """The file's path as text."""
        from archive.ingest import files

        return files.key(self.path)

    def results(self, begin: Begin) -> Iterator[object]:
        """Yield the items, and the errors in the places of those that cannot be read."""
        from archive.ingest import files

        for found in files.found(self.path, self.columns, begin):
            if self.composer and isinstance(found, Item) and found.key == self.where:
                yield self.composer.composed(found)
            else:
                yield found


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
