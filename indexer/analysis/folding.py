"""Folding: what of a word's letters is not told apart.

Case, compatibility forms (full-width letters, ligatures), accents and vowel signs,
apostrophes, invisible characters, digits of other scripts, and letters that others
write with a plainer one (``ø`` and ``o``). What is a letter of its own in its script
stays: the Russian ``й``, voiced kana, the virama of Indic scripts, Thai tones.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Final

_DROPPED: Final = frozenset("'’ʼʻʽʾʿ׳״ـ ")
# Where Unicode knows no accent to be taken off, and where two scripts have letters alike.
_PLAINER: Final = {
    **dict(zip("øđðłħŧıىیک", "oddlhtiييك", strict=True)),
    "þ": "th",
    "æ": "ae",
    "œ": "oe",
}
_MARKED: Final = frozenset("øđðłħŧıþæœ")
# Other marks may stand between the letter and its breve.
_SHORT_I: Final = re.compile("и(\\W*?)\u0306")


def fold(word: str) -> str:
    """Return *word* without case, accents, compatibility forms and apostrophes."""
    if word.isascii():
        return word.lower().replace("'", "").replace(" ", "") or word
    # Compatibility forms first: a capital among them has no case of its own.
    word = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", word).casefold())
    word = _SHORT_I.sub(r"й\1", word)
    folded = unicodedata.normalize("NFC", "".join(map(_letter, word)))
    # Of a few letters, such as Arabic vowel signs standing alone, nothing would be left.
    return folded or word


def has_accents(word: str) -> bool:
    """Whether *word* has a mark or a letter that folding takes off, beside case and the like."""
    if word.isascii():
        return False
    # Composed again, a short i is a letter and no mark.
    letters = _SHORT_I.sub(r"й\1", unicodedata.normalize("NFKD", word.casefold()))
    return any(c in _MARKED or _is_accent(c) for c in letters)


@lru_cache(maxsize=1 << 12)
def _letter(c: str) -> str:
    """What is left of a character of a decomposed text in small letters."""
    if c in _DROPPED or _is_accent(c) or unicodedata.category(c) == "Cf":
        return ""
    if c.isdecimal():
        return str(unicodedata.decimal(c))
    return _PLAINER.get(c, c)


def _is_accent(c: str) -> bool:
    """Whether *c* is a mark over, under or through a letter, or a Semitic vowel sign.

    The classes are those of the Unicode Character Database (UAX #44, table 15): 7 to 9
    are nukta, kana voicing and virama, those from 84 on belong to scripts of Asia.
    """
    place = unicodedata.combining(c)
    return place == 1 or 10 <= place <= 36 or place >= 200
