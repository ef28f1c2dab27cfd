"""Atom and RSS against their specifications, and as a feed reader takes them."""

from dataclasses import replace
from io import BytesIO
from typing import Any
from xml.etree import ElementTree

import feedparser

from archive.article import Published
from archive.export import feeds
from tests.archive.export.samples import ABOUT, BARE, STRIKE, entry

ATOM = "{http://www.w3.org/2005/Atom}"


def read(form: Any, *of: Any, about: Any = ABOUT) -> Any:
    text = "".join(form(about, map(entry, of))).encode()
    found = feedparser.parse(BytesIO(text))
    assert not found.bozo, found.get("bozo_exception")
    return found


def test_atom_has_what_rfc_4287_asks_for_once_each() -> None:
    root = ElementTree.fromstring("".join(feeds.atom(ABOUT, map(entry, (STRIKE, BARE)))))
    assert root.tag == f"{ATOM}feed"
    for parent in [root, *root.findall(f"{ATOM}entry")]:
        for name in ("id", "title", "updated"):
            assert len(parent.findall(f"{ATOM}{name}")) == 1, name
        assert parent.findall(f"{ATOM}author/{ATOM}name")
    for one in root.findall(f"{ATOM}entry"):
        links = [link for link in one.findall(f"{ATOM}link") if link.get("rel") == "alternate"]
        assert len(links) == 1


def test_an_entry_that_leads_nowhere_has_a_content() -> None:
    root = ElementTree.fromstring("".join(feeds.atom(replace(ABOUT, base=""), [entry(BARE)])))
    (one,) = root.findall(f"{ATOM}entry")
    assert one.find(f"{ATOM}link") is None
    assert one.findtext(f"{ATOM}content") == "Nothing is known."


def test_rss_has_what_its_specification_asks_for() -> None:
    root = ElementTree.fromstring("".join(feeds.rss(ABOUT, map(entry, (STRIKE, BARE)))))
    (channel,) = root
    assert (root.tag, root.get("version"), channel.tag) == ("rss", "2.0", "channel")
    for name in ("title", "link", "description"):
        assert len(channel.findall(name)) == 1
    for item in channel.findall("item"):
        guid = item.find("guid")
        assert guid is not None
        assert guid.get("isPermaLink") == "false"


def test_a_reader_sees_the_search_its_address_and_how_many_there_are() -> None:
    for form in (feeds.atom, feeds.rss):
        found = read(form, STRIKE, about=replace(ABOUT, found=17))
        assert found.feed.title == "bridge; source: Meridian – Morgue"
        assert [link.href for link in found.feed.links if link.rel == "self"] == [
            "https://news.example/search.atom?q=bridge&source=Meridian"
        ]
        assert found.feed.opensearch_totalresults == "17"


def test_names_stay_whatever_else_changes() -> None:
    for form in (feeds.atom, feeds.rss):
        before = read(form, STRIKE)
        after = read(
            form,
            replace(STRIKE, headline="Another", published=None),
            about=replace(ABOUT, base="https://other.example", found=9),
        )
        assert before.entries[0].id == after.entries[0].id
        assert before.feed.get("id") == after.feed.get("id")
        elsewhere = read(form, STRIKE, about=replace(ABOUT, store_id="f" * 32))
        assert elsewhere.entries[0].id != before.entries[0].id


def test_a_moment_is_told_only_where_it_is_known() -> None:
    day = replace(STRIKE, published=Published("2024-06-20"), updated=None)
    for form in (feeds.atom, feeds.rss):
        exact, vague = read(form, STRIKE, day).entries
        assert exact.published_parsed[:5] == (2024, 6, 20, 12, 5)
        text = "".join(form(ABOUT, [entry(day)]))
        assert "<published>" not in text
        assert "<pubDate>" not in text
        assert "<dc:date>2024-06-20</dc:date>" in text
        assert vague.title == day.headline


def test_no_markup_of_an_article_reaches_a_reader() -> None:
    hostile = replace(STRIKE, headline="<b>x</b>", text="<script>alert(1)</script>\n\n]]>")
    for form in (feeds.atom, feeds.rss):
        (found,) = read(form, hostile, about=replace(ABOUT, text=True)).entries
        assert "<script" not in found.content[0].value
        assert "<p>&lt;script&gt;" in "".join(part.value for part in found.content)


def test_a_language_with_what_xml_cannot_hold_leaves_the_feed_well_formed() -> None:
    odd = replace(STRIKE, language='e\x1bn" x="\x00')
    text = "".join(feeds.atom(ABOUT, [entry(odd)]))
    assert ElementTree.fromstring(text).findall("{http://www.w3.org/2005/Atom}entry")


def test_what_was_asked_for_is_no_markup_in_the_description_of_a_feed() -> None:
    """A description is HTML: a headline stands in that of a feed of one article."""
    about = replace(ABOUT, query="<img src=x onerror=alert(1)> & more")
    channel = ElementTree.fromstring("".join(feeds.rss(about, [])))
    described = channel.findtext("channel/description") or ""
    assert "<" not in described
    assert described.endswith("&lt;img src=x onerror=alert(1)&gt; &amp; more")
