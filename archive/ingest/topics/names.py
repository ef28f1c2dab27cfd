"""Names: whether a category is a person's or a place's name, which is no topic.

Decided by evidence: the article's own byline and dateline, the countries and
cities of the Unicode CLDR, and how the article's text writes and uses the
words. What the text also writes in lower case is no name.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from babel import Locale
from babel.core import get_global

PERSON: Final = "a person’s name"
PLACE: Final = "a place’s name"

_LOCALES: Final = ("en", "de", "fr", "es")
# What an article is about it names early; the rest of a very long one costs time alone.
_READ: Final = 20_000
_CONTINENTS: Final = ("Africa", "America", "Asia", "Australia", "Europe")
# What people call countries, or called them, where the CLDR has another name.
_ALSO: Final = frozenset(
    (
        *("us", "u.s.", "usa", "u.s.a.", "america", "uk", "u.k.", "britain", "great britain"),
        *("england", "scotland", "wales", "northern ireland", "uae", "eu", "middle east"),
        *("turkey", "ivory coast", "burma", "holland", "hong kong", "macau", "palestine", "congo"),
        *("soviet union", "ussr", "west germany", "east germany", "yugoslavia", "czechoslovakia"),
    )
)
_NOWHERE: Final = frozenset(("world", "welt", "monde", "mundo"))
# No title with two names behind it is longer than so many characters.
_FAR: Final = 150
_TITLE: Final = re.compile(
    r"\b(?i:mr|mrs|ms|miss|dr|sir|dame|lord|lady|prof|professor|president|senator|sen|rep|judge"
    r"|justice|minister|secretary|chancellor|premier|governor|gov|mayor|king|queen|prince"
    r"|princess|pope|coach|captain|capt|general|gen|actor|actress|singer|author|director"
    r"|chairman|chairwoman|spokesman|spokeswoman|ambassador|representative|candidate|economist"
    r"|analyst|herr|frau|monsieur|madame|señor|señora|präsident|président|presidente)\.?\s+"
    r"(?:[A-Z][\w.]*\s+){0,2}\Z"
)
_PERSONAL: Final = re.compile(
    r"(?:, (?:aged )?\d\d\b|,? who\b|['’]s (?:wife|husband|son|daughter|mother|father|family)\b"
    r"|[^.!?]{0,60}\b(?:he|she|his|her|himself|herself)\b)"
)
_WHERE: Final = re.compile(
    r"\b(?:in|near|outside|across|around|throughout|en|à|près de|bei|nach|aus)\s+\Z"
)
_AFTER_PLACE: Final = re.compile(
    r"(?:[.,;:!?)]|\s+(?:on|and|in|to|for|with|where|after|at|as|but|that|by|from|when|until"
    r"|during|since|was|is|were|has|had|would|will|last|this|next|und|am|et|le|y|el)\b|\s*$)"
)


@dataclass(frozen=True, slots=True)
class Setting:
    """What an article says around its categories: headline and text as one, authors, dateline."""

    text: str
    byline: Sequence[str] = ()
    dateline: str | None = None


def kind(label: str, setting: Setting) -> str | None:
    """Return `PERSON` or `PLACE` when *label* is such a name in this article, else None."""
    folded = label.casefold()
    if folded in {author.casefold() for author in setting.byline}:
        return PERSON
    text = setting.text[:_READ]
    found = _occurrences(label, text)
    if any(_written_small(one[0]) for one in found):
        return None
    if folded in _places() or folded in _parts(setting.dateline):
        return PLACE
    return _by_its_use(label, text, found) if found else None


def _occurrences(label: str, text: str) -> list[re.Match[str]]:
    """Return where *label* stands in *text*, in capitals or not, hyphens as spaces."""
    spaced = r"[\s-]+".join(re.escape(word) for word in re.split(r"[\s-]+", label) if word)
    return list(re.finditer(rf"(?<!\w){spaced}(?!\w)", text, re.IGNORECASE))


def _written_small(name: str) -> bool:
    """Whether a word of *name* that names write large begins small here (not "of", "von")."""
    return any(word[0].islower() for word in re.findall(r"\w+", name) if len(word) > 3)


def _by_its_use(label: str, text: str, found: Sequence[re.Match[str]]) -> str | None:
    """What the words around *label*, *found* in *text*, or around its last word alone, say of it.

    The long expressions are the same for all labels: to compile them with each takes
    longer than all else.
    """
    words = label.split()
    if any(_stands_after(_TITLE, text, name.start()) for name in found):
        return PERSON
    if 2 <= len(words) <= 4:
        last = re.escape(words[-1].title())
        titled = any(
            _stands_after(_TITLE, text, name.start()) for name in re.finditer(rf"{last}\b", text)
        )
        # A surname stands alone later on; so does "the Court", but not without its article.
        before = re.escape(words[-2].title())
        alone = re.search(rf"(?<!{before} )(?<![Tt]he )\b{last}\b", text)
        if titled or (alone and any(_PERSONAL.match(text, name.end()) for name in found)):
            return PERSON
    if len(words) <= 3:
        there = [
            name
            for name in found
            if _stands_after(_WHERE, text, name.start()) and _AFTER_PLACE.match(text, name.end())
        ]
        if len(there) > 1 or (there and len(found) == 1):
            return PLACE
    return None


def _stands_after(before: re.Pattern[str], text: str, at: int) -> bool:
    """Whether *before* matches in *text* so that it ends at *at*."""
    return before.search(text, max(0, at - _FAR), at) is not None


def _parts(dateline: str | None) -> set[str]:
    """The places of a dateline: ``SEOUL, South Korea`` and ``LONDON/PARIS`` are two each."""
    return {part.strip().casefold() for part in re.split(r"[/,;]", dateline or "") if part.strip()}


@cache
def _places() -> frozenset[str]:
    """Countries, continents and the cities that time zones are named after, in lower case."""
    names: set[str] = set(_ALSO)
    zones: Iterable[str] = get_global("zone_territories").keys()
    for zone in zones:
        continent, _, city = zone.partition("/")
        if continent in _CONTINENTS and "/" not in city:
            names.add(city.replace("_", " ").casefold())
    for code in _LOCALES:
        locale = Locale.parse(code)
        names.update(name.casefold() for name in locale.territories.values())
        for zone, about in locale.time_zones.items():
            if "city" in about and zone.partition("/")[0] in _CONTINENTS:
                names.add(about["city"].casefold())
    return frozenset(names - _NOWHERE)
