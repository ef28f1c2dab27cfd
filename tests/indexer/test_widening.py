import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer import query
from indexer.analysis import Analyzer
from indexer.relation import cost
from indexer.tree import (
    And,
    AtLeast,
    Field,
    Meant,
    Near,
    Node,
    Not,
    Or,
    Together,
    Unit,
    Words,
    wanted,
)
from indexer.widening import MOST_ALSO, MOST_COST, Also, Equivalents, Why, Widened, widened
from tests.examples import examples
from tests.indexer.test_equality import trees

ENGLISH = Analyzer("english")
KNOWN: Equivalents = (("US", "United States", "America"), ("EU", "European Union"))


def wide(text: str) -> Node:
    return widened(query.parse(text).tree, ENGLISH, KNOWN).tree


def phrase(text: str, field: Field = Field.ANY) -> Words:
    return Words(text, field, quoted=True)


US = Meant((Words("US"), phrase("United States"), phrase("America")))


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("us", Words("us")),
        ("US", US),
        ('"US"', phrase("US")),
        ("-US", Not(US)),
        ("EU bank", And((Meant((Words("EU"), phrase("European Union"))), Words("bank")))),
        ("bank OR US", Or((Words("bank"), US))),
        (
            "title:EU",
            Meant((Words("EU", Field.TITLE), phrase("European Union", Field.TITLE))),
        ),
        (
            "the european union",
            And(
                (Words("the"), Meant((And((Words("european"), Words("union"))), phrase("EU")))),
            ),
        ),
        ("union european", And((Words("union"), Words("european")))),
        ("european title:union", And((Words("european"), Words("union", Field.TITLE)))),
        ("e-mail", Meant((Words("e-mail"), phrase("email")))),
        ("cease fire", And((Meant((And((Words("cease"), Words("fire"))), phrase("ceasefire"))),))),
        ("", And(())),
    ],
)  # fmt: skip
def test_plain_words_are_widened_by_what_stands_for_them(text: str, tree: Node) -> None:
    assert wide(text) == tree


def test_what_was_put_in_is_told_in_the_order_of_the_query() -> None:
    also = widened(query.parse("e-mail US e-mail -america").tree, ENGLISH, KNOWN).also
    assert also == (
        Also("e-mail", ("email",), Why.SPELLING),
        Also("US", ("United States", "America"), Why.EQUIVALENT),
        Also("america", ("US", "United States"), Why.EQUIVALENT),
    )
    assert str(also[1]) == "US: also “United States”, “America”"


def test_a_word_of_two_groups_has_the_equivalents_of_both() -> None:
    found = widened(Words("a"), ENGLISH, (("a", "b"), ("A", "c", "b"))).tree
    assert found == Meant((Words("a"), phrase("b"), phrase("c")))


def test_words_placed_are_widened_in_every_combination() -> None:
    near = Near((Words("US"), Words("bank"), Words("EU")), 5)
    found = widened(near, ENGLISH, KNOWN)
    assert isinstance(found.tree, Meant)
    assert len(found.tree.parts) == 6
    assert found.tree.parts[0] == near
    assert found.tree.parts[-1] == Near(
        (phrase("America"), Words("bank"), phrase("European Union")), 5
    )


def test_too_many_combinations_are_not_tried() -> None:
    together = Together((Words("US"),) * 3, Unit.SENTENCE)
    assert cost(together) * (3**3 - 1) > MOST_COST
    assert widened(together, ENGLISH, KNOWN) == Widened(together, (), cut=True)


@settings(deadline=None, max_examples=examples(60))
@given(tree=trees, often=st.integers(1, 12))
def test_what_is_put_in_is_bounded_over_the_whole_query(tree: Node, often: int) -> None:
    many = (Words("US"), Words("zq"), Near((Words("EU"), Words("e-mail")), 5)) * often
    whole = And((tree, *many, *(Words(f"e-b{i}") for i in range(often * 6))))
    found = widened(whole, ENGLISH, KNOWN)
    put_in = sum(len(one.others) for one in found.also)
    assert put_in <= MOST_ALSO
    assert cost(found.tree) <= cost(whole) + MOST_COST


def test_nothing_is_cut_of_what_people_type() -> None:
    found = widened(query.parse("anti-narcotics US e-mail W/5 EU cease fire").tree, ENGLISH, KNOWN)
    assert not found.cut


def test_what_must_stand_several_times_stays_as_it_is() -> None:
    assert widened(AtLeast(2, Words("US")), ENGLISH, KNOWN).tree == AtLeast(2, Words("US"))


@settings(deadline=None, max_examples=examples(60))
@given(tree=trees)
def test_a_tree_without_anything_to_put_in_stays_as_it_is(tree: Node) -> None:
    found = widened(tree, ENGLISH)
    assert found.also or found.tree == tree


@settings(deadline=None, max_examples=examples(60))
@given(
    text=st.lists(st.sampled_from(["US", "EU", "(", ")", "OR", "-", "x", "e-mail"])).map(" ".join)
)
def test_only_what_was_put_in_is_told(text: str) -> None:
    found = widened(query.parse(text).tree, ENGLISH, KNOWN)
    for one in found.also:
        assert all(repr(other) in repr(found.tree) for other in one.others)


@settings(deadline=None, max_examples=examples(60))
@given(tree=trees)
def test_what_is_wanted_is_what_was_typed(tree: Node) -> None:
    assert list(wanted(widened(tree, ENGLISH, KNOWN).tree)) == list(wanted(tree))
