"""The database file: opened, brought to the current format, changed in transactions.

The tables are in ``migrations/``; what they mean is in `store_sources` and `store`.
"""

import errno
import os
import sqlite3
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import cache
from importlib import resources
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Self
from urllib.parse import quote

import msgspec

from archive.cut import looks_cut
from archive.errors import StoreBusy, StoreError, advice

_BUSY_SECONDS = 30.0

_OF_THE_DISK: Final = MappingProxyType(
    {
        sqlite3.SQLITE_FULL: advice(errno.ENOSPC),
        # SQLite does not tell a quota, or no room for its index of the log, from worse.
        sqlite3.SQLITE_IOERR: "the disk is full or fails: make room, or see the system's log",
        sqlite3.SQLITE_CANTOPEN: "check the permissions, and that the disk has room",
    }
)
"""What to do about errors that may come of a disk which is full or fails, by their kind."""

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

        A file that may only be read (a backup on a read-only medium), or lies on a
        disk that is full or takes no more, can be read; changes then fail. *patience*
        is how many seconds a change waits for another process to end its own. Raises
        StoreError.
        """
        self.path = path
        self._clock = clock
        self._refusal: sqlite3.Error | None = None
        wait = _BUSY_SECONDS if patience is None else patience
        try:
            self._db = self._connected(_uri(path, create), wait)
        except sqlite3.Error as error:
            hint = _advice(error) or "check the folder and its permissions"
            raise StoreError(f"cannot be opened: {error}", str(path), hint) from error
        try:
            self._db.row_factory = sqlite3.Row
            self._db.execute("PRAGMA foreign_keys = ON")
            self._wait_for_the_disk()
            if self._version() != len(_steps()):
                self._migrate()
        except sqlite3.Error as error:
            self._db.close()
            hint = _advice(error) or "is it a Morgue archive, and readable?"
            raise StoreError(f"cannot be used: {error}", str(path), hint) from error
        except StoreError:
            self._db.close()
            raise

    def _connected(self, address: str, wait: float) -> sqlite3.Connection:
        """Open the file so that it can be read, even where SQLite finds no room beside it."""
        db = _connect(address, wait)
        try:
            # The first read makes the files beside it, log and index of the log.
            db.execute("PRAGMA user_version").fetchone()
        except sqlite3.Error as error:
            if _kind(error) not in _OF_THE_DISK or not self.path.stat().st_size:
                # It is met again, and told of, by whoever reads next.
                return db
            db.close()
            self._refusal = error
            if not _has_log(self.path):
                # Nobody can write meanwhile, or only who makes room in this very moment.
                return _connect(f"{_address(self.path)}?mode=ro&immutable=1", wait)
            # Alone in the file, SQLite keeps the index of the log in memory.
            db = _connect(address, wait)
            db.execute("PRAGMA locking_mode = EXCLUSIVE")
        return db

    def _wait_for_the_disk(self) -> None:
        """Have each transaction on the disk when it ends, which some builds of SQLite have not."""
        try:
            self._db.execute("PRAGMA synchronous = FULL")
        except sqlite3.DatabaseError as error:
            # What is damaged is told of by whoever reads it, and is not written to.
            if _kind(error) != sqlite3.SQLITE_CORRUPT:
                raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; whatever was not in a finished transaction is undone."""
        self._db.close()

    # -- statements: whatever SQLite says of one becomes a StoreError -------

    def _rows(self, sql: str, values: Sequence[object] = ()) -> list[sqlite3.Row]:
        """Return what a query finds."""
        try:
            return self._db.execute(sql, values).fetchall()
        except sqlite3.DatabaseError as error:
            raise self._failed("read", error) from error

    def _row(self, sql: str, values: Sequence[object] = ()) -> sqlite3.Row | None:
        """Return the first row that a query finds, or None."""
        return next(iter(self._rows(sql, values)), None)

    def _value(self, sql: str, values: Sequence[object] = ()) -> Any:
        """Return the single value that a query finds."""
        return self._rows(sql, values)[0][0]

    def _run(self, sql: str, values: Sequence[object] = ()) -> int:
        """Run a change; return how many rows it met."""
        try:
            return self._db.execute(sql, values).rowcount
        except sqlite3.DatabaseError as error:
            raise self._failed("written", error) from error

    def _run_many(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        """Run a change for each of *rows*."""
        try:
            self._db.executemany(sql, rows)
        except sqlite3.DatabaseError as error:
            raise self._failed("written", error) from error

    def _failed(self, done: str, error: sqlite3.Error) -> StoreError:
        if _is_busy(error):
            return StoreBusy(
                "another run of Morgue is writing to it", str(self.path), "try again in a moment"
            )
        error = self._true(error)
        passing = isinstance(error, sqlite3.OperationalError)
        hint = "restore articles.db from a backup, or ask `sqlite3 articles.db .recover`"
        return StoreError(
            f"cannot be {done}: {error}", str(self.path), _advice(error) if passing else hint
        )

    def _true(self, error: sqlite3.Error) -> sqlite3.Error:
        """Return why a change really fails in a file that was opened for reading alone."""
        if _kind(error) == sqlite3.SQLITE_READONLY and self._refusal:
            return self._refusal
        return error

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
            if self._db.in_transaction:
                # What cannot be undone now is undone by whoever opens the file next.
                with suppress(sqlite3.Error):
                    self._db.execute("ROLLBACK")
            if isinstance(error, sqlite3.Error):
                if _is_busy(error):
                    raise self._failed("written", error) from error
                true = self._true(error)
                hint = "; ".join(filter(None, ("nothing was changed", _advice(true))))
                raise StoreError(f"cannot be written: {true}", str(self.path), hint) from error
            raise

    def now(self) -> datetime:
        """Return the moment by the store's own clock."""
        return self._clock()

    def _now(self) -> str:
        return self.now().astimezone(UTC).isoformat(timespec="seconds")


def _kind(error: sqlite3.Error) -> int:
    # The low byte is the kind; the rest says more exactly why.
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


def _is_busy(error: sqlite3.Error) -> bool:
    return _kind(error) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def _advice(error: sqlite3.Error) -> str:
    """Return what to do about an error of the disk; empty for all others."""
    if _kind(error) == sqlite3.SQLITE_READONLY:
        return advice(errno.EROFS)
    return _OF_THE_DISK.get(_kind(error), "")


def _connect(address: str, wait: float) -> sqlite3.Connection:
    return sqlite3.connect(address, uri=True, timeout=wait, isolation_level=None)


def _address(path: Path) -> str:
    return f"file:{quote(str(path))}"


def _has_log(path: Path) -> bool:
    """Whether there is something in the write-ahead log of the file at *path*."""
    try:
        return path.with_name(f"{path.name}-wal").stat().st_size > 0
    except FileNotFoundError:
        return False


def _uri(path: Path, create: bool) -> str:
    """Return the file's address for SQLite, which says how it may be opened."""
    if not path.exists():
        if not create:
            raise StoreError("is not there", str(path), "`morgue update` makes it")
        return f"{_address(path)}?mode=rwc"
    if not os.access(path, os.W_OK) or not os.access(path.parent, os.W_OK):
        # SQLite would want to write beside it; with nothing in the log it need not.
        return f"{_address(path)}?mode=ro{'' if _has_log(path) else '&immutable=1'}"
    return f"{_address(path)}?mode=rw"


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
