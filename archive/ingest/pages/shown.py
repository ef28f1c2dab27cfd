"""What a page shows its readers: caption, time, byline, language, canonical link, changes."""

import re
from collections.abc import Iterator

from lxml.html import HtmlElement

from archive.article import Evidence
from archive.ingest import dates, wire
from archive.ingest.item import claim
from archive.ingest.pages.lines import line

_CHANGED_META = ("article:modified_time", "og:updated_time", "datemodified", "last-modified")
_CHANGED_LINE = re.compile(
    r"(?:page\s+)?(?:last\s+)?(?:updated|modified|changed|reviewed)(?:\s+on)?\s*:?\s*(?P<date>.+?)\.?$",
    re.IGNORECASE,
)
_PARTED = re.compile(r"\s+[-–—|•·]\s+")
_CLOCK = re.compile(r"\d{1,2}[:.]\d{2}(?:\s*(?:Uhr|h|[ap]\.?m\.?))?", re.IGNORECASE)
_PERSON = re.compile(r"[^\W\d_a-zß-ÿ][\w'’.-]*(?:\s[^\W\d_a-zß-ÿ][\w'’.-]*){1,3}")
_BESIDE = frozenset({"aside", "nav", "footer"})
_LONGEST_LINE = 300


def shown(tree: HtmlElement) -> Iterator[Evidence]:
    """What the page itself shows: caption, time, language, canonical link."""
    for text in _lines(tree, "figcaption"):
        yield from claim("caption", text, "page: figcaption")
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
    """The persons in the first line that reads as a byline, else the one named beside a date."""
    beside_date: list[Evidence] = []
    for text in _lines(tree, "p", "div", "span", "address", "small"):
        if names := wire.byline_names(text):
            return [e for name in names for e in claim("byline", name, "page: byline")]
        if not beside_date and (name := _beside_date(text)):
            beside_date = list(claim("byline", name, "page: beside the date"))
    return beside_date


def _beside_date(text: str) -> str | None:
    """The person in a line of a date and a name: ``20.06.2024 | 13:10 Uhr | Ada Moor``."""
    parts = _PARTED.split(text)
    if not 2 <= len(parts) <= 3:
        return None
    names = [part for part in parts if _PERSON.fullmatch(part)]
    others = [part for part in parts if part not in names]
    days = [part for part in others if dates.read(part)]
    if (
        len(names) != 1
        or not days
        or any(not _CLOCK.fullmatch(o) for o in others if o not in days)
    ):
        return None
    return names[0]


def _lines(tree: HtmlElement, *names: str) -> Iterator[str]:
    """The short texts of the article's elements *names*, not those of asides and comments."""
    articles = tree.xpath("//article") or tree.xpath("//main") or tree.xpath("//body")
    for element in articles[0].iter(*names) if articles else ():
        if _beside(element):
            continue
        if text := line(element, _LONGEST_LINE):
            yield text


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
