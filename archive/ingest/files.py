"""Files and folders: what lies there, what changed, and which reader takes it."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from archive.errors import FormatError, IngestError
from archive.ingest import markdown, pages, plain
from archive.ingest.item import Item

LARGEST = 20 * 1024 * 1024

Reader = Callable[[bytes, str, str], Item]

# One reader per format; adding a format is adding its endings here.
READERS: dict[str, Reader] = {
    ".txt": plain.read,
    ".text": plain.read,
    ".md": markdown.read,
    ".markdown": markdown.read,
    ".html": pages.read,
    ".htm": pages.read,
    ".xhtml": pages.read,
}


@dataclass(frozen=True, slots=True)
class Found:
    """A file that Morgue can read. *stamp* changes when the file does."""

    path: Path
    stamp: str

    @property
    def key(self) -> str:
        """The path as text; see `key`."""
        return key(self.path)


def key(path: Path) -> str:
    """Return *path* as text that can be kept, also where its bytes are not UTF-8."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def walk(root: Path, on_error: Callable[[str, str], None]) -> Iterator[Found]:
    """Yield the readable files at or below *root*, in a steady order.

    Hidden files and folders and unknown endings are passed over. A folder that
    cannot be listed is reported through *on_error* as (address, reason).
    """
    if root.is_file():
        yield Found(root, _stamp(root.stat()))
        return

    def report(error: OSError) -> None:
        on_error(key(Path(error.filename)), f"cannot be read: {error.strerror}")

    for folder, folders, names in os.walk(root, onerror=report):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(folder, name)
            if name.startswith(".") or path.suffix.lower() not in READERS:
                continue
            try:
                stat = path.stat()
            except OSError as error:
                on_error(key(path), f"cannot be read: {error.strerror}")
                continue
            yield Found(path, _stamp(stat))


def read(path: Path) -> Item:
    """Read one file. Raises IngestError, naming the file, when that fails."""
    reader = READERS.get(path.suffix.lower())
    where = key(path)
    if reader is None:
        known = ", ".join(READERS)
        raise FormatError("has an ending that Morgue does not read", where, f"it reads {known}")
    try:
        if path.stat().st_size > LARGEST:
            raise FormatError(f"is larger than {LARGEST // 1024 // 1024} MiB", where)
        data = path.read_bytes()
    except OSError as error:
        raise IngestError(f"cannot be read: {error.strerror}", where) from error
    return reader(data, where, path.as_uri())


def _stamp(stat: os.stat_result) -> str:
    return f"{stat.st_mtime_ns}:{stat.st_size}"
