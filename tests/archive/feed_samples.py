"""One article as each dialect of feeds tells it, and feeds made of parts."""

from archive.article import Article
from archive.ingest import feeds
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
