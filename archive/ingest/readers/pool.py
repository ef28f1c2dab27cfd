"""A pool of reading processes, started when there is work for them and replaced when lost."""

import os
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from queue import LifoQueue
from types import TracebackType
from typing import TYPE_CHECKING, Self, cast

from archive.errors import FormatError
from archive.ingest.compose import Composed, Composer
from archive.ingest.formats.inputs import Found
from archive.ingest.item import Item
from archive.ingest.readers.ahead import ahead
from archive.ingest.readers.reading import ComposerOf, not_composed
from archive.ingest.readers.work import (
    Bounds,
    FeedTask,
    FileTask,
    LinksTask,
    ListTask,
    PageTask,
    Task,
)
from archive.ingest.readers.worker import Lost, Worker

if TYPE_CHECKING:
    from archive.ingest.discover import Candidate
    from archive.ingest.feeds import Feed
    from archive.ingest.opml import Listed

_MOST_LOST = 10
_BOUNDS = Bounds()


class Pool:
    """Reads in child processes, at most *processes* of them (0: one for each processor).

    Used as a context; its end ends the children. None is started before there
    is work, nor a second one before the first is busy. Each call waits for a
    free child, so work goes on side by side when several threads call.
    """

    def __init__(self, processes: int = 0, bounds: Bounds = _BOUNDS) -> None:
        self.processes = processes or _processors()
        # The last one used comes first: those never needed are never started.
        self._free: LifoQueue[Worker | None] = LifoQueue()
        self._workers: set[Worker] = set()
        self._bounds = bounds
        self._closed = False
        for _ in range(self.processes):
            self._free.put(None)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End all children, whatever they are at."""
        self._closed = True
        for worker in list(self._workers):
            worker.close()

    @property
    def pids(self) -> list[int]:
        """The process ids of the children."""
        return sorted(worker.pid for worker in list(self._workers))

    def feed(
        self, data: bytes, url: str, content_type: str = "", composer: Composer | None = None
    ) -> "Feed":
        """See `Readers`. A feed that passes a bound is a FormatError."""
        (feed,) = self._ask(FeedTask(data, url, content_type, composer))
        return cast("Feed", feed)

    def feeds_named(self, data: bytes, url: str) -> "list[Candidate]":
        """See `Readers`. A page that passes a bound is a FormatError."""
        (named,) = self._ask(LinksTask(data, url))
        return cast("list[Candidate]", named)

    def listed(self, data: bytes, where: str) -> "Listed":
        """See `Readers`. A list that passes a bound is a FormatError."""
        (found,) = self._ask(ListTask(data, where))
        return cast("Listed", found)

    def page(self, data: bytes, key: str, url: str) -> Item:
        """See `Readers`. A page that passes a bound is a FormatError."""
        (item,) = self._ask(PageTask(data, key, url))
        return cast(Item, item)

    def files(
        self,
        paths: Iterable[Path],
        columns: Mapping[str, str],
        composer_of: ComposerOf = not_composed,
    ) -> Generator[Iterator[Found | Composed], None, None]:
        """See `Readers`. A record that passes a bound is a FormatError in its place."""
        columns = dict(columns)

        def read(path: Path) -> Iterator[Found | Composed]:
            return self._file(FileTask(path, columns, composer=composer_of(path)))

        with closing(ahead(read, paths, self.processes)) as streams:
            for stream in streams:
                yield _numbered(stream)

    def _file(self, task: FileTask) -> Iterator[Found | Composed]:
        """Yield what a file holds; after a record that cost the child its life, the ones after."""
        for _ in range(_MOST_LOST):
            try:
                yield from cast(Iterator[Found | Composed], self._ask(task))
            except Lost as error:
                if not error.number:
                    raise
                yield FormatError(error.reason, error.where)
                task = replace(task, skip=error.number)
            else:
                return
        raise FormatError(f"is not read on: {_MOST_LOST} records could not be borne", task.where)

    def _ask(self, task: Task) -> Iterator[object]:
        worker = self._free.get()
        try:
            if worker is not None and not worker.alive:
                self._discard(worker)
                worker = None
            if worker is None:
                worker = Worker(self._bounds)
                self._workers.add(worker)
                if self._closed:
                    worker.close()
            yield from worker.ask(task)
        finally:
            if worker is not None and not worker.idle:
                self._discard(worker)
                worker = None
            self._free.put(worker)

    def _discard(self, worker: Worker) -> None:
        worker.close()
        self._workers.discard(worker)


def _numbered(found: Iterator[Found | Composed]) -> Iterator[Found | Composed]:
    from archive.ingest import files

    yield from files.numbered(found)


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
