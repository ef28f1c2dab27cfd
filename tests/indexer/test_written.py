import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer import query
from indexer.tree import And, Exact, Not, Or, Words
from indexer.written import swapped, written
from tests.examples import examples

PIECES = ["bank", "rates", '"interest rate"', "(", ")", "OR", "NOT", "-", "ferr*", "title:", "by:"]
PIECES += ["after:2024-06", "date:2023", "before:2024", "undated:yes", "U.S.", "*", "~", "OR", '"']


@settings(max_examples=examples(60), deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=8))
def test_what_is_written_parses_to_the_same_tree(pieces: list[str]) -> None:
    tree = query.parse(" ".join(pieces)).tree
    text = written(tree)
    assert text is None or query.parse(text).tree == tree


@pytest.mark.parametrize(
    "text",
    [
        "bank rates",
        'title:"interest rate" -by:renck',
        "bridge OR ferry strike",
        "(bridge toll) OR ferr*",
        "-(bridge OR ferry)",
        "bridge after:2024-06-01",
        "date:2023-01-01..2023-12-31 undated:yes",
    ],
)
def test_what_people_type_is_written_so_that_it_means_the_same(text: str) -> None:
    tree = query.parse(text).tree
    assert query.parse(written(tree) or "").tree == tree


def test_what_the_language_cannot_say_is_not_written() -> None:
    assert written(Exact("banks")) is None


def test_a_leaf_is_swapped_wherever_it_stands() -> None:
    tree = And((Words("a"), Or((Words("b"), Not(Words("a"))))))
    assert swapped(tree, Words("a"), Words("c")) == And(
        (Words("c"), Or((Words("b"), Not(Words("c")))))
    )
