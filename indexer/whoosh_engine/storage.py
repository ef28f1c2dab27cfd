"""Where Whoosh keeps its files: a folder, of which every commit is on the disk when it is done.

Whoosh never waits for the disk: after a power cut, the table of contents could
name segments that were never written. Here each file is synced as it is closed,
and the folder before and after a file takes its final name.
"""

import os
from pathlib import Path
from typing import Any

from whoosh.filedb.filestore import FileStorage
from whoosh.filedb.structfile import StructFile

from archive.durable import sync


class SyncedStorage(FileStorage):  # type: ignore[misc]
    """A `FileStorage` that syncs what is written to it."""

    def create_file(self, name: str, **options: Any) -> StructFile:
        """Create a file that is synced when it is closed."""
        return super().create_file(name, onclose=_sync, **options)

    def rename_file(self, oldname: str, newname: str, safe: bool = False) -> None:
        """Rename a file, once all files are in the folder for good; return when it is, too."""
        sync(Path(self.folder))
        super().rename_file(oldname, newname, safe=safe)
        sync(Path(self.folder))

    def put(self, name: str, data: bytes) -> None:
        """Write a file with *data*."""
        with self.create_file(name) as file:
            file.write(data)


def _sync(file: StructFile) -> None:
    try:
        file.flush()
        os.fsync(file.fileno())
    except BaseException:
        # Or it would be tried again, and fail, when the file is forgotten.
        file.raw_file().raw.close()
        raise
