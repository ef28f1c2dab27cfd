"""Headline, authors and dates of web pages, as the archive ends up with them.

Each page is read and composed as an update would; then its article's fields are
compared with the collection's truth. *Exact* sets aside case, white space, the
form of quotes and dashes, and the order of authors; *lenient* asks for a token
F1 of at least .9, or a date within a day. A miss has one of three causes: the
field stayed empty, the true value was claimed but another was chosen, or
nothing on the page was read as the true value.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import date

from archive.article import Article
from archive.errors import FormatError
from archive.ingest import pages
from archive.ingest.compose import compose
from archive.source import Kind, Source
from bench.quality import peers as plain_libraries
from bench.quality.likeness import (
    Same,
    holds_day,
    near,
    same_authors,
    same_day,
    same_headline,
    same_persons,
    same_utc_day,
    within_a_day,
)
from bench.quality.pages import COLLECTIONS, Page
from bench.quality.peers import PROCESSES, Found, knowing
from bench.quality.scores import Measurement, Score

_TODAY = date(2026, 1, 1)
"""A day after all pages of the collections, so that a run depends on nothing else."""

Fields = dict[str, str]
"""What was found: ``headline``, ``authors`` (parted by semicolons), ``day``, ``moment``."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A page's truth, what the archive made of it, what it had claimed, what others made of it."""

    name: str
    true: Fields
    found: Fields
    claimed: Mapping[str, list[str]]
    peers: Mapping[str, Found]


def readings(collection: str, peers: bool) -> list[Reading]:
    """Read every page of *collection*, and with *peers* by the plain libraries too."""
    others = plain_libraries.found(collection) if peers else {}
    with ProcessPoolExecutor(PROCESSES) as pool:
        read = list(pool.map(_reading, COLLECTIONS[collection](), chunksize=4))
    return [replace(one, peers=others.get(one.name, {})) for one in read]


def _reading(page: Page) -> Reading:
    article = archived(page)
    true = {
        "headline": page.headline or "",
        "authors": _text(page.authors),
        "day": _text(page.day),
        "moment": page.moment or "",
        "on page": "yes" if holds_day(page, _text(page.day)) else "",
    }
    found: Fields = {}
    claimed: dict[str, list[str]] = {}
    if article:
        published = article.published.iso if article.published else ""
        found = {
            "headline": "" if article.headline_is_derived else article.headline,
            "authors": "; ".join(article.byline),
            "day": published[:10],
            "moment": published,
        }
        for evidence in article.evidence:
            claimed.setdefault(evidence.field, []).append(evidence.value)
    return Reading(page.name, true, found, claimed, {})


def _text(value: object) -> str:
    """A true value as text; some collections give lists, and no number for nothing."""
    if isinstance(value, list):
        return "; ".join(str(part) for part in value)
    return value if isinstance(value, str) else ""


def archived(page: Page) -> Article | None:
    """Return the article that the archive would keep of *page*, or None when it is refused."""
    url = page.url or "https://gannet.example/page"
    try:
        item = pages.read(page.html, page.name, url)
    except FormatError:
        return None
    return compose(item, Source(1, Kind.FEED, "https://gannet.example/feed", None), _TODAY)


_CLAIMS = {"headline": "headline", "authors": "byline", "day": "published", "moment": "published"}


# -- the measurements --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Measure:
    """One score of a collection: of which field, by which likeness, and what was asked for."""

    name: str
    field: str
    same: Same
    near: Same
    reach: float | None = None
    stretch: float | None = None
    on_page: bool = False

    def score(self, corpus: str, read: Iterable[Reading]) -> Score:
        """Return the share of the pages with a true value that have it."""
        cases = [r for r in read if r.true[self.field] and (r.true["on page"] or not self.on_page)]
        misses: dict[str, list[str]] = {}
        right = near = 0
        others: Counter[str] = Counter()
        for one in cases:
            true, found = one.true[self.field], one.found.get(self.field, "")
            for name in knowing(self.field):
                others[name] += self.same(_said(one, name, self.field), true)
            if self.same(found, true):
                right, near = right + 1, near + 1
                continue
            near += self.near(found, true)
            misses.setdefault(self._cause(one), []).append(
                f"{one.name}: “{found}” is not “{true}”"
            )
        names = {name for one in cases for name in one.peers} & set(knowing(self.field))
        return Score(
            corpus,
            self.name,
            right / len(cases),
            len(cases),
            near / len(cases),
            {name: others[name] / len(cases) for name in sorted(names)},
            self.reach,
            self.stretch,
            misses,
        )

    def _cause(self, one: Reading) -> str:
        true = one.true[self.field]
        if not one.found.get(self.field):
            return "nothing found"
        claims = one.claimed.get(_CLAIMS[self.field], [])
        if any(self.same(claim, true) for claim in claims):
            return "claimed, another was chosen"
        if any(self.near(claim, true) for claim in claims):
            return "only something near it was claimed"
        return "not claimed by anything that was read"


def _said(one: Reading, peer: str, field: str) -> str:
    found = one.peers.get(peer)
    return (getattr(found, field) or "") if found else ""


def _headline(reach: float | None, stretch: float | None = None) -> Measure:
    return Measure("exact headline", "headline", same_headline, near, reach, stretch)


def _authors(reach: float | None = None, stretch: float | None = None) -> Measure:
    return Measure("exact author", "authors", same_authors, near, reach, stretch)


def _date(reach: float | None = None, stretch: float | None = None) -> Measure:
    return Measure("exact date", "day", same_day, within_a_day, reach, stretch)


def _date_on_page(reach: float) -> Measure:
    return Measure(
        "exact date, where the page holds it", "day", same_day, within_a_day, reach, on_page=True
    )


_MEASURES: dict[str, tuple[Measure, ...]] = {
    "newspaper4k": (_headline(0.92), _date(0.86), _date_on_page(0.93), _authors()),
    "adbar": (_headline(0.85), _date(0.885), _date_on_page(0.92), _authors(0.64, 0.68)),
    "postlight": (
        _headline(0.89),
        _authors(0.68),
        Measure("exact date in UTC", "moment", same_utc_day, within_a_day, 0.80),
        Measure("date within a day", "moment", within_a_day, within_a_day, 0.90),
    ),
    "mozilla": (
        Measure("byline, cleaned", "authors", same_persons, near, 0.78),
        Measure("date within a day", "moment", within_a_day, within_a_day, 1.0),
    ),
}


def _measurement(collection: str) -> Measurement:
    def measure(peers: bool) -> Iterator[Score]:
        read = readings(collection, peers)
        for one in _MEASURES[collection]:
            yield one.score(collection, read)

    return measure


def days(peers: bool) -> Iterator[Score]:
    """Score the days of htmldate's own collection as its evaluation does: F1 of exact days.

    A wrong day is a false positive only; a day where there is none is one too.
    """
    read = readings("htmldate", peers)
    misses: dict[str, list[str]] = {}
    for one in read:
        true, found = one.true["day"], one.found.get("day", "")
        if true != found:
            cause = "wrong" if found and true else "invented" if found else "missing"
            misses.setdefault(cause, []).append(f"{one.name}: “{found}” is not “{true}”")
    pairs = [(one.true["day"], one.found.get("day", "")) for one in read]
    names = knowing("day") if peers else ()
    yield Score(
        "htmldate",
        "F1 of exact days",
        _f1(pairs, same_day),
        len(read),
        _f1(pairs, within_a_day),
        {
            name: _f1([(r.true["day"], _said(r, name, "day")) for r in read], same_day)
            for name in names
        },
        0.951,
        0.955,
        misses,
    )


def _f1(pairs: list[tuple[str, str]], same: Same) -> float:
    right = sum(bool(true) and same(found, true) for true, found in pairs)
    wrong = sum(bool(found) and not (true and same(found, true)) for true, found in pairs)
    missing = sum(bool(true) and not found for true, found in pairs)
    return 2 * right / (2 * right + wrong + missing)


MEASUREMENTS: dict[str, Measurement] = {
    **{f"{name} facts": _measurement(name) for name in _MEASURES},
    "htmldate": days,
}
"""By the names that `--sets` takes."""
