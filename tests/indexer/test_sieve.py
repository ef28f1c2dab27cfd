"""The sieve holds back nothing that matches: marks are those of the whole analysis."""

from collections.abc import Sequence
from unicodedata import normalize

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from archive.store import Change
from indexer import marking, places, sieve
from indexer.analysis import Analyzer
from indexer.marking import Mark, Marker
from indexer.query import parse
from indexer.tree import Exact, Node, Placed, Prefix, Wildcard, Words
from tests.examples import examples
from tests.indexer.test_equality import commits
from tests.indexer.test_evaluate import every_tree

ENGLISH, FRENCH = Analyzer("english"), Analyzer("french")
ENDINGS = (
    *("", "s", "es", "ed", "ing", "ly", "y", "ies", "ied", "e", "er", "ational", "ization"),
    *("ability", "ibility", "able", "ibly", "fulness", "ousness", "iveness", "ement", "ogy"),
    *("ogist", "ency", "ance", "ize", "al", "ic", "icate", "ative", "ying", "ie", "ll", "bb"),
)
STEMS = st.text("abcdeiloprstuyz", max_size=6)
WORDS_OF_LETTERS = st.builds("".join, st.tuples(STEMS, *[st.sampled_from(ENDINGS)] * 2))
PIECES = st.sampled_from(
    [
        *("bank", "Banks", "banking", "bank's", "bank’s", "o'neill", "O’Neill", "oneill", "d'o'b"),
        *("dying", "die", "vying", "vie", "ability", "able", "abilities", "skies", "sky"),
        *("U.S.", "US", "us", "USA", "u.n.", "UN", "U.N.'s", "AT&T", "C++", "F-16", "16", "G7"),
        *("1,200", "1200", "1,234,567", "1.5million", "9/11", "١٢", "２０２４", "2,024", "1200.5"),
        *("résumé", "resume", "re\u0301sume\u0301", "ｂａｎｋ", "b\u00adank", "baﬁn", "bafin"),
        *("東京", "Åsa", "Straße", "strasse", "l'économie", "l’economie", "\u212aelvin", "İ"),
        *("“bank”", "‘rate’", "bank—rate", "bank…", "€50", "bank\xa0rate", "ban'k", "'", "\ud800"),
        *(" ", " ", " ", " ", ". ", ", ", "\n", "\n\n", "\n \n", "\n'\n", "\t"),
    ]
)
TEXTS = st.lists(PIECES | WORDS_OF_LETTERS | st.text(max_size=3), max_size=40).map("".join)
QUERIES = st.lists(
    st.sampled_from(
        [
            *("bank", "bank*", "b?nk", "*ank*", '"bank rate"', "rate W/3 bank", "bank /s rate"),
            *("die", "vie", "able", "sky", "US", "un", "UN", "u*", "oneill", "o'neill", "C++"),
            *("1200", "1,200", "1234567", "16", "F-16", "G7", "2024", "AT&T", "12*", "16*"),
            *("résumé", "bafin", "bafin*", "strasse", "東京", "kelvin", "économie", "bank~"),
            *("atleast2(bank)", "-bank", "hlead:bank", "(bank OR rate) die", "rate"),
        ]
    )
    | WORDS_OF_LETTERS,
    min_size=1,
    max_size=4,
).map(" ".join)


def marks(marker: Marker, text: str, monkeypatch: pytest.MonkeyPatch) -> tuple[list[Mark], ...]:
    """The marks with the sieve, however short the text, and without it."""
    places.forget()
    with monkeypatch.context() as patched:
        patched.setattr(marking, "_SHORTEST", 0)
        patched.setattr(marking, "_FEW", 1)
        sieved = marker.marks(text)
        patched.setattr(marking, "_SHORTEST", 10**9)
        return sieved, marker.marks(text)


@settings(deadline=None, max_examples=examples(500))
@given(text=TEXTS, query=QUERIES, analyzer=st.sampled_from([ENGLISH, FRENCH]))
@example(text="He was vying, dying\n\nU.N.'s ability", query="vie un able", analyzer=ENGLISH)
def test_marks_are_those_of_the_whole_analysis(text: str, query: str, analyzer: Analyzer) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        marker = Marker(parse(query).tree, analyzer)
        sieved, whole = marks(marker, text, monkeypatch)
    assert sieved == whole
    assert marker.may_mark(text) or not whole


@settings(deadline=None, max_examples=examples(150))
@given(batches=commits, tree=every_tree)
def test_marks_of_any_tree_are_those_of_the_whole_analysis(
    batches: Sequence[Sequence[Change]], tree: Node
) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        marker = Marker(tree, ENGLISH)
        for batch in batches:
            for change in batch:
                if change.article:
                    sieved, whole = marks(marker, change.article.text, monkeypatch)
                    assert sieved == whole


@settings(deadline=None, max_examples=examples(2000))
@given(word=WORDS_OF_LETTERS | st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1))
def test_every_word_of_a_term_passes_what_is_asked_of_the_term(word: str) -> None:
    for token in ENGLISH.tokens(word):
        asked = sieve.tests(Words(token.term), ENGLISH)
        assert sieve.passes(sieve.letters(word), asked) or ENGLISH.terms(token.term) != (
            token.term,
        )
        asked_word = sieve.tests(Words(word), ENGLISH)
        assert sieve.passes(sieve.letters(word), asked_word)


@pytest.mark.parametrize(
    ("part", "text", "lets"),
    [
        (Words("cries"), "He cried.", True),
        (Words("cries"), "He laughed.", False),
        (Words("ability"), "Able abilities.", True),
        (Words("money laundering"), "Money was laundered.", True),
        (Words("money laundering"), "Money was spent.", False),
        (Words("UN"), "the U.N. said", True),
        (Words("oneill"), "“O’Neill” – said", True),
        (Words("1200"), "some 1,200 ships", True),
        (Words("1200"), "some 1,300 ships", False),
        (Words("fog"), "café", True),
        (Words("東京"), "Tokyo", False),
        (Prefix("smugg"), "Smuggler", True),
        (Prefix("smugg"), "ship", False),
        (Wildcard("colo?r"), "Colour", True),
        (Exact("banks"), "bank", False),
    ],
)
def test_a_sieve_lets_through_what_may_match_and_holds_back_most(
    part: Placed, text: str, lets: bool
) -> None:
    assert sieve.passes(sieve.letters(text), sieve.tests(part, ENGLISH)) is lets


def test_letters_are_those_of_the_composed_text_only_where_nothing_is_folded() -> None:
    assert sieve.letters("Bank’s “O'Neill”") == "banks “oneill”".encode()
    assert sieve.letters(normalize("NFD", "é")) is None
