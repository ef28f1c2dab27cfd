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
    """What one generation holds, the same for all threads. *analyzer* is that of its texts."""

    generation: int
    leaves: tuple[Leaf, ...]
    analyzer: Analyzer
