"""Stores of earlier formats, as the releases that wrote them left them, and what is in them."""

import sqlite3
import tarfile
from contextlib import closing
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent.parent / "data" / "upgrades"
FORMATS: Final = sorted(int(path.stem) for path in FOLDER.glob("*.sql"))
INDEXES: Final = {
    "whoosh-2": 2,
    "whoosh-3": 7,
    "arrays-1": 8,
    "arrays-2": 9,
    "arrays-3": 11,
    "arrays-4": 13,
}
"""Which format of the store each format of the index was written beside."""

Rows = dict[str, list[dict[str, object]]]


def old_store(number: int, path: Path) -> Path:
    """Make the store of format *number* in *path*."""
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA journal_mode = WAL")
        # The rules that some formats ask are those of the code of that time.
        database.executescript((FOLDER / f"{number:04}.sql").read_text())
    return path


def old_index(name: str, folder: Path) -> None:
    """Unpack the index of format *name* into a site."""
    with tarfile.open(FOLDER / f"{name}.tar.xz") as packed:
        packed.extractall(folder, filter="data")


def version(path: Path) -> int:
    with closing(sqlite3.connect(path)) as database:
        return int(database.execute("PRAGMA user_version").fetchone()[0])


def schema(path: Path) -> list[str]:
    """All tables, indexes and triggers as they are."""
    with closing(sqlite3.connect(path)) as database:
        rows = database.execute(
            "SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_master"
            " WHERE name NOT LIKE 'sqlite_%' ORDER BY 1"
        )
        return [row[0] for row in rows]


def contents(path: Path) -> Rows:
    """Every row of every table."""
    with closing(sqlite3.connect(path)) as database:
        database.row_factory = sqlite3.Row
        tables = database.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        ).fetchall()
        return {
            table: [
                dict(row) for row in database.execute(f'SELECT * FROM "{table}" ORDER BY 1, 2')
            ]
            if table != "identity"
            else [dict(row) for row in database.execute("SELECT * FROM identity")]
            for (table,) in tables
        }


def lost(before: Rows, after: Rows) -> list[str]:
    """What of *before* is not in *after*, value by value; columns may have come."""
    return [
        f"{table}: {row}"
        for table, rows in before.items()
        for row in rows
        if not any(row.items() <= kept.items() for kept in after.get(table, []))
    ]
