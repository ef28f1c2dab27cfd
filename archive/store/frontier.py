"""What the store knows of pages to be visited, and how far each source's backfill has come."""

import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from archive.store.database import Database

FROM_SITEMAP = "sitemap"
"""The stamp of a page that was found in a sitemap."""
FROM_LIST = "list"
"""The stamp of a page that the user named."""
NOT_ALLOWED = "robots.txt does not allow it"
"""Why a page that its site keeps from robots is not visited."""
# What robots.txt forbids is asked for again now and then, for it may change.
_LONGEST_REST = 7 * 86400.0
"""Seconds that a site can ask to be left alone; what lies further ahead, a wrong clock noted."""
_VISITED_LATER = "kind = 'page' AND state = 'waiting' AND reason IS NOT ?"


class Way(StrEnum):
    """Which command visits an address."""

    UPDATE = "update"
    BACKFILL = "backfill"


class Sort(StrEnum):
    """What lies at an address: a page, or a listing of articles."""

    PAGE = "page"
    FEED = "feed"
    SITEMAP = "sitemap"


@dataclass(frozen=True, slots=True)
class Wanted:
    """An address that is to be asked for, or was.

    *key* and *stamp* are those of the item that a page becomes; for a listing, how
    it was found and what came before it. *said* is what the feed gave (JSON), *day*
    what a listing says of its date, *after* and *before* the first and last day
    asked for, *reason* why it was not had or what came of it.
    """

    source_id: int
    address: str
    host: str
    way: Way
    kind: Sort
    key: str
    stamp: str = ""
    state: str = "waiting"
    reason: str | None = None
    tries: int = 0
    due: str | None = None
    day: str | None = None
    said: str | None = None
    after: str | None = None
    before: str | None = None


@dataclass(frozen=True, slots=True)
class BackfillState:
    """A source's backfill: days asked for (ISO 8601), and when it began and had nothing left."""

    after: str | None
    before: str | None
    started: str
    finished: str | None


@dataclass(frozen=True, slots=True)
class FrontierCounts:
    """How many pages of a source wait, are done and were given up; and listings that wait.

    *forbidden* are those that robots.txt does not allow: an update counts them apart
    from what waits, a backfill has given them up. *next_due* is when the first page
    that waits may be asked, if that is later than now.
    """

    waiting: int = 0
    done: int = 0
    failed: int = 0
    listings: int = 0
    forbidden: int = 0
    next_due: str | None = None


class FrontierStore(Database):
    """The store's tables of the frontier and of backfills."""

    def want(self, rows: Iterable[Wanted], *, renew: bool = False) -> int:
        """Add addresses to the frontier; return how many it did not have.

        One that is there stays as it is; with *renew* it waits again, untried, with
        what is said of it now.
        """
        verb = "INSERT OR REPLACE" if renew else "INSERT OR IGNORE"
        added = 0
        with self.transaction():
            for row in rows:
                added += self._run(
                    f"{verb} INTO frontier (source_id, address, host, way, kind, key, stamp,"
                    " day, said, after, before) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    [
                        *(row.source_id, row.address, row.host, row.way, row.kind, row.key),
                        *(row.stamp, row.day, row.said, row.after, row.before),
                    ],
                )
        return added

    def wanted(
        self,
        source_id: int,
        way: Way,
        kinds: Collection[Sort] = (Sort.PAGE,),
        *,
        most: int = -1,
        except_hosts: Collection[str] = (),
    ) -> list[Wanted]:
        """Return what may be asked now, the newest first; what has no date comes last."""
        rows = self._rows(
            "SELECT * FROM frontier WHERE source_id = ? AND way = ? AND state = 'waiting'"
            f" AND kind IN ({_marks(kinds)}) AND host NOT IN ({_marks(except_hosts)})"
            " AND (due IS NULL OR due <= ? OR due > ?) ORDER BY kind, day DESC, address LIMIT ?",
            [source_id, way, *kinds, *except_hosts, self._now(), self._in(_LONGEST_REST), most],
        )
        return [_wanted(row) for row in rows]

    def sources_with_pages(self, way: Way) -> set[int]:
        """Return the sources that have pages waiting."""
        rows = self._rows(
            "SELECT DISTINCT source_id FROM frontier"
            " WHERE way = ? AND kind = 'page' AND state = 'waiting'",
            [way],
        )
        return {row[0] for row in rows}

    def has_url(self, url: str) -> bool:
        """Whether an article was seen at this canonical URL, in whatever state it is."""
        return bool(
            self._rows(
                "SELECT 1 FROM article WHERE url = :url"
                " UNION SELECT 1 FROM address WHERE url = :url AND article_id IS NOT NULL",
                {"url": url},
            )
        )

    def listings(self, source_id: int) -> list[Wanted]:
        """Return the listings that a source's backfill has looked at or will."""
        rows = self._rows(
            "SELECT * FROM frontier WHERE source_id = ? AND kind <> 'page' ORDER BY kind, address",
            [source_id],
        )
        return [_wanted(row) for row in rows]

    def finish(self, row: Wanted, reason: str | None = None) -> None:
        """Note that nothing is left to do for an address; *reason* is what came of it."""
        where = [row.source_id, row.address]
        with self.transaction():
            if row.way is Way.UPDATE:
                self._run("DELETE FROM frontier WHERE source_id = ? AND address = ?", where)
            else:
                self._run(
                    "UPDATE frontier SET state = 'done', reason = ?, said = NULL, due = NULL"
                    " WHERE source_id = ? AND address = ?",
                    [reason, *where],
                )

    def give_up(self, row: Wanted, reason: str) -> None:
        """Note that an address was tried and will not be tried again."""
        with self.transaction():
            self._run(
                "UPDATE frontier SET state = 'failed', reason = ?, tries = ?, said = NULL,"
                " due = NULL WHERE source_id = ? AND address = ?",
                [reason, row.tries + 1, row.source_id, row.address],
            )

    def postpone(self, row: Wanted, reason: str, seconds: float, *, tried: bool) -> None:
        """Note that an address waits for at least *seconds* more, and whether it was tried."""
        with self.transaction():
            self._run(
                "UPDATE frontier SET reason = ?, tries = ?, due = ?"
                " WHERE source_id = ? AND address = ?",
                [
                    *(reason, row.tries + tried, self._in(seconds)),
                    *(row.source_id, row.address),
                ],
            )

    def forget_visits(self, article_id: str) -> None:
        """Take an article's pages off the frontier, with what feeds said of them.

        Nor are pages that it was read from looked at again.
        """
        with self.transaction():
            self._run(
                "DELETE FROM page WHERE (source_id, key) IN"
                " (SELECT source_id, key FROM item WHERE article_id = ?)",
                [article_id],
            )
            self._run(
                "DELETE FROM frontier WHERE address IN (SELECT url FROM article WHERE id = :id"
                " UNION SELECT url FROM address WHERE article_id = :id)",
                {"id": article_id},
            )
            self._run(
                "DELETE FROM frontier WHERE (source_id, key) IN"
                " (SELECT source_id, key FROM item WHERE article_id = ?)",
                [article_id],
            )

    def frontier_counts(self, source_id: int, way: Way) -> FrontierCounts:
        """Return how far a source's visits have come."""
        return self._counted("source_id = ? AND way = ?", source_id, way)

    def frontier_total(self, way: Way) -> FrontierCounts:
        """Return how far the visits of all sources have come."""
        return self._counted("way = ?", way)

    def pages_not_allowed(self) -> dict[int, int]:
        """Return how many pages robots.txt keeps from us, of each source that has any."""
        rows = self._rows(
            "SELECT source_id, count(*) FROM frontier WHERE kind = 'page' AND reason = ?"
            " GROUP BY 1",
            [NOT_ALLOWED],
        )
        return {row[0]: row[1] for row in rows}

    def _counted(self, where: str, *values: object) -> FrontierCounts:
        row = self._rows(
            f"SELECT count(*) FILTER (WHERE {_VISITED_LATER}) AS waiting,"
            " count(*) FILTER (WHERE kind = 'page' AND state = 'done') AS done,"
            " count(*) FILTER (WHERE kind = 'page' AND state = 'failed') AS failed,"
            " count(*) FILTER (WHERE kind <> 'page' AND state = 'waiting') AS listings,"
            " count(*) FILTER (WHERE kind = 'page' AND reason = ?) AS forbidden,"
            " count(*) FILTER (WHERE state = 'waiting' AND due IS NULL) AS undelayed,"
            " min(due) FILTER (WHERE state = 'waiting') AS due"
            f" FROM frontier WHERE {where}",
            [NOT_ALLOWED, NOT_ALLOWED, *values],
        )[0]
        later = None if row["undelayed"] or (row["due"] or "") <= self._now() else row["due"]
        return FrontierCounts(
            *(row["waiting"], row["done"], row["failed"], row["listings"], row["forbidden"]), later
        )

    def failed_pages(self, source_id: int) -> list[Wanted]:
        """Return the pages of a source that were given up."""
        rows = self._rows(
            "SELECT * FROM frontier WHERE source_id = ? AND kind = 'page' AND state = 'failed'"
            " ORDER BY address",
            [source_id],
        )
        return [_wanted(row) for row in rows]

    # -- hosts that are left alone ------------------------------------------

    def resting_hosts(self) -> dict[str, float]:
        """Return for how many seconds more each host is to be left alone."""
        now = self.now()
        return {
            host: (datetime.fromisoformat(until) - now).total_seconds()
            for host, until in self.hosts_left_alone().items()
        }

    def hosts_left_alone(self) -> dict[str, str]:
        """Return until when (ISO 8601, UTC) each host is to be left alone."""
        rows = self._rows(
            "SELECT * FROM resting_host WHERE not_before > ? AND not_before <= ? ORDER BY name",
            [self._now(), self._in(_LONGEST_REST)],
        )
        return {row["name"]: row["not_before"] for row in rows}

    def rest_hosts(self, seconds: Mapping[str, float]) -> None:
        """Note for how many seconds from now hosts are to be left alone."""
        with self.transaction():
            self._run(
                "DELETE FROM resting_host WHERE not_before <= ? OR not_before > ?",
                [self._now(), self._in(_LONGEST_REST)],
            )
            self._run_many(
                "INSERT OR REPLACE INTO resting_host VALUES (?, ?)",
                [(host, self._in(wait)) for host, wait in seconds.items()],
            )

    def wake_host(self, name: str) -> None:
        """Note that a host may be asked again: the user says so."""
        with self.transaction():
            self._run("DELETE FROM resting_host WHERE name = ?", [name])

    def _in(self, seconds: float) -> str:
        at = self._clock().astimezone(UTC) + timedelta(seconds=min(seconds, _LONGEST_REST))
        return at.isoformat(timespec="seconds")

    # -- backfills ----------------------------------------------------------

    def backfill(self, source_id: int) -> BackfillState | None:
        """Return how the backfill of a source stands, or None where there was none."""
        row = self._row("SELECT * FROM backfill WHERE source_id = ?", [source_id])
        if row is None:
            return None
        return BackfillState(row["after"], row["before"], row["started"], row["finished"])

    def begin_backfill(
        self, source_id: int, roots: Sequence[Wanted], after: str | None, before: str | None
    ) -> None:
        """Begin a source's backfill at *roots*; what an earlier one has done stays done."""
        with self.transaction():
            self._run(
                "INSERT OR REPLACE INTO backfill (source_id, after, before, started)"
                " VALUES (?, ?, ?, ?)",
                [source_id, after, before, self._now()],
            )
            # What still waits was found within other days; it will be found again.
            self._run(
                "DELETE FROM frontier WHERE source_id = ? AND way = 'backfill'"
                " AND (kind <> 'page' OR state = 'waiting' AND stamp = ?)",
                [source_id, FROM_SITEMAP],
            )
            self.want(roots)

    def name_source(self, source_id: int, title: str) -> None:
        """Note what a feed calls itself, where no update has yet."""
        with self.transaction():
            self._run(
                "UPDATE source SET title = ? WHERE id = ? AND title IS NULL", [title, source_id]
            )

    def retry_failed(self, source_id: int) -> int:
        """Let the pages that a backfill gave up wait again; return how many."""
        with self.transaction():
            return self._run(
                "UPDATE frontier SET state = 'waiting', tries = 0, reason = NULL"
                " WHERE source_id = ? AND way = 'backfill' AND state = 'failed'",
                [source_id],
            )

    def end_backfill(self, source_id: int) -> None:
        """Note that a source's backfill has nothing left to do."""
        with self.transaction():
            self._run(
                "UPDATE backfill SET finished = ? WHERE source_id = ?", [self._now(), source_id]
            )


def _marks(values: Collection[object]) -> str:
    return ", ".join("?" * len(values))


def _wanted(row: sqlite3.Row) -> Wanted:
    values = {name: row[name] for name in row.keys()}  # noqa: SIM118 - a Row iterates its values
    return Wanted(**{**values, "way": Way(row["way"]), "kind": Sort(row["kind"])})
