"""The files in a zip (APPNOTE 6.3), unpacked one at a time and within bounds.

Nothing is written under a name that a zip gives: members lie in memory, larger
ones in nameless temporary files.
"""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from lzma import LZMAError
from pathlib import PurePosixPath
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast
from zipfile import BadZipFile, ZipFile, ZipInfo

from archive.errors import FormatError
from archive.ingest.formats.inputs import CONTAINER, MIB, RECORD, Input

_LONGEST_DIRECTORY = 32 * MIB
_END = b"PK\x05\x06"
_END_64 = b"PK\x06\x06"
_PIECE = 64 * 1024
# What inflates a hundredfold is made to; no text does.
_BOMB_SIZE, _BOMB_RATIO = 32 * MIB, 200
_BROKEN = (
    *(BadZipFile, zlib.error, LZMAError, EOFError, NotImplementedError, RuntimeError),
    *(OSError, ValueError, OverflowError),
)


@contextmanager
def opened(place: Input) -> Iterator[ZipFile]:
    """Open the zip in *place*. Raises FormatError for a broken one or one of too many members."""
    _check_directory(place)
    try:
        archive = ZipFile(place.stream)
    except _BROKEN as error:
        raise FormatError(f"is no readable zip: {error}", place.key) from error
    with archive:
        place.budget.spend(0, place.key, members=len(archive.infolist()))
        yield archive


def safe_name(info: ZipInfo) -> bool:
    """Whether a member's name stays inside the zip."""
    path = PurePosixPath(info.filename)
    return not (path.is_absolute() or ".." in path.parts or "\\" in info.filename)


def hidden(info: ZipInfo) -> bool:
    """Whether a member is a folder, hidden, or a system's own."""
    parts = PurePosixPath(info.filename).parts
    return info.is_dir() or any(
        (part.startswith(".") and not part.startswith("..")) or part == "__MACOSX"
        for part in parts
    )


@contextmanager
def unpacked(
    archive: ZipFile, info: ZipInfo, place: Input, limit: int = CONTAINER
) -> Iterator[BinaryIO]:
    """Unpack a member of *place*. Raises FormatError for what is broken, locked or a bomb."""
    where = f"{place.key}!{info.filename}"
    with SpooledTemporaryFile(max_size=RECORD) as copy:
        try:
            with archive.open(info) as member:
                size = 0
                while piece := member.read(_PIECE):
                    size += len(piece)
                    place.budget.spend(len(piece), place.key)
                    if size > limit:
                        raise FormatError(f"is larger than {limit // MIB} MiB", where)
                    if size > _BOMB_SIZE and size > _BOMB_RATIO * info.compress_size:
                        raise FormatError("unpacks beyond all measure: it is a zip bomb", where)
                    copy.write(piece)
        except _BROKEN as error:
            raise FormatError(f"cannot be unpacked: {error}", where) from error
        copy.seek(0)
        yield cast(BinaryIO, copy)


def content(archive: ZipFile, name: str, place: Input, limit: int = RECORD) -> bytes:
    """Return the bytes of one small member."""
    with unpacked(archive, archive.getinfo(name), place, limit) as stream:
        return stream.read()


def _check_directory(place: Input) -> None:
    """Refuse a list of members too long to be held, before it is read."""
    length = place.stream.seek(0, 2)
    place.stream.seek(max(0, length - _PIECE - 22))
    tail = place.stream.read()
    place.stream.seek(0)
    end = tail.rfind(_END)
    size = int.from_bytes(tail[end + 12 : end + 16], "little") if end >= 0 else 0
    if size == 0xFFFFFFFF and (end := tail.rfind(_END_64)) >= 0:
        size = int.from_bytes(tail[end + 40 : end + 48], "little")
    if size > _LONGEST_DIRECTORY:
        place.fail("is no readable zip: its list of files is too long")
