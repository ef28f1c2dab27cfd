"""How plain words are read: all of them, some of them, and what an article lacks."""

import pytest

from indexer import query
from indexer.analysis import Analyzer
from indexer.question import FEWEST, SHARE, missing, read, without_capitals
from indexer.tree import And, Some, Words
from tests.indexer.conftest import make_article


def words(text: str) -> tuple[Words, ...]:
    return tuple(map(Words, text.split()))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("bank", "bank"),
        ("the bank of rates", "bank rates"),
        ("bank Banks rate", "bank rate"),
        ("bank (rate rise)", "bank rate rise"),
        ("the who", ""),
    ],
)
def test_up_to_three_words_must_all_be_there_and_stop_words_need_not(
    english: Analyzer, text: str, found: str
) -> None:
    reading = read(query.parse(text).tree, english)
    assert reading.words == words(found)
    assert not reading.is_question
    if len(reading.words) > 1:
        assert reading.tree == And(words(found))


@pytest.mark.parametrize(
    ("count", "least"), [(4, FEWEST), (2 * SHARE, 2), (2 * SHARE + 1, 3), (3 * SHARE + 1, 4)]
)
def test_of_more_words_a_share_must_be_there(english: Analyzer, count: int, least: int) -> None:
    text = " ".join(f"word{i}" for i in range(count))
    reading = read(query.parse(f"what of {text}").tree, english)
    assert reading.tree == Some(words(text), least)
    assert reading.is_question
    everything = read(query.parse(text).tree, english, every=True)
    assert everything.tree == And(words(text))
    assert not everything.is_question


def test_a_question_asks_for_the_parts_of_a_hyphenated_word_each(english: Analyzer) -> None:
    reading = read(query.parse("high-speed wind tunnel tests").tree, english)
    assert reading.words == words("high speed wind tunnel tests")


def test_a_long_run_of_ideographs_is_read_as_its_pairs(english: Analyzer) -> None:
    reading = read(query.parse("北京地铁票价").tree, english)
    assert reading.words == words("北京 京地 地铁 铁票 票价")
    assert reading.tree == Some(reading.words, FEWEST)
    assert read(query.parse("北京地铁").tree, english).tree == Words("北京地铁")
    quoted = query.parse('"北京地铁票价"').tree
    assert read(quoted, english).tree == quoted
    long = "".join(map(chr, range(0x4E00, 0x4E00 + 32)))
    assert len(read(query.parse(long).tree, english).words) == 31


def test_pairs_of_ideographs_that_an_article_lacks_are_named_as_one(english: Analyzer) -> None:
    asked = {word: word for word in read(query.parse("北京地铁票价").tree, english).words}
    article = make_article("a", "北京", "票价上涨。")
    assert missing(asked, article, english) == ("京地铁票",)


@pytest.mark.parametrize(
    "text",
    [
        "bank rate rise gull OR tern",
        "bank rate rise -gull",
        'bank rate rise "gull"',
        "bank rate rise title:gull",
        "bank rate rise gull*",
        "bank rate rise after:2024",
        "",
        "*",
    ],
)
def test_whatever_is_more_than_words_is_taken_as_it_is(english: Analyzer, text: str) -> None:
    tree = query.parse(text).tree
    reading = read(tree, english)
    assert (reading.tree, reading.rest, reading.is_question) == (tree, None, False)


@pytest.mark.parametrize(
    ("text", "read_as"),
    [
        ("WHO IS IN THE LEAD, LABOUR OR THE TORIES", "WHO IS IN THE LEAD, LABOUR or THE TORIES"),
        ("OIL OR GAS AND NOT COAL", "OIL OR GAS AND NOT COAL"),
        ("who leads OR follows", "who leads OR follows"),
    ],
)
def test_in_a_sentence_all_in_capitals_operators_are_words(
    english: Analyzer, text: str, read_as: str
) -> None:
    assert without_capitals(text, english) == read_as


def test_what_is_missing_is_named_as_it_was_typed(english: Analyzer) -> None:
    article = make_article(
        headline="Banks", text="Rates\n\nrose.", byline=("Ana Ruiz",), caption="A gull"
    )
    asked = words("Bank RATES Ruiz gulls terns proposed")
    assert missing({word: word for word in asked}, article, english) == ("terns", "proposed")
