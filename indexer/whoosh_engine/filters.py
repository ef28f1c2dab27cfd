"""What decides alone whether an article matches, and never scores: exact values and dates.

A filter's answer holds for every document of a segment, deleted ones too, so
that it may be kept as long as the segment.
"""

from collections.abc import Collection
from typing import assert_never

import numpy as np
from numpy.typing import NDArray

from indexer.tree import Dates, Exactly, Length, Undated
from indexer.whoosh_engine.build import starts_of
from indexer.whoosh_engine.segment import Keyword, Segment

Filter = Exactly | Dates | Undated | Length


def matching(segment: Segment, node: Filter) -> NDArray[np.bool_]:
    """Return for each document of *segment* whether it matches *node*.

    Raises KeyError for an `Exactly` of what is no keyword.
    """
    match node:
        case Exactly(facet, values):
            keyword = segment.keywords[facet]
            return sets_having(keyword, frozenset(values)).take(keyword.codes)
        case Dates():
            return _within(segment, node)
        case Undated():
            undated: NDArray[np.bool_] = segment.first_days == 0
            return undated
        case Length(least, most):
            lengths = segment.parts["body"].lengths
            long_enough: NDArray[np.bool_] = lengths >= least
            return long_enough if most is None else long_enough & (lengths <= most)
        case _:
            assert_never(node)


def sets_having(keyword: Keyword, values: Collection[str]) -> NDArray[np.bool_]:
    """Return for each set of *keyword* whether it has one of *values*, letter by letter."""
    wanted = np.array([value in values for value in keyword.values], dtype=bool)
    so_far = starts_of(wanted[keyword.set_values])
    starts = keyword.set_starts
    sets: NDArray[np.bool_] = so_far[starts[1:]] > so_far[starts[:-1]]
    return sets


def _within(segment: Segment, dates: Dates) -> NDArray[np.bool_]:
    """An article's first and last possible day must meet the range; the undated never do."""
    found = segment.first_days > 0
    if dates.last is not None:
        found &= segment.first_days <= dates.last.toordinal()
    if dates.first is not None:
        found &= segment.last_days >= dates.first.toordinal()
    return found
