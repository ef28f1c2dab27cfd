"""The engine itself: one folder, one writer at a time, any number of readers."""

import logging
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from archive.errors import REBUILD, IndexDamaged, MorgueError, SearchIndexError, advice
from archive.store import Change, Position
from indexer import location
from indexer.analysis import analyzer_for
from indexer.engine import (
    FACETS,
    NONE_CHOSEN,
    TELLING,
    Checkpoint,
    Frequencies,
    Matches,
    Sort,
)
from indexer.tree import Fuzzy, Node, Words
from indexer.whoosh_engine import commit, files, generation, schema, vocabulary
from indexer.whoosh_engine.answer import answer
from indexer.whoosh_engine.cache import Cache
from indexer.whoosh_engine.facets import check_names
from indexer.whoosh_engine.generation import Generation
from indexer.whoosh_engine.leaf import View, view_over

_UNCHANGED: Final = "the index is as it was: mend that, and run the command again"

_log = logging.getLogger(__name__)


def built_for(language: str) -> str:
    """Return what an index for *language* is built for, as its checkpoint notes it."""
    return f"{schema.FORMAT} {language}"


@contextmanager
def _usable(folder: Path, what: str, hint: str = REBUILD) -> Iterator[None]:
    """Raise SearchIndexError for whatever else is raised: on full or failing disks, OSError."""
    try:
        yield
    except MorgueError:
        raise
    except OSError as error:
        told = "; ".join(filter(None, (advice(error.errno), hint)))
        raise SearchIndexError(
            f"cannot be {what} ({error.strerror or error})", str(folder), told
        ) from error
    except Exception as error:
        raise SearchIndexError(
            f"cannot be {what} ({type(error).__name__}: {error})", str(folder), hint
        ) from error


@dataclass(frozen=True, slots=True)
class _Open:
    """A generation that is open, as all threads see it."""

    generation: Generation
    view: View


class WhooshEngine:
    """An index of articles in a folder. Safe for many threads; see `indexer.engine.Engine`."""

    def __init__(self, folder: Path, language: str | None = None) -> None:
        """Open the index in *folder*; with a *language*, begin a new one where there is none.

        An index that is there keeps the language it was built for. Raises
        SearchIndexError when it cannot be opened.
        """
        self._folder = folder
        self._language = language or "english"
        self._lock = threading.Lock()
        self._cache = Cache()
        self._open: _Open | None = None
        self._unreadable = -1
        with _usable(folder, "opened"):
            if language is not None and files.generation(folder) < 0:
                commit.begin(folder)
            self._current()

    def checkpoint(self) -> Checkpoint | None:
        """Return how far this index has come, or None when it is new."""
        return self._current().generation.checkpoint

    def steady(self) -> "WhooshEngine":
        """Return this engine as it is now; see `Engine.steady`."""
        return _Steady(self)

    def close(self) -> None:
        """Let go of the files, as soon as no thread reads in them any more."""
        self._open = None

    # -- writing -----------------------------------------------------------

    def apply(self, changes: Iterable[Change], position: Position) -> None:
        """Apply and commit *changes*; see `Engine.apply`."""
        # Of two states of an article, the last one counts.
        batch = {change.id: change for change in changes}
        known = self._current()
        checkpoint = Checkpoint(position, self._built_for(known.generation))
        with _usable(self._folder, "written", _UNCHANGED):
            commit.apply(self._folder, batch, checkpoint, known.view.analyzer, known.generation)

    def merge(self) -> None:
        """Bring all articles together in few segments; see `Engine.merge`."""
        with _usable(self._folder, "written", _UNCHANGED):
            commit.merge(self._folder, self._current().generation)

    # -- searching ---------------------------------------------------------

    def match(
        self,
        tree: Node,
        *,
        sort: Sort = Sort.RELEVANCE,
        offset: int = 0,
        limit: int | None = 10,
        copies: bool = False,
        facets: Collection[str] = FACETS,
        chosen: Mapping[str, tuple[str, ...]] = NONE_CHOSEN,
        explain: bool = False,
        newer: bool = False,
    ) -> Matches:
        """Return what matches *tree*; see `Engine.match`."""
        check_names({*facets, *chosen} - {TELLING})
        with self._read() as view:
            return answer(
                view,
                tree,
                sort=sort,
                offset=offset,
                limit=limit,
                copies=copies,
                facets=facets,
                chosen=chosen,
                explain=explain,
                newer=newer,
                cache=self._cache,
            )

    def terms(self, like: str | Fuzzy | Words, limit: int = 10) -> Sequence[tuple[str, int]]:
        """Return words that begin with *like*, or are close to it; see `Engine.terms`."""
        with self._read() as view:
            return vocabulary.terms(view, like, limit, self._cache)

    def frequencies(self, words: Sequence[str]) -> Frequencies:
        """Return how many articles have each of *words*; see `Engine.frequencies`."""
        with self._read() as view:
            return vocabulary.frequencies(view, words, self._cache)

    def damages(self) -> list[str]:
        """Read the whole index and say what is damaged; see `Engine.damages`."""
        with _usable(self._folder, "read"):
            return [f"{e.where}: {e.reason}" for e in generation.damages(self._folder)]

    @contextmanager
    def _read(self) -> Iterator[View]:
        """The newest view; damage that is met while it is read is noted for the next update."""
        view = self._current().view
        try:
            with _usable(self._folder, "read"):
                # Whoever reads behind the end of a file is ended by the system (SIGBUS).
                for leaf in view.leaves:
                    leaf.segment.check_size()
                yield view
        except IndexDamaged as error:
            location.note_damage(self._folder, error)
            raise

    def _current(self) -> _Open:
        """The newest generation that can be read, opened once for all threads.

        Where a newer one cannot be opened, the one that is open goes on answering.
        """
        known = self._open
        with _usable(self._folder, "opened"):
            newest = files.generation(self._folder)
        if known is not None and newest in (known.generation.number, self._unreadable):
            return known
        with self._lock:
            known = self._open
            try:
                with _usable(self._folder, "opened"):
                    self._open = fresh = self._opened(known)
            except SearchIndexError as error:
                if known is None:
                    raise
                if isinstance(error, IndexDamaged):
                    # All else, such as too many open files, may pass, and is tried again.
                    self._unreadable = newest
                # As text: a record that held the error would hold the files it met.
                _log.warning("%s; the one before it goes on answering", str(error))
                return known
            self._cache.keep_only({leaf.segment.name for leaf in fresh.view.leaves})
            return fresh

    def _opened(self, known: _Open | None) -> _Open:
        found = generation.newest(self._folder, known.generation if known else None)
        if known is not None and known.generation.number == found.number:
            return known
        built = self._built_for(found)
        if built.rsplit(" ", 1)[0] != schema.FORMAT:
            # Its fields are others, and whatever is asked of it would fail in its own way.
            raise IndexDamaged("was built by another version of Morgue", str(self._folder))
        return _Open(found, view_over(found.number, found.leaves, analyzer_for(built)))

    def _built_for(self, found: Generation) -> str:
        checkpoint = found.checkpoint
        return checkpoint.built_for if checkpoint else built_for(self._language)


class _Steady(WhooshEngine):
    """One generation of an engine, with whose threads it shares what was derived."""

    def __init__(self, engine: WhooshEngine) -> None:
        self._folder = engine._folder
        self._language = engine._language
        self._cache = engine._cache
        self._open = engine._current()

    def _current(self) -> _Open:
        if self._open is None:
            raise SearchIndexError("was closed while it was asked", str(self._folder), REBUILD)
        return self._open
