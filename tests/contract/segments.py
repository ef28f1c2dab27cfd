"""An engine over segments in memory, each commit one: the array index without its files."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from uuid import uuid4

import numpy as np

from archive.store import Change, Position
from indexer.analysis import Analyzer
from indexer.engine import FACETS, NONE_CHOSEN, Checkpoint, Matches, Sort
from indexer.query import Node
from indexer.whoosh_engine import vocabulary
from indexer.whoosh_engine.answer import answer
from indexer.whoosh_engine.build import build
from indexer.whoosh_engine.cache import Cache
from indexer.whoosh_engine.leaf import Leaf, View
from indexer.whoosh_engine.segment import Documents


class SegmentEngine:
    """An `indexer.engine.Engine`; *kept* outlives it as a folder would."""

    def __init__(self, kept: dict[str, object] | None = None, language: str = "english") -> None:
        self._kept: dict[str, object] = {} if kept is None else kept
        self._kept.setdefault("view", View(0, (), Analyzer(language)))
        self._built_for = f"segments {language}"
        self._cache = Cache()

    @property
    def view(self) -> View:
        view = self._kept["view"]
        assert isinstance(view, View)
        return view

    def apply(self, changes: Iterable[Change], position: Position) -> None:
        batch = {change.id: change for change in changes}
        documents = [(c.article, c.story) for c in batch.values() if c.article is not None]
        leaves = [_without(leaf, batch) for leaf in self.view.leaves]
        if documents:
            fresh = build(uuid4().hex, documents, self.view.analyzer)
            leaves.append(Leaf(fresh, np.empty(0, dtype=np.uint16)))
        self._kept["view"] = replace(
            self.view, generation=self.view.generation + 1, leaves=tuple(leaves)
        )
        self._kept["checkpoint"] = Checkpoint(position, self._built_for)

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
        return answer(
            self.view,
            tree,
            sort=sort,
            offset=offset,
            limit=limit,
            copies=copies,
            facets=facets,
            chosen=chosen,
            cache=self._cache,
        )

    def terms(self, prefix: str, limit: int = 10) -> Sequence[tuple[str, int]]:
        return vocabulary.terms(self.view, prefix, limit)

    def checkpoint(self) -> Checkpoint | None:
        return self._kept.get("checkpoint")  # type: ignore[return-value]

    def close(self) -> None:
        pass


def _without(leaf: Leaf, ids: Collection[str]) -> Leaf:
    gone = {i for i in map(leaf.segment.document, ids) if i is not None}
    deleted: Documents = np.array(sorted(gone | set(leaf.deleted.tolist())), dtype=np.uint16)
    return replace(leaf, deleted=deleted)
