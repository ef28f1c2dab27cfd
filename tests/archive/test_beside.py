"""What differs between two copies of a story."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from archive.article import Article
from archive.beside import beside
from archive.difference import Kind, Paragraph, in_short

FIRST = "The quay at Port Ellis was closed on Thursday."
SECOND = "Ministers met there for the whole day."
THIRD = "A brass band from Lowmoor played until the rain came."
ONE = Article(
    "a", "https://gannet.example/a", "The Gannet", "Quay closed", f"{FIRST} {SECOND}\n\n{THIRD}"
)


def said(paragraphs: tuple[Paragraph, ...], without: Kind) -> str:
    return "".join(p.text for pieces in paragraphs for p in pieces if p.kind is not without)


def test_where_a_paragraph_begins_is_no_difference() -> None:
    found = beside(ONE, replace(ONE, id="b", text=f"{FIRST}\n\n{SECOND} {THIRD}"))
    assert found.same_text
    assert found.fields == ()
    assert (found.only_one, found.only_other) == (0, 0)


def test_an_edited_sentence_is_marked_by_its_words_alone() -> None:
    found = beside(ONE, replace(ONE, text=ONE.text.replace("the whole day", "two hours")))
    marked = [(p.kind, p.text) for pieces in found.paragraphs for p in pieces if p.kind != "same"]
    assert marked == [(Kind.REMOVED, "the whole day"), (Kind.ADDED, "two hours")]


def test_what_the_other_cut_stands_where_it_would_be() -> None:
    found = beside(ONE, replace(ONE, text=f"{FIRST}\n\n{THIRD}"))
    first, second = found.paragraphs
    assert [p.kind for p in first] == [Kind.SAME, Kind.REMOVED]
    assert [p.kind for p in second] == [Kind.SAME]
    assert found.only_one == 7


def test_fields_are_told_side_by_side_but_for_source_and_link() -> None:
    other = replace(ONE, source="The Herald", headline="Quay shut", byline=("Ada Moor",))
    fields = beside(ONE, other).fields
    assert [(f.field, f.one, f.other) for f in fields] == [
        ("headline", "Quay closed", "Quay shut"),
        ("byline", "", "Ada Moor"),
    ]


def test_chinese_and_hindi_are_marked_by_what_can_be_read_alone() -> None:
    one = replace(ONE, text="地震が発生した。津波はない。\n\nपुल बंद कर दिया गया है।")
    other = replace(ONE, text="地震が発生する。津波はない。\n\nपुल खोल कर दिया गया है।")
    marked = [
        p.text for pieces in beside(one, other).paragraphs for p in pieces if p.kind != "same"
    ]
    assert marked == ["た", "る", "बंद", "खोल"] or marked == ["した", "する", "बंद", "खोल"]


_TEXTS = st.lists(st.text(st.sampled_from('ab .!。"\n'), max_size=30), min_size=1, max_size=5).map(
    "\n\n".join
)


@given(_TEXTS, _TEXTS)
def test_nothing_of_either_copy_is_lost(one: str, other: str) -> None:
    found = beside(replace(ONE, text=one), replace(ONE, text=other))
    assert "".join(said(found.paragraphs, Kind.ADDED).split()) == "".join(one.split())
    assert "".join(said(found.paragraphs, Kind.REMOVED).split()) == "".join(other.split())


def test_a_revision_is_told_in_short() -> None:
    after = replace(
        ONE, headline="Quay shut", text=f"{FIRST}\n\n{THIRD}\n\nIt rained.\n\nIt stopped."
    )
    short = in_short(ONE, after)
    assert (short.fields, short.edited, short.added, short.removed) == (("headline",), 1, 2, 0)
