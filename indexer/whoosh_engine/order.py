"""The two orders of a segment by date, as ranks: what breaks ties, and what sorting by date reads.

A rank is a document's place in its own segment, so it stays true in every
generation that has the segment. Leaves are merged by moments and ids, of the
few best of each.
"""

import numpy as np
from numpy.typing import NDArray

from indexer.whoosh_engine.segment import Segment

Ranks = NDArray[np.uint16]
"""By document, its place in an order: 0 comes first; no two are alike."""


def newest(segment: Segment) -> Ranks:
    """Return the ranks of the newest first, the undated last, ties by id."""
    return _ranks(segment, -segment.moments)


def oldest(segment: Segment) -> Ranks:
    """Return the ranks of the earliest first, the undated last, ties by id."""
    return _ranks(segment, earliest_first(segment.moments))


def earliest_first(moments: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what sorts the earliest of *moments* first and the undated last."""
    return np.where(np.isneginf(moments), np.inf, moments)


def _ranks(segment: Segment, keys: NDArray[np.float64]) -> Ranks:
    places = np.arange(segment.count, dtype=np.uint16)
    by_id = np.empty_like(places)
    by_id[segment.by_id] = places
    ranks = np.empty_like(places)
    ranks[np.lexsort((by_id, keys))] = places
    return ranks
