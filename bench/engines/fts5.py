"""SQLite's FTS5: porter over unicode61, bm25 with weights, facets by joins, `snippet()`.

One database of its own. The text lies in a table that FTS5 reads as its external
content, so that `snippet` can mark it; its bytes are not counted as index. Exact
forms, for prefixes, are a second FTS5 table without positions (``detail=none``)
with prefix indexes. The matches of a query are gathered once in a temporary
table, which is read for the ten best and joined for each facet.
"""

import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

from archive import store as stores
from archive.article import Article
from archive.store import Change
from bench.articles.kept import TimedStore
from bench.engines.ask import SHOWN, UNDATED, Ask, How, Page
from bench.engines.texts import changed, read

_SCHEMA: Final = """
CREATE TABLE article (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, source TEXT NOT NULL,
    month TEXT NOT NULL, day TEXT, moment REAL
);
CREATE INDEX article_day ON article (day);
CREATE INDEX article_moment ON article (moment);
CREATE INDEX article_source ON article (source);
CREATE TABLE topic (number INTEGER NOT NULL, topic TEXT NOT NULL, PRIMARY KEY (number, topic))
    WITHOUT ROWID;
CREATE INDEX topic_topic ON topic (topic, number);
CREATE TABLE content (number INTEGER PRIMARY KEY, headline TEXT, body TEXT, byline TEXT);
CREATE VIRTUAL TABLE words USING fts5(
    headline, body, byline,
    content='content', content_rowid='number', tokenize='porter unicode61'
);
CREATE VIRTUAL TABLE forms USING fts5(
    headline, body, byline, content='content', content_rowid='number', tokenize='unicode61',
    detail=none, columnsize=0, prefix='3 4 5'
);
"""
_WEIGHTS: Final = "2.0, 1.0, 1.0"
_COLUMNS: Final = "number, headline, body, byline"


class Engine:
    """A database with FTS5 tables over the articles of a site."""

    can_near = True

    def __init__(self, site: Path, folder: Path) -> None:
        self._site = site
        self._file = folder / "fts5.db"

    def build(self) -> float:
        """Insert all in one transaction, optimize, and sync."""
        for file in self._file.parent.glob(f"{self._file.name}*"):
            file.unlink()
        self._file.parent.mkdir(parents=True, exist_ok=True)
        started = time.perf_counter()
        self._connect()
        self._db.executescript(_SCHEMA)
        with TimedStore(self._site / stores.FILE) as store:
            self._db.execute("BEGIN")
            for number, article in enumerate(read(store), start=1):
                self._insert(number, article)
            self._db.execute("COMMIT")
            self.merge()
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            self._db.close()
            return time.perf_counter() - started - store.seconds

    def _connect(self) -> None:
        self._db = sqlite3.connect(self._file, isolation_level=None)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.execute("PRAGMA cache_size = -65536")
        self._db.execute("PRAGMA mmap_size = 2147418112")
        self._db.execute("PRAGMA temp_store = MEMORY")

    def _insert(self, number: int, article: Article) -> None:
        published = article.published
        self._db.execute(
            "INSERT INTO article VALUES (?, ?, ?, ?, ?, ?)",
            [
                number,
                article.id,
                article.source,
                published.month if published else UNDATED,
                published.iso[:10] if published else None,
                published.moment if published else None,
            ],
        )
        self._db.executemany(
            "INSERT INTO topic VALUES (?, ?)", [(number, topic) for topic in article.topics]
        )
        row = [number, article.headline, article.text, ", ".join(article.byline)]
        self._db.execute("INSERT INTO content VALUES (?, ?, ?, ?)", row)
        for table in ("words", "forms"):
            named = _COLUMNS.replace("number", "rowid")
            self._db.execute(f"INSERT INTO {table} ({named}) VALUES (?, ?, ?, ?)", row)

    def open(self) -> None:
        """Open the database."""
        self._connect()
        self._db.execute("CREATE TEMP TABLE hit (number INTEGER PRIMARY KEY, score REAL)")

    def close(self) -> None:
        """Close the database."""
        self._db.close()

    def page(self, ask: Ask) -> Page:
        """Gather the matches, then read the ten best and the facets from them."""
        select, values = _matches(ask)
        self._db.execute("BEGIN")
        self._db.execute("DELETE FROM hit")
        self._db.execute(f"INSERT INTO hit {select}", values)
        total = self._db.execute("SELECT count(*) FROM hit").fetchone()[0]
        # SQLite knows nothing of a temporary table. Left alone it walks an index over all
        # articles, which is best for many matches; told to, it looks each match up.
        few = total * 10 < self._db.execute("SELECT max(number) FROM article").fetchone()[0]
        join = "CROSS JOIN" if few else "JOIN"
        if ask.newest:
            # SQLite puts NULL, the undated, last in descending order.
            order = f"{join} article USING (number) ORDER BY article.moment DESC, number"
        else:
            order = "ORDER BY score, number"
        best = [
            row[0]
            for row in self._db.execute(
                f"SELECT number FROM hit {order} LIMIT {SHOWN} OFFSET ?", [ask.offset]
            )
        ]
        facets = {
            name: dict(
                self._db.execute(
                    f"SELECT {name}, count(*) FROM hit {join} {table}"
                    f" USING (number) GROUP BY {name}"
                )
            )
            for name, table in (("source", "article"), ("topic", "topic"), ("month", "article"))
        }
        ids, snippets = self._shown(ask, best)
        self._db.execute("COMMIT")
        return Page(total, ids, snippets, facets)

    def _shown(self, ask: Ask, best: list[int]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        marks = ",".join("?" * len(best))
        names = dict(
            self._db.execute(f"SELECT number, id FROM article WHERE number IN ({marks})", best)
        )
        ids = tuple(names[number] for number in best)
        if ask.how is How.EVERYTHING:
            rows = self._db.execute(
                f"SELECT headline, substr(body, 1, 280) FROM content WHERE number IN ({marks})",
                best,
            )
        else:
            # Both tables read the same content; without positions, only words can be marked.
            table = "forms" if ask.how is How.PREFIX else "words"
            rows = self._db.execute(
                f"SELECT highlight({table}, 0, '<b>', '</b>'),"
                f" snippet({table}, 1, '<b>', '</b>', '…', 40)"
                f" FROM {table} WHERE {table} MATCH ? AND rowid IN ({marks})",
                [_expression(ask), *best],
            )
        return ids, tuple(text for row in rows for text in row)

    def upsert(self, changes: Sequence[Change]) -> None:
        """Delete what was there as external content asks, insert, commit, synced."""
        self._db.execute("BEGIN")
        for article in changed(changes):
            known = self._db.execute(
                "SELECT number FROM article WHERE id = ?", [article.id]
            ).fetchone()
            if known:
                old = self._db.execute(
                    f"SELECT {_COLUMNS} FROM content WHERE number = ?", known
                ).fetchone()
                named = _COLUMNS.replace("number", "rowid")
                for table in ("words", "forms"):
                    self._db.execute(
                        f"INSERT INTO {table} ({table}, {named}) VALUES ('delete', ?, ?, ?, ?)",
                        old,
                    )
                for table in ("content", "topic", "article"):
                    self._db.execute(f"DELETE FROM {table} WHERE number = ?", known)
                number = known[0]
            else:
                number = self._db.execute("SELECT max(number) + 1 FROM article").fetchone()[0]
            self._insert(number, article)
        self._db.execute("COMMIT")

    def merge(self) -> bool:
        """Bring each FTS5 table into one segment (``optimize``)."""
        for table in ("words", "forms"):
            self._db.execute(f"INSERT INTO {table} ({table}) VALUES ('optimize')")
        return True

    def index(self) -> Path:
        """Return the database."""
        return self._file

    def size(self) -> int:
        """Return the pages of the database but for those of the text itself."""
        with closing(sqlite3.connect(self._file)) as db:
            found = db.execute(
                "SELECT coalesce(sum(pgsize), 0) FROM dbstat"
                " WHERE aggregate = TRUE AND name <> 'content'"
            ).fetchone()
        return int(found[0])


def _expression(ask: Ask) -> str:
    """Return the query in FTS5's own language."""
    words = [f'"{word}"' for word in ask.words]
    return {
        How.ALL: " AND ".join(words),
        How.ANY: " OR ".join(words),
        How.PHRASE: f'"{" ".join(ask.words)}"',
        How.PREFIX: f"{words[0]} *" if words else "",
        How.NEAR: f"NEAR({' '.join(words)}, {ask.within - 1})",
        How.EVERYTHING: "",
    }[ask.how]


def _matches(ask: Ask) -> tuple[str, list[object]]:
    """Return a statement that yields (number, score) of every match; the best score is lowest."""
    values: list[object] = []
    conditions = []
    # CROSS keeps SQLite from walking a whole source and asking the word index row by row.
    if ask.how is How.EVERYTHING:
        source, score = "article", "0.0"
    elif ask.how is How.PREFIX:
        # Without positions there is nothing to weigh: every match is alike, as with the others.
        source, score = "forms CROSS JOIN article ON article.number = forms.rowid", "0.0"
        conditions.append("forms MATCH ?")
        values.append(_expression(ask))
    else:
        source = "words CROSS JOIN article ON article.number = words.rowid"
        score = f"bm25(words, {_WEIGHTS})"
        conditions.append("words MATCH ?")
        values.append(_expression(ask))
    if source != "article" and not (ask.first or ask.last or ask.source or ask.topic):
        source = source.split(" CROSS JOIN ")[0]
        number = f"{source}.rowid"
    else:
        number = "article.number"
    for condition, value in (
        ("article.day >= ?", ask.first),
        ("article.day <= ?", ask.last),
        ("article.source = ?", ask.source),
        ("article.number IN (SELECT number FROM topic WHERE topic = ?)", ask.topic),
    ):
        if value:
            conditions.append(condition)
            values.append(value)
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    return f"SELECT {number}, {score} FROM {source}{where}", values
