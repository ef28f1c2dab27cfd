"""Feeds of articles: Atom (RFC 4287) and RSS 2.0, each entry under a name that stays.

A moment stands in a feed's own elements only where it is known to the minute and with its
zone; a day or a month stands in ``dc:date``, which may be as short as it is known (W3CDTF).
How many were found and by which words is said in the elements of OpenSearch 1.1.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from email.utils import format_datetime
from xml.sax.saxutils import escape, quoteattr

from archive.article import Published
from archive.export.entry import About, Entry, clean, lede, line

_HEAD = '<?xml version="1.0" encoding="utf-8"?>\n'
_OPENSEARCH = 'xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/"'
_DUBLIN_CORE = 'xmlns:dc="http://purl.org/dc/elements/1.1/"'


def atom(about: About, entries: Iterable[Entry]) -> Iterator[str]:
    """Yield an Atom feed, an entry at a time."""
    yield f'{_HEAD}<feed xmlns="http://www.w3.org/2005/Atom" {_OPENSEARCH} {_DUBLIN_CORE}>\n'
    yield _element("id", about.urn(f"search {about.address or about.query}"))
    yield _element("title", about.title)
    yield _element("updated", about.when)
    yield f"<author>{_element('name', about.archive)}</author>\n"
    yield _element("generator", "Morgue")
    if about.base:
        yield _link("self", about.base + about.own, "application/atom+xml")
        yield _link("alternate", about.base + about.address, "text/html")
    yield _search(about)
    for entry in entries:
        yield _atom_entry(about, entry)
    yield "</feed>\n"


def rss(about: About, entries: Iterable[Entry]) -> Iterator[str]:
    """Yield an RSS feed, an item at a time."""
    yield (
        f'{_HEAD}<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"'
        f' xmlns:content="http://purl.org/rss/1.0/modules/content/" {_OPENSEARCH} {_DUBLIN_CORE}>'
        "\n<channel>\n"
    )
    yield _element("title", about.title)
    yield _element("link", about.base + about.address or about.urn(f"search {about.query}"))
    # A description is HTML, so what is plain text is escaped once more.
    described = escape(f"Articles in {about.archive}: {about.query or 'all of them'}")
    yield _element("description", described)
    yield _element("lastBuildDate", format_datetime(about.made))
    yield _element("generator", "Morgue")
    if about.base:
        yield _link("self", about.base + about.own, "application/rss+xml", "atom:")
    yield _search(about)
    for entry in entries:
        yield _rss_item(about, entry)
    yield "</channel>\n</rss>\n"


def _atom_entry(about: About, entry: Entry) -> str:
    article = entry.article
    page = about.page(article)
    original = entry.address
    exact = _moment(article.published)
    changed = _moment(article.updated) or exact or datetime.fromisoformat(entry.kept.first_seen)
    parts = [
        _element("id", about.urn(article.id)),
        _element("title", article.headline),
        _element("updated", changed.isoformat(timespec="seconds")),
        _element("published", exact.isoformat(timespec="seconds")) if exact else "",
        *(
            f"<author>{_element('name', name)}</author>\n"
            for name in article.byline or (article.source,)
        ),
        _link("alternate", page or original or "", "text/html") if page or original else "",
        _link("via", original, "text/html") if page and original else "",
        *(f"<category term={quoteattr(line(topic))}/>\n" for topic in article.topics),
        _known(entry),
        _element("summary", lede(article)),
        # An entry that leads nowhere must have a content.
        _element("content", _paragraphs(article.text), ' type="html"')
        if about.text
        else ("" if page or original else _element("content", lede(article))),
    ]
    language = f" xml:lang={quoteattr(line(article.language))}" if article.language else ""
    return f"<entry{language}>\n{''.join(parts)}</entry>\n"


def _rss_item(about: About, entry: Entry) -> str:
    article = entry.article
    link = about.page(article) or entry.address
    exact = _moment(article.published)
    parts = [
        _element("title", article.headline),
        _element("link", link) if link else "",
        _element("guid", about.urn(article.id), ' isPermaLink="false"'),
        _element("pubDate", format_datetime(exact)) if exact else "",
        *(_element("dc:creator", name) for name in article.byline),
        *(_element("category", topic) for topic in article.topics),
        _known(entry),
        _element("description", escape(lede(article))),
        _element("content:encoded", _paragraphs(article.text)) if about.text else "",
    ]
    return f"<item>\n{''.join(parts)}</item>\n"


def _known(entry: Entry) -> str:
    """The facts that feeds have no elements of their own for."""
    article = entry.article
    known = (
        ("dc:date", article.published.iso if article.published else None),
        ("dc:source", article.source),
        ("dc:contributor", article.agency),
        ("dc:contributor", article.credits),
        ("dc:coverage", article.dateline),
        ("dc:language", article.language),
        ("dc:identifier", entry.address),
    )
    return "".join(_element(name, value) for name, value in known if value)


def _search(about: About) -> str:
    terms = f" searchTerms={quoteattr(line(about.query))}" if about.query else ""
    return (
        f"<opensearch:totalResults>{about.found}</opensearch:totalResults>\n"
        f'<opensearch:Query role="request"{terms}/>\n'
    )


def _moment(published: Published | None) -> datetime | None:
    """Return the instant of a date that says its zone; a day is none, nor is a bare clock."""
    if published is None or published.offset is None:
        return None
    return datetime.fromisoformat(published.iso)


def _paragraphs(text: str) -> str:
    """Return *text* as the HTML that a feed's content is: paragraphs, and nothing of its own."""
    return "".join(f"<p>{escape(paragraph)}</p>" for paragraph in clean(text).split("\n\n"))


def _element(name: str, text: str, attributes: str = "") -> str:
    return f"<{name}{attributes}>{escape(clean(text))}</{name}>\n"


def _link(relation: str, address: str, media_type: str, prefix: str = "") -> str:
    return (
        f"<{prefix}link rel={quoteattr(relation)} href={quoteattr(clean(address))}"
        f" type={quoteattr(media_type)}/>\n"
    )
