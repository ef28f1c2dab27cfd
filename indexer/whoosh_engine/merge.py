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

from indexer.whoosh_engine.build import keyword_of, starts_of
from indexer.whoosh_engine.dictionary import Vocabulary, merged
from indexer.whoosh_engine.leaf import Leaf
from indexer.whoosh_engine.runs import indexes
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

_Place = type[np.uint16] | type[np.uint32]


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
            self.source.segment.release()
            low = max(reach, low + 1)

    def starts(self) -> "_Starts":
        """Where the postings, and the positions, of each entry begin among the living."""
        if self.whole:
            return _Starts(self.part.starts, self.part.position_starts)
        postings = np.empty(len(self.part.starts) - 1, dtype=np.uint32)
        positions = np.empty_like(postings)
        for entries in self.runs():
            run = slice(entries.start, entries.stop)
            found = self.part.postings(entries)
            living = self.source.living[found.ids]
            # No entry is without postings, which is what sums by run ask for.
            begins = self.part.starts[run] - self.part.starts[entries.start]
            postings[run] = np.add.reduceat(living, begins, dtype=np.uint32)
            positions[run] = np.add.reduceat(found.frequencies * living, begins, dtype=np.uint32)
        return _Starts(starts_of(postings), starts_of(positions))

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


@dataclass(frozen=True, slots=True)
class _Starts:
    """Where each of many entries begins, and after them where the last ends."""

    postings: NDArray[np.uint32]
    positions: NDArray[np.uint32]

    def __len__(self) -> int:
        return len(self.postings) - 1


def _part(pieces: list[_Piece]) -> Part:
    lengths = np.concatenate([piece.part.lengths[piece.source.living] for piece in pieces])
    place: _Place = np.uint32 if lengths.max(initial=0) > 1 << 16 else np.uint16
    starts = [piece.starts() for piece in pieces]
    vocabulary = merged([p.part for p in pieces], [np.diff(own.postings) > 0 for own in starts])
    lists = _Lists(_sum(starts, vocabulary), place)
    for piece in pieces:
        # Their dictionaries have been read.
        piece.source.segment.release()
    for piece, own, ordinals in zip(pieces, starts, vocabulary.ordinals, strict=True):
        lists.take(piece, own, ordinals)
    wide_at, wide = lists.wide()
    return Part(
        forms=vocabulary.forms,
        stems=vocabulary.stems,
        stem_starts=vocabulary.stem_starts,
        starts=lists.starts.postings,
        ids=lists.ids,
        frequencies=lists.frequencies,
        wide_at=wide_at,
        wide=wide,
        position_starts=lists.starts.positions,
        positions=lists.positions,
        lengths=lengths,
        sentences=_bounds([(piece.source, piece.part.sentences) for piece in pieces], place),
        paragraphs=_bounds([(piece.source, piece.part.paragraphs) for piece in pieces], place),
    )


def _sum(pieces: list[_Starts], vocabulary: Vocabulary) -> _Starts:
    """Where the entries of *vocabulary* begin, which have all that those of *pieces* have."""
    sums = np.zeros((2, len(vocabulary) + 1), dtype=np.uint32)
    for own, ordinals in zip(pieces, vocabulary.ordinals, strict=True):
        # An ordinal comes once, but for that of unused entries, which all add nothing.
        sums[0, ordinals] += np.diff(own.postings)
        sums[1, ordinals] += np.diff(own.positions)
    return _Starts(starts_of(sums[0, :-1]), starts_of(sums[1, :-1]))


class _Lists:
    """Posting lists of entries that begin at *starts*, taken piece by piece."""

    def __init__(self, starts: _Starts, place: _Place) -> None:
        self.starts = starts
        self.ids = np.empty(starts.postings[-1], dtype=np.uint16)
        self.frequencies = np.empty(starts.postings[-1], dtype=np.uint8)
        self.positions = np.empty(starts.positions[-1], dtype=place)
        # Where the next posting, and the next position, of each entry goes.
        self._free = starts.postings.copy()
        self._free_positions = starts.positions.copy()
        self._wide: list[NDArray[np.uint32]] = [np.empty((2, 0), dtype=np.uint32)]

    def take(self, piece: _Piece, starts: _Starts, ordinals: NDArray[np.uint32]) -> None:
        """Take those of *piece*, whose entries begin at *starts* and have these *ordinals*."""
        for entries in piece.runs():
            found = piece.postings(entries)
            into = ordinals[entries.start : entries.stop]
            run = slice(entries.start, entries.stop + 1)
            sizes = np.diff(starts.positions[run])
            self.positions[indexes(self._free_positions[into], sizes)] = found.positions
            self._free_positions[into] += sizes
            sizes = np.diff(starts.postings[run])
            to = indexes(self._free[into], sizes)
            self.ids[to] = found.ids
            self.frequencies[to] = np.minimum(found.frequencies, 255)
            self._free[into] += sizes
            many = np.flatnonzero(found.frequencies >= 255)
            self._wide.append(np.stack((to[many], found.frequencies[many])))

    def wide(self) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
        """Which postings have a frequency of 255 or more, ascending, and these frequencies."""
        numbers, frequencies = np.concatenate(self._wide, axis=1)
        order = np.argsort(numbers)
        return numbers[order], frequencies[order]


def _bounds(pieces: list[tuple[_Source, Bounds]], place: _Place) -> Bounds:
    counts = [np.diff(bounds.starts) for _, bounds in pieces]
    return Bounds(
        starts_of(np.concatenate([n[s.living] for (s, _), n in zip(pieces, counts, strict=True)])),
        np.concatenate(
            [b.at[np.repeat(s.living, n)] for (s, b), n in zip(pieces, counts, strict=True)]
        ).astype(place, copy=False),
    )
