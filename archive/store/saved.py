"""What the store keeps of saved searches: what each found, and what went out in digests."""

import sqlite3
from collections.abc import Sequence

from archive.errors import UsageError
from archive.saved_search import (
    Digest,
    DigestPart,
    DigestState,
    Match,
    SavedSearch,
    checked_name,
)
from archive.store.database import Database, to_json

_COUNTED = (
    "SELECT s.id, s.name, s.asked, s.made, s.alert, s.seen, s.stamp, s.seq,"
    " count(a.id) AS matches, count(a.id) FILTER (WHERE m.number > s.seen) AS new,"
    " max(m.found) AS latest FROM saved_search s"
    " LEFT JOIN saved_match m ON m.saved_id = s.id"
    " LEFT JOIN article a ON a.id = m.article_id AND a.state = 'kept'"
)


class SavedStore(Database):
    """The store's tables of saved searches, their matches, and digests."""

    def saved_searches(self) -> list[SavedSearch]:
        """Return every saved search in the order that its readers gave them."""
        self._whole("saved_search")
        rows = self._rows(f"{_COUNTED} GROUP BY s.id ORDER BY s.place, s.id")
        return [_saved(row) for row in rows]

    def saved_search(self, saved_id: int) -> SavedSearch | None:
        """Return the saved search with this id, or None."""
        row = self._row(f"{_COUNTED} WHERE s.id = ? GROUP BY s.id", [saved_id])
        return _saved(row) if row else None

    def save_search(self, name: str, asked: str, *, alert: bool = False) -> SavedSearch:
        """Keep a search under *name*. Raises UsageError for a name that is taken or none."""
        name = checked_name(name)
        with self.transaction():
            self._check_free(name)
            self._run(
                "INSERT INTO saved_search (name, asked, place, made, alert)"
                " VALUES (?, ?, (SELECT coalesce(max(place), 0) + 1 FROM saved_search), ?, ?)",
                [name, asked, self._now(), alert],
            )
            row = self._row(f"{_COUNTED} WHERE s.name = ? GROUP BY s.id", [name])
        if row is None:  # Deleted again at once, by somebody else.
            raise UsageError("was deleted while it was made", f"“{name}”", "save it again")
        return _saved(row)

    def change_saved(
        self,
        saved_id: int,
        *,
        name: str | None = None,
        asked: str | None = None,
        alert: bool | None = None,
    ) -> bool:
        """Change what is not None; return whether there is such a search.

        What another request finds in the archive as it is counts as seen: only what
        comes later is new. So does what was found before an alert is wanted.
        Raises UsageError for a bad name.
        """
        with self.transaction():
            before = self.saved_search(saved_id)
            if before is None:
                return False
            if name is not None and (name := checked_name(name)) != before.name:
                self._check_free(name)
                self._run("UPDATE saved_search SET name = ? WHERE id = ?", [name, saved_id])
            if asked is not None and asked != before.asked:
                self._run(
                    "UPDATE saved_search SET asked = ?, stamp = '', seq = -1 WHERE id = ?",
                    [asked, saved_id],
                )
            if alert is not None and alert != before.alert:
                self._run(
                    "UPDATE saved_search SET alert = ?, sent = highest WHERE id = ?",
                    [alert, saved_id],
                )
        return True

    def forget_saved(self, saved_id: int) -> bool:
        """Delete a saved search and what it found; return whether there was one."""
        return self._run("DELETE FROM saved_search WHERE id = ?", [saved_id]) > 0

    def move_saved(self, saved_id: int, by: int) -> bool:
        """Move a saved search *by* places down (or up, when negative) in the list."""
        with self.transaction():
            order = [
                row["id"] for row in self._rows("SELECT id FROM saved_search ORDER BY place, id")
            ]
            if saved_id not in order:
                return False
            at = order.index(saved_id)
            order.insert(max(0, at + by), order.pop(at))
            self._run_many(
                "UPDATE saved_search SET place = ? WHERE id = ?",
                [(place, one) for place, one in enumerate(order, start=1)],
            )
        return True

    def note_seen(self, saved_id: int, number: int) -> bool:
        """Note that readers saw the matches up to *number*; it never goes back."""
        return (
            self._run(
                "UPDATE saved_search SET seen = max(seen, min(?, highest)) WHERE id = ?",
                [number, saved_id],
            )
            > 0
        )

    def keep_matches(self, saved: SavedSearch, ids: Sequence[str], stamp: str, seq: int) -> int:
        """Keep what *saved* matches now, *ids* from the oldest on; return how many are new.

        What was found before keeps its number. The first run of a request, known by its
        empty stamp, takes stock: what it finds counts as seen and as sent.
        """
        with self.transaction():
            row = self._row(
                "SELECT asked, stamp, highest FROM saved_search WHERE id = ?",
                [saved.id],
            )
            if row is None or row["asked"] != saved.asked:
                return 0  # Deleted or changed while it ran: the next run sees to it.
            known = {
                match["article_id"]
                for match in self._rows(
                    "SELECT article_id FROM saved_match WHERE saved_id = ?", [saved.id]
                )
            }
            fresh = [one for one in ids if one not in known]
            now = self._now()
            self._run_many(
                "INSERT INTO saved_match (saved_id, article_id, number, found)"
                " VALUES (?, ?, ?, ?)",
                [
                    (saved.id, one, number, now)
                    for number, one in enumerate(fresh, start=row["highest"] + 1)
                ],
            )
            self._run(
                "UPDATE saved_search SET stamp = ?, seq = ?, highest = ? WHERE id = ?",
                [stamp, seq, row["highest"] + len(fresh), saved.id],
            )
            if not row["stamp"]:
                self._run(
                    "UPDATE saved_search SET seen = highest, sent = highest WHERE id = ?",
                    [saved.id],
                )
        return len(fresh) if row["stamp"] else 0

    def saved_matches(
        self, saved_id: int, *, limit: int, before: int | None = None, after: int = 0
    ) -> list[Match]:
        """Return at most *limit* matches, the newest first, that are kept and not withdrawn.

        Only those numbered under *before* and over *after*.
        """
        rows = self._rows(
            "SELECT m.article_id, m.number, m.found FROM saved_match m"
            " JOIN article a ON a.id = m.article_id AND a.state = 'kept'"
            " WHERE m.saved_id = ? AND m.number > ? AND (? IS NULL OR m.number < ?)"
            " ORDER BY m.number DESC LIMIT ?",
            [saved_id, after, before, before, limit],
        )
        return [Match(**row) for row in rows]

    # -- digests ------------------------------------------------------------

    def make_digest(self) -> Digest | None:
        """Put what is new in all alerts into one digest; None where nothing is."""
        with self.transaction():
            rows = self._rows(
                "SELECT id, name, asked, sent, highest FROM saved_search"
                " WHERE alert AND highest > sent ORDER BY place, id"
            )
            if not rows:
                return None
            now = self._now()
            self._run("INSERT INTO digest (made, changed) VALUES (?, ?)", [now, now])
            digest_id = self._value("SELECT max(id) FROM digest")
            self._run_many(
                "INSERT INTO digest_part VALUES (?, ?, ?, ?, ?, ?)",
                [
                    (digest_id, row["id"], row["name"], row["asked"], row["sent"], row["highest"])
                    for row in rows
                ],
            )
            self._run_many(
                "UPDATE saved_search SET sent = ? WHERE id = ?",
                [(row["highest"], row["id"]) for row in rows],
            )
        return self.digest(digest_id)

    def digest(self, digest_id: int) -> Digest | None:
        """Return a digest with the articles that are kept still, or None."""
        row = self._row("SELECT * FROM digest WHERE id = ?", [digest_id])
        if row is None:
            return None
        parts = self._rows(
            "SELECT * FROM digest_part WHERE digest_id = ? ORDER BY saved_id", [digest_id]
        )
        return _digest(row, tuple(map(self._part, parts)))

    def digests(self, *states: DigestState) -> list[Digest]:
        """Return the digests in these states without their parts, the oldest first."""
        rows = self._rows(
            "SELECT * FROM digest WHERE state IN (SELECT value FROM json_each(?)) ORDER BY id",
            [to_json(states)],
        )
        return [_digest(row) for row in rows]

    def move_digest(
        self, digest_id: int, before: DigestState, after: DigestState, reason: str | None = None
    ) -> bool:
        """Change the state of a digest from *before*; False where it is in another."""
        return (
            self._run(
                "UPDATE digest SET state = ?, changed = ?, reason = ? WHERE id = ? AND state = ?",
                [after, self._now(), reason, digest_id, before],
            )
            > 0
        )

    def _part(self, row: sqlite3.Row) -> DigestPart:
        matches = self._rows(
            "SELECT m.article_id FROM saved_match m"
            " JOIN article a ON a.id = m.article_id AND a.state = 'kept'"
            " WHERE m.saved_id = ? AND m.number > ? AND m.number <= ? ORDER BY m.number",
            [row["saved_id"], row["after"], row["upto"]],
        )
        ids = tuple(match["article_id"] for match in matches)
        return DigestPart(row["saved_id"], row["name"], row["asked"], ids)

    def _check_free(self, name: str) -> None:
        if self._rows("SELECT 1 FROM saved_search WHERE name = ?", [name]):
            raise UsageError("is the name of another saved search", f"“{name}”", "choose another")


def _saved(row: sqlite3.Row) -> SavedSearch:
    return SavedSearch(**{**dict(row), "alert": bool(row["alert"])})


def _digest(row: sqlite3.Row, parts: tuple[DigestPart, ...] = ()) -> Digest:
    return Digest(
        row["id"], row["made"], DigestState(row["state"]), row["changed"], row["reason"], parts
    )
