"""The examples that the help shows: each is a query, and one way to say what it says."""

from datetime import date
from typing import get_args

import pytest

from docs import search as page
from indexer import query
from indexer.syntax import SECTIONS
from indexer.tree import Boosted, Exact, Field, Node, Placed, Some
from tests.indexer.test_query import every_node

TODAY = date(2026, 11, 28)
EXAMPLES = [
    (typed, one.told) for section in SECTIONS for one in section.examples for typed in one.typed
]
TREES = [query.parse(typed, TODAY).tree for typed, _ in EXAMPLES]


@pytest.mark.parametrize(("typed", "told"), EXAMPLES)
def test_every_example_is_understood_as_a_whole_or_it_is_told(typed: str, told: bool) -> None:
    parsed = query.parse(typed, TODAY)
    assert bool(parsed.notices) is told
    assert parsed.normal
    assert query.parse(parsed.normal).tree == parsed.tree


def test_every_field_and_every_kind_of_node_has_an_example() -> None:
    nodes = [node for tree in TREES for node in every_node(tree)]
    assert {node.field for node in nodes if isinstance(node, Placed)} == set(Field)
    # Nobody types how a question is read, nor what related words add.
    assert {type(node) for node in nodes} == set(get_args(Node)) - {Exact, Some, Boosted}


def test_the_page_for_users_shows_the_same_examples() -> None:
    written = page.PAGE.read_text("utf-8")
    assert page.rendered(written) == written, "run python -m docs.search"
