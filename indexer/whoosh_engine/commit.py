"""Writing: a batch of changes, or a merge, becomes the next generation, or nothing does.

::

    changes → segments of the new and changed articles, deletions in the older ones
            → merges that are due → files, manifest, table of contents, each synced
            → files that only the generation before needed are removed

The commit is the rename of the table of contents. Whatever ends a writer before
it leaves the generation before as it was, and files that the next writer sweeps.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from whoosh.filedb.filestore import RamStorage
from whoosh.index import TOC

from archive.article import Article
from archive.store import Change
from indexer.analysis import Analyzer
from indexer.engine import Checkpoint
from indexer.whoosh_engine import files, generation, layout, manifest, policy, schema
from indexer.whoosh_engine.build import build
from indexer.whoosh_engine.codec import INDEX, ArraySegment, new_segment
from indexer.whoosh_engine.generation import Generation, Member
from indexer.whoosh_engine.leaf import Leaf
from indexer.whoosh_engine.merge import merge as merged
from indexer.whoosh_engine.segment import Documents, Segment
from indexer.whoosh_engine.storage import SyncedStorage

_MOST_AT_ONCE: Final = 2_500
_MOST_TEXT: Final = 12_000_000
"""How many articles, or characters, become a segment: building takes some 16 bytes for each."""


@dataclass(frozen=True, slots=True)
class _Draft:
    """A segment that has no file yet."""

    known_as: ArraySegment
    leaf: Leaf


def begin(folder: Path) -> None:
    """Make an index without articles in *folder*, unless there is one. Raises Busy, OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    with files.locked(folder):
        if files.generation(folder) < 0:
            _publish(folder, None, schema.schema(), [])


def apply(
    folder: Path,
    changes: Mapping[str, Change],
    checkpoint: Checkpoint,
    analyzer: Analyzer,
    known: Generation | None = None,
) -> None:
    """Commit *changes*, by the ids of the articles, and *checkpoint* with them.

    Segments open already are taken from *known*. Raises Busy, OSError, IndexDamaged.
    """
    with files.locked(folder):
        before = generation.newest(folder, known)
        files.sweep(folder, _files_of(before))
        keys = np.array(sorted(name.encode() for name in changes), dtype=np.bytes_)
        members: list[Member | _Draft] = []
        for member in before.members:
            left = _without(member, keys)
            # However many segments there are, they are not in memory together.
            member.leaf.segment.release()
            if left.leaf.count:
                members.append(left)
        members += _built(changes, analyzer)
        before.schema.checkpoint = checkpoint
        groups = policy.due(_sizes(members))
        _publish(folder, before, before.schema, _merged(members, groups))


def merge(folder: Path, known: Generation | None = None) -> None:
    """Commit the same articles in few segments. Raises Busy, OSError, IndexDamaged.

    Where there is nothing to merge, there is no commit.
    """
    with files.locked(folder):
        before = generation.newest(folder, known)
        files.sweep(folder, _files_of(before))
        groups = policy.full(_sizes(before.members))
        if groups:
            _publish(folder, before, before.schema, _merged(before.members, groups))


def _built(changes: Mapping[str, Change], analyzer: Analyzer) -> Iterator[_Draft]:
    for chunk in _chunks(changes):
        known_as = new_segment(len(chunk))
        yield _Draft(known_as, _whole(build(known_as.name, chunk, analyzer)))


def _chunks(changes: Mapping[str, Change]) -> Iterator[list[tuple[Article, str | None]]]:
    chunk: list[tuple[Article, str | None]] = []
    text = 0
    for change in changes.values():
        if change.article is not None:
            chunk.append((change.article, change.story))
            text += len(change.article.text)
            if len(chunk) == _MOST_AT_ONCE or text >= _MOST_TEXT:
                yield chunk
                chunk, text = [], 0
    if chunk:
        yield chunk


def _without(member: Member, keys: NDArray[np.bytes_]) -> Member:
    """The same segment without the articles with the ids *keys*."""
    gone = np.setdiff1d(_having(member.leaf.segment, keys), member.leaf.deleted)
    if not len(gone):
        return member
    known_as = member.known_as.without(gone.tolist())
    return Member(known_as, Leaf(member.leaf.segment, known_as.deleted), member.seal)


def _having(segment: Segment, keys: NDArray[np.bytes_]) -> Documents:
    """The documents with the ids *keys*."""
    at = np.searchsorted(segment.ids, keys, sorter=segment.by_id)
    documents = segment.by_id[np.minimum(at, segment.count - 1)]
    found: Documents = documents[segment.ids[documents] == keys]
    return found


def _sizes(members: Sequence[Member | _Draft]) -> list[policy.Size]:
    return [policy.Size(one.leaf.segment.count, one.leaf.count) for one in members]


def _merged(
    members: Sequence[Member | _Draft], groups: Sequence[policy.Group]
) -> Iterator[Member | _Draft]:
    """Yield *members*, those of each group as one in the place of its last."""
    into = {group[-1]: group for group in groups}
    gone = {i for group in groups for i in group}
    for i, member in enumerate(members):
        if i in into:
            leaves = [members[j].leaf for j in into[i]]
            known_as = new_segment(sum(leaf.count for leaf in leaves))
            yield _Draft(known_as, _whole(merged(known_as.name, leaves)))
        elif i not in gone:
            yield member


def _whole(segment: Segment) -> Leaf:
    return Leaf(segment, np.array([], dtype=np.uint16))


def _publish(
    folder: Path, before: Generation | None, contents: Any, members: Iterable[Member | _Draft]
) -> None:
    """Write the generation after *before*, all of it synced."""
    number = before.number + 1 if before else 0
    storage = SyncedStorage(str(folder))
    try:
        # One by one, and none held in a variable: what was merged is not in memory together.
        written = dict(map(partial(_written, storage), members))
        seals = {segment.file: seal for segment, seal in written.items()}
        table = _table(contents, list(written), number)
        listed = manifest.Manifest(manifest.seal(table), seals)
        storage.put(manifest.name_of(number), manifest.encode(listed))
        name = manifest.table_of(number)
        storage.put(f"{name}.unfinished", table)
        storage.rename_file(f"{name}.unfinished", name)
    except BaseException:
        if files.generation(folder) != number:
            files.sweep(folder, _files_of(before) if before else ())
        raise
    files.sweep(folder, _names(number, seals))


def _written(storage: SyncedStorage, member: Member | _Draft) -> tuple[ArraySegment, layout.Seal]:
    if isinstance(member, Member):
        return member.known_as, member.seal
    with storage.create_file(member.known_as.file) as file:
        return member.known_as, layout.write(member.leaf.segment, file)


def _table(contents: Any, segments: list[ArraySegment], number: int) -> bytes:
    """Whoosh's table of contents, with the checkpoint in the schema, as it is written."""
    memory = RamStorage()
    TOC(contents, segments, number).write(memory, INDEX)
    data: bytes = memory.files[manifest.table_of(number)]
    return data


def _files_of(known: Generation) -> frozenset[str]:
    return _names(known.number, [member.known_as.file for member in known.members])


def _names(number: int, segments: Collection[str]) -> frozenset[str]:
    return frozenset({manifest.name_of(number), manifest.table_of(number), *segments})
