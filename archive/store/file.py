"""The store's file: whether and how it can be opened."""

import os
import sqlite3
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from archive.errors import StoreDamaged, StoreError


def sqlite_version() -> str:
    """Return the version of SQLite that reads and writes stores."""
    return sqlite3.sqlite_version


def connect(uri: str, wait: float) -> sqlite3.Connection:
    """Connect without transactions of its own; others are waited for *wait* seconds."""
    return sqlite3.connect(uri, uri=True, timeout=wait, isolation_level=None)


def address(path: Path) -> str:
    """Return the file's address for SQLite, without how it is opened."""
    return f"file:{quote(str(path))}"


def has_log(path: Path) -> bool:
    """Whether there is something in the write-ahead log of the file at *path*."""
    try:
        return path.with_name(f"{path.name}-wal").stat().st_size > 0
    except FileNotFoundError:
        return False


def uri_of(path: Path, create: bool) -> str:
    """Return the file's address for SQLite, which says how it may be opened."""
    if not path.exists():
        if not create:
            raise StoreError("is not there", str(path), "`morgue update` makes it")
        _begin(path)
        return f"{address(path)}?mode=rwc"
    if not create and path.is_file() and not path.stat().st_size:
        raise StoreDamaged("is empty", str(path), "restore a backup")
    if not os.access(path, os.W_OK) or not os.access(path.parent, os.W_OK):
        # SQLite would want to write beside it; with nothing in the log it need not.
        return f"{address(path)}?mode=ro{'' if has_log(path) else '&immutable=1'}"
    return f"{address(path)}?mode=rw"


def _begin(path: Path) -> None:
    """Make an empty file, which is a database to SQLite, for whom this process makes files.

    SQLite would let all read it, as far as the mask allows, and no group write; what it
    writes beside the file gets the file's mode.
    """
    with suppress(OSError):  # SQLite says better why it cannot be.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o660))
