"""Analysis: text to terms with offsets, the same for indexing, querying and marking.

A token has two faces: its *form* (folded: case, accents and apostrophes gone)
for exact things such as prefixes, and its *term* (the form's stem) for words.
No word is thrown away as a stop word, so "The Who" can be found as a phrase.

Positions leap where a paragraph ends, so that no phrase reaches across.

News English: ``U.S.``, ``US`` and ``USA`` are one term and not the pronoun
``us``; other dotted acronyms join (``U.N.`` is ``un``); hyphens part words, so
``anti-narcotics`` is the phrase *anti narcotics*; a possessive ``'s`` is dropped.
"""

import re
import threading
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from itertools import islice

import Stemmer

_UNITED_STATES = "u.s."
_MARKS = "\u0300-\u036f"
# Scripts without spaces, a token per character; \u3099 and \u309a are their voicing marks.
_IDEOGRAPH = (
    "\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
_POSSESSIVE = re.compile(r"['’ʼ][sS]$")
# Runs of plain letters go fast; what is more than that is looked at letter by letter.
_PLAIN = "[A-Za-z0-9]*+"
_LETTERS = rf"{_PLAIN}(?:(?:[^\W_{_IDEOGRAPH}]|[{_MARKS}]){_PLAIN})*+"
# In this order: an acronym, a number with separators, a word, an ideograph.
_WORD = (
    r"[^\W\d_]\.(?<!\w..)(?:[^\W\d_]\.)+(?:[^\W\d_](?!\w))?(?:['’ʼ][sS](?!\w))?"
    r"|\d+(?:[.,]\d+)+"
    rf"|[^\W_ʼ{_IDEOGRAPH}]{_LETTERS}(?:['’ʼ](?=[^\W_{_IDEOGRAPH}]|[{_MARKS}]){_LETTERS})*+"
    rf"|[{_IDEOGRAPH}][\u3099\u309a]*"
)
_TOKEN = re.compile(_WORD)
_IDEOGRAPHIC = re.compile(rf"[{_IDEOGRAPH}]")

_BORDER = re.compile(r"\n\s*\n")
_STOP = "[.!?…]"
_SENTENCE_END = r"[\"”’')\]]*\s+(?=[\"“‘'(\[]?[^\W\d_a-zß-ÿ])"
# Begun by what it looks for, which is twice as fast as looking behind everywhere.
_SENTENCE_BORDER = re.compile(_STOP + _SENTENCE_END)
_STREAM = re.compile(rf"{_WORD}|{_BORDER.pattern}|(?<={_STOP}){_SENTENCE_END}")
# Farther than any phrase reaches.
_GAP = 100
# What is remembered of texts as they are written in terms or forms: so many pieces, none longer.
_MOST_PIECES = 1 << 17
_LONGEST_PIECE = 64


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a text: its term, its form, its place among the words, and where it stands.

    *start* and *end* are a half-open range of code points. Positions count from 0,
    one by one within a paragraph, and leap from one paragraph to the next.
    """

    term: str
    form: str
    position: int
    start: int
    end: int


class Analyzer:
    """Turns text into tokens for one *language* (the name of a Snowball stemmer).

    Safe to share between threads. Raises KeyError for a language that Snowball
    does not know.
    """

    def __init__(self, language: str = "english") -> None:
        self.language = language
        faces = _Faces(language)
        self._faces = lru_cache(maxsize=1 << 17)(faces)
        self._in_terms = _Written(lambda word: faces(word)[0])
        self._in_forms = _Written(lambda word: faces(word)[1])

    def tokens(self, text: str, position: int = 0) -> Iterator[Token]:
        """Yield the tokens of *text*, the first at *position*."""
        faces = self._faces
        for start, end in paragraphs(text):
            first = position
            for match in _TOKEN.finditer(text, start, end):
                term, form = faces(match.group())
                yield Token(term, form, position, match.start(), match.end())
                position += 1
            if position > first:
                position += _GAP

    def face(self, word: str) -> tuple[str, str]:
        """Return the (term, form) of *word* as it stands in a text, one of `words_and_bounds`."""
        return self._faces(word)

    def terms(self, text: str) -> tuple[str, ...]:
        """Return the terms of *text* in their order."""
        return tuple(token.term for token in self.tokens(text))

    def forms(self, text: str) -> tuple[str, ...]:
        """Return the forms of *text* in their order."""
        return tuple(token.form for token in self.tokens(text))

    def in_terms(self, pieces: Iterable[str]) -> list[str]:
        """Return each of *pieces*, a text parted at its spaces, as its terms.

        Each term ends in a line feed, which no term holds. No word reaches across a
        space, so a piece has the same words wherever it stands, and is remembered:
        this is ten times as fast as `tokens`. Paragraphs are not told apart.
        """
        return list(map(self._in_terms.__getitem__, pieces))

    def in_forms(self, pieces: Iterable[str]) -> list[str]:
        """Return each of *pieces* as its forms, as `in_terms` does."""
        return list(map(self._in_forms.__getitem__, pieces))


class _Written(dict[str, str]):
    """A piece of text without spaces → the *face* of each of its words, as lines.

    When it is full, the older half is forgotten.
    """

    def __init__(self, face: Callable[[str], str]) -> None:
        self._face = face

    def __missing__(self, piece: str) -> str:
        written = "".join([f"{self._face(word)}\n" for word in _TOKEN.findall(piece)])
        if len(piece) <= _LONGEST_PIECE:
            if len(self) >= _MOST_PIECES:
                newer = list(self.items())[_MOST_PIECES // 2 :]
                self.clear()
                self.update(newer)
            self[piece] = written
        return written


@lru_cache(maxsize=8)
def analyzer_for(built_for: str) -> Analyzer:
    """Return the analysis of an index, from what it was built for: the language comes last.

    One analyzer per language, shared by all.
    """
    return Analyzer(built_for.rsplit(" ", 1)[-1])


class _Kind(Enum):
    ACRONYM = "acronym"
    NUMBER = "number with separators"
    WORD = "word or ideograph"


def _kind(word: str) -> _Kind:
    """What *word*, as the pattern of words found it, is."""
    if "." not in word and "," not in word:
        return _Kind.WORD
    return _Kind.NUMBER if word[0].isdecimal() else _Kind.ACRONYM


class _Faces:
    """A word as written → its (term, form). Snowball's stemmer is one per thread."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._local = threading.local()
        self._local.stemmer = Stemmer.Stemmer(language, 0)

    def _stemmed(self, form: str) -> tuple[str, str]:
        if form.isdigit() or len(form) < 3:
            return form, form
        stemmer = getattr(self._local, "stemmer", None)
        if stemmer is None:
            stemmer = self._local.stemmer = Stemmer.Stemmer(self._language, 0)
        return str(stemmer.stemWord(form)), form

    def __call__(self, word: str) -> tuple[str, str]:
        if word.isascii() and word.isalpha() and word not in {"US", "USA"}:
            # As most words are: no acronym, number or possessive.
            return self._stemmed(word.lower())
        kind = _kind(word)
        word = _POSSESSIVE.sub("", word)
        if kind is _Kind.ACRONYM:
            joined = word.replace(".", "")
            if joined.upper() in {"US", "USA"}:
                return _UNITED_STATES, _UNITED_STATES
            form = fold(joined)
            return form, form
        if word in {"US", "USA"}:
            return _UNITED_STATES, _UNITED_STATES
        if kind is _Kind.NUMBER:
            number = re.sub(r",(?=\d{3}(?!\d))", "", word)
            return number, number
        return self._stemmed(fold(word))


def fold(word: str) -> str:
    """Return *word* without case, accents, compatibility forms and apostrophes."""
    if word.isascii():
        return word.lower().replace("'", "").replace(" ", "") or word
    # Compatibility forms first: a capital among them has no case of its own.
    word = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", word).casefold())
    folded = "".join(c for c in word if not unicodedata.combining(c) and c not in "'’ʼ ")
    # Of a few letters, such as Arabic vowel signs standing alone, nothing would be left.
    return folded or word


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
    if not piece[-1].isspace():
        return None
    return Bound.PARAGRAPH if _BORDER.search(piece) else Bound.SENTENCE


def word_spans(text: str) -> list[tuple[int, int]]:
    """Return where each word of *text* starts and ends."""
    return [match.span() for match in _TOKEN.finditer(text)]


def first_words(text: str, most: int) -> str:
    """Return *text* as far as its first *most* words reach."""
    ends = [match.end() for match in islice(_TOKEN.finditer(text), most + 1)]
    return text if len(ends) <= most else text[: ends[most - 1]]


def last_word(text: str) -> tuple[str, str]:
    """Return what stands before the word that *text* ends with, and that word.

    It is empty where *text* ends with no word, or with one that is no word of
    letters: an acronym, an ideograph, a number with separators.
    """
    matches = list(_TOKEN.finditer(text))
    if not matches or matches[-1].end() < len(text):
        return text, ""
    word = matches[-1].group()
    if _kind(word) is not _Kind.WORD or _IDEOGRAPHIC.match(word):
        return text, ""
    return text[: matches[-1].start()], word


def has_words(text: str) -> bool:
    """Whether *text* holds anything that can be searched for."""
    return _TOKEN.search(text) is not None
