"""Words: where they stand in a text, and where its sentences and paragraphs begin.

Hyphens part words: ``anti-narcotics`` is two. Dotted acronyms (``U.N.``), figures
with separators (``1,200``), and short names such as ``AT&T``, ``C++`` and ``C#`` are
one each. Of scripts written without spaces every character is a word, so that a
word of these is found as a phrase, letter by letter, wherever it stands: what pairs
of characters would find, and single ones beside. Marks and invisible characters
(vowel signs, soft hyphens, joiners, marks of direction) are part of the word that
they stand in.
"""

import re
import unicodedata
from collections.abc import Iterator
from enum import Enum
from itertools import islice
from typing import Final

APOSTROPHES: Final = "'’ʼ＇׳״"
"""What joins letters to one word, Hebrew's geresh and gershayim too."""
# Soft hyphen, joiners and directions, combining marks, and variants of letters.
MARKS: Final = (
    "\u00ad"
    + "".join(c for c in map(chr, range(0x300, 0x1E00)) if unicodedata.category(c)[0] == "M")
    + "\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
    + "\u20d0-\u20f0\ufe00-\ufe0f\ufe20-\ufe2f"
)
"""What belongs to the letter before it, as a set of a regular expression."""
IDEOGRAPHS: Final = (
    "\u3005-\u3007\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9d\U00020000-\U0003ffff"
)
"""Characters of scripts without spaces, as a set of a regular expression."""
VOICING: Final = "\u3099\u309a\uff9e\uff9f\ufe00-\ufe0f\U000e0100-\U000e01ef"
"""What belongs to the ideograph before it."""

# Runs of plain letters go fast; what is more than that is looked at letter by letter.
_PLAIN = "[A-Za-z0-9]*+"
_LETTER = rf"(?:[^\x00-\x7f\W{IDEOGRAPHS}]|(?![\x00-\x7f])[{MARKS}])"
_LETTERS = rf"{_PLAIN}(?:{_LETTER}{_PLAIN})*+"
_S = rf"(?:[{APOSTROPHES}][sS](?!\w))?"
# The ends of AT&T, C++ and C#; more letters than these stand apart from such signs.
SHORT_NAME: Final = (
    rf"&(?:(?<=\b\w&)(?<![{MARKS}]\w&)|(?<=\b\w\w&)(?<![{MARKS}]\w\w&))[A-Za-z]{{1,2}}(?!\w)"
    rf"|\+\+(?<=\b[A-Za-z]\+\+)(?<![{MARKS}]\w\+\+)(?!\w)"
    rf"|\#(?<=\b[A-Za-z]\#)(?<![{MARKS}]\w\#)(?!\w)"
)
# First a word as most are, behind which nothing can be more of it: that goes fast. Then, in this
# order, an acronym, a figure with separators, a word, an ideograph.
_WORD = (
    r"[A-Za-z][A-Za-z0-9]++(?![^ ,])"
    rf"|[^\W\d_]\.(?<!\w..)(?:[^\W\d_]\.)+(?:[^\W\d_](?!\w))?{_S}"
    r"|\d+(?:[.,٫٬]\d+)+"
    rf"|[^\W_ʼ{IDEOGRAPHS}]{_LETTERS}"
    rf"(?:[{APOSTROPHES}](?=[^\W_{IDEOGRAPHS}]|[{MARKS}]){_LETTERS}|{SHORT_NAME})*+"
    rf"|[{IDEOGRAPHS}][{VOICING}]*"
)
TOKEN: Final = re.compile(_WORD)
"""A word of a text."""
_SEPARATOR = re.compile("[.,٫٬]")
_IDEOGRAPHIC = re.compile(rf"[{IDEOGRAPHS}]")

_BORDER = re.compile(r"\n\s*\n")
_STOP = "[.!?…؟۔।]"
_SENTENCE_END = r"[\"”’')\]]*\s+(?=[\"“‘'(\[]?[^\W\d_a-zß-ÿ])"
# Of scripts without spaces, where a letter more follows.
_FULL_STOPS = "。！？｡"
_FULL_END = rf"[{_FULL_STOPS}]++[”’」』）\"')]*+\s*+(?=\S)"
# Begun by what it looks for, which is twice as fast as looking behind everywhere.
_SENTENCE_BORDER = re.compile(f"{_STOP}{_SENTENCE_END}|{_FULL_END}")
_STREAM = re.compile(rf"{_WORD}|{_BORDER.pattern}|(?<={_STOP}){_SENTENCE_END}|{_FULL_END}")


class Kind(Enum):
    """What a word is."""

    ACRONYM = "acronym"
    NUMBER = "number with separators"
    WORD = "word or ideograph"


def kind(word: str) -> Kind:
    """What *word*, as the pattern of words found it, is."""
    if _SEPARATOR.search(word) is None:
        return Kind.WORD
    return Kind.NUMBER if word[0].isdecimal() else Kind.ACRONYM


def paragraphs(text: str) -> Iterator[tuple[int, int]]:
    """Yield where each paragraph of *text* starts and ends; blank lines part them."""
    start = 0
    for border in _BORDER.finditer(text):
        yield start, border.start()
        start = border.end()
    yield start, len(text)


def sentence_starts(text: str, start: int, end: int) -> list[int]:
    """Return where the sentences of a paragraph, ``text[start:end]``, begin."""
    return [start, *(match.end() for match in _SENTENCE_BORDER.finditer(text, start, end))]


class Bound(Enum):
    """What begins behind a bound between words."""

    SENTENCE = "sentence"
    PARAGRAPH = "paragraph"


def words_and_bounds(text: str) -> list[str]:
    """Return the words of *text* as they stand, and between them what parts sentences.

    In one run of a regular expression, for indexing. The words are those of
    `Analyzer.tokens`; `bound` tells bounds from words.
    """
    return _STREAM.findall(text)


def bound(piece: str) -> Bound | None:
    """Return what begins behind *piece*, one of `words_and_bounds`; None when it is a word."""
    if not piece[-1].isspace() and piece[0] not in _FULL_STOPS:
        return None
    return Bound.PARAGRAPH if _BORDER.search(piece) else Bound.SENTENCE


def word_spans(text: str) -> list[tuple[int, int]]:
    """Return where each word of *text* starts and ends."""
    return [match.span() for match in TOKEN.finditer(text)]


def first_words(text: str, most: int) -> str:
    """Return *text* as far as its first *most* words reach."""
    ends = [match.end() for match in islice(TOKEN.finditer(text), most + 1)]
    return text if len(ends) <= most else text[: ends[most - 1]]


def last_word(text: str) -> tuple[str, str]:
    """Return what stands before the word that *text* ends with, and that word.

    It is empty where *text* ends with no word, or with one that is no word of
    letters: an acronym, an ideograph, a number with separators.
    """
    matches = list(TOKEN.finditer(text))
    if not matches or matches[-1].end() < len(text):
        return text, ""
    word = matches[-1].group()
    if kind(word) is not Kind.WORD or _IDEOGRAPHIC.match(word):
        return text, ""
    return text[: matches[-1].start()], word


def ideographs(text: str) -> tuple[str, ...]:
    """Return the ideographs that *text* is made of, with their marks; none where it has more."""
    found = TOKEN.findall(text)
    whole = "".join(found) == text and all(map(_IDEOGRAPHIC.match, found))
    return tuple(found) if whole else ()


def has_words(text: str) -> bool:
    """Whether *text* holds anything that can be searched for."""
    return TOKEN.search(text) is not None
