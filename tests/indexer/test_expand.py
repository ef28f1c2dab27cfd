"""Patterns and near misses of words, told from all strings at once and one by one."""

import re
from itertools import pairwise

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from indexer.whoosh_engine.build import strings_of
from indexer.whoosh_engine.expand import Kind, Term, pattern
from indexer.whoosh_engine.fuzzy import close, sketch_of
from indexer.whoosh_engine.runs import runs_of
from indexer.whoosh_engine.wildcard import like
from tests.contract.placing import edits
from tests.examples import examples

words = st.text(st.sampled_from("abé東"), min_size=1, max_size=7)
pieces = st.text(st.sampled_from("abé東*?*?"), max_size=4)
sorted_words = st.lists(words, max_size=30).map(lambda found: sorted(set(found)))


@settings(deadline=None, max_examples=examples(300))
@given(found=sorted_words, text=st.tuples(pieces, st.sampled_from("*?"), pieces).map("".join))
@example(["abab", "ababab", "b"], "*ab*ab*")
def test_a_pattern_matches_whole_words(found: list[str], text: str) -> None:
    plain = re.compile(re.escape(text).replace(r"\*", ".*").replace(r"\?", "."))
    matched = like(strings_of([word.encode() for word in found]), text)
    assert [found[i] for i in matched] == [word for word in found if plain.fullmatch(word)]


@settings(deadline=None, max_examples=examples(300))
@given(found=sorted_words, word=words, distance=st.integers(0, 3))
def test_fewedits_are_counted_with_swaps(found: list[str], word: str, distance: int) -> None:
    strings = strings_of([word.encode() for word in found])
    near = close(strings, sketch_of(strings), word, distance)
    assert [found[i] for i in near] == [w for w in found if edits(w, word) <= distance]


def test_a_pattern_that_is_plainer_than_it_looks_is_read_as_such() -> None:
    assert pattern("Bank") == Term(Kind.FORM, "bank")
    assert pattern("Bank**") == Term(Kind.PREFIX, "bank")
    assert pattern("*") == Term(Kind.PREFIX, "")
    assert pattern("É*?*") == Term(Kind.PATTERN, "e?*")


@given(numbers=st.sets(st.integers(0, 50)))
def test_runs_hold_the_numbers(numbers: set[int]) -> None:
    runs = runs_of(np.array(sorted(numbers), dtype=np.uint32))
    assert [number for run in runs for number in run] == sorted(numbers)
    assert all(later.start > sooner.stop for sooner, later in pairwise(runs))
