"""Words near each other, and words in one sentence or paragraph."""

from collections.abc import Sequence
from functools import partial
from typing import Final

import numpy as np

from indexer.tree import Unit
from indexer.whoosh_engine.holders import PartReader
from indexer.whoosh_engine.places import (
    NOWHERE,
    Addresses,
    Terms,
    Wide,
    addresses_of,
    bounds_of,
    count_of,
    documents_at,
    phrase,
    read,
    share,
)
from indexer.whoosh_engine.runs import distinct, joined
from indexer.whoosh_engine.segment import Documents
from indexer.whoosh_engine.sets import all_of, list_of

Pairs = tuple[Addresses, Addresses]
"""The first of each pair, and the second, which stands behind it."""

_HALF: Final = 1 << 31


def near(
    reader: PartReader,
    parts: Sequence[Terms],
    within: int,
    *,
    ordered: bool,
    wide: Wide | None = None,
) -> Documents:
    """Return the documents in which *parts* stand near each other; see `indexer.tree.Near`.

    For *wide* see `places.addresses_of`.
    """
    places = _places(reader, parts, wide)
    if not all(len(begins) for begins in places):
        return documents_at(reader, NOWHERE)
    ends = [
        begins + np.uint32(len(terms) - 1) if len(terms) > 1 else begins
        for begins, terms in zip(places, parts, strict=True)
    ]
    if len(parts) == 2:
        found = joined(_two(reader, places, ends, within, ordered=ordered))
        return documents_at(reader, np.sort(found, kind="stable"))
    if ordered:
        return documents_at(reader, _row(reader, places, ends, within))
    return _anywhere(reader, places, ends, within)


def together(
    reader: PartReader, parts: Sequence[Terms], unit: Unit, wide: Wide | None = None
) -> Documents:
    """Return the documents in which all *parts* begin in one *unit*; *wide* as of `near`."""
    bounds = bounds_of(reader, unit)
    fewest, *others = sorted(_places(reader, parts, wide), key=len)
    ends = distinct(bounds.searchsorted(fewest, side="right"))
    for begins in others:
        if not len(begins):
            return documents_at(reader, NOWHERE)
        # The first that is not before the unit must not be behind it.
        at = begins.searchsorted(bounds[ends - 1])
        found = np.flatnonzero(at < len(begins))
        ends, at = ends[found], at[found]
        limits = bounds[np.minimum(ends, len(bounds) - 1)]
        ends = ends[(begins[at] < limits) | (ends == len(bounds))]
    return documents_at(reader, bounds[ends - 1])


def _places(reader: PartReader, parts: Sequence[Terms], wide: Wide | None) -> list[Addresses]:
    """Where each part begins, as far as others may be near."""
    if len(parts) > 2:
        every = [reader.documents(term) for terms in parts for term in terms]
        among = list_of(all_of(every, reader.count))
        return [phrase(reader, terms, lambda term: read(reader, term, among)) for terms in parts]
    order = sorted(parts, key=lambda terms: min(count_of(reader, term) for term in terms))
    places = {order[0]: phrase(reader, order[0], wide=wide)}
    beside = partial(addresses_of, reader, beside=places[order[0]], wide=wide)
    places |= {terms: phrase(reader, terms, beside, wide) for terms in order[1:]}
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
    pairs = (
        _neighbours(begins)
        if not ordered and begins[0] is ends[0] and begins[1] is ends[1]
        else []
    )
    if not pairs:
        pairs = [_nearest(ends[0], begins[1])]
        if not ordered:
            pairs.append(_nearest(ends[1], begins[0]))
    return [_close(reader, first, second, within)[1] for first, second in pairs]


def _close(reader: PartReader, first: Addresses, second: Addresses, within: int) -> Pairs:
    """Those that are at most *within* words from each other, in one paragraph."""
    close = np.flatnonzero(second - first <= within)
    first, second = first[close], second[close]
    shared = share(reader, first, second)
    return first[shared], second[shared]


def _neighbours(words: list[Addresses]) -> list[Pairs]:
    """Pairs of two words, one of each, that have none of them between; none if some coincide."""
    few, many = sorted(words, key=len)
    if len(many) > 2 * len(few) or max(few[-1], many[-1]) >= _HALF:
        at = many.searchsorted(few, side="right")
        before, after = np.flatnonzero(at > 0), np.flatnonzero(at < len(many))
        pairs = [(many[at[before] - 1], few[before]), (few[after], many[at[after]])]
    else:
        # Which word it is goes into the lowest bit, and two ascending runs are merged.
        merged = np.concatenate((few, many))
        merged <<= np.uint32(1)
        merged[: len(few)] |= np.uint32(1)
        merged.sort(kind="stable")
        kinds = merged.astype(np.uint8) & np.uint8(1)
        changes = np.flatnonzero(kinds[1:] != kinds[:-1])
        merged >>= np.uint32(1)
        pairs = [(merged[changes], merged[changes + 1])]
    return [] if any((first == second).any() for first, second in pairs) else pairs


def _nearest(ends: Addresses, begins: Addresses) -> Pairs:
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
    return first[share(reader, first, last)]


def _anywhere(
    reader: PartReader, places: list[Addresses], ends: list[Addresses], within: int
) -> Documents:
    """The documents in which all parts stand near behind any one of them.

    Of what stands in a document found for one part nothing is looked at for the next: so
    of frequent words, which are near each other almost everywhere, little is left for these.
    """
    found = np.zeros(reader.count, dtype=bool)
    for i in sorted(range(len(ends)), key=lambda i: len(ends[i])):
        counts = np.diff(ends[i].searchsorted(reader.firsts), append=len(ends[i]))
        first = ends[i][np.repeat(~found, counts)]
        found[documents_at(reader, _around(reader, i, first, places, within))] = True
    return list_of(found)


def _around(
    reader: PartReader, i: int, first: Addresses, places: list[Addresses], within: int
) -> Addresses:
    """Those of *first*, where part *i* ends, behind which, near enough, each other part begins."""
    for j, begins in enumerate(places):
        if j != i:
            at = begins.searchsorted(first, side="right")
            found = np.flatnonzero(at < len(begins))
            first, _ = _close(reader, first[found], begins[at[found]], within)
    return first
