"""Names for bibliographies: which part is the family's, and which names are no person's.

A byline gives a name as it is read. What cannot be parted with confidence (one word,
a newsroom, a script in which the family comes first) stays whole: a whole name is cited
as it stands, a wrongly parted one is a wrong citation.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from archive.article import Article
from archive.export.entry import line

_PARTED = ("LATIN", "GREEK", "CYRILLIC", "ARMENIAN", "GEORGIAN", "MODIFIER")
_PARTICLES = frozenset(
    (
        *("van", "von", "der", "den", "de", "del", "della", "di", "da", "du", "la", "le", "ten"),
        *("ter", "af", "av", "zu", "zur", "dos", "das", "bin", "ibn", "al", "el", "st", "st."),
    )
)
_SUFFIX = re.compile(r"(?:Jr|Sr)\.?|II|III|IV", re.IGNORECASE)
_NO_PERSON = re.compile(
    r"^(?:the|our|from|by)\b|\d|&|\b(?:staff|reporters?|correspondents?|newsroom|news|desk|team"
    r"|editors?|editorial|agency|agencies|reuters|associated press|agence|bureau|services?|wires?"
    r"|redaktion|rédaction|redacción|redazione|redactie)\b",
    re.IGNORECASE,
)
_MOST_WORDS = 6


@dataclass(frozen=True, slots=True)
class Name:
    """A name in its parts; one that stays whole has only *family*."""

    family: str
    given: str = ""
    suffix: str = ""

    @property
    def whole(self) -> bool:
        """Whether it has no parts to be turned round."""
        return not self.given

    @property
    def read(self) -> str:
        """The name in the order in which it is read."""
        return " ".join(part for part in (self.given, self.family, self.suffix) if part)

    @property
    def filed(self) -> str:
        """The name in the order in which it is filed: ``Renck, Tobias, Jr.``."""
        return ", ".join(part for part in (self.family, self.given, self.suffix) if part)


def authors(article: Article) -> tuple[Name, ...]:
    """Return the names in the byline of *article*."""
    outlets = (article.source, article.agency or "")
    return tuple(parted(name, outlets) for name in article.byline if line(name))


def parted(text: str, outlets: Iterable[str] = ()) -> Name:
    """Return the name in *text* in its parts; one of *outlets* stays whole."""
    name = line(text)
    if name.casefold() in {outlet.casefold() for outlet in outlets}:
        return Name(name)
    words = name.replace(",", " , ").split()
    suffix = ""
    if len(words) > 2 and _SUFFIX.fullmatch(words[-1]):
        suffix = words.pop()
        if words[-1] == ",":
            words.pop()
    if not 1 < len(words) <= _MOST_WORDS or _NO_PERSON.search(name) or not _in_parts(name):
        return Name(name)
    if "," in words:
        family, _, given = " ".join(words).partition(" , ")
        return Name(name) if "," in given or not given else Name(family, given, suffix)
    at = next(
        (n for n, word in enumerate(words[1:-1], start=1) if word.casefold() in _PARTICLES),
        len(words) - 1,
    )
    return Name(" ".join(words[at:]), " ".join(words[:at]), suffix)


def _in_parts(name: str) -> bool:
    """Whether all letters are of scripts in which the given name comes first."""
    return all(
        unicodedata.name(letter, "").split(" ", 1)[0] in _PARTED
        for letter in name
        if letter.isalpha()
    )
