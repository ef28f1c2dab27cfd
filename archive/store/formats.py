"""The formats of stores: the steps of ``migrations/``, each from one format to the next."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from functools import cache
from importlib import resources
from pathlib import Path

from archive.cut import looks_cut
from archive.errors import StoreError
from archive.store.file import uri_of
from archive.store.seal import register


def newest_format() -> int:
    """Return the format that this Morgue writes."""
    return len(steps())


def format_of(path: Path) -> int:
    """Return the format of the store at *path*, which is left as it is. Raises StoreError."""
    try:
        with closing(sqlite3.connect(uri_of(path, create=False), uri=True)) as db:
            return int(db.execute("PRAGMA user_version").fetchone()[0])
    except sqlite3.Error as error:
        raise StoreError(f"cannot be read: {error}", str(path)) from error


@cache
def schema() -> dict[str, str]:
    """Return the names of all tables, indexes, views and triggers, and how each is made."""
    db = sqlite3.connect(":memory:", isolation_level=None)
    try:
        register(db)
        db.create_function("looks_cut", 1, looks_cut, deterministic=True)
        for statement in (one for sql in steps() for one in statements(sql)):
            db.execute(statement)
        return dict(db.execute("SELECT name, sql FROM sqlite_master").fetchall())
    finally:
        db.close()


@cache
def steps() -> list[str]:
    """Return the SQL of each step, in order."""
    folder = resources.files("archive.migrations")
    files = sorted(
        (f for f in folder.iterdir() if f.name.endswith(".sql")), key=lambda file: file.name
    )
    return [file.read_text(encoding="utf-8") for file in files]


def statements(sql: str) -> Iterator[str]:
    """Yield the statements of *sql* one by one: executescript would end the transaction."""
    statement = ""
    for line in sql.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
