"""Marking: what a query matched in a text, as spans to be marked."""

from collections.abc import Iterator
from dataclasses import dataclass

from indexer.analysis import Analyzer, paragraphs
from indexer.places import Finder, Paragraph, finder
from indexer.query import Field, Node, Prefix, Words, wanted


@dataclass(frozen=True, slots=True)
class Mark:
    """A matched span, half-open in code points, and which part of the query it answers."""

    start: int
    end: int
    part: int


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A part of the query: its *number*, the field it asks for, what finds it."""

    number: int
    field: Field
    find: Finder


class Marker:
    """Finds what a query matched, with the very analysis that matched it."""

    def __init__(self, tree: Node, analyzer: Analyzer) -> None:
        self._analyzer = analyzer
        self._wanted = list(_wanted(tree, analyzer))

    def marks(self, text: str, field: Field = Field.ANY) -> list[Mark]:
        """Return the matched spans of *text*, in order; a phrase is one span.

        *field* says what the text is: parts of the query that ask for another
        field do not mark it, those that ask for any field do unless the text is
        a source, topic or place, which plain words do not search.
        """
        asked = [part for part in self._wanted if _searched(part.field, field)]
        if not asked:
            return []
        found: list[Mark] = []
        for start, end in paragraphs(text):
            paragraph = Paragraph(text[start:end], self._analyzer)
            found += [
                Mark(start + place.start, start + place.end, part.number)
                for part in asked
                for place in part.find(paragraph)
            ]
        return _disjoint(found)


def _wanted(tree: Node, analyzer: Analyzer) -> Iterator[_Wanted]:
    """Yield the parts of a query, words before prefixes: of two on one word the first marks it."""
    leaves = list(enumerate(wanted(tree)))
    for kind in (Words, Prefix):
        for number, leaf in leaves:
            if isinstance(leaf, kind):
                yield _Wanted(number, leaf.field, finder(leaf, analyzer))


def _searched(asked: Field, field: Field) -> bool:
    if asked is Field.ANY:
        return field in {Field.ANY, Field.TITLE, Field.BY}
    return asked is field


def _disjoint(marks: list[Mark]) -> list[Mark]:
    """Return *marks* in order without overlaps; of two that overlap the longer stays."""
    kept: list[Mark] = []
    for mark in sorted(marks, key=lambda m: (m.start, -m.end)):
        if not kept or mark.start >= kept[-1].end:
            kept.append(mark)
        elif mark.end - mark.start > kept[-1].end - kept[-1].start:
            kept[-1] = mark
    return kept
