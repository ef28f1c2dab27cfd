from io import BytesIO
from typing import Any

import feedparser
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from archive.ingest import feed_events, feed_markup
from tests.examples import examples

URL = "https://port-ellis.example/feed"
_ROOTS = (
    '<rss version="2.0"><channel>{}</channel></rss>',
    '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en" xml:base="https://a.example/">{}</feed>',
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
    ' xmlns="http://purl.org/rss/1.0/">{}</rdf:RDF>',
    '<a:feed xmlns:a="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/">'
    "{}</a:feed>",
)
_PARTS = (
    "<item><title>Ferry &amp; quay</title><link>/a</link></item>",
    "<entry><title type='html'>Ferry &lt;b&gt;late&lt;/b&gt;</title><link href='/b'/></entry>",
    "<a:entry xmlns:a='http://www.w3.org/2005/Atom'><a:title>Tide</a:title></a:entry>",
    "<entry><content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>"
    "<p class='x'>One\n<b>two</b></p></div></content></entry>",
    "<item xml:lang='de'><description><![CDATA[<p>Hafen\nzu</p>]]></description></item>",
    "<item><m:thumb xmlns:m='http://search.yahoo.com/mrss/' m:url='x' url='y'/></item>",
    "<dc:creator xmlns:dc='http://purl.org/dc/elements/1.1/'>Ada Moor</dc:creator>",
    "<title>The Quay</title>",
    "<item><n:odd xmlns:n='urn:odd' n:kind='1'>text</n:odd>tail</item>",
    "<item><guid isPermaLink='false'>7</guid><pubDate>20 Jun 2024 14:05 GMT</pubDate></item>",
    "\n",
)
# What is passed over, and the base of addresses, which is worked out only where it is needed.
_NOT_READ = {"n_odd", "media_thumb", "base"}


def _read(found: Any) -> Any:
    """What feedparser found, without what nobody here reads of it."""
    if isinstance(found, dict):
        return {name: _read(part) for name, part in found.items() if name not in _NOT_READ}
    return [_read(part) for part in found] if isinstance(found, list) else found


@settings(max_examples=examples(150), deadline=None)
@given(st.sampled_from(_ROOTS), st.lists(st.sampled_from(_PARTS), max_size=6))
def test_events_of_a_tree_tell_feedparser_what_the_same_feed_in_writing_does(
    around: str, parts: list[str]
) -> None:
    root = feed_markup.mended(around.format("".join(parts)))
    assert root is not None
    written = feedparser.parse(
        BytesIO(etree.tostring(root)),
        response_headers={"content-location": URL, "content-type": "application/xml"},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    told = feed_events.parsed(root, URL)
    assert not written.bozo
    assert told["version"] == written.version
    assert _read(told["feed"]) == _read(written.feed)
    assert _read(told["entries"]) == _read(written.entries)


def test_a_base_that_a_feed_states_holds_for_its_addresses() -> None:
    feed = '<feed xmlns="http://www.w3.org/2005/Atom"{}><entry><link href="a"/></entry></feed>'
    for states, link in (("", f"{URL[:-4]}a"), (' xml:base="/b/"', f"{URL[:-4]}b/a")):
        found = feed_events.parsed(etree.fromstring(feed.format(states)), URL)
        assert found["entries"][0]["links"][0]["href"] == link


def test_only_leaves_of_entries_that_nobody_reads_are_passed_over() -> None:
    feed = (
        '<rss xmlns:p="urn:print" xmlns:m="http://search.yahoo.com/mrss/"><channel><item>'
        "<p:page>7</p:page><p:box><title>Ferry late</title></p:box><m:credit>Ada</m:credit>"
        "<m:keywords>ferries</m:keywords></item><p:page>8</p:page></channel></rss>"
    )
    found = feed_events.parsed(etree.fromstring(feed), URL)
    entry = found["entries"][0]
    assert entry["tags"][0]["term"] == "ferries"
    assert not {"p_page", "media_credit"} & set(entry)
    assert entry["title"] == "Ferry late"
    assert found["feed"]["p_page"] == "8"


def test_a_document_type_is_seen() -> None:
    assert feed_events.has_doctype(etree.fromstring("<!DOCTYPE rss><rss/>"))
    assert not feed_events.has_doctype(etree.fromstring("<rss/>"))
