"""A segment's file: its arrays one after the other, to be mapped into memory as they are.

::

    preamble      magic (8 bytes), version, length of the description, checksum of both parts
    description   JSON: how many bytes of arrays; name, type, length and offset of each
    arrays        from a multiple of 64 bytes on, each at a multiple of 64, little-endian
    checksums     CRC-32 of each block of 64 KiB of the arrays
    seal          CRC-32 over the description's checksum and the checksums

Numbers outside the arrays are unsigned, of four bytes, little-endian. The seal
speaks for the whole file, so whoever knows it (the manifest) knows the file.
Columns, dictionaries and where postings begin are checked as the file is opened;
the postings themselves, nine tenths of it, when each is first read.
"""

import json
import mmap
import struct
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, Final, Protocol
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from archive.errors import IndexDamaged
from indexer.whoosh_engine.checked import BLOCK, Blocks, Guarded
from indexer.whoosh_engine.segment import Bounds, Forms, Keyword, Part, Segment, Strings

VERSION: Final = 1
EXTENSION: Final = ".arr"

_MAGIC: Final = b"MORGUE\x1a\n"
_PREAMBLE: Final = struct.Struct("<8sIII")
_NUMBER: Final = struct.Struct("<I")
_ALIGNMENT: Final = 64
_COLUMNS: Final = ("ids", "by_id", "moments", "first_days", "last_days", "months")
_LISTS: Final = ("ids", "frequencies", "positions")
_OF_A_PART: Final = (
    *("stem_starts", "starts", "wide_at", "wide", "position_starts", "lengths"),
    *_LISTS,
)


class Output(Protocol):
    """Where bytes are written."""

    def write(self, data: Any, /) -> object:
        """Write *data*, bytes-like."""


@dataclass(frozen=True, slots=True)
class Seal:
    """What a whole file is known by: its *size* in bytes and its *checksum*."""

    size: int
    checksum: int


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an array is: *offset* counts bytes from the first array."""

    name: str
    dtype: str
    length: int
    offset: int

    @property
    def stop(self) -> int:
        return self.offset + self.length * np.dtype(self.dtype).itemsize


def write(segment: Segment, file: Output) -> Seal:
    """Write *segment* to *file*, which is at its beginning, and return its seal."""
    # What is checked on opening stands together, and is read in one go.
    arrays = sorted(_arrays(segment), key=lambda named: _checked_late(named[0]))
    places = list(_places(arrays))
    size = places[-1].stop
    described = json.dumps(
        {"size": size, "arrays": [[p.name, p.dtype, p.length, p.offset] for p in places]}
    ).encode()
    begin = _PREAMBLE.pack(_MAGIC, VERSION, len(described), _sum_of(VERSION, described))
    file.write(begin + described + bytes(-(len(begin) + len(described)) % _ALIGNMENT))
    summed = _Summed(file)
    for place, (_, array) in zip(places, arrays, strict=True):
        summed.write(bytes(place.offset - summed.written))
        summed.write(array.view(np.uint8) if len(array) else b"")
    sums = summed.sums()
    seal = crc32(sums, _sum_of(VERSION, described))
    file.write(sums + _NUMBER.pack(seal))
    return Seal(_aligned(len(begin) + len(described)) + size + len(sums) + _NUMBER.size, seal)


def save(segment: Segment, path: Path) -> Seal:
    """Write *segment* to a file and return its seal; nothing is synced."""
    with path.open("wb") as file:
        return write(segment, file)


def load(path: Path, seal: Seal | None = None) -> Segment:
    """Map the segment in *path*, named as the file is without its ending.

    Raises OSError when the file cannot be opened; IndexDamaged when it is not what
    was written, or, with a *seal*, not the file that had that seal.
    """
    mapped = _Mapped(path, seal)
    for place in mapped.places.values():
        if not _checked_late(place.name):
            mapped.blocks.check(place.offset, place.stop)
    return Segment(
        name=path.name.removesuffix(EXTENSION),
        **{name: mapped.array(name) for name in _COLUMNS},
        parts={name: _part(mapped, f"part.{name}.") for name in mapped.names("part")},
        keywords={name: _keyword(mapped, f"keyword.{name}.") for name in mapped.names("keyword")},
        file=mapped.blocks,
    )


def damages(path: Path, seal: Seal | None = None) -> Iterator[IndexDamaged]:
    """Yield what is wrong with the file in *path*: all of it is read."""
    try:
        mapped = _Mapped(path, seal)
    except OSError as error:
        yield IndexDamaged(f"cannot be read ({error.strerror})", str(path))
    except IndexDamaged as error:
        yield error
    else:
        damaged = ", ".join(map(str, mapped.blocks.damaged()))
        if damaged:
            yield IndexDamaged(f"is damaged: not what was written: block {damaged}", str(path))


class _Summed:
    """Writes to *file* and sums up each block."""

    def __init__(self, file: Output) -> None:
        self._file = file
        self._sums: list[int] = []
        self._sum = 0
        self.written = 0

    def write(self, data: Any) -> None:
        view = memoryview(data)
        self._file.write(view)
        while len(view):
            piece = view[: BLOCK - self.written % BLOCK]
            self._sum = crc32(piece, self._sum)
            self.written += len(piece)
            view = view[len(piece) :]
            if self.written % BLOCK == 0:
                self._end()

    def sums(self) -> bytes:
        """The checksums of all blocks, the last of which may be short."""
        if self.written % BLOCK:
            self._end()
        return np.array(self._sums, dtype="<u4").tobytes()

    def _end(self) -> None:
        self._sums.append(self._sum)
        self._sum = 0


class _Mapped:
    """A file as it is mapped: where its arrays are, and its blocks."""

    def __init__(self, path: Path, seal: Seal | None) -> None:
        self._where = str(path)
        with path.open("rb") as file:
            begin = file.read(_PREAMBLE.size)
            if len(begin) < _PREAMBLE.size:
                raise self._damaged("it is cut short")
            magic, version, length, expected = _PREAMBLE.unpack(begin)
            if magic != _MAGIC:
                raise self._damaged("it is no segment of Morgue's")
            if version != VERSION:
                raise IndexDamaged("was written by another version of Morgue", self._where)
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        described = self._map[_PREAMBLE.size : _PREAMBLE.size + length]
        if _sum_of(version, described) != expected:
            raise self._damaged("its description is not what was written")
        description = json.loads(described)
        self.places = {place[0]: _Place(*place) for place in description["arrays"]}
        size = description["size"]
        self._begin = _aligned(_PREAMBLE.size + length)
        blocks = -(-size // BLOCK)
        end = self._begin + size + 4 * blocks
        if len(self._map) != end + _NUMBER.size:
            raise self._damaged("it is cut short, or goes on after its end")
        sums = self._map[self._begin + size : end]
        (found,) = _NUMBER.unpack_from(self._map, end)
        if crc32(sums, expected) != found:
            raise self._damaged("its checksums are not what was written")
        if seal is not None and seal != Seal(len(self._map), found):
            raise self._damaged("it is another file than the one that was written")
        data = memoryview(self._map)[self._begin : self._begin + size]
        self.blocks = Blocks(data, np.frombuffer(sums, dtype="<u4"), self._where)

    def names(self, kind: str) -> list[str]:
        """The names of the parts, or keywords, in their order."""
        found = (name.split(".") for name in self.places if name.startswith(f"{kind}."))
        return list(dict.fromkeys(name[1] for name in found))

    def array(self, name: str) -> NDArray[Any]:
        place = self.places[name]
        return np.frombuffer(
            self._map, dtype=place.dtype, count=place.length, offset=self._begin + place.offset
        )

    def guarded(self, name: str) -> Guarded:
        return Guarded(self.array(name), self.blocks, self.places[name].offset)

    def text(self, name: str) -> memoryview:
        place = self.places[name]
        return memoryview(self._map)[self._begin + place.offset : self._begin + place.stop]

    def _damaged(self, how: str) -> IndexDamaged:
        return IndexDamaged(f"is damaged: {how}", self._where)


def _checked_late(name: str) -> bool:
    """Whether an array is checked as it is read, not as the file is opened."""
    return name.startswith("part.") and name.rsplit(".", 1)[1] in _LISTS


def _sum_of(version: int, described: bytes) -> int:
    return crc32(described, crc32(_MAGIC + _NUMBER.pack(version) + _NUMBER.pack(len(described))))


def _aligned(offset: int) -> int:
    return offset + -offset % _ALIGNMENT


def _places(arrays: list[tuple[str, NDArray[Any]]]) -> Iterator[_Place]:
    offset = 0
    for name, array in arrays:
        place = _Place(name, array.dtype.str, len(array), offset)
        yield place
        offset = _aligned(place.stop)


def _arrays(segment: Segment) -> Iterator[tuple[str, NDArray[Any]]]:
    """All arrays of *segment* with their names, contiguous and little-endian."""
    named = chain(
        ((name, getattr(segment, name)) for name in _COLUMNS),
        *(_of_part(f"part.{name}.", part) for name, part in segment.parts.items()),
        *(_of_keyword(f"keyword.{name}.", word) for name, word in segment.keywords.items()),
    )
    for name, array in named:
        yield name, np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))


def _of_part(prefix: str, part: Part) -> Iterator[tuple[str, Any]]:
    yield f"{prefix}forms.text", _bytes(part.forms.strings.text)
    yield f"{prefix}forms.starts", part.forms.strings.starts
    yield f"{prefix}forms.entries", part.forms.entries
    yield f"{prefix}stems.text", _bytes(part.stems.text)
    yield f"{prefix}stems.starts", part.stems.starts
    for kind in ("sentences", "paragraphs"):
        bounds: Bounds = getattr(part, kind)
        yield f"{prefix}{kind}.starts", bounds.starts
        yield f"{prefix}{kind}.at", bounds.at
    for name in _OF_A_PART:
        yield f"{prefix}{name}", getattr(part, name)


def _part(mapped: _Mapped, prefix: str) -> Part:
    def strings(name: str) -> Strings:
        return Strings(mapped.text(f"{prefix}{name}.text"), mapped.array(f"{prefix}{name}.starts"))

    def bounds(name: str) -> Bounds:
        return Bounds(mapped.array(f"{prefix}{name}.starts"), mapped.array(f"{prefix}{name}.at"))

    read: Mapping[bool, Callable[[str], Any]] = {True: mapped.guarded, False: mapped.array}
    return Part(
        forms=Forms(strings("forms"), mapped.array(f"{prefix}forms.entries")),
        stems=strings("stems"),
        sentences=bounds("sentences"),
        paragraphs=bounds("paragraphs"),
        **{name: read[name in _LISTS](f"{prefix}{name}") for name in _OF_A_PART},
    )


def _of_keyword(prefix: str, keyword: Keyword) -> Iterator[tuple[str, Any]]:
    yield f"{prefix}values", _bytes(json.dumps(keyword.values, ensure_ascii=False).encode())
    yield f"{prefix}set_starts", keyword.set_starts
    yield f"{prefix}set_values", keyword.set_values
    yield f"{prefix}codes", keyword.codes


def _keyword(mapped: _Mapped, prefix: str) -> Keyword:
    return Keyword(
        values=tuple(json.loads(bytes(mapped.text(f"{prefix}values")))),
        set_starts=mapped.array(f"{prefix}set_starts"),
        set_values=mapped.array(f"{prefix}set_values"),
        codes=mapped.array(f"{prefix}codes"),
    )


def _bytes(text: Any) -> NDArray[np.uint8]:
    return np.frombuffer(text, dtype=np.uint8)
