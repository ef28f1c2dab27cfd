"""Headlines of a page: its headings and the titles that it states, as claims."""

from collections.abc import Iterator

from lxml.html import HtmlElement

from archive.article import Evidence
from archive.ingest.item import claim

_META = ("og:title", "twitter:title", "dc.title", "dcterms.title", "headline", "title")
_MOST_HEADINGS = 8
_TITLE_CLASSES = frozenset({"entry-title", "post-title", "article-title", "article__title"})


def headlines(tree: HtmlElement, metas: dict[str, list[str]]) -> Iterator[Evidence]:
    """Yield every heading and title that may be the article's headline."""
    article = next(tree.iter("article"), None)
    if article is not None:
        for heading in list(article.iter("h1"))[:2]:
            yield from claim("headline", heading.text_content(), "heading: h1 in the article")
    for number, heading in enumerate(tree.iter("h1")):
        if number >= _MOST_HEADINGS:
            break
        yield from claim("headline", heading.text_content(), "heading: h1")
    for heading in tree.iter("h1", "h2", "h3"):
        named = set((heading.get("class") or "").lower().split())
        if heading.get("itemprop") == "headline" or named & _TITLE_CLASSES:
            yield from claim("headline", heading.text_content(), "heading: marked as title")
            break
    for name in _META:
        for value in metas.get(name, ())[:1]:
            yield from claim("headline", value, f"meta: {name}")
    yield from claim("headline", tree.findtext(".//title"), "page: title")
