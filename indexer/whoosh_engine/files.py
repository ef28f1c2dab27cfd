"""The files of an index: which generation is the newest, who may write, and what nobody needs.

::

    MAIN_<segment>.arr        the arrays of a segment (`layout`)
    _MAIN_<generation>.sums   names, sizes and checksums of all files (`manifest`)
    _MAIN_<generation>.toc    Whoosh's table of contents: the commit is done when it is there

A commit then removes the files that only the generation before it needs.
"""

import os
import re
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, TypeVar

from whoosh.filedb.filestore import FileStorage
from whoosh.util.filelock import try_for

from archive.errors import Busy, SearchIndexError
from indexer.whoosh_engine.codec import INDEX

# How often reading is begun anew because a commit came between.
TRIES: Final = 10

_TOC: Final = re.compile(rf"_{INDEX}_(\d+)\.toc")
# Segments, tables of contents and manifests, whole or not; the lock is not among them.
_OURS: Final = re.compile(rf"{INDEX}_[0-9a-z]+\..+|_{INDEX}_\d+\..+")
_Result = TypeVar("_Result")


def generation(folder: Path) -> int:
    """Return the number of the newest commit in *folder*, or -1 where there is none."""
    try:
        names = os.listdir(folder)
    except FileNotFoundError:
        return -1
    return max((int(m[1]) for m in map(_TOC.fullmatch, names) if m), default=-1)


def extent(folder: Path) -> tuple[int, int]:
    """Return how many segments lie in *folder*, and the bytes of all files there."""
    segments = size = 0
    for path in folder.iterdir():
        with suppress(OSError):
            size += path.stat().st_size
            segments += path.suffix == ".arr"
    return segments, size


def steadily(folder: Path, read: Callable[[], _Result]) -> _Result:
    """Return what *read* gives, and begin anew where a commit took its files away.

    Whoosh looks for the newest generation first and then opens it; meanwhile a
    writer may have removed it. An error while no commit came is a true one.
    """
    for _ in range(TRIES):
        before = generation(folder)
        try:
            return read()
        except Exception:
            if generation(folder) == before:
                raise
    raise SearchIndexError("is changing too fast to be read", str(folder), "try again")


@contextmanager
def locked(folder: Path, wait: float = 2.0) -> Iterator[None]:
    """Hold Whoosh's lock for writing in *folder*.

    Raises Busy when *wait* seconds do not bring it. The operating system lets go
    of it when the process ends, however it ends.
    """
    lock = FileStorage(str(folder)).lock(f"{INDEX}_WRITELOCK")
    if not try_for(lock.acquire, timeout=wait, delay=0.05):
        raise Busy("another run is writing to the index", str(folder))
    try:
        yield
    finally:
        lock.release()


def sweep(folder: Path, kept: Collection[str]) -> None:
    """Remove all files of an index but *kept*: older generations, and what killed writers left.

    The caller holds the lock for writing. What cannot be removed stays for the next.
    """
    for path in folder.iterdir():
        if path.name not in kept and _OURS.fullmatch(path.name):
            with suppress(OSError):
                path.unlink()
