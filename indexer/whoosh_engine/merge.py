"""Segments to one: their living documents, as if they had been built together.

Postings go from where they stand straight to where they belong, a run of entries
at a time, so that beside the new segment itself little memory is needed.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from indexer.whoosh_engine.build import keyword_of, ranges, starts_of
from indexer.whoosh_engine.dictionary import merged
from indexer.whoosh_engine.leaf import Leaf
from indexer.whoosh_engine.segment import (
    MOST_DOCUMENTS,
    Bounds,
    Documents,
    Keyword,
    Part,
    Postings,
    Segment,
)

_AT_ONCE: Final = 1 << 19
"""About how many positions are moved in one go."""


def merge(name: str, leaves: Sequence[Leaf]) -> Segment:
    """Return the segment of the living documents of *leaves* (at least one), in their order.

    It is what `build` makes of the same documents. Raises ValueError for more than
    `MOST_DOCUMENTS`.
    """
    total = sum(leaf.count for leaf in leaves)
    if total > MOST_DOCUMENTS:
        raise ValueError(f"{total} documents are too many for a segment")
    sources = list(_sources(leaves))

    def column(of: Callable[[Segment], NDArray[Any]]) -> NDArray[Any]:
        return np.concatenate([of(source.segment)[source.living] for source in sources])

    ids = column(lambda segment: segment.ids)
    ids = ids.astype(f"S{np.strings.str_len(ids).max(initial=1)}", copy=False)
    first = leaves[0].segment
    return Segment(
        name=name,
        ids=ids,
        by_id=np.argsort(ids, kind="stable").astype(np.uint16),
        moments=column(lambda segment: segment.moments),
        first_days=column(lambda segment: segment.first_days),
        last_days=column(lambda segment: segment.last_days),
        months=column(lambda segment: segment.months),
        parts={
            part: _part([_Piece(source, source.segment.parts[part]) for source in sources])
            for part in first.parts
        },
        keywords={
            keyword: keyword_of(
                list(chain.from_iterable(_strings(source, keyword) for source in sources))
            )
            for keyword in first.keywords
        },
    )


@dataclass(frozen=True, slots=True)
class _Source:
    """A segment to be merged: whether each document lives, and its number from now on.

    What lives no more has a number as well, which is never used.
    """

    segment: Segment
    living: NDArray[np.bool_]
    numbers: Documents


def _sources(leaves: Sequence[Leaf]) -> Iterator[_Source]:
    before = 0
    for leaf in leaves:
        living = leaf.living
        if living is None:
            living = np.ones(leaf.segment.count, dtype=bool)
        numbers = np.cumsum(living) + (before - 1)
        yield _Source(leaf.segment, living, numbers.astype(np.uint16))
        before += leaf.count


def _strings(source: _Source, name: str) -> list[tuple[str, ...]]:
    """The strings of each living document."""
    keyword: Keyword = source.segment.keywords[name]
    sets = keyword.sets()
    return [sets[code] for code in keyword.codes[source.living].tolist()]


@dataclass(frozen=True, slots=True)
class _Piece:
    """A part of a segment to be merged; all of it is about its living documents."""

    source: _Source
    part: Part

    @property
    def whole(self) -> bool:
        """Whether all documents live."""
        return bool(self.source.living.all())

    def runs(self) -> Iterator[range]:
        """All entries, in runs of about as many positions as are moved at once."""
        starts = self.part.position_starts
        low, most = 0, len(starts) - 1
        while low < most:
            reach = int(np.searchsorted(starts, starts[low] + _AT_ONCE, side="right")) - 1
            yield range(low, max(reach, low + 1))
            self.part.release()
            low = max(reach, low + 1)

    def tallies(self) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
        """How many postings, and how many positions, each entry has."""
        postings = np.diff(self.part.starts)
        positions = np.diff(self.part.position_starts)
        if not self.whole:
            for entries in self.runs():
                run = slice(entries.start, entries.stop)
                found = self.part.postings(entries)
                living = self.source.living[found.ids]
                # No entry is without postings, which is what sums by run ask for.
                begins = self.part.starts[run] - self.part.starts[entries.start]
                postings[run] = np.add.reduceat(living, begins, dtype=np.uint32)
                positions[run] = np.add.reduceat(
                    found.frequencies * living, begins, dtype=np.uint32
                )
        return postings, positions

    def postings(self, entries: range) -> Postings:
        """The postings of *entries*, by the new numbers of documents."""
        found = self.part.postings(entries)
        if self.whole:
            return Postings(self.source.numbers[found.ids], found.frequencies, found.positions)
        living = self.source.living[found.ids]
        return Postings(
            self.source.numbers[found.ids[living]],
            found.frequencies[living],
            found.positions[np.repeat(living, found.frequencies)],
        )


def _part(pieces: list[_Piece]) -> Part:
    lengths = np.concatenate([piece.part.lengths[piece.source.living] for piece in pieces])
    place = np.uint32 if lengths.max(initial=0) > 1 << 16 else np.uint16
    tallies = [piece.tallies() for piece in pieces]
    vocabulary = merged([p.part for p in pieces], [postings > 0 for postings, _ in tallies])
    totals = np.zeros((2, len(vocabulary) + 1), dtype=np.intp)
    for ordinals, tally in zip(vocabulary.ordinals, tallies, strict=True):
        # An ordinal comes once, but for that of unused entries, which all add nothing.
        totals[:, ordinals] += tally
    starts, position_starts = (starts_of(sums[:-1]) for sums in totals)
    ids = np.empty(starts[-1], dtype=np.uint16)
    frequencies = np.empty(starts[-1], dtype=np.uint8)
    wide: list[NDArray[np.intp]] = [np.empty((2, 0), dtype=np.intp)]
    positions = np.empty(position_starts[-1], dtype=place)
    # Where the next posting, and the next position, of each entry goes.
    free, position_free = starts.astype(np.intp), position_starts.astype(np.intp)
    for piece, ordinals, tally in zip(pieces, vocabulary.ordinals, tallies, strict=True):
        for entries in piece.runs():
            found = piece.postings(entries)
            run = slice(entries.start, entries.stop)
            to = ranges(position_free[ordinals[run]], tally[1][run])
            positions[to] = found.positions
            to = ranges(free[ordinals[run]], tally[0][run])
            ids[to] = found.ids
            frequencies[to] = np.minimum(found.frequencies, 255)
            many = np.flatnonzero(found.frequencies >= 255)
            wide.append(np.stack((to[many], found.frequencies[many])))
        free[ordinals] += tally[0]
        position_free[ordinals] += tally[1]
    wide_at, wide_counts = np.concatenate(wide, axis=1).astype(np.uint32)
    order = np.argsort(wide_at)
    return Part(
        forms=vocabulary.forms,
        stems=vocabulary.stems,
        stem_starts=vocabulary.stem_starts,
        starts=starts,
        ids=ids,
        frequencies=frequencies,
        wide_at=wide_at[order],
        wide=wide_counts[order],
        position_starts=position_starts,
        positions=positions,
        lengths=lengths,
        sentences=_bounds([(piece.source, piece.part.sentences) for piece in pieces], place),
        paragraphs=_bounds([(piece.source, piece.part.paragraphs) for piece in pieces], place),
    )


def _bounds(pieces: list[tuple[_Source, Bounds]], place: type[np.unsignedinteger[Any]]) -> Bounds:
    counts = [np.diff(bounds.starts) for _, bounds in pieces]
    return Bounds(
        starts_of(np.concatenate([n[s.living] for (s, _), n in zip(pieces, counts, strict=True)])),
        np.concatenate(
            [b.at[np.repeat(s.living, n)] for (s, b), n in zip(pieces, counts, strict=True)]
        ).astype(place, copy=False),
    )
