"""The engine itself: one folder, one writer at a time, any number of readers."""

import heapq
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from whoosh import index as whoosh_index
from whoosh import scoring
from whoosh.filedb.filestore import FileStorage
from whoosh.searching import Searcher
from whoosh.writing import SegmentWriter

from archive.errors import Busy, SearchIndexError
from archive.store import Change, Position
from indexer.analysis import Analyzer, fold
from indexer.engine import Checkpoint, Matches, Scored, Sort
from indexer.query import Node
from indexer.whoosh_engine import columns, schema
from indexer.whoosh_engine.translate import translate

_WEIGHTING = scoring.BM25F(B=0.75, K1=1.2)
_POOL_MB = 128
# A merge may remove a file between a reader's look at the table of contents and its opening.
_TRIES = 5


def built_for(language: str) -> str:
    """Return what an index for *language* is built for, as its checkpoint notes it."""
    return f"{schema.FORMAT} {language}"


@dataclass(slots=True)
class _View:
    """A searcher over one generation, with the columns of its segments. For one thread."""

    generation: int
    searcher: Searcher
    leaves: list[tuple[Searcher, columns.Columns]]


class WhooshEngine:
    """An index of articles in a folder. Safe for many threads; see `indexer.engine.Engine`."""

    def __init__(self, folder: Path, language: str = "english") -> None:
        """Open the index in *folder*, or begin a new one there for *language*.

        An index that is there keeps the language it was built for. Raises
        SearchIndexError when it cannot be opened.
        """
        self._folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
            storage = FileStorage(str(folder))
            if whoosh_index.exists_in(str(folder)):
                self._index = storage.open_index()
            else:
                self._index = storage.create_index(schema.schema())
        except Exception as error:
            # Whoosh's files are pickles: a damaged one can raise anything.
            raise SearchIndexError(
                f"cannot be opened ({type(error).__name__}: {error})",
                str(folder),
                "`morgue reindex` builds it anew from the store",
            ) from error
        checkpoint = self.checkpoint()
        self._built_for = checkpoint.built_for if checkpoint else built_for(language)
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
        with self._index.searcher() as before:
            writer = self._writer()
            try:
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
        for searcher, values in view.leaves:
            documents, scores = _collect(query, searcher, scored)
            found.append((values, documents))
            ranked += _keys(values, documents, scores, sort)
        wanted = len(ranked) if limit is None else offset + limit
        best = heapq.nsmallest(wanted, ranked) if wanted < len(ranked) else sorted(ranked)
        return Matches(
            total=len(ranked),
            hits=tuple(Scored(id, -key if scored else 0.0) for key, _, id in best[offset:]),
            facets=columns.count_facets(found),
        )

    def terms(self, prefix: str, limit: int = 10) -> Sequence[tuple[str, int]]:
        """Return words that begin with *prefix*; see `Engine.terms`."""
        reader = self._view().searcher.reader()
        counts: dict[str, int] = {}
        for part in ("headline", "body", "byline"):
            field = schema.forms_of(part)
            for raw in reader.expand_prefix(field, fold(prefix)):
                count = reader.doc_frequency(field, raw)
                counts[raw.decode()] = max(count, counts.get(raw.decode(), 0))
        return sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:limit]

    def _view(self) -> _View:
        """This thread's searcher over the newest generation."""
        view: _View | None = getattr(self._local, "view", None)
        for attempt in range(_TRIES):
            try:
                if view is not None and view.generation == self._index.latest_generation():
                    return view
                fresh = self._open_view()
            except (OSError, whoosh_index.EmptyIndexError) as error:
                if attempt + 1 == _TRIES:
                    raise SearchIndexError(
                        f"cannot be read: {error}",
                        str(self._folder),
                        "`morgue reindex` rebuilds it",
                    ) from error
                continue
            if view is not None:
                view.searcher.close()
            self._local.view = fresh
            return fresh
        raise AssertionError("unreachable")

    def _open_view(self) -> _View:
        searcher = self._index.searcher(weighting=_WEIGHTING)
        leaves = [(leaf, self._columns_of(leaf)) for leaf, _ in searcher.leaf_searchers()]
        in_use = {id(values) for _, values in leaves}
        with self._columns_lock:
            for key in [k for k, values in self._columns.items() if id(values) not in in_use]:
                del self._columns[key]
        return _View(searcher.reader().generation(), searcher, leaves)

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
