"""Dates of a page: times that are marked up, dates that are shown, and the address's own."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from lxml.html import HtmlElement

from archive.article import Evidence
from archive.ingest import dates
from archive.ingest.item import claim
from archive.ingest.pages.lines import line
from archive.ingest.pages.place import Beside

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
_LABELLED = re.compile(f"{_CHANGED.pattern}|{_PUBLISHED.pattern}", re.IGNORECASE)
_ASIDE = re.compile(
    r"^\W*(?:(?:last|first|zuletzt|on|at|am|um|le|el|il)\b\W*)*|[\s|·•,;:–—-]+$", re.I
)
_ISO_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
_PATH_DAY = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d\d)(?P<sign>[/_.-]?)(?P<month>0?[1-9]|1[0-2])(?P=sign)"
    r"(?P<day>0[1-9]|[12]\d|3[01]|[1-9](?!\d))(?!\d)"
)
_PATH_MONTH = re.compile(r"/(?P<year>(?:19|20)\d\d)[/-]?(?P<month>0[1-9]|1[0-2])/")
_PATH_DAY_FIRST = re.compile(
    r"(?<!\d)(?P<day>0[1-9]|[12]\d|3[01])(?P<sign>[_.-])(?P<month>0[1-9]|1[0-2])(?P=sign)"
    r"(?P<year>20\d\d)(?!\d)"
)
_SCRIPTED = re.compile(
    rb"""[\"'](?:datePublished|date_?published|published_?(?:at|date|time)|publication_?date"""
    rb"""|first_?published(?:_?(?:at|date))?|publish_?date|pub_?date)\\?[\"']\s*:\s*\\?[\"']"""
    rb"""(\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?)?)""",
    re.IGNORECASE,
)
_ELEMENTS = (
    *("time", "abbr", "span", "div", "p", "small", "li", "td", "a", "em", "strong", "b", "i"),
    *("font", "dd", "h2", "h3", "h4", "h5", "h6", "header", "center", "br", "address", "section"),
)
_MOST = 12
_LONGEST = 160
_NEAR = 300


@dataclass(frozen=True, slots=True)
class _Shown:
    """A date that the page shows, of some *kind*, after *read* characters of its text."""

    kind: str
    iso: str
    read: int

    def claims(self, place: str) -> Iterator[Evidence]:
        yield from claim("published", self.iso, f"page: {self.kind}{place}")


def times(tree: HtmlElement, url: str, beside: Beside) -> Iterator[Evidence]:
    """Yield what the page's elements and its address say of when it came out.

    The first date of a kind stands with the headline, what follows is further down.
    A date well above the headline is mostly the day on which the page was looked at.
    """
    order = dates.order_of(tree.get("lang") or "")
    heading = next(tree.iter("h1"), None)
    above: list[_Shown] = []
    first: set[str] = set()
    seen = read = 0
    for element in tree.iter("h1", *_ELEMENTS):
        if element is heading:
            near = [shown for shown in above if read - shown.read <= _NEAR]
            above = [shown for shown in above if read - shown.read > _NEAR]
            heading = None
            yield from _in_turn(near, first)
        for kind, value, changed in _dates(element, order):
            if beside(element):
                break
            if changed:
                yield from claim("updated", value, f"page: {kind}")
            elif heading is not None:
                above.append(_Shown(kind, value, read))
            else:
                yield from _in_turn([_Shown(kind, value, read)], first)
                seen += 1
        if seen >= _MOST:
            break
        read += len((element.text or "").strip()) + len((element.tail or "").strip())
    if first:
        for shown in above[:_MOST]:
            yield from shown.claims(", far above")
    else:
        yield from _in_turn(above[:_MOST], first)
    yield from address(url)


def _in_turn(dated: list[_Shown], first: set[str]) -> Iterator[Evidence]:
    """Claim dates in the order of the page; *first* holds the kinds that were met so far."""
    for shown in dated:
        yield from shown.claims(", further down" if shown.kind in first else "")
        first.add(shown.kind)


def scripted(data: bytes) -> Iterator[Evidence]:
    """Yield the date of publication that a script of the page carries, for what shows none."""
    if match := _SCRIPTED.search(data):
        yield from claim("published", match[1].decode("ascii"), "page: in a script")


def _dates(element: HtmlElement, order: dates.Order) -> Iterator[tuple[str, str, bool]]:
    """Yield kind, date and whether it is one of change, for all dates of *element* itself."""
    if kind := _kind(element):
        for value, changed in _values(element, kind, order):
            yield kind, value, changed
    tail = element.tail
    if tail and len(tail) <= _LONGEST and dates.has_year(tail):
        found, at = dates.search(tail, order)
        if found is not None:
            label = " ".join((element.text or "").split())[-40:]
            yield "shown date", found.iso, _says_changed(f"{label} {tail[:at]}")


def is_date_line(text: str) -> bool:
    """Whether *text* does nothing but say when the article came out or was changed."""
    if len(text) > _LONGEST:
        return False
    parts = [_ASIDE.sub("", part) for part in _LABELLED.split(text)]
    return len(parts) > 1 and all(dates.read(part) for part in parts if part)


def is_toss_up(tree: HtmlElement, data: bytes, iso: str) -> bool:
    """Whether a page writes the day *iso* only in figures that may mean another: 03/04/2024.

    Written as ``2024-04-03`` or, as addresses do, ``2024/apr/03`` anywhere, it is plain.
    """
    match = _ISO_DAY.fullmatch(iso)
    if match is None or dates.order_of(tree.get("lang") or "") is dates.Order.DAY_FIRST:
        return False
    year, month, day = map(int, match.groups())
    if day > 12 or day == month:
        return False
    figures = rf"(?<!\d)(?:0?{day}/0?{month}|0?{month}/0?{day})/{year}(?!\d)"
    plain = rf"(?<!\d){year}[/-]?(?:{month:02}|{dates.SHORT_MONTHS[month - 1]})[/-]?{day:02}(?!\d)"
    return bool(
        re.search(figures.encode(), data) and not re.search(plain.encode(), data, re.IGNORECASE)
    )


def address(url: str) -> Iterator[Evidence]:
    """Yield the day, or else the month, that stands in the path of *url*."""
    path = unquote(urlsplit(url).path)
    if match := _PATH_DAY.search(path) or _PATH_DAY_FIRST.search(path):
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
    if (
        element.tag == "abbr"
        and "title" in attributes
        and "publish" in attributes.get("class", "")
    ):
        return "time of publication"
    named = f"{attributes.get('class', '')} {attributes.get('id', '')}".lower()
    if named != " " and _DATED.search(named):
        return "marked as date"
    text = element.text
    if text and len(text) <= _LONGEST and dates.has_year(text):
        return "shown date"
    return None


def _values(element: HtmlElement, kind: str, order: dates.Order) -> Iterator[tuple[str, bool]]:
    """Yield the date that *element* gives, and whether it is one of change.

    A line may say both: ``Updated: 12 March 2024 | Published: 11 March 2024``.
    """
    attributes = element.attrib
    named = f"{kind} {attributes.get('class', '')}".lower()
    # WordPress marks one time as both where nothing was changed since.
    changed = ("modified" in named or "updated" in named) and "entry-date" not in named
    for name in ("content", "datetime", "title"):
        stated = attributes.get(name)
        if stated and (found := dates.find(stated, order)):
            if not changed and name != "content":
                above = element.getparent()
                lead = above.text or "" if above is not None else ""
                changed = _says_changed(f"{lead} {line(element, _LONGEST)[:40]}")
            yield found.iso, changed
            return
    text = line(element, _LONGEST) if kind != "shown date" else element.text
    text = " ".join((text or "").split())
    if not text or len(text) > _LONGEST:
        return
    found, at = dates.search(text, order)
    if found is None:
        return
    changed = changed or _says_changed(text[:at])
    yield found.iso, changed
    if changed and (label := _PUBLISHED.search(text, at)):
        published, _ = dates.search(text[label.end() :], order)
        if published is not None:
            yield published.iso, False


def _says_changed(before: str) -> bool:
    """Whether the words before a date say that it is one of change."""
    changes = [match.start() for match in _CHANGED.finditer(before)]
    others = [match.start() for match in _PUBLISHED.finditer(before)]
    return bool(changes) and max(changes) > max(others, default=-1)
