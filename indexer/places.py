"""Places: where in a paragraph the words and phrases of a query stand.

A paragraph is written as lines, a word's term (or form) on each, so that a word,
a phrase or a prefix is found as a piece of a string, at the speed of C; only what
is found is traced back to the text.
"""

import re
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import accumulate

from rapidfuzz.distance import OSA

from indexer.analysis import Analyzer, fold, nth_word
from indexer.query import Exact, Fuzzy, Placed, Prefix, Wildcard, Words

_END = "\n"


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in a paragraph.

    *first* and *last* are the numbers of its words, counted from 0; *start* and
    *end* a half-open range of code points.
    """

    first: int
    last: int
    start: int
    end: int


class Lines:
    """The words of a paragraph, one a line, in terms or in forms.

    *pieces* is the paragraph parted at its spaces; *written* has the words of each.
    """

    def __init__(self, pieces: list[str], written: list[str]) -> None:
        self._pieces = pieces
        self._written = written
        self.text = _END + "".join(written)

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
        """Where the word stands in the paragraph whose line begins behind the line end *at*."""
        piece = bisect_right(self._ends, at)
        before = self._ends[piece - 1] if piece else 0
        number = self._written[piece].count(_END, 0, at - before)
        start, end = nth_word(self._pieces[piece], number)
        shift = self._starts[piece] + piece
        return start + shift, end + shift

    @cached_property
    def _ends(self) -> list[int]:
        """Where the lines of each piece end, in all of them."""
        return list(accumulate(map(len, self._written)))

    @cached_property
    def _starts(self) -> list[int]:
        """How many code points all pieces before each have, not counting spaces."""
        return list(accumulate(map(len, self._pieces), initial=0))


class Paragraph:
    """A paragraph of a text, its words found by *analyzer*."""

    def __init__(self, text: str, analyzer: Analyzer) -> None:
        self.text = text
        self._analyzer = analyzer
        self._pieces = text.split(" ")

    @property
    def has_words(self) -> bool:
        """Whether there is anything in it that can be searched for."""
        return self.terms.text != _END

    @cached_property
    def terms(self) -> Lines:
        """Its words as terms."""
        return Lines(self._pieces, self._analyzer.in_terms(self._pieces))

    @cached_property
    def forms(self) -> Lines:
        """Its words as forms."""
        return Lines(self._pieces, self._analyzer.in_forms(self._pieces))


Finder = Callable[[Paragraph], list[Place]]
"""Tells where something stands in a paragraph, in the order of the first words."""


def finder(part: Placed, analyzer: Analyzer) -> Finder:
    """Return what finds *part* of a query, with the very analysis that matched it."""
    match part:
        case Words(text):
            terms = _END.join(("", *analyzer.terms(text), ""))
            return lambda paragraph: paragraph.terms.places(terms)
        case Exact(text):
            forms = _END.join(("", *analyzer.forms(text), ""))
            return lambda paragraph: paragraph.forms.places(forms)
        case Prefix(text):
            beginning = _END + fold(text)
            return lambda paragraph: paragraph.forms.places(beginning)
        case Wildcard(text):
            pattern = _pattern(text)
            return lambda paragraph: paragraph.forms.matching(pattern)
        case Fuzzy(text, distance):
            return partial(_close, fold(text), distance)


def _pattern(text: str) -> re.Pattern[str]:
    """The lines that look like *text*, each with the end of the line before it."""
    wild = {"*": f"[^{_END}]*", "?": f"[^{_END}]"}
    pieces = [wild.get(piece) or re.escape(fold(piece)) for piece in re.split(r"([*?])", text)]
    return re.compile(f"{_END}{''.join(pieces)}(?={_END})")


def _close(word: str, distance: int, paragraph: Paragraph) -> list[Place]:
    """Where forms stand that are at most *distance* edits from *word*."""
    forms = set(paragraph.forms.text.split(_END)) - {""}
    close = [form for form in forms if OSA.distance(word, form, score_cutoff=distance) <= distance]
    places = [p for form in close for p in paragraph.forms.places(f"{_END}{form}{_END}")]
    return sorted(places, key=lambda place: place.first)
