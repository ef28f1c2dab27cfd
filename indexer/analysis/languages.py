"""Languages: what of analysis depends on them, and on the scripts they are written in.

An article's own language chooses its stemmer, where it is known and has one; else the
site's. Within an article the letters of a word decide: those of the language hold for its
script, every other script has a stemmer of its own. So Russian or Arabic words are
stemmed right in any article.
"""

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import Stemmer

_LATIN: Final = "latin"
_PAST_LATIN: Final = "\u0370"
# The first and the last letter of a script, and the stemmer that others' archives use for it.
_SCRIPTS: Final[dict[str, tuple[str, str, str]]] = {
    "greek": ("\u0370", "\u03ff", "greek"),
    "cyrillic": ("\u0400", "\u052f", "russian"),
    "armenian": ("\u0530", "\u058f", "armenian"),
    "hebrew": ("\u0590", "\u05ff", ""),
    "arabic": ("\u0600", "\u06ff", "arabic"),
    "devanagari": ("\u0900", "\u097f", "hindi"),
    "tamil": ("\u0b80", "\u0bff", "tamil"),
}
_SCRIPTS_OF: Final[dict[str, tuple[str, ...]]] = {
    "russian": ("cyrillic",),
    "serbian": ("cyrillic", _LATIN),
    "greek": ("greek",),
    "armenian": ("armenian",),
    "yiddish": ("hebrew",),
    "arabic": ("arabic",),
    "persian": ("arabic",),
    "hindi": ("devanagari",),
    "nepali": ("devanagari",),
    "tamil": ("tamil",),
}
UNSTEMMED: Final = frozenset({"chinese", "japanese", "korean", "hebrew"})
"""Languages that need no stemmer, or have none; English words among theirs are stemmed."""

OF_CODE: Final = {
    "ar": "arabic",
    "ca": "catalan",
    "cs": "czech",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "eo": "esperanto",
    "es": "spanish",
    "et": "estonian",
    "eu": "basque",
    "fa": "persian",
    "fi": "finnish",
    "fr": "french",
    "ga": "irish",
    "hi": "hindi",
    "hu": "hungarian",
    "hy": "armenian",
    "id": "indonesian",
    "it": "italian",
    "lt": "lithuanian",
    "nb": "norwegian",
    "ne": "nepali",
    "nl": "dutch",
    "nn": "norwegian",
    "no": "norwegian",
    "pl": "polish",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sr": "serbian",
    "st": "sesotho",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
    "yi": "yiddish",
}
"""The stemmer of a language, by its code in ISO 639-1."""

_ANOTHER_OF: Final = {"porter": "english", "dutch_porter": "dutch"}
_COMMA_GROUPS: Final = UNSTEMMED | {
    *("english", "porter", "irish", "arabic", "hindi", "nepali", "tamil"),
}
_ROMANCE: Final = r"[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu"
_ELIDED: Final = {
    "french": re.compile(rf"(?:{_ROMANCE})['’ʼ＇](?=\w)", re.IGNORECASE),
    "catalan": re.compile(r"[dlmnst]['’ʼ＇](?=\w)", re.IGNORECASE),
    "italian": re.compile(
        r"(?:[cdlmstv]|un|gl|all|coll|dall|dell|nell|sull|quell|quest)['’ʼ＇](?=\w)", re.IGNORECASE
    ),
}
# What stemmers know by an accent, which folding took off: arrêtée, arrêtées; eleições, alemães.
_ENDINGS: Final = {
    "french": (re.compile(r"(?<=\w\w)ees?$"), "e"),
    "portuguese": (re.compile(r"(?<=\w\w)[ao]es$"), "ao"),
}
_NEVER: Final = re.compile(r"(?!)")
_UNITED_STATES: Final = frozenset({"US", "USA"})
# Where ``usa`` is a word: he uses.
_USES: Final = frozenset({"catalan", "esperanto", "italian", "portuguese", "spanish"})


@dataclass(frozen=True, slots=True)
class Rules:
    """How one language writes: *groups* parts the thousands of a figure, as a pattern.

    *elided* is an article or a pronoun that lost its vowel to the word behind it
    (``l'économie``), *united_states* are the country's abbreviations without dots.
    """

    groups: re.Pattern[str]
    elided: re.Pattern[str]
    united_states: frozenset[str]


def rules_of(language: str) -> Rules:
    """Return how *language* writes."""
    separator = "," if language in _COMMA_GROUPS else "."
    spelt = {"Usa"} if language in {"italian"} else set[str]()
    if language not in _USES:
        spelt = {"Usa", "usa"}
    return Rules(
        groups=re.compile(rf"{re.escape(separator)}(?=\d{{3}}(?!\d))"),
        elided=_ELIDED.get(language, _NEVER),
        united_states=_UNITED_STATES | spelt,
    )


@lru_cache(maxsize=1 << 10)
def stemmer_for(code: str | None, site: str) -> str | None:
    """Return the stemmer of what is in the language with this *code* (``de``, ``de-AT``).

    None where that of the *site* will do: the language is unknown, has none, or is the
    site's own.
    """
    name = OF_CODE.get((code or "").partition("-")[0].lower())
    known = name in Stemmer.algorithms() and name != _ANOTHER_OF.get(site, site)
    return name if known else None


class Stems:
    """Folded words to their stems, for an archive in *language*. Safe to share between threads.

    Raises KeyError for a language that is not known.
    """

    def __init__(self, language: str) -> None:
        if language not in UNSTEMMED and language not in Stemmer.algorithms():
            raise KeyError(f"Stemming algorithm '{language}' not found")
        own = () if language in UNSTEMMED else _SCRIPTS_OF.get(language, (_LATIN,))
        self._latin = language if _LATIN in own else "english"
        self._others = [
            (first, last, language if script in own else usual)
            for script, (first, last, usual) in _SCRIPTS.items()
        ]
        self._thread = _Thread()

    def stem(self, form: str) -> str:
        """Return the stem of *form*, which has no capitals."""
        if len(form) < 3 or form.isdigit():
            return form
        name = self._latin if form[0] < _PAST_LATIN else self._of_script(form[0])
        if not name:
            return form
        if name in _ENDINGS:
            ending, plain = _ENDINGS[name]
            form = ending.sub(plain, form)
        # Of a vowel sign alone, nothing would be left.
        return self._thread.stemmers[name](form) or form

    def _of_script(self, letter: str) -> str:
        return next((name for a, b, name in self._others if a <= letter <= b), "")


class _Stemmers(dict[str, Callable[[str], str]]):
    """A stemmer's name → what stems a word."""

    def __missing__(self, name: str) -> Callable[[str], str]:
        stem: Callable[[str], str] = Stemmer.Stemmer(name, 0).stemWord
        self[name] = stem
        return stem


class _Thread(threading.local):
    """What each thread has of its own, as Snowball's stemmers must be."""

    def __init__(self) -> None:
        self.stemmers = _Stemmers()
