"""Marking: what a query matched in a text, as spans to be marked.

Every word, phrase or pattern marks where it stands; one that must be near others,
or together with them, only where it is. What must stand several times marks them all.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from indexer.analysis import Analyzer, paragraphs
from indexer.places import Finder, Paragraph, Place, finder
from indexer.proximity import taking_part
from indexer.query import (
    And,
    AtLeast,
    Exact,
    Field,
    Fuzzy,
    Near,
    Node,
    Not,
    Or,
    Placed,
    Prefix,
    Together,
    Wildcard,
    Words,
)


@dataclass(frozen=True, slots=True)
class Mark:
    """A matched span, half-open in code points, and which part of the query it answers."""

    start: int
    end: int
    part: int


class Marker:
    """Finds what a query matched, with the very analysis that matched it."""

    def __init__(self, tree: Node, analyzer: Analyzer) -> None:
        self._analyzer = analyzer
        self._asked = _asked(tree, analyzer)

    def marks(self, text: str, field: Field = Field.ANY, *, opens: bool = True) -> list[Mark]:
        """Return the matched spans of *text*, in order; a phrase is one span.

        *field* says what the text is: parts of the query that ask for another
        field do not mark it, those that ask for any field do unless the text is
        a source, topic or place, which plain words do not search. Of a text that
        *opens* an article the first paragraph that has words is the lede.
        """
        found: list[Mark] = []
        lede = opens
        asked = _searched(self._asked, field, lede)
        for start, end in paragraphs(text) if asked else ():
            paragraph = Paragraph(text[start:end], self._analyzer)
            found += [
                Mark(start + place.start, start + place.end, number)
                for part in asked
                for number, place in part.places(paragraph)
            ]
            if lede and paragraph.has_words:
                lede = False
                asked = _searched(self._asked, field, lede)
        return _disjoint(found)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A word, phrase or pattern of the query, or several that must be near or together.

    *number* is that of the first of them among the parts of the query.
    """

    node: Node
    number: int
    field: Field
    find: tuple[Finder, ...]

    def places(self, paragraph: Paragraph) -> Iterator[tuple[int, Place]]:
        """Yield the places to be marked, each with the number of the part that stands there."""
        found = [find(paragraph) for find in self.find]
        if isinstance(self.node, Near | Together):
            found = taking_part(self.node, found, paragraph)
        for number, places in enumerate(found, self.number):
            for place in places:
                yield number, place


def _asked(tree: Node, analyzer: Analyzer) -> list[_Asked]:
    """What a query asks for; of two on the same words the first marks them, so patterns last."""
    asked, number = [], 0
    for node in _wanted(tree):
        parts, field = _parts(node)
        if parts:
            found = tuple(finder(part, analyzer) for part in parts)
            asked.append(_Asked(node, number, field, found))
        number += max(len(parts), 1)
    return sorted(asked, key=lambda part: isinstance(part.node, Prefix | Wildcard | Fuzzy))


def _wanted(node: Node) -> Iterator[Node]:
    """Yield what a match should have, not what is behind NOT."""
    if isinstance(node, And | Or):
        for part in node.parts:
            yield from _wanted(part)
    elif not isinstance(node, Not):
        yield node


def _parts(node: Node) -> tuple[tuple[Placed, ...], Field]:
    """The parts of a node that stand in a text, and the field they are looked for in."""
    match node:
        case Near(parts=parts, field=field) | Together(parts=parts, field=field):
            return parts, field
        case AtLeast(part=part):
            return (part,), part.field
        case Words() | Exact() | Prefix() | Wildcard() | Fuzzy():
            return (node,), node.field
    return (), Field.ANY


def _searched(asked: list[_Asked], field: Field, lede: bool) -> list[_Asked]:
    """Those of *asked* that look into a text that is *field*, or into its *lede*."""
    fields = {field}
    if field in {Field.ANY, Field.TITLE, Field.BY}:
        fields.add(Field.ANY)
    if field is Field.TITLE or (field is Field.ANY and lede):
        fields.add(Field.LEDE)
    return [part for part in asked if part.field in fields]


def _disjoint(marks: list[Mark]) -> list[Mark]:
    """Return *marks* in order without overlaps; of two that overlap the longer stays."""
    kept: list[Mark] = []
    for mark in sorted(marks, key=lambda m: (m.start, -m.end)):
        if not kept or mark.start >= kept[-1].end:
            kept.append(mark)
        elif mark.end - mark.start > kept[-1].end - kept[-1].start:
            kept[-1] = mark
    return kept
