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

from rapidfuzz.distance import OSA

from indexer.analysis import Analyzer, fold, paragraphs, word_spans
from indexer.tree import Exact, Fuzzy, Placed, Prefix, Wildcard, Words

_END = "\n"
_LETTER = f"[^{_END}]"


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


class Lines:
    """The words of a text, one a line, in terms or in forms; an empty line ends a paragraph.

    *starts* says where the paragraphs begin, *pieces* are what stands between spaces
    in each, *written* the words of each piece.
    """

    def __init__(
        self, starts: list[int], pieces: list[list[str]], written: list[list[str]]
    ) -> None:
        self._starts = starts
        self._pieces = pieces
        self._written = written
        self._paragraphs = [f"{''.join(paragraph)}{_END}" for paragraph in written]
        self._words: dict[tuple[int, int], list[tuple[int, int]]] = {}
        self._tables: dict[int, tuple[list[int], list[int]]] = {}
        self.text = _END + "".join(self._paragraphs)

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
        paragraph = bisect_right(self._ends, line)
        if paragraph:
            line -= self._ends[paragraph - 1]
        starts, ends = self._tables.get(paragraph) or self._table(paragraph)
        piece = bisect_right(ends, line)
        if piece:
            line -= ends[piece - 1]
        words = self._words.get((paragraph, piece))
        if words is None:
            words = self._words[paragraph, piece] = word_spans(self._pieces[paragraph][piece])
        start, end = words[line]
        shift = self._starts[paragraph] + starts[piece] + piece
        return start + shift, end + shift

    @cached_property
    def _ends(self) -> list[int]:
        """How many lines there are up to the end of each paragraph."""
        return list(accumulate(map(str.count, self._paragraphs, repeat(_END))))

    def _table(self, paragraph: int) -> tuple[list[int], list[int]]:
        """Where each piece begins, less spaces, and how many lines there are to its end."""
        starts = list(accumulate(map(len, self._pieces[paragraph]), initial=0))
        ends = list(accumulate(map(str.count, self._written[paragraph], repeat(_END))))
        self._tables[paragraph] = starts, ends
        return starts, ends


class Text:
    """A text, its words found by *analyzer*."""

    def __init__(self, text: str, analyzer: Analyzer) -> None:
        self.text = text
        bounds = list(paragraphs(text))
        self._starts = [start for start, _ in bounds]
        self._pieces = [text[start:end].split(" ") for start, end in bounds]
        self._analyzer = analyzer

    @cached_property
    def terms(self) -> Lines:
        """Its words as terms."""
        written = [self._analyzer.in_terms(pieces) for pieces in self._pieces]
        return Lines(self._starts, self._pieces, written)

    @cached_property
    def forms(self) -> Lines:
        """Its words as forms."""
        written = [self._analyzer.in_forms(pieces) for pieces in self._pieces]
        return Lines(self._starts, self._pieces, written)


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
