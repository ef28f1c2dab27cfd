"""Where words stand: phrases, words near each other, words in one sentence or paragraph.

All words of a part stand, as it were, in one row, and a word's *address* is its
number in that row; addresses are uint32, ascending. Those of two terms are merged, or
the fewer looked up among the more, fewest first.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from indexer.query import Unit
from indexer.whoosh_engine.expand import Term
from indexer.whoosh_engine.holders import PartReader
from indexer.whoosh_engine.runs import distinct, indexes, joined
from indexer.whoosh_engine.segment import Documents, Postings
from indexer.whoosh_engine.sets import all_of, list_of, table_of

Terms = tuple[Term, ...]
"""Terms that stand side by side; mostly one."""
Addresses = NDArray[np.uint32]
Read = Callable[[Term], Addresses]

_NOWHERE: Final = np.zeros(0, dtype=np.uint32)
_WIDE: Final = 1 << 16
"""A term with more places than these is read only in the documents that can match."""
_WIDEST: Final = 1 << 18
"""A term with more places than these is read each time, as it would fill the cache."""
_LOPSIDED: Final = 8
"""From so many times as many on, looking up the fewer beats merging the two."""
_FEW: Final = 128
"""Of a wide term, some documents are read anew where it has so many times as many places."""
_HALF: Final = 1 << 31


def documents_at(reader: PartReader, places: Addresses) -> Documents:
    """Return the documents in which *places* (ascending) lie."""
    owners = reader.firsts.searchsorted(places, side="right") - 1
    return distinct(owners).astype(np.uint16)


def counts_at(reader: PartReader, places: Addresses) -> NDArray[np.intp]:
    """Return for each document how many of *places* lie in it."""
    owners = reader.firsts.searchsorted(places, side="right") - 1
    return np.bincount(owners, minlength=reader.count)


def phrase(reader: PartReader, terms: Terms, read: Read | None = None) -> Addresses:
    """Return where *terms* begin that stand side by side, within one paragraph.

    *read* reads the addresses of the term that has fewest; else all of these are read.
    """
    order = sorted(range(len(terms)), key=lambda i: _size(reader, terms[i]))
    fewest = order[0]
    begins = read(terms[fewest]) if read else _addresses(reader, terms[fewest], None)
    if len(terms) == 1:
        return begins
    begins = begins[begins >= fewest] - np.uint32(fewest)
    for i in order[1:]:
        if not len(begins):
            return begins
        step = np.uint32(i)
        begins = _shared(begins + step, _addresses(reader, terms[i], begins)) - step
    return begins[_share(reader, begins, begins + np.uint32(len(terms) - 1), Unit.PARAGRAPH)]


def near(reader: PartReader, parts: Sequence[Terms], within: int, *, ordered: bool) -> Documents:
    """Return the documents in which *parts* stand near each other; see `indexer.query.Near`."""
    places = _places(reader, parts)
    if not all(len(begins) for begins in places):
        return documents_at(reader, _NOWHERE)
    ends = [
        begins + np.uint32(len(terms) - 1) for begins, terms in zip(places, parts, strict=True)
    ]
    if len(parts) == 2:
        found = _two(reader, places, ends, within, ordered=ordered)
    elif ordered:
        found = [_row(reader, places, ends, within)]
    else:
        found = [_around(reader, i, places, ends, within) for i in range(len(parts))]
    return documents_at(reader, np.sort(joined(found)))


def together(reader: PartReader, parts: Sequence[Terms], unit: Unit) -> Documents:
    """Return the documents in which all *parts* begin in one *unit*."""
    bounds = _bounds(reader, unit)
    fewest, *others = sorted(_places(reader, parts), key=len)
    ends = distinct(bounds.searchsorted(fewest, side="right"))
    for begins in others:
        if not len(begins):
            return documents_at(reader, _NOWHERE)
        # The first that is not before the unit must not be behind it.
        at = begins.searchsorted(bounds[ends - 1])
        found = np.flatnonzero(at < len(begins))
        ends, at = ends[found], at[found]
        limits = bounds[np.minimum(ends, len(bounds) - 1)]
        ends = ends[(begins[at] < limits) | (ends == len(bounds))]
    return documents_at(reader, bounds[ends - 1])


def _places(reader: PartReader, parts: Sequence[Terms]) -> list[Addresses]:
    """Where each part begins, as far as others may be near."""
    if len(parts) > 2:
        every = [reader.documents(term) for terms in parts for term in terms]
        among = list_of(all_of(every, reader.count))
        return [phrase(reader, terms, lambda term: _read(reader, term, among)) for terms in parts]
    order = sorted(parts, key=lambda terms: min(_size(reader, term) for term in terms))
    places = {order[0]: phrase(reader, order[0])}
    beside = partial(_addresses, reader, beside=places[order[0]])
    places |= {terms: phrase(reader, terms, beside) for terms in order[1:]}
    return [places[terms] for terms in parts]


def _two(
    reader: PartReader,
    begins: list[Addresses],
    ends: list[Addresses],
    within: int,
    *,
    ordered: bool,
) -> list[Addresses]:
    """Where one of two parts begins that follows the other, or, if *ordered*, the second does.

    Between two in one paragraph nothing is in another, so the nearest two will do.
    """
    pairs = [] if ordered else _merged(begins, ends)
    if not pairs:
        pairs = [_nearest(ends[0], begins[1])]
        if not ordered:
            pairs.append(_nearest(ends[1], begins[0]))
    found = []
    for first, second in pairs:
        close = np.flatnonzero(second - first <= within)
        first, second = first[close], second[close]
        found.append(second[_share(reader, first, second, Unit.PARAGRAPH)])
    return found


def _merged(begins: list[Addresses], ends: list[Addresses]) -> list[tuple[Addresses, Addresses]]:
    """Neighbours of two kinds, if they are single words, about as many, and never the same."""
    few, many = sorted(map(len, begins))
    single = all(first[0] == last[0] for first, last in zip(begins, ends, strict=True))
    if not single or many > 2 * few or max(begins[0][-1], begins[1][-1]) >= _HALF:
        return []
    merged = np.concatenate(begins)
    merged <<= np.uint32(1)
    merged[: len(begins[0])] |= np.uint32(1)
    merged.sort(kind="stable")
    kinds = merged.astype(np.uint8) & np.uint8(1)
    at = np.flatnonzero(kinds[1:] != kinds[:-1])
    merged >>= np.uint32(1)
    first, second = merged[at], merged[at + 1]
    return [] if (first == second).any() else [(first, second)]


def _nearest(ends: Addresses, begins: Addresses) -> tuple[Addresses, Addresses]:
    """Pairs of an end and what begins next behind it, for each of those that are fewer."""
    if len(ends) <= len(begins):
        at = begins.searchsorted(ends, side="right")
        found = np.flatnonzero(at < len(begins))
        return ends[found], begins[at[found]]
    at = ends.searchsorted(begins, side="left")
    found = np.flatnonzero(at > 0)
    return ends[at[found] - 1], begins[found]


def _row(
    reader: PartReader, places: list[Addresses], ends: list[Addresses], within: int
) -> Addresses:
    """Where parts begin that stand one behind the other: each time the nearest that follows."""
    first = behind = ends[0]
    for begins, others in zip(places[1:], ends[1:], strict=True):
        at = begins.searchsorted(behind, side="right")
        found = np.flatnonzero(at < len(begins))
        found = found[begins[at[found]] - first[found] <= within]
        first, behind, last = first[found], others[at[found]], begins[at[found]]
    return first[_share(reader, first, last, Unit.PARAGRAPH)]


def _around(
    reader: PartReader, i: int, places: list[Addresses], ends: list[Addresses], within: int
) -> Addresses:
    """Where part *i* ends and behind it, near enough, each other begins."""
    first = ends[i]
    for j, begins in enumerate(places):
        if j != i:
            at = begins.searchsorted(first, side="right")
            found = np.flatnonzero(at < len(begins))
            first, second = first[found], begins[at[found]]
            close = np.flatnonzero(second - first <= within)
            first, second = first[close], second[close]
            first = first[_share(reader, first, second, Unit.PARAGRAPH)]
    return first


def _size(reader: PartReader, term: Term) -> int:
    """How many places *term* has in the whole segment."""
    starts, entries = reader.part.position_starts, reader.entries(term)
    return int((starts[entries + 1] - starts[entries]).sum())


def _addresses(reader: PartReader, term: Term, beside: Addresses | None) -> Addresses:
    """Where *term* stands; a wide one only in the documents of *beside*, if these are few."""
    size = _size(reader, term)
    if beside is None or size <= _WIDE or size <= _FEW * len(beside):
        if size > _WIDEST:
            return _read(reader, term, None)
        found: Addresses = reader.kept("addresses", term, lambda: _read(reader, term, None))
        return found
    return _read(reader, term, documents_at(reader, beside))


def _read(reader: PartReader, term: Term, among: Documents | None) -> Addresses:
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


def _bounds(reader: PartReader, unit: Unit) -> Addresses:
    """Where the sentences or paragraphs of all documents begin."""

    def make() -> Addresses:
        part = reader.part
        bounds = part.sentences if unit is Unit.SENTENCE else part.paragraphs
        found = np.repeat(reader.firsts, np.diff(bounds.starts))
        found += bounds.at
        return found

    found: Addresses = reader.kept("bounds", unit, make)
    return found


def _share(reader: PartReader, first: Addresses, last: Addresses, unit: Unit) -> NDArray[np.bool_]:
    """Whether each two addresses, the *last* not before the *first*, lie in one *unit*."""
    if not len(first):
        return np.zeros(0, dtype=bool)
    bounds = _bounds(reader, unit)
    found: NDArray[np.bool_] = bounds[bounds.searchsorted(last, side="right") - 1] <= first
    return found
