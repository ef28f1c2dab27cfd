"""Rows of a damaged store: read past what cannot be read, and changing nothing."""

import sqlite3
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from archive.store.file import uri_of
from archive.store.seal import register

Row = dict[str, Any]
Keyed = dict[tuple[Any, ...], Row]

_WIDEST: Final = 100_000
"""How many numbers of rows are tried between two that can be read."""


def open_damaged(path: Path) -> sqlite3.Connection:
    """Open the store in *path* to be read as far as it can be. Raises sqlite3.Error."""
    db = sqlite3.connect(uri_of(path, create=False), uri=True, isolation_level=None)
    # What is no text is no reason to lose the rest of a row; its seal tells.
    db.text_factory = lambda data: data.decode("utf-8", "replace")
    db.row_factory = sqlite3.Row
    db.execute("PRAGMA query_only = ON")
    register(db)
    return db


def rows(db: sqlite3.Connection, table: str) -> tuple[list[Row], bool]:
    """Return the rows of *table* that can be read, each once, and whether they are all.

    Raises sqlite3.Error where not even its columns are known.
    """
    info = db.execute("SELECT name, pk FROM pragma_table_info(?)", [table]).fetchall()
    keys = [f'"{name}"' for name, pk in sorted(info, key=lambda one: one[1]) if pk]
    try:
        db.execute(f'SELECT rowid FROM "{table}" LIMIT 0')
        keys = ["rowid"]
    except sqlite3.Error:
        pass
    found: Keyed = {}
    whole = True
    for order in ("ASC", "DESC"):
        sql = f'SELECT {", ".join(keys)}, * FROM "{table}" NOT INDEXED ORDER BY ' + ", ".join(
            f"{key} {order}" for key in keys
        )
        whole = _take(db, sql, len(keys), found)
        if whole:
            break
    if not whole and keys == ["rowid"]:
        _probe(db, table, found)
    return list(found.values()), whole


def _take(db: sqlite3.Connection, sql: str, width: int, found: Keyed) -> bool:
    try:
        for row in db.execute(sql):
            found[tuple(row)[:width]] = {name: row[name] for name in row.keys()[width:]}
    except (sqlite3.Error, OverflowError):
        return False
    return True


def _probe(db: sqlite3.Connection, table: str, found: Keyed) -> None:
    """Read what lies between two places that cannot be read, row by row."""
    numbers = sorted(key[0] for key in found)
    for low, high in pairwise([0, *numbers]):
        for number in range(low + 1, min(high, low + _WIDEST)):
            _take(db, f'SELECT rowid, * FROM "{table}" WHERE rowid = {number:d}', 1, found)
