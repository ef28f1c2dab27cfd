"""What SQLite's errors mean: busy, damaged, of the disk."""

import errno
import sqlite3
from types import MappingProxyType
from typing import Final

from archive.errors import advice

OF_THE_DISK: Final = MappingProxyType(
    {
        sqlite3.SQLITE_FULL: advice(errno.ENOSPC),
        # SQLite does not tell a quota, or no room for its index of the log, from worse.
        sqlite3.SQLITE_IOERR: "the disk is full or fails: make room, or see the system's log",
        sqlite3.SQLITE_CANTOPEN: "check the permissions, and that the disk has room",
    }
)
"""What to do about errors that may come of a disk which is full or fails, by their kind."""


def kind(error: sqlite3.Error) -> int:
    """Return the kind of an error, one of SQLite's primary result codes."""
    # The low byte is the kind; the rest says more exactly why.
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


def is_busy(error: sqlite3.Error) -> bool:
    """Whether another connection is in the way."""
    return kind(error) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def is_damage(error: sqlite3.Error) -> bool:
    """Whether the file is not what SQLite wrote."""
    if not hasattr(error, "sqlite_errorcode"):
        # Not from SQLite but from Python's module, which found bytes that are no text.
        return "decode" in str(error).lower() or "UTF-8" in str(error)
    return kind(error) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def advice_on(error: sqlite3.Error) -> str:
    """Return what to do about an error of the disk; empty for all others."""
    if kind(error) == sqlite3.SQLITE_READONLY:
        return advice(errno.EROFS)
    return OF_THE_DISK.get(kind(error), "")
