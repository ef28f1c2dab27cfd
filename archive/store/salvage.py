"""Salvage: what can be read of a damaged store, brought into a new one beside it.

Every row is read for itself, from both ends and past what cannot be read, and an
article is taken over only as far as its seals, or the fingerprint of its content,
show it to be what was written. The damaged file is kept under another name.
"""

import os
import secrets
import shutil
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from archive.cut import TAIL, looks_cut
from archive.durable import sync
from archive.errors import StoreDamaged
from archive.identity import article_id as id_of
from archive.identity import fingerprint
from archive.store import Store
from archive.store.check import check_store
from archive.store.damaged import Row, open_damaged, rows
from archive.store.database import to_json
from archive.store.kept import ARTICLE, SEALED, SEALED_REVISION, article_from
from archive.store.seal import register, seal

# Made anew from the rest: by triggers, or by the comparison that a reindex begins with.
_MADE_ANEW: Final = frozenset(
    (
        *("article", "revision", "seal", "guard", "holding", "cut_text", "sketch", "band", "copy"),
        *("lineage", "identity", "session", "attempt"),
    )
)
_STATES: Final = ("kept", "withdrawn", "purged")


@dataclass(frozen=True, slots=True)
class Loss:
    """What of an article could not be saved; *headline* and *source* as far as they were read."""

    id: str
    headline: str | None
    source: str | None
    what: str


@dataclass
class Salvaged:
    """What was saved: *articles* and *revisions*; *losses* by article; *notes* on the rest."""

    articles: int = 0
    revisions: int = 0
    losses: list[Loss] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    damaged: Path = Path()


def salvage(path: Path, now: datetime) -> Salvaged:
    """Put a new store with all that can be read in the place of the one in *path*.

    The damaged one is kept beside it, as `Salvaged.damaged`. The caller holds the site's
    lock. Raises StoreDamaged where nothing can be read at all; then nothing was changed.
    """
    fresh = path.with_name(f"{path.name}.salvaged")
    _remove(fresh)
    done = Salvaged()
    try:
        Store(fresh).close()
        with closing(open_damaged(path)) as old, closing(_writer(fresh)) as new:
            new.execute("BEGIN")
            _save(old, new, done)
            new.execute("COMMIT")
            new.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        if left := check_store(fresh):
            raise StoreDamaged(
                f"cannot be salvaged: {left[0].what}", str(path), "restore a backup"
            )
        done.damaged = _swap(path, fresh, now)
    except sqlite3.Error as error:
        raise StoreDamaged(
            f"is damaged, and none of its articles can be read ({error})",
            str(path),
            "nothing was changed: restore a backup; `sqlite3 articles.db .recover` may find more",
        ) from error
    finally:
        _remove(fresh)
    return done


def recount(path: Path) -> None:
    """Count anew what the store in *path* has counted of its articles."""
    with closing(_writer(path)) as db:
        db.execute("BEGIN IMMEDIATE")
        _recount(db)
        db.execute("COMMIT")


def _writer(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, isolation_level=None)
    register(db)
    return db


# -- saving -----------------------------------------------------------------------


def _save(old: sqlite3.Connection, new: sqlite3.Connection, done: Salvaged) -> None:
    new.execute("PRAGMA defer_foreign_keys = ON")
    tables = [
        name
        for (name,) in new.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        ).fetchall()
    ]
    for table in tables:
        if table not in _MADE_ANEW and table != "topic_match":
            _copy(new, table, _readable(old, table, done))
    _save_identity(old, new)
    saved = _save_articles(old, new, done)
    # No index of before follows this store.
    new.execute("INSERT INTO lineage VALUES (1, ?)", [secrets.token_hex(8)])
    _copy(new, "topic_match", _readable(old, "topic_match", done))
    _drop_strays(new, done)
    _recount(new)
    # What was lost may still be had from where it came.
    new.execute("UPDATE source SET etag = NULL, last_modified = NULL, due = NULL")
    new.executemany(
        "UPDATE item SET stamp = '' WHERE article_id = ?", [(loss.id,) for loss in done.losses]
    )
    done.articles = saved


def _copy(new: sqlite3.Connection, table: str, found: Iterable[Row]) -> None:
    known = [name for (name,) in new.execute("SELECT name FROM pragma_table_info(?)", [table])]
    for row in found:
        names = [name for name in known if name in row]
        marks = ", ".join("?" * len(names))
        quoted = ", ".join(f'"{name}"' for name in names)
        new.execute(
            f'INSERT OR IGNORE INTO "{table}" ({quoted}) VALUES ({marks})',
            [row[name] for name in names],
        )


def _save_identity(old: sqlite3.Connection, new: sqlite3.Connection) -> None:
    try:
        (found,) = old.execute("SELECT store_id FROM identity").fetchone()
        if len(bytes.fromhex(found)) == 16:
            new.execute("UPDATE identity SET store_id = ?", [found])
    except (sqlite3.Error, TypeError, ValueError):
        pass


def _save_articles(old: sqlite3.Connection, new: sqlite3.Connection, done: Salvaged) -> int:
    known = {row["id"]: row for row in _readable(old, "article", done)}
    seals = {
        (row["article_id"], row["number"]): row["value"] for row in _readable(old, "seal", done)
    }
    sketched = {row["article_id"] for row in _readable(old, "sketch", done)}
    urls = {row["article_id"]: row["url"] for row in _readable(old, "address", done)}
    revisions: dict[str, list[Row]] = {}
    for row in _revisions(old, done):
        revisions.setdefault(row["article_id"], []).append(row)
    rules: dict[str, list[str]] = {}
    for row in _readable(old, "topic_match", done):
        rules.setdefault(row["article_id"], []).append(row["rule"])
    if not known and not revisions:
        raise sqlite3.DatabaseError("no table of articles")
    sources = {number for (number,) in new.execute("SELECT id FROM source")}
    named = {*known, *(one for one, number in seals if number == 0), *revisions}
    order = sorted(named, key=lambda one: (_number(known.get(one, {}).get("seq")), one))
    seq = 0
    for one in order:
        known_as = known.get(one)
        found = sorted(revisions.get(one, []), key=lambda r: _number(r["number"]))
        whole = [r for r in found if _is_whole(r, seals, done)]
        expected = {number for at, number in seals if at == one and number > 0}
        lost = sorted(expected - {r["number"] for r in whole})
        last = found[-1] if found else {}
        about = (one, _word(last.get("headline")), _word(last.get("source")))
        sealed = known_as is not None and _sealed(known_as, seals, rules.get(one, []))
        url = _address(one, known_as, urls.get(one), sealed=sealed)
        if not whole or url is None:
            why = "its text is not what was written" if found else "none of its text could be read"
            done.losses.append(Loss(*about, why if not whole else "its address could not be read"))
            continue
        if lost:
            numbers = ", ".join(map(str, lost))
            done.losses.append(Loss(*about, f"revision {numbers}; what came before it is kept"))
        seq += 1
        _put(new, one, url, known_as, whole, seq, sources, one in sketched)
        if not sealed:
            done.notes.append(f"article {one}: whether and since when it is shown may be wrong")
        done.revisions += len(whole)
    return seq


def _address(one: str, row: Row | None, other: str | None, *, sealed: bool) -> str | None:
    """The address of an article: its id is made of it, or its row is what was written."""
    own = row["url"] if row else None
    if sealed:
        return _word(own)
    return next((u for u in (own, other) if isinstance(u, str) and id_of(u) == one), None)


def _readable(old: sqlite3.Connection, table: str, done: Salvaged) -> list[Row]:
    try:
        found, whole = rows(old, table)
    except sqlite3.Error:
        found, whole = [], False
    if not whole:
        note = f"table {table} could not be read in full: {len(found)} rows were read"
        if note not in done.notes:
            done.notes.append(note)
    return found


def _revisions(old: sqlite3.Connection, done: Salvaged) -> Iterator[Row]:
    """All revisions, each without its original where only that cannot be read."""
    for row in _readable(old, "revision", done):
        try:
            if row["original"] is not None:
                zlib.decompress(row["original"])
        except (zlib.error, TypeError):
            row["original"] = None
            done.notes.append(
                f"article {row['article_id']}: its original is lost, its text is not"
            )
        yield row


def _is_whole(row: Row, seals: dict[tuple[str, int], int], done: Salvaged) -> bool:
    """Whether a revision is what was written, by its seal or by the fingerprint of its content."""
    one, number = row["article_id"], row["number"]
    try:
        if seals.get((one, number)) == seal(*(row[name] for name in SEALED_REVISION)):
            return True
        if row["fingerprint"] != fingerprint(article_from(row)):
            return False
    except (ValueError, TypeError, KeyError):
        return False
    done.notes.append(
        f"article {one}: what revision {number} says is as it was; what is said about it (source, "
        "language, topics, evidence) may not be"
    )
    return True


def _sealed(row: Row, seals: dict[tuple[str, int], int], rules: list[str]) -> bool:
    """Whether the row of an article is what was written."""
    values = (row.get(name) for name in SEALED)
    return seals.get((row["id"], 0)) == seal(*values, to_json(sorted(rules)))


def _put(
    new: sqlite3.Connection,
    one: str,
    url: str,
    known: Row | None,
    whole: Sequence[Row],
    seq: int,
    sources: set[int],
    shown: bool,
) -> None:
    row = known or {}
    state = row.get("state")
    if state not in _STATES:
        purged = not any(r["text"] or r["headline"] for r in whole)
        # Only what is shown has a sketch.
        state = "purged" if purged else "kept" if shown else "withdrawn"
    source = row.get("source_id")
    edits = row.get("edits")
    most = len(whole) - 1
    new.execute(
        "INSERT INTO article (id, url, source_id, first_seen, revision, state, seq, edits)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            *(one, url, source if source in sources else None),
            *(_word(row.get("first_seen")) or whole[0]["seen"], len(whole), state, seq),
            min(edits, most) if isinstance(edits, int) else most,
        ],
    )
    names = ("seen", "fingerprint", *ARTICLE, "media_type", "original")
    for number, revision in enumerate(whole, start=1):
        new.execute(
            f"INSERT INTO revision (article_id, number, {', '.join(names)})"
            f" VALUES (?, ?, {', '.join('?' * len(names))})",
            [one, number, *(revision[name] for name in names)],
        )


def _drop_strays(new: sqlite3.Connection, done: Salvaged) -> None:
    """Remove what leads to something that was lost."""
    while strays := new.execute(
        'SELECT DISTINCT "table", rowid FROM pragma_foreign_key_check WHERE rowid IS NOT NULL'
    ).fetchall():
        for table, number in strays:
            new.execute(f'DELETE FROM "{table}" WHERE rowid = ?', [number])
    for table, column, parent, key in new.execute(
        'SELECT DISTINCT c."table", f."from", c.parent, coalesce(f."to", \'id\')'
        ' FROM pragma_foreign_key_check c, pragma_foreign_key_list(c."table") f'
        " WHERE f.id = c.fkid"
    ).fetchall():
        gone = new.execute(
            f'DELETE FROM "{table}" WHERE "{column}" IS NOT NULL'
            f' AND "{column}" NOT IN (SELECT "{key}" FROM "{parent}")'
        ).rowcount
        done.notes.append(f"table {table}: {gone} of what was lost with its {parent}")


def _recount(db: sqlite3.Connection) -> None:
    db.create_function("looks_cut", 1, looks_cut, deterministic=True)
    db.execute("DELETE FROM holding")
    db.execute(
        "INSERT INTO holding SELECT source, day, source_id, count(*) FROM counted GROUP BY 1, 2, 3"
    )
    db.execute("DELETE FROM cut_text")
    db.execute(
        f"INSERT INTO cut_text SELECT a.id, looks_cut(substr(r.text, -{TAIL})) AS why"
        " FROM article a JOIN revision r ON (r.article_id, r.number) = (a.id, a.revision)"
        " WHERE a.state = 'kept' AND why IS NOT NULL"
    )
    db.execute("DELETE FROM copy")
    db.execute("DELETE FROM band")
    db.execute("DELETE FROM sketch")
    db.execute("UPDATE article SET story = NULL WHERE story IS NOT NULL")
    for name in ("holding", "cut_text"):
        columns = {"holding": "source, day, source_id, articles", "cut_text": "article_id, why"}
        db.execute(
            "UPDATE guard SET (rows, fold) = (SELECT count(*),"
            f" coalesce(folding({columns[name]}), 0) FROM {name}) WHERE name = ?",
            [name],
        )


def _swap(path: Path, fresh: Path, now: datetime) -> Path:
    """Put *fresh* in the place of the store in *path*; return where that is kept."""
    damaged = path.with_name(f"{path.name}.damaged-{now:%Y%m%d-%H%M%S}")
    log = path.with_name(f"{path.name}-wal")
    _keep(path, damaged)
    if log.exists():
        _keep(log, damaged.with_name(f"{damaged.name}-wal"))
    sync(path.parent)
    # A log is only that of the file that it was written for.
    log.unlink(missing_ok=True)
    path.with_name(f"{path.name}-shm").unlink(missing_ok=True)
    os.replace(fresh, path)
    sync(path.parent)
    return damaged


def _keep(path: Path, other: Path) -> None:
    try:
        os.link(path, other)
    except OSError:
        # There are file systems without hard links.
        shutil.copy2(path, other)


def _remove(path: Path) -> None:
    for ending in ("", "-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


def _word(value: object) -> str | None:
    return value if isinstance(value, str) else None
