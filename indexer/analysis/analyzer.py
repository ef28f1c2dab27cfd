"""One analyzer per language: all rules of words together, text → tokens.

News English: ``U.S.``, ``US`` and ``USA`` are one term and not the pronoun
``us``; other dotted acronyms join (``U.N.`` is ``un``); a possessive ``'s`` is dropped.
Positions leap where a paragraph ends, so that no phrase reaches across.
"""

import copy
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from indexer.analysis.folding import fold
from indexer.analysis.languages import Stems, rules_of, stemmer_for
from indexer.analysis.words import APOSTROPHES, TOKEN, Kind, kind, paragraphs

_UNITED_STATES = "u.s."
_POSSESSIVE = re.compile(rf"[{APOSTROPHES}][sS]$")
_SHORT_NAME = re.compile("[&+#]")
# Farther than any phrase reaches.
_GAP = 100
# What is remembered of texts as they are written in terms or forms: so many pieces, none longer.
_MOST_PIECES = 1 << 17
_LONGEST_PIECE = 64
# In an article of another language than the site's, of which there are fewer.
_MOST_FOREIGN = 1 << 15
_OF_LANGUAGE = "\x7f"


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
    """Turns text into tokens for one *language*: a Snowball stemmer's name, or an unstemmed one.

    It is that of a site, and gives those of articles in other languages (`of`): their
    terms follow the rules of their language, their forms those of the site. *mark* tells
    the terms of one language from those of another: those of the site's have none.
    *others* are those that a query is read by as well, see `beside`.

    Safe to share between threads. Raises KeyError for a language that is not known.
    """

    def __init__(self, language: str = "english") -> None:
        self.language = language
        self.mark = ""
        self.others: tuple[Analyzer, ...] = ()
        faces = _Faces(language)
        self._faces = lru_cache(maxsize=1 << 17)(faces)
        self._in_terms = _Written(lambda word: faces(word)[0], _MOST_PIECES)
        self._in_forms = _Written(lambda word: faces(word)[1], _MOST_PIECES)
        self._foreign: dict[str, Analyzer] = {}

    def of(self, code: str | None) -> "Analyzer":
        """Return what reads an article in the language with the ISO 639 *code*: `de`.

        That is this, the site's, where the language is unknown or has no stemmer.
        """
        language = None if self.mark else stemmer_for(code, self.language)
        if language is None:
            return self
        found = self._foreign.get(language)
        return found or self._foreign.setdefault(language, self._of(language))

    def _of(self, language: str) -> "Analyzer":
        faces = _ForeignFaces(language, self.language, self._faces)
        foreign = copy.copy(self)
        foreign.language = language
        foreign.mark = f"{_OF_LANGUAGE}{language}"
        foreign.others = ()
        foreign._faces = lru_cache(maxsize=_MOST_FOREIGN)(faces)
        foreign._in_terms = _Written(lambda word: faces(word)[0], _MOST_FOREIGN)
        return foreign

    def beside(self, codes: Iterable[str]) -> "Analyzer":
        """Return the same for the queries of an archive in languages with these *codes*.

        Its `others` are the analyzers of these languages, without itself, each once.
        """
        read = {self.of(code).language: self.of(code) for code in codes}
        read.pop(self.language, None)
        beside = copy.copy(self)
        beside.others = tuple(read[language] for language in sorted(read))
        return beside

    def tokens(self, text: str, position: int = 0) -> Iterator[Token]:
        """Yield the tokens of *text*, the first at *position*."""
        faces = self._faces
        for start, end in paragraphs(text):
            first = position
            for match in TOKEN.finditer(text, start, end):
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

    def __init__(self, face: Callable[[str], str], most: int) -> None:
        self._face = face
        self._most = most

    def __missing__(self, piece: str) -> str:
        written = "".join([f"{self._face(word)}\n" for word in TOKEN.findall(piece)])
        if len(piece) <= _LONGEST_PIECE:
            if len(self) >= self._most:
                newer = list(self.items())[self._most // 2 :]
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


class _Faces:
    """A word as written → its (term, form), by the rules of *language*."""

    def __init__(self, language: str, united_states: frozenset[str] | None = None) -> None:
        self._stem = Stems(language).stem
        self._rules = rules_of(language)
        if united_states is not None:
            self._rules = replace(self._rules, united_states=united_states)

    def __call__(self, word: str) -> tuple[str, str]:
        rules = self._rules
        if word.isascii() and word.isalpha() and word not in rules.united_states:
            # As most words are: no acronym, number or possessive.
            form = word.lower()
            return self._stem(form), form
        kind_ = kind(word)
        word = _POSSESSIVE.sub("", word)
        if word in rules.united_states:
            return _UNITED_STATES, _UNITED_STATES
        if kind_ is Kind.ACRONYM:
            form = fold(word.replace(".", ""))
            return (_UNITED_STATES,) * 2 if form in {"us", "usa"} else (form, form)
        if kind_ is Kind.NUMBER:
            number = rules.groups.sub("", fold(word).replace("٫", ".").replace("٬", ","))
            return number, number
        form = fold(rules.elided.sub("", word, count=1) if rules.elided.match(word) else word)
        return (form, form) if _SHORT_NAME.search(word) else (self._stem(form), form)


class _ForeignFaces:
    """A word of an article in *language*, on a site in another: its term, and the *site*'s form.

    Quotes and stars ask for forms, and say nothing of languages. What the country's
    abbreviations are is the site's affair, for it is so asked for.
    """

    def __init__(self, language: str, site: str, faces: Callable[[str], tuple[str, str]]) -> None:
        self._own = _Faces(language, rules_of(site).united_states)
        self._site = faces

    def __call__(self, word: str) -> tuple[str, str]:
        return self._own(word)[0], self._site(word)[1]
