"""The engine itself: one folder, one writer at a time, any number of readers."""

import heapq
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from whoosh import index as whoosh_index
from whoosh import scoring
from whoosh.filedb.filestore import FileStorage
from whoosh.searching import Searcher
from whoosh.writing import SegmentWriter

from archive.errors import Busy, MorgueError, SearchIndexError
from archive.store import Change, Position
from indexer.analysis import Analyzer, fold
from indexer.engine import Checkpoint, Matches, Scored, Sort
from indexer.query import Field, Node
from indexer.whoosh_engine import columns, schema
from indexer.whoosh_engine.translate import translate

_WEIGHTING = scoring.BM25F(B=0.75, K1=1.2)
# Whoosh counts a pool far too large and would spill each batch to disk; batches are bounded.
_POOL_MB = 2048
# How often a view is opened anew because a commit came while it was being opened.
_TRIES = 10


_REBUILD = "`morgue reindex` builds it anew from the store"


def built_for(language: str) -> str:
    """Return what an index for *language* is built for, as its checkpoint notes it."""
    return f"{schema.FORMAT} {language}"


@contextmanager
def _usable(folder: Path, what: str) -> Iterator[None]:
    """Raise SearchIndexError for whatever Whoosh raises: on damaged files that is anything."""
    try:
        yield
    except MorgueError:
        raise
    except Exception as error:
        raise SearchIndexError(
            f"cannot be {what} ({type(error).__name__}: {error})", str(folder), _REBUILD
        ) from error


@dataclass(slots=True)
class _View:
    """A searcher over one generation, with the columns of its segments. For one thread."""

    generation: int
    searcher: Searcher
    leaves: list[tuple[Searcher, columns.Columns]]


class WhooshEngine:
    """An index of articles in a folder. Safe for many threads; see `indexer.engine.Engine`."""

    def __init__(self, folder: Path, language: str | None = None) -> None:
        """Open the index in *folder*; with a *language*, begin a new one where there is none.

        An index that is there keeps the language it was built for. Raises
        SearchIndexError when it cannot be opened.
        """
        self._folder = folder
        with _usable(folder, "opened"):
            storage = FileStorage(str(folder))
            if language is not None and not whoosh_index.exists_in(str(folder)):
                folder.mkdir(parents=True, exist_ok=True)
                self._index = storage.create_index(schema.schema())
            else:
                self._index = storage.open_index()
            checkpoint = self.checkpoint()
        self._built_for = checkpoint.built_for if checkpoint else built_for(language or "english")
        self._analyzer = Analyzer(self._built_for.rsplit(" ", 1)[-1])
        self._local = threading.local()
        self._columns: dict[str, columns.Columns] = {}
        self._columns_lock = threading.Lock()

    @property
    def analyzer(self) -> Analyzer:
        """The analysis this index was built with, to mark what it matched."""
        return self._analyzer

    def checkpoint(self) -> Checkpoint | None:
        """Return how far this index has come, or None when it is new."""
        current = self._index.latest_generation()
        if current < 0:
            return None
        return getattr(self._index._read_toc().schema, "checkpoint", None)

    def close(self) -> None:
        """Let go of this thread's files; those of other threads go with their searchers."""
        view = getattr(self._local, "view", None)
        if view is not None:
            view.searcher.close()
            self._local.view = None
        self._index.close()

    # -- writing -----------------------------------------------------------

    def apply(self, changes: Iterable[Change], position: Position) -> None:
        """Apply and commit *changes*; see `Engine.apply`."""
        batch: dict[str, Change] = {}
        for change in changes:
            # Within one commit Whoosh would keep both of two states: the last one counts.
            batch[change.id] = change
        with _usable(self._folder, "written"):
            writer = self._writer()
            try:
                # Opened under the writer's lock: it counts documents in the same segments.
                with self._index.searcher() as before:
                    for change in batch.values():
                        writer.delete_by_term(schema.ID, change.id, searcher=before)
                        if change.article is not None:
                            writer.add_document(**schema.document(change.article, self._analyzer))
                writer.schema.checkpoint = Checkpoint(position, self._built_for)
                writer.commit()
            except BaseException:
                if not writer.is_closed:
                    writer.cancel()
                raise

    def _writer(self) -> SegmentWriter:
        try:
            # Compound segments would be copied into the memory of every searcher.
            return self._index.writer(timeout=2.0, limitmb=_POOL_MB, compound=False)
        except whoosh_index.LockError as error:
            raise Busy("another run is writing to the index", str(self._folder)) from error

    # -- searching ---------------------------------------------------------

    def match(
        self,
        tree: Node,
        *,
        sort: Sort = Sort.RELEVANCE,
        offset: int = 0,
        limit: int | None = 10,
    ) -> Matches:
        """Return what matches *tree*; see `Engine.match`."""
        view = self._view()
        query = translate(tree, self._analyzer)
        scored = sort is Sort.RELEVANCE
        found: list[tuple[columns.Columns, list[int]]] = []
        ranked: list[tuple[float, float, str]] = []
        with _usable(self._folder, "read"):
            for searcher, values in view.leaves:
                documents, scores = _collect(query, searcher, scored)
                found.append((values, documents))
                ranked += _keys(values, documents, scores, sort)
        wanted = len(ranked) if limit is None else offset + limit
        best = heapq.nsmallest(wanted, ranked) if wanted < len(ranked) else sorted(ranked)
        return Matches(
            total=len(ranked),
            hits=tuple(Scored(name, -key if scored else 0.0) for key, _, name in best[offset:]),
            facets=columns.count_facets(found),
        )

    def terms(self, prefix: str, limit: int = 10) -> Sequence[tuple[str, int]]:
        """Return words that begin with *prefix*; see `Engine.terms`."""
        reader = self._view().searcher.reader()
        fields = [schema.forms_of(part) for part in schema.SEARCHED_IN[Field.ANY]]
        counts: dict[bytes, int] = {}
        with _usable(self._folder, "read"):
            for field in fields:
                for raw in reader.expand_prefix(field, fold(prefix)):
                    counts[raw] = max(reader.doc_frequency(field, raw), counts.get(raw, 0))
            ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
            # Whoosh counts articles that are gone until it merges their segment.
            present = (
                (raw.decode(), count)
                for raw, count in ranked
                if any(
                    (field, raw) in reader and reader.postings(field, raw).is_active()
                    for field in fields
                )
            )
            return list(islice(present, limit))

    def _view(self) -> _View:
        """This thread's searcher over the newest generation."""
        view: _View | None = getattr(self._local, "view", None)
        with _usable(self._folder, "read"):
            for _ in range(_TRIES):
                generation = self._index.latest_generation()
                if view is not None and view.generation == generation:
                    return view
                fresh = self._open_view(generation)
                if fresh is not None:
                    if view is not None:
                        view.searcher.close()
                    self._local.view = fresh
                    return fresh
        if view is None:
            raise SearchIndexError("is changing too fast to be read", str(self._folder), _REBUILD)
        return view

    def _open_view(self, generation: int) -> _View | None:
        """Open a searcher over *generation*, or return None when a commit came between.

        A commit may remove files of the generation before, and Whoosh opens files
        late and takes a missing one for an empty one. So all are opened here, and
        count only if that generation is still the newest.
        """
        searcher = None
        try:
            searcher = self._index.searcher(weighting=_WEIGHTING)
            leaves = [(leaf, self._columns_of(leaf)) for leaf, _ in searcher.leaf_searchers()]
            for leaf, values in leaves:
                for part in schema.PARTS if values.ids else ():
                    leaf.reader().doc_field_length(0, part)
        except Exception:
            if searcher is not None:
                searcher.close()
            if self._index.latest_generation() == generation:
                raise
            return None
        if self._index.latest_generation() != generation:
            searcher.close()
            return None
        in_use = {id(values) for _, values in leaves}
        with self._columns_lock:
            for key in [k for k, values in self._columns.items() if id(values) not in in_use]:
                del self._columns[key]
        return _View(generation, searcher, leaves)

    def _columns_of(self, leaf: Searcher) -> columns.Columns:
        reader = leaf.reader()
        segment = getattr(reader, "segment", lambda: None)()
        if segment is None:
            return columns.read(reader)
        key = segment.segment_id()
        known = self._columns.get(key)
        if known is None:
            known = columns.read(reader)
            with self._columns_lock:
                self._columns[key] = known
        return known


def _collect(query: Any, searcher: Searcher, scored: bool) -> tuple[list[int], list[float]]:
    """Return the documents of one segment that match, and their scores if *scored*."""
    documents: list[int] = []
    scores: list[float] = []
    matcher = query.matcher(searcher, searcher.boolean_context() if not scored else None)
    while matcher.is_active():
        documents.append(matcher.id())
        if scored:
            scores.append(matcher.score())
        matcher.next()
    return documents, scores


def _keys(
    values: columns.Columns, documents: list[int], scores: list[float], sort: Sort
) -> list[tuple[float, float, str]]:
    """Return sort keys, the best smallest, the undated last."""
    moments, ids = values.moments, values.ids
    if sort is Sort.RELEVANCE:
        # Rounded, so that the order of adding floats up never decides.
        return [
            (-round(score, 6), -moments[i], ids[i])
            for i, score in zip(documents, scores, strict=True)
        ]
    if sort is Sort.NEWEST:
        return [(-moments[i], 0.0, ids[i]) for i in documents]
    undated = schema.UNDATED_MOMENT
    return [(moments[i] if moments[i] != undated else -undated, 0.0, ids[i]) for i in documents]
