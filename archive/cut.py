"""Whether a text looks cut: a guess by how it ends. Pure."""

import re
from typing import Final

TAIL: Final = 160
"""So many characters of a text's end are enough to judge it."""
_DOTS: Final = re.compile(r"(?:…|\.\s?\.\s?\.)[\])\"”’»\s]*\Z")
_MORE: Final = re.compile(
    r"(?:read|see|show) (?:the )?(?:more|full \w+)|(?:continue|keep) reading|weiterlesen"
    r"|mehr lesen|lire la suite|leer más|seguir leyendo|leggi tutto|leia mais|lees verder",
    re.IGNORECASE,
)
_MORE_WORDS: Final = 8
_LINE_WORDS: Final = 12


def looks_cut(text: str) -> str | None:
    """Return why *text*, or its last `TAIL` characters, looks cut, or None.

    A last line of few words may be a list, a table or a signature, and tells nothing
    unless it breaks off at a comma.
    """
    line = text.rstrip().rpartition("\n")[2]
    words = len(line.split())
    if _DOTS.search(line):
        return "ends in dots"
    if words <= _MORE_WORDS and _MORE.search(line):
        return "ends in “read more”"
    if line.endswith((",", ";", " –", " —", "(")) and words > 1:
        return "ends in mid-sentence"
    if words >= _LINE_WORDS and line[-1].isalnum():
        return "ends in mid-sentence"
    return None
