"""Places: where in a paragraph the words and phrases of a query stand.

A paragraph is written as lines, a word's term (or form) on each, so that a word,
a phrase or a prefix is found as a piece of a string, at the speed of C; only what
is found is traced back to the text.
"""

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from indexer.analysis import Analyzer, fold, nth_word
from indexer.query import Prefix, Words

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

    @cached_property
    def terms(self) -> Lines:
        """Its words as terms."""
        return Lines(self._pieces, self._analyzer.in_terms(self._pieces))

    @cached_property
    def forms(self) -> Lines:
        """Its words as forms."""
        return Lines(self._pieces, self._analyzer.in_forms(self._pieces))


Finder = Callable[[Paragraph], list[Place]]
"""Tells where something stands in a paragraph."""


def finder(part: Words | Prefix, analyzer: Analyzer) -> Finder:
    """Return what finds *part* of a query, with the very analysis that matched it."""
    match part:
        case Words(text):
            terms = _END.join(("", *analyzer.terms(text), ""))
            return lambda paragraph: paragraph.terms.places(terms)
        case Prefix(text):
            begins = _END + fold(text)
            return lambda paragraph: paragraph.forms.places(begins)
