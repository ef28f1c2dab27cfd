"""What a query found in one leaf: the seam between evaluation and all that follows it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.whoosh_engine.leaf import Leaf
from indexer.whoosh_engine.segment import Documents


@dataclass(frozen=True, slots=True)
class Found:
    """What matched in one leaf.

    *documents* ascending, living ones only; *scores* by document found (float64),
    None where nothing was scored.
    """

    leaf: Leaf
    documents: Documents
    scores: NDArray[np.float64] | None
