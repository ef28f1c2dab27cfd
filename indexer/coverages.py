"""Related coverage that was found, kept for who comes back to an article.

Finding it takes far longer than all else on an article's page. It is kept for the state
of store and index that it was found in, and let go when either moves on.
"""

from typing import Final, Protocol

from archive.article import Article
from archive.store import Position
from indexer import coverage
from indexer.analysis import Analyzer
from indexer.coverage import Coverage, coverage_of
from indexer.engine import Checkpoint, Engine

MOST: Final = 256
"""Of so many articles it is kept; those asked for first go first."""

_State = tuple[Checkpoint | None, Position]


class Articles(coverage.Articles, Protocol):
    """Where the articles come from: the store, or a test's own."""

    def position(self) -> Position:
        """Return the newest place in the sequence of changes."""


class Coverages:
    """Related coverage by article. Safe for many threads."""

    def __init__(self) -> None:
        self._kept: tuple[_State | None, dict[str, Coverage]] = (None, {})

    def of(
        self, article: Article, engine: Engine, articles: Articles, analyzer: Analyzer
    ) -> Coverage:
        """Return the coverage that is related to *article*; see `coverage_of`."""
        state = (engine.checkpoint(), articles.position())
        known, found = self._kept
        if known != state:
            found = {}
            self._kept = (state, found)
        coverage = found.get(article.id)
        if coverage is None:
            coverage = coverage_of(article, engine, articles, analyzer)
            while len(found) >= MOST:
                # Another thread may have taken the first meanwhile.
                found.pop(next(iter(found), ""), None)
            found[article.id] = coverage
        return coverage
