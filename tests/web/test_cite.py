"""Citations, by the examples of the styles' own manuals turned to our invented articles."""

from dataclasses import replace

import pytest
from hypothesis import given

from archive.article import Article, Published
from tests.archive.export.samples import BARE, STRIKE, articles
from web.cite import citations

SIGNED = replace(STRIKE, published=Published("2024-09-05"))
AT = "https://gazette.example/strike"


def cited(article: Article) -> dict[str, str]:
    return {one.style: one.text for one in citations(article)}


def test_a_signed_article() -> None:
    assert cited(SIGNED) == {
        "APA": "Renck, T., & Marsh-Avery, J. (2024, September 5). Harbour strike ends after 12"
        f" weeks. The Harbour Gazette. {AT}",
        "Chicago": "Renck, Tobias, and Judith Marsh-Avery. “Harbour strike ends after 12 weeks.”"
        f" The Harbour Gazette, September 5, 2024. {AT}.",
        "MLA": "Renck, Tobias, and Judith Marsh-Avery. “Harbour strike ends after 12 weeks.” The"
        " Harbour Gazette, 5 Sept. 2024, gazette.example/strike.",
        "AP": "Tobias Renck and Judith Marsh-Avery, “Harbour strike ends after 12 weeks,” The"
        f" Harbour Gazette, Sept. 5, 2024, {AT}",
    }


def test_nothing_but_a_headline_is_known() -> None:
    assert cited(BARE) == {
        "APA": "Untold. (n.d.). Meridian.",
        "Chicago": "Meridian. “Untold.” N.d.",
        "MLA": "“Untold.” Meridian.",
        "AP": "“Untold,” Meridian, undated",
    }


def test_a_month_is_cited_as_a_month() -> None:
    found = cited(replace(SIGNED, published=Published("2024-09")))
    assert "(2024, September)." in found["APA"]
    assert ", September 2024." in found["Chicago"]
    assert ", Sept. 2024," in found["MLA"]
    assert ", September 2024," in found["AP"]


def test_the_newspaper_is_in_italics_but_in_news_copy() -> None:
    italic = {one.style: "<i>The Harbour Gazette</i>" in one.markup for one in citations(SIGNED)}
    assert italic == {"APA": True, "Chicago": True, "MLA": True, "AP": False}


@pytest.mark.parametrize(
    ("headline", "apa", "chicago"),
    [
        ("Is it over?", "Is it over? The", "“Is it over?” "),
        ("It is over.", "It is over. The", "“It is over.” "),
        ("He said “no”", "He said “no”. The", "“He said ‘no’.” "),
        ('The "end" of it', 'The "end" of it. The', "“The ‘end’ of it.” "),
    ],
)
def test_a_headline_keeps_its_own_end_and_its_quotes_go_inside(
    headline: str, apa: str, chicago: str
) -> None:
    found = cited(replace(SIGNED, headline=headline))
    assert apa in found["APA"]
    assert chicago in found["Chicago"]


def test_of_many_authors_each_style_names_as_many_as_it_does() -> None:
    many = replace(SIGNED, byline=tuple(f"Ada {letter}moor" for letter in "ABCDEFG"))
    found = cited(many)
    assert found["APA"].startswith("Amoor, A., Bmoor, A., Cmoor, A., ")
    assert ", & Gmoor, A. (" in found["APA"]
    assert found["Chicago"].startswith("Amoor, Ada, Ada Bmoor, Ada Cmoor, et al. “")
    assert found["MLA"].startswith("Amoor, Ada, et al. “")


def test_a_newsroom_is_cited_as_it_stands() -> None:
    found = cited(replace(SIGNED, byline=("Meridian staff",)))
    assert found["APA"].startswith("Meridian staff. (2024")
    assert found["MLA"].startswith("Meridian staff. “")


@given(articles())
def test_no_citation_holds_markup_of_an_article(article: Article) -> None:
    for one in citations(article):
        assert "<" not in one.markup.replace("<i>", "").replace("</i>", "")
        assert one.markup.striptags() == " ".join(one.text.split()) or "<" in one.text
