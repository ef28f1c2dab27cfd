"""The best of what was found, in order, without sorting the rest."""

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from indexer.engine import Scored, Sort
from indexer.whoosh_engine.found import Found

PLACES: Final = 6
"""Scores are rounded to so many, so that the order of adding floats up never decides."""

_MARGIN: Final = 10.0**-PLACES
_BLOCKS: Final = 8

Indexes = NDArray[np.intp]
Some = Indexes | slice
Values = NDArray[Any]
Key = Callable[[Some], Values]
"""Gives what to order by, the greatest first, for some of the documents found."""


def top(
    found: Sequence[Found], *, sort: Sort, offset: int = 0, limit: int | None = 10
) -> tuple[Scored, ...]:
    """Return those of *found* from *offset* on, at most *limit* (None: all), the best first.

    Ties go by the newer date, then by id; the undated come last.
    """
    wanted = sum(len(leaf.documents) for leaf in found)
    if limit is not None:
        wanted = min(wanted, offset + limit)
    if wanted <= offset:
        return ()
    lines = [line for leaf in found for line in _lines(leaf, sort, wanted)]
    lines.sort()
    return tuple(Scored(key.decode(), -score) for score, _, key, _ in lines[offset:wanted])


def best(found: Sequence[Found], most: int) -> list[Indexes]:
    """Return which of the documents found are the *most* best by score, leaf by leaf, ascending.

    Ties go as in `top`.
    """
    if sum(len(leaf.documents) for leaf in found) <= most:
        return [np.arange(len(leaf.documents)) for leaf in found]
    lines = [
        (*line, number)
        for number, leaf in enumerate(found)
        for line in _lines(leaf, Sort.RELEVANCE, most)
    ]
    lines.sort()
    chosen: list[list[int]] = [[] for _ in found]
    for *_, at, number in lines[:most]:
        chosen[number].append(at)
    return [np.sort(np.array(some, dtype=np.intp)) for some in chosen]


def _lines(found: Found, sort: Sort, most: int) -> list[tuple[float, float, bytes, int]]:
    """The *most* best of one leaf: score and date, turned so that the best is least, id, place."""
    segment, documents = found.leaf.segment, found.documents

    def dates(some: Some) -> Values:
        moments = segment.moments[documents[some]]
        if sort is not Sort.OLDEST:
            return moments
        return np.where(np.isneginf(moments), moments, -moments)

    def ids(some: Some) -> Values:
        places = np.empty(segment.count, dtype=np.intp)
        places[segment.by_id] = np.arange(segment.count)
        return -places[documents[some]]

    scores = found.scores if sort is Sort.RELEVANCE else None
    keys: list[Key] = [dates, ids]
    if scores is not None:
        keys.insert(0, lambda some: np.round(scores[some], PLACES))
    chosen: Indexes = np.arange(len(documents))
    if most < len(documents):
        values = dates(slice(None)) if scores is None else scores
        chosen = _best(np.flatnonzero(values >= _least(values, most) - _MARGIN), keys, most)
    rounded = np.zeros(len(chosen)) if scores is None else keys[0](chosen)
    names = segment.ids[documents[chosen]].tolist()
    # A score of 0 stays 0, not −0.
    return list(
        zip(
            (0.0 - rounded).tolist(),
            (-dates(chosen)).tolist(),
            names,
            chosen.tolist(),
            strict=True,
        )
    )


def _best(some: Indexes, keys: Sequence[Key], most: int) -> Indexes:
    """Return the *most* best of *some* by *keys*, the first of them first; in any order."""
    if most >= len(some):
        return some
    values = keys[0](some)
    few = np.flatnonzero(values >= _least(values, most))
    some, values = some[few], values[few]
    if most >= len(some):
        return some
    border = np.partition(values, -most)[-most]
    above = some[values > border]
    level = some[values == border]
    return np.concatenate((above, _best(level, keys[1:], most - len(above))))


def _least(values: NDArray[Any], most: int) -> Any:
    """Return what at least *most* of *values* reach, not much below the best that is so.

    The greatest of each of many blocks are as many values as there are blocks.
    """
    blocks = _BLOCKS * most
    depth = len(values) // blocks
    if depth < 2:
        return np.partition(values, -most)[-most]
    greatest = values[: depth * blocks].reshape(depth, blocks).max(axis=0)
    return np.partition(greatest, -most)[-most]
