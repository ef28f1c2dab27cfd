"""Headlines of a page: its headings and the titles that it states, as claims."""

from collections.abc import Iterator
from itertools import islice

from lxml.html import HtmlElement

from archive.article import Evidence
from archive.ingest.item import claim

_META = ("og:title", "twitter:title", "dc.title", "dcterms.title", "headline", "title")
_MOST_HEADINGS = 8
_TITLE_CLASSES = frozenset({"entry-title", "post-title", "article-title", "article__title"})


def headlines(tree: HtmlElement, metas: dict[str, list[str]]) -> Iterator[Evidence]:
    """Yield every heading and title that may be the article's headline."""
    headings = list(islice(tree.iter("h1"), _MOST_HEADINGS))
    texts = [_text(heading) for heading in headings]
    alone = len({text for text in texts if text}) == 1
    for heading, text in zip(headings, texts, strict=True):
        within = any(above.tag == "article" for above in heading.iterancestors())
        origin = "h1 in the article" if within else "h1"
        yield from claim("headline", text, f"heading: {'the only h1' if alone else origin}")
        # A line above the headline proper often stands in the same heading.
        for part in list(heading)[:4]:
            if 0 < len(_text(part)) < len(text):
                yield from claim("headline", _text(part), "heading: part of the h1")
            if part.tail and part.tail.strip():
                yield from claim("headline", part.tail, "heading: part of the h1")
    for heading in tree.iter("h1", "h2", "h3"):
        named = set((heading.get("class") or "").lower().split())
        if heading.get("itemprop") == "headline" or named & _TITLE_CLASSES:
            yield from claim("headline", _text(heading), "heading: marked as title")
            break
    for name in _META:
        for value in metas.get(name, ())[:1]:
            yield from claim("headline", value, f"meta: {name}")
    yield from claim("headline", tree.findtext(".//title"), "page: title")


def _text(element: HtmlElement) -> str:
    """The text of *element*, its parts kept apart."""
    return " ".join(" ".join(element.itertext()).split())
