from io import BytesIO

import feedparser
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from archive.ingest import feed_events, feed_markup

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


@settings(max_examples=150, deadline=None)
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
    assert told["feed"] == written.feed
    assert told["entries"] == written.entries


def test_a_document_type_is_seen() -> None:
    assert feed_events.has_doctype(etree.fromstring("<!DOCTYPE rss><rss/>"))
    assert not feed_events.has_doctype(etree.fromstring("<rss/>"))
