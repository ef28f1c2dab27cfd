"""Places: where in a text the words and phrases of a query stand.

A text is written as lines, a word's term (or form) on each, so that a word, a
phrase or a prefix is found as a piece of a string, at the speed of C; only what is
found is traced back to the text.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import accumulate, repeat
from typing import Final

from rapidfuzz.distance import OSA

from indexer.analysis import Analyzer, fold, paragraphs, word_spans
from indexer.tree import Exact, Fuzzy, Placed, Prefix, Wildcard, Words

_END = "\n"
# Longer texts are not remembered: all that are take 60 MB at most, mostly a third of it.
# Shorter ones, such as headlines, are written as fast as they are found again.
LONGEST: Final = 8000
_SHORTEST = 400
_LETTER = f"[^{_END}]"


_Write = Callable[[Iterable[str]], list[str]]
"""Gives, of each piece of a text that is parted at its spaces, its words as lines."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in a text.

    *first* and *last* are the numbers of its words, one by one within a paragraph;
    *start* and *end* a half-open range of code points.
    """

    first: int
    last: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Written:
    """The words of a text, one a line, in terms or in forms; an empty line ends a paragraph.

    *bounds* are those of its paragraphs, *counts* how many words each piece of each
    paragraph has, *ends* how many lines there are up to the end of each paragraph.
    """

    text: str
    bounds: tuple[tuple[int, int], ...]
    counts: tuple[tuple[int, ...], ...]
    ends: tuple[int, ...]


class Lines:
    """A text as it is *written*, and the way back from its lines to the text."""

    def __init__(self, source: str, written: Written) -> None:
        self._source = source
        self._written = written
        self._tables: dict[int, _Table] = {}
        self.text = written.text

    def places(self, sought: str) -> list[Place]:
        """Return where *sought*, that begins with the end of a line, stands, also overlapping.

        Where it stops within a line, the place reaches to that line's end.
        """
        return self._traced(self._stretches(sought))

    def matching(self, pattern: re.Pattern[str]) -> list[Place]:
        """Return the lines that *pattern* matches with the end of the line before them."""
        return self._traced(match.span() for match in pattern.finditer(self.text))

    def _stretches(self, sought: str) -> Iterator[tuple[int, int]]:
        """Yield the ends of lines between which *sought* stands."""
        at = self.text.find(sought)
        while at >= 0:
            yield at, self.text.index(_END, at + len(sought) - 1)
            at = self.text.find(sought, at + 1)

    def _traced(self, found: Iterable[tuple[int, int]]) -> list[Place]:
        """Return the places in the text of lines between two ends of lines, in their order."""
        places, first, counted = [], 0, 0
        for start, end in found:
            first += self.text.count(_END, counted, start)
            last = first + self.text.count(_END, start + 1, end)
            counted = start
            begins, ends = self._span(first)
            if last > first:
                _, ends = self._span(last)
            places.append(Place(first, last, begins, ends))
        return places

    def _span(self, line: int) -> tuple[int, int]:
        """Where the word stands in the text that is on *line*, counted from 0."""
        number = bisect_right(self._written.ends, line)
        if number:
            line -= self._written.ends[number - 1]
        table = self._tables.get(number)
        if table is None:
            table = self._tables[number] = self._table(number)
        return table.span(line)

    def _table(self, number: int) -> "_Table":
        start, end = self._written.bounds[number]
        return _Table(start, self._source[start:end].split(" "), self._written.counts[number])


class _Table:
    """Where the words of a paragraph stand, which begins at *start*.

    *pieces* are what stands between its spaces, *counts* how many words each has.
    """

    def __init__(self, start: int, pieces: list[str], counts: tuple[int, ...]) -> None:
        self._pieces = pieces
        # Less the spaces between them.
        self._starts = list(accumulate(map(len, pieces), initial=start))
        self._ends = list(accumulate(counts))
        self._words: dict[int, list[tuple[int, int]]] = {}

    def span(self, line: int) -> tuple[int, int]:
        """Return where the word stands in the text that is on *line* of this paragraph."""
        piece = bisect_right(self._ends, line)
        if piece:
            line -= self._ends[piece - 1]
        words = self._words.get(piece)
        if words is None:
            words = self._words[piece] = word_spans(self._pieces[piece])
        start, end = words[line]
        shift = self._starts[piece] + piece
        return start + shift, end + shift


class Text:
    """A text, its words found by *analyzer*."""

    def __init__(self, text: str, analyzer: Analyzer) -> None:
        self.text = text
        self._analyzer = analyzer

    @cached_property
    def terms(self) -> Lines:
        """Its words as terms."""
        return self._lines(self._analyzer.in_terms)

    @cached_property
    def forms(self) -> Lines:
        """Its words as forms."""
        return self._lines(self._analyzer.in_forms)

    def _lines(self, write: _Write) -> Lines:
        if not _SHORTEST <= len(self.text) <= LONGEST:
            return Lines(self.text, _written(self.text, write))
        return Lines(self.text, _remembered(self.text, write))


def _written(text: str, write: _Write) -> Written:
    bounds = tuple(paragraphs(text))
    lines, counts = [_END], []
    for start, end in bounds:
        pieces = write(text[start:end].split(" "))
        lines += [*pieces, _END]
        counts.append(tuple(map(str.count, pieces, repeat(_END))))
    ends = accumulate(sum(words) + 1 for words in counts)
    return Written("".join(lines), bounds, tuple(counts), tuple(ends))


# Who narrows a search, turns its pages or comes back sees mostly the same articles again.
_MOST: Final = 2048
_known: dict[tuple[str, _Write], Written] = {}


def _remembered(text: str, write: _Write) -> Written:
    """What `_written` gives; when too many texts are remembered, the older half is let go of."""
    written = _known.get((text, write))
    if written is None:
        if len(_known) >= _MOST:
            for old in list(_known)[: _MOST // 2]:
                _known.pop(old, None)
        written = _known[text, write] = _written(text, write)
    return written


def is_remembered(text: str, analyzer: Analyzer) -> bool:
    """Whether the words of *text* are remembered, in terms or in forms."""
    return (text, analyzer.in_terms) in _known or (text, analyzer.in_forms) in _known


def forget() -> None:
    """Let go of the texts that are remembered, as a new process has none."""
    _known.clear()


Finder = Callable[[Text], list[Place]]
"""Tells where something stands in a text, in the order of the first words."""


def finder(part: Placed, analyzer: Analyzer) -> Finder:
    """Return what finds *part* of a query, with the very analysis that matched it."""
    match part:
        case Words(words):
            terms = _END.join(("", *analyzer.terms(words), ""))
            return lambda text: text.terms.places(terms)
        case Exact(words):
            forms = _END.join(("", *analyzer.forms(words), ""))
            return lambda text: text.forms.places(forms)
        case Prefix(letters):
            beginning = _END + fold(letters)
            return lambda text: text.forms.places(beginning)
        case Wildcard(letters):
            pattern = _pattern(letters)
            return lambda text: text.forms.matching(pattern)
        case Fuzzy(word, distance):
            return partial(_close, fold(word), distance)


def _pattern(text: str) -> re.Pattern[str]:
    """The lines that look like *text* and are not empty, each with the end of the line before."""
    first, *rest = map(_between_stars, text.split("*"))
    # The first place of each piece is as good as any but for the last, so none is tried again.
    middle = "".join(f"(?>{_LETTER}*?{piece})" for piece in rest[:-1])
    last = f"{_LETTER}*{rest[-1]}" if rest else ""
    return re.compile(f"{_END}(?!{_END}){first}{middle}{last}(?={_END})")


def _between_stars(text: str) -> str:
    pieces = re.split(r"(\?)", text)
    return "".join(_LETTER if piece == "?" else re.escape(fold(piece)) for piece in pieces)


def _close(word: str, distance: int, text: Text) -> list[Place]:
    """Where forms stand that are at most *distance* edits from *word*."""
    forms = set(text.forms.text.split(_END)) - {""}
    close = [form for form in forms if OSA.distance(word, form, score_cutoff=distance) <= distance]
    places = [p for form in close for p in text.forms.places(f"{_END}{form}{_END}")]
    return sorted(places, key=lambda place: place.first)
