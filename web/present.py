"""How things look on a page: marks, dates, chips, the pager.

The only place where text becomes markup: from plain text plus offsets.
"""

from calendar import month_name
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from flask import Flask
from markupsafe import Markup, escape

from archive.article import Article, Precision, Published
from archive.errors import UsageError
from archive.identity import web_url
from archive.web_archives import capture_at
from indexer import explain
from indexer.query import Query
from indexer.request import NARROWING
from indexer.results import Results
from web.address import Address
from web.paths import told


@dataclass(frozen=True, slots=True)
class Chip:
    """A part of the query or a narrowing in force, and where it leads to take it back."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Page:
    """A step of the pager; *url* is None for the page that shows, *label* … for a gap."""

    label: str
    url: str | None


def register(app: Flask) -> None:
    """Make the filters of this module known to the templates."""
    app.jinja_env.filters.update(
        marked=marked,
        shown_date=shown_date,
        direction=direction,
        told_address=told,
        number=lambda value: f"{value:,}",
        day=lambda day: in_words(day.isoformat()),
        moment=lambda iso: f"{in_words(iso[:10])}, {iso[11:16]} UTC",
    )


def marked(text: str, spans: Iterable[tuple[int, int]]) -> Markup:
    """Return *text* escaped, with the spans in ``<mark>``."""
    parts: list[Markup] = []
    at = 0
    for start, end in spans:
        parts += [escape(text[at:start]), Markup("<mark>"), escape(text[start:end])]
        parts.append(Markup("</mark>"))
        at = end
    parts.append(escape(text[at:]))
    return Markup("").join(parts)


def shown_date(published: Published | None, *, full: bool = False) -> str:
    """Return a date in words, as exact as it is known; *full* adds the time of day."""
    if published is None:
        return "Undated"
    first = published.days[0]
    if published.precision is Precision.MONTH:
        return f"{month_name[first.month]} {first.year}"
    day = f"{first.day} {month_name[first.month]} {first.year}"
    if published.precision is Precision.MINUTE and full:
        instant = datetime.fromisoformat(published.iso)
        offset = instant.strftime("%z")
        zone = f" (UTC{offset[:3]}:{offset[3:5]})" if offset else ""
        return f"{day}, {instant:%H:%M}{zone}"
    return day


@lru_cache(maxsize=256)
def direction(language: str | None) -> str:
    """Return the value of ``dir`` for text of a language; ``auto`` where it is not known.

    The language comes before the first letters: an Arabic article may begin with a Latin name.
    """
    try:
        right_to_left = Locale.parse(language or "").character_order == "right-to-left"
    except (ValueError, UnknownLocaleError):
        return "auto"
    return "rtl" if right_to_left else "ltr"


def original_address(article: Article) -> str | None:
    """Return the web address where the article can be read at its source, if it has one.

    Of what was read from a web archive, that is the address that was captured.
    """
    address = web_url(article.link or "") or web_url(article.url)
    capture = capture_at(address or "")
    return capture.original if capture else address


def language_name(code: str) -> str:
    """Return a language in English words (``de``: German); an unknown code as it is."""
    try:
        return Locale.parse(code).get_display_name("en") or code
    except (ValueError, UnknownLocaleError):
        return code


def parts(query: Query, address: Address) -> list[list[Chip]]:
    """Return what was understood of the query's words, each with its alternatives."""
    if not query.normal:
        return []
    return [
        [Chip(part.words, address.with_text(part.without).url()) for part in alternatives]
        for alternatives in explain.parts(query)
    ]


def chips(address: Address) -> list[list[Chip]]:
    """Return the narrowings in force beyond the words, each with its alternatives."""
    asked = address.request
    found = [
        [
            Chip(named(facet, value), address.without_value(facet, value).url())
            for value in asked.chosen(facet)
        ]
        for facet in NARROWING
    ]
    found += [
        [Chip(f"not {named(facet, value)}", address.let_in(facet, value).url())]
        for facet, value in asked.left_out
    ]
    if asked.first or asked.last:
        label = _period_label(asked.first, asked.last)
        found.append([Chip(label, address.with_period(None, None).url())])
    if asked.undated:
        found.append([Chip("Undated", address.with_undated(False).url())])
    if asked.copies:
        found.append([Chip("Every copy", address.with_copies(False).url())])
    return [alternatives for alternatives in found if alternatives]


def named(facet: str, value: str) -> str:
    """Return a value of a facet as it is shown: a language in words."""
    return language_name(value) if facet == "language" else value


def _period_label(first: str | None, last: str | None) -> str:
    if first == last and first:
        return in_words(first)
    if first and last:
        return f"{in_words(first)} to {in_words(last)}"
    return f"from {in_words(first)}" if first else f"up to {in_words(last or '')}"


def in_words(period: str) -> str:
    """Return ``2024-06`` as June 2024; what is no such date comes back as it is."""
    try:
        if len(period) == 7:
            day = date.fromisoformat(f"{period}-01")
            return f"{month_name[day.month]} {day.year}"
        if len(period) == 10:
            day = date.fromisoformat(period)
            return f"{day.day} {month_name[day.month]} {day.year}"
    except ValueError:
        pass
    return period


def pager(results: Results, address: Address) -> list[Page]:
    """Return the first, last and neighbouring pages, with gaps between."""
    last = results.pages
    if last < 2:
        return []
    here = results.request.page
    wanted = sorted({1, last, *range(max(1, here - 2), min(last, here + 2) + 1)})
    pages: list[Page] = []
    for before, page in zip([0, *wanted], wanted, strict=False):
        if page - before > 1:
            pages.append(Page("…", None))
        pages.append(Page(str(page), None if page == here else address.with_page(page).url()))
    return pages


def page_number(args: Mapping[str, str]) -> int:
    """Return which page an address asks for, 1 where it does not. Raises UsageError."""
    text = args.get("page", "").strip() or "1"
    if not (text.isascii() and text.isdigit() and len(text) <= 6 and int(text) > 0):
        raise UsageError("is no number to count with", f"page “{text[:40]}”")
    return int(text)
