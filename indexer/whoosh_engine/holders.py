"""Which documents hold a term in one part, and how often: postings brought together.

`PartReader` reads one part of a segment for all queries; what it derives goes
through the cache. The lede is read as a part of its own: the body up to where
its second paragraph begins.
"""

from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from indexer.whoosh_engine.build import starts_of
from indexer.whoosh_engine.cache import Cache
from indexer.whoosh_engine.expand import Term, entries
from indexer.whoosh_engine.segment import Documents, Part, Postings, Segment
from indexer.whoosh_engine.sets import NONE, DocumentSet, are_many

LEDE: Final = "lede"
_BODY: Final = "body"


@dataclass(frozen=True, slots=True)
class Holders:
    """The *documents* that hold a term, and *frequencies* by these.

    Where they are many, *table* has the frequencies of all documents of the segment.
    """

    documents: Documents
    frequencies: NDArray[Any]
    table: NDArray[Any] | None

    @property
    def nbytes(self) -> int:
        """How many bytes the arrays have."""
        table = 0 if self.table is None else self.table.nbytes
        return self.documents.nbytes + self.frequencies.nbytes + table

    @property
    def set(self) -> DocumentSet:
        """The documents as a set."""
        return self.documents if self.table is None else self.table != 0


@dataclass(frozen=True, slots=True)
class Runs:
    """Runs of neighbouring entries that a term means in a part."""

    runs: tuple[range, ...]

    @property
    def nbytes(self) -> int:
        """About how many bytes they take."""
        return 150 * len(self.runs)


class PartReader:
    """One part of a segment, or its lede, as queries read it."""

    __slots__ = ("_cache", "_name", "_segment", "count", "part")

    def __init__(self, segment: Segment, name: str, cache: Cache) -> None:
        """Read the part of that *name*, one of the segment's or `LEDE`."""
        self._segment = segment
        self._name = name
        self._cache = cache
        self.part: Part = segment.parts[_BODY if name == LEDE else name]
        self.count = segment.count

    def kept(self, what: str, key: object, make: Any) -> Any:
        """Return what *make* gives for *what* of this part and *key*, from the cache if there."""
        return self._cache.get((self._segment.name, self._name, what, key), make)

    def holders(self, term: Term) -> Holders:
        """Return which documents hold *term*, and how often."""
        found: Holders = self.kept("holders", term, partial(self._holders, term))
        return found

    def documents(self, term: Term) -> DocumentSet:
        """Return which documents hold *term*, without how often."""
        if term.ranks:
            return self.holders(term).set
        found: DocumentSet = self.kept("documents", term, partial(self._documents, term))
        return found

    def entries(self, term: Term) -> tuple[range, ...]:
        """Return the entries that *term* means."""
        if term.ranks:
            return entries(self.part, term)
        found: Runs = self.kept("entries", term, lambda: Runs(entries(self.part, term)))
        return found.runs

    @property
    def lengths(self) -> NDArray[np.uint32]:
        """How many words each document has here."""
        return self.part.lengths if self._name != LEDE else self.kept(LEDE, None, self._lede)

    @property
    def firsts(self) -> NDArray[np.uint32]:
        """The address of each document's first word, if the words of all stood in one row."""
        found: NDArray[np.uint32] = self.kept(
            "firsts", None, lambda: starts_of(self.part.lengths)[:-1]
        )
        return found

    def cut(self, postings: Postings) -> Postings:
        """Return *postings* as far as they lie in this part."""
        if self._name != LEDE or not len(postings.ids):
            return postings
        owners = np.repeat(np.arange(len(postings.ids)), postings.frequencies)
        stays = postings.positions < self.lengths[postings.ids][owners]
        frequencies = np.bincount(owners[stays], minlength=len(postings.ids))
        held = frequencies > 0
        return Postings(postings.ids[held], frequencies[held], postings.positions[stays])

    def _lede(self) -> NDArray[np.uint32]:
        """The words of each document's first paragraph: where its second begins, if any."""
        bounds = self.part.paragraphs
        ends = self.part.lengths.copy()
        several = np.flatnonzero(np.diff(bounds.starts) > 1)
        ends[several] = bounds.at[bounds.starts[several] + 1]
        return ends

    def _holders(self, term: Term) -> Holders:
        read = [self.cut(self.part.postings(run)) for run in self.entries(term)]
        if not read:
            return Holders(NONE, np.zeros(0, dtype=np.uint8), None)
        ids = joined([postings.ids for postings in read])
        frequencies = joined([postings.frequencies for postings in read])
        if len(ids) > 1 and not (ids[1:] > ids[:-1]).all():
            sums = np.bincount(ids, weights=frequencies, minlength=self.count)
            ids = np.flatnonzero(sums).astype(np.uint16)
            frequencies = sums[ids].astype(np.uint32)
        if len(ids) and frequencies.dtype != np.uint8 and int(frequencies.max()) < 1 << 8:
            frequencies = frequencies.astype(np.uint8)
        table = None
        if are_many(len(ids), self.count):
            table = np.zeros(self.count, dtype=frequencies.dtype)
            table[ids] = frequencies
        return Holders(ids, frequencies, table)

    def _documents(self, term: Term) -> DocumentSet:
        table = np.zeros(self.count, dtype=bool)
        for run in self.entries(term):
            table[self.cut(self.part.postings(run)).ids] = True
        held = np.flatnonzero(table)
        return table if are_many(len(held), self.count) else held.astype(np.uint16)


def joined(arrays: list[NDArray[Any]]) -> NDArray[Any]:
    """Return *arrays*, of which there is one at least, end to end."""
    return arrays[0] if len(arrays) == 1 else np.concatenate(arrays)
