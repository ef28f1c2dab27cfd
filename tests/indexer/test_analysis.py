import unicodedata
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from indexer.analysis import (
    Analyzer,
    Bound,
    analyzer,
    bound,
    first_words,
    fold,
    has_words,
    last_word,
    sentence_starts,
    words_and_bounds,
)
from tests.examples import examples

ENGLISH = Analyzer("english")


WRITING = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from("abcUSN.'’ʼ-_,0123456789 éÅ\u0301\u3099かが東𠮷&+#\u00ad\u200bйلِ״"),
    )
)


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("", []),
        ("— … ’ ' \" . - _ * ʼ ́ ・", []),
        ("Bank banks BANKING banked", ["bank", "bank", "bank", "bank"]),
        ("running runs run", ["run", "run", "run"]),
        ("The Who are on it", ["the", "who", "are", "on", "it"]),
        ("US U.S. USA U.S.A. u.s.", ["u.s."] * 5),
        ("US's U.S.’s", ["u.s.", "u.s."]),
        ("Us us US-led", ["us", "us", "u.s.", "led"]),
        ("U.N. UN U.N.’s N.A.T.O. e.g.", ["un", "un", "un", "nato", "eg"]),
        ("J.R.R. Stone", ["jrr", "stone"]),
        ("anti-narcotics", ["anti", "narcot"]),
        ("mayor's mayor’s MAYOR'S mayors'", ["mayor"] * 4),
        ("O'Neill O’Neill OʼNeill ONeill", ["oneil"] * 4),
        ("rock 'n' roll", ["rock", "n", "roll"]),
        ("Åsa Søren Dubois-Côté", ["asa", "soren", "duboi", "cote"]),
        ("café cafe\u0301 CAFÉ", ["cafe"] * 3),
        ("straße STRASSE", ["strass", "strass"]),
        ("ﬁne 𝐁𝐚𝐧𝐤 ＢＡＮＫ", ["fine", "bank", "bank"]),
        ("1,200 1200 3.5 2024 1,2 10.000,5", ["1200", "1200", "3.5", "2024", "1,2", "10.000,5"]),
        ("1990's 1990s", ["1990", "1990s"]),
        ("東京都", ["東", "京", "都"]),
        ("東京tower", ["東", "京", "tower"]),
        ("が か\u3099 カ", ["が", "が", "カ"]),
        ("𠮷野", ["𠮷", "野"]),
        ("AT&T AT&T's C++ C# A&B&C", ["at&t", "at&t", "c++", "c#", "a&b&c"]),
        ("B2B&more Disney+ #tag A+", ["b2b", "more", "disney", "tag", "a"]),
        ("usa Usa", ["u.s."] * 2),
        ("par\u00adlia\u200bment", ["parliament"]),
        ("ł đ ı æ œ þ", ["l", "d", "i", "ae", "oe", "th"]),
        ("ｶﾞｽ ガス", ["ガ", "ス", "ガ", "ス"]),
        ("новый новые", ["нов", "нов"]),
        ("كِتَاب كتاب", ["كتاب", "كتاب"]),
        ("١٬٢٠٠ 1,200 ٣٫٥", ["1200", "1200", "3.5"]),
        ("snake_case", ["snake", "case"]),
        ("<b>bold</b>", ["b", "bold", "b"]),
    ],
)
def test_a_text_becomes_these_terms(text: str, terms: list[str]) -> None:
    assert list(ENGLISH.terms(text)) == terms


def test_a_form_is_the_folded_word_before_it_is_stemmed() -> None:
    assert ENGLISH.forms("Running cafés O’Neill U.S. 1,200") == (
        "running",
        "cafes",
        "oneill",
        "u.s.",
        "1200",
    )


def test_the_stems_are_those_of_the_language() -> None:
    assert Analyzer("german").terms("Häuser Hauses") == ("haus", "haus")
    assert ENGLISH.terms("Hauses") == ("haus",)
    with pytest.raises(KeyError):
        Analyzer("klingon")


def test_each_script_has_its_stemmer_and_the_language_counts_for_its_own() -> None:
    for language in ("english", "german", "chinese", "russian"):
        assert Analyzer(language).terms("новые войска rates") == (
            "нов",
            "войск",
            "rat" if language == "german" else "rate",
        )
    assert Analyzer("serbian").terms("новые") != ("нов",)
    assert Analyzer("hebrew").terms("בנקים") == ("בנקים",)


@pytest.mark.parametrize(
    ("language", "text", "terms"),
    [
        ("french", "L’économie qu'elle aujourd'hui", ("econom", "elle", "aujourdhui")),
        ("french", "arrêté arrêtée arrêtées", ("arret",) * 3),
        ("italian", "dell’Italia Usa usa", ("ital", "u.s.", "usa")),
        ("portuguese", "eleição eleições", ("eleica",) * 2),
        ("spanish", "usa USA", ("usa", "u.s.")),
        ("german", "1.200 1,5 10.000,5", ("1200", "1,5", "10000,5")),
        ("english", "l’économie", ("leconomi",)),
    ],
)
def test_a_language_has_rules_of_its_own(language: str, text: str, terms: tuple[str, ...]) -> None:
    assert Analyzer(language).terms(text) == terms


def test_sentences_end_as_their_script_ends_them() -> None:
    text = "他来了。“好！”她说。Yes. 走吧。"
    starts = sentence_starts(text, 0, len(text))
    assert [text[a:b] for a, b in pairwise([*starts, len(text)])] == [
        "他来了。",
        "“好！”",
        "她说。",
        "Yes. ",
        "走吧。",
    ]
    kinds = [bound(piece) for piece in words_and_bounds(f"好。\n\n{text}")]
    assert kinds.count(Bound.PARAGRAPH) == 1
    assert kinds.count(Bound.SENTENCE) == 4


@settings(deadline=None, max_examples=examples(60))
@given(text=WRITING)
def test_a_text_in_pieces_has_the_words_of_the_whole(text: str) -> None:
    pieces = text.replace("\n", " ").split(" ")
    assert "".join(ENGLISH.in_terms(pieces)).split("\n")[:-1] == list(
        ENGLISH.terms(" ".join(pieces))
    )
    assert "".join(ENGLISH.in_forms(pieces)).split("\n")[:-1] == list(
        ENGLISH.forms(" ".join(pieces))
    )


def test_positions_can_begin_anywhere() -> None:
    assert [token.position for token in ENGLISH.tokens("one two three", 1000)] == [
        1000,
        1001,
        1002,
    ]


def test_an_offset_covers_the_word_with_its_possessive_and_its_accents() -> None:
    text = "🐟 The café\u0301’s owner, U.S.-born"
    words = [text[token.start : token.end] for token in ENGLISH.tokens(text)]
    assert words == ["The", "café\u0301’s", "owner", "U.S.", "born"]


@settings(deadline=None, max_examples=examples(300))
@given(text=WRITING)
@example("\u0301")
@example("ʼ")
@example("\ufe70")
def test_tokens_stand_in_order_where_their_offsets_say(text: str) -> None:
    tokens = list(ENGLISH.tokens(text))
    assert [token.position for token in tokens] == list(range(len(tokens)))
    end = 0
    for token in tokens:
        assert end <= token.start < token.end <= len(text)
        end = token.end
        assert token.term
        assert token.form
    assert has_words(text) == bool(tokens)
    # A word alone is the word that it is in its place.
    for token in tokens:
        first = next(ENGLISH.tokens(text[token.start : token.end]))
        assert first.start == 0


LETTERS = st.one_of(
    *(
        st.characters(min_codepoint=first, max_codepoint=last, categories=("L", "Zs"))
        for first, last in ((0x20, 0x24F), (0x1E00, 0x1EFF), (0x3041, 0x30FF), (0xAC00, 0xD7A3))
    )
)


@settings(deadline=None, max_examples=examples(200))
@given(text=st.text(LETTERS))
def test_composed_and_decomposed_text_has_the_same_terms(text: str) -> None:
    composed, decomposed = (unicodedata.normalize(form, text) for form in ("NFC", "NFD"))
    assert ENGLISH.terms(composed) == ENGLISH.terms(decomposed)


@pytest.mark.parametrize("word", ["café", "Åsa", "naïve", "Ærø", "façade", "Łódź", "が", "ガ"])
def test_an_accent_may_be_written_either_way(word: str) -> None:
    composed, decomposed = (unicodedata.normalize(form, word) for form in ("NFC", "NFD"))
    assert ENGLISH.terms(composed) == ENGLISH.terms(decomposed)


@settings(deadline=None, max_examples=examples(200))
@given(text=WRITING)
def test_folding_twice_is_folding_once(text: str) -> None:
    for token in ENGLISH.tokens(text):
        assert fold(token.form) == token.form or token.form == "u.s."


@settings(deadline=None, max_examples=examples(200))
@given(text=WRITING, most=st.integers(1, 5))
def test_the_first_words_of_a_text_are_those_of_the_whole(text: str, most: int) -> None:
    assert ENGLISH.terms(first_words(text, most)) == ENGLISH.terms(text)[:most]
    head, last = last_word(text)
    assert head + last == text or (head, last) == (text, "")


@pytest.mark.parametrize(
    ("text", "parted"),
    [
        ("anti-narc", ("anti-", "narc")),
        ("O'Neill", ("", "O'Neill")),
        ("cafe\u0301", ("", "cafe\u0301")),
        ("bank.", ("bank.", "")),
        ("U.S.", ("U.S.", "")),
        ("3.5", ("3.5", "")),
        ("東京", ("東京", "")),
        ("", ("", "")),
    ],
)
def test_the_last_word_is_one_of_letters_at_the_very_end(
    text: str, parted: tuple[str, str]
) -> None:
    assert last_word(text) == parted


def test_threads_share_one_analyzer() -> None:
    shared = Analyzer("english")
    texts = [f"running{n} governments banks{n} ministries U.S. café {n}" * 5 for n in range(300)]
    expected = [Analyzer("english").terms(text) for text in texts]
    with ThreadPoolExecutor(16) as pool:
        for _ in range(3):
            assert list(pool.map(shared.terms, texts)) == expected


@given(word=st.text(alphabet=st.characters(max_codepoint=127), max_size=12))
def test_a_plain_word_folds_as_any_other(word: str) -> None:
    among_others = fold(f"é{word}")
    assert fold(word) == (among_others.removeprefix("e") or word.lower())


def test_what_is_remembered_of_texts_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(analyzer, "_MOST_PIECES", 8)
    english = Analyzer("english")
    pieces = [f"gulls{n}," for n in range(30)] + ["x" * 1000]
    for _ in range(2):
        assert english.in_terms(pieces) == [f"{piece.strip(',')}\n" for piece in pieces]
    assert len(english._in_terms) <= 8


@example("US")
@example("us")
@example("On")
@given(st.text(alphabet="abcegilnorstuyABEILNOSU", min_size=1, max_size=10))
def test_a_possessive_has_the_faces_of_its_word(word: str) -> None:
    assert ENGLISH.face(f"{word}'s") == ENGLISH.face(word)
