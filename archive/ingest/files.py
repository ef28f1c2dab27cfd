"""Files and folders: what lies there, what changed, and the articles in it."""

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from archive.errors import IngestError
from archive.ingest.formats import inputs, registry
from archive.ingest.formats.inputs import read_every_record
from archive.ingest.item import Item

ENDINGS = registry.ENDINGS
_NO_COLUMNS: Mapping[str, str] = {}
_Each = TypeVar("_Each")


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


def accepts(path: Path) -> bool:
    """Whether a file is looked at: its ending is known, or it has none and its content is."""
    if not registry.accepts(path.name):
        return False
    if path.name.lower().endswith(ENDINGS):
        return True
    try:
        with path.open("rb") as stream:
            return registry.recognise(stream.read(registry.HEAD), path.name) is not None
    except OSError:
        # Reading it will say why it cannot be read.
        return True


def walk(root: Path, on_error: Callable[[str, str], None]) -> Iterator[Found]:
    """Yield the readable files at or below *root*, in a steady order.

    Hidden files and folders, unknown endings, and files without an ending that
    are in no known format are passed over. A folder that cannot be listed is
    reported through *on_error* as (address, reason).
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
            if name.startswith(".") or not registry.accepts(name):
                continue
            try:
                stat = path.stat()
            except OSError as error:
                on_error(key(path), f"cannot be read: {error.strerror}")
                continue
            # A pipe without an ending would be waited for.
            if path.is_file() and accepts(path):
                yield Found(path, _stamp(stat))


def read(path: Path, columns: Mapping[str, str] = _NO_COLUMNS) -> Iterator[inputs.Found]:
    """Yield the articles in one file; a FormatError in the place of one that cannot be read.

    A file that is one article gives an item whose key is the file's; articles
    in a container have keys of their own, ``PATH!KEY``. Raises IngestError,
    naming the file, where reading must end. *columns* are the user's names of
    columns in tables and records.
    """
    yield from numbered(found(path, columns))


def numbered(every: Iterable[_Each]) -> Iterator[_Each]:
    """Yield *every*; two records of one name are told apart by their order."""
    times: Counter[str] = Counter()
    for one in every:
        if isinstance(one, Item):
            times[one.key] += 1
            number = times[one.key]
            yield one if number == 1 else replace(one, key=f"{one.key}#{number}")
        else:
            yield one


def found(
    path: Path,
    columns: Mapping[str, str],
    begin: Callable[[str], bool] = read_every_record,
) -> Iterator[inputs.Found]:
    """As `read`, records of one name not yet told apart.

    *begin* is called where a record of a container begins, with its name, and
    says whether it is to be read.
    """
    where = key(path)
    try:
        with path.open("rb") as stream:
            if os.fstat(stream.fileno()).st_size > inputs.CONTAINER:
                raise IngestError("is larger than 4 GiB", where)
            name = path.name.lower()
            place = inputs.Input(
                where, path.as_uri(), name, stream, registry.ALL, columns, begin=begin
            )
            for one in registry.read(place):
                if one is not inputs.PASSED:
                    yield one
    except OSError as error:
        raise IngestError(f"cannot be read: {error.strerror}", where) from error


def _stamp(stat: os.stat_result) -> str:
    return f"{stat.st_mtime_ns}:{stat.st_size}"
