"""An engine over segments in memory, each commit one: the array index without its files."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from archive.store import Change, Position
from indexer.analysis import Analyzer
from indexer.engine import FACETS, NONE_CHOSEN, Matches, Sort
from indexer.tree import Fuzzy, Node, Words
from indexer.whoosh_engine import vocabulary
from indexer.whoosh_engine.answer import answer
from indexer.whoosh_engine.cache import Cache
from tests.indexer.views import view_of


class SegmentEngine:
    """What `indexer.engine.Engine` says of changes and searches; it keeps no checkpoint."""

    def __init__(self) -> None:
        self._analyzer = Analyzer("english")
        self._batches: list[list[Change]] = []
        self._view = view_of([], self._analyzer)
        self._cache = Cache()

    def apply(self, changes: Iterable[Change], position: Position) -> None:
        del position
        self._batches.append(list(changes))
        self._view = view_of(self._batches, self._analyzer)

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
            self._view,
            tree,
            sort=sort,
            offset=offset,
            limit=limit,
            copies=copies,
            facets=facets,
            chosen=chosen,
            cache=self._cache,
        )

    def terms(self, like: str | Fuzzy | Words, limit: int = 10) -> Sequence[tuple[str, int]]:
        return vocabulary.terms(self._view, like, limit)
