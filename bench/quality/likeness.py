"""When two headlines, bylines or dates are the same, and when they are nearly so."""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from archive.ingest.persons import person_names
from bench.quality.pages import Page

_LENIENT = 0.9

Same = Callable[[str, str], bool]
"""Whether what was found is the same as what is true."""


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


def near(one: str, other: str) -> bool:
    """Whether two texts share nearly all of their words."""
    return token_f1(one, other) >= _LENIENT


def _day(text: str) -> date | None:
    """The day of an ISO date, in UTC where it is an instant with its offset."""
    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None
    return (moment.astimezone(UTC) if moment.tzinfo else moment).date()


def same_utc_day(one: str, other: str) -> bool:
    """Whether two ISO dates mean one day, instants in UTC."""
    left, right = _day(one), _day(other)
    return left is not None and left == right


def within_a_day(one: str, other: str) -> bool:
    """Whether two ISO dates are at most a day apart."""
    left, right = _day(one), _day(other)
    return bool(left and right and abs(left - right) <= timedelta(days=1))


def same_headline(one: str, other: str) -> bool:
    """Whether two headlines are the same but for case, white space, quotes and dashes."""
    return plain(one) == plain(other)


def same_authors(one: str, other: str) -> bool:
    """Whether two bylines name the same authors, in any order."""
    return bool(authors(other)) and authors(one) == authors(other)


def same_persons(one: str, other: str) -> bool:
    """Whether two bylines name the same persons once both are cleaned."""
    return bool(persons(other)) and persons(one) == persons(other)


def same_day(one: str, other: str) -> bool:
    """Whether two ISO days are the same."""
    return one == other
