"""A generation as it lies in the folder: read, with the segments it shares with one before."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from whoosh.filedb.filestore import RamStorage
from whoosh.index import TOC

from archive.errors import REBUILD, IndexDamaged, SearchIndexError
from indexer.engine import Checkpoint
from indexer.whoosh_engine import files, layout, manifest
from indexer.whoosh_engine.codec import INDEX, ArraySegment
from indexer.whoosh_engine.layout import Seal
from indexer.whoosh_engine.leaf import Leaf


@dataclass(frozen=True, slots=True)
class Member:
    """A segment of a generation: how Whoosh knows it, what it holds, and the seal of its file."""

    known_as: ArraySegment
    leaf: Leaf
    seal: Seal


@dataclass(frozen=True, slots=True)
class Generation:
    """One commit: its *number*, Whoosh's *schema* with the checkpoint, and its segments."""

    number: int
    schema: Any
    members: tuple[Member, ...]

    @property
    def checkpoint(self) -> Checkpoint | None:
        """How far it has come; None where nothing was ever applied."""
        found: Checkpoint | None = self.schema.checkpoint
        return found

    @property
    def leaves(self) -> tuple[Leaf, ...]:
        """Its segments as they are read."""
        return tuple(member.leaf for member in self.members)


def newest(folder: Path, known: Generation | None = None) -> Generation:
    """Return the newest generation in *folder*; of *known*, segments are taken that are in both.

    Raises SearchIndexError when there is none, IndexDamaged when some of it is
    missing, wrong, or of another version of Morgue.
    """
    return files.steadily(folder, lambda: _read(folder, files.generation(folder), known))


def damages(folder: Path) -> Iterator[IndexDamaged]:
    """Yield what is wrong with the newest generation in *folder*: all of it is read."""
    number = files.generation(folder)
    try:
        listed = manifest.read(folder, number)
        _table(folder, number, listed)
    except IndexDamaged as error:
        yield error
    else:
        for name, seal in listed.segments.items():
            yield from layout.damages(folder / name, seal)


def _read(folder: Path, number: int, known: Generation | None) -> Generation:
    if number < 0:
        raise SearchIndexError("cannot be opened: there is no index in it", str(folder), REBUILD)
    listed = manifest.read(folder, number)
    toc = _table(folder, number, listed)
    if {segment.file for segment in toc.segments} != listed.segments.keys():
        raise IndexDamaged("is damaged: its segments are not those of its list", str(folder))
    before = {m.known_as.name: m for m in known.members} if known else {}
    return Generation(
        number,
        toc.schema,
        tuple(
            _member(folder, segment, listed.segments[segment.file], before.get(segment.name))
            for segment in toc.segments
        ),
    )


def _member(folder: Path, segment: ArraySegment, seal: Seal, before: Member | None) -> Member:
    path = folder / segment.file
    if before is not None and before.seal == seal:
        if before.known_as.deleted_count() == segment.deleted_count():
            # What is deleted in a segment only ever grows.
            return before
        arrays = before.leaf.segment
    else:
        try:
            arrays = layout.load(path, seal)
        except FileNotFoundError:
            raise IndexDamaged("is damaged: a file is missing", str(path)) from None
    if arrays.count != segment.doc_count_all():
        raise IndexDamaged("is damaged: it has other documents", str(path))
    return Member(segment, Leaf(arrays, segment.deleted), seal)


def _table(folder: Path, number: int, listed: manifest.Manifest) -> TOC:
    """Whoosh's table of contents, once it was found to be the one that was written."""
    data = manifest.table(folder, number, listed)
    memory = RamStorage()
    memory.files[manifest.table_of(number)] = data
    try:
        return TOC.read(memory, INDEX, gen=number)
    except Exception as error:
        # It is what was written, but names what this version of Morgue does not have.
        raise IndexDamaged("was built by another version of Morgue", str(folder)) from error
