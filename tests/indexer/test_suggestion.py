"""Other spellings, and what a query finds without each of its parts."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer import query
from indexer.analysis import Analyzer
from indexer.engine import Engine
from indexer.loosened import loosened
from indexer.patience import Patience
from indexer.suggestion import FEW, Suggestion, suggest
from indexer.tree import Node
from tests.contract.oracle import MemoryEngine
from tests.examples import examples
from tests.indexer.conftest import make_article, put

ENGLISH = Analyzer("english")
ENDLESS = Patience(1000)
ARTICLES = [
    *(make_article(f"c{i}", "The commission reports", "A report on the port.") for i in range(12)),
    *(make_article(f"m{i}", "Angela Merkel speaks", "Merkel on rates.") for i in range(6)),
    make_article("f", "Una Merkle, actress", "A life on stage.", byline=("Ana Lindqvist",)),
    make_article("l", "Money laundering in Varda", "The commision, as it was spelt here."),
]


@pytest.fixture
def engine() -> Engine:
    engine = MemoryEngine()
    put(engine, *ARTICLES)
    return engine


def meant(engine: Engine, text: str) -> Suggestion | None:
    tree = query.parse(text).tree

    def count(node: Node) -> int:
        return engine.match(node, limit=0, facets=()).articles

    return suggest(tree, count(tree), engine, ENGLISH, count, ENDLESS)


@pytest.mark.parametrize(
    ("typed", "text", "articles"),
    [
        ("comission", "commission", 12),
        ("Comission raport", "Commission report", 12),
        ("title:comission -zebra", "title:commission NOT zebra", 12),
        ('"comission reports"', '"commission reports"', 12),
        ("by:Lindquist", "by:Lindqvist", 1),
        ("lindqvits", "lindqvist", 1),
        ("moneylaundering", '"money laundering"', 1),
        ("comission OR zebra", "commission OR zebra", 12),
    ],
)
def test_a_word_that_finds_nothing_is_spelt_as_the_archive_does(
    engine: Engine, typed: str, text: str, articles: int
) -> None:
    assert meant(engine, typed) == Suggestion(text, articles)


def test_a_rare_word_gives_way_to_one_that_many_more_articles_have(engine: Engine) -> None:
    assert meant(engine, "commision") == Suggestion("commission", 12)


def test_a_name_that_is_in_the_archive_is_left_alone(engine: Engine) -> None:
    assert meant(engine, "Merkle") is None
    assert meant(engine, "Lindqvist") is None


def test_a_name_is_doubted_where_nobody_has_it_beside_the_other_words(engine: Engine) -> None:
    assert meant(engine, "Angela Merkle") == Suggestion("Angela Merkel", 6)


def test_another_form_of_the_same_word_is_no_other_spelling(engine: Engine) -> None:
    assert meant(engine, "zebra reporting") is None


def test_what_finds_enough_or_is_shut_out_is_not_doubted(engine: Engine) -> None:
    assert meant(engine, "commission") is None
    assert meant(engine, "zzzz -comission") is None


def test_a_word_of_any_length_is_not_looked_into(engine: Engine) -> None:
    assert meant(engine, "commission" * 20) is None


WORDS = ["bank", "bnak", "banks", "ferry", "fery", "Ferry", "toll", "tol", "tramp", "trampp"]


@settings(
    max_examples=examples(40),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    told=st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=4), max_size=12),
    asked=st.lists(
        st.sampled_from([*WORDS, "OR", "-toll", '"bnak ferry"']), min_size=1, max_size=4
    ),
)
def test_whatever_is_offered_finds_what_it_says_and_more_than_was_found(
    told: list[list[str]], asked: list[str]
) -> None:
    engine = MemoryEngine()
    put(engine, *(make_article(f"a{i}", "x", " ".join(words)) for i, words in enumerate(told)))

    def found(text: str) -> int:
        return engine.match(query.parse(text).tree).articles

    text = " ".join(asked)
    suggestion = meant(engine, text)
    if suggestion:
        assert found(text) <= FEW
        assert found(suggestion.text) == suggestion.articles > found(text)
    tree = query.parse(text).tree
    for one in loosened(tree, ENGLISH, lambda node: engine.match(node).articles, ENDLESS):
        assert found(one.text) == one.articles > 0


def test_what_empties_a_result_is_named_the_closest_query_first(engine: Engine) -> None:
    tree = query.parse("commission report zebra").tree
    (one,) = loosened(tree, ENGLISH, lambda node: engine.match(node).articles, ENDLESS)
    assert (one.less, one.text, one.articles) == ("zebra", "commission report", 12)
    tree = query.parse("angela commission").tree
    found = loosened(tree, ENGLISH, lambda node: engine.match(node).articles, ENDLESS)
    assert [(one.less, one.articles) for one in found] == [("commission", 6), ("angela", 12)]


def test_the_words_of_a_phrase_are_offered_wherever_they_stand(engine: Engine) -> None:
    tree = query.parse('"report commission"').tree
    (one,) = loosened(tree, ENGLISH, lambda node: engine.match(node).articles, ENDLESS)
    assert (one.less, one.text, one.apart) == ('"report commission"', "report commission", True)
