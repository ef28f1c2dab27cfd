"""Files: who may read and write them, what secrets lie where, and room on the disk. Pure."""

import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from archive.settings_origins import Origin
from archive.wording import counted
from morgue.checkup.finding import Finding, Level, size, some

_LEAST_ROOM: Final = 100 * 1000**2
_ROOM_FOR_RUNS: Final = 500 * 1000**2
_FEWEST_FILES: Final = 1_000
_LONG_LOG: Final = 1000**3


@dataclass(frozen=True, slots=True)
class SeenFile:
    """A file or folder of the site by its *name* there; *mode* is that of `os.stat_result`."""

    name: str
    mode: int
    uid: int
    writable: bool = True


@dataclass(frozen=True, slots=True)
class Room:
    """Bytes on the disk: *free* ones, and what the parts of the archive take.

    *log* is SQLite's write-ahead log, *files_free* how many files can be made; None where
    the file system does not count them.
    """

    free: int
    store: int
    log: int
    index: int
    files_free: int | None = None


def judge(
    seen: Sequence[SeenFile], *, reached: bool, for_group: bool, uid: int
) -> Iterator[Finding]:
    """Judge the site's folder, the first of *seen*, and what lies in it, for the user *uid*.

    *reached* says whether everybody at this machine gets into the folder at all.
    """
    folder, *inside = seen
    # That others see which files there are tells them nothing.
    writable = [one.name for one in seen if reached and one.mode & 0o002]
    readable = [one.name for one in inside if reached and one.mode & 0o006 == 0o004]
    if writable:
        yield _finding(
            Level.ERROR,
            f"everybody at this machine may write {some(writable)}",
            "whoever does can change what the archive says, or who may sign in",
            "chmod -R o= on the archive’s folder",
        )
    if readable:
        yield _finding(
            Level.WARNING,
            f"everybody at this machine may read {some(readable)}",
            "there are the addresses of your sources, with their keys, and hashes of passwords",
            "chmod -R o= on the archive’s folder",
        )
    yield from _of_group(folder, inside, for_group=for_group)
    yield from _of_owners(seen, uid)
    if not (writable or readable):
        yield _finding(Level.OK, f"{counted(len(seen), 'file')} and folders, not for everybody")


def _of_group(
    folder: SeenFile, inside: Sequence[SeenFile], *, for_group: bool
) -> Iterator[Finding]:
    if for_group:
        if not (folder.mode & stat.S_ISGID and folder.mode & 0o020):
            yield _finding(
                Level.WARNING,
                "files.group is set, but the folder is not its group’s",
                "what one user makes there another cannot change",
                "chgrp GROUP and chmod 2770 on the archive’s folder",
            )
        lacking = [one.name for one in inside if not one.mode & 0o020]
        if lacking:
            yield _finding(
                Level.WARNING,
                f"files.group is set, but the group may not write {some(lacking)}",
                "what one user made another cannot change",
                "chmod -R g+rwX on the archive’s folder",
            )
    elif folder.mode & 0o010:
        given = [one.name for one in (folder, *inside) if one.mode & 0o040]
        if given:
            yield _finding(
                Level.NOTE,
                f"the group may read {some(given)}",
                "files.group is not set: Morgue takes the archive to be its owner’s alone",
                "set files.group = true, or chmod -R g= on the archive’s folder",
            )


def _of_owners(seen: Sequence[SeenFile], uid: int) -> Iterator[Finding]:
    owner = seen[0].uid
    foreign = [one.name for one in seen if one.uid != owner]
    if foreign:
        yield _finding(
            Level.WARNING,
            f"{some(foreign)} belong to another user than the folder",
            "an update by the one, perhaps by cron, cannot write what the other made",
            "chown -R them to the user who runs Morgue",
        )
    if uid != owner:
        yield _finding(
            Level.NOTE,
            f"the folder belongs to user {owner}, and you are {uid}",
            "what you make there now may be closed to Morgue’s own user",
            "run morgue as that user (sudo -u)",
        )
    closed = [one.name for one in seen if not one.writable]
    if closed:
        yield _finding(
            Level.WARNING,
            f"you may not write {some(closed)}",
            "updates by this user end without anything kept",
            "run morgue as the user to whom they belong; or is the disk read-only?",
        )


def judge_secrets(
    origins: Sequence[Origin], modes: dict[Path, int], *, for_group: bool
) -> Iterator[Finding]:
    """Judge where secrets come from; *modes* are those of the files that hold them."""
    found = False
    for origin in origins:
        where = f"{origin.key} is in {origin.path or origin.place}"
        mode = modes.get(origin.path, 0) if origin.path else 0
        if mode & 0o007 or (mode & 0o070 and origin.kind == "file" and not for_group):
            found = True
            yield Finding(
                "secrets",
                Level.ERROR,
                f"{where}, which others may read",
                "who reads it can send mail, or go out, in your name",
                f"chmod {'o=' if for_group else 'go='} {origin.path}; then change the password",
            )
        elif origin.kind == "variable":
            found = True
            yield Finding(
                "secrets",
                Level.NOTE,
                f"{where}, an environment variable",
                "every program that is started from there gets it, too",
                f"put it into a file of your own and set {origin.place}_FILE to its path",
            )
    if not found:
        told = [f"{origin.key} ({origin.place})" for origin in origins]
        yield Finding("secrets", Level.OK, some(told, 20) if told else "no secrets are set")


def judge_room(room: Room) -> Iterator[Finding]:
    """Judge whether there is room for the next update and the next merge of the index."""
    # A merge or a rebuild writes the index anew beside the old one.
    needed = room.index + room.index // 10 + _ROOM_FOR_RUNS
    told = f"{size(room.free)} free; store {size(room.store)}, index {size(room.index)}"
    if room.free < _LEAST_ROOM:
        yield Finding(
            "disk",
            Level.ERROR,
            told,
            "the next update may find no room, and keep nothing",
            "make room",
        )
    elif room.free < needed:
        yield Finding(
            "disk",
            Level.WARNING,
            told,
            f"the index is merged and rebuilt beside the old one, which takes {size(needed)}",
            "make room before it is needed",
        )
    else:
        yield Finding("disk", Level.OK, told)
    if room.files_free is not None and room.files_free < _FEWEST_FILES:
        yield Finding(
            "disk",
            Level.ERROR,
            f"{counted(room.files_free, 'file')} can still be made (inodes)",
            "no index can be written without new files",
            "remove small files elsewhere on this disk",
        )
    if room.log > max(_LONG_LOG, room.store):
        yield Finding(
            "disk",
            Level.WARNING,
            f"the log of articles.db has grown to {size(room.log)}",
            "a program that reads on and on keeps it from being taken in",
            "end old programs that have articles.db open; the next update takes it in",
        )


def _finding(level: Level, what: str, why: str = "", do: str = "") -> Finding:
    return Finding("files", level, what, why, do)
