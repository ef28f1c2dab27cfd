"""Sets of documents as lists and as tables: whichever they are, they mean the same."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.whoosh_engine import sets
from indexer.whoosh_engine.sets import DocumentSet

COUNT = 3
members = st.sets(st.integers(0, COUNT - 1))


def listed(some: set[int]) -> DocumentSet:
    return np.array(sorted(some), dtype=np.uint16)


def made(some: set[int], table: bool) -> DocumentSet:
    return sets.table_of(listed(some), COUNT) if table else listed(some)


@given(st.lists(st.tuples(members, st.booleans()), min_size=1, max_size=4))
def test_lists_and_tables_meet_and_join_as_sets_do(some: list[tuple[set[int], bool]]) -> None:
    every = [made(one, table) for one, table in some]
    plain = [one for one, _ in some]
    assert sets.list_of(sets.all_of(every, COUNT)).tolist() == sorted(set.intersection(*plain))
    assert sets.list_of(sets.any_of(every, COUNT)).tolist() == sorted(set.union(*plain))
    left = sets.without(every[0], every[-1], COUNT)
    assert sets.list_of(left).tolist() == sorted(plain[0] - plain[-1])


@pytest.mark.parametrize("order", [1, -1])
def test_a_list_of_all_documents_meets_a_table(order: int) -> None:
    every = [made({1, 2}, table=True), made({0, 1, 2}, table=False)][::order]
    assert sets.list_of(sets.all_of(every, COUNT)).tolist() == [1, 2]
