"""A disk that loses power: what of the noted operations is left, at worst or at random.

What `faults.c` noted is replayed up to an operation. A file then has what it had when it was
last synced, a folder the names it had when it was last synced (POSIX promises no more: the name
of a new file lasts only once its folder is synced). Of what came later a real disk may have kept
any part: so each write, whole or some sectors of it, and each name may be kept as well.
"""

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Final

_HEAD: Final = struct.Struct("<IIIIQQQ")
_SECTOR: Final = 512


@dataclass(frozen=True, slots=True)
class Note:
    """An operation, or a mark: its *kind* is a letter of `faults.c`."""

    kind: str
    path: str
    other: str
    inode: int
    offset: int
    data: bytes


def read_notes(path: Path) -> Iterator[Note]:
    """Yield what was noted in the file at *path*."""
    data = memoryview(path.read_bytes())
    at = 0
    while at < len(data):
        kind, length, other, _, inode, offset, size = _HEAD.unpack_from(data, at)
        at += _HEAD.size
        names = bytes(data[at : at + length]), bytes(data[at + length : at + length + other])
        at += length + other
        has_data = chr(kind) in "wm"
        content = bytes(data[at : at + size]) if has_data else b""
        at += len(content)
        yield Note(chr(kind), os.fsdecode(names[0]), os.fsdecode(names[1]), inode, offset, content)


@dataclass(eq=False, slots=True)
class File:
    """A file: what of it is *synced*, and what was done to it since."""

    synced: bytes = b""
    later: list[tuple[int, bytes | None]] = field(default_factory=list)
    """(offset, data) written, or (length, None) cut."""


@dataclass(eq=False, slots=True)
class Folder:
    """A folder: the names that are *synced* in it, and as they are *now*."""

    synced: dict[str, "Node"] = field(default_factory=dict)
    now: dict[str, "Node"] = field(default_factory=dict)


Node = File | Folder


@dataclass(frozen=True, slots=True)
class Change:
    """What one operation did to names: (folder, name, what it means now), all or nothing."""

    names: tuple[tuple[Folder, str, Node | None], ...]


class Disk:
    """What lies below *root*, which was empty and durable when the first note was taken."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._top = Folder()
        self._inodes: dict[int, File] = {}
        self._later: list[Change] = []

    def take(self, note: Note) -> None:
        """Let the operation of *note* happen."""
        match note.kind:
            case "c":
                made = self._inodes[note.inode] = File()
                self._name((note.path, made))
            case "d":
                self._name((note.path, Folder()))
            case "w":
                self._inodes[note.inode].later.append((note.offset, note.data))
            case "t":
                self._inodes[note.inode].later.append((note.offset, None))
            case "r":
                self._name((note.path, None), (note.other, self._at(note.path)))
            case "u" | "x":
                self._name((note.path, None))
            case "s":
                self._sync(note)

    def _name(self, *names: tuple[str, Node | None]) -> None:
        changed = []
        for path, node in names:
            folder, name = self._place(path)
            changed.append((folder, name, node))
            _set(folder.now, name, node)
        self._later.append(Change(tuple(changed)))

    def _sync(self, note: Note) -> None:
        file = self._inodes.get(note.inode)
        if file is not None and not isinstance(self._at(note.path), Folder):
            file.synced, file.later = _content(file.synced, file.later), []
            return
        folder = self._at(note.path)
        assert isinstance(folder, Folder), note
        left = []
        for change in self._later:
            if any(where is folder for where, _, _ in change.names):
                for where, name, node in change.names:
                    _set(where.synced, name, node)
            else:
                left.append(change)
        self._later = left

    def _place(self, path: str) -> tuple[Folder, str]:
        folder, parts = self._top, Path(path).relative_to(self._root).parts
        for part in parts[:-1]:
            inner = folder.now[part]
            assert isinstance(inner, Folder), path
            folder = inner
        return folder, parts[-1]

    def _at(self, path: str) -> Node | None:
        if Path(path) == self._root:
            return self._top
        try:
            folder, name = self._place(path)
        except (KeyError, ValueError):
            return None
        return folder.now.get(name)

    def after_power_loss(self, random: Random | None = None) -> dict[str, bytes | None]:
        """Return path → content, None for a folder, of what is there when power is back.

        Without *random* nothing is left of what was not synced; else each part of it by chance.
        """
        names: dict[int, dict[str, Node]] = {}

        def of(folder: Folder) -> dict[str, Node]:
            return names.setdefault(id(folder), dict(folder.synced))

        # Now and then all of one kind is lost or kept: names without data, data without names.
        share = random.choice((0.0, 0.5, 0.5, 1.0)) if random else 0.0
        for change in self._later:
            if random and random.random() < share:
                for folder, name, node in change.names:
                    _set(of(folder), name, node)
        share = random.choice((0.0, 0.5, 0.5, 1.0)) if random else 0.0
        found: dict[str, bytes | None] = {}

        def walk(folder: Folder, path: str) -> None:
            for name, node in sorted(of(folder).items()):
                inner = f"{path}{name}"
                if isinstance(node, Folder):
                    found[inner] = None
                    walk(node, f"{inner}/")
                elif random:
                    found[inner] = _content(node.synced, _some(node.later, random, share))
                else:
                    found[inner] = node.synced

        walk(self._top, "")
        return found


def build(root: Path, found: dict[str, bytes | None]) -> None:
    """Lay out in *root*, an empty folder, what was *found*."""
    for path, content in found.items():
        if content is None:
            (root / path).mkdir()
        # What was mapped was not noted; the next to open the store makes it anew.
        elif not path.endswith("-shm"):
            (root / path).write_bytes(content)


def _set(names: dict[str, Node], name: str, node: Node | None) -> None:
    if node is None:
        names.pop(name, None)
    else:
        names[name] = node


def _content(synced: bytes, later: list[tuple[int, bytes | None]]) -> bytes:
    content = bytearray(synced)
    for offset, data in later:
        if data is None:
            del content[offset:]
            content += bytes(offset - len(content))
        else:
            content += bytes(max(0, offset - len(content)))
            content[offset : offset + len(data)] = data
    return bytes(content)


def _some(
    later: list[tuple[int, bytes | None]], random: Random, share: float
) -> list[tuple[int, bytes | None]]:
    """Return those of the writes that reached the disk: whole, some sectors, or only as length."""
    some: list[tuple[int, bytes | None]] = []
    for offset, data in later:
        if random.random() < share:
            some.append((offset, data))
        elif data is not None and random.random() < 0.2:
            start = 0
            while start < len(data):
                end = start + _SECTOR - (offset + start) % _SECTOR
                if random.random() < 0.5:
                    some.append((offset + start, data[start:end]))
                start = end
        elif data is not None and random.random() < 0.2:
            some.append((offset + len(data), b""))
    return some
