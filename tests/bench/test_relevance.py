"""What `bench relevance` counts, on cases that can be counted by hand."""

from math import log2

import pytest

from bench.quality.plain_ranking import RANKERS
from bench.quality.relevance import average_precision, ndcg
from tests.indexer.conftest import make_article


def test_average_precision_counts_what_was_not_found_as_nothing() -> None:
    grades = {"a": 1, "b": 2, "c": 1, "d": 0}
    assert average_precision(["a", "d", "b"], grades) == pytest.approx((1 + 2 / 3 + 0) / 3)
    assert average_precision(["d"], {"d": 0}) == 0


def test_a_gain_is_the_grade_and_only_the_ten_best_count() -> None:
    grades = {"a": 1, "b": 3}
    best = 3 + 1 / log2(3)
    assert ndcg(["b", "a"], grades) == pytest.approx(1)
    assert ndcg(["a", "b"], grades) == pytest.approx((1 + 3 / log2(3)) / best)
    assert ndcg([*"0123456789", "b"], grades) == 0


@pytest.mark.parametrize("name", RANKERS)
def test_plain_rankings_find_any_of_the_words_and_the_best_first(name: str) -> None:
    documents = [
        make_article("a", "Fog", "Nothing of that."),
        make_article("b", "Ferries", "The ferry sailed past other ferries."),
        make_article("c", "Gulls", "A gull and a ferry, and much else that was seen that day."),
    ]
    assert RANKERS[name](documents, {"1": "ferry OR whales?"}) == {"1": ["b", "c"]}
