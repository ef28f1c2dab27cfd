"""Files read ahead: by several threads, given out in order, and never too much of it held."""

import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from archive.ingest.compose import Composed
from archive.ingest.formats.inputs import MIB, Found
from archive.ingest.item import Item

_HELD = 8 * MIB
"""Bytes of one file's items that wait to be taken; one item is always let through."""
_FILES = 8
"""Files that each thread may be ahead."""


class _Stream:
    """What one file holds, from the thread that reads it to the one that takes it."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._found: deque[Found | Composed] = deque()
        self._held = 0
        self._error: BaseException | None = None
        self._done = False
        self._dropped = False

    def fill(self, source: Iterator[Found | Composed]) -> None:
        """Take all from *source*, waiting while too much is held."""
        error: BaseException | None = None
        try:
            for found in source:
                with self._changed:
                    self._changed.wait_for(lambda: self._held < _HELD or self._dropped)
                    if self._dropped:
                        break
                    self._found.append(found)
                    self._held += _weight(found)
                    self._changed.notify()
        except BaseException as raised:
            error = raised
        finally:
            if isinstance(source, Generator):
                source.close()
            with self._changed:
                self._error = error
                self._done = True
                self._changed.notify()

    def drop(self) -> None:
        """Want no more."""
        with self._changed:
            self._dropped = True
            self._changed.notify()

    def taken(self) -> Iterator[Found | Composed]:
        """Yield all that comes; raise at its end what reading raised."""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._found or self._done)
                if not self._found:
                    break
                found = self._found.popleft()
                self._held -= _weight(found)
                self._changed.notify()
            yield found
        if self._error is not None:
            raise self._error


def ahead(
    read: Callable[[Path], Iterator[Found | Composed]], paths: Iterable[Path], threads: int
) -> Generator[Iterator[Found | Composed], None, None]:
    """Yield what *read* gives for each of *paths*, in their order, read on *threads* threads."""
    waiting = iter(paths)
    streams: deque[_Stream] = deque()
    with ThreadPoolExecutor(threads, thread_name_prefix="read") as executor:

        def start() -> None:
            for path in waiting:
                stream = _Stream()
                executor.submit(stream.fill, read(path))
                streams.append(stream)
                return

        try:
            for _ in range(threads * _FILES):
                start()
            while streams:
                yield streams[0].taken()
                # What was not taken by now never will be.
                streams.popleft().drop()
                start()
        finally:
            for stream in streams:
                stream.drop()
            executor.shutdown(wait=False, cancel_futures=True)


def _weight(found: Found | Composed) -> int:
    if isinstance(found, Composed):
        return 2 * _weight(found.item)
    if isinstance(found, Item):
        return len(found.original) + 4 * len(found.text) + 1000
    return 1000
