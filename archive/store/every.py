"""Every article that is shown, read so that none is left out unseen."""

import sqlite3
from collections.abc import Iterator
from typing import Final

from archive.store.database import Database
from archive.store.kept import SELECT_CURRENT, check, damaged

_BATCH: Final = 500


class EveryStore(Database):
    """The store's way through all its articles."""

    def _every_row(self) -> Iterator[sqlite3.Row]:
        """Yield the row of each article that is shown, whole, in the order of their ids.

        Read in batches, so writers are not held up and memory stays flat. Those that are not
        shown are read too: a state that is damaged would hide an article. Raises StoreDamaged,
        also where an article is not found that has a seal.
        """
        after = ""
        while rows := self._rows(
            f"{SELECT_CURRENT} WHERE a.id > ? ORDER BY a.id LIMIT {_BATCH}", [after]
        ):
            self._surely_all(after, rows[-1]["id"])
            for row in rows:
                after = row["id"]
                check(row)
                if row["state"] == "kept":
                    yield row
        self._surely_all(after, None)

    def _surely_all(self, after: str, upto: str | None) -> None:
        """Raise StoreDamaged where an article over *after* and up to *upto* is not found."""
        for row in self._rows(
            "SELECT s.article_id FROM seal s LEFT JOIN article a ON a.id = s.article_id"
            " WHERE s.article_id > :after AND (:upto IS NULL OR s.article_id <= :upto)"
            " AND s.number = 0 AND a.id IS NULL LIMIT 1",
            {"after": after, "upto": upto},
        ):
            raise damaged(row["article_id"])
