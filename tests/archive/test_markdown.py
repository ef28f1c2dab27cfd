import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.article import Article
from archive.errors import FormatError
from archive.ingest import markdown
from archive.ingest.item import Item
from tests.archive.conftest import composed
from tests.examples import examples


def article(text: str) -> Article:
    found = next(markdown.read(text.encode(), "/Gannet/a.md", "file:///Gannet/a.md"))
    assert isinstance(found, Item)
    return composed(found)


def test_front_matter_brings_the_facts() -> None:
    read = article(
        """---
title: "Rates fall: what now?"
author: [Ada Moor, Ben Tull]
date: 2024-06-20T14:05:00+02:00
source: The Harbour Gazette
agency: Meridian
place: PORT ELLIS
tags: [economy, Harbour]
section: Money
lang: en-GB
url: https://gazette.example/rates
caption: The bank at dusk
---

The bank cut its rate.
"""
    )
    assert read.headline == "Rates fall: what now?"
    assert read.byline == ("Ada Moor", "Ben Tull")
    assert read.published is not None
    assert read.published.iso == "2024-06-20T14:05:00+02:00"
    assert (read.source, read.agency, read.dateline) == (
        "The Harbour Gazette",
        "Meridian",
        "PORT ELLIS",
    )
    assert read.topics == ("economy, business and finance", "Harbour")
    assert (read.section, read.language) == ("Money", "en")
    assert (read.link, read.caption) == ("https://gazette.example/rates", "The bank at dusk")
    assert read.text == "The bank cut its rate."


@pytest.mark.parametrize(
    ("line", "topics"),
    [
        ("tags: a, b", ("a", "b")),
        ("topics: crime, law and justice", ("crime, law and justice",)),
        ("section: Harbour", ("Harbour",)),
        ("categories:\n- a\n- b\ntags: c", ("c", "a", "b")),
        ("tags: {a: b}", ()),
    ],
)
def test_topics_come_from_any_of_the_usual_keys(line: str, topics: tuple[str, ...]) -> None:
    assert article(f"---\n{line}\n---\nWords.\n").topics == topics


@pytest.mark.parametrize(
    ("date", "iso"),
    [("2024-06", "2024-06"), ("2024-06-20", "2024-06-20"), ("soon", None), ("2024", None)],
)
def test_a_date_keeps_its_precision(date: str, iso: str | None) -> None:
    published = article(f"---\ndate: {date}\n---\nWords.\n").published
    assert (published and published.iso) == iso


@pytest.mark.parametrize("heading", ["# Rates *fall* #", "Rates [fall](x)\n==="])
def test_the_first_heading_is_the_headline_and_no_text(heading: str) -> None:
    read = article(f"{heading}\n\nThe bank cut its rate.\n\n## Why\n\nNobody knows.\n")
    assert read.headline == "Rates fall"
    assert read.text == "The bank cut its rate.\n\nWhy\n\nNobody knows."


def test_markup_becomes_text() -> None:
    read = article("One *two* [three](http://x.example) `four`\n\n- five\n- six\n\n<b>seven</b>\n")
    assert read.text == "One two three four\n\nfive\n\nsix\n\nseven"


def test_a_dateline_and_credits_are_read_as_in_wire_copy() -> None:
    read = article("PORT ELLIS (Meridian) - Rates fell.\n\n(Reporting by Ada Moor)\n")
    assert (read.dateline, read.agency, read.text) == ("PORT ELLIS", "Meridian", "Rates fell.")
    assert read.credits == "Reporting by Ada Moor"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no text"),
        ("---\ntitle: x\n---\n", "no text"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(FormatError, match=reason) as caught:
        article(text)
    assert caught.value.where == "/Gannet/a.md"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("---\ntitle: Rates: fall: [x\n---\nWords.", "not YAML, line 2"),
        ("---\n- x\n---\nWords.", "keys and values"),
        ("---\na: !!python/object:os.system x\nb: *none\n---\nWords.", "not YAML"),
        ("---\ntitle: Rates fall\n\nWords.", "not closed"),
    ],
)
def test_broken_front_matter_is_named_and_costs_no_text(text: str, reason: str) -> None:
    item, problem = markdown.read(text.encode(), "/Gannet/a.md", "file:///Gannet/a.md")
    assert isinstance(item, Item)
    assert item.text == "Words."
    assert isinstance(problem, FormatError)
    assert reason in problem.reason
    assert problem.where == "/Gannet/a.md"


def test_of_broken_front_matter_the_plain_lines_are_read() -> None:
    read = article("---\ntitle: 'Rates fall'\ntags: [a\nauthor: Ada Moor\n---\nWords.\n")
    assert read.headline == "Rates fall"
    assert read.byline == ("Ada Moor",)


def test_a_rule_at_the_beginning_is_no_front_matter() -> None:
    assert article("---\n\nWords of it.\n").text == "Words of it."


WORDS = st.text(st.sampled_from("abcdefgh"), min_size=1, max_size=8)
PARAGRAPHS = st.lists(
    st.lists(WORDS, min_size=2, max_size=9).map(" ".join), min_size=2, max_size=5
)


@settings(max_examples=examples(60), deadline=None)
@given(PARAGRAPHS)
def test_plain_paragraphs_come_through_unchanged(paragraphs: list[str]) -> None:
    text = "\n\n".join(paragraphs)
    assert article(text).text == text
