"""The store: ``articles.db``, the truth.

Every change of an article moves it to the end of a sequence of changes, in the
same transaction. An index follows that sequence with a cursor (`Position`), so
it can always catch up and never needs to be trusted.
"""

import zlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from archive import identity
from archive.article import Article, Revision
from archive.errors import StoreError, UsageError
from archive.store.access import AccessStore
from archive.store.frontier import FrontierStore
from archive.store.holdings import HoldingsStore
from archive.store.kept import (
    ARTICLE,
    COLUMNS,
    ORIGINAL_SEAL,
    REVISION,
    SELECT_CURRENT,
    Kept,
    article_of,
    article_values,
    check,
    damaged,
    kept_of,
)
from archive.store.pages import PageStore
from archive.store.runs import RunStore
from archive.store.saved import SavedStore
from archive.store.seal import seal
from archive.store.stories import StoryStore, telling
from archive.store.topics import TopicStore
from archive.topic_rules import without_rules

FILE = "articles.db"
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Position:
    """A place in the sequence of changes of one store.

    *mark* says who wrote that place: a store that was restored and went on has others.
    """

    store_id: str
    seq: int
    mark: str = ""

    def __setstate__(self, state: list[object]) -> None:
        # An index of before there were marks has positions without one.
        for name, value in zip(("store_id", "seq", "mark"), [*state, ""], strict=False):
            object.__setattr__(self, name, value)


@dataclass(frozen=True, slots=True)
class Change:
    """One step of the sequence: the article as it is now, or None when it was withdrawn.

    *story* is what it shares with its copies, None when it has none; *revised* says
    whether its source changed what it says since it came.
    """

    seq: int
    id: str
    article: Article | None
    story: str | None = None
    revised: bool = False


class Store(
    AccessStore,
    FrontierStore,
    HoldingsStore,
    PageStore,
    RunStore,
    SavedStore,
    StoryStore,
    TopicStore,
):
    """An open ``articles.db``. Not for sharing between threads: opening one is cheap."""

    def put(
        self,
        article: Article,
        *,
        source_id: int | None = None,
        media_type: str | None = None,
        original: bytes | None = None,
        edit: bool = True,
    ) -> int:
        """Keep *article* as a new one or as the next revision; return the revision's number.

        *edit* says whether a revision is one of what the article says, or only had more fully.
        """
        now = self._now()
        with self.transaction():
            known = self._row("SELECT revision FROM article WHERE id = ?", [article.id])
            number = known["revision"] + 1 if known else 1
            seq = self._next_seq()
            if known:
                self._run(
                    "UPDATE article SET revision = ?, edits = edits + ?, seq = ? WHERE id = ?",
                    [number, edit, seq, article.id],
                )
            else:
                self._run(
                    "INSERT INTO article (id, url, source_id, first_seen, revision, seq)"
                    " VALUES (?, ?, ?, ?, ?, ?)",
                    [article.id, article.url, source_id, now, number, seq],
                )
            self._run(
                f"INSERT INTO revision ({', '.join(REVISION)})"
                f" VALUES ({', '.join('?' * len(REVISION))})",
                [
                    article.id,
                    number,
                    now,
                    identity.fingerprint(article),
                    *article_values(article),
                    media_type,
                    zlib.compress(original) if original is not None else None,
                ],
            )
            self.note_addresses(article.id, [article.url])
            self._judge_text(article.id, article.text)
            self._compare(article.id, telling(article))
        return number

    def relabel(self, article: Article) -> None:
        """Change what is said about *article* without a new revision: its content is the same."""
        columns = ", ".join(f"{name} = ?" for name in ARTICLE)
        with self.transaction():
            self._run(
                f"UPDATE revision SET {columns} WHERE article_id = ?"
                " AND number = (SELECT revision FROM article WHERE id = ?)",
                [*article_values(article), article.id, article.id],
            )
            self._judge_text(article.id, article.text)
            self._run("UPDATE article SET seq = ? WHERE id = ?", [self._next_seq(), article.id])

    def adopt(self, article_id: str, source_id: int) -> None:
        """Note that an article whose source was removed is now brought by this one."""
        with self.transaction():
            self._run("UPDATE article SET source_id = ? WHERE id = ?", [source_id, article_id])

    def withdraw(self, article_id: str, *, purge: bool = False) -> bool:
        """Take an article out of search for good; with *purge* also remove what it said.

        After a purge `overwrite` removes the last bytes from the disk. Returns False
        when there was nothing left to do. The article's place stays taken, so it does
        not come back with the next update. Raises UsageError for an unknown id.
        """
        with self.transaction():
            row = self._row("SELECT state FROM article WHERE id = ?", [article_id])
            if row is None:
                raise UsageError("no article has this id", article_id, "`morgue search` shows ids")
            state = "purged" if purge or row["state"] == "purged" else "withdrawn"
            changed = bool(row["state"] != state)
            if changed and purge:
                self._run(
                    "UPDATE revision SET headline = '', text = '', agency = NULL, byline = '[]',"
                    " dateline = NULL, section = NULL, topics = '[]', caption = NULL,"
                    " credits = NULL, link = NULL, evidence = '[]', original = NULL,"
                    " fingerprint = ''"
                    " WHERE article_id = ?",
                    [article_id],
                )
                self._run("DELETE FROM topic_match WHERE article_id = ?", [article_id])
            if changed:
                self.forget_visits(article_id)
                self._run("DELETE FROM cut_text WHERE article_id = ?", [article_id])
                self._run(
                    "UPDATE article SET state = ?, seq = ? WHERE id = ?",
                    [state, self._next_seq(), article_id],
                )
                self._compare(article_id, None)
        return changed

    def overwrite(self) -> None:
        """Rewrite the file, for freed pages and the log still hold what was purged.

        Raises StoreError when others use the file: then it can be tried again.
        """
        try:
            self._compact()
            busy = bool(self._value("PRAGMA wal_checkpoint(TRUNCATE)"))
        except StoreError:
            busy = True
        if busy:
            raise StoreError(
                "is in use, so the bytes of what was purged may still lie in the file",
                str(self.path),
                "purge again when nothing else uses it",
            )

    def kept(self, article_id: str) -> Kept | None:
        """Return an article in whatever state it is, or None for an unknown id."""
        row = self._row(f"{SELECT_CURRENT} WHERE a.id = ?", [article_id])
        if row is None:
            self._surely_none([article_id])
        return kept_of(row) if row else None

    def by_url(self, url: str) -> Kept | None:
        """Return the article that was seen at exactly this address, or None."""
        row = self._row(f"{SELECT_CURRENT} WHERE a.url = ?", [url]) or self._row(
            f"{SELECT_CURRENT} JOIN address d ON d.article_id = a.id WHERE d.url = ?", [url]
        )
        if row is None:
            # Its id is made of its address, so a damaged index of addresses is no way out.
            found = self.kept(identity.article_id(url))
            if found is None or found.article.url != url:
                return None
            if not self._rows("SELECT 1 FROM article WHERE url = ?", [url]):
                raise damaged(found.article.id)
            return found  # It came just now.
        return kept_of(row) if row else None

    def get_many(self, ids: Collection[str]) -> dict[str, Kept]:
        """Return the articles of *ids* that are still shown, in one query."""
        marks = ", ".join("?" * len(ids))
        rows = self._rows(
            f"{SELECT_CURRENT} WHERE a.id IN ({marks}) AND a.state = 'kept'", list(ids)
        )
        found = {row["id"]: kept_of(row) for row in rows}
        if missing := [one for one in ids if one not in found]:
            self._surely_none(missing)
        return found

    def _surely_none(self, ids: Collection[str]) -> None:
        """Raise StoreDamaged where one of *ids* should be found: its seal or a revision is."""
        marks = ", ".join("?" * len(ids))
        for row in self._rows(
            f"{SELECT_CURRENT} WHERE a.id IN ({marks}) AND a.state <> 'kept'", list(ids)
        ):
            check(row)
        for row in self._rows(
            "SELECT article_id FROM (SELECT article_id FROM seal UNION ALL"
            f" SELECT article_id FROM revision) WHERE article_id IN ({marks}) AND article_id"
            f" NOT IN (SELECT id FROM article WHERE id IN ({marks})) LIMIT 1",
            [*ids, *ids],
        ):
            raise damaged(row["article_id"])

    def revisions(self, article_id: str) -> list[Revision]:
        """Return all revisions of an article, the first first."""
        rows = self._rows(
            f"SELECT {COLUMNS} FROM article a JOIN revision r ON r.article_id = a.id"
            " WHERE a.id = ? ORDER BY r.number",
            [article_id],
        )
        if not rows:
            self._surely_none([article_id])
            return []
        if [row["number"] for row in rows] != list(range(1, rows[0]["revision"] + 1)):
            raise damaged(article_id)
        found = [Revision(row["number"], row["seen"], article_of(row)) for row in rows]
        # What rules say is said of the article as it is now.
        before = [replace(one, article=without_rules(one.article)) for one in found[:-1]]
        return [*before, found[-1]]

    def original(self, article_id: str, number: int) -> tuple[str | None, bytes] | None:
        """Return the media type and the bytes that a revision was read from, if kept."""
        row = self._row(
            f"SELECT {COLUMNS}, r.original, {ORIGINAL_SEAL} FROM article a"
            " LEFT JOIN revision r ON r.article_id = a.id AND r.number = ? WHERE a.id = ?",
            [number, article_id],
        )
        if row is None:
            self._surely_none([article_id])
            return None
        if row["number"] is None and not 1 <= number <= row["revision"]:
            return None
        check(row)
        if seal(row["original"]) != row["original_seal"]:
            raise damaged(article_id, number)
        if row["original"] is None:
            return None
        return row["media_type"], zlib.decompress(row["original"])

    # -- the sequence of changes -------------------------------------------

    @property
    def id(self) -> str:
        """What tells this store from all others, wherever it is copied to."""
        return str(self._value("SELECT store_id FROM identity"))

    def position(self) -> Position:
        """Return the newest place in the sequence of changes."""
        seq = self._value("SELECT coalesce(max(seq), 0) FROM article")
        return Position(self.id, seq, self.mark_at(seq))

    def articles(self) -> Iterator[Article]:
        """Yield every article that is still shown, each once, in the order of their ids."""
        return (kept.article for kept in self.every())

    def withdrawn(self) -> set[str]:
        """Return the ids of the articles that are no longer shown."""
        return {row["id"] for row in self._rows("SELECT id FROM article WHERE state <> 'kept'")}

    def every(self) -> Iterator[Kept]:
        """Yield every article that is still shown with its standing, in the order of their ids."""
        return map(kept_of, self._every_row())

    def changes_since(self, seq: int) -> Iterator[Change]:
        """Yield every article that changed after *seq*, as it is now, in sequence.

        Read in batches, so writers are not held up and memory stays flat. An
        article that changes meanwhile comes again, in its later state.
        """
        while True:
            rows = self._rows(
                f"{SELECT_CURRENT} WHERE a.seq > ? ORDER BY a.seq LIMIT {_BATCH}", [seq]
            )
            for row in rows:
                seq = row["seq"]
                check(row)
                article = article_of(row) if row["state"] == "kept" else None
                yield Change(seq, row["id"], article, row["story"], row["edits"] > 0)
            if len(rows) < _BATCH:
                return

    def states(self) -> Iterator[tuple[str, int, bool]]:
        """Yield of every article its id, its place in the sequence, and whether it is shown."""
        for row in self._rows(
            "SELECT s.article_id AS id, a.seq, a.state = 'kept' AS kept FROM seal s"
            " LEFT JOIN article a ON a.id = s.article_id WHERE s.number = 0"
        ):
            if row["seq"] is None:
                raise damaged(row["id"])
            yield row["id"], row["seq"], bool(row["kept"])

    def count_changes_since(self, seq: int) -> int:
        """Return how many articles changed after *seq*."""
        return int(self._value("SELECT count(*) FROM article WHERE seq > ?", [seq]))
