"""What is read of a feed and its entries."""

import pytest

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
