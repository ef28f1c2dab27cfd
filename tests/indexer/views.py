"""A view of what an archive came to, change by change: each batch a segment, nothing merged."""

from collections.abc import Sequence

import numpy as np

from archive.store import Change
from indexer.analysis import Analyzer
from indexer.engine import Scored, Sort
from indexer.tree import Node
from indexer.whoosh_engine.answer import answer
from indexer.whoosh_engine.build import build
from indexer.whoosh_engine.cache import Cache
from indexer.whoosh_engine.leaf import Leaf, View, view_over
from indexer.whoosh_engine.segment import Segment


def view_of(batches: Sequence[Sequence[Change]], analyzer: Analyzer) -> View:
    """Return the generation after *batches*: the last state of each article lives."""
    segments: list[Segment] = []
    deleted: list[set[int]] = []
    for number, batch in enumerate(batches):
        last = {change.id: change for change in batch}
        for name in last:
            for segment, gone in zip(segments, deleted, strict=True):
                document = segment.document(name)
                if document is not None:
                    gone.add(document)
        kept = [c for c in last.values() if c.article]
        segments.append(build(f"segment{number}", kept, analyzer))
        deleted.append(set())
    leaves = (
        Leaf(segment, np.array(sorted(gone), dtype=np.uint16))
        for segment, gone in zip(segments, deleted, strict=True)
    )
    return view_over(len(batches), tuple(leaves), analyzer)


def ranked(
    view: View,
    tree: Node,
    cache: Cache | None = None,
    *,
    explain: bool = False,
    newer: bool = False,
) -> tuple[Scored, ...]:
    """Return all that *tree* finds, each copy too, the best first."""
    return answer(
        view,
        tree,
        sort=Sort.RELEVANCE,
        offset=0,
        limit=None,
        copies=True,
        facets=(),
        chosen={},
        cache=cache or Cache(),
        explain=explain,
        newer=newer,
    ).hits
