"""How things look on a page: marks, dates, facet links, chips, the pager.

The only place where text becomes markup: from plain text plus offsets.
"""

from calendar import month_name
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from babel import Locale, UnknownLocaleError
from flask import Flask
from markupsafe import Markup, escape

from archive.article import Article, Precision, Published
from archive.errors import UsageError
from archive.identity import web_url
from indexer import explain
from indexer.engine import UNDATED
from indexer.marking import Mark
from indexer.query import Query
from indexer.search import Results
from web.address import Address

SHOWN = 8
"""How many values of a facet show before the rest is folded away."""
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of a facet: its label, how many articles have it, and where choosing it leads."""

    label: str
    count: int
    url: str
    chosen: bool = False
    months: tuple["Choice", ...] = ()


@dataclass(frozen=True, slots=True)
class Facet:
    """A facet's choices: those in sight, and those folded away."""

    name: str
    shown: tuple[Choice, ...]
    more: tuple[Choice, ...] = ()


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


def paragraphs(text: str, marks: list[Mark]) -> Iterator[Markup]:
    """Yield the paragraphs of *text*, each with the marks that lie in it."""
    at = 0
    for paragraph in text.split("\n\n"):
        end = at + len(paragraph)
        inside = [(m.start - at, m.end - at) for m in marks if at <= m.start and m.end <= end]
        yield marked(paragraph, inside)
        at = end + 2


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


def original_address(article: Article) -> str | None:
    """Return the web address where the article can be read at its source, if it has one."""
    return web_url(article.link or "") or web_url(article.url)


def facets(results: Results, address: Address) -> list[Facet]:
    """Return the facets of *results* as links that narrow *address* or take it back."""
    return [
        _values("source", results.facets.get("source", {}), address),
        _dates(results.facets.get("date", {}), address),
        _values("topic", results.facets.get("topic", {}), address),
        _values("language", results.facets.get("language", {}), address, language_name),
    ]


def language_name(code: str) -> str:
    """Return a language in English words (``de``: German); an unknown code as it is."""
    try:
        return Locale.parse(code).get_display_name("en") or code
    except (ValueError, UnknownLocaleError):
        return code


def _values(
    name: str, counts: dict[str, int], address: Address, shown_as: Callable[[str], str] = str
) -> Facet:
    chosen = address.chosen(name)
    choices = [
        Choice(
            shown_as(value),
            counts.get(value, 0),
            address.without_value(name, value).url(),
            chosen=True,
        )
        for value in chosen
    ]
    choices += [
        Choice(shown_as(value), count, address.with_value(name, value).url())
        for value, count in counts.items()
        if value not in chosen
    ]
    shown = max(SHOWN, len(chosen))
    return Facet(name, tuple(choices[:shown]), tuple(choices[shown:]))


def _dates(counts: dict[str, int], address: Address) -> Facet:
    asked = address.request
    choices: list[Choice] = []
    years = [value for value in counts if len(value) == 4 and value.isdigit()]
    for year in sorted(years, reverse=True):
        open_year = len(years) == 1 or (asked.first or "")[:4] == year == (asked.last or "")[:4]
        months = tuple(
            _period(month, month_name[int(month[5:])], counts[month], address)
            for month in counts
            if open_year and len(month) == 7 and month.startswith(year)
        )
        choice = _period(year, year, counts[year], address)
        choices.append(Choice(choice.label, choice.count, choice.url, choice.chosen, months))
    if asked.undated:
        url = address.with_undated(False).url()
        choices.insert(0, Choice("Undated", counts.get(UNDATED, 0), url, chosen=True))
    elif UNDATED in counts:
        url = address.with_undated(True).url()
        choices.append(Choice("Undated", counts[UNDATED], url))
    return Facet("date", tuple(choices[:12]), tuple(choices[12:]))


def _period(value: str, label: str, count: int, address: Address) -> Choice:
    if address.request.first == value == address.request.last:
        return Choice(label, count, address.with_period(None, None).url(), chosen=True)
    return Choice(label, count, address.with_period(value, value).url())


def parts(query: Query, address: Address) -> list[list[Chip]]:
    """Return what was understood of the query's words, each with its alternatives."""
    if not query.normal:
        return []
    return [
        [Chip(part.words, address.with_text(part.without).url()) for part in alternatives]
        for alternatives in explain.parts(query)
    ]


def chips(address: Address) -> list[Chip]:
    """Return the narrowings in force beyond the words."""
    asked = address.request
    found = [Chip(value, address.without_value("source", value).url()) for value in asked.sources]
    found += [Chip(value, address.without_value("topic", value).url()) for value in asked.topics]
    found += [
        Chip(language_name(code), address.without_value("language", code).url())
        for code in asked.languages
    ]
    if asked.first or asked.last:
        found.append(
            Chip(_period_label(asked.first, asked.last), address.with_period(None, None).url())
        )
    if asked.undated:
        found.append(Chip("Undated", address.with_undated(False).url()))
    if asked.copies:
        found.append(Chip("Every copy", address.with_copies(False).url()))
    return found


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
