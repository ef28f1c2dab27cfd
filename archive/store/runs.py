"""How the last updates went, for whoever watches over the archive."""

from dataclasses import dataclass
from typing import Final

from archive.redaction import redacted
from archive.store.database import Database

MOST_RUNS: Final = 100
"""So many are kept, of those that name their sources likewise."""


@dataclass(frozen=True, slots=True)
class UpdateRun:
    """An update that ended: when it *began* (ISO 8601, UTC), how many seconds it *took*.

    *code* is its exit code, *reason* why it did not come to its end. *whole*: all sources
    had their turn, not only some that were named. *new* and *revised* count articles,
    *failed* what could not be read.
    """

    began: str
    took: float
    code: int
    reason: str | None = None
    whole: bool = True
    new: int = 0
    revised: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True)
class Tally:
    """Articles *kept*, of these *undated*, those *withdrawn*, and *revisions* of all."""

    kept: int
    undated: int
    withdrawn: int
    revisions: int


class RunStore(Database):
    """The store's table of updates."""

    def note_update(self, run: UpdateRun) -> None:
        """Keep how an update went; the oldest are forgotten."""
        with self.transaction():
            self._run(
                "INSERT INTO run (began, took, code, reason, whole, new, revised, failed)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    *(run.began, round(run.took, 3), run.code),
                    redacted(run.reason) if run.reason else None,
                    *(run.whole, run.new, run.revised, run.failed),
                ],
            )
            self._run(
                "DELETE FROM run WHERE whole = :whole AND id NOT IN"
                " (SELECT id FROM run WHERE whole = :whole ORDER BY id DESC LIMIT :most)",
                {"whole": run.whole, "most": MOST_RUNS},
            )

    def updates(self, most: int = MOST_RUNS) -> list[UpdateRun]:
        """Return how the last updates of all sources went, the newest first."""
        rows = self._rows("SELECT * FROM run WHERE whole = 1 ORDER BY id DESC LIMIT ?", [most])
        return [
            UpdateRun(
                row["began"],
                row["took"],
                row["code"],
                row["reason"],
                bool(row["whole"]),
                row["new"],
                row["revised"],
                row["failed"],
            )
            for row in rows
        ]

    def newest_moment(self) -> str | None:
        """Return the newest moment that was noted in the store (ISO 8601, UTC)."""
        found: str | None = self._value(
            "SELECT max(at) FROM (SELECT max(checked) AS at FROM source"
            " UNION ALL SELECT max(began) FROM run"
            " UNION ALL SELECT max(last) FROM failure"
            " UNION ALL SELECT seen FROM revision WHERE rowid = (SELECT max(rowid) FROM revision))"
        )
        return found

    def waits_since(self, seq: int) -> str | None:
        """Return when the first article came of those that changed after *seq*, if any did."""
        row = self._row(
            "SELECT r.seen FROM article a JOIN revision r"
            " ON r.article_id = a.id AND r.number = a.revision"
            " WHERE a.seq > ? ORDER BY a.seq LIMIT 1",
            [seq],
        )
        return row["seen"] if row else None

    def tally(self) -> Tally:
        """Return how many articles and revisions there are, without looking at each."""
        row = self._rows(
            "SELECT coalesce(sum(articles), 0) AS kept,"
            " coalesce(sum(articles) FILTER (WHERE day = ''), 0) AS undated FROM holding"
        )[0]
        ever = int(self._value("SELECT count(*) FROM article"))
        revisions = int(self._value("SELECT count(*) FROM revision"))
        return Tally(row["kept"], row["undated"], ever - row["kept"], revisions)

    @property
    def format(self) -> int:
        """The number of the store's format."""
        return self._version()
