"""The index as readers see it: always the one that serves, reopened when that changes."""

import logging
import threading
from pathlib import Path
from typing import Final

from archive.errors import SearchIndexError
from indexer import location
from indexer.engine import Engine
from indexer.engines import open_engine

_log = logging.getLogger(__name__)

_TRIES: Final = 10
"""How often opening is begun anew because another index was switched to meanwhile."""


class LiveIndex:
    """Hands out the engine over the index that serves. Safe for many threads."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._lock = threading.Lock()
        self._folder: Path | None = None
        self._engine: Engine | None = None

    def engine(self) -> Engine:
        """Return the engine; each request asks anew. Raises SearchIndexError without one.

        When the index that serves now cannot be opened (it was built by a newer
        Morgue while this process runs on, or it is damaged), the one before goes
        on answering.
        """
        folder = location.current(self._root)
        if folder is None:
            raise SearchIndexError(
                "there is no index yet", str(self._root), "`morgue update` builds it"
            )
        with self._lock:
            before = self._engine
            if before is not None and folder == self._folder:
                return before
            try:
                folder, self._engine = self._opened(folder)
            except SearchIndexError as error:
                if before is None:
                    raise
                # As text: a record that held the error would hold the files it met.
                _log.warning("%s; the index before it goes on answering", str(error))
                return before
            # The one before is not closed: a thread that was handed it may be about to ask.
            self._folder = folder
            return self._engine

    def _opened(self, folder: Path) -> tuple[Path, Engine]:
        """The index in *folder*, or in the one that was switched to while that was opened."""
        for _ in range(_TRIES):
            try:
                return folder, open_engine(folder)
            except SearchIndexError:
                serving = location.current(self._root)
                if serving is None or serving == folder:
                    raise
                folder = serving
        return folder, open_engine(folder)

    def close(self) -> None:
        """Let go of the index that serves, as far as this thread holds it."""
        with self._lock:
            if self._engine is not None:
                self._engine.close()
                self._engine = None
