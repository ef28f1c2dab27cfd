"""Where words stand: phrases, words near each other, words in one sentence or paragraph.

All words of a part stand, as it were, in one row, and a word's *address* is its
number in that row; addresses are uint32, ascending. What begins with one term is
looked up among the addresses of another by binary search, fewest first.
"""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from indexer.query import Unit
from indexer.whoosh_engine.build import starts_of
from indexer.whoosh_engine.expand import Term
from indexer.whoosh_engine.holders import PartReader, joined
from indexer.whoosh_engine.segment import Documents, Postings
from indexer.whoosh_engine.sets import all_of, list_of, table_of

Terms = tuple[Term, ...]
"""Terms that stand side by side; mostly one."""
Addresses = NDArray[np.uint32]

_NOWHERE: Final = np.zeros(0, dtype=np.uint32)
_WIDE: Final = 1 << 16
"""A term with more places than these is read only in the documents that can match."""


def documents_at(reader: PartReader, places: Addresses) -> Documents:
    """Return the documents in which *places* (ascending) lie."""
    owners = reader.firsts.searchsorted(places, side="right") - 1
    new = np.ones(len(owners), dtype=bool)
    new[1:] = owners[1:] != owners[:-1]
    return owners[new].astype(np.uint16)


def counts_at(reader: PartReader, places: Addresses) -> NDArray[np.intp]:
    """Return for each document how many of *places* lie in it."""
    owners = reader.firsts.searchsorted(places, side="right") - 1
    return np.bincount(owners, minlength=reader.count)


def phrase(reader: PartReader, terms: Terms, among: Documents | None = None) -> Addresses:
    """Return where *terms* begin that stand side by side, within one paragraph.

    Only those *among* some documents need be there.
    """
    order = sorted(range(len(terms)), key=lambda i: _size(reader, terms[i]))
    fewest = order[0]
    if among is None and len(terms) > 1 and _size(reader, terms[fewest]) > _WIDE:
        among = list_of(all_of([reader.documents(term) for term in terms], reader.count))
    begins = _addresses(reader, terms[fewest], among)
    begins = begins[begins >= fewest] - np.uint32(fewest)
    for i in order[1:]:
        if not len(begins):
            break
        others = _addresses(reader, terms[i], begins, reader_owns=True)
        begins = begins[_are_in(begins + np.uint32(i), others)]
    if len(terms) == 1:
        return begins
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
        found = [_two(reader, places[0], ends[0], places[1], within)]
        if not ordered:
            found.append(_two(reader, places[1], ends[1], places[0], within))
    elif ordered:
        found = [_row(reader, places, ends, within)]
    else:
        found = [_around(reader, i, places, ends, within) for i in range(len(parts))]
    return documents_at(reader, np.sort(joined(found)))


def together(reader: PartReader, parts: Sequence[Terms], unit: Unit) -> Documents:
    """Return the documents in which all *parts* begin in one *unit*."""
    places = _places(reader, parts)
    bounds = _bounds(reader, unit)
    shared: NDArray[np.intp] | None = None
    for begins in sorted(places, key=len):
        units = bounds.searchsorted(begins, side="right")
        shared = units if shared is None else shared[_are_in(shared, units)]
    assert shared is not None  # noqa: S101 - there are parts, for mypy
    return documents_at(reader, bounds[shared - 1])


def _places(reader: PartReader, parts: Sequence[Terms]) -> list[Addresses]:
    """Where each part begins; the fewer read first, and others only where these are."""
    order = sorted(range(len(parts)), key=lambda i: min(_size(reader, t) for t in parts[i]))
    places = [_NOWHERE] * len(parts)
    among: Documents | None = None
    for i in order:
        places[i] = phrase(reader, parts[i], among)
        if not len(places[i]):
            break
        among = documents_at(reader, places[i])
    return places


def _two(
    reader: PartReader, begins: Addresses, ends: Addresses, others: Addresses, within: int
) -> Addresses:
    """Where *others* begin behind *ends*, at most *within* on; or where those that they follow do.

    Of two in one paragraph nothing that lies between is in another, so the nearest will do.
    """
    if len(ends) <= len(others):
        at = others.searchsorted(ends, side="right")
        found = np.flatnonzero(at < len(others))
        first, second = ends[found], others[at[found]]
    else:
        at = ends.searchsorted(others, side="left")
        found = np.flatnonzero(at > 0)
        first, second = ends[at[found] - 1], others[found]
    close = np.flatnonzero(second - first <= within)
    first, second = first[close], second[close]
    del begins
    return second[_share(reader, first, second, Unit.PARAGRAPH)]


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
    starts = reader.part.position_starts
    return sum(int(starts[run.stop]) - int(starts[run.start]) for run in reader.entries(term))


def _addresses(
    reader: PartReader, term: Term, among: NDArray[Any] | None, *, reader_owns: bool = False
) -> Addresses:
    """Where *term* stands; a wide one only in the documents *among* (or those of addresses)."""
    if among is None or _size(reader, term) <= _WIDE:
        found: Addresses = reader.kept("addresses", term, lambda: _read(reader, term, None))
        return found
    documents = documents_at(reader, among) if reader_owns else among
    return _read(reader, term, table_of(documents, reader.count))


def _read(reader: PartReader, term: Term, among: NDArray[np.bool_] | None) -> Addresses:
    read = []
    for run in reader.entries(term):
        postings = reader.part.postings(run)
        if among is not None:
            postings = _only(postings, among)
        postings = reader.cut(postings)
        firsts = reader.firsts[postings.ids]
        read.append(np.repeat(firsts, postings.frequencies) + postings.positions)
    if not read:
        return _NOWHERE
    addresses = joined(read).astype(np.uint32, copy=False)
    if (addresses[1:] < addresses[:-1]).any():
        addresses.sort()
    return addresses


def _only(postings: Postings, among: NDArray[np.bool_]) -> Postings:
    """Those of the documents *among*."""
    kept = np.flatnonzero(among[postings.ids])
    ends = np.cumsum(postings.frequencies, dtype=np.uint32)
    frequencies = postings.frequencies[kept]
    firsts = ends[kept] - frequencies
    starts = starts_of(frequencies)
    at = np.repeat(firsts - starts[:-1], frequencies) + np.arange(starts[-1], dtype=np.uint32)
    return Postings(postings.ids[kept], frequencies, postings.positions[at])


def _are_in(values: NDArray[Any], ascending: NDArray[Any]) -> NDArray[np.bool_]:
    """Whether each of *values* is among *ascending*."""
    if not len(ascending):
        return np.zeros(len(values), dtype=bool)
    at = ascending.searchsorted(values)
    at[at == len(ascending)] = 0
    found: NDArray[np.bool_] = ascending[at] == values
    return found


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
