"""Spellings: other ways to write a word, in one piece, with a hyphen or in two.

``anti-narcotics`` and ``antinarcotics``, ``COVID-19`` and ``COVID19``, ``cease-fire`` and
``ceasefire``, ``Müller`` and ``Mueller``. The index parts words at hyphens, so what is
written with one is found as it is written in two.
"""

import re
from itertools import chain
from typing import Final

PREFIXES: Final = (
    *("anti", "bio", "co", "counter", "cross", "cyber", "eco", "ex", "extra", "geo", "hyper"),
    *("infra", "inter", "intra", "macro", "mega", "micro", "mid", "mini", "multi", "nano", "neo"),
    *("non", "post", "pre", "pseudo", "quasi", "re", "self", "semi", "socio", "sub", "super"),
    *("tele", "trans", "ultra", "vice"),
)
"""What words begin with that are written all three ways."""
COMPOUNDS: Final = (
    *("air-base", "air-space", "air-strike", "cease-fire"),
    *("child-care", "counter-part", "day-care", "decision-mak", "e-bike", "e-book"),
    *("e-cigarette", "e-commerce", "e-government", "e-learning", "e-mail", "e-scooter"),
    *("e-sport", "e-ticket", "fire-fight", "flood-light", "fund-rais", "gun-fire", "gun-man"),
    *("gun-men", "head-quarter", "health-care", "home-owner", "land-lord", "land-mine"),
    *("law-mak", "life-style", "off-shore", "on-line", "on-shore", "pay-roll"),
    *("peace-keep", "per-cent", "policy-mak", "rain-forest", "ring-leader", "sea-food"),
    *("share-holder", "ship-build", "smart-phone", "stake-holder", "start-up", "stock-pil"),
    *("take-over", "trade-mark", "war-plane", "war-ship", "watch-dog", "web-site", "week-end"),
    *("whistle-blow", "wild-fire", "wild-life", "work-force", "work-place", "world-wide"),
)
"""Words of news that are; each may have an ending more."""

_LETTER = r"[^\W\d_]"
_ENDING = rf"{_LETTER}{{0,4}}"
# Names are joined, never parted: O Neill, Mc Donald.
_OF_NAMES = ("o", "mc", "mac")
_COMPOUND = "|".join(
    rf"(?:{one}(?={other}{_ENDING}$))" for one, other in (word.split("-") for word in COMPOUNDS)
)
_PREFIX = "|".join(sorted(PREFIXES, key=len, reverse=True))
_IN_ONE = re.compile(rf"({_COMPOUND}|(?:{_PREFIX})(?={_LETTER}{{3}}))({_LETTER}+)", re.IGNORECASE)
_HYPHENED = re.compile(r"\w+(?:[-‐‑]\w+){1,3}")
_HYPHEN = re.compile("[-‐‑]")
_WITH_FIGURE = re.compile(
    rf"({_LETTER}+)(\d+)|(\d+)((?!(?:s|st|nd|rd|th)$){_LETTER}+)", re.IGNORECASE
)
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})


def spellings(word: str) -> tuple[str, ...]:
    """Return the other ways to write *word*; what has a space is meant as a phrase.

    None where it is more than a word, or no other way is known.
    """
    letters = [i for i, c in enumerate(word) if c.isalnum()]
    word = word[letters[0] : letters[-1] + 1] if letters else ""
    found = chain(_joined(word), _parted(word), _without_umlauts(word))
    return tuple(dict.fromkeys(other for other in found if other != word))


def in_one(first: str, second: str) -> tuple[str, ...]:
    """Return the two words *first* and *second*, side by side in a query, as one word.

    None where they are not known to be written so.
    """
    joined = f"{first}{second}"
    parted = _IN_ONE.fullmatch(joined)
    known = parted is not None and parted[1] == first
    name = first.casefold() in _OF_NAMES and second.isalpha()
    return (joined,) if known or name else ()


def _joined(word: str) -> tuple[str, ...]:
    if _HYPHENED.fullmatch(word) and any(map(str.isalpha, word)):
        return (_HYPHEN.sub("", word),)
    return ()


def _parted(word: str) -> tuple[str, ...]:
    match = _WITH_FIGURE.fullmatch(word) or _IN_ONE.fullmatch(word)
    return (" ".join(filter(None, match.groups())),) if match else ()


def _without_umlauts(word: str) -> tuple[str, ...]:
    return (word.translate(_UMLAUTS),) if word.isalpha() else ()
