"""Marks and passages, held to those found by brute force."""

from collections.abc import Iterable

from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.analysis import Analyzer, bound, paragraphs, sentence_starts, words_and_bounds
from indexer.marking import Mark, Marker
from indexer.query import parse
from indexer.snippet import best_passages
from indexer.tree import (
    And,
    AtLeast,
    Exact,
    Field,
    Fuzzy,
    Near,
    Node,
    Not,
    Placed,
    Prefix,
    Together,
    Unit,
    Wildcard,
    Words,
)
from tests.examples import examples
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


LETTERS = st.text(alphabet="abc", min_size=1, max_size=4)
SMALL_TEXTS = st.lists(
    st.sampled_from(["a", "b", "c", "ab", "abc", "ba", "B-c", ". A", "\n\n", "a\nb", "—"]),
    max_size=16,
).map(" ".join)
SMALL_PARTS = st.one_of(
    st.builds(Words, st.sampled_from(["a", "b", "a b", "b-c", "c"])),
    st.builds(Exact, st.sampled_from(["ab", "a b", "abc"])),
    st.builds(Prefix, LETTERS),
    st.builds(Wildcard, st.text(alphabet="ab?*", min_size=1, max_size=5)),
    st.builds(Fuzzy, LETTERS, st.integers(1, 2)),
)
GROUPS = (
    st.lists(SMALL_PARTS, min_size=2, max_size=3)
    .map(tuple)
    .flatmap(
        lambda parts: st.one_of(
            st.builds(Near, st.just(parts), st.integers(1, 4), st.booleans()),
            st.builds(Together, st.just(parts), st.sampled_from(Unit)),
        )
    )
)


def marked(tree: Node, text: str, field: Field = Field.ANY, *, opens: bool = True) -> list[str]:
    """The marked words."""
    marks = Marker(tree, ENGLISH).marks(text, field, opens=opens)
    return [text[m.start : m.end] for m in marks]


@settings(deadline=None, max_examples=examples(60))
@given(text=TEXTS)
def test_a_text_parted_at_spaces_has_the_words_of_the_text(text: str) -> None:
    pieces = text.split(" ")
    assert "".join(ENGLISH.in_terms(pieces)).split("\n")[:-1] == list(ENGLISH.terms(text))
    assert "".join(ENGLISH.in_forms(pieces)).split("\n")[:-1] == list(ENGLISH.forms(text))


@settings(deadline=None, max_examples=examples(60))
@given(text=TEXTS)
def test_sentences_begin_where_the_bounds_between_words_say(text: str) -> None:
    for start, end in paragraphs(text):
        pieces = words_and_bounds(text[start:end])
        assert len(sentence_starts(text, start, end)) == 1 + sum(map(bool, map(bound, pieces)))


@settings(deadline=None, max_examples=examples(60))
@given(text=TEXTS, asked=ASKED, field=st.sampled_from(Field))
def test_marks_are_those_of_the_words_one_by_one(text: str, asked: str, field: Field) -> None:
    tree = parse(asked).tree
    expected = plain.PlainMarker(tree, ENGLISH).marks(text, field)
    assert Marker(tree, ENGLISH).marks(text, field) == expected


@settings(deadline=None, max_examples=examples(60))
@given(text=TEXTS, asked=ASKED, most=st.integers(1, 3))
def test_passages_are_those_of_all_runs_of_sentences(text: str, asked: str, most: int) -> None:
    marks = Marker(parse(asked).tree, ENGLISH).marks(text)
    assert best_passages(text, marks, most) == plain.best_passages(text, marks, most)


@settings(deadline=None, max_examples=examples(60))
@given(text=SMALL_TEXTS, part=SMALL_PARTS)
def test_a_part_is_marked_wherever_it_stands_alone(text: str, part: Placed) -> None:
    expected = set()
    for start, end in paragraphs(text):
        tokens = [t for t in ENGLISH.tokens(text) if start <= t.start < end]
        for first, last in plain.places_of(part, tokens, ENGLISH):
            expected.add((tokens[first].start, tokens[last].end))
    marks = Marker(part, ENGLISH).marks(text)
    assert [(m.start, m.end) for m in marks] == without_overlaps(expected)


@settings(deadline=None, max_examples=examples(200))
@given(text=SMALL_TEXTS, group=GROUPS)
def test_near_words_are_marked_where_they_make_a_match(text: str, group: Near | Together) -> None:
    expected = plain.taking_part(group, text, ENGLISH)
    marks = Marker(group, ENGLISH).marks(text)
    assert [(m.start, m.end) for m in marks] == without_overlaps(expected)


def without_overlaps(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    return [(m.start, m.end) for m in plain.disjoint([Mark(*span, 0) for span in spans])]


def test_words_far_from_each_other_are_not_marked() -> None:
    near = Near((Words("bank"), Words("rate")), within=2)
    assert marked(near, "Bank rate fog. A bank that, they say, has a rate.") == ["Bank", "rate"]
    assert marked(near, "The bank.\n\nRate") == []


def test_distance_counts_from_the_last_word_of_a_phrase() -> None:
    near = Near((Words("bank rate"), Words("fog")), within=1)
    assert marked(near, "bank rate fog, sea, bank rate sea fog") == ["bank rate", "fog"]


def test_of_words_in_order_only_those_in_a_whole_row_are_marked() -> None:
    row = Near((Words("bank"), Words("rate"), Words("fog")), within=5, ordered=True)
    assert marked(row, "rate bank rate fog rate") == ["bank", "rate", "fog"]


def test_of_two_parts_on_one_word_the_word_marks_it_and_not_the_pattern() -> None:
    marks = Marker(parse("ba* bank").tree, ENGLISH).marks("bank baker")
    assert [m.part for m in marks] == [1, 0]


def test_each_part_of_a_group_counts_as_a_part_of_the_query() -> None:
    near = And((Words("fog"), Near((Words("bank"), Words("rate")), within=2), Words("sea")))
    marks = Marker(near, ENGLISH).marks("fog, bank rate, sea")
    assert [m.part for m in marks] == [0, 1, 2, 3]


def test_together_marks_only_where_all_stand_in_one_sentence() -> None:
    together = Together((Words("bank"), Words("rate")), Unit.SENTENCE)
    text = "The bank slept. A rate rose. The rate of the bank fell."
    assert marked(together, text) == ["rate", "bank"]
    assert marked(Together(together.parts, Unit.PARAGRAPH), text) == [
        "bank",
        "rate",
        "rate",
        "bank",
    ]


def test_exact_forms_do_not_mark_other_forms() -> None:
    assert marked(Exact("banks"), "Banks, bank, BANKS’ banking") == ["Banks", "BANKS"]


def test_patterns_mark_whole_words() -> None:
    assert marked(Wildcard("organi?ation*"), "Organisations; organization, organ") == [
        "Organisations",
        "organization",
    ]
    assert marked(Fuzzy("Merkel"), "Merkle, Markel’s, Merk") == ["Merkle", "Markel’s"]


def test_a_pattern_with_many_stars_comes_to_an_end() -> None:
    assert marked(Wildcard("*a" * 30 + "*b"), "a" * 5000) == []
    assert marked(Wildcard("*a" * 30 + "*b"), "a" * 5000 + "b") == ["a" * 5000 + "b"]


def test_what_must_stand_several_times_is_marked_wherever_it_stands() -> None:
    assert marked(AtLeast(2, Words("bank")), "bank, banks\n\nbank") == ["bank", "banks", "bank"]


def test_a_group_behind_not_is_not_marked() -> None:
    group = Near((Words("bank"), Words("rate")), within=2)
    assert marked(And((Words("fog"), Not(group))), "fog, bank rate") == ["fog"]


def test_the_field_of_a_group_counts_and_not_those_of_its_parts() -> None:
    group = Near((Words("bank", Field.BY), Words("rate")), within=2, field=Field.TITLE)
    assert marked(group, "bank rate") == []
    assert marked(group, "bank rate", Field.TITLE) == ["bank", "rate"]


def test_a_part_for_the_lede_marks_headline_and_first_paragraph() -> None:
    lede = Words("bank", Field.LEDE)
    text = "—\n\nA bank slept.\n\nThe bank woke."
    assert marked(lede, text) == ["bank"]
    assert marked(lede, text, Field.TITLE) == ["bank", "bank"]
    assert marked(lede, text, opens=False) == []
    assert marked(lede, text, Field.BY) == []
