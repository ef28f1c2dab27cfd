"""The tree of a query: what an engine is asked, and all that it sees of a query.

The leaves say what must stand in an article, or what must hold for it; the other
nodes join them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final


class Field(StrEnum):
    """What a part of a query is looked for in."""

    ANY = "any"
    TITLE = "title"
    BY = "by"
    SOURCE = "source"
    TOPIC = "topic"
    PLACE = "place"
    AGENCY = "agency"
    SECTION = "section"
    LANGUAGE = "lang"
    """The code of the article's language: ``de``, ``pt-br``."""
    URL = "url"
    CREDIT = "credit"
    LEDE = "lede"
    """The headline, and the first paragraph that has words."""


OUTSIDE: Final = frozenset(
    {Field.SOURCE, Field.TOPIC, Field.AGENCY, Field.SECTION, Field.LANGUAGE, Field.URL}
)
"""What is said of an article from outside: in the site's language, not in its own."""


@dataclass(frozen=True, slots=True)
class Words:
    """A word, or several in a row (a phrase, or a word that analysis parts)."""

    text: str
    field: Field = Field.ANY
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Prefix:
    """Any word that begins with *text*."""

    text: str
    field: Field = Field.ANY


@dataclass(frozen=True, slots=True)
class Exact:
    """A word, or several in a row, in these very forms: ``banks`` is not ``bank``."""

    text: str
    field: Field = Field.ANY


@dataclass(frozen=True, slots=True)
class Wildcard:
    """Any word whose form is *text*, where ``*`` is any letters or none, and ``?`` one letter."""

    text: str
    field: Field = Field.ANY


@dataclass(frozen=True, slots=True)
class Fuzzy:
    """Any word whose form is at most *distance* edits from that of *text*.

    An edit puts in, takes out or replaces a letter, or swaps two neighbours (optimal
    string alignment: no letter is edited twice).
    """

    text: str
    distance: int = 1
    field: Field = Field.ANY


@dataclass(frozen=True, slots=True)
class Near:
    """All *parts* stand near each other, in one paragraph. At least two parts.

    One part stands first. Each other part begins behind the last word of that one, at most
    *within* words on: 1 is side by side. *ordered*: they stand in the order given,
    each beginning behind the end of the one before. A phrase counts as it stands, from its
    first word to its last. *field* counts; those of the parts do not.
    """

    parts: tuple["Placed", ...]
    within: int
    ordered: bool = False
    field: Field = Field.ANY


class Unit(StrEnum):
    """What words may stand in together."""

    SENTENCE = "sentence"
    PARAGRAPH = "paragraph"


@dataclass(frozen=True, slots=True)
class Together:
    """All *parts* begin in one sentence, or in one paragraph; words may be shared.

    *field* counts; those of the parts do not.
    """

    parts: tuple["Placed", ...]
    unit: Unit
    field: Field = Field.ANY


@dataclass(frozen=True, slots=True)
class AtLeast:
    """The part stands at least *count* times in all that its field searches."""

    count: int
    part: "Placed"


@dataclass(frozen=True, slots=True)
class Dates:
    """Published on or after *first* and on or before *last*, as far as each is given."""

    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Undated:
    """Without a date of publication."""


@dataclass(frozen=True, slots=True)
class Length:
    """At least *least* and at most *most* words in text, caption and credits together."""

    least: int = 0
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Exactly:
    """A keyword with one of *values*, letter by letter.

    Keywords are the facets (``source``, ``topic``, ``language``, …) and ``has``, whose values
    are those of `HAS`.
    """

    facet: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class And:
    """All parts match; with no parts, everything does."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Or:
    """At least one part matches."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Meant(Or):
    """What was typed, the first part, or anything else that may be meant by it.

    It matches as `Or` does; but of what is `wanted`, only the first part is.
    """


@dataclass(frozen=True, slots=True)
class Some:
    """At least *least* of the parts match."""

    parts: tuple["Node", ...]
    least: int


@dataclass(frozen=True, slots=True)
class Boosted:
    """The part matches; each of *words* that stands beside it adds to the score by its weight."""

    part: "Node"
    words: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not match."""

    part: "Node"


Placed = Words | Exact | Prefix | Wildcard | Fuzzy
"""What stands at places of a text, so that they can be counted and measured."""
Node = (
    Placed
    | Near
    | Together
    | AtLeast
    | Dates
    | Undated
    | Length
    | Exactly
    | And
    | Or
    | Some
    | Boosted
    | Not
)
EVERYTHING: Final = And(())
HAS: Final = (
    *("revisions", "copies", "byline", "agency", "place", "section", "topics", "caption"),
    *("credits", "language"),
)
"""What an article may have beside headline and text; ``revisions``: what it says was changed."""


def wanted(node: Node) -> Iterator[Node]:
    """Yield the leaves of a tree that a match should have, not those behind NOT."""
    if isinstance(node, Meant):
        yield from wanted(node.parts[0])
    elif isinstance(node, And | Or | Some | Near | Together):
        for part in node.parts:
            yield from wanted(part)
    elif isinstance(node, AtLeast):
        yield node.part
    elif isinstance(node, Boosted):
        yield from wanted(node.part)
    elif not isinstance(node, Not):
        yield node
