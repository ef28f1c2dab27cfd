"""Marking: what a query matched in a text, as spans to be marked.

Every word, phrase or pattern marks where it stands; one that must be near others,
or together with them, only where it is. What must stand several times marks them all.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from indexer.analysis import Analyzer, has_words, paragraphs
from indexer.places import Finder, Place, Text, finder, is_remembered
from indexer.proximity import taking_part
from indexer.sieve import NOTHING, Test, letters, passes, tests
from indexer.tree import (
    OUTSIDE,
    And,
    AtLeast,
    Boosted,
    Exact,
    Field,
    Fuzzy,
    Near,
    Node,
    Not,
    Or,
    Placed,
    Prefix,
    Some,
    Together,
    Wildcard,
    Words,
)

_SHORTEST: Final = 400
"""A shorter text is analysed as fast as it is sieved."""
_FEW: Final = 6
"""A text of which one paragraph in so many is let through is read paragraph by paragraph."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A matched span, half-open in code points, and which part of the query it answers."""

    start: int
    end: int
    part: int


class Marker:
    """Finds what a query matched, with the very analysis that matched it.

    *analyzer* is the site's, *own* that of the texts to be marked, if it is another.
    """

    def __init__(self, tree: Node, analyzer: Analyzer, own: Analyzer | None = None) -> None:
        self._tree = tree
        self._site = analyzer
        self._own = own or analyzer
        self._in_languages: dict[Analyzer, Marker] = {self._own: self}
        self._asked = _asked(tree, self._site, self._own)
        self._of_lede = [part for part in self._asked if part.field is Field.LEDE]

    def of(self, language: str | None) -> "Marker":
        """Return what marks an article in the *language* with this code."""
        own = self._site.of(language)
        if own not in self._in_languages:
            self._in_languages[own] = Marker(self._tree, self._site, own)
        return self._in_languages[own]

    @property
    def parts(self) -> int:
        """How many parts of the query the text of an article may answer."""
        fields = {Field.ANY, Field.LEDE}
        return sum(len(part.find) for part in self._asked if part.field in fields)

    def may_mark(self, text: str) -> bool:
        """Whether the *text* of an article may have marks; it is not analysed for that."""
        asked = [part for part in self._asked if part.field in {Field.ANY, Field.LEDE}]
        return any(not part.tests for part in asked) or bool(_passing(letters(text), asked))

    def marks(self, text: str, field: Field = Field.ANY, *, opens: bool = True) -> list[Mark]:
        """Return the matched spans of *text*, in order; a phrase is one span.

        *field* says what the text is: parts of the query that ask for another
        field do not mark it, those that ask for any field do unless the text is
        a source, topic or place, which plain words do not search. Of a text that
        *opens* an article the first paragraph that has words is the lede.
        """
        fields = _fields(field)
        analyzer = self._site if field in OUTSIDE else self._own
        asked = [part for part in self._asked if part.field in fields]
        found = self._found(text, asked, analyzer)
        if self._of_lede and opens and field is Field.ANY:
            found += self._found(_lede(text), self._of_lede, analyzer)
        return _disjoint(found)

    @staticmethod
    def _found(text: str, asked: list["_Asked"], analyzer: Analyzer) -> list[Mark]:
        """What of *asked* stands in *text*, and where."""
        if not asked:
            return []
        return [
            Mark(mark.start + start, mark.end + start, mark.part)
            for start, held, parts in _sieved(text, asked, analyzer)
            for mark in _marks(Text(held, analyzer), parts)
        ]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A word, phrase or pattern of the query, or several that must be near or together.

    *number* is that of the first of them among the parts of the query. Where it matches, the
    letters of the text pass all *tests*.
    """

    node: Node
    number: int
    field: Field
    find: tuple[Finder, ...]
    tests: tuple[Test, ...] = NOTHING

    def places(self, text: Text) -> list[list[Place]]:
        """Return the places to be marked, of each part of the query that this is."""
        if not isinstance(self.node, Near | Together):
            return [find(text) for find in self.find]
        found: list[list[Place]] = []
        for find in self.find:
            found.append(find(text))
            if not found[-1]:
                return [[] for _ in self.find]
        return taking_part(self.node, found, text.text)


def _marks(words: Text, asked: Iterable[_Asked]) -> Iterator[Mark]:
    """Yield what of *asked* stands in a text, and where."""
    for part in asked:
        for number, places in enumerate(part.places(words), part.number):
            for place in places:
                yield Mark(place.start, place.end, number)


def _sieved(
    text: str, asked: list[_Asked], analyzer: Analyzer
) -> Iterator[tuple[int, str, list[_Asked]]]:
    """Yield what of *text* may hold something of *asked*: where it begins, itself, and what.

    Nothing reaches over the end of a paragraph, so paragraphs that hold nothing are left out.
    Where most of them may hold something it is the text as a whole, which is remembered.
    """
    whole = len(text) < _SHORTEST or not all(part.tests for part in asked)
    if whole or is_remembered(text, analyzer):
        yield 0, text, asked
        return
    parts = _passing(letters(text), asked)
    if not parts:
        return
    bounds = list(paragraphs(text))
    held = []
    for start, end in bounds:
        if may := _passing(letters(text[start:end]), parts):
            held.append((start, text[start:end], may))
    if len(held) * _FEW > len(bounds):
        yield 0, text, parts
    else:
        yield from held


def _passing(found: bytes | None, asked: Iterable[_Asked]) -> list[_Asked]:
    """Those of *asked* that a text with the letters *found* may hold."""
    return [part for part in asked if passes(found, part.tests)]


def _asked(tree: Node, site: Analyzer, own: Analyzer) -> list[_Asked]:
    """What a query asks for; of two on the same words the first marks them, so patterns last."""
    asked, number = [], 0
    for node in _wanted(tree):
        parts, field = _parts(node)
        if parts:
            analyzer = site if field in OUTSIDE else own
            found = tuple(finder(part, analyzer) for part in parts)
            sieve = tuple(test for part in parts for test in tests(part, analyzer))
            asked.append(_Asked(node, number, field, found, sieve))
        number += max(len(parts), 1)
    return sorted(asked, key=lambda part: isinstance(part.node, Prefix | Wildcard | Fuzzy))


def _wanted(node: Node) -> Iterator[Node]:
    """Yield what a match should have, not what is behind NOT."""
    if isinstance(node, And | Or | Some):
        for part in node.parts:
            yield from _wanted(part)
    elif isinstance(node, Boosted):
        yield from _wanted(node.part)
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


def _fields(field: Field) -> set[Field]:
    """What a part of a query may ask for to be looked for in a text that is *field*."""
    if field is Field.TITLE:
        return {field, Field.ANY, Field.LEDE}
    return {field, Field.ANY} if field in {Field.BY, Field.CREDIT} else {field}


def _lede(text: str) -> str:
    """*text* as far as its first paragraph that has words."""
    for start, end in paragraphs(text):
        if has_words(text[start:end]):
            return text[:end]
    return ""


def _disjoint(marks: list[Mark]) -> list[Mark]:
    """Return *marks* in order without overlaps; of two that overlap the longer stays."""
    kept: list[Mark] = []
    for mark in sorted(marks, key=lambda m: (m.start, -m.end)):
        if not kept or mark.start >= kept[-1].end:
            kept.append(mark)
        elif mark.end - mark.start > kept[-1].end - kept[-1].start:
            kept[-1] = mark
    return kept
