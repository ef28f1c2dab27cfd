"""The pure parts of a backfill: days, what feeds say of their past, sitemaps, lists."""

import gzip
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.article import Published
from archive.errors import FormatError
from archive.identity import same_site
from archive.ingest.backfill import feed_pages, sitemaps, url_lists
from archive.ingest.backfill.bounds import Bounds, day_in, day_said

URL = "https://gannet.example/feed"


@pytest.mark.parametrize(
    ("said", "first", "last"),
    [
        ("2024", date(2024, 1, 1), date(2024, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2024-02-03", date(2024, 2, 3), date(2024, 2, 3)),
    ],
)
def test_a_year_a_month_and_a_day_mean_their_first_or_last_day(
    said: str, first: date, last: date
) -> None:
    assert day_said(said) == first
    assert day_said(said, last=True) == last


@pytest.mark.parametrize("said", ["", "24", "2024-13", "2024-02-30", "yesterday", "0000", "2024-"])
@pytest.mark.parametrize("last", [False, True])
def test_what_is_no_day_is_refused(said: str, last: bool) -> None:
    with pytest.raises(ValueError, match="not a year, month or day"):
        day_said(said, last=last)


@given(st.dates(min_value=date(1000, 1, 1)))
def test_a_day_means_itself(day: date) -> None:
    assert day_said(day.isoformat()) == day_said(day.isoformat(), last=True) == day


@pytest.mark.parametrize(
    ("path", "iso"),
    [
        ("/2024/06/20/board-meets", "2024-06-20"),
        ("/news/2024/6/2/board-meets/", "2024-06-02"),
        ("/2024/06/board-meets.html", "2024-06"),
        ("/world/2024/jun/20/board-meets", "2024-06-20"),
        ("/news/2024-06-20-board-meets", "2024-06-20"),
        ("/news/20240620-board-meets", "2024-06-20"),
        ("/2024/13/40/board-meets", None),
        ("/article/20240620117", None),
        ("/article/1234567", None),
        ("/2024/board-meets", None),
        ("/", None),
    ],
)
def test_an_address_tells_its_day_only_where_it_plainly_does(path: str, iso: str | None) -> None:
    found = day_in(f"https://gannet.example{path}")
    assert (found.iso if found else None) == iso


def test_a_month_that_overlaps_the_days_asked_for_is_within() -> None:
    bounds = Bounds(date(2024, 6, 15), date(2024, 8, 15))
    for iso in ("2024-06", "2024-06-15", "2024-08", "2024-08-15"):
        assert bounds.admits(Published(iso))
    for iso in ("2024-05", "2024-06-14", "2024-09", "2024-08-16"):
        assert not bounds.admits(Published(iso))
    assert bounds.admits(None)


# -- feeds -------------------------------------------------------------------

ATOM = (
    "<feed xmlns='http://www.w3.org/2005/Atom'><generator uri='https://x'>{generator}</generator>"
    "<link href='/'/>{links}<entry><link rel='next' href='/not-the-feeds'/></entry></feed>"
)


def test_an_atom_feed_says_where_its_older_part_and_its_site_are() -> None:
    links = "<link rel='next' href='?page=2'/><link rel='prev-archive' href='/archive/3'/>"
    found = feed_pages.about(ATOM.format(links=links, generator="Hugo").encode(), URL)
    older, home = "https://gannet.example/archive/3", "https://gannet.example/"
    assert found == feed_pages.About(older, home, wordpress=False)


def test_links_of_entries_are_not_the_feeds() -> None:
    found = feed_pages.about(ATOM.format(links="", generator="WordPress").encode(), URL)
    assert found.older is None
    assert found.wordpress


def test_a_json_feed_says_its_next_part() -> None:
    data = b'{"version": "https://jsonfeed.org/version/1.1", "next_url": "/feed?2", "items": []}'
    assert feed_pages.about(data, URL).older == "https://gannet.example/feed?2"


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"[]", b"\0", b"<rss>", b"<!DOCTYPE x [<!ENTITY a 'b'>]><rss>&a;</rss>"],
)
def test_what_is_no_feed_says_nothing(data: bytes) -> None:
    assert feed_pages.about(data, URL).older is None


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reading(data: bytes) -> None:
    feed_pages.about(b"<rss><channel>" + data, URL)
    feed_pages.about(b"{" + data, URL)


def test_older_parts_outside_the_web_are_not_followed() -> None:
    for href in ("javascript:1", "file:///etc/passwd", "http://[::1"):
        links = f"<link rel='next' href='{href}'/>"
        assert feed_pages.about(ATOM.format(links=links, generator="").encode(), URL).older is None


def test_pages_of_a_wordpress_feed_are_counted_in_the_address() -> None:
    second = feed_pages.paged("https://gannet.example/?feed=rss2", 2)
    assert second == "https://gannet.example/?feed=rss2&paged=2"
    assert feed_pages.page_number(second) == 2
    assert feed_pages.paged(second, 3) == "https://gannet.example/?feed=rss2&paged=3"
    assert feed_pages.page_number(URL) == 1


# -- sitemaps ----------------------------------------------------------------


def test_a_plain_text_sitemap_is_read() -> None:
    found = sitemaps.read(b"\xef\xbb\xbfhttps://gannet.example/2024/06/20/a\nno\n", URL)
    (page,) = found.pages
    assert page.address == "https://gannet.example/2024/06/20/a"
    assert page.published == Published("2024-06-20")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"<html><body>", "web page"),
        (b"<rss/>", "begins with <rss>"),
        (b"hello world", "not a sitemap"),
        (b"<", "not a sitemap"),
        (b"\x1f\x8b\x08broken", "gzip"),
    ],
)
def test_what_is_no_sitemap_is_refused_in_words(data: bytes, reason: str) -> None:
    with pytest.raises(FormatError, match=reason):
        sitemaps.read(data, URL)


def test_a_bomb_of_gzip_is_stopped() -> None:
    bomb = gzip.compress(b"<urlset>" + b" " * (sitemaps.LARGEST + 1))
    with pytest.raises(FormatError, match="larger than 50 MiB when unpacked"):
        sitemaps.read(bomb, URL)


def test_entities_are_not_expanded() -> None:
    data = b"<!DOCTYPE u [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><urlset><url><loc>&a;</loc></url></urlset>"
    assert sitemaps.read(data, URL).pages == ()


def test_a_sitemap_longer_than_allowed_is_cut_and_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sitemaps, "MOST", 3)
    urls = "".join(f"<url><loc>/a{n}&b</loc></url>" for n in range(5))
    found = sitemaps.read(f"<urlset>{urls}</urlset>".encode(), URL)
    assert "&b" in found.pages[0].address, "an ampersand that stands alone spoils nothing"
    assert len(found.pages) == 3
    assert found.cut


@given(st.binary(max_size=200))
def test_no_bytes_break_a_sitemap(data: bytes) -> None:
    listed = b"<urlset><url><loc>/a</loc></url><url><loc>/b</loc></url>"
    found = sitemaps.read(listed + data, URL)
    assert found.pages[:1] == (sitemaps.Listed("https://gannet.example/a"),)


@pytest.mark.parametrize(
    ("path", "may"),
    [
        ("/post-sitemap.xml", True),
        ("/sitemap-2024-06.xml", True),
        ("/sitemaps/news.xml", True),
        ("/heritage-sitemap.xml", True),
        ("/category-sitemap.xml", False),
        ("/post_tag-sitemap2.xml", False),
        ("/wp-sitemap-taxonomies-category-1.xml", False),
        ("/wp-sitemap-users-1.xml", False),
        ("/video-sitemap.xml", False),
    ],
)
def test_sitemaps_of_tags_and_authors_are_told_by_their_names(path: str, may: bool) -> None:
    assert sitemaps.lists_articles(f"https://gannet.example{path}") is may


# -- lists and sites ---------------------------------------------------------


def test_a_list_gives_each_address_once_and_names_bad_lines() -> None:
    lines = ["\ufeffhttps://gannet.example/a#x\n", "# a remark\n", "\n", "gannet\n"]
    found, refused = url_lists.read([*lines, "https://GANNET.example/a?utm_source=x"], "list.txt")
    assert found == ["https://gannet.example/a"]
    assert refused == [("list.txt line 4", "is not an http or https address")]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://gannet.example/a", "http://www.gannet.example/b", True),
        ("https://feeds.gannet.co.uk/a", "https://gannet.co.uk", True),
        ("https://gannet.co.uk/a", "https://tern.co.uk", False),
        ("https://gannet.example/a", "https://tern.example", False),
        ("http://127.0.0.1:80/a", "http://127.0.0.1/b", True),
        ("http://127.0.0.1/a", "http://127.0.0.2/b", False),
        ("not an address", "not an address", False),
    ],
)
def test_a_site_is_what_its_hosts_have_in_common(one: str, other: str, same: bool) -> None:
    assert same_site(one, other) is same
