"""Whether a store is what was written: read whole, structure and rows, and nothing changed."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from archive.errors import StoreDamaged, StoreError
from archive.store.file import uri_of
from archive.store.formats import newest_format, schema
from archive.store.kept import COLUMNS, ORIGINAL_SEAL, check
from archive.store.seal import GUARDED, register, seal

_MOST: Final = 100
"""Faults that are told of one kind."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something in the store that is not as it should be: *what*, in words.

    *article* is the id of the article that it is about, if it is about one. What is
    *derived* can be counted anew from the rest; all else has to be salvaged.
    """

    what: str
    article: str | None = None
    derived: bool = False


def check_store(path: Path) -> list[Fault]:
    """Return what is wrong with the store in *path*: nothing, where it is what was written."""
    found: list[Fault] = []
    try:
        with closing(sqlite3.connect(uri_of(path, create=False), uri=True, timeout=30)) as db:
            db.row_factory = sqlite3.Row
            register(db)
            db.execute("BEGIN")
            for look in (_structure, _schema, _references, _articles, _seals, _guards, _derived):
                try:
                    found += look(db)
                except (sqlite3.Error, UnicodeError) as error:
                    found.append(Fault(f"cannot be read ({error})"))
    except sqlite3.Error as error:
        found.append(Fault(f"cannot be opened ({error})"))
    except StoreError as error:
        found.append(Fault(error.reason))
    return list(dict.fromkeys(found))


def _structure(db: sqlite3.Connection) -> Iterator[Fault]:
    for (line,) in db.execute(f"PRAGMA integrity_check({_MOST})"):
        if line != "ok":
            yield Fault(" ".join(line.split()))


def _schema(db: sqlite3.Connection) -> Iterator[Fault]:
    version = db.execute("PRAGMA user_version").fetchone()[0]
    if version != newest_format():
        yield Fault(f"is of format {version}, not {newest_format()}")
        return
    found = dict(db.execute("SELECT name, sql FROM sqlite_master").fetchall())
    for name, sql in schema().items():
        if found.get(name) != sql:
            yield Fault(f"{name} is not made as Morgue makes it")


def _references(db: sqlite3.Connection) -> Iterator[Fault]:
    for row in db.execute(
        'SELECT "table", parent, count(*) AS n FROM pragma_foreign_key_check GROUP BY 1, 2'
    ):
        yield Fault(f"{row['n']} of table {row['table']} lead to no {row['parent']}")


def _articles(db: sqlite3.Connection) -> Iterator[Fault]:
    """Each article and each revision against its seal, and originals by their own checksum."""
    for row in db.execute(
        f"SELECT {COLUMNS}, r.original, {ORIGINAL_SEAL} FROM article a"
        " LEFT JOIN revision r ON r.article_id = a.id ORDER BY a.id, r.number"
    ):
        try:
            check(row)
        except StoreDamaged as error:
            yield Fault(error.reason.removeprefix("is damaged: "), row["id"])
        if row["original_seal"] != seal(row["original"]):
            what = f"the original of article {row['id']}, revision {row['number']}, is damaged"
            yield Fault(what, row["id"])


def _seals(db: sqlite3.Connection) -> Iterator[Fault]:
    for row in db.execute(
        "SELECT s.article_id AS id, s.number FROM seal s"
        " LEFT JOIN article a ON a.id = s.article_id"
        " LEFT JOIN revision r ON (r.article_id, r.number) = (s.article_id, s.number)"
        " WHERE a.id IS NULL OR (s.number > 0 AND r.number IS NULL)"
    ):
        what = f"revision {row['number']}" if row["number"] else "what is known"
        yield Fault(f"{what} of article {row['id']} is not there", row["id"])
    for row in db.execute(
        "SELECT a.id, a.revision, count(r.number) AS n, max(r.number) AS last FROM article a"
        " LEFT JOIN revision r ON r.article_id = a.id GROUP BY a.id"
        " HAVING n <> a.revision OR last <> a.revision"
    ):
        yield Fault(
            f"of {row['revision']} revisions of {row['id']} there are {row['n']}", row["id"]
        )


def _guards(db: sqlite3.Connection) -> Iterator[Fault]:
    if db.execute("SELECT count(*) FROM identity").fetchone()[0] != 1:
        yield Fault("it does not say which store it is")
    for name, columns in GUARDED.items():
        guard = db.execute("SELECT rows, fold FROM guard WHERE name = ?", [name]).fetchone()
        found = db.execute(
            f"SELECT count(*), coalesce(folding({columns}), 0) FROM {name}"
        ).fetchone()
        if guard is None or tuple(guard) != tuple(found):
            derived = name in ("holding", "cut_text")
            yield Fault(f"table {name} is not what was written", derived=derived)


def _derived(db: sqlite3.Connection) -> Iterator[Fault]:
    for what, sql in (
        (
            "the counts of what is held are not those of the articles",
            "SELECT source, day, source_id, count(*) FROM counted GROUP BY 1, 2, 3"
            " EXCEPT SELECT * FROM holding",
        ),
        (
            "the counts of what is held are not those of the articles",
            "SELECT * FROM holding EXCEPT"
            " SELECT source, day, source_id, count(*) FROM counted GROUP BY 1, 2, 3",
        ),
        (
            "copies of articles are noted on one side only",
            "SELECT 1 FROM copy c WHERE NOT EXISTS (SELECT 1 FROM copy o"
            " WHERE (o.article_id, o.other_id) = (c.other_id, c.article_id))",
        ),
        (
            "a story is not named after the first of its articles",
            "SELECT 1 FROM article GROUP BY story HAVING story IS NOT NULL AND story <> min(id)",
        ),
    ):
        if db.execute(f"SELECT EXISTS ({sql})").fetchone()[0]:
            yield Fault(what, derived=True)
    for row in db.execute(
        "SELECT s.name FROM saved_search s JOIN saved_match m ON m.saved_id = s.id"
        " GROUP BY s.id HAVING max(m.number) > s.highest OR min(m.number) < 1"
    ):
        yield Fault(f"what the saved search “{row['name']}” found is numbered wrongly")
