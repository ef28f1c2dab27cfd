"""What changed between two revisions."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from archive.article import Article, Published
from archive.difference import Change, Kind, Piece, difference
from archive.topic_rules import with_rules

FIRST = "The quay at Port Ellis was closed on Thursday."
SECOND = "Ministers met there for the whole day."
THIRD = "A brass band from Lowmoor played until the rain came."
ARTICLE = Article("a", "https://gannet.example/a", "The Gannet", "Quay closed", FIRST)


def texts(change: Change, without: Kind) -> str:
    return "\n\n".join(
        "".join(piece.text for piece in paragraph if piece.kind is not without)
        for paragraph in change.paragraphs
        if any(piece.kind is not without for piece in paragraph)
    )


def test_equal_revisions_do_not_differ() -> None:
    assert difference(ARTICLE, replace(ARTICLE, id="b")) == []


def test_topics_that_rules_set_are_no_revisions_change() -> None:
    assert difference(ARTICLE, with_rules(ARTICLE, ["harbours"])) == []


def test_a_changed_word_is_marked_and_the_rest_stays() -> None:
    after = replace(ARTICLE, text=FIRST.replace("Thursday", "Friday"))
    assert difference(ARTICLE, after) == [
        Change(
            "text",
            (
                (
                    Piece(Kind.SAME, "The quay at Port Ellis was closed on "),
                    Piece(Kind.REMOVED, "Thursday"),
                    Piece(Kind.ADDED, "Friday"),
                    Piece(Kind.SAME, "."),
                ),
            ),
        )
    ]


def test_a_figure_is_marked_whole() -> None:
    after = replace(ARTICLE, text="The works cost 4.7 million from 12:30.")
    (change,) = difference(replace(ARTICLE, text="The works cost 4.2 million from 12:15."), after)
    marked = [piece.text for piece in change.paragraphs[0] if piece.kind is not Kind.SAME]
    assert marked == ["4.2", "4.7", "12:15", "12:30"]


def test_a_paragraph_that_came_in_is_added_between_those_that_stayed() -> None:
    before = replace(ARTICLE, text=f"{FIRST}\n\n{THIRD}")
    after = replace(ARTICLE, text=f"{FIRST}\n\n{SECOND}\n\n{THIRD}")
    (change,) = difference(before, after)
    assert [p[0].kind for p in change.paragraphs] == [Kind.SAME, Kind.ADDED, Kind.SAME]


def test_a_paragraph_without_words_in_common_is_not_shown_as_edited() -> None:
    (change,) = difference(ARTICLE, replace(ARTICLE, text="Rates fell by half a point."))
    assert [p[0].kind for p in change.paragraphs] == [Kind.REMOVED, Kind.ADDED]


def test_every_field_that_changed_is_named_in_reading_order() -> None:
    after = replace(
        ARTICLE,
        headline="Quay open",
        byline=("Ada Moor", "Ben Tull"),
        published=Published("2024-06-13"),
        topics=("politics",),
    )
    assert [c.field for c in difference(ARTICLE, after)] == [
        "headline",
        "byline",
        "published",
        "topics",
    ]


WORD = st.sampled_from(["the", "quay", "at", "Port", "Ellis", "was", "shut.", "“not”"])
PARAGRAPH = st.lists(WORD, min_size=1)
TEXT = st.lists(PARAGRAPH.map(" ".join), min_size=1, max_size=6).map("\n\n".join)


@given(TEXT, TEXT)
def test_both_revisions_can_be_read_out_of_the_difference(old: str, new: str) -> None:
    for change in difference(replace(ARTICLE, text=old), replace(ARTICLE, text=new)):
        assert texts(change, Kind.ADDED) == old
        assert texts(change, Kind.REMOVED) == new
