"""The database file: opened, brought to the current format, changed in transactions.

The tables are in ``migrations/``; what they mean is in `store_sources` and `store`.
"""

import os
import secrets
import sqlite3
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

import msgspec

from archive.cut import looks_cut
from archive.errors import StoreBusy, StoreDamaged, StoreError
from archive.store_seal import GUARDED, register

_BUSY_SECONDS = 30.0

Clock = Callable[[], datetime]


class Database:
    """An open SQLite file of Morgue's, with *clock* for what is noted in it."""

    def __init__(
        self,
        path: Path,
        clock: Clock = lambda: datetime.now(UTC),
        *,
        create: bool = True,
        patience: float | None = None,
    ) -> None:
        """Open the file at *path*; without *create* it must be there.

        A file that may only be read (a backup on a read-only medium) can be
        read; changes then fail. *patience* is how many seconds a change waits
        for another process to end its own. Raises StoreError.
        """
        self.path = path
        self._clock = clock
        self._has_mark = False
        try:
            self._db = sqlite3.connect(
                uri_of(path, create),
                uri=True,
                timeout=_BUSY_SECONDS if patience is None else patience,
                isolation_level=None,
            )
        except sqlite3.Error as error:
            raise StoreError(
                f"cannot be opened: {error}", str(path), "check the folder and its permissions"
            ) from error
        try:
            self._db.row_factory = sqlite3.Row
            self._db.execute("PRAGMA foreign_keys = ON")
            self._db.execute("PRAGMA cell_size_check = ON")
            register(self._db)
            if self._version() != len(_steps()):
                self._migrate()
        except sqlite3.Error as error:
            self._db.close()
            if _is_damage(error):
                raise StoreDamaged(
                    f"cannot be used: it is damaged, or no Morgue archive ({error})", str(path)
                ) from error
            raise StoreError(
                f"cannot be used: {error}", str(path), "is it a Morgue archive, and readable?"
            ) from error
        except StoreError:
            self._db.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; whatever was not in a finished transaction is undone."""
        self._db.close()

    # -- statements: whatever SQLite says of one becomes a StoreError -------

    # So does what a function of `seal` says of a text that is none.
    def _rows(self, sql: str, values: Sequence[object] = ()) -> list[sqlite3.Row]:
        """Return what a query finds."""
        try:
            return self._db.execute(sql, values).fetchall()
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            raise self._failed("read", error) from error

    def _row(self, sql: str, values: Sequence[object] = ()) -> sqlite3.Row | None:
        """Return the first row that a query finds, or None."""
        return next(iter(self._rows(sql, values)), None)

    def _value(self, sql: str, values: Sequence[object] = ()) -> Any:
        """Return the single value that a query finds."""
        row = self._row(sql, values)
        if row is None:
            raise StoreDamaged("is damaged: what every store has is missing", str(self.path))
        return row[0]

    def _run(self, sql: str, values: Sequence[object] = ()) -> int:
        """Run a change; return how many rows it met."""
        try:
            return self._db.execute(sql, values).rowcount
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            raise self._failed("written", error) from error

    def _run_many(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        """Run a change for each of *rows*."""
        try:
            self._db.executemany(sql, rows)
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            raise self._failed("written", error) from error

    def _failed(self, done: str, error: sqlite3.Error | UnicodeDecodeError) -> StoreError:
        if isinstance(error, UnicodeDecodeError):
            return StoreDamaged("is damaged: a text in it is none", str(self.path))
        if _is_busy(error):
            return StoreBusy(
                "another run of Morgue is writing to it", str(self.path), "try again in a moment"
            )
        if _is_damage(error):
            return StoreDamaged(f"is damaged ({error})", str(self.path))
        return StoreError(f"cannot be {done}: {error}", str(self.path))

    def _whole(self, name: str) -> None:
        """Compare a guarded table with its fold. Raises StoreDamaged where it is another."""
        if not self._value(
            "SELECT EXISTS (SELECT 1 FROM guard WHERE name = ? AND (rows, fold) ="  # noqa: S608 - our own names
            f" (SELECT count(*), coalesce(folding({GUARDED[name]}), 0) FROM {name}))",
            [name],
        ):
            raise StoreDamaged(f"is damaged: table {name} is not what was written", str(self.path))

    # -- the sequence of changes -------------------------------------------

    def _next_seq(self) -> int:
        """Return the next number of the sequence, within the transaction that uses it."""
        seq = int(self._value("SELECT coalesce(max(seq), 0) + 1 FROM article"))
        if not self._has_mark:
            self._run("INSERT OR REPLACE INTO lineage VALUES (?, ?)", [seq, secrets.token_hex(8)])
            self._has_mark = True
        return seq

    def mark_at(self, seq: int) -> str:
        """Return by whom this place in the sequence was written, empty where nobody noted it.

        Two stores that were one, as after a restore, have other marks where they differ.
        """
        row = self._row("SELECT mark FROM lineage WHERE seq <= ? ORDER BY seq DESC LIMIT 1", [seq])
        return str(row["mark"]) if row else ""

    def _version(self) -> int:
        return int(self._db.execute("PRAGMA user_version").fetchone()[0])

    def _migrate(self) -> None:
        steps = _steps()
        # In one statement, so that both are of one moment.
        version, tables = self._db.execute(
            "SELECT (SELECT user_version FROM pragma_user_version),"
            " (SELECT count(*) FROM sqlite_master)"
        ).fetchone()
        if version == 0 and tables:
            raise StoreError("is another program's database", str(self.path))
        if version > len(steps):
            raise StoreError(
                f"was written by a newer Morgue (format {version}, this one knows {len(steps)})",
                str(self.path),
                "update Morgue",
            )
        self._write_ahead()
        # The one rule of ours that a step asks.
        self._db.create_function("looks_cut", 1, looks_cut, deterministic=True)
        for number, sql in enumerate(steps, start=1):
            with self.transaction():
                # Asked again under the write lock: two processes may open a new file at once.
                if self._version() >= number:
                    continue
                for statement in _statements(sql):
                    self._db.execute(statement)
                self._db.execute(f"PRAGMA user_version = {number}")
                if number == 1:
                    self._db.execute("INSERT INTO identity VALUES (?)", [uuid.uuid4().hex])

    def _write_ahead(self) -> None:
        """Switch the file to a write-ahead log, so that readers and a writer go side by side."""
        deadline = time.monotonic() + _BUSY_SECONDS
        while True:
            try:
                self._db.execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError:
                # SQLite's own patience does not cover two processes that switch at once.
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.02)
            else:
                return

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside happens, or nothing does. One inside another joins it."""
        if self._db.in_transaction:
            yield
            return
        try:
            self._db.execute("BEGIN IMMEDIATE")
            yield
            self._db.execute("COMMIT")
        except BaseException as error:
            self._has_mark = False
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            if isinstance(error, sqlite3.Error):
                if _is_busy(error) or _is_damage(error):
                    raise self._failed("written", error) from error
                raise StoreError(
                    f"cannot be written: {error}", str(self.path), "nothing was changed"
                ) from error
            raise

    @contextmanager
    def _snapshot(self) -> Iterator[None]:
        """All that is read inside is of one moment. Nothing is written there."""
        if self._db.in_transaction:
            yield
            return
        self._db.execute("BEGIN")
        try:
            yield
        finally:
            self._db.execute("ROLLBACK")

    def now(self) -> datetime:
        """Return the moment by the store's own clock."""
        return self._clock()

    def _now(self) -> str:
        return self.now().astimezone(UTC).isoformat(timespec="seconds")


def _is_busy(error: sqlite3.Error) -> bool:
    # The low byte is the kind; the rest says more exactly why.
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def _is_damage(error: sqlite3.Error) -> bool:
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        # Not from SQLite but from Python's module, which found bytes that are no text.
        return "decode" in str(error).lower() or "UTF-8" in str(error)
    return code & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def uri_of(path: Path, create: bool) -> str:
    """Return the file's address for SQLite, which says how it may be opened."""
    place = f"file:{quote(str(path))}"
    if not path.exists():
        if not create:
            raise StoreError("is not there", str(path), "`morgue update` makes it")
        return f"{place}?mode=rwc"
    if not create and path.is_file() and not path.stat().st_size:
        raise StoreDamaged("is empty", str(path), "restore a backup")
    log = path.with_name(f"{path.name}-wal")
    if not os.access(path, os.W_OK) or not os.access(path.parent, os.W_OK):
        # SQLite would want to write beside it; with nothing in the log it need not.
        if not log.exists() or not log.stat().st_size:
            return f"{place}?mode=ro&immutable=1"
        return f"{place}?mode=ro"
    return f"{place}?mode=rw"


def formats() -> int:
    """Return the newest format of stores that this Morgue knows, which is the one it writes."""
    return len(_steps())


@cache
def schema() -> dict[str, str]:
    """Return the names of all tables, indexes, views and triggers, and how each is made."""
    db = sqlite3.connect(":memory:", isolation_level=None)
    try:
        register(db)
        db.create_function("looks_cut", 1, looks_cut, deterministic=True)
        for statement in (one for sql in _steps() for one in _statements(sql)):
            db.execute(statement)
        return dict(db.execute("SELECT name, sql FROM sqlite_master").fetchall())
    finally:
        db.close()


@cache
def _steps() -> list[str]:
    folder = resources.files("archive.migrations")
    files = sorted(
        (f for f in folder.iterdir() if f.name.endswith(".sql")), key=lambda file: file.name
    )
    return [file.read_text(encoding="utf-8") for file in files]


def _statements(sql: str) -> Iterator[str]:
    """Yield the statements of *sql* one by one: executescript would end the transaction."""
    statement = ""
    for line in sql.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def to_json(value: object) -> str:
    """Return *value* as the JSON text that a column keeps."""
    return msgspec.json.encode(value).decode("utf-8")


def from_json(text: str) -> tuple[str, ...]:
    """Return the strings of a JSON array kept in a column."""
    return msgspec.json.decode(text, type=tuple[str, ...])
