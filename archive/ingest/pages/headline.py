"""Headlines of a page: its headings and the titles that it states, as claims."""

from collections.abc import Iterator
from itertools import islice
from urllib.parse import urlsplit

from lxml import etree
from lxml.html import HtmlElement

from archive.article import Evidence
from archive.ingest.item import claim

_META = ("og:title", "twitter:title", "dc.title", "dcterms.title", "headline", "title")
_MOST_HEADINGS = 8
_INLINE = frozenset({"em", "i", "b", "strong", "sub", "sup", "q", "cite"})
_TITLE_CLASSES = frozenset({"entry-title", "post-title", "article-title", "article__title"})


def headlines(tree: HtmlElement, metas: dict[str, list[str]]) -> Iterator[Evidence]:
    """Yield every heading and title that may be the article's headline."""
    headings = list(islice((h for h in tree.iter("h1") if not _names_site(h)), _MOST_HEADINGS))
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


def _names_site(heading: HtmlElement) -> bool:
    """Whether all of *heading* is a link to the front page: there the site is named."""
    link = next(heading.iter("a"), None)
    if link is None or _text(link) != _text(heading):
        return False
    if "home" in (link.get("rel") or "").lower().split():
        return True
    try:
        address = urlsplit((link.get("href") or "").strip())
    except ValueError:
        return False
    return address.path == "/" and not address.query


def _text(element: HtmlElement) -> str:
    """The text of *element*, its parts kept apart, without what its drawings are called."""
    parts: list[str] = []
    walk = etree.iterwalk(element, events=("start", "end", "comment", "pi"))
    for event, part in walk:
        if event == "start" and part.tag == "svg":
            walk.skip_subtree()
        elif event == "start":
            parts += [_apart(part), part.text or ""]
        elif part is not element:
            parts += [_apart(part), part.tail or ""]
    return " ".join("".join(parts).split())


def _apart(part: HtmlElement) -> str:
    return "" if part.tag in _INLINE or not isinstance(part.tag, str) else " "
