"""The best of what was found, in order, without sorting the rest.

Newer first among near-equals: the best hit opens a level of those that score at most
`NEAR` less than it does, the best below these the next. In a level the hits with a
date take the places of hits with a date, the newest first; one without keeps its
place, for nobody knows what it is newer than. Levels go by scores alone, so they are
the same on every page, and over however many segments.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from indexer.engine import Scored, Sort
from indexer.whoosh_engine.found import Found

PLACES: Final = 6
"""Scores are rounded to so many, so that the order of adding floats up never decides."""

NEAR: Final = 0.02
"""A score that lies by no greater share below another is near it.

Where dates say nothing of relevance, drawn by lot sixteen times for the judged documents
of TIME and Cranfield, the newer first among these costs no MAP: .7032 and .3218 after .7031
and .3198; .03 gives .6994 and .3211.
"""

_MARGIN: Final = 10.0**-PLACES
_BLOCKS: Final = 8

Indexes = NDArray[np.intp]
Some = Indexes | slice
Values = NDArray[Any]
Key = Callable[[Some], Values]
"""Gives what to order by, the greatest first, for some of the documents found."""
_Line = tuple[float, float, bytes, int]
"""Score and date, turned so that the best is least, id, place among the documents found."""


def top(
    found: Sequence[Found],
    *,
    sort: Sort,
    offset: int = 0,
    limit: int | None = 10,
    newer: bool = False,
) -> tuple[Scored, ...]:
    """Return those of *found* from *offset* on, at most *limit* (None: all), the best first.

    Ties go by the newer date, then by id; the undated come last. With *newer*, the newer of
    those that score nearly alike come first.
    """
    wanted = sum(len(leaf.documents) for leaf in found)
    if limit is not None:
        wanted = min(wanted, offset + limit)
    if wanted <= offset:
        return ()
    lines = [line for leaf in found for line in _lines(leaf, sort, wanted)]
    lines.sort()
    lines = lines[:wanted]
    if newer and sort is Sort.RELEVANCE:
        lines = _newer_first(found, lines)
    return tuple(Scored(key.decode(), -score) for score, _, key, _ in lines[offset:])


def levels(scores: Sequence[float]) -> Iterator[tuple[int, int]]:
    """Yield where each level of *scores* (descending) begins and ends."""
    start = 0
    for at, score in enumerate(scores):
        if score < least_near(scores[start]):
            yield start, at
            start = at
    if scores:
        yield start, len(scores)


def least_near(score: float) -> float:
    """Return the least of a level whose best is *score*."""
    return score * (1 - NEAR)


def passed(found: Sequence[Found], hits: Sequence[Scored]) -> list[int]:
    """Return for each of *hits* how many older articles, which score more, it stands before.

    *hits* are what `top` gives of *found* with the newer first.
    """
    every = [_Keys(leaf, Sort.RELEVANCE) for leaf in found]
    scores = np.concatenate([keys.scores(slice(None)) for keys in every])
    dates = np.concatenate([keys.dates(slice(None)) for keys in every])
    names = np.concatenate([leaf.leaf.segment.ids[leaf.documents] for leaf in found])
    least = min((hit.score for hit in hits), default=np.inf)
    descending = np.sort(scores[scores >= least])[::-1].tolist()
    bests = [descending[start] for start, _ in levels(descending)]
    counts = []
    for hit in hits:
        moment = dates[np.flatnonzero(names == hit.id.encode())[0]]
        best = min(best for best in bests if best >= hit.score)
        older = (dates < moment) & ~np.isneginf(dates)
        counts.append(int(np.count_nonzero(older & (scores > hit.score) & (scores <= best))))
    return counts


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


def _lines(found: Found, sort: Sort, most: int) -> list[_Line]:
    """The *most* best of one leaf."""
    keys = _Keys(found, sort)
    by: list[Key] = [keys.dates, keys.ids]
    scores = found.scores if sort is Sort.RELEVANCE else None
    if scores is not None:
        by.insert(0, keys.scores)
    chosen: Indexes = np.arange(len(found.documents))
    if most < len(chosen):
        values = keys.dates(slice(None)) if scores is None else scores
        chosen = _best(np.flatnonzero(values >= _least(values, most) - _MARGIN), by, most)
    return keys.lines(chosen)


def _newer_first(found: Sequence[Found], lines: list[_Line]) -> list[_Line]:
    """Return *lines*, the best of *found*, with the newer of each level first."""
    ordered = []
    whole = sum(len(leaf.documents) for leaf in found) == len(lines)
    for start, end in levels([-score for score, *_ in lines]):
        level = lines[start:end]
        dated = [line for line in level if _is_dated(line)]
        if dated and end == len(lines) and not whole:
            # More of the last level may be found than there are places for.
            best = -level[0][0]
            dated = [line for leaf in found for line in _newest(leaf, best, len(dated))]
        newest = iter(sorted(dated, key=lambda line: (line[1], line[0], line[2])))
        ordered += [next(newest) if _is_dated(line) else line for line in level]
    return ordered


def _newest(found: Found, best: float, most: int) -> list[_Line]:
    """The *most* newest of one leaf that have a date and are of the level below *best*."""
    if found.scores is None:
        return []
    keys, scores, least = _Keys(found, Sort.RELEVANCE), found.scores, least_near(best)
    some = np.flatnonzero((scores >= least - _MARGIN) & (scores <= best + _MARGIN))
    rounded = keys.scores(some)
    some = some[(rounded >= least) & (rounded <= best) & ~np.isneginf(keys.dates(some))]
    return keys.lines(_best(some, [keys.dates, keys.scores, keys.ids], most))


def _is_dated(line: _Line) -> bool:
    return line[1] != np.inf


class _Keys:
    """What the documents found in one leaf are ordered by, the greatest first."""

    def __init__(self, found: Found, sort: Sort) -> None:
        self._found = found
        self._sort = sort

    def scores(self, some: Some) -> Values:
        """The scores, rounded; 0 where there are none."""
        if self._found.scores is None:
            return np.zeros(len(self._found.documents))[some]
        return np.round(self._found.scores[some], PLACES)

    def dates(self, some: Some) -> Values:
        moments = self._found.leaf.segment.moments[self._found.documents[some]]
        if self._sort is not Sort.OLDEST:
            return moments
        return np.where(np.isneginf(moments), moments, -moments)

    def ids(self, some: Some) -> Values:
        segment = self._found.leaf.segment
        places = np.empty(segment.count, dtype=np.intp)
        places[segment.by_id] = np.arange(segment.count)
        return -places[self._found.documents[some]]

    def lines(self, some: Indexes) -> list[_Line]:
        ranked = self._sort is Sort.RELEVANCE
        scores = self.scores(some) if ranked else np.zeros(len(some))
        names = self._found.leaf.segment.ids[self._found.documents[some]].tolist()
        # A score of 0 stays 0, not −0.
        return list(
            zip(
                (0.0 - scores).tolist(),
                (-self.dates(some)).tolist(),
                names,
                some.tolist(),
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
