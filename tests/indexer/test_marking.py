"""Marks and passages, held to those found by brute force."""

from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.analysis import Analyzer
from indexer.marking import Marker
from indexer.query import Field, parse
from indexer.snippet import best_passages
from tests.indexer import reference_snippets as plain

ENGLISH = Analyzer("english")
PIECES = (
    *("bank", "Banks", "bank's", "BANKING", "rate", "rates", "the", "fog", "of", "a"),
    *(
        "U.S.",
        "US",
        "us",
        "U.N.",
        "un",
        "A.B",
        "1,200",
        "1200",
        "3.5",
        "x_y",
        "o'neil",
        "O’Neil’s",
    ),
    *(
        "anti-bank",
        "bank-rate",
        "cafe\u0301",
        "café",
        "CAFÉ",
        "東京",
        "が",
        "か\u3099",
        "\u0301",
        "ﱞ",
        "ﬁsh",
    ),
    *(
        " ",
        "  ",
        " ",
        " ",
        "\n",
        "\n\n",
        "\n \n",
        "\n\n\n",
        "\t",
        "\u00a0",
        "\u2003",
        "\x1c",
        "\x85",
    ),
    *(". ", "? ", ".\n", '." ', "…", " — ", ", ", "'", "’", ".", "\u200b", "(", ") ", "The "),
    *("x" * 70, "x" * 150 + " ", "It rained upon the quiet harbour all day long. " * 4),
)
TEXTS = st.lists(st.sampled_from(PIECES), max_size=40).map("".join) | st.text(max_size=60)
WORDS = (
    "bank",
    "rates",
    "fog",
    "the",
    "U.S.",
    "us",
    "un",
    "café",
    "東京",
    "anti-bank",
    "1200",
    "of",
)
ASKED = st.lists(
    st.sampled_from(
        [
            *WORDS,
            *(
                '"bank rate"',
                '"the bank of the"',
                '"bank bank"',
                '"rate bank rate"',
                '"か\u3099 東"',
            ),
            *("ba*", "b*", "ra*", "x*", "th*", "-fog", "OR", "title:bank", "by:rate", "place:ba*"),
            *("o'neil", "ﱞ", "\u0301", "a.b", '"x y"', "3.5", "fish", "on*"),
        ]
    ),
    max_size=5,
).map(" ".join)


@settings(deadline=None, max_examples=60)
@given(text=TEXTS)
def test_a_text_parted_at_spaces_has_the_words_of_the_text(text: str) -> None:
    pieces = text.split(" ")
    assert "".join(ENGLISH.in_terms(pieces)).split("\n")[:-1] == list(ENGLISH.terms(text))
    assert "".join(ENGLISH.in_forms(pieces)).split("\n")[:-1] == list(ENGLISH.forms(text))


@settings(deadline=None, max_examples=60)
@given(text=TEXTS, asked=ASKED, field=st.sampled_from(Field))
def test_marks_are_those_of_the_words_one_by_one(text: str, asked: str, field: Field) -> None:
    tree = parse(asked).tree
    expected = plain.PlainMarker(tree, ENGLISH).marks(text, field)
    assert Marker(tree, ENGLISH).marks(text, field) == expected


@settings(deadline=None, max_examples=60)
@given(text=TEXTS, asked=ASKED, most=st.integers(1, 3))
def test_passages_are_those_of_all_runs_of_sentences(text: str, asked: str, most: int) -> None:
    marks = Marker(parse(asked).tree, ENGLISH).marks(text)
    assert best_passages(text, marks, most) == plain.best_passages(text, marks, most)
