"""The index as readers see it: always the one that serves, reopened when that changes."""

import threading
from pathlib import Path

from archive.errors import SearchIndexError
from indexer import location
from indexer.whoosh_engine import WhooshEngine


class LiveIndex:
    """Hands out the engine over the index that serves. Safe for many threads."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._lock = threading.Lock()
        self._folder: Path | None = None
        self._engine: WhooshEngine | None = None

    def engine(self) -> WhooshEngine:
        """Return the engine; each request asks anew. Raises SearchIndexError without one."""
        folder = location.current(self._root)
        if folder is None:
            raise SearchIndexError(
                "there is no index yet", str(self._root), "`morgue update` builds it"
            )
        with self._lock:
            if self._engine is None or folder != self._folder:
                # The old engine is not closed: other threads may be in it still.
                self._engine = WhooshEngine(folder)
                self._folder = folder
            return self._engine

    def close(self) -> None:
        """Let go of the index that serves, as far as this thread holds it."""
        with self._lock:
            if self._engine is not None:
                self._engine.close()
                self._engine = None
