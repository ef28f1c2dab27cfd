"""Headline, authors and dates of web pages, as the archive ends up with them.

Each page is read and composed as an update would; then its article's fields are
compared with the collection's truth. *Exact* sets aside case, white space, the
form of quotes and dashes, and the order of authors; *lenient* asks for a token
F1 of at least .9, or a date within a day. A miss has one of three causes: the
field stayed empty, the true value was claimed but another was chosen, or
nothing on the page was read as the true value.
"""

import multiprocessing
import re
import unicodedata
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from importlib.util import find_spec

import click
import htmldate
import trafilatura

from archive.article import Article
from archive.errors import FormatError
from archive.ingest import pages
from archive.ingest.compose import compose
from archive.ingest.persons import person_names
from archive.source import Kind, Source
from bench.quality.pages import COLLECTIONS, Page
from bench.quality.scores import Measurement, Score

_PROCESSES = 2
_TODAY = date(2026, 1, 1)
"""A day after all pages of the collections, so that a run depends on nothing else."""
_LENIENT = 0.9

Fields = dict[str, str]
"""What was found: ``headline``, ``authors`` (parted by semicolons), ``day``, ``moment``."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A page's truth, what the archive made of it, what it had claimed, what others made of it."""

    name: str
    true: Fields
    found: Fields
    claimed: dict[str, list[str]]
    peers: dict[str, Fields]


def readings(collection: str, peers: bool) -> list[Reading]:
    """Read every page of *collection*, and with *peers* by the plain libraries too."""
    if peers and find_spec("newspaper") is None:
        raise click.ClickException(
            "newspaper4k is not installed: pip install '.[bench]', or say --no-peers"
        )
    work = [(page, peers) for page in COLLECTIONS[collection]()]
    with multiprocessing.get_context("fork").Pool(_PROCESSES) as pool:
        return pool.starmap(_reading, work, chunksize=4)


def _reading(page: Page, peers: bool) -> Reading:
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
    others = {name: read(page) for name, read in _PEERS.items()} if peers else {}
    return Reading(page.name, true, found, claimed, others)


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


def holds_day(page: Page, day: str) -> bool:
    """Whether *page* (or its address) holds the true *day* in some common form."""
    try:
        true = date.fromisoformat(day)
    except ValueError:
        return False
    year, month, number = true.year, true.month, true.day
    sign = r"[-/._ ]?"
    figures = [
        rf"{year}{sign}0?{month}{sign}0?{number}(?!\d)",
        rf"(?<!\d)0?{number}[-/. ]\s?0?{month}[-/. ]\s?(?:{year}|{year % 100:02})(?!\d)",
        rf"(?<!\d)0?{month}[-/. ]\s?0?{number}[-/. ]\s?(?:{year}|{year % 100:02})(?!\d)",
    ]
    names = "|".join(_MONTHS[month - 1].split())
    words = [
        rf"(?<!\d)0?{number}(?:st|nd|rd|th|er|\.|º)?[\s,\-]*(?:de\s+|of\s+)?(?:{names})\w*\.?"
        rf"[\s,\-]*(?:de\s+|del\s+)?(?:{year}|'?{year % 100:02}(?!\d))",
        rf"(?:{names})\w*\.?\s*0?{number}(?:st|nd|rd|th)?(?!\d)[\s,]*"
        rf"(?:{year}|'?{year % 100:02}(?!\d))",
    ]
    text = unicodedata.normalize("NFC", page.html.decode("utf-8", "replace")).casefold()
    text = re.sub(r"&nbsp;|<[^<>]{0,200}>", " ", text)
    raw = f"{page.url} {page.html.decode('utf-8', 'replace')}".casefold()
    return any(re.search(p, raw) for p in figures) or any(re.search(p, text) for p in words)


_MONTHS = (
    "jan jän gen ene ocak", "feb fév fev şub", "mar mär maa mrt", "apr avr abr nis",
    "may mai mag mei mayıs", "jun juin giu haz", "jul juil lug tem", "aug aoû aou ago ağu",
    "sep set eyl", "oct okt ott out eki", "nov kas", "dec dez déc dic ara",
)  # fmt: skip


# -- what is the same -----------------------------------------------------------


def plain(text: str) -> str:
    """Return *text* in lower case, its white space folded, quotes and dashes in one form."""
    text = unicodedata.normalize("NFKC", text.replace("\\xa0", " ")).casefold()
    text = re.sub(r"[‘’‚‛′`´]", "'", text)
    text = re.sub(r"[“”„‟″«»]|''", '"', text)
    text = re.sub(r"[‐‑‒–—―−]|--+", "-", text)
    return " ".join(text.replace("…", "...").split())


def authors(text: str) -> frozenset[str]:
    """Return the names in *text*, each plain: parted, without "by" and white space."""
    text = re.sub(r"^\s*(?:by|von|par|por|di|door)[:\s]+", "", plain(text))
    parts = re.split(r"\s*[;,/&|]\s*|\s+(?:and|und|et|y|e|en)\s+", text)
    return frozenset(name for part in parts if (name := part.strip(" .-")))


def persons(text: str) -> frozenset[str]:
    """Return the names in *text* as the archive would clean any byline."""
    return frozenset(plain(n) for part in text.split(";") for n in person_names(part))


def token_f1(one: str, other: str) -> float:
    """Return the harmonic mean of precision and recall over the words of two texts."""
    left, right = (Counter(re.findall(r"\w+", plain(text))) for text in (one, other))
    shared = sum((left & right).values())
    return 2 * shared / (left.total() + right.total()) if shared else 0.0


def _near(one: str, other: str) -> bool:
    return token_f1(one, other) >= _LENIENT


def _day(text: str) -> date | None:
    """The day of an ISO date, in UTC where it is an instant with its offset."""
    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None
    return (moment.astimezone(UTC) if moment.tzinfo else moment).date()


def _same_utc_day(one: str, other: str) -> bool:
    left, right = _day(one), _day(other)
    return left is not None and left == right


def _within_a_day(one: str, other: str) -> bool:
    left, right = _day(one), _day(other)
    return bool(left and right and abs(left - right) <= timedelta(days=1))


Same = Callable[[str, str], bool]


def _same_headline(one: str, other: str) -> bool:
    return plain(one) == plain(other)


def _same_authors(one: str, other: str) -> bool:
    return bool(authors(other)) and authors(one) == authors(other)


def _same_persons(one: str, other: str) -> bool:
    return bool(persons(other)) and persons(one) == persons(other)


def _same_day(one: str, other: str) -> bool:
    return one == other


# -- the plain libraries ---------------------------------------------------------


def _trafilatura(page: Page) -> Fields:
    document = trafilatura.bare_extraction(page.html, url=page.url or None, with_metadata=True)
    if document is None or isinstance(document, dict):
        return {}
    return {
        "headline": document.title or "",
        "authors": document.author or "",
        "day": document.date or "",
        "moment": document.date or "",
    }


def _newspaper(page: Page) -> Fields:
    import newspaper  # only where plain libraries are scored beside

    article = newspaper.Article(page.url or "https://gannet.example/page")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            article.download(input_html=page.html.decode("utf-8", "replace"))
            article.parse()
    except Exception:  # its own defects on odd pages count as nothing found
        return {}
    when = article.publish_date
    moment = when.isoformat() if isinstance(when, datetime) else ""
    return {
        "headline": article.title or "",
        "authors": "; ".join(article.authors),
        "day": moment[:10],
        "moment": moment,
    }


def _htmldate(page: Page) -> Fields:
    html = page.html.decode("utf-8", "replace")
    found = htmldate.find_date(html, url=page.url or None, original_date=True) or ""
    return {"day": found, "moment": found}


_PEERS: dict[str, Callable[[Page], Fields]] = {
    "trafilatura": _trafilatura,
    "newspaper4k": _newspaper,
    "htmldate": _htmldate,
}
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
            for name, fields in one.peers.items():
                others[name] += self.same(fields.get(self.field, ""), true)
            if self.same(found, true):
                right, near = right + 1, near + 1
                continue
            near += self.near(found, true)
            misses.setdefault(self._cause(one), []).append(
                f"{one.name}: “{found}” is not “{true}”"
            )
        names = {name for one in cases for name in one.peers if self.field in _knows(name)}
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


def _knows(peer: str) -> tuple[str, ...]:
    return ("day", "moment") if peer == "htmldate" else ("headline", "authors", "day", "moment")


def _headline(reach: float | None, stretch: float | None = None) -> Measure:
    return Measure("exact headline", "headline", _same_headline, _near, reach, stretch)


def _authors(reach: float | None = None, stretch: float | None = None) -> Measure:
    return Measure("exact author", "authors", _same_authors, _near, reach, stretch)


def _date(reach: float | None = None, stretch: float | None = None) -> Measure:
    return Measure("exact date", "day", _same_day, _within_a_day, reach, stretch)


def _date_on_page(reach: float) -> Measure:
    return Measure(
        "exact date, where the page holds it", "day", _same_day, _within_a_day, reach, on_page=True
    )


_MEASURES: dict[str, tuple[Measure, ...]] = {
    "newspaper4k": (_headline(0.92), _date(0.86), _date_on_page(0.93), _authors()),
    "adbar": (_headline(0.85), _date(0.885), _date_on_page(0.92), _authors(0.64, 0.68)),
    "postlight": (
        _headline(0.89),
        _authors(0.68),
        Measure("exact date in UTC", "moment", _same_utc_day, _within_a_day, 0.80),
        Measure("date within a day", "moment", _within_a_day, _within_a_day, 0.90),
    ),
    "mozilla": (
        Measure("byline, cleaned", "authors", _same_persons, _near, 0.78),
        Measure("date within a day", "moment", _within_a_day, _within_a_day, 1.0),
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
    names = read[0].peers
    yield Score(
        "htmldate",
        "F1 of exact days",
        _f1(pairs, _same_day),
        len(read),
        _f1(pairs, _within_a_day),
        {
            name: _f1([(r.true["day"], r.peers[name].get("day", "")) for r in read], _same_day)
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
