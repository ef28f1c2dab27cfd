"""The files of a Whoosh index: which generation is the newest, and what nobody needs.

Each commit writes ``_MAIN_<generation>.toc``, which names its segments, and
then removes the files of the generation before.
"""

import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from whoosh import index as whoosh_index

from archive.errors import SearchIndexError

# How often reading is begun anew because a commit came between.
TRIES = 10

_TOC = re.compile(r"_MAIN_(\d+)\.toc")
_TOC_UNFINISHED = re.compile(r"_MAIN_\d+\.toc\..+")
_Result = TypeVar("_Result")


def generation(folder: Path) -> int:
    """Return the number of the newest commit in *folder*, or -1 where there is none."""
    try:
        names = os.listdir(folder)
    except FileNotFoundError:
        return -1
    return max((int(m[1]) for m in map(_TOC.fullmatch, names) if m), default=-1)


def steadily(folder: Path, read: Callable[[], _Result]) -> _Result:
    """Return what *read* gives, and begin anew where a commit took its files away.

    Whoosh looks for the newest generation first and then opens it; meanwhile a
    writer may have removed it. An error while no commit came is a true one.
    """
    for _ in range(TRIES):
        before = generation(folder)
        try:
            return read()
        except Exception:
            if generation(folder) == before:
                raise
    raise SearchIndexError("is changing too fast to be read", str(folder), "try again")


def sweep(index: whoosh_index.FileIndex) -> None:
    """Remove what writers that were killed left behind, unless one is writing now."""
    lock = index.lock("WRITELOCK")
    if not lock.acquire():
        return
    try:
        folder = Path(index.storage.folder)
        toc = index._read_toc()
        whoosh_index.clean_files(index.storage, index.indexname, toc.generation, toc.segments)
        for path in folder.iterdir():
            if _TOC_UNFINISHED.fullmatch(path.name):
                path.unlink(missing_ok=True)
            elif path.suffix == ".tmp" and path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
    finally:
        lock.release()
