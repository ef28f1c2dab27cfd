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
_TITLE: Final = (
    r"\b(?i:mr|mrs|ms|miss|dr|sir|dame|lord|lady|prof|professor|president|senator|sen|rep|judge"
    r"|justice|minister|secretary|chancellor|premier|governor|gov|mayor|king|queen|prince"
    r"|princess|pope|coach|captain|capt|general|gen|actor|actress|singer|author|director"
    r"|chairman|chairwoman|spokesman|spokeswoman|ambassador|representative|candidate|economist"
    r"|analyst|herr|frau|monsieur|madame|señor|señora|präsident|président|presidente)\.?\s+"
    r"(?:[A-Z][\w.]*\s+){0,2}"
)
_PERSONAL: Final = (
    r"(?:, (?:aged )?\d\d\b|,? who\b|['’]s (?:wife|husband|son|daughter|mother|father|family)\b"
    r"|[^.!?]{0,60}\b(?:he|she|his|her|himself|herself)\b)"
)
_WHERE: Final = r"\b(?:in|near|outside|across|around|throughout|en|à|près de|bei|nach|aus)\s+"
_AFTER_PLACE: Final = (
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
    found = [m.group() for m in _occurrences(label).finditer(setting.text)]
    if any(_written_small(one) for one in found):
        return None
    if folded in _places() or folded in _parts(setting.dateline):
        return PLACE
    if not found:
        return None
    return _by_its_use(label, setting.text)


def _occurrences(label: str, flags: int = re.IGNORECASE) -> re.Pattern[str]:
    spaced = r"[\s-]+".join(re.escape(word) for word in re.split(r"[\s-]+", label) if word)
    return re.compile(rf"(?<!\w){spaced}(?!\w)", flags)


def _written_small(name: str) -> bool:
    """Whether a word of *name* that names write large begins small here (not "of", "von")."""
    return any(word[0].islower() for word in re.findall(r"\w+", name) if len(word) > 3)


def _by_its_use(label: str, text: str) -> str | None:
    """What the words around *label*, or around its last word alone, say of it."""
    words = label.split()
    name = _occurrences(label).pattern
    if re.search(rf"{_TITLE}(?i:{name})", text):
        return PERSON
    if 2 <= len(words) <= 4:
        last = re.escape(words[-1].title())
        # A surname stands alone later on; so does "the Court", but not without its article.
        alone = re.search(rf"(?<!{re.escape(words[-2].title())} )(?<![Tt]he )\b{last}\b", text)
        titled = re.search(rf"{_TITLE}{last}\b", text)
        personal = re.search(rf"(?i:{name}){_PERSONAL}", text)
        if titled or (alone and personal):
            return PERSON
    if len(words) <= 3:
        there = re.findall(rf"{_WHERE}(?i:{name}){_AFTER_PLACE}", text)
        if len(there) > 1 or (there and len(_occurrences(label).findall(text)) == 1):
            return PLACE
    return None


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
