"""What a query may have meant otherwise than it was read."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.analysis import Analyzer
from indexer.hints import hints
from indexer.query import parse
from indexer.question import read
from tests.examples import examples
from tests.indexer.test_query import PIECES

ENGLISH = Analyzer("english")


def asked(text: str) -> list[str]:
    return [one.text for one in hints(text, read(parse(text).tree, ENGLISH), ENGLISH)]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("bank or rate", "bank OR rate"),
        ("bank Or rate", "bank OR rate"),
        ("“bank rate” or (fog cut) or title:sea", "“bank rate” OR (fog cut) OR title:sea"),
        ("bank not rate", "bank NOT rate"),
        ("bank and not rate", "bank AND NOT rate"),
        ("bank and rate or fog", "bank AND rate OR fog"),
        ("title:bank and rate", "title:bank AND rate"),
        ("merger or takeover or buyout or bid", "merger OR takeover OR buyout OR bid"),
        ("bank NEAR rate", "bank NEAR/5 rate"),
        ("autor:smith bank", "author:smith bank"),
        ("heading:bank", "headline:bank"),
        ("afer:2024", "after:2024"),
    ],
)
def test_what_may_be_meant_is_a_query_of_its_own(text: str, meant: str) -> None:
    assert asked(text) == [meant]
    assert asked(meant) == []


@pytest.mark.parametrize(
    "text",
    [
        "bank and rate",
        '"to be or not to be"',
        "to be or not to be",
        "or bank",
        "bank or",
        "bank or OR rate",
        "is coffee or tea better in the morning for sleep",
        "the or rate",
        "bank OR rate NOT fog AND cut",
        "near the bank",
        "NEAR bank",
        "colour:red",
        "10:30",
        "title:bank",
    ],
)
def test_what_is_a_question_or_no_operator_has_no_hint(text: str) -> None:
    assert asked(text) == []


def test_a_hint_says_what_was_read_and_what_to_write() -> None:
    (hint,) = hints("bank or rate not fog", read(parse("x").tree, ENGLISH), ENGLISH)
    assert hint.says == ("“or” and “not” are read as words; write OR for either, NOT for without")


@settings(deadline=None, max_examples=examples(300))
@given(
    text=st.text()
    | st.lists(PIECES | st.sampled_from([" or ", " not "]), max_size=40).map("".join)
)
def test_any_text_has_hints_that_are_other_queries(text: str) -> None:
    for meant in asked(text):
        assert meant != text
