"""Sets of a segment's documents: few as a list of numbers, many as a table of yes and no.

A list is ascending, without doubles (uint16); a table has a place for each
document of the segment (bool). Which of the two a set is, its dtype says.
"""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from indexer.whoosh_engine.runs import distinct
from indexer.whoosh_engine.segment import Documents

DocumentSet = NDArray[Any]
"""A list of documents, or a table of all."""

NONE: Final = np.zeros(0, dtype=np.uint16)
_MANY: Final = 8
"""One in so many documents: from there on a table is smaller than a list, and faster."""
_FEW: Final = 2000
"""So many numbers in lists are sorted sooner than entered in a table."""


def is_table(documents: DocumentSet) -> bool:
    """Whether a set is a table."""
    return documents.dtype == np.bool_


def are_many(documents: int, count: int) -> bool:
    """Whether so many *documents* of *count* are kept better in a table."""
    return documents * _MANY > count


def table_of(documents: DocumentSet, count: int) -> NDArray[np.bool_]:
    """Return a set as a table of *count* documents: itself if it is one."""
    if is_table(documents):
        return documents
    table = np.zeros(count, dtype=bool)
    table[documents] = True
    return table


def list_of(documents: DocumentSet) -> Documents:
    """Return a set as a list: itself if it is one."""
    return np.flatnonzero(documents).astype(np.uint16) if is_table(documents) else documents


def inside(documents: NDArray[Any], members: DocumentSet, count: int) -> NDArray[np.bool_]:
    """Return for each of *documents* whether it is among *members*."""
    held: NDArray[np.bool_] = table_of(members, count)[documents]
    return held


def all_of(sets: Sequence[DocumentSet], count: int) -> DocumentSet:
    """Return what is in each of *sets*, of which there is one at least."""
    # Tables behind any list, one of all documents too: only sets of one kind meet as they are.
    ordered = sorted(sets, key=lambda s: count + 1 if is_table(s) else len(s))
    found = ordered[0]
    if is_table(found):
        for other in ordered[1:]:
            found = found & other
        return found
    for other in ordered[1:]:
        if not len(found):
            break
        found = found[inside(found, other, count)]
    return found


def any_of(sets: Sequence[DocumentSet], count: int) -> DocumentSet:
    """Return what is in one of *sets*."""
    some = [s for s in sets if len(s)]
    if len(some) < 2:
        return some[0] if some else NONE
    lists = [s for s in some if not is_table(s)]
    tables = [s for s in some if is_table(s)]
    if not tables and sum(map(len, lists)) <= _FEW:
        return distinct(np.sort(np.concatenate(lists), kind="stable"))
    table = tables[0].copy() if tables else np.zeros(count, dtype=bool)
    for other in tables[1:]:
        table |= other
    for other in lists:
        table[other] = True
    few = not tables and not are_many(sum(map(len, lists)), count)
    return list_of(table) if few else table


def without(documents: DocumentSet, unwanted: DocumentSet, count: int) -> DocumentSet:
    """Return what is in *documents* and not in *unwanted*."""
    if not len(unwanted):
        return documents
    if is_table(documents):
        return documents & ~table_of(unwanted, count)
    return documents[~inside(documents, unwanted, count)]
