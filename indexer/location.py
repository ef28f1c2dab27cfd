"""Where indexes lie in ``index/``: one folder each, and a pointer to the one that serves.

::

    index/CURRENT       the name of the folder that serves; below it, the one that did before
    index/20241105-…/   an index; a file DAMAGED in it is the note of who met damage
    index/…             one being built aside, or the one that served before

Switching replaces the pointer in one step (POSIX rename), so a reader sees the
old index or the new one, never half of each. The one that served before stays
for an hour, for readers still in it. Everything else is left over from a build
that was cut off, and is swept away by the next run that holds the site's lock.
"""

import os
import re
import shutil
import time
import uuid
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from archive.durable import sync
from archive.errors import SearchIndexError

FOLDER = "index"
GRACE = 3600.0
"""For how many seconds the index that served before is kept."""

_POINTER = "CURRENT"
_DAMAGED = "DAMAGED"
_NAME = re.compile(r"\d{8}-\d{6}-[0-9a-f]{6}")
_POINTER_UNFINISHED = re.compile(rf"\.{_POINTER}-[0-9a-f]{{6}}")


def current(root: Path) -> Path | None:
    """Return the folder of the index that serves, or None when there is none."""
    folders = _named(root)
    while folders and not folders[0].is_dir():
        # It may have been switched away from, and removed, since the pointer was read.
        before, folders = folders, _named(root)
        if folders == before:
            return None
    return folders[0] if folders else None


def fresh(root: Path) -> Path:
    """Return the path of a new folder for an index to be built aside."""
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    return root / f"{stamp}-{uuid.uuid4().hex[:6]}"


def switch(root: Path, folder: Path, *, forget: bool = False) -> None:
    """Make *folder* the one that serves; with *forget*, remove all others at once.

    Raises OSError when that cannot be done, SearchIndexError when one of them cannot be removed.
    """
    before = current(root)
    names = [folder.name] if forget or before is None else [folder.name, before.name]
    pointer = root / f".{_POINTER}-{uuid.uuid4().hex[:6]}"
    try:
        with pointer.open("w", encoding="utf-8") as file:
            file.write("\n".join(names))
            file.flush()
            os.fsync(file.fileno())
        sync(root)
        os.replace(pointer, root / _POINTER)
    except BaseException:
        with suppress(OSError):
            pointer.unlink(missing_ok=True)
        raise
    sync(root)
    sweep(root)
    left = [str(other) for other in _folders(root) if other != folder]
    if forget and left:
        raise SearchIndexError(
            "an older index cannot be removed", left[0], "remove the folder by hand"
        )


def sweep(root: Path) -> None:
    """Remove what no reader can be in: all but the index that serves and the one before.

    The caller holds the site's lock, so that nothing is being built meanwhile.
    """
    kept = _named(root)
    # Either way: the clock may have been set back since.
    if len(kept) > 1 and abs(time.time() - (root / _POINTER).stat().st_mtime) > GRACE:
        del kept[1:]
    for folder in _folders(root):
        if folder not in kept:
            remove(folder)
    for path in root.glob(f".{_POINTER}-*"):
        if _POINTER_UNFINISHED.fullmatch(path.name):
            # On a disk that only can be read it stays, and is in nobody's way.
            with suppress(OSError):
                path.unlink(missing_ok=True)


def orphans(root: Path) -> list[Path]:
    """Return what lies in *root* that the pointer does not name, ours or not."""
    if not root.is_dir():
        return []
    kept = {root / _POINTER, *_named(root)}
    return sorted(path for path in root.iterdir() if path not in kept)


def leftovers(root: Path) -> list[Path]:
    """Return those of `orphans` that are ours: of runs that were cut off."""
    return [
        path
        for path in orphans(root)
        if _NAME.fullmatch(path.name) or _POINTER_UNFINISHED.fullmatch(path.name)
    ]


def clear(root: Path) -> None:
    """Remove the `leftovers`. The caller holds the lock."""
    for path in leftovers(root):
        remove(path)


def note_damage(folder: Path, error: SearchIndexError) -> None:
    """Note in the index in *folder* that it is damaged, as far as that is possible.

    Who searches may not write to the index, but who brings it up to date sees the note.
    """
    with suppress(OSError):
        (folder / _DAMAGED).write_text(f"{error.reason}\n", encoding="utf-8")


def noted_damage(folder: Path) -> str | None:
    """Return what is wrong with the index in *folder*, if somebody met it and noted it."""
    try:
        return (folder / _DAMAGED).read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return None


def remove(folder: Path) -> None:
    """Remove the index in *folder*, or a file, as far as that is possible."""
    if folder.is_dir():
        shutil.rmtree(folder, ignore_errors=True)
    else:
        with suppress(OSError):
            folder.unlink()


def _named(root: Path) -> list[Path]:
    """The folders that the pointer names: the one that serves, the one before."""
    try:
        names = (root / _POINTER).read_text(encoding="utf-8").split()
    except (OSError, UnicodeDecodeError):
        return []
    return [root / name for name in names[:2]] if all(map(_NAME.fullmatch, names)) else []


def _folders(root: Path) -> list[Path]:
    """The folders of indexes; what else lies in *root* is not ours."""
    if not root.is_dir():
        return []
    return [path for path in root.iterdir() if _NAME.fullmatch(path.name) and path.is_dir()]
