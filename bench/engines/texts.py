"""The text of the articles shown, from the site's store: a peer reads no more than it needs."""

import sqlite3
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from archive import store as stores
from archive.article import Article
from archive.store import Change
from bench.articles.kept import TimedStore

_SELECT = (
    "SELECT a.id, r.headline, r.text FROM article a"
    " JOIN revision r ON r.article_id = a.id AND r.number = a.revision WHERE a.id IN ({})"
)


class Texts:
    """Headlines and texts by article id. For one thread."""

    def __init__(self, site: Path) -> None:
        self._db = sqlite3.connect(f"file:{site / stores.FILE}?mode=ro", uri=True)

    def close(self) -> None:
        """Close the store."""
        self._db.close()

    def get(self, ids: Collection[str]) -> dict[str, tuple[str, str]]:
        """Return id → (headline, text)."""
        rows = self._db.execute(_SELECT.format(",".join("?" * len(ids))), list(ids))
        return {key: (headline, text) for key, headline, text in rows}


def read(store: TimedStore) -> Iterator[Article]:
    """Yield every article of *store*, in the order of its changes."""
    return changed(store.changes_since(0))


def changed(changes: Iterable[Change]) -> Iterator[Article]:
    """Yield the articles of *changes*; none was withdrawn."""
    for change in changes:
        if change.article is not None:
            yield change.article
