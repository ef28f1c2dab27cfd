"""A generation of the index as it is read: its segments, and which of their documents live."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import Analyzer
from indexer.whoosh_engine.segment import Documents, Segment


@dataclass(frozen=True, slots=True)
class Leaf:
    """A segment within a generation; *deleted* are the documents that are gone, ascending."""

    segment: Segment
    deleted: Documents

    @property
    def living(self) -> NDArray[np.bool_] | None:
        """Whether each document lives, or None where all do."""
        if not len(self.deleted):
            return None
        living = np.ones(self.segment.count, dtype=bool)
        living[self.deleted] = False
        return living

    @property
    def count(self) -> int:
        """How many documents live."""
        return self.segment.count - len(self.deleted)


@dataclass(frozen=True, slots=True)
class View:
    """What one generation holds, the same for all threads.

    *analyzer* is the site's, beside those of the languages that living articles are in.
    """

    generation: int
    leaves: tuple[Leaf, ...]
    analyzer: Analyzer


def view_over(generation: int, leaves: tuple[Leaf, ...], analyzer: Analyzer) -> View:
    """Return the view of *leaves*, built by the site's *analyzer*."""
    codes = set[str]().union(*(_languages(leaf, analyzer) for leaf in leaves))
    return View(generation, leaves, analyzer.beside(codes))


def _languages(leaf: Leaf, analyzer: Analyzer) -> set[str]:
    """The codes of other languages than the site's that articles of a leaf are in."""
    keyword = leaf.segment.keywords["language"]
    if all(analyzer.of(code) is analyzer for code in keyword.values):
        return set()
    living = leaf.living
    codes = keyword.codes if living is None else keyword.codes[living]
    sets = keyword.sets()
    return {code for number in np.unique(codes).tolist() for code in sets[number]}
