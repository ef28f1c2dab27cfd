"""What every engine of the comparison must do, and which there are."""

import importlib
import importlib.util
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Final, Protocol

from archive.store import Change
from bench.engines.ask import Ask, Page

OURS: Final = "morgue"
PEERS: Final = ("tantivy", "fts5", "whoosh")


class Side(Protocol):
    """An engine over the articles of one site, its index in a folder of its own."""

    can_near: bool

    def build(self) -> float:
        """Index all articles anew, searchable and synced; return seconds but for reading them."""

    def open(self) -> None:
        """Open the index for searching."""

    def close(self) -> None:
        """Let go of the files that `open` opened."""

    def page(self, ask: Ask) -> Page:
        """Answer a full search page."""

    def upsert(self, changes: Sequence[Change]) -> None:
        """Take *changes* in, replacing what has the same id: committed, synced, visible here."""

    def merge(self) -> bool:
        """Bring the index into one segment, where the engine can; say whether it can."""

    def index(self) -> Path:
        """Return the folder or file of the index."""

    def size(self) -> int:
        """Return the bytes of the index on disk, stored text not counted."""


def missing(name: str) -> str | None:
    """Return why an engine cannot take part, or None when it can."""
    if name == "fts5":
        import sqlite3

        with closing(sqlite3.connect(":memory:")) as db:
            found = db.execute("SELECT sqlite_compileoption_used('ENABLE_FTS5')").fetchone()[0]
        return None if found else "this SQLite was built without FTS5"
    if name in ("tantivy", "whoosh") and importlib.util.find_spec(name) is None:
        return f"{name} is not installed: `pip install -e '.[bench]'` brings it"
    return None


def side(name: str, site: Path, folder: Path) -> Side:
    """Return the engine *name* over the articles of *site*; the peers' indexes lie in *folder*."""
    module: Any = importlib.import_module(f"bench.engines.{name}")
    made: Side = module.Engine(site, folder)
    return made
