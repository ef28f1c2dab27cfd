"""What the store knows of the pages that articles were read from, to look at them again."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from archive.store.database import Database

_WANTED = "p.due IS NOT NULL AND s.revisit AND s.full_text <> 'no'"
# By a time, or not seen since another; or by a clock that was set back since.
_DUE = (
    f"FROM page p JOIN source s ON s.id = p.source_id WHERE {_WANTED}"
    " AND (p.due <= :until OR p.looked < :before OR p.looked > :until)"
    " AND NOT EXISTS (SELECT 1 FROM frontier f WHERE f.source_id = p.source_id"
    " AND f.address = p.address AND f.state = 'waiting')"
)


@dataclass(frozen=True, slots=True)
class SeenPage:
    """A page that an article was read from.

    *key* is that of its item, *said* what its feed gave (JSON), *since* from when its
    age counts, *looked* when it was last asked for; it is looked at again when it is
    *due*, or never. *etag* and *last_modified* are its validators (RFC 9110 §8.8),
    *reason* is why nothing came of the last look, *gone* since when it is not there
    any more. Times are ISO 8601 in UTC.
    """

    source_id: int
    address: str
    key: str
    since: str
    looked: str
    due: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    said: str | None = None
    reason: str | None = None
    gone: str | None = None


@dataclass(frozen=True, slots=True)
class PageCounts:
    """How many pages are still looked at again from time to time, and how many are gone."""

    young: int
    gone: int


class PageStore(Database):
    """The store's table of pages."""

    def note_page(self, page: SeenPage) -> None:
        """Remember how a page was seen."""
        with self.transaction():
            self._run(
                "INSERT OR REPLACE INTO page (source_id, address, key, since, looked, due,"
                " etag, last_modified, said, reason, gone)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    *(page.source_id, page.address, page.key, page.since, page.looked, page.due),
                    *(page.etag, page.last_modified, page.said, page.reason, page.gone),
                ],
            )

    def seen_page(self, source_id: int, address: str) -> SeenPage | None:
        """Return a source's page at this address, or None."""
        row = self._row(
            "SELECT * FROM page WHERE source_id = ? AND address = ?", [source_id, address]
        )
        return _page(row) if row else None

    def pages_of(self, source_id: int, keys: Iterable[str]) -> list[SeenPage]:
        """Return the pages that these items of a source were read from."""
        found = (
            self._rows("SELECT * FROM page WHERE source_id = ? AND key = ?", [source_id, key])
            for key in keys
        )
        return [_page(row) for rows in found for row in rows]

    def sources_with_pages_due(self, until: str, looked_before: str | None = None) -> set[int]:
        """Return the sources that have pages to be looked at again; see `pages_due`."""
        rows = self._rows(
            f"SELECT DISTINCT p.source_id {_DUE}", {"until": until, "before": looked_before}
        )
        return {row[0] for row in rows}

    def pages_due(
        self, source_id: int, until: str, looked_before: str | None = None
    ) -> list[SeenPage]:
        """Return a source's pages to be looked at again by *until*, the longest due first.

        With *looked_before* also those, due at any later time, that were last looked at
        before then. What is on the frontier is visited anyway and not among them.
        """
        rows = self._rows(
            f"SELECT p.* {_DUE} AND p.source_id = :source ORDER BY p.due, p.address",
            {"until": until, "before": looked_before, "source": source_id},
        )
        return [_page(row) for row in rows]

    def page_counts(self) -> PageCounts:
        """Return how many pages are looked at again, and how many were found gone."""
        row = self._rows(
            f"SELECT count(*) FILTER (WHERE {_WANTED}) AS young, count(p.gone) AS gone"
            " FROM page p JOIN source s ON s.id = p.source_id"
        )[0]
        return PageCounts(row["young"], row["gone"])


def _page(row: sqlite3.Row) -> SeenPage:
    return SeenPage(**dict(row))
