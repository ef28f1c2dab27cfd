import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from indexer.spellings import COMPOUNDS, PREFIXES, in_one, spellings


@pytest.mark.parametrize(
    ("word", "others"),
    [
        ("anti-narcotics", ("antinarcotics",)),
        ("Anti‑Narcotics,", ("AntiNarcotics",)),
        ("antinarcotics", ("anti narcotics",)),
        ("COVID-19", ("COVID19",)),
        ("covid19", ("covid 19",)),
        ("50m", ("50 m",)),
        ("ceasefires", ("cease fires",)),
        ("policymakers", ("policy makers",)),
        ("email", ("e mail",)),
        ("Müller", ("Mueller",)),
        ("mother-in-law", ("motherinlaw",)),
    ],
)
def test_a_word_is_also_written_so(word: str, others: tuple[str, ...]) -> None:
    assert spellings(word) == others


@pytest.mark.parametrize(
    "word",
    [
        *("", "-", "anti", "antic", "bank", "9-11", "2024-06-20", "20th", "1990s", "U.S.-led"),
        *("C++", "a b", "anti narcotics", "a-b-c-d-e-f", "emu"),
    ],
)
def test_other_words_are_written_in_one_way(word: str) -> None:
    assert spellings(word) == ()


@pytest.mark.parametrize(
    ("pair", "joined"),
    [
        (("anti", "narcotics"), ("antinarcotics",)),
        (("Cease", "fire"), ("Ceasefire",)),
        (("O", "Neill"), ("ONeill",)),
        (("anti", "x"), ()),
        (("the", "bank"), ()),
        (("air", "waves"), ()),
        (("mc", "50"), ()),
    ],
)
def test_two_words_are_one_where_they_are_known_to_be(
    pair: tuple[str, str], joined: tuple[str, ...]
) -> None:
    assert in_one(*pair) == joined


def test_what_is_joined_is_parted_again() -> None:
    for compound in (*COMPOUNDS, *(f"{prefix}-narcotic" for prefix in PREFIXES)):
        first, second = compound.split("-")
        assert in_one(first, second) == spellings(compound) == (first + second,)
        assert spellings(first + second) == (f"{first} {second}",)


@given(word=st.text() | st.text("anti-e1ü 9‑"))
@example("a" * 20_000 + "-")
@example("-".join("a" * 10_000))
@example(f"a{'!' * 20_000}a")
def test_a_spelling_has_the_letters_of_the_word(word: str) -> None:
    for other in spellings(word):
        letters = re.sub(r"[\W_]", "", other.translate(str.maketrans("", "", "e")))
        plain = re.sub(r"[\W_e]", "", word)
        for umlaut, letter in zip("äöüÄÖÜ", "aouAOU", strict=True):
            plain = plain.replace(umlaut, letter)
        assert letters in (plain, re.sub(r"[\W_e]", "", word))
