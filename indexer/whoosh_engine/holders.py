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
from indexer.whoosh_engine.expand import Entries, Term, entries
from indexer.whoosh_engine.fuzzy import Sketch, sketch_of
from indexer.whoosh_engine.runs import distinct, indexes, joined, runs_of
from indexer.whoosh_engine.segment import Documents, Part, Postings, Segment
from indexer.whoosh_engine.sets import DocumentSet, are_many, list_of

LEDE: Final = "lede"
_BODY: Final = "body"
_FEW: Final = 16
"""So many runs of entries are read one by one, more in one go."""


@dataclass(frozen=True, slots=True)
class Holders:
    """How many documents hold a term, and how often each does: *frequencies*.

    These go by *documents*, or where they are many (that is None), by all documents of
    the segment.
    """

    count: int
    documents: Documents | None
    frequencies: NDArray[Any]

    @property
    def nbytes(self) -> int:
        """How many bytes the arrays have; those that are views of the segment's have none."""
        return sum(
            array.nbytes
            for array in (self.documents, self.frequencies)
            if array is not None and array.base is None
        )

    @property
    def set(self) -> DocumentSet:
        """The documents as a set."""
        return self.frequencies != 0 if self.documents is None else self.documents

    def by_document(self, count: int) -> NDArray[Any]:
        """Return the frequencies by all *count* documents of the segment."""
        if self.documents is None:
            return self.frequencies
        table = np.zeros(count, dtype=self.frequencies.dtype)
        table[self.documents] = self.frequencies
        return table


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

    def entries(self, term: Term) -> Entries:
        """Return the entries that *term* means."""
        found: Entries = self.kept("entries", term, lambda: entries(self.part, term, self.sketch))
        return found

    def postings(self, term: Term) -> Postings:
        """Return the postings of *term*, one entry after the other: a document may come again."""
        return self._cut(postings_of(self.part, self.entries(term)))

    def sketch(self) -> Sketch:
        """Return the sketch of the part's forms."""
        found: Sketch = self.kept("sketch", None, lambda: sketch_of(self.part.forms.strings))
        return found

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

    def _cut(self, postings: Postings) -> Postings:
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
        postings = self.postings(term)
        ids, frequencies = postings.ids, postings.frequencies
        if len(ids) > 1 and not (ids[1:] > ids[:-1]).all():
            table = _narrow(np.bincount(ids, weights=frequencies, minlength=self.count))
            count = int(np.count_nonzero(table))
            if are_many(count, self.count):
                return Holders(count, None, table)
            ids = distinct(np.sort(ids, kind="stable"))
            return Holders(count, ids, table[ids])
        holders = Holders(len(ids), ids, frequencies)
        if are_many(len(ids), self.count):
            return Holders(len(ids), None, _narrow(holders.by_document(self.count)))
        return holders

    def _documents(self, term: Term) -> DocumentSet:
        table = np.zeros(self.count, dtype=bool)
        if self._name == LEDE:
            table[self.postings(term).ids] = True
        else:
            table[ids_of(self.part, self.entries(term))] = True
        many = are_many(int(np.count_nonzero(table)), self.count)
        return table if many else list_of(table)


def _narrow(frequencies: NDArray[Any]) -> NDArray[Any]:
    """Return *frequencies*, of which there are some, in one byte each where they fit."""
    return frequencies.astype(np.uint8 if frequencies.max() < 1 << 8 else np.uint32, copy=False)


def ids_of(part: Part, entries: Entries) -> Documents:
    """Return the documents of *entries*, one entry after the other."""
    runs = runs_of(entries)
    if len(runs) <= _FEW:
        return joined([part.postings(run).ids for run in runs or [range(0)]])
    spanned = part.postings(range(runs[0].start, runs[-1].stop))
    firsts, sizes = _within(part.starts, entries)
    found: Documents = spanned.ids[indexes(firsts, sizes)]
    return found


def postings_of(part: Part, entries: Entries) -> Postings:
    """Return the postings of *entries*, one entry after the other."""
    runs = runs_of(entries)
    if len(runs) <= _FEW:
        read = [part.postings(run) for run in runs or [range(0)]]
        return Postings(
            joined([postings.ids for postings in read]),
            joined([postings.frequencies for postings in read]),
            joined([postings.positions for postings in read]),
        )
    spanned = part.postings(range(runs[0].start, runs[-1].stop))
    at = indexes(*_within(part.starts, entries))
    places = indexes(*_within(part.position_starts, entries))
    return Postings(spanned.ids[at], spanned.frequencies[at], spanned.positions[places])


def _within(
    starts: NDArray[np.uint32], entries: Entries
) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Where the runs of *entries* begin, counted from the first of them, and their sizes."""
    firsts = starts[entries]
    return firsts - firsts[0], starts[entries + 1] - firsts
