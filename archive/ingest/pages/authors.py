"""Authors as a page shows them: links with a role, marked-up persons, bylines."""

import re
from collections.abc import Iterator

from lxml.html import HtmlElement

from archive.article import Evidence
from archive.ingest import persons
from archive.ingest.item import claim
from archive.ingest.pages.place import Beside

_CLASS = re.compile(
    r"(?:^|[\s_-])(?:by-?line|author|auth(?:or)?-?name|autor|auteur|autore|verfasser|writer)s?"
    r"(?:$|[\s_-])"
)
_NOT_CLASS = re.compile(r"bio|box|avatar|image|img|desc|social|share|follow|more|comment|related")
_HREF = re.compile(r"/(?:authors?|autor(?:en|es)?|auteurs?|by|people|profiles?|staff|writers?)/")
_LONGEST = 120
_MOST = 6


def authors(tree: HtmlElement, beside: Beside) -> Iterator[Evidence]:
    """Yield the persons whom the page shows as authors, each kind of mark apart."""
    found: dict[str, list[HtmlElement]] = {}
    for element in tree.iter("a", "span", "div", "p", "address", "li", "strong", "em", "cite"):
        for origin in _marks(element):
            group = found.get(origin, [])
            if len(group) < _MOST and not beside(element) and not _within(element, group):
                found[origin] = [*group, element]
    for origin, elements in found.items():
        # What follows further away belongs to another article of the same page.
        home = _home(elements[0])
        for name in dict.fromkeys(
            name for e in elements if _home(e) is home for name in _names(e)
        ):
            yield from claim("byline", name, origin)


def _marks(element: HtmlElement) -> Iterator[str]:
    attributes = element.attrib
    if not attributes:
        return
    if "author" in attributes.get("rel", "").lower().split():
        yield "page: rel=author"
    prop = attributes.get("itemprop", "").lower().split()
    if "author" in prop or "creator" in prop:
        yield "page: itemprop author"
    named = attributes.get("class", "").lower()
    if named:
        if "fn" in named.split() and _above(element, "vcard"):
            yield "page: vcard"
        if _CLASS.search(named) and not _NOT_CLASS.search(named):
            yield "page: marked as byline"
    if element.tag == "a" and _HREF.search(attributes.get("href", "").lower()):
        yield "page: link to an author"


def _above(element: HtmlElement, name: str) -> bool:
    return any(name in (a.get("class") or "").lower() for a in element.iterancestors())


def _within(element: HtmlElement, group: list[HtmlElement]) -> bool:
    return bool(group) and any(above is group[-1] for above in element.iterancestors())


def _home(element: HtmlElement) -> HtmlElement:
    """The element two steps up, which holds the other authors of the same article."""
    above = element.getparent()
    return above.getparent() if above is not None and above.getparent() is not None else element


def _names(element: HtmlElement) -> tuple[str, ...]:
    """The names in *element*: those of its parts that are marked as such, else its text."""
    marked = [e for e in element.iter() if e is not element and e.get("itemprop") == "name"]
    marked = marked or [
        e
        for e in element.iter("a")
        if e is not element
        and ("author" in (e.get("rel") or "") or _HREF.search((e.get("href") or "").lower()))
    ]
    if marked:
        texts = [e.get("content") or e.text_content() for e in marked]
    else:
        texts = [element.get("content") or " ".join(element.itertext())]
    names: list[str] = []
    for text in texts:
        folded = " ".join(text.split())
        if 0 < len(folded) <= _LONGEST:
            names += persons.person_names(folded)
    return tuple(dict.fromkeys(name for name in names if persons.is_name(name)))
