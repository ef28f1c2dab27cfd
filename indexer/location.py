"""Where indexes lie in ``index/``: one folder each, and a pointer to the one that serves.

::

    index/CURRENT       the name of the folder that serves
    index/20241105-…/   an index
    index/…             one being built aside, or the one that served before

Switching replaces the pointer in one step (POSIX rename), so a reader sees the
old index or the new one, never half of each. The one that served before stays
until the next switch, for readers still in it.
"""

import os
import shutil
import uuid
from datetime import UTC, datetime
from pathlib import Path

FOLDER = "index"
_POINTER = "CURRENT"


def current(root: Path) -> Path | None:
    """Return the folder of the index that serves, or None when there is none."""
    try:
        name = (root / _POINTER).read_text(encoding="utf-8").strip()
    except OSError:
        return None
    folder = root / name
    return folder if folder.resolve().parent == root.resolve() and folder.is_dir() else None


def fresh(root: Path) -> Path:
    """Return the path of a new folder for an index to be built aside."""
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    return root / f"{stamp}-{uuid.uuid4().hex[:6]}"


def switch(root: Path, folder: Path) -> None:
    """Make *folder* the one that serves, and remove those that no reader can be in."""
    before = current(root)
    pointer = root / f".{_POINTER}-{uuid.uuid4().hex[:6]}"
    with pointer.open("w", encoding="utf-8") as file:
        file.write(folder.name)
        file.flush()
        os.fsync(file.fileno())
    os.replace(pointer, root / _POINTER)
    for other in root.iterdir():
        if other.is_dir() and other not in {folder, before}:
            shutil.rmtree(other, ignore_errors=True)
