"""Feeds that are broken, mislabelled or made to do harm."""

import gzip
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.errors import FormatError
from archive.ingest import feed_markup, feeds
from tests.archive.feed_samples import (
    ATOM,
    RSS_091,
    RSS_10,
    RSS_20,
    URL,
    articles,
    item,
    read,
    rss,
)
from tests.examples import examples


def test_a_feed_that_breaks_off_is_read_as_far_as_it_goes() -> None:
    broken = rss(item("One", link="https://g.example/1"), item("Two", link="https://g.example/2"))
    feed = read(broken[: broken.rindex("</title>")])
    assert [entry.item.url for entry in feed.entries][:1] == ["https://g.example/1"]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty"),
        (b" \n ", "empty"),
        (b"<!DOCTYPE html><html><title>x</title></html>", "web page"),
        (b'{"version": "https://jsonfeed.org/version/1.1"}', "JSON"),
        (b"Not Found", "not an RSS, Atom or JSON feed"),
        (b"<other/>", "not an RSS, Atom or JSON feed"),
        (b"\x89PNG\0\0", "binary data"),
    ],
    ids=["empty", "blank", "HTML", "JSON", "words", "other XML", "binary"],
)
def test_what_is_no_feed_is_refused_with_the_reason(body: bytes, reason: str) -> None:
    with pytest.raises(FormatError, match=reason) as caught:
        read(body)
    assert caught.value.where == URL


def test_a_body_that_is_a_path_opens_no_file(tmp_path: Path) -> None:
    path = tmp_path / "feed.xml"
    path.write_text(RSS_20)
    with pytest.raises(FormatError):
        read(str(path))


def test_an_entity_bomb_does_not_go_off() -> None:
    bomb = '<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)
    )
    text = bomb + "]>" + rss(item("&j;", link="https://g.example/1"))
    with suppress(FormatError):
        assert all(len(article.headline) < 1000 for article in articles(text))


@settings(max_examples=examples(60), deadline=None)
@given(st.data())
def test_a_damaged_feed_is_read_or_refused(data: st.DataObject) -> None:
    whole = data.draw(st.sampled_from([RSS_091, RSS_10, RSS_20, ATOM])).encode()
    start = data.draw(st.integers(0, len(whole)))
    length = data.draw(st.integers(0, 40))
    damaged = whole[:start] + data.draw(st.binary(max_size=5)) + whole[start + length :]
    with suppress(FormatError):
        articles(damaged)


@pytest.mark.parametrize("code", ["0", "xD800", "56320", "x110000", "9" * 500])
def test_an_impossible_character_costs_no_more_than_itself(code: str) -> None:
    (article,) = articles(rss(item(f"Rates &#{code}; fall", description=f"a &#{code}; b")))
    assert article.headline == "Rates \ufffd fall"
    assert article.text == "a \ufffd b"


RUSSIAN = "После шторма порт был закрыт на три дня, и паром не выходил в море."


@pytest.mark.parametrize("declared", ["windows-1251", "iso-8859-1", "utf-8", "no-such-codec", ""])
@pytest.mark.parametrize("content_type", ["", "text/xml; charset=iso-8859-1"])
def test_the_encoding_is_found_whatever_is_declared(declared: str, content_type: str) -> None:
    head = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    data = (head + rss(item(RUSSIAN, description=RUSSIAN))).encode("cp1251")
    (entry,) = read(data, content_type).entries
    assert entry.item.text == RUSSIAN


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be"])
def test_wide_characters_are_read_with_a_mark_and_without(codec: str) -> None:
    data = f'<?xml version="1.0" encoding="UTF-16"?>{RSS_20}'.encode(codec)
    assert [entry.item.text for entry in read(data).entries] == ["The bank cut its rate."]


def test_a_feed_packed_without_a_header_is_unpacked() -> None:
    assert len(read(gzip.compress(RSS_20.encode())).entries) == 1
    with pytest.raises(FormatError, match="unpacks to more than"):
        read(gzip.compress(b" " * (feed_markup.LARGEST + 2)))


@pytest.mark.parametrize(
    "text",
    [
        "<br />\n<b>Warning</b>: mysql in feed.php\n" + RSS_20,
        "<!DOCTYPE html><html><body>" + RSS_20 + "</body></html>",
        "<html><body><pre>" + RSS_20.replace("<", "&lt;").replace(">", "&gt;") + "</pre></body>",
        RSS_20.replace("Rates fall", "Rates&nbsp;fall & so&#x1; on").replace("& so&#x1; on", ""),
        RSS_20.replace("</channel></rss>", "</channel></rs"),
        RSS_20.replace("xmlns:c=", "xmlns:unused=").replace("c:encoded", "content:encoded"),
    ],
    ids=["a warning", "a page", "shown in a page", "entities", "cut off", "an undeclared prefix"],
)
def test_what_is_wrong_around_a_feed_is_put_right(text: str) -> None:
    (entry,) = read(text).entries
    assert entry.item.url == "https://gannet.example/rates"
    assert entry.item.text == "The bank cut its rate."


def test_html_that_was_escaped_once_too_often_is_read_as_html() -> None:
    twice = "&amp;lt;p&amp;gt;The bank &amp;amp;amp; its rate.&amp;lt;/p&amp;gt;"
    (article,) = articles(rss(item(description=twice)))
    assert article.text == "The bank & its rate."


def test_elements_named_as_parsers_name_their_own_parts_do_no_harm() -> None:
    odd = "".join(f"<{name}>x</{name}>" for name in ("links", "content", "authors", "tags"))
    feed = read(
        f"<rss version='2.0'><channel>{odd}<item><title>T</title>{odd}</item></channel></rss>"
    )
    assert len(feed.entries) == 1


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (rss("<item " + " ".join(f"a{n}='1'" for n in range(2000)) + "/>"), "1,000 attributes"),
        (rss("x" * (feed_markup.LARGEST + 1)), "larger than 5 MiB"),
    ],
    ids=["attributes", "size"],
)
def test_a_feed_made_to_cost_time_is_refused_in_one_line(text: str, reason: str) -> None:
    with pytest.raises(FormatError, match=reason) as caught:
        read(text)
    assert caught.value.where == URL
    assert "\n" not in str(caught.value)


def test_an_entry_made_to_cost_time_costs_itself_alone() -> None:
    tag = "<p " + " ".join(f"a{n}=1" for n in range(2000)) + ">x</p>"
    feed = read(rss(item("One", description=f"<![CDATA[{tag}]]>"), item("Two")))
    assert [reason for _, reason in feed.refused] == ["has a tag with more than 1,000 attributes"]
    assert len(feed.entries) == 1


def test_of_very_many_entries_the_first_are_read_and_the_others_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(feed_markup, "ENTRIES", 3)
    feed = read(rss(*[item(f"Story {n}") for n in range(5)]))
    assert len(feed.entries) == 3
    assert feed.refused == ((URL, "holds 2 entries more than the 3 that are read of one feed"),)


@pytest.mark.parametrize("name", ["category", "author", "title", "description"])
def test_parts_repeated_without_end_are_left_out(name: str) -> None:
    (entry,) = read(rss(f"<item><title>T</title>{f'<{name}>x</{name}>' * 5000}</item>")).entries
    assert len(entry.item.claims) < 300


def test_no_entity_reaches_out_or_multiplies() -> None:
    inner = '<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY f SYSTEM "/etc/passwd">'
    declared = f"<!DOCTYPE rss [{inner}]>"
    feed = read(declared + rss(item("Rates fall &b; &f;")))
    assert "hahaha" not in str(feed)
    assert "root:" not in str(feed)


def test_a_feed_of_nothing_but_entities_is_refused_and_they_are_not_expanded() -> None:
    nested = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    bomb = f'<!DOCTYPE rss [<!ENTITY l0 "ha">{nested}]><rss version="2.0">&l11;</rss>'
    with pytest.raises(FormatError, match="nothing but entities"):
        feeds.read(bomb.encode(), "https://gannet.example/feed")
