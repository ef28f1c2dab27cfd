"""A site: the folder with ``morgue.toml``, ``articles.db`` and ``index/``."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import filelock

from archive import settings, store
from archive.durable import make_folder
from archive.errors import Busy, SettingsError, StoreDamaged, StoreError, UsageError, advice
from archive.settings import Settings
from archive.store import Store
from indexer import location, projection
from indexer.analysis import Analyzer
from indexer.engine import Engine
from indexer.live import LiveIndex
from morgue import holder, topic_rules

if TYPE_CHECKING:
    from archive.ingest.readers.reading import Readers

_LOCK = "morgue.lock"
_TOPIC_MODEL = "topics.npz"
WAIT_FOR_LOCK = 30.0
"""Seconds that a change by hand waits for an update to end."""


@dataclass(frozen=True)
class Site:
    """A site in *folder*; nothing is read or made before it is asked for."""

    folder: Path

    @cached_property
    def settings(self) -> Settings:
        """The settings. Raises SettingsError, naming file and key."""
        loaded = settings.load(self.folder)
        try:
            Analyzer(loaded.language)
        except KeyError:
            raise SettingsError(
                f"language “{loaded.language}” is not known",
                str(self.folder / settings.FILE),
                "use a Snowball stemmer's name, such as english, german or french, or chinese, "
                "japanese, korean or hebrew",
            ) from None
        topic_rules.check(loaded.topics, str(self.folder / settings.FILE))
        return loaded

    @property
    def index(self) -> Path:
        """The folder of the index."""
        return self.folder / location.FOLDER

    @property
    def topic_model(self) -> Path:
        """The file of what `morgue topics train` learnt; it need not be there."""
        return self.folder / _TOPIC_MODEL

    @property
    def exists(self) -> bool:
        """Whether there is an archive here. Raises StoreDamaged as `open` does."""
        self._check_there()
        return (self.folder / store.FILE).exists()

    def open(self, *, create: bool = False) -> Store:
        """Open the store; *create* makes folder and store where they are missing.

        Raises UsageError when there is no archive, StoreError when it cannot be used,
        StoreDamaged when its file is gone or empty where an index shows that there was one.
        """
        self._check_there()
        if create:
            try:
                make_folder(self.folder)
            except OSError as error:
                raise UsageError(
                    f"cannot be made: {error.strerror}", str(self.folder), advice(error.errno)
                ) from error
        elif not self.folder.is_dir():
            raise UsageError("there is no such folder", str(self.folder))
        if not create and not self.exists:
            raise UsageError(
                "there is no archive here yet",
                str(self.folder),
                "begin one with `morgue add FEED-URL-OR-FOLDER` and `morgue update`",
            )
        return Store(self.folder / store.FILE, create=create)

    def _check_there(self) -> None:
        file = self.folder / store.FILE
        if location.current(self.index) is None:
            return
        if not file.exists() or not file.stat().st_size:
            how = "is empty" if file.exists() else "is not there"
            raise StoreDamaged(
                f"{how}, but index/ is that of an archive",
                str(file),
                "restore a backup with `morgue restore` in an empty folder; "
                "remove index/ to begin anew",
            )

    def readers(self) -> "AbstractContextManager[Readers]":
        """Give those who read feeds, pages and files, in processes of their own."""
        # Imported here: a search should not wait for what composes articles.
        from archive.ingest.readers.pool import Pool

        return Pool(self.settings.ingest.processes)

    @contextmanager
    def engine(self, store: Store) -> Iterator[Engine]:
        """Give the engine over the index as it is now.

        Raises SearchIndexError without one, and for one that is not of this *store*'s past.
        """
        with closing(LiveIndex(self.index)) as live:
            engine = live.engine().steady()
            projection.check_step(store, engine)
            yield engine

    @contextmanager
    def lock(self, timeout: float) -> Iterator[None]:
        """Hold the site's lock for writing.

        Raises Busy, saying who works since when, when *timeout* seconds do not bring it, and
        StoreError where there can be none. The operating system lets go of the lock when the
        process ends, however it ends.
        """
        lock = filelock.FileLock(self.folder / _LOCK, mode=0o660 if self._for_group else 0o600)
        try:
            lock.acquire(timeout=timeout)
        except filelock.Timeout:
            who = holder.read(self.folder)
            raise Busy(
                f"another run of Morgue is at work here{f': {who}' if who else ''}",
                str(self.folder),
                "try again when it is done",
            ) from None
        except OSError as error:
            raise StoreError(
                f"cannot be locked: {error.strerror}", str(self.folder), advice(error.errno)
            ) from error
        try:
            with holder.noted(self.folder):
                yield
        finally:
            lock.release()

    @property
    def _for_group(self) -> bool:
        try:
            return self.settings.files.group
        except SettingsError:
            return False
