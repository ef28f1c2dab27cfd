"""Morgue, by its public parts: `projection`, `Engine.match`, `indexer.snippet`, the store."""

import time
from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Final

from archive import store as stores
from archive.store import Change, Position, Store
from bench.articles.kept import TimedStore
from bench.engines.ask import SHOWN, UNDATED, Ask, How, Page
from bench.process import size
from indexer import location, projection, snippet
from indexer.analysis import analyzer_for
from indexer.engine import Sort
from indexer.engines import open_engine
from indexer.marking import Marker
from indexer.tree import And, Dates, Exactly, Near, Node, Or, Prefix, Words

_LANGUAGE: Final = "english"


class Engine:
    """The index of a site, or, for changes that leave the site as it is, a copy of it."""

    can_near = True

    def __init__(self, site: Path, folder: Path) -> None:
        self._site = site
        self._root = folder / location.FOLDER

    def build(self) -> float:
        """Rebuild the index from the store as `morgue reindex` does."""
        started = time.perf_counter()
        with TimedStore(self._site / stores.FILE) as store:
            projection.rebuild(store, self._root, _LANGUAGE, forget=True)
            return time.perf_counter() - started - store.seconds

    def open(self) -> None:
        """Open the engine and the store."""
        self._engine = open_engine(self.index())
        checkpoint = self._engine.checkpoint()
        self._analyzer = analyzer_for(checkpoint.built_for if checkpoint else _LANGUAGE)
        self._store = Store(self._site / stores.FILE)

    def close(self) -> None:
        """Close both."""
        self._engine.close()
        self._store.close()

    def page(self, ask: Ask) -> Page:
        """Match, fetch the ten from the store, cut their snippets: what `indexer.search` does."""
        times = [time.perf_counter()]
        tree = _tree(ask)
        sort = Sort.NEWEST if ask.newest else Sort.RELEVANCE
        found = self._engine.match(
            tree, sort=sort, offset=ask.offset, limit=SHOWN, facets=("source", "topic", "date")
        )
        ids = tuple(hit.id for hit in found.hits)
        times.append(time.perf_counter())
        kept = self._store.get_many(ids)
        self._store.copies(ids)
        times.append(time.perf_counter())
        marker = Marker(tree, self._analyzer)
        shown = []
        for key in ids:
            if key in kept:
                article = kept[key].article
                title = snippet.headline(article, marker)
                passages = snippet.snippets(article, marker, title)
                shown += [title.text, *(passage.text for passage in passages)]
        times.append(time.perf_counter())
        spent = [(later - sooner) * 1000 for sooner, later in pairwise(times)]
        months = {
            value: count
            for value, count in found.facets["date"].items()
            if value.count("-") == 1 or value == UNDATED
        }
        facets = {
            "source": found.facets["source"],
            "topic": found.facets["topic"],
            "month": months,
        }
        parts = dict(zip(("match", "articles", "snippets"), spent, strict=True))
        return Page(found.total, ids, tuple(shown), facets, parts)

    def upsert(self, changes: Sequence[Change]) -> None:
        """Apply changes as `morgue update` does; the next match sees them."""
        self._engine.apply(changes, Position(self._store.position().store_id, changes[-1].seq))

    def merge(self) -> bool:
        """Merge all segments, where the engine has a verb for that."""
        for name in ("merge", "optimize"):
            verb = getattr(self._engine, name, None)
            if verb is not None:
                verb()
                return True
        return False

    def index(self) -> Path:
        """Return the folder of the index that serves."""
        folder = location.current(self._root)
        if folder is None:
            raise FileNotFoundError(f"there is no index in {self._root}")
        return folder

    def size(self) -> int:
        """Return the size of its files."""
        return size(self.index())


def _tree(ask: Ask) -> Node:
    parts: list[Node] = []
    words = tuple(Words(word) for word in ask.words)
    match ask.how:
        case How.ALL:
            parts += words
        case How.ANY:
            parts.append(Or(words))
        case How.PHRASE:
            parts.append(Words(" ".join(ask.words), quoted=True))
        case How.PREFIX:
            parts.append(Prefix(ask.words[0]))
        case How.NEAR:
            parts.append(Near(words, ask.within, ordered=False))
        case How.EVERYTHING:
            pass
    if ask.first or ask.last:
        parts.append(Dates(*(date.fromisoformat(d) if d else None for d in (ask.first, ask.last))))
    if ask.source:
        parts.append(Exactly("source", (ask.source,)))
    if ask.topic:
        parts.append(Exactly("topic", (ask.topic,)))
    return parts[0] if len(parts) == 1 else And(tuple(parts))
