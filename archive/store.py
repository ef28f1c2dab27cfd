"""The store: ``articles.db``, the truth. The only module that speaks SQL.

Every change of an article moves it to the end of a sequence of changes, in the
same transaction. An index follows that sequence with a cursor (`Position`), so
it can always catch up and never needs to be trusted.
"""

import sqlite3
import uuid
import zlib
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import Self

import msgspec

from archive import identity
from archive.article import Article, Evidence, Published, Revision
from archive.errors import StoreError, UsageError
from archive.source import Failure, Kind, Source

FILE = "articles.db"
_BUSY_SECONDS = 30.0
_BATCH = 500

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Position:
    """A place in the sequence of changes of one store."""

    store_id: str
    seq: int


@dataclass(frozen=True, slots=True)
class Change:
    """One step of the sequence: the article as it is now, or None when it was withdrawn."""

    seq: int
    id: str
    article: Article | None


@dataclass(frozen=True, slots=True)
class KnownItem:
    """What the store remembers of a feed's entry or a folder's file."""

    stamp: str
    article_id: str


@dataclass(frozen=True, slots=True)
class Kept:
    """An article's standing in the store."""

    article: Article
    source_id: int | None
    first_seen: str
    revision: int
    state: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Counts:
    """How much the store holds. *earliest* and *latest* are dates of publication, ISO 8601."""

    articles: int
    revisions: int
    withdrawn: int
    undated: int
    earliest: str | None
    latest: str | None


class Store:
    """An open ``articles.db``. Not for sharing between threads: opening one is cheap."""

    def __init__(self, path: Path, clock: Clock = lambda: datetime.now(UTC)) -> None:
        self.path = path
        self._clock = clock
        try:
            self._db = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)
        except sqlite3.Error as error:
            raise StoreError(
                f"cannot be opened: {error}", str(path), "check the folder and its permissions"
            ) from error
        try:
            self._db.row_factory = sqlite3.Row
            self._db.execute("PRAGMA foreign_keys = ON")
            if self._version() != len(_steps()):
                self._migrate()
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

    # -- the file ----------------------------------------------------------

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
        self._db.execute("PRAGMA journal_mode = WAL")
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
                self._db.execute("ROLLBACK")
            if isinstance(error, sqlite3.Error):
                raise StoreError(
                    f"cannot be written: {error}", str(self.path), "nothing was changed"
                ) from error
            raise

    def _now(self) -> str:
        return self._clock().astimezone(UTC).isoformat(timespec="seconds")

    # -- sources -----------------------------------------------------------

    def add_source(
        self, kind: Kind, address: str, name: str | None = None, topics: Sequence[str] = ()
    ) -> tuple[Source, bool]:
        """Remember a source; return it and whether it is new.

        Adding an address again changes its name and topics where given.
        """
        with self.transaction():
            known = self._db.execute(
                "SELECT id FROM source WHERE address = ?", [address]
            ).fetchone()
            if known is None:
                self._db.execute(
                    "INSERT INTO source (kind, address, name, topics, added)"
                    " VALUES (?, ?, ?, ?, ?)",
                    [kind, address, name, _json(topics), self._now()],
                )
            else:
                # A new name or topic shows on articles only when they are read again.
                if name or topics:
                    self._db.execute(
                        "UPDATE item SET stamp = '' WHERE source_id = ?", [known["id"]]
                    )
                    self._db.execute(
                        "UPDATE source SET etag = NULL, last_modified = NULL WHERE id = ?",
                        [known["id"]],
                    )
                if name:
                    self._db.execute(
                        "UPDATE source SET name = ? WHERE id = ?", [name, known["id"]]
                    )
                if topics:
                    self._db.execute(
                        "UPDATE source SET topics = ? WHERE id = ?", [_json(topics), known["id"]]
                    )
        source = next(s for s in self.sources() if s.address == address)
        return source, known is None

    def sources(self) -> list[Source]:
        """Return all sources in the order they were added, with counts and failures."""
        failures: dict[int, list[Failure]] = {}
        for row in self._db.execute("SELECT * FROM failure ORDER BY source_id, since, address"):
            failures.setdefault(row["source_id"], []).append(
                Failure(row["address"], row["reason"], row["since"], row["last"])
            )
        counts = dict(
            self._db.execute(
                "SELECT source_id, count(*) FROM article WHERE state = 'kept' GROUP BY 1"
            ).fetchall()
        )
        return [
            Source(
                id=row["id"],
                kind=Kind(row["kind"]),
                address=row["address"],
                name=row["name"],
                title=row["title"],
                topics=_tuple(row["topics"]),
                added=row["added"],
                etag=row["etag"],
                last_modified=row["last_modified"],
                checked=row["checked"],
                succeeded=row["succeeded"],
                articles=counts.get(row["id"], 0),
                failures=tuple(failures.get(row["id"], ())),
            )
            for row in self._db.execute("SELECT * FROM source ORDER BY id")
        ]

    def remove_source(self, address: str) -> bool:
        """Forget a source; its articles stay. Returns False when it was not known."""
        with self.transaction():
            return self._db.execute("DELETE FROM source WHERE address = ?", [address]).rowcount > 0

    def record_success(
        self,
        source_id: int,
        *,
        title: str | None = None,
        etag: str | None = None,
        last_modified: str | None = None,
    ) -> None:
        """Note that a source answered, with the validators for the next conditional request."""
        now = self._now()
        with self.transaction():
            self._db.execute(
                "UPDATE source SET checked = ?, succeeded = ?, title = coalesce(?, title),"
                " etag = ?, last_modified = ? WHERE id = ?",
                [now, now, title, etag, last_modified, source_id],
            )

    def record_failures(self, source_id: int, reasons: Sequence[tuple[str, str]]) -> None:
        """Replace the known failures of a source by these (address, reason) pairs.

        A failure that was there before keeps its first date.
        """
        now = self._now()
        with self.transaction():
            self._db.execute("UPDATE source SET checked = ? WHERE id = ?", [now, source_id])
            since = dict(
                self._db.execute(
                    "SELECT address, since FROM failure WHERE source_id = ?", [source_id]
                ).fetchall()
            )
            self._db.execute("DELETE FROM failure WHERE source_id = ?", [source_id])
            self._db.executemany(
                "INSERT OR REPLACE INTO failure VALUES (?, ?, ?, ?, ?)",
                [
                    (source_id, address, why, since.get(address, now), now)
                    for address, why in reasons
                ],
            )

    # -- items -------------------------------------------------------------

    def items(self, source_id: int) -> dict[str, KnownItem]:
        """Return what is remembered of a source's entries or files, by key."""
        rows = self._db.execute(
            "SELECT key, stamp, article_id FROM item WHERE source_id = ?", [source_id]
        )
        return {row["key"]: KnownItem(row["stamp"], row["article_id"]) for row in rows}

    def remember_item(self, source_id: int, key: str, stamp: str, article_id: str) -> None:
        """Remember that this entry or file, in this state, was read into this article."""
        with self.transaction():
            self._db.execute(
                "INSERT OR REPLACE INTO item (source_id, key, stamp, article_id)"
                " VALUES (?, ?, ?, ?)",
                [source_id, key, stamp, article_id],
            )

    # -- articles ----------------------------------------------------------

    def put(
        self,
        article: Article,
        *,
        source_id: int | None = None,
        media_type: str | None = None,
        original: bytes | None = None,
    ) -> int:
        """Keep *article* as a new one or as the next revision; return the revision's number."""
        now = self._now()
        with self.transaction():
            known = self._db.execute(
                "SELECT revision FROM article WHERE id = ?", [article.id]
            ).fetchone()
            number = known["revision"] + 1 if known else 1
            seq = self._next_seq()
            if known:
                self._db.execute(
                    "UPDATE article SET revision = ?, seq = ? WHERE id = ?",
                    [number, seq, article.id],
                )
            else:
                self._db.execute(
                    "INSERT INTO article (id, url, source_id, first_seen, revision, seq)"
                    " VALUES (?, ?, ?, ?, ?, ?)",
                    [article.id, article.url, source_id, now, number, seq],
                )
            self._db.execute(
                f"INSERT INTO revision ({', '.join(_REVISION)})"  # noqa: S608 - our own names
                f" VALUES ({', '.join('?' * len(_REVISION))})",
                [
                    article.id,
                    number,
                    now,
                    identity.fingerprint(article),
                    *_article_values(article),
                    media_type,
                    zlib.compress(original) if original is not None else None,
                ],
            )
        return number

    def withdraw(self, article_id: str, *, purge: bool = False) -> bool:
        """Take an article out of search for good; with *purge* also remove what it said.

        Returns False when there was nothing left to do. Its place stays taken, so
        the same article does not come back with the next update. Raises UsageError
        for an id that is not in the archive.
        """
        with self.transaction():
            row = self._db.execute(
                "SELECT state FROM article WHERE id = ?", [article_id]
            ).fetchone()
            if row is None:
                raise UsageError(
                    "no article has this id", article_id, "see `morgue search --json`"
                )
            state = "purged" if purge or row["state"] == "purged" else "withdrawn"
            changed = bool(row["state"] != state)
            if changed and purge:
                self._db.execute(
                    "UPDATE revision SET headline = '', text = '', agency = NULL, byline = '[]',"
                    " dateline = NULL, section = NULL, topics = '[]', caption = NULL,"
                    " credits = NULL, link = NULL, evidence = '[]', original = NULL,"
                    " fingerprint = ''"
                    " WHERE article_id = ?",
                    [article_id],
                )
            if changed:
                self._db.execute(
                    "UPDATE article SET state = ?, seq = ? WHERE id = ?",
                    [state, self._next_seq(), article_id],
                )
        if purge:
            self._overwrite()
        return changed

    def _overwrite(self) -> None:
        """Rewrite the file, for freed pages and the log still hold what was purged."""
        try:
            self._db.execute("VACUUM")
            busy = self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        except sqlite3.Error as error:
            busy = str(error)
        if busy:
            raise StoreError(
                "is in use, so the bytes of what was purged may still lie in the file",
                str(self.path),
                "purge again when nothing else uses it",
            )

    def kept(self, article_id: str) -> Kept | None:
        """Return an article in whatever state it is, or None for an unknown id."""
        row = self._db.execute(f"{_SELECT_CURRENT} WHERE a.id = ?", [article_id]).fetchone()
        return _kept(row) if row else None

    def by_url(self, url: str) -> Kept | None:
        """Return the article at a canonical URL, or None."""
        row = self._db.execute(f"{_SELECT_CURRENT} WHERE a.url = ?", [url]).fetchone()
        return _kept(row) if row else None

    def get_many(self, ids: Collection[str]) -> dict[str, Kept]:
        """Return the articles of *ids* that are still shown, in one query."""
        marks = ", ".join("?" * len(ids))
        rows = self._db.execute(
            f"{_SELECT_CURRENT} WHERE a.id IN ({marks}) AND a.state = 'kept'", list(ids)
        )
        return {row["id"]: _kept(row) for row in rows}

    def revisions(self, article_id: str) -> list[Revision]:
        """Return all revisions of an article, the first first."""
        rows = self._db.execute(
            "SELECT a.id, a.url, r.* FROM article a JOIN revision r ON r.article_id = a.id"
            " WHERE a.id = ? ORDER BY r.number",
            [article_id],
        )
        return [Revision(row["number"], row["seen"], _article(row)) for row in rows]

    def original(self, article_id: str, number: int) -> tuple[str | None, bytes] | None:
        """Return the media type and the bytes that a revision was read from, if kept."""
        row = self._db.execute(
            "SELECT media_type, original FROM revision WHERE article_id = ? AND number = ?",
            [article_id, number],
        ).fetchone()
        if row is None or row["original"] is None:
            return None
        return row["media_type"], zlib.decompress(row["original"])

    # -- the sequence of changes -------------------------------------------

    def _next_seq(self) -> int:
        return int(self._db.execute("SELECT coalesce(max(seq), 0) + 1 FROM article").fetchone()[0])

    def position(self) -> Position:
        """Return the newest place in the sequence of changes."""
        store_id = self._db.execute("SELECT store_id FROM identity").fetchone()[0]
        seq = self._db.execute("SELECT coalesce(max(seq), 0) FROM article").fetchone()[0]
        return Position(store_id, seq)

    def changes_since(self, seq: int) -> Iterator[Change]:
        """Yield every article that changed after *seq*, as it is now, in sequence.

        Read in batches, so writers are not held up and memory stays flat.
        """
        while True:
            rows = self._db.execute(
                f"{_SELECT_CURRENT} WHERE a.seq > ? ORDER BY a.seq LIMIT {_BATCH}", [seq]
            ).fetchall()
            for row in rows:
                seq = row["seq"]
                yield Change(seq, row["id"], _article(row) if row["state"] == "kept" else None)
            if len(rows) < _BATCH:
                return

    def count_changes_since(self, seq: int) -> int:
        """Return how many articles changed after *seq*."""
        return int(
            self._db.execute("SELECT count(*) FROM article WHERE seq > ?", [seq]).fetchone()[0]
        )

    def counts(self) -> Counts:
        """Return how much the store holds."""
        row = self._db.execute(
            "SELECT count(*) FILTER (WHERE a.state = 'kept') AS articles,"
            " count(*) FILTER (WHERE a.state <> 'kept') AS withdrawn,"
            " count(*) FILTER (WHERE a.state = 'kept' AND r.published IS NULL) AS undated,"
            " min(r.published) FILTER (WHERE a.state = 'kept') AS earliest,"
            " max(r.published) FILTER (WHERE a.state = 'kept') AS latest"
            " FROM article a JOIN revision r ON r.article_id = a.id AND r.number = a.revision"
        ).fetchone()
        revisions = self._db.execute("SELECT count(*) FROM revision").fetchone()[0]
        return Counts(
            row["articles"],
            revisions,
            row["withdrawn"],
            row["undated"],
            row["earliest"],
            row["latest"],
        )


_ARTICLE = (
    "source",
    "headline",
    "text",
    "agency",
    "byline",
    "dateline",
    "published",
    "language",
    "section",
    "topics",
    "caption",
    "credits",
    "link",
    "evidence",
)
_REVISION = ("article_id", "number", "seen", "fingerprint", *_ARTICLE, "media_type", "original")
_SELECT_CURRENT = (
    "SELECT a.id, a.url, a.source_id, a.first_seen, a.revision, a.state, a.seq, r.fingerprint, "  # noqa: S608 - our own names
    + ", ".join(f"r.{name}" for name in _ARTICLE)
    + " FROM article a JOIN revision r ON r.article_id = a.id AND r.number = a.revision"
)


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


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode("utf-8")


def _tuple(text: str) -> tuple[str, ...]:
    return msgspec.json.decode(text, type=tuple[str, ...])


def _article_values(article: Article) -> list[str | None]:
    """The columns of `_ARTICLE`, in their order."""
    return [
        article.source,
        article.headline,
        article.text,
        article.agency,
        _json(article.byline),
        article.dateline,
        article.published.iso if article.published else None,
        article.language,
        article.section,
        _json(article.topics),
        article.caption,
        article.credits,
        article.link,
        _json(article.evidence),
    ]


def _article(row: sqlite3.Row) -> Article:
    return Article(
        id=row["id"],
        url=row["url"],
        source=row["source"],
        headline=row["headline"],
        text=row["text"],
        agency=row["agency"],
        byline=_tuple(row["byline"]),
        dateline=row["dateline"],
        published=Published(row["published"]) if row["published"] else None,
        language=row["language"],
        section=row["section"],
        topics=_tuple(row["topics"]),
        caption=row["caption"],
        credits=row["credits"],
        link=row["link"],
        evidence=msgspec.json.decode(row["evidence"], type=tuple[Evidence, ...]),
    )


def _kept(row: sqlite3.Row) -> Kept:
    return Kept(
        article=_article(row),
        source_id=row["source_id"],
        first_seen=row["first_seen"],
        revision=row["revision"],
        state=row["state"],
        fingerprint=row["fingerprint"],
    )
