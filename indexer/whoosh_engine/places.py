"""Where words stand, and where several stand side by side.

All words of a part stand, as it were, in one row, and a word's *address* is its
number in that row; addresses are uint32, ascending. Those of two terms are merged, or
the fewer looked up among the more, fewest first.
"""

from collections.abc import Callable
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from indexer.tree import Unit
from indexer.whoosh_engine.expand import Term
from indexer.whoosh_engine.holders import PartReader
from indexer.whoosh_engine.runs import distinct, indexes
from indexer.whoosh_engine.segment import Documents, Postings
from indexer.whoosh_engine.sets import table_of

Terms = tuple[Term, ...]
"""Terms that stand side by side; mostly one."""
Addresses = NDArray[np.uint32]
Read = Callable[[Term], Addresses]
Wide = dict[tuple[PartReader, Term], Addresses]
"""The addresses of the widest terms that one query has read, for as long as it is answered."""

NOWHERE: Final = np.zeros(0, dtype=np.uint32)
_WIDE: Final = 1 << 16
"""A term with more places than these is wide: read only where others are, if these are few."""
_WIDEST: Final = 1 << 19
"""A term with more places than these would fill the cache; only its query keeps it."""
_MOST_WIDE: Final = 12_000_000
"""So many places of such terms a query keeps."""
_LOPSIDED: Final = 8
"""From so many times as many on, looking up the fewer beats merging the two."""
_IN_SIGHT: Final = 56
"""So many bits behind any are in a window of eight bytes, wherever in a byte it begins."""
_FEW: Final = 128
"""Of a wide term, some documents are read anew where it has so many times as many places."""


def documents_at(reader: PartReader, places: Addresses) -> Documents:
    """Return the documents in which *places* (ascending) lie."""
    owners = reader.firsts.searchsorted(places, side="right") - 1
    return distinct(owners).astype(np.uint16)


def counts_at(reader: PartReader, places: Addresses) -> NDArray[np.intp]:
    """Return for each document how many of *places* lie in it."""
    owners = reader.firsts.searchsorted(places, side="right") - 1
    return np.bincount(owners, minlength=reader.count)


def phrase(
    reader: PartReader, terms: Terms, first: Read | None = None, wide: Wide | None = None
) -> Addresses:
    """Return where *terms* begin that stand side by side, within one paragraph.

    *first* reads the addresses of the term that has fewest; without it all of these are read.
    For *wide* see `addresses_of`.
    """
    order = sorted(range(len(terms)), key=lambda i: count_of(reader, terms[i]))
    fewest = order[0]
    begins = first(terms[fewest]) if first else addresses_of(reader, terms[fewest], None, wide)
    if len(terms) == 1:
        return begins
    begins = begins[begins >= fewest] - np.uint32(fewest)
    for i in order[1:]:
        if not len(begins):
            return begins
        step = np.uint32(i)
        begins = _shared(begins + step, addresses_of(reader, terms[i], begins, wide)) - step
    return begins[share(reader, begins, begins + np.uint32(len(terms) - 1))]


def count_of(reader: PartReader, term: Term) -> int:
    """How many places *term* has in the whole segment."""
    starts, entries = reader.part.position_starts, reader.entries(term)
    return int((starts[entries + 1] - starts[entries]).sum())


def addresses_of(
    reader: PartReader, term: Term, beside: Addresses | None, wide: Wide | None = None
) -> Addresses:
    """Where *term* stands; a wide one only in the documents of *beside*, if these are few.

    The widest are read into *wide*, or found there.
    """
    size = count_of(reader, term)
    if beside is None or size <= _WIDE or size <= _FEW * len(beside):
        if size > _WIDEST:
            return _widest(reader, term, Wide() if wide is None else wide)
        found: Addresses = reader.kept("addresses", term, lambda: read(reader, term, None))
        return found
    return read(reader, term, documents_at(reader, beside))


def _widest(reader: PartReader, term: Term, wide: Wide) -> Addresses:
    found = wide.get((reader, term))
    if found is None:
        found = read(reader, term, None)
        if sum(map(len, wide.values())) + len(found) <= _MOST_WIDE:
            wide[reader, term] = found
    return found


def read(reader: PartReader, term: Term, among: Documents | None) -> Addresses:
    """Return where *term* stands; with *among*, only in these documents."""
    postings = reader.postings(term)
    if among is not None:
        ends = reader.kept("ends", term, partial(_ends, postings))
        alone = len(reader.entries(term)) == 1
        postings = _only(postings, ends, _held(postings.ids, among, reader.count, alone=alone))
    addresses = np.repeat(reader.firsts[postings.ids], postings.frequencies)
    addresses += postings.positions
    if (addresses[1:] < addresses[:-1]).any():
        addresses.sort()
    return addresses


def _ends(postings: Postings) -> NDArray[np.uint32]:
    """Where the positions of each posting end."""
    return np.cumsum(postings.frequencies, dtype=np.uint32)


def _held(ids: Documents, among: Documents, count: int, *, alone: bool) -> NDArray[np.intp]:
    """Which of *ids* are *among* some documents; *alone*: they are of one entry, so ascending."""
    if not alone or _LOPSIDED * len(among) > len(ids):
        return np.flatnonzero(table_of(among, count)[ids])
    at = ids.searchsorted(among)
    at[at == len(ids)] = 0
    held: NDArray[np.intp] = at[ids[at] == among]
    return held


def _only(postings: Postings, ends: NDArray[np.uint32], kept: NDArray[np.intp]) -> Postings:
    """Those of *postings* numbered *kept*."""
    frequencies = postings.frequencies[kept]
    at = indexes(ends[kept] - frequencies, frequencies)
    return Postings(postings.ids[kept], frequencies, postings.positions[at])


def _shared(some: Addresses, others: Addresses) -> Addresses:
    """Return what is in both; each is ascending, without doubles."""
    if len(others) > _LOPSIDED * len(some):
        at = others.searchsorted(some)
        at[at == len(others)] = 0
        found: Addresses = some[others[at] == some]
        return found
    # Two ascending runs end to end: a stable sort merges them.
    merged = np.concatenate((some, others))
    merged.sort(kind="stable")
    both: Addresses = merged[1:][merged[1:] == merged[:-1]]
    return both


def bounds_of(reader: PartReader, unit: Unit) -> Addresses:
    """Where the sentences or paragraphs of all documents begin."""
    found: Addresses = reader.kept("bounds", unit, lambda: _bounds(reader, unit))
    return found


def _bounds(reader: PartReader, unit: Unit) -> Addresses:
    bounds = reader.part.sentences if unit is Unit.SENTENCE else reader.part.paragraphs
    found = np.repeat(reader.firsts, np.diff(bounds.starts))
    found += bounds.at
    return found


def share(reader: PartReader, first: Addresses, last: Addresses) -> NDArray[np.bool_]:
    """Whether each two addresses, the *last* not before the *first*, lie in one paragraph."""
    if not len(first):
        return np.zeros(0, dtype=bool)
    gaps = last - first
    if int(gaps.max()) > _IN_SIGHT:
        bounds = bounds_of(reader, Unit.PARAGRAPH)
        found: NDArray[np.bool_] = bounds[bounds.searchsorted(last, side="right") - 1] <= first
        return found
    # A bit for each word where a paragraph begins: none may be set behind the first.
    marks: NDArray[np.uint8] = reader.kept("paragraphs", None, lambda: _marks(reader))
    windows = np.ndarray((len(marks) - 7,), dtype="<u8", buffer=marks, strides=(1,))
    behind = first + np.uint32(1)
    seen = windows[behind >> np.uint32(3)] >> (behind & np.uint32(7)).astype(np.uint64)
    seen &= (np.uint64(1) << gaps.astype(np.uint64)) - np.uint64(1)
    clear: NDArray[np.bool_] = seen == 0
    return clear


def _marks(reader: PartReader) -> NDArray[np.uint8]:
    """A bit for each address, the lowest of a byte first: whether a paragraph begins there."""
    bounds = _bounds(reader, Unit.PARAGRAPH)
    words = int(reader.firsts[-1]) + int(reader.part.lengths[-1])
    # As long as the window at the last word needs.
    marks = np.zeros(words // 8 + 9, dtype=np.uint8)
    at = bounds >> np.uint32(3)
    bits = np.left_shift(np.uint8(1), (bounds & np.uint32(7)).astype(np.uint8))
    marks[at] = bits
    # Of several in one byte the last stands there now; the others join it.
    others = np.flatnonzero(at[1:] == at[:-1])
    np.bitwise_or.at(marks, at[others], bits[others])
    return marks
