"""The corpora: where they lie, and how their files are opened."""

import lzma
import os
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import click
import msgspec

VARIABLE = "MORGUE_CORPORA"
T = TypeVar("T")


class NoCorpora(click.ClickException):
    """The corpora, or one of them, are not where they were said to be."""

    exit_code = 2


def root() -> Path:
    """Return the folder of the corpora. Raises NoCorpora where there is none."""
    named = os.environ.get(VARIABLE)
    if not named:
        raise NoCorpora(f"${VARIABLE} is not set: it names the folder of the corpora.")
    if not Path(named).is_dir():
        raise NoCorpora(f"${VARIABLE} names no folder: {named}")
    return Path(named)


def path(name: str) -> Path:
    """Return the path of a file or folder of the corpora. Raises NoCorpora without it."""
    found = root() / name
    if not found.exists():
        raise NoCorpora(f"${VARIABLE} holds no {name}")
    return found


def records(name: str, kind: type[T]) -> Iterator[T]:
    """Yield the lines of an ``.jsonl.xz`` file as *kind*."""
    decoder = msgspec.json.Decoder(kind)
    with lzma.open(path(name)) as lines:
        for line in lines:
            yield decoder.decode(line)


def unpack(name: str, folder: Path) -> list[Path]:
    """Unpack a ``.tar.xz`` into *folder*; return its files in a steady order."""
    with tarfile.open(path(name)) as archive:
        archive.extractall(folder, filter="data")
    return sorted(found for found in folder.rglob("*") if found.is_file())
