"""Whatever comes in is read or refused by an error of ours; what is read is bounded and clean.

Some examples run with `make test`, fifteen times as many with `make torture`. A crash that
was found is an `@example`, or a test of its own beside the code that was mended.
"""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.errors import FormatError, MorgueError
from archive.identity import (
    address_key,
    article_id,
    canonical_url,
    may_be_canonical,
    same_site,
    web_url,
)
from archive.ingest import (
    dates,
    discover,
    feed_markup,
    feeds,
    markdown,
    opml,
    pages,
    plain,
    schedule,
    wire,
)
from archive.ingest.addresses import is_of_another_service, may_name, names_itself_private
from archive.ingest.backfill import feed_pages, sitemaps
from archive.ingest.compose import compose
from archive.ingest.encoding import decode
from archive.ingest.fetch import Answer, Fetcher
from archive.ingest.item import Item
from archive.ingest.persons import person_names
from archive.ingest.robots import RobotsFiles
from archive.settings import Fetch
from archive.source import Kind, Source
from indexer import snippet
from indexer.analysis import Analyzer
from indexer.marking import Marker
from indexer.normal import LONGEST
from indexer.query import parse
from tests.archive.formats.test_hostile import mutations, own_readers
from tests.conftest import Tally
from tests.indexer.conftest import make_article

PROMISE = "fuzzed"
URL = "https://gannet.example/news/feed"
TODAY = date(2026, 1, 10)
NOON = datetime(2026, 1, 10, 12, tzinfo=UTC)
SOURCE = Source(1, Kind.FEED, URL)
ENGLISH = Analyzer("english")
MORE = 15


def fuzz(*strategies: st.SearchStrategy[Any], examples: int) -> Callable[[Any], Any]:
    """Make a test of a property: of some *examples*, and of many under `torture`."""

    def made(check: Callable[..., None]) -> Callable[..., None]:
        @pytest.mark.parametrize(
            "times",
            [pytest.param(1, id="some"), pytest.param(MORE, id="many", marks=pytest.mark.torture)],
        )
        def test(times: int, tally: Tally) -> None:
            limits = settings(
                max_examples=examples * times,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            )
            limits(given(*strategies)(check))()
            what = check.__name__.removeprefix("test_").replace("_", " ")
            tally(f"{PROMISE}, {what}", examples=examples * times)

        return test

    return made


# -- what is drawn ------------------------------------------------------------------

ODD = st.sampled_from(
    ["", "\0", "\ufeff", "\u202e", "\ud800", "\U0001f600", "e\u0301" * 50, "ﷺ", "\x85", "\u2028",
     "\x1b[31m", "'", '"', "<", ">", "&", "&amp;", "&#0;", "&#x110000;", "&nosuch;", "]]>", "-->",
     "\r\n\r\n", "\t", "%00", "%", "{{7*7}}", "${x}", "../", "NaN", "1e999", "-0", "9" * 400]
)  # fmt: skip
TEXT = st.text(max_size=40) | ODD | st.lists(ODD, max_size=5).map("".join)
WHEN = st.sampled_from(
    ["2024-06-20", "2024-02-30", "0000-00-00", "99999-01-01", "Thu, 20 Jun 2024 14:05:00 GMT",
     "Thu, 99 Foo 20244 99:99:99 +9999", "20 juin 2024", "2024-06-20T24:00:00Z", "1e9", "now",
     "2024-06-20T14:05:00.123456789+25:61", "12/13/14", "０２／０３／２０２４", "Jun 2024", "-1"]
)  # fmt: skip
ADDRESSES = st.sampled_from(
    ["", "/a", "//x.example", "?a=b", "#x", "http://[::1", "http://x.example:99999/", "http://",
     "javascript:alert(1)", "file:///etc/passwd", "http://ⅷ.example/ä?ö=ü#ß", "http://a@b@c/",
     "http://x.example/%zz%", "HTTP://X.EXAMPLE.:80/../a", "http://127.0.0.1/", "http://x y/"]
)  # fmt: skip
PIECE = TEXT | WHEN | ADDRESSES


def element(names: str, inside: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """An element of one of *names*, well formed or not."""
    attribute = st.tuples(
        st.sampled_from(
            ["href", "rel", "type", "url", "xml:lang", "xmlns", "isPermaLink", "content", "name"]
        ),
        PIECE,
    ).map(lambda pair: f' {pair[0]}="{pair[1]}"')
    return st.tuples(
        st.sampled_from(names.split()),
        st.lists(attribute, max_size=2).map("".join),
        inside,
        st.sampled_from(["", "", "", "cdata", "open", "empty", "crossed"]),
    ).map(_written)


def _written(parts: tuple[str, str, str, str]) -> str:
    name, attributes, inside, how = parts
    match how:
        case "cdata":
            return f"<{name}{attributes}><![CDATA[{inside}]]></{name}>"
        case "open":
            return f"<{name}{attributes}>{inside}"
        case "empty":
            return f"<{name}{attributes}/>{inside}"
        case "crossed":
            return f"<{name}{attributes}><b>{inside}</{name}></b>"
    return f"<{name}{attributes}>{inside}</{name}>"


def several(one: st.SearchStrategy[str], most: int = 5) -> st.SearchStrategy[str]:
    return st.lists(one, max_size=most).map("".join)


LEAVES = (
    "title link guid id pubDate published updated dc:date dc:creator author name category "
    "description summary content content:encoded media:title ttl skipHours hour generator "
    "language sy:updatePeriod a:link itunes:author source rights prism:x"
)
ENTRY = element("item entry", several(element(LEAVES, PIECE), 6))
FEEDS = st.tuples(
    st.sampled_from(
        ["<rss version='2.0'><channel>", "<feed xmlns='http://www.w3.org/2005/Atom'>", "<rss>",
         "<rdf:RDF xmlns='http://purl.org/rss/1.0/'>", "", "<!DOCTYPE rss [<!ENTITY e 'x'>]><rss>",
         "<?xml version='1.0' encoding='utf-16'?><rss>", "<html><body>", "x<rss><channel>"]
    ),
    several(element(LEAVES, PIECE) | ENTRY, 6),
    st.sampled_from(["</channel></rss>", "</feed>", "", "]]>", "</rss></rss>"]),
).map("".join)  # fmt: skip
TAGS = (
    "html head title meta link script style body article main div p span h1 h2 time a img table "
    "tr td ul li blockquote pre br svg math noscript template iframe form input b i em figure"
)
PAGES = several(element(TAGS, several(element(TAGS, several(element(TAGS, PIECE), 3)), 4)), 5)
JSONS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | PIECE,
    lambda inside: (
        st.lists(inside, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "version",
                    "items",
                    "id",
                    "url",
                    "title",
                    "content_html",
                    "content_text",
                    "authors",
                    "author",
                    "name",
                    "tags",
                    "date_published",
                    "date_modified",
                    "summary",
                    "language",
                    "headline",
                    "text",
                    "@type",
                    "@graph",
                    "body",
                ]
            ),
            inside,
            max_size=6,
        )
    ),
    max_leaves=20,
)
CODECS = st.sampled_from(
    [
        "utf-8",
        "utf-8-sig",
        "utf-16",
        "utf-16-le",
        "utf-32",
        "cp1252",
        "koi8-r",
        "shift_jis",
        "utf-7",
    ]
)


def encoded(text: str, codec: str) -> bytes:
    return text.encode(codec, "replace" if codec != "utf-8" else "surrogatepass")


def data_of(texts: st.SearchStrategy[str]) -> st.SearchStrategy[bytes]:
    """Texts as bytes in some encoding, now and then cut or with a stray byte."""
    whole = st.tuples(texts, CODECS).map(lambda pair: encoded(*pair))
    return whole | st.tuples(whole, st.integers(0, 400), st.binary(max_size=4)).map(
        lambda parts: parts[0][: parts[1]] + parts[2] + parts[0][parts[1] + 3 :]
    )


# -- what is held -------------------------------------------------------------------


def clean(item: Item, data: bytes) -> None:
    """An item can be kept: its texts can be written, and are no longer than their origin."""
    for text in (item.key, item.url, item.text, *(claim.value for claim in item.claims)):
        text.encode()
    assert len(item.text) <= 8 * len(data) + 1000
    article = compose(item, SOURCE, TODAY)
    assert article.url
    if article.published:
        assert article.published.days[0] <= TODAY.replace(year=TODAY.year + 1)


@fuzz(data_of(FEEDS), examples=20)
def test_a_feed_is_read_or_refused(data: bytes) -> None:
    with suppress(FormatError):
        feed = feeds.read(data, URL)
        assert len(feed.entries) <= feed_markup.ENTRIES
        assert len({entry.key for entry in feed.entries}) == len(feed.entries)
        for entry in feed.entries:
            clean(entry.item, data)
        for _, address in feed.links:
            assert web_url(address) == address
        feed_pages.about(feed)


@fuzz(
    st.dictionaries(st.sampled_from(["version", "items", "title", "authors"]), JSONS).map(
        lambda said: {"version": "https://jsonfeed.org/version/1.1", "items": []} | said
    )
    | st.lists(JSONS).map(lambda items: {"version": "1", "items": items}),
    examples=33,
)
def test_a_json_feed_is_read_or_refused(said: object) -> None:
    data = json.dumps(said).encode()
    with suppress(FormatError):
        for entry in feeds.read(data, URL).entries:
            clean(entry.item, data)


@fuzz(data_of(PAGES), examples=10)
def test_a_page_is_read_or_refused(data: bytes) -> None:
    with suppress(FormatError):
        clean(pages.read(data, URL, URL), data)
    for candidate in discover.candidates(data, URL):
        assert web_url(candidate.address) == candidate.address


@fuzz(JSONS, st.sampled_from(["application/ld+json", "application/json"]), examples=10)
def test_what_a_page_states_in_json_is_read_or_passed_over(said: object, kind: str) -> None:
    inside = json.dumps(said).replace("</", "<\\/")
    data = f'<title>x</title><script type="{kind}">{inside}</script><p>A text of a page.'.encode()
    with suppress(FormatError):
        clean(pages.read(data, URL, URL), data + bytes(1000))


@fuzz(mutations(), examples=20)
def test_a_mutated_file_of_any_format_is_read_or_refused(mutated: tuple[str, bytes]) -> None:
    name, data = mutated
    with suppress(FormatError):
        for found in own_readers(data, name):
            assert isinstance(found, Item | FormatError)


@fuzz(data_of(st.text() | PAGES | several(PIECE)), examples=33)
def test_plain_text_and_markdown_are_read_or_refused(data: bytes) -> None:
    for read in (plain.read, markdown.read):
        with suppress(FormatError):
            for found in read(data, "/clippings/a", "file:///clippings/a"):
                if isinstance(found, Item):
                    clean(found, data)


LINES = st.sampled_from(
    ["By ADA MOOR", "PORT ELLIS, June 20 (Reuters) -", "--", "###", "-30-", "© 2024 X", "END",
     "(Reporting by A; Editing by B)", "Embargoed", "Keywords: a, b", "1,234 words", "(more)", " "]
)  # fmt: skip


@fuzz(st.lists(LINES | PIECE | st.text(max_size=60), max_size=12).map("\n".join), examples=50)
def test_wire_copy_loses_nothing_but_its_head_and_tail(text: str) -> None:
    for read in (wire.read, wire.read_body):
        copy = read(text)
        assert len(copy.text) <= len(text) + 2 * text.count("\n")
        for claim in copy.claims:
            assert claim.value.strip()
    person_names(text)


@fuzz(WHEN | TEXT | st.text("0123456789-/:. TZ+JunFeb", max_size=40), examples=100)
def test_a_date_is_read_as_itself_again(text: str) -> None:
    for order in dates.Order:
        found = dates.read(text, order)
        if found is not None:
            assert dates.read(found.iso) == found
            assert found.days[0] <= found.days[1]
        dates.search(text, order)


HEADER = WHEN | TEXT | st.text('0123456789=,; max-agetrue"', max_size=30)


@fuzz(HEADER, HEADER, examples=50)
def test_what_a_server_says_of_time_is_a_sane_number_or_nothing(one: str, other: str) -> None:
    for seconds in (
        schedule.retry_after(one, NOON),
        schedule.fresh_for(one, other, other, one, NOON),
    ):
        assert seconds is None or seconds >= 0


URLS = ADDRESSES | st.tuples(
    st.sampled_from(["http://", "HTTPS://", "http:", "//", "", " http://", "ftp://"]),
    st.text("aA0.-:@[]%é。\\ \t", max_size=20) | st.sampled_from(["x.example", "m.x.co.uk:443"]),
    st.text("/a.%2Fé?&=#;+ \n\\utm_", max_size=30),
).map("".join)


@fuzz(URLS, URLS, examples=133)
def test_an_address_keeps_its_meaning_in_its_canonical_spelling(one: str, other: str) -> None:
    canonical = canonical_url(one)
    assert canonical_url(canonical) == canonical
    assert address_key(canonical) == address_key(one)
    assert article_id(canonical)
    for judge in (same_site, may_be_canonical, may_name):
        judge(one, other)
    is_of_another_service(one)
    if web_url(one) is None:
        assert canonical == one
        return
    before, after = urlsplit(one.strip()), urlsplit(canonical)
    assert after.hostname == (before.hostname or "").rstrip(".")
    assert unquote(after.path) in (unquote(before.path), "/")
    assert (after.port or 80) in (before.port or 80, 80, 443)
    names_itself_private(after.hostname or "")


@dataclass
class Said(Fetcher):
    """A fetcher that is told what robots.txt says."""

    body: bytes

    def get(self, url: str, **_: Any) -> Answer:
        return Answer(url, self.body)

    def refusal(self, _address: str, _meant: str = "") -> None:
        return None


ROBOTS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "User-agent",
                "Disallow",
                "Allow",
                "Crawl-delay",
                "Sitemap",
                "Request-rate",
                "Host",
                "",
            ]
        ),
        st.sampled_from([":", "", " : "]),
        PIECE | st.sampled_from(["*", "Morgue", "/*a*b*$", "*" * 50, "/%2a", "1/10m 0900-1700"]),
    ).map("".join),
    max_size=12,
).map("\n".join)


@fuzz(data_of(ROBOTS), URLS, examples=50)
def test_a_robots_txt_allows_or_refuses(data: bytes, address: str) -> None:
    if web_url(address) is None:
        return
    rules = RobotsFiles(Said(data)).of(address)
    assert isinstance(rules.refusal(address), str | None)
    assert rules.delay >= 0
    assert all(isinstance(one, str) for one in rules.sitemaps)


OUTLINES = several(
    element("outline opml body head title", several(element("outline", PIECE), 3)), 5
)


@fuzz(data_of(OUTLINES | OUTLINES.map(lambda inside: f"<opml>{inside}</opml>")), examples=33)
def test_a_list_of_feeds_is_read_or_refused(data: bytes) -> None:
    with suppress(FormatError):
        for outline in opml.read(data, "list.opml")[0]:
            assert web_url(outline.address) is not None


@fuzz(
    data_of(several(element("url sitemap loc lastmod news:publication_date", PIECE), 6)),
    st.sampled_from([b"<urlset>", b"<sitemapindex>", b"\x1f\x8b", b"", b"http://x.example/\n"]),
    examples=33,
)
def test_a_sitemap_is_read_or_refused(data: bytes, start: bytes) -> None:
    with suppress(FormatError):
        found = sitemaps.read(start + data, URL)
        for listed in (*found.pages, *found.sitemaps):
            assert web_url(listed.address) is not None


@fuzz(
    st.binary(max_size=200) | data_of(st.text()),
    st.lists(st.none() | CODECS | st.sampled_from(["utf-9", "idna", "zip", "\0", "rot13"])),
    examples=66,
)
def test_bytes_in_whatever_encoding_become_text_or_are_refused(
    data: bytes, declared: list[str | None]
) -> None:
    with suppress(FormatError):
        text = decode(data, "a", declared)
        text.encode()
        assert "\r" not in text
        assert len(text) <= 2 * len(data) + 2


@fuzz(
    st.text(max_size=60)
    | st.lists(
        st.sampled_from(
            ["a", '"', "(", ")", "OR", "AND", "NOT", "-", "W/3", "NEAR/9", "PRE/1", "/s", "/p",
             "*", "?", "~2", "title:", "by:", "date:2024..", "atleast3(", "hlead:(", ":", "wc>8"]
        ),
        max_size=25,
    ).map(" ".join),
    examples=66,
)  # fmt: skip
def test_a_query_is_read_and_written_in_one_way(text: str) -> None:
    parsed = parse(text, TODAY)
    again = parse(parsed.normal)
    assert (again.tree, again.copies, again.notices) == (parsed.tree, parsed.copies, ())
    assert len(parsed.normal) <= LONGEST


@fuzz(
    several(PIECE | st.sampled_from(["harbour ", "Harbor-side. ", "port\n\n", "ＨＡＲＢＯＵＲ "])),
    st.sampled_from(["harbour", '"port harbour"', "harb*", "port W/3 harbour", "title:port"]),
    examples=33,
)  # fmt: skip
def test_a_snippet_is_a_piece_of_its_text_and_marks_lie_in_it(text: str, query: str) -> None:
    article = make_article("1", headline=text[:50], text=text)
    marker = Marker(parse(query).tree, ENGLISH)
    title = snippet.headline(article, marker)
    for shown in (title, *snippet.snippets(article, marker, title)):
        ends = [end for mark in shown.marks for end in mark]
        assert ends == sorted(ends)
        assert all(0 <= end <= len(shown.text) for end in ends)


def test_only_errors_of_ours_are_suppressed_above() -> None:
    assert issubclass(FormatError, MorgueError)
    assert Fetch().timeout
