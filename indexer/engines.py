"""Which engine keeps the index: the one place that names it.

Everything else speaks of `indexer.engine.Engine`.
"""

from dataclasses import dataclass
from pathlib import Path

from indexer.engine import Engine
from indexer.whoosh_engine import WhooshEngine, engine, files


@dataclass(frozen=True, slots=True)
class Extent:
    """How much an index takes on the disk: its segments, and bytes in all."""

    segments: int
    size: int


def open_engine(folder: Path) -> Engine:
    """Open the index in *folder*. Raises SearchIndexError when it cannot be opened."""
    return WhooshEngine(folder)


def create_engine(folder: Path, language: str) -> Engine:
    """Begin an index for *language* in *folder*; one that is there already is opened as it is.

    Raises SearchIndexError when it can be neither.
    """
    return WhooshEngine(folder, language)


def built_for(language: str) -> str:
    """Return what an index for *language* is built for, as its checkpoint notes it."""
    return engine.built_for(language)


def extent(folder: Path) -> Extent:
    """Return how much the index in *folder* takes; files that go away meanwhile do not count."""
    return Extent(*files.extent(folder))
