"""The database file: opened, brought to the current format, changed in transactions.

The tables are in ``migrations/``; what they mean is in `store_sources` and `store`.
"""

import errno
import os
import secrets
import sqlite3
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from functools import cache
from importlib import resources
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Self
from urllib.parse import quote

import msgspec

from archive.cut import looks_cut
from archive.errors import StoreBusy, StoreDamaged, StoreError, advice
from archive.store_seal import GUARDED, register

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
        self._has_mark = False
        self._refusal: sqlite3.Error | None = None
        wait = _BUSY_SECONDS if patience is None else patience
        uri = uri_of(path, create)
        try:
            self._db = self._connected(uri, wait)
        except sqlite3.Error as error:
            hint = _advice(error) or "check the folder and its permissions"
            raise StoreError(f"cannot be opened: {error}", str(path), hint) from error
        try:
            self._db.row_factory = sqlite3.Row
            self._db.execute("PRAGMA foreign_keys = ON")
            self._db.execute("PRAGMA cell_size_check = ON")
            self._wait_for_the_disk()
            register(self._db)
            if self._version() != len(_steps()):
                self._migrate(only_read="mode=ro" in uri)
        except sqlite3.Error as error:
            self._db.close()
            if _is_damage(error):
                raise StoreDamaged(
                    f"cannot be used: it is damaged, or no Morgue archive ({error})", str(path)
                ) from error
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
        error = self._true(error)
        return StoreError(f"cannot be {done}: {error}", str(self.path), _advice(error))

    def _true(self, error: sqlite3.Error) -> sqlite3.Error:
        """Return why a change really fails in a file that was opened for reading alone."""
        if _kind(error) == sqlite3.SQLITE_READONLY and self._refusal:
            return self._refusal
        return error

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
            self._has_mark = False
            if self._db.in_transaction:
                # What cannot be undone now is undone by whoever opens the file next.
                with suppress(sqlite3.Error):
                    self._db.execute("ROLLBACK")
            if isinstance(error, sqlite3.Error):
                if _is_busy(error) or _is_damage(error):
                    raise self._failed("written", error) from error
                true = self._true(error)
                hint = "; ".join(filter(None, ("nothing was changed", _advice(true))))
                raise StoreError(f"cannot be written: {true}", str(self.path), hint) from error
            raise

    @contextmanager
    def steady(self) -> Iterator[None]:
        """Whatever is read inside is of this moment, however much is written meanwhile.

        Nothing can be written inside; one inside another, or inside a transaction, joins it.
        The log grows by what others write until it ends.
        """
        if self._db.in_transaction:
            yield
            return
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


def sqlite_version() -> str:
    """Return the version of SQLite that reads and writes stores."""
    return sqlite3.sqlite_version


def format_of(path: Path) -> int:
    """Return the format of the store at *path*, which is left as it is. Raises StoreError."""
    try:
        with closing(sqlite3.connect(uri_of(path, create=False), uri=True)) as db:
            return int(db.execute("PRAGMA user_version").fetchone()[0])
    except sqlite3.Error as error:
        raise StoreError(f"cannot be read: {error}", str(path)) from error


def newest_format() -> int:
    """Return the format that this Morgue writes."""
    return len(_steps())


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


def _is_damage(error: sqlite3.Error) -> bool:
    if not hasattr(error, "sqlite_errorcode"):
        # Not from SQLite but from Python's module, which found bytes that are no text.
        return "decode" in str(error).lower() or "UTF-8" in str(error)
    return _kind(error) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def uri_of(path: Path, create: bool) -> str:
    """Return the file's address for SQLite, which says how it may be opened."""
    if not path.exists():
        if not create:
            raise StoreError("is not there", str(path), "`morgue update` makes it")
        _begin(path)
        return f"{_address(path)}?mode=rwc"
    if not create and path.is_file() and not path.stat().st_size:
        raise StoreDamaged("is empty", str(path), "restore a backup")
    if not os.access(path, os.W_OK) or not os.access(path.parent, os.W_OK):
        # SQLite would want to write beside it; with nothing in the log it need not.
        return f"{_address(path)}?mode=ro{'' if _has_log(path) else '&immutable=1'}"
    return f"{_address(path)}?mode=rw"


def _begin(path: Path) -> None:
    """Make an empty file, which is a database to SQLite, for whom this process makes files.

    SQLite would let all read it, as far as the mask allows, and no group write; what it
    writes beside the file gets the file's mode.
    """
    with suppress(OSError):  # SQLite says better why it cannot be.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o660))


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
