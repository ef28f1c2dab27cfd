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
from archive.errors import Busy, SettingsError, StoreError, UsageError, advice
from archive.settings import Settings
from archive.store import Store
from indexer import location
from indexer.analysis import Analyzer
from indexer.engine import Engine
from indexer.live import LiveIndex
from morgue import topic_rules

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
        """Whether there is an archive here."""
        return (self.folder / store.FILE).exists()

    def open(self, *, create: bool = False) -> Store:
        """Open the store; *create* makes folder and store where they are missing.

        Raises UsageError when there is no archive, StoreError when it cannot be used.
        """
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
        return Store(self.folder / store.FILE)

    def readers(self) -> "AbstractContextManager[Readers]":
        """Give those who read feeds, pages and files, in processes of their own."""
        # Imported here: a search should not wait for what composes articles.
        from archive.ingest.readers.pool import Pool

        return Pool(self.settings.ingest.processes)

    @contextmanager
    def engine(self) -> Iterator[Engine]:
        """Give the engine over the index that serves. Raises SearchIndexError without one."""
        with closing(LiveIndex(self.index)) as live:
            yield live.engine()

    @contextmanager
    def lock(self, timeout: float) -> Iterator[None]:
        """Hold the site's lock for writing.

        The operating system lets go of it when the process ends, however it ends. Raises
        Busy when *timeout* seconds do not bring it, StoreError where there can be none.
        """
        lock = filelock.FileLock(self.folder / _LOCK)
        try:
            lock.acquire(timeout=timeout)
        except filelock.Timeout:
            raise Busy(
                "another run of Morgue is at work here",
                str(self.folder),
                "try again when it is done",
            ) from None
        except OSError as error:
            raise StoreError(
                f"cannot be locked: {error.strerror}", str(self.folder), advice(error.errno)
            ) from error
        try:
            yield
        finally:
            lock.release()
