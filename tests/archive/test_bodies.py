"""The text of web pages: the article, all of it, and nothing else."""

import json
import re

import pytest
import trafilatura
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from archive.errors import FormatError
from archive.ingest import pages
from archive.ingest.item import Item
from archive.ingest.pages.blocks import block_text, is_too_deep
from archive.ingest.pages.body import body
from archive.ingest.pages.edges import trimmed
from archive.ingest.pages.pruning import prune
from tests.examples import examples

PARAGRAPHS = [
    "The ferry to Gannet Rock ran aground on Tuesday with ninety people on board, and the "
    "harbour master of Port Ellis said that nobody had been hurt in the least.",
    "Two tugs from Lowmoor pulled until the tide turned. The passengers sang, and the cook gave "
    "out what was left of the soup, which was said to be better than on other days.",
    "An inquiry will begin next week. The captain, who has sailed the Sound for thirty years, "
    "asked for it himself, and the union of pilots has promised to help.",
]
TEXT = "\n\n".join(PARAGRAPHS)


def read(inner: str, head: str = "", after: str = "") -> Item:
    html = f"<!doctype html><html><head><meta charset=utf-8>{head}</head><body>"
    html += f"<article>{inner}</article>{after}</body></html>"
    return pages.read(html.encode(), "page.html", "file:///page.html")


def paragraphs(*between: str) -> str:
    """The invented article, with one of *between* after each of its paragraphs."""
    return "".join(
        f"<p>{text}</p>{between[number] if number < len(between) else ''}"
        for number, text in enumerate(PARAGRAPHS)
    )


@pytest.mark.parametrize(
    "line",
    [
        "<p>Related: <a href=/x>Ferry timetable to change in spring</a></p>",
        "<p><strong>Read more:</strong> <a href=/x>Ferry timetable to change in spring</a></p>",
        "<p><a href=/x>Lesen Sie auch: Der neue Fahrplan der Fähre</a></p>",
        "<p>Lea también: <a href=/x>El nuevo horario del transbordador</a></p>",
        "<p>À lire aussi : <a href=/x>Les nouveaux horaires du bac</a></p>",
        "<p>Leggi anche: <a href=/x>I nuovi orari del traghetto</a></p>",
        "<p>Leia também: <a href=/x>Os novos horários da balsa</a></p>",
        "<p>Lees ook: <a href=/x>De nieuwe dienstregeling van de veerboot</a></p>",
        "<p><a href=/x>FERRY TIMETABLE TO CHANGE IN SPRING</a></p>",
    ],
)
def test_a_line_that_leads_elsewhere_is_no_text(line: str) -> None:
    assert read(paragraphs(line)).text == TEXT


@pytest.mark.parametrize(
    "box",
    [
        "<div class=newsletter-signup><p>The best of the harbour, each week by mail.</p></div>",
        "<div class='related-articles'><p>Nine ferries that never came back home.</p></div>",
        "<div class=author-bio><p>Ada Moor has written of boats since she was nine.</p></div>",
        "<div class=cookie-banner><p>This page sets cookies to count its readers.</p></div>",
        "<div class=photo-caption>The ferry on the rock at dawn, with gulls. Photo: B. Tull</div>",
        "<section id=comments><p>First! And what a story this is, I must say.</p></section>",
        "<h3>More ferries</h3><ul><li><a href=/1>Ferry sold</a></li>"
        "<li><a href=/2>Ferry bought</a></li></ul>",
    ],
)
def test_a_box_of_the_site_is_no_text(box: str) -> None:
    assert read(paragraphs(box)).text == TEXT


def test_what_only_the_furniture_changes_leaves_the_text_the_same() -> None:
    def copy(comments: int, shares: int, related: str) -> str:
        return read(
            f"<h1>Ferry aground</h1><div class=share-bar>{shares} shares</div>"
            + paragraphs(f"<p>Read more: <a href=/x>{related}</a></p>")
            + f"<p>{comments} comments</p><p>Most read</p>"
            + f"<ul><li><a href=/1>{related}</a></li><li><a href=/2>Eels are back</a></li></ul>",
            after=f"<footer><p>{shares} people read this page today.</p></footer>",
        ).text

    assert copy(0, 3, "Tide tables for June") == copy(1204, 99, "A brass band in the rain") == TEXT


@pytest.mark.parametrize(
    ("inner", "lines"),
    [
        ("<h2>What comes next</h2>", ["What comes next"]),
        ("<blockquote><p>We sang all night long.</p></blockquote>", ["We sang all night long."]),
        (
            "<ul><li>Ninety people were on board.</li><li>Two tugs pulled for hours.</li></ul>",
            ["- Ninety people were on board.", "- Two tugs pulled for hours."],
        ),
        (
            "<table><tr><th>Ship</th><th>Year</th></tr><tr><td>Gannet</td><td>1974</td></tr></table>",
            ["Ship | Year", "Gannet | 1974"],
        ),
    ],
    ids=["subhead", "quotation", "list", "table"],
)
def test_other_blocks_are_paragraphs_too(inner: str, lines: list[str]) -> None:
    text = read(paragraphs(inner)).text
    assert text.split("\n\n") == [PARAGRAPHS[0], *lines, *PARAGRAPHS[1:]]


def test_a_link_within_a_sentence_stays() -> None:
    linked = PARAGRAPHS[1].replace("Lowmoor", "<a href=/l>Lowmoor</a>")
    inner = f"<p>{PARAGRAPHS[0]}</p><p>{linked}</p><p>{PARAGRAPHS[2]}</p>"
    assert read(inner).text == TEXT


def test_the_lead_that_stands_apart_comes_first() -> None:
    lead = "Ninety people spent the night on a ferry that a chart from 1911 had led astray."
    item = read(
        paragraphs(),
        f"<title>Ferry aground</title><meta name=description content='{lead}'>",
        f"<div class=standfirst>{lead}</div>",
    )
    assert item.text == f"{lead}\n\n{TEXT}"


def test_pleas_at_the_end_go_and_the_same_words_within_stay() -> None:
    plea = "Sign up for our harbour newsletter and get the best stories in your inbox."
    told = "He told them to sign up for the newsletter, and they did."
    assert trimmed([*PARAGRAPHS, plea]) == PARAGRAPHS
    long = [told] + PARAGRAPHS * 5
    assert trimmed(long) == long


@pytest.mark.parametrize(
    "last",
    [
        "Tags darauf fuhr die Fähre wieder.",
        "Related deaths rose to nine, the ministry said.",
        "Quelle der Freude war allein die Suppe.",
        "He was arrested with a man who is a reporter for the Gannet.",
        "Passengers can now download an app that shows the tide.",
    ],
)
def test_a_last_sentence_is_no_plea(last: str) -> None:
    assert trimmed([*PARAGRAPHS, last]) == [*PARAGRAPHS, last]


def test_a_frame_that_never_closes_swallows_nothing_and_shows_no_script() -> None:
    frame = "<noscript><iframe src=/x></noscript><script>window.x = {'a': 1};</script>"
    frame += "<!-- a long remark of the site's makers, who have a great deal to say -->" * 20
    assert read(paragraphs(frame, frame)).text == TEXT


def origin(item: Item) -> str:
    return next(claim.origin for claim in item.claims if claim.field == "text")


def test_text_that_only_json_ld_holds_is_read_and_its_origin_said() -> None:
    data = {"@type": "NewsArticle", "articleBody": "\n".join(PARAGRAPHS * 2)}
    script = f'<script type="application/ld+json">{json.dumps(data)}</script>'
    teaser = "The ferry ran aground, and what came then is told to subscribers only today. " * 4
    item = read(f"<p>{teaser}</p>", script)
    assert item.text == "\n\n".join(PARAGRAPHS * 2)
    assert origin(item) == "page: JSON-LD, where trafilatura found too little"


def test_a_page_too_large_is_read_by_its_blocks() -> None:
    many = [f"The gull numbered {number} sat upon the quay." for number in range(5_200)]
    item = read("".join(f"<p>{line}</p>" for line in many) + "<p><a href=/x>Gulls</a></p>")
    assert item.text == "\n\n".join(many)
    assert origin(item) == "page: blocks, the page being too large for trafilatura"


def test_text_below_the_depth_that_the_parser_bears_is_found() -> None:
    deep = "<div>" * 400 + paragraphs() + "</div>" * 400
    item = read(f"<p>A short line that stands above.</p>{deep}")
    assert item.text.endswith(TEXT)
    assert "BeautifulSoup" in origin(item)


def test_the_tree_is_left_as_it_was() -> None:
    html = (
        f"<html><body><article>{paragraphs('<div class=related>x</div>')}</article></body></html>"
    )
    tree = trafilatura.load_html(html)
    assert tree is not None
    before = etree.tostring(tree)
    body(tree, html.encode(), "file:///page.html", set())
    assert etree.tostring(tree) == before
    assert not is_too_deep(tree)


def test_a_box_that_holds_most_of_the_page_stays() -> None:
    tree = trafilatura.load_html(
        f"<html><body><div class=related>{paragraphs()}</div></body></html>"
    )
    assert tree is not None
    prune(tree)
    assert block_text(tree) == TEXT


WORDS = st.text("abcdefghijklmnopqrstuvwxyzäéñßœ", min_size=2, max_size=9)
SENTENCES = st.lists(WORDS, min_size=14, max_size=40).map(
    lambda words: " ".join(words).capitalize() + "."
)
SLOW = settings(
    max_examples=examples(25), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


@SLOW
@given(st.lists(SENTENCES, min_size=3, max_size=8, unique=True))
def test_every_paragraph_of_a_plain_article_survives_in_order(lines: list[str]) -> None:
    assert read("".join(f"<p>{line}</p>" for line in lines)).text.split("\n\n") == lines


MARKUP = st.lists(
    st.sampled_from(
        ["<p>", "</p>", "<div>", "</div>", "<b>", "<a href=/x>", "</a>", "<table><tr><td>", "<br>"]
        + [
            "<script>x()</script>",
            "<li>",
            "<!-- x -->",
            "&#0;",
            "&amp;",
            "<noscript>",
            "quay ",
            "ferry ",
        ]
        + [f"{text} " for text in PARAGRAPHS]
    ),
    max_size=30,
)


@SLOW
@given(MARKUP)
def test_text_holds_no_markup_no_nul_and_no_word_that_the_page_does_not(parts: list[str]) -> None:
    inner = paragraphs() + "".join(parts)
    text = read(inner).text
    assert not re.search(r"</?\w|-->|\0|x\(\)", text)
    assert set(re.findall(r"\w+", text)) <= set(re.findall(r"\w+", inner))


def test_a_page_that_passes_for_utf_7_holds_no_half_of_a_pair() -> None:
    page = b"<html></html><html><html>+AIA</html></html><html>+2AA</html>"
    item = pages.read(page, "page.html", "file:///page.html")
    assert item.text.encode()


def test_a_declaration_that_pythons_parser_rejects_costs_the_page_its_text_alone() -> None:
    page = "<html><title><![\u4400\u4100[]]></title></html>".encode("utf-16-le")
    with pytest.raises(FormatError, match="holds no article text"):
        pages.read(b"\xff\xfe" + page, "page.html", "file:///page.html")


def test_where_trafilatura_fails_another_reading_takes_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its date finder takes a root out of its tree, which has no parent, and fails."""

    def fail(*_: object, **__: object) -> None:
        raise AssertionError

    monkeypatch.setattr(trafilatura, "bare_extraction", fail)
    item = read(paragraphs())
    assert PARAGRAPHS[1] in item.text
    assert any("BeautifulSoup" in one.origin for one in item.claims if one.field == "text")
