"""An item: what a reader found in an entry, page or file, before it is weighed.

Readers do not judge. They hand over the text and every claim they saw about a
field; `compose` chooses among the claims and keeps the winner's origin.
"""

import re
import unicodedata
from dataclasses import dataclass

from archive.article import Evidence

# Halves of a surrogate pair are no text in any encoding; NUL ends text in some programs.
_NO_TEXT = re.compile("[\0\ud800-\udfff]")
_MOST_MARKS = 30
# Combining marks are among what is neither word nor space.
_MAY_BE_MARKS = re.compile(rf"[^\w\s\x00-\x7f]{{{_MOST_MARKS + 1},}}")


@dataclass(frozen=True, slots=True)
class Item:
    """One article as found.

    *key* names it within its source (an entry's id, a file's path); *url* is
    its address. An origin in *claims* begins with its family and a colon
    (``json-ld: datePublished``), by which `compose` ranks it.
    """

    key: str
    url: str
    text: str
    claims: tuple[Evidence, ...]
    original: bytes
    media_type: str


def claim(field: str, value: object, origin: str) -> list[Evidence]:
    """Return a list with the claim, white space folded, or nothing for an empty value."""
    text = " ".join(readable(str(value)).split()) if value is not None else ""
    return [Evidence(field, text, origin)] if text else []


def readable(text: str) -> str:
    """Return *text* with a mark in place of what is no text in any encoding.

    Of the combining marks on one letter 30 are left (the Stream-Safe Text Format of
    UAX #15): no language has as many, and to normalise takes time with their square.
    """
    text = _NO_TEXT.sub("\ufffd", text)
    return text if text.isascii() else _MAY_BE_MARKS.sub(_with_fewer_marks, text)


def _with_fewer_marks(found: re.Match[str]) -> str:
    left: list[str] = []
    marks = 0
    for letter in found[0]:
        marks = marks + 1 if unicodedata.combining(letter) else 0
        if marks <= _MOST_MARKS:
            left.append(letter)
    return "".join(left)
