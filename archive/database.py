"""The database file: opened, brought to the current format, changed in transactions.

The tables are in ``migrations/``; what they mean is in `store_sources` and `store`.
"""

import os
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
from archive.errors import StoreBusy, StoreError

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
        uri = _uri(path, create)
        try:
            self._db = sqlite3.connect(
                uri,
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
            if self._version() != len(_steps()):
                self._migrate(only_read="mode=ro" in uri)
        except sqlite3.Error as error:
            self._db.close()
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
        with self._writing():
            return self._db.execute(sql, values).rowcount

    def _run_many(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        """Run a change for each of *rows*."""
        with self._writing():
            self._db.executemany(sql, rows)

    def _compact(self) -> None:
        """Write the whole file anew, which no transaction can hold."""
        try:
            self._db.execute("VACUUM")
        except sqlite3.DatabaseError as error:
            raise self._failed("written", error) from error

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with self.transaction():
            try:
                yield
            except sqlite3.DatabaseError as error:
                raise self._failed("written", error) from error

    def _failed(self, done: str, error: sqlite3.Error) -> StoreError:
        if _is_busy(error):
            return StoreBusy(
                "another run of Morgue is writing to it", str(self.path), "try again in a moment"
            )
        passing = isinstance(error, sqlite3.OperationalError)
        hint = "restore articles.db from a backup, or ask `sqlite3 articles.db .recover`"
        return StoreError(f"cannot be {done}: {error}", str(self.path), "" if passing else hint)

    def _version(self) -> int:
        return int(self._db.execute("PRAGMA user_version").fetchone()[0])

    def _migrate(self, *, only_read: bool) -> None:
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
        if only_read:
            raise StoreError(
                f"was written by an older Morgue (format {version}, this one needs {len(steps)}), "
                "and may only be read here",
                str(self.path),
                "copy it to where it may be written, and open the copy",
            )
        self._write_ahead()
        # The one rule of ours that a step asks.
        self._db.create_function("looks_cut", 1, looks_cut, deterministic=True)
        for number, sql in enumerate(steps, start=1):
            with self.transaction(migrating=True):
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
    def transaction(self, *, migrating: bool = False) -> Iterator[None]:
        """Everything inside happens, or nothing does. One inside another joins it.

        Raises StoreError where a newer Morgue brought the file to another format since it
        was opened, unless *migrating*.
        """
        if self._db.in_transaction:
            yield
            return
        try:
            self._db.execute("BEGIN IMMEDIATE")
            if not migrating and self._version() != len(_steps()):
                # What the newer tables need besides, this code would not write.
                raise StoreError(
                    f"was brought to format {self._version()} by a newer Morgue meanwhile",
                    str(self.path),
                    "nothing was changed: start this command again, with the newer Morgue",
                )
            yield
            self._db.execute("COMMIT")
        except BaseException as error:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            if isinstance(error, sqlite3.Error):
                if _is_busy(error):
                    raise self._failed("written", error) from error
                raise StoreError(
                    f"cannot be written: {error}", str(self.path), "nothing was changed"
                ) from error
            raise

    @contextmanager
    def steady(self) -> Iterator[None]:
        """Whatever is read inside is of this moment, however much is written meanwhile.

        Nothing can be written inside. The log grows by what others write until it ends.
        """
        try:
            # Else what was written inside would be undone at the end, without a word.
            self._db.execute("PRAGMA query_only = ON")
            self._db.execute("BEGIN")
            # The moment is that of the first read.
            self._db.execute("SELECT 1 FROM identity").fetchall()
            yield
        except sqlite3.DatabaseError as error:
            raise self._failed("read", error) from error
        finally:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            self._db.execute("PRAGMA query_only = OFF")

    def cut_log(self, patience: float = 2.0) -> bool:
        """Bring what was written into the file itself and empty the log; say if that was done.

        While anybody reads at every moment, SQLite alone would let the log grow. It waits
        *patience* seconds for those who read in it; a long export holds it for longer.
        """
        before = self._value("PRAGMA busy_timeout")
        try:
            self._db.execute(f"PRAGMA busy_timeout = {int(patience * 1000)}")
            return not self._value("PRAGMA wal_checkpoint(TRUNCATE)")
        except StoreError:
            return False
        finally:
            self._db.execute(f"PRAGMA busy_timeout = {before}")

    def now(self) -> datetime:
        """Return the moment by the store's own clock."""
        return self._clock()

    def _now(self) -> str:
        return self.now().astimezone(UTC).isoformat(timespec="seconds")


def _is_busy(error: sqlite3.Error) -> bool:
    # The low byte is the kind; the rest says more exactly why.
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def _uri(path: Path, create: bool) -> str:
    """Return the file's address for SQLite, which says how it may be opened."""
    place = f"file:{quote(str(path))}"
    if not path.exists():
        if not create:
            raise StoreError("is not there", str(path), "`morgue update` makes it")
        return f"{place}?mode=rwc"
    log = path.with_name(f"{path.name}-wal")
    if not os.access(path, os.W_OK) or not os.access(path.parent, os.W_OK):
        # SQLite would want to write beside it; with nothing in the log it need not.
        if not log.exists() or not log.stat().st_size:
            return f"{place}?mode=ro&immutable=1"
        return f"{place}?mode=ro"
    return f"{place}?mode=rw"


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
