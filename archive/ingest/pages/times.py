"""Dates of a page: times that are marked up, dates that are shown, and the address's own."""

import re
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from lxml.html import HtmlElement

from archive.article import Evidence
from archive.ingest import dates
from archive.ingest.item import claim
from archive.ingest.pages.place import beside

_DATED = re.compile(
    r"dates?|dateline|datum|fecha|data|time|timestamp|publish|published|posted|pubdate|created"
    r"|byline|entry-meta|post-meta|article-meta|meta|info|submitted|updated|modified"
)
_CHANGED = re.compile(
    r"\b(?:updated?|modified|changed|reviewed|aktualisiert|geändert|stand|mise?\s+à\s+jour|modifié"
    r"|actualizado|modificado|aggiornato|aggiornamento|modificato|atualizado|bijgewerkt|gewijzigd)\b",
    re.IGNORECASE,
)
_PUBLISHED = re.compile(
    r"\b(?:publish(?:ed)?|posted|first\s+published|created|veröffentlicht|erstellt|publié|publicado"
    r"|pubblicato|geplaatst|gepubliceerd)\b",
    re.IGNORECASE,
)
_PATH_DAY = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d\d)(?P<sign>[/_.-]?)(?P<month>0?[1-9]|1[0-2])(?P=sign)"
    r"(?P<day>0[1-9]|[12]\d|3[01]|[1-9](?!\d))(?!\d)"
)
_PATH_MONTH = re.compile(r"/(?P<year>(?:19|20)\d\d)[/-]?(?P<month>0[1-9]|1[0-2])/")
_MOST = 12
_LONGEST = 160


def times(tree: HtmlElement, url: str, language: str) -> Iterator[Evidence]:
    """Yield what the page's elements, and its address, say of when it came out."""
    order = dates.order_of(language)
    seen = 0
    first: dict[str, None] = {}
    for element in tree.iter("time", "abbr", "span", "div", "p", "small", "li", "td", "a", "em",
                             "strong", "b", "i", "font", "meta", "dd", "h2", "h3", "h4", "h5",
                             "h6", "header", "center"):  # fmt: skip
        kind = _kind(element)
        if kind is None:
            continue
        value, changed = _value(element, kind, order)
        if value is None or beside(element):
            continue
        if changed:
            yield from claim("updated", value, f"page: {kind}")
            continue
        # The first of its kind stands with the headline; what follows is further down.
        further = "" if kind not in first else ", further down"
        first[kind] = None
        yield from claim("published", value, f"page: {kind}{further}")
        seen += 1
        if seen >= _MOST:
            break
    yield from address(url)


def address(url: str) -> Iterator[Evidence]:
    """Yield the day, or else the month, that stands in the path of *url*."""
    path = unquote(urlsplit(url).path)
    if match := _PATH_DAY.search(path):
        iso = f"{match['year']}-{int(match['month']):02}-{int(match['day']):02}"
        if dates.read(iso):
            yield from claim("published", iso, "address: day")
            return
    if match := _PATH_MONTH.search(path):
        yield from claim("published", f"{match['year']}-{match['month']}", "address: month")


def _kind(element: HtmlElement) -> str | None:
    attributes = element.attrib
    prop = attributes.get("itemprop", "").lower()
    if prop.startswith("date") or prop in ("pubdate", "published"):
        return f"itemprop {attributes['itemprop']}"
    if element.tag == "time":
        named = attributes.get("class", "").lower()
        if "pubdate" in attributes or "published" in named or "entry-date" in named:
            return "time of publication"
        return "time element"
    if element.tag == "meta":
        return None
    if element.tag == "abbr" and "title" in attributes and "publish" in attributes.get("class", ""):
        return "time of publication"
    named = f"{attributes.get('class', '')} {attributes.get('id', '')}".lower()
    if named != " " and _DATED.search(named):
        return "marked as date"
    text = element.text
    if text and len(text) <= _LONGEST and dates.has_year(text):
        return "shown date"
    return None


def _value(
    element: HtmlElement, kind: str, order: dates.Order
) -> tuple[str | None, bool]:
    """The date that *element* gives, and whether it is one of change."""
    attributes = element.attrib
    named = f"{kind} {attributes.get('class', '')}".lower()
    changed = "modified" in named or "updated" in named
    for name in ("content", "datetime", "title"):
        stated = attributes.get(name)
        if stated and (found := dates.find(stated, order)):
            if not changed and name != "content":
                before = " ".join((element.text_content() or "").split())[:40]
                above = element.getparent()
                lead = above.text or "" if above is not None else ""
                changed = _says_changed(f"{lead} {before}")
            return found.iso, changed
    text = element.text_content() if kind != "shown date" else element.text
    if not text or len(text) > 4 * _LONGEST:
        return None, False
    text = " ".join(text.split())
    if len(text) > _LONGEST:
        return None, False
    found, at = dates.search(text, order)
    if found is None:
        return None, False
    return found.iso, changed or _says_changed(text[:at])


def _says_changed(before: str) -> bool:
    """Whether the words before a date say that it is one of change."""
    last = None
    for last in _CHANGED.finditer(before):
        pass
    if last is None:
        return False
    return not any(m.start() > last.start() for m in _PUBLISHED.finditer(before))
