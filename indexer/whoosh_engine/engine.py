"""The engine itself: one folder, one writer at a time, any number of readers."""

import heapq
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from whoosh import index as whoosh_index
from whoosh.filedb.filestore import FileStorage
from whoosh.searching import Searcher
from whoosh.writing import SegmentWriter

from archive.errors import Busy, MorgueError, SearchIndexError
from archive.store import Change, Position
from indexer.analysis import analyzer_for, fold
from indexer.engine import FACETS, NONE_CHOSEN, Checkpoint, Matches, Scored, Sort
from indexer.query import And, Exactly, Field, Node
from indexer.whoosh_engine import columns, files, schema
from indexer.whoosh_engine.ranking import Leaf, Statistics, Weighting
from indexer.whoosh_engine.translate import translate

# Whoosh counts a pool far too large and would spill each batch to disk; batches are bounded.
_POOL_MB = 2048
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
    leaves: list[Leaf]
    statistics: Statistics


class WhooshEngine:
    """An index of articles in a folder. Safe for many threads; see `indexer.engine.Engine`."""

    def __init__(self, folder: Path, language: str | None = None) -> None:
        """Open the index in *folder*; with a *language*, begin a new one where there is none.

        An index that is there keeps the language it was built for. Raises
        SearchIndexError when it cannot be opened.
        """
        self._folder = folder
        self._known: tuple[int, Checkpoint | None] = (-1, None)
        with _usable(folder, "opened"):
            storage = FileStorage(str(folder))
            if language is not None and files.generation(folder) < 0:
                folder.mkdir(parents=True, exist_ok=True)
                # An index that was given its schema would never read one, nor the checkpoint.
                storage.create_index(schema.schema())
            self._index = files.steadily(folder, storage.open_index)
            checkpoint = self.checkpoint()
        if checkpoint and checkpoint.built_for.rsplit(" ", 1)[0] != schema.FORMAT:
            # Its fields are others, and whatever is asked of it would fail in its own way.
            raise SearchIndexError("was built by another version of Morgue", str(folder), _REBUILD)
        self._built_for = checkpoint.built_for if checkpoint else built_for(language or "english")
        self._analyzer = analyzer_for(self._built_for)
        self._local = threading.local()
        self._columns: dict[str, columns.Columns] = {}
        self._columns_lock = threading.Lock()
        self._statistics: tuple[int, Statistics] | None = None

    def checkpoint(self) -> Checkpoint | None:
        """Return how far this index has come, or None when it is new."""
        known = self._known
        if known[0] < 0 or known[0] != files.generation(self._folder):
            with _usable(self._folder, "opened"):
                toc = files.steadily(self._folder, self._index._read_toc)
            known = self._known = (toc.generation, getattr(toc.schema, "checkpoint", None))
        return known[1]

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
            files.sweep(self._index)
            writer = self._writer()
            try:
                # Opened under the writer's lock: it counts documents in the same segments.
                with self._index.searcher() as before:
                    for change in batch.values():
                        writer.delete_by_term(schema.ID, change.id, searcher=before)
                        if change.article is not None:
                            writer.add_document(
                                **schema.document(change.article, change.story, self._analyzer)
                            )
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
        copies: bool = False,
        facets: Collection[str] = FACETS,
        chosen: Mapping[str, tuple[str, ...]] = NONE_CHOSEN,
    ) -> Matches:
        """Return what matches *tree*; see `Engine.match`. Only those of `FACETS` are counted."""
        view = self._view()
        scored = sort is Sort.RELEVANCE
        found: list[tuple[columns.Columns, list[int]]] = []
        ranked: list[tuple[float, float, str]] = []
        for leaf, documents, scores in self._found(view, _narrowed(tree, chosen), scored):
            found.append((leaf.columns, documents))
            ranked += _keys(leaf.columns, documents, scores, sort)
        hidden = frozenset() if copies else columns.hidden_copies(found)
        if hidden:
            ranked = [key for key in ranked if key[2] not in hidden]
        wanted = len(ranked) if limit is None else offset + limit
        best = heapq.nsmallest(wanted, ranked) if wanted < len(ranked) else sorted(ranked)
        counted = columns.count_facets(found)
        for facet in [facet for facet in facets if chosen.get(facet)]:
            others = {name: values for name, values in chosen.items() if name != facet}
            alone = self._found(view, _narrowed(tree, others), scored=False)
            counted[facet] = columns.count_facets(
                (leaf.columns, documents) for leaf, documents, _ in alone
            )[facet]
        return Matches(
            total=len(ranked),
            hits=tuple(Scored(name, -key if scored else 0.0) for key, _, name in best[offset:]),
            facets={facet: counted[facet] for facet in facets},
            articles=sum(len(documents) for _, documents in found),
        )

    def _found(
        self, view: _View, tree: Node, scored: bool
    ) -> Iterator[tuple[Leaf, list[int], list[float]]]:
        query = translate(tree, self._analyzer)
        with _usable(self._folder, "read"):
            for leaf in view.leaves:
                yield leaf, *_collect(query, leaf.searcher, scored)

    def terms(self, prefix: str, limit: int = 10) -> Sequence[tuple[str, int]]:
        """Return words that begin with *prefix*; see `Engine.terms`."""
        view = self._view()
        reader = view.searcher.reader()
        fields = [schema.forms_of(part) for part in schema.SEARCHED_IN[Field.ANY]]
        at_most: dict[bytes, int] = {}
        best: list[tuple[int, bytes]] = []
        with _usable(self._folder, "read"):
            for field in fields:
                for raw in reader.expand_prefix(field, fold(prefix)):
                    at_most[raw] = max(reader.doc_frequency(field, raw), at_most.get(raw, 0))
            # Whoosh counts articles that are gone until it merges their segment: so its
            # figures only say in which order to count, and when to stop.
            for raw, bound in sorted(at_most.items(), key=lambda item: -item[1]):
                if len(best) >= limit and bound < -best[-1][0]:
                    break
                count = max(view.statistics.frequency(f, raw, view.searcher) for f in fields)
                if count:
                    best = sorted([*best, (-count, raw)])[:limit]
        return [(raw.decode(), -negative) for negative, raw in best]

    def _view(self) -> _View:
        """This thread's searcher over the newest generation."""
        view: _View | None = getattr(self._local, "view", None)
        with _usable(self._folder, "read"):
            for _ in range(files.TRIES):
                generation = files.generation(self._folder)
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
            weighting = Weighting()
            searcher = self._index.searcher(weighting=weighting)
            leaves = [Leaf(leaf, self._columns_of(leaf)) for leaf, _ in searcher.leaf_searchers()]
        except Exception:
            if searcher is not None:
                searcher.close()
            if files.generation(self._folder) == generation:
                raise
            return None
        if files.generation(self._folder) != generation:
            searcher.close()
            return None
        statistics = self._statistics_of(generation, leaves)
        weighting.attach(leaves, statistics)
        in_use = {id(leaf.columns) for leaf in leaves}
        with self._columns_lock:
            for key in [k for k, values in self._columns.items() if id(values) not in in_use]:
                del self._columns[key]
        return _View(generation, searcher, leaves, statistics)

    def _statistics_of(self, generation: int, leaves: list[Leaf]) -> Statistics:
        known = self._statistics
        if known is None or known[0] != generation:
            known = self._statistics = (generation, Statistics(leaves))
        return known[1]

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


def _narrowed(tree: Node, chosen: Mapping[str, tuple[str, ...]]) -> Node:
    filters = [Exactly(facet, values) for facet, values in chosen.items() if values]
    return And((tree, *filters)) if filters else tree


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
    return [(columns.earliest_first(moments[i]), 0.0, ids[i]) for i in documents]
