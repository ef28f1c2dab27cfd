"""A site's feed is found from its ordinary address."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.errors import FetchError, FormatError
from archive.ingest.discover import candidates, discover
from archive.ingest.fetch import Fetcher
from tests.http_server import Web, reply

SITE = "https://gannet.example/news/"
RSS = b"""<rss version="2.0"><channel><title>The Gannet</title>
<item><title>Eels</title><link>https://gannet.example/eels</link></item></channel></rss>"""
JSON_FEED = b"""{"version": "https://jsonfeed.org/version/1.1", "title": "The Gannet",
"items": [{"id": "1", "url": "https://gannet.example/eels", "title": "Eels"}]}"""


def found(page: str) -> list[str]:
    return [candidate.address for candidate in candidates(page.encode(), SITE)]


def link(href: str, kind: str, title: str = "", rel: str = "alternate") -> str:
    return f'<link rel="{rel}" type="{kind}" href="{href}" title="{title}">'


@pytest.mark.parametrize(
    "kind",
    ["application/rss+xml", "application/atom+xml", "APPLICATION/ATOM+XML; charset=utf-8",
     "application/feed+json", "text/xml", "application/xml", "application/rdf+xml"],
)  # fmt: skip
def test_a_declared_feed_is_found_whatever_its_kind(kind: str) -> None:
    assert found(link("/f", kind)) == ["https://gannet.example/f"]


@pytest.mark.parametrize(
    "page",
    [
        link("/fr/", "text/html"),
        link("/feed.css", "text/css", rel="alternate stylesheet"),
        link("/wp-json/", "application/json"),
        link("/icon.xml", "text/xml", rel="icon"),
        link("javascript:feed()", "application/rss+xml"),
        link("http://[::1/", "application/rss+xml"),
        '<a href="/breakfeeding">x</a><a href="/atomic">y</a><a href="mailto:rss@x">z</a>',
        "",
    ],
)
def test_what_is_no_feed_is_not_taken_for_one(page: str) -> None:
    assert found(page) == []


def test_addresses_are_relative_to_the_page_or_to_its_base() -> None:
    feed = link("feed.xml", "application/rss+xml")
    assert found(feed) == ["https://gannet.example/news/feed.xml"]
    based = f'<base href="/sport/">{feed}'
    assert found(based) == ["https://gannet.example/sport/feed.xml"]
    assert found(link("//cdn.example/f", "text/xml")) == ["https://cdn.example/f"]
    assert found(link("feed://cdn.example/f", "text/xml")) == ["http://cdn.example/f"]
    assert found(link("feed:https://cdn.example/f", "text/xml")) == ["https://cdn.example/f"]


def test_feeds_of_comments_come_last() -> None:
    page = (
        link("/comments/feed/", "application/rss+xml", "Comments")
        + link("/all", "application/rss+xml", "Gannet: Kommentare")
        + link("/feed/", "application/rss+xml", "The Gannet")
        + link("/atom/", "application/atom+xml")
    )
    paths = ["/feed/", "/atom/", "/comments/feed/", "/all"]
    assert found(page) == [f"https://gannet.example{path}" for path in paths]


def test_links_that_look_like_feeds_follow_those_declared_and_ours_come_first() -> None:
    page = (
        '<a href="https://reader.example/rss">Subscribe</a><a href="/about">About</a>'
        '<a href="/news.rss">News</a><a href="/x">RSS feed</a>'
        + link("/declared", "application/rss+xml")
    )
    assert found(page) == [
        "https://gannet.example/declared",
        "https://gannet.example/news.rss",
        "https://gannet.example/x",
        "https://reader.example/rss",
    ]


def test_the_same_feed_named_twice_is_one() -> None:
    assert found(link("/f#a", "text/xml") + link("/f", "text/xml")) == ["https://gannet.example/f"]


@settings(deadline=None)
@given(st.binary())
def test_no_page_is_an_error(page: bytes) -> None:
    candidates(page, SITE)


# -- over HTTP ------------------------------------------------------------------


def test_an_address_that_is_a_feed_is_taken_as_it_is(web: Web, fetcher: Fetcher) -> None:
    web.pages["/f"] = reply(200, RSS, Content_Type="text/html")
    taken = discover(fetcher, web.url("/f"))
    assert (taken.taken.address, taken.taken.title) == (web.url("/f"), "The Gannet")
    assert taken.others == ()
    assert len(web.seen) == 1


def test_a_feed_that_moved_for_good_is_taken_where_it_is_now(web: Web, fetcher: Fetcher) -> None:
    web.pages["/old"] = reply(301, Location="/new")
    web.pages["/for-now"] = reply(302, Location="/new")
    web.pages["/new"] = reply(200, RSS)
    assert discover(fetcher, web.url("/old")).taken.address == web.url("/new")
    assert discover(fetcher, web.url("/for-now")).taken.address == web.url("/for-now")


def test_the_first_that_proves_to_be_a_feed_is_taken_and_the_others_told(
    web: Web, fetcher: Fetcher
) -> None:
    page = (
        link("/gone", "application/rss+xml")
        + link("/page", "application/rss+xml")
        + link("/feed.json", "application/feed+json")
        + link("/comments/feed", "application/rss+xml")
    )
    web.pages["/"] = reply(200, page.encode(), Content_Type="text/html")
    web.pages["/page"] = reply(200, b"<!doctype html><title>Not a feed</title>")
    web.pages["/feed.json"] = reply(200, JSON_FEED, Content_Type="text/html")
    web.pages["/comments/feed"] = reply(200, RSS)
    taken = discover(fetcher, web.url("/"))
    assert taken.taken.address == web.url("/feed.json")
    assert [other.address for other in taken.others] == [
        web.url(path) for path in ("/gone", "/page", "/comments/feed")
    ]


def test_a_page_that_names_none_has_its_feed_at_a_common_path(web: Web, fetcher: Fetcher) -> None:
    web.pages["/news/"] = reply(200, b"<html><p>News", Content_Type="text/html")
    web.pages["/index.xml"] = reply(200, RSS)
    taken = discover(fetcher, web.url("/news/"))
    assert taken.taken.address == web.url("/index.xml")
    assert taken.taken.how == "a common path of feeds"


def test_a_site_without_a_feed_is_an_error_that_says_what_to_do(
    web: Web, fetcher: Fetcher
) -> None:
    links = "".join(link(f"/{n}", "application/rss+xml") for n in range(50))
    web.pages["/"] = reply(200, links.encode(), Content_Type="text/html")
    with pytest.raises(FormatError, match="has no feed that could be found") as caught:
        discover(fetcher, web.url("/"))
    assert "the feed's own address" in caught.value.hint
    assert len(web.seen) == 13, "no site is asked without end"


def test_a_site_that_does_not_answer_is_an_error(web: Web, fetcher: Fetcher) -> None:
    with pytest.raises(FetchError, match="is not there"):
        discover(fetcher, web.url("/"))
