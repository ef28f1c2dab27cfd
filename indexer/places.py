"""Places: where in a text the words and phrases of a query stand.

A text is written as lines, a word's term (or form) on each, so that a word, a
phrase or a prefix is found as a piece of a string, at the speed of C; only what is
found is traced back to the text.
"""

import re
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import accumulate

from rapidfuzz.distance import OSA

from indexer.analysis import Analyzer, fold, nth_word, paragraphs
from indexer.query import Exact, Fuzzy, Placed, Prefix, Wildcard, Words

_END = "\n"


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
        self._tables: dict[int, tuple[list[int], list[int]]] = {}
        self.text = _END + "".join(self._paragraphs)

    def places(self, sought: str) -> list[Place]:
        """Return where *sought*, that begins with the end of a line, stands, also overlapping.

        Where it stops within a line, the place reaches to that line's end.
        """
        found = []
        at = self.text.find(sought)
        while at >= 0:
            end = self.text.index(_END, at + len(sought) - 1)
            found.append(self.place(at, end))
            at = self.text.find(sought, at + 1)
        return found

    def matching(self, pattern: re.Pattern[str]) -> list[Place]:
        """Return the lines that *pattern* matches with the end of the line before them."""
        return [self.place(match.start(), match.end()) for match in pattern.finditer(self.text)]

    def place(self, start: int, end: int) -> Place:
        """Return the place of the lines between two ends of lines in `text`."""
        first = last = self.text.count(_END, 0, start)
        begins, ends = self._span(start)
        if (behind := self.text.rfind(_END, start, end)) > start:
            last += self.text.count(_END, start, behind)
            _, ends = self._span(behind)
        return Place(first, last, begins, ends)

    def _span(self, at: int) -> tuple[int, int]:
        """Where the word stands in the text whose line begins behind the line end *at*."""
        number = bisect_right(self._ends, at)
        if number:
            at -= self._ends[number - 1]
        starts, ends = self._tables.get(number) or self._table(number)
        piece = bisect_right(ends, at)
        nth = self._written[number][piece].count(_END, 0, at - ends[piece - 1] if piece else at)
        start, end = nth_word(self._pieces[number][piece], nth)
        shift = self._starts[number] + starts[piece] + piece
        return start + shift, end + shift

    @cached_property
    def _ends(self) -> list[int]:
        """Where the lines of each paragraph end, with the empty one behind them."""
        return list(accumulate(map(len, self._paragraphs)))

    def _table(self, number: int) -> tuple[list[int], list[int]]:
        """Where the pieces of a paragraph start, not counting spaces, and their lines end."""
        starts = list(accumulate(map(len, self._pieces[number]), initial=0))
        ends = list(accumulate(map(len, self._written[number])))
        self._tables[number] = starts, ends
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
    wild = {"*": f"[^{_END}]*", "?": f"[^{_END}]"}
    pieces = [wild.get(piece) or re.escape(fold(piece)) for piece in re.split(r"([*?])", text)]
    return re.compile(f"{_END}(?!{_END}){''.join(pieces)}(?={_END})")


def _close(word: str, distance: int, text: Text) -> list[Place]:
    """Where forms stand that are at most *distance* edits from *word*."""
    forms = set(text.forms.text.split(_END)) - {""}
    close = [form for form in forms if OSA.distance(word, form, score_cutoff=distance) <= distance]
    places = [p for form in close for p in text.forms.places(f"{_END}{form}{_END}")]
    return sorted(places, key=lambda place: place.first)
