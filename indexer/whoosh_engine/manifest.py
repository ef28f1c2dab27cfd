"""What a generation is made of, by name, size and checksum: its table of contents, its segments.

A manifest is written before its table of contents and read before it: Whoosh's
tables are pickles, and none is read that is not the one that was written. It is
two lines: JSON, and the CRC-32 of that in hexadecimal.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from zlib import crc32

from archive.errors import IndexDamaged
from indexer.whoosh_engine.codec import INDEX
from indexer.whoosh_engine.layout import Seal


@dataclass(frozen=True, slots=True)
class Manifest:
    """The seals of a generation's *table* of contents, and of the files of its *segments*."""

    table: Seal
    segments: Mapping[str, Seal]


def name_of(generation: int) -> str:
    """Return the name of the manifest of *generation*."""
    return f"_{INDEX}_{generation}.sums"


def table_of(generation: int) -> str:
    """Return the name of the table of contents of *generation*, as Whoosh has it."""
    return f"_{INDEX}_{generation}.toc"


def seal(data: bytes) -> Seal:
    """Return the seal of a small file with *data*."""
    return Seal(len(data), crc32(data))


def encode(manifest: Manifest) -> bytes:
    """Return *manifest* as it is written."""
    line = json.dumps(asdict(manifest)).encode()
    return line + f"\n{crc32(line):08x}\n".encode()


def read(folder: Path, generation: int) -> Manifest:
    """Return the manifest of *generation* in *folder*.

    Raises OSError when it cannot be read, IndexDamaged when it is missing or wrong.
    """
    path = folder / name_of(generation)
    try:
        line, sum_ = path.read_bytes().split(b"\n", 1)
        if sum_ != f"{crc32(line):08x}\n".encode():
            raise ValueError
    except FileNotFoundError:
        raise IndexDamaged(
            "has no checksums: it is damaged, or was built by another version of Morgue", str(path)
        ) from None
    except ValueError:
        raise IndexDamaged("is damaged: it is not what was written", str(path)) from None
    found = json.loads(line)
    return Manifest(
        table=Seal(**found["table"]),
        segments={name: Seal(**values) for name, values in found["segments"].items()},
    )


def table(folder: Path, generation: int, manifest: Manifest) -> bytes:
    """Return the table of contents of *generation*, which is the one in *manifest*.

    Raises OSError when it cannot be read, IndexDamaged when it is another.
    """
    path = folder / table_of(generation)
    data = path.read_bytes()
    if seal(data) != manifest.table:
        raise IndexDamaged("is damaged: it is not what was written", str(path))
    return data
