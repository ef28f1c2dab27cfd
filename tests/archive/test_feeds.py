import gzip
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.article import Article
from archive.errors import FormatError
from archive.ingest import feed_markup, feeds
from archive.source import Kind
from tests.archive.conftest import composed

URL = "https://gannet.example/feed"
RSS_091 = """<?xml version="1.0"?><rss version="0.91"><channel><title>The Gannet</title>
<item><title>Rates fall</title><link>https://gannet.example/rates</link>
<description>The bank cut its rate.</description></item></channel></rss>"""
RSS_10 = """<rdf:RDF xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"
xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<channel rdf:about="https://gannet.example/"><title>The Gannet</title></channel>
<item rdf:about="https://gannet.example/rates"><title>Rates fall</title>
<link>https://gannet.example/rates</link><description>The bank cut its rate.</description>
<dc:date>2024-06-20T14:05:00+02:00</dc:date><dc:creator>Ada Moor</dc:creator></item></rdf:RDF>"""
RSS_20 = """<rss version="2.0" xmlns:c="http://purl.org/rss/1.0/modules/content/"><channel>
<title>The Gannet</title><language>en-gb</language>
<item><title>Rates fall</title><link>https://gannet.example/rates?utm_source=rss</link>
<guid isPermaLink="false">7</guid><author>ada@gannet.example (Ada Moor)</author>
<pubDate>Thu, 20 Jun 2024 14:05:00 +0200</pubDate><category>Business</category>
<description>Short.</description>
<c:encoded><![CDATA[<p>The bank cut its rate.</p>]]></c:encoded></item></channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>The Gannet</title>
<entry><id>tag:gannet.example,2024:7</id><title type="html">Rates &lt;b>fall&lt;/b></title>
<link href="/rates"/><published>2024-06-20T14:05:00+02:00</published>
<updated>2024-06-21T00:00:00Z</updated><author><name>Ada Moor</name></author>
<content type="html">&lt;p>The bank cut its rate.&lt;/p></content></entry></feed>"""


def read(text: str | bytes, content_type: str = "") -> feeds.Feed:
    data = text if isinstance(text, bytes) else text.encode()
    return feeds.read(data, URL, content_type)


def articles(text: str | bytes) -> list[Article]:
    return [composed(entry.item, kind=Kind.FEED) for entry in read(text).entries]


def rss(*items: str) -> str:
    return f'<rss version="2.0"><channel><title>G</title>{"".join(items)}</channel></rss>'


def item(title: str = "Rates fall", **parts: str) -> str:
    inner = "".join(f"<{name}>{value}</{name}>" for name, value in parts.items())
    return f"<item><title>{title}</title>{inner}</item>"


@pytest.mark.parametrize(
    "text", [RSS_091, RSS_10, RSS_20, ATOM], ids=["0.91", "1.0", "2.0", "Atom"]
)
def test_every_dialect_gives_the_same_article(text: str) -> None:
    (article,) = articles(text)
    assert article.headline == "Rates fall"
    assert article.url == "https://gannet.example/rates"
    assert article.text == "The bank cut its rate."
    assert article.source == "The Gannet"
    assert read(text).title == "The Gannet"


@pytest.mark.parametrize("text", [RSS_10, RSS_20, ATOM], ids=["1.0", "2.0", "Atom"])
def test_a_date_keeps_its_offset_and_the_author_its_name(text: str) -> None:
    (article,) = articles(text)
    assert article.published is not None
    assert article.published.iso == "2024-06-20T14:05:00+02:00"
    assert article.byline == ("Ada Moor",)


def test_category_and_language_are_kept() -> None:
    (article,) = articles(RSS_20)
    assert article.topics == ("economy, business and finance",)
    assert article.language == "en"


def test_a_feed_that_breaks_off_is_read_as_far_as_it_goes() -> None:
    broken = rss(item("One", link="https://g.example/1"), item("Two", link="https://g.example/2"))
    feed = read(broken[: broken.rindex("</title>")])
    assert [entry.item.url for entry in feed.entries][:1] == ["https://g.example/1"]


@pytest.mark.parametrize(
    ("title", "headline"),
    [
        ("Rates &amp; prices", "Rates & prices"),
        ("&lt;b&gt;Rates&lt;/b&gt; fall", "Rates fall"),
        ("<![CDATA[Rates <i>fall</i>]]>", "Rates fall"),
        ("AT&amp;amp;T", "AT&T"),
        ("Rates\n  fall", "Rates fall"),
        ("&lt;script&gt;alert(1)&lt;/script&gt;Rates", "Rates"),
        ("&lt;img src=x onerror=alert(1)&gt;Rates", "Rates"),
        ("2 &lt; 3 and 5 &gt; 4", "2 < 3 and 5 > 4"),
    ],
)
def test_a_title_is_plain_text(title: str, headline: str) -> None:
    (article,) = articles(rss(item(title, link="https://g.example/1")))
    assert article.headline == headline


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "http://[::1"]
)
def test_a_link_that_is_no_web_address_is_never_an_address(link: str) -> None:
    (article,) = articles(rss(item(link=link, guid="7")))
    assert article.url.startswith(f"{URL}#")
    assert article.link is None


def test_a_relative_link_is_made_whole() -> None:
    (article,) = articles(rss(item(link="/rates")))
    assert article.url == "https://gannet.example/rates"


def test_entries_that_share_one_link_are_different_articles() -> None:
    shared = {"link": "https://g.example/live"}
    feed = read(rss(item("One", guid="1", **shared), item("Two", guid="2", **shared)))
    urls = [entry.item.url for entry in feed.entries]
    assert len(set(urls)) == 2
    assert all(url.startswith("https://g.example/live#") for url in urls)


def test_the_same_entry_twice_is_read_once() -> None:
    entry = item(link="https://g.example/1", guid="1")
    assert len(read(rss(entry, entry)).entries) == 1


def test_a_stamp_changes_with_the_entry_and_only_then() -> None:
    def stamp(**parts: str) -> str:
        return read(rss(item(link="https://g.example/1", **parts))).entries[0].stamp

    assert stamp(description="a") == stamp(description="a")
    assert stamp(description="a") != stamp(description="b")
    assert stamp(pubDate="20 Jun 2024 14:05:00 GMT") != stamp(pubDate="20 Jun 2024 15:05:00 GMT")


@pytest.mark.parametrize(
    "date", ["0000-00-00", "Thu, 20 Jun 99999 14:05:00 GMT", "31 Feb 2024", "soon", "06/20"]
)
def test_an_impossible_date_leaves_the_article_undated(date: str) -> None:
    (article,) = articles(rss(item(link="https://g.example/1", pubDate=date)))
    assert article.published is None


@pytest.mark.parametrize(
    "date",
    ["99999-01-01T00:00:00Z", "2026-02-30T10:00:00Z", "Thu, 20 Jun 20244 14:05:00 GMT"],
)
def test_an_impossible_date_is_kept_as_it_was_claimed(date: str) -> None:
    (article,) = articles(rss(item(link="https://g.example/1", pubDate=date)))
    assert article.published is None
    assert [e.value for e in article.evidence if e.field == "date not used"] == [date]


def test_an_entry_without_headline_and_text_is_refused_alone() -> None:
    feed = read(rss("<item><link>https://g.example/0</link></item>", item(guid="1")))
    assert len(feed.entries) == 1
    ((where, why),) = feed.refused
    assert where == f"{URL} entry 1"
    assert "neither headline nor text" in why


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


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_damaged_feed_is_read_or_refused(data: st.DataObject) -> None:
    whole = data.draw(st.sampled_from([RSS_091, RSS_10, RSS_20, ATOM])).encode()
    start = data.draw(st.integers(0, len(whole)))
    length = data.draw(st.integers(0, 40))
    damaged = whole[:start] + data.draw(st.binary(max_size=5)) + whole[start + length :]
    with suppress(FormatError):
        articles(damaged)


@pytest.mark.parametrize(
    ("author", "byline"),
    [
        ("ada@gannet.example (Ada Moor)", ("Ada Moor",)),
        ("Ada Moor &lt;ada@gannet.media&gt;", ("Ada Moor",)),
        ("Ada Moor and Ben Tull", ("Ada Moor", "Ben Tull")),
        ("By Ada Moor, Harbour Correspondent", ("Ada Moor",)),
        ("ada@gannet.example", ()),
    ],
)
def test_an_author_is_a_name_without_address_and_role(
    author: str, byline: tuple[str, ...]
) -> None:
    (article,) = articles(rss(item(link="https://g.example/1", author=author)))
    assert article.byline == byline


@pytest.mark.parametrize("code", ["0", "xD800", "56320", "x110000", "9" * 500])
def test_an_impossible_character_costs_no_more_than_itself(code: str) -> None:
    (article,) = articles(rss(item(f"Rates &#{code}; fall", description=f"a &#{code}; b")))
    assert article.headline == "Rates \ufffd fall"
    assert article.text == "a \ufffd b"


def test_a_feed_tells_its_generator_its_links_and_how_often_to_ask() -> None:
    feed = read(
        '<rss version="2.0" xmlns:a="http://www.w3.org/2005/Atom"><channel><title>G</title>'
        "<generator>Presse 1.2</generator><ttl>90</ttl>"
        '<a:link rel="next" href="/feed?paged=2"/><a:link rel="x" href="javascript:alert(1)"/>'
        "</channel></rss>"
    )
    assert feed.generator == "Presse 1.2"
    assert ("next", "https://gannet.example/feed?paged=2") in feed.links
    assert not any(href.startswith("javascript") for _, href in feed.links)
    assert feed.ttl == 90


@pytest.mark.parametrize(
    ("period", "frequency", "minutes"),
    [("hourly", "2", 30), ("daily", "", 1440), ("fortnightly", "1", None), ("daily", "x", 1440)],
)
def test_an_update_period_is_read_as_minutes(
    period: str, frequency: str, minutes: int | None
) -> None:
    feed = read(
        '<rss version="2.0" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"><channel>'
        f"<title>G</title><sy:updatePeriod>{period}</sy:updatePeriod>"
        f"<sy:updateFrequency>{frequency}</sy:updateFrequency></channel></rss>"
    )
    assert feed.ttl == minutes


@pytest.mark.parametrize("doctype", ["", '<!DOCTYPE rss PUBLIC "x" "http://gannet.example/x">'])
def test_a_feed_tells_the_hours_of_the_week_in_which_it_is_not_to_be_asked(doctype: str) -> None:
    feed = read(
        f'{doctype}<rss version="0.91"><channel><title>G</title>'
        "<skipHours><hour>0</hour><hour>1</hour></skipHours>"
        "<skipDays><day>Sunday</day></skipDays></channel></rss>"
    )
    assert len(feed.skips) == 24 + 6 * 2
    assert {0, 1, 6 * 24, 6 * 24 + 23} <= set(feed.skips)


def test_an_entry_tells_whether_it_gives_content_or_only_a_summary() -> None:
    assert [
        entry.has_content for text in (RSS_091, RSS_20, ATOM) for entry in read(text).entries
    ] == [
        False,
        True,
        True,
    ]


def dates_of(text: str | bytes, field: str = "published") -> list[tuple[str, str]]:
    (entry,) = read(text).entries
    return [(c.value, c.origin) for c in entry.item.claims if c.field == field]


def test_published_and_updated_are_told_apart() -> None:
    assert dates_of(ATOM) == [("2024-06-20T14:05:00+02:00", "feed: published")]
    assert dates_of(ATOM, "updated") == [("2024-06-21T00:00:00Z", "feed: updated")]


def test_what_has_no_date_of_publication_is_dated_by_its_update_and_says_so() -> None:
    only_updated = ATOM.replace("<published>2024-06-20T14:05:00+02:00</published>", "")
    assert dates_of(only_updated) == [("2024-06-21T00:00:00Z", "feed: updated")]
    assert dates_of(RSS_10) == [("2024-06-20T14:05:00+02:00", "feed: date")]


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("20 июня 2024 14:05", "2024-06-20T14:05:00"),
        ("20 czerwca 2024", "2024-06-20"),
        ("Thu, 30 Feb 2024 10:00:00 GMT", "Thu, 30 Feb 2024 10:00:00 GMT"),
        ("2024-06-31T10:00:00Z", "2024-06-31T10:00:00Z"),
        ("2023-02-29T10:00:00Z", "2023-02-29T10:00:00Z"),
        ("Wed, 29 Feb 2023 10:00:00 GMT", "Wed, 29 Feb 2023 10:00:00 GMT"),
        ("99999-01-01T00:00:00Z", "99999-01-01T00:00:00Z"),
        ("0000-02-01T00:00:00Z", "0000-02-01T00:00:00Z"),
        ("yesterday", "yesterday"),
        ("06/07/2024", "06/07/2024"),
    ],
)
def test_a_date_is_read_in_any_language_and_never_guessed(written: str, read_as: str) -> None:
    assert [value for value, _ in dates_of(rss(item(pubDate=written)))] == [read_as]


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


def test_in_atom_the_feeds_author_stands_for_entries_without_one() -> None:
    author = "<author><name>Ada Moor</name></author>"
    moved = ATOM.replace(author, "").replace("<entry>", f"{author}<entry>")
    assert [article.byline for article in articles(moved)] == [("Ada Moor",)]


def test_an_entry_taken_over_from_elsewhere_names_its_own_source() -> None:
    (article,) = articles(rss(item(source="The Tern")))
    assert article.source == "The Tern"


def test_entries_of_different_pages_under_one_id_are_different() -> None:
    feed = read(
        rss(
            item("One", link="https://g.example/1", guid="0"),
            item("Two", link="https://g.example/2", guid="0"),
        )
    )
    assert [entry.item.url for entry in feed.entries] == [
        "https://g.example/1",
        "https://g.example/2",
    ]


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
