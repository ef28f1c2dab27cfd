"""The database file: opened, brought to the current format, changed in transactions.

The tables are in ``migrations/``; what they mean is said where they are used.
"""

import secrets
import sqlite3
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import msgspec

from archive.cut import looks_cut
from archive.errors import StoreBusy, StoreDamaged, StoreError
from archive.store.errors import OF_THE_DISK, advice_on, is_busy, is_damage, kind
from archive.store.file import address, connect, has_log, uri_of
from archive.store.formats import statements, steps
from archive.store.seal import GUARDED, register

_BUSY_SECONDS = 30.0

Clock = Callable[[], datetime]
Values = Sequence[object] | Mapping[str, object]
"""What is bound to a statement: in the order of its ``?``, or by the names of its ``:name``."""


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
            hint = advice_on(error) or "check the folder and its permissions"
            raise StoreError(f"cannot be opened: {error}", str(path), hint) from error
        try:
            self._db.row_factory = sqlite3.Row
            self._db.execute("PRAGMA foreign_keys = ON")
            self._db.execute("PRAGMA cell_size_check = ON")
            self._wait_for_the_disk()
            register(self._db)
            if self._version() != len(steps()):
                self._migrate(only_read="mode=ro" in uri)
        except sqlite3.Error as error:
            self._db.close()
            if is_damage(error):
                raise StoreDamaged(
                    f"cannot be used: it is damaged, or no Morgue archive ({error})", str(path)
                ) from error
            hint = advice_on(error) or "is it a Morgue archive, and readable?"
            raise StoreError(f"cannot be used: {error}", str(path), hint) from error
        except StoreError:
            self._db.close()
            raise

    def _connected(self, uri: str, wait: float) -> sqlite3.Connection:
        """Open the file so that it can be read, even where SQLite finds no room beside it."""
        db = connect(uri, wait)
        try:
            # The first read makes the files beside it, log and index of the log.
            db.execute("PRAGMA user_version").fetchone()
        except sqlite3.Error as error:
            if kind(error) not in OF_THE_DISK or not self.path.stat().st_size:
                # It is met again, and told of, by whoever reads next.
                return db
            db.close()
            self._refusal = error
            if not has_log(self.path):
                # Nobody can write meanwhile, or only who makes room in this very moment.
                return connect(f"{address(self.path)}?mode=ro&immutable=1", wait)
            # Alone in the file, SQLite keeps the index of the log in memory.
            db = connect(uri, wait)
            db.execute("PRAGMA locking_mode = EXCLUSIVE")
        return db

    def _wait_for_the_disk(self) -> None:
        """Have each transaction on the disk when it ends, which some builds of SQLite have not."""
        try:
            self._db.execute("PRAGMA synchronous = FULL")
        except sqlite3.DatabaseError as error:
            # What is damaged is told of by whoever reads it, and is not written to.
            if kind(error) != sqlite3.SQLITE_CORRUPT:
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
    def _rows(self, sql: str, values: Values = ()) -> list[sqlite3.Row]:
        """Return what a query finds."""
        try:
            return self._db.execute(sql, values).fetchall()
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            raise self._failed("read", error) from error

    def _row(self, sql: str, values: Values = ()) -> sqlite3.Row | None:
        """Return the first row that a query finds, or None."""
        return next(iter(self._rows(sql, values)), None)

    def _value(self, sql: str, values: Values = ()) -> Any:
        """Return the single value that a query finds."""
        row = self._row(sql, values)
        if row is None:
            raise StoreDamaged("is damaged: what every store has is missing", str(self.path))
        return row[0]

    def _run(self, sql: str, values: Values = ()) -> int:
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
        if is_busy(error):
            return StoreBusy(
                "another run of Morgue is writing to it", str(self.path), "try again in a moment"
            )
        if is_damage(error):
            return StoreDamaged(f"is damaged ({error})", str(self.path))
        error = self._true(error)
        return StoreError(f"cannot be {done}: {error}", str(self.path), advice_on(error))

    def _true(self, error: sqlite3.Error) -> sqlite3.Error:
        """Return why a change really fails in a file that was opened for reading alone."""
        if kind(error) == sqlite3.SQLITE_READONLY and self._refusal:
            return self._refusal
        return error

    def _whole(self, name: str) -> None:
        """Compare a guarded table with its fold. Raises StoreDamaged where it is another."""
        if not self._value(
            "SELECT EXISTS (SELECT 1 FROM guard WHERE name = ? AND (rows, fold) ="
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
        known = steps()
        # In one statement, so that both are of one moment.
        version, tables = self._db.execute(
            "SELECT (SELECT user_version FROM pragma_user_version),"
            " (SELECT count(*) FROM sqlite_master)"
        ).fetchone()
        if version == 0 and tables:
            raise StoreError("is another program's database", str(self.path))
        if version > len(known):
            raise StoreError(
                f"was written by a newer Morgue (format {version}, this one knows {len(known)})",
                str(self.path),
                "update Morgue",
            )
        if only_read:
            raise StoreError(
                f"was written by an older Morgue (format {version}, this one needs {len(known)}), "
                "and may only be read here",
                str(self.path),
                "copy it to where it may be written, and open the copy",
            )
        self._write_ahead()
        # The one rule of ours that a step asks.
        self._db.create_function("looks_cut", 1, looks_cut, deterministic=True)
        for number, sql in enumerate(known, start=1):
            with self.transaction(migrating=True):
                # Asked again under the write lock: two processes may open a new file at once.
                if self._version() >= number:
                    continue
                for statement in statements(sql):
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
            if not migrating and self._version() != len(steps()):
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
                if is_busy(error) or is_damage(error):
                    raise self._failed("written", error) from error
                true = self._true(error)
                hint = "; ".join(filter(None, ("nothing was changed", advice_on(true))))
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


def to_json(value: object) -> str:
    """Return *value* as the JSON text that a column keeps."""
    return msgspec.json.encode(value).decode("utf-8")


def from_json(text: str) -> tuple[str, ...]:
    """Return the strings of a JSON array kept in a column."""
    return msgspec.json.decode(text, type=tuple[str, ...])
