"""What a page shows its readers: caption, time, byline, language, canonical link, changes."""

import re
from collections.abc import Iterator

from lxml.html import HtmlElement

from archive.article import Evidence
from archive.ingest import dates, wire
from archive.ingest.item import claim

_CHANGED_META = ("article:modified_time", "og:updated_time", "datemodified", "last-modified")
_CHANGED_LINE = re.compile(
    r"(?:page\s+)?(?:last\s+)?(?:updated|modified|changed|reviewed)(?:\s+on)?\s*:?\s*(?P<date>.+?)\.?$",
    re.IGNORECASE,
)
_BESIDE = frozenset({"aside", "nav", "footer"})
_LONGEST_LINE = 300


def shown(tree: HtmlElement) -> Iterator[Evidence]:
    """What the page itself shows: caption, time, language, canonical link."""
    for line in _lines(tree, "figcaption"):
        yield from claim("caption", line, "page: figcaption")
        break
    yield from claim("language", tree.get("lang"), "page: lang")
    yield from _linked(tree, "canonical", "link", "page: canonical link")
    yield from _linked(tree, "amphtml", "address", "page: AMP link")


def _linked(tree: HtmlElement, relation: str, field: str, origin: str) -> Iterator[Evidence]:
    """The first address that a link element of this relation gives."""
    for link in tree.iter("link"):
        if relation in (link.get("rel") or "").lower().split():
            yield from claim(field, link.get("href"), origin)
            return


def byline(tree: HtmlElement) -> list[Evidence]:
    """The persons in the first line of the article that reads as a byline."""
    for line in _lines(tree, "p", "div", "span", "address"):
        if names := wire.byline_names(line):
            return [e for name in names for e in claim("byline", name, "page: byline")]
    return []


def _lines(tree: HtmlElement, *names: str) -> Iterator[str]:
    """The short texts of the article's elements *names*, not those of asides and comments."""
    articles = tree.xpath("//article") or tree.xpath("//main") or tree.xpath("//body")
    for element in articles[0].iter(*names) if articles else ():
        if _beside(element):
            continue
        line = " ".join(element.text_content().split())
        if 0 < len(line) <= _LONGEST_LINE:
            yield line


def _beside(element: HtmlElement) -> bool:
    """Whether *element* stands beside the article: in an aside, a menu, the page's foot."""
    return any(above.tag in _BESIDE for above in element.iterancestors())


def days_of_change(tree: HtmlElement, metas: dict[str, list[str]]) -> set[str]:
    """The days on which the page says it was changed, or that stand beside the article.

    None of them is when it was published, though a search for dates may find them.
    """
    stated = [value for name in _CHANGED_META for value in metas.get(name, ())]
    stated += [t.get("datetime") for t in tree.iter("time") if t.get("datetime") and _beside(t)]
    for element in tree.iter("p", "div", "span", "small", "li"):
        match = _CHANGED_LINE.match(" ".join((element.text or "").split())[:80])
        if match:
            stated.append(match["date"])
    found = [dates.read(value) for value in stated]
    return {published.iso[:10] for published in found if published}
