"""A store as it is at one moment, copied for a backup, and what it says as one digest."""

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from archive.errors import StoreDamaged, StoreError
from archive.store.check import check_store
from archive.store.file import uri_of
from archive.store.seal import encoded, register

_FORGOTTEN: Final = ("session", "attempt")
"""Tables of what holds for a moment only: nobody is signed in by a restore."""


@dataclass(frozen=True, slots=True)
class Copied:
    """What a copy of a store is: its *format*, whose it is, what it holds and says."""

    format: int
    store_id: str
    articles: int
    revisions: int
    content: str


def copy_store(store: Path, copy: Path) -> Copied:
    """Copy *store* as it is at this moment, without freed pages and what is forgotten.

    Raises StoreDamaged for one that is not what was written.
    """
    with _told(store):
        with closing(sqlite3.connect(uri_of(store, create=False), uri=True, timeout=30)) as db:
            db.execute("VACUUM INTO ?", [str(copy)])
        copy.chmod(0o600)
        faults = check_store(copy)
        if faults:
            raise StoreDamaged(
                f"is damaged, so no backup is made of it: {faults[0].what}", str(store)
            )
        with closing(_opened(copy)) as db:
            for table in _FORGOTTEN:
                db.execute(f"DELETE FROM {table}")
            db.execute("VACUUM")
            return Copied(
                format=db.execute("PRAGMA user_version").fetchone()[0],
                store_id=db.execute("SELECT store_id FROM identity").fetchone()[0],
                articles=_count(db, "article WHERE state = 'kept'"),
                revisions=_count(db, "revision"),
                content=_digest(db),
            )


def ready(path: Path, content: str) -> bool:
    """Make a copy a store that is worked with; return whether it says what has this digest."""
    try:
        with closing(_opened(path)) as db:
            same = _digest(db) == content
            # As `Database` makes it: readers and a writer go side by side.
            db.execute("PRAGMA journal_mode = WAL")
    except sqlite3.DatabaseError:
        return False
    return same


def move_folder(store: Path, old: str, new: str) -> None:
    """Have *store* look for what it read from a folder in another place."""
    with closing(_opened(store)) as db:
        db.execute("BEGIN")
        for table, column in (("source", "address"), ("item", "key"), ("failure", "address")):
            db.execute(
                f"UPDATE OR IGNORE {table} SET {column} = replace({column}, :old, :new)"
                f" WHERE {column} = :old OR instr({column}, :old || '/') > 0",
                {"old": old, "new": new},
            )
        db.execute("COMMIT")


@contextmanager
def _told(store: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in (
            sqlite3.SQLITE_CORRUPT,
            sqlite3.SQLITE_NOTADB,
        ):
            raise StoreDamaged(
                f"is damaged, so no backup is made of it: {error}", str(store)
            ) from error
        raise StoreError(f"cannot be copied: {error}", str(store)) from error


def content_digest(path: Path) -> str:
    """Return the SHA-256 of all that the store in *path* says, however it lies on the disk.

    It is over every row of every table in the order of their keys, but sessions and attempts
    to sign in: two stores with one digest answer alike.
    """
    with closing(_opened(path)) as db:
        return _digest(db)


def _digest(db: sqlite3.Connection) -> str:
    digest = hashlib.sha256()
    db.execute("BEGIN")
    for (table,) in db.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        " ORDER BY name"
    ).fetchall():
        if table in _FORGOTTEN:
            continue
        columns = db.execute(
            "SELECT name, pk FROM pragma_table_info(?) ORDER BY cid", [table]
        ).fetchall()
        keys = [f'"{name}"' for name, pk in sorted(columns, key=lambda one: one[1]) if pk]
        names = ", ".join(f'"{name}"' for name, _ in columns)
        order = ", ".join(keys) or names
        digest.update(encoded([table]))
        for row in db.execute(f'SELECT {names} FROM "{table}" ORDER BY {order}'):
            digest.update(encoded(row))
    db.execute("ROLLBACK")
    return digest.hexdigest()


def _count(db: sqlite3.Connection, of: str) -> int:
    return int(db.execute(f"SELECT count(*) FROM {of}").fetchone()[0])


def _opened(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, timeout=30, isolation_level=None)
    register(db)
    return db
