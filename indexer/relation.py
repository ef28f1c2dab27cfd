"""Words near each other: what it means where there are groups on either side.

Whatever stands in a group is near for itself: of alternatives any, of others each.
``(bank OR rate) W/5 cut`` is ``(bank W/5 cut) OR (rate W/5 cut)``.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from indexer.tree import (
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
    Unit,
    Wildcard,
    Words,
)

MOST_NEAR: Final = 5
"""So many words may be near each other in one condition."""
MOST_COST: Final = 24
"""What all of them may cost together; see `cost`."""
_COST_OF_PATTERN: Final = 8
_COST_OF_UNITS: Final = 2
FARTHEST: Final = 255
MOST_TIMES: Final = 999
# Where plain words are looked for; in one of these they may be near what is looked for there.
_SEARCHED_PLAINLY: Final = frozenset({Field.TITLE, Field.BY, Field.LEDE, Field.CREDIT})


@dataclass(frozen=True, slots=True)
class Relation:
    """``W/5`` (*within*), ``PRE/5`` (*ordered* too), or ``/s`` and ``/p`` (*unit*)."""

    within: int = 0
    ordered: bool = False
    unit: Unit | None = None

    def of(self, parts: tuple[Placed, ...], field: Field) -> Near | Together:
        """Return the node that says so of *parts* in *field*."""
        inside = tuple(replace(part, field=field) for part in parts)
        if self.unit is not None:
            return Together(inside, self.unit, field)
        return Near(inside, self.within, self.ordered, field)


ANYWHERE: Final = Relation()
"""Nexis's ``w/seg``: anywhere in the article, which is AND."""


def relation(written: str) -> Relation:
    """Return what a lexeme's value, ``W/5``, ``PRE/3``, ``/s``, ``/p`` or ``AND``, says."""
    if written == "AND":
        return ANYWHERE
    if written in {"/s", "/p"}:
        return Relation(unit=Unit.SENTENCE if written == "/s" else Unit.PARAGRAPH)
    name, within = written.split("/")
    return Relation(within=_bounded(within, FARTHEST), ordered=name == "PRE")


def times(written: str) -> int:
    """Return the number of an ``atleast3``."""
    return _bounded(written, MOST_TIMES)


def _bounded(digits: str, most: int) -> int:
    return max(1, min(most, int(digits[:6])))


class Apart(Exception):
    """What can be near nothing: a condition, or words of fields that share no text."""


@dataclass(slots=True)
class Combining:
    """Brings what is related together, up to what that may cost; *cut* when there was more."""

    left: int = MOST_COST
    cut: bool = False

    def related(self, how: Relation, operands: tuple[Node, ...]) -> Node | None:
        """Return *operands* related; None where nothing is left of them. Raises Apart."""
        return self._each(operands, lambda parts: self._made(how, parts))

    def often(self, count: int, node: Node) -> Node | None:
        """Return *node* so many times, each of its words for itself. Raises Apart."""
        return self._each((node,), lambda parts: self._taken(AtLeast(count, parts[0])))

    def _made(self, how: Relation, parts: tuple[Placed, ...]) -> Node | None:
        return self._taken(how.of(parts, _common({part.field for part in parts})))

    def _taken(self, node: Near | Together | AtLeast) -> Node | None:
        needed = cost(node)
        if needed > self.left:
            # What comes after would cost time only to be dropped as well.
            self.left, self.cut = 0, True
            return None
        self.left -= needed
        return node

    def _each(
        self,
        operands: tuple[Node, ...],
        make: Callable[[tuple[Placed, ...]], Node | None],
    ) -> Node | None:
        """Make of operands what they mean, the first that is a group taken apart."""
        placed: list[Placed] = []
        for i, operand in enumerate(operands):
            if isinstance(operand, Words | Exact | Prefix | Wildcard | Fuzzy):
                placed.append(operand)
                continue

            def instead(part: Node, i: int = i) -> Node | None:
                return self._each((*operands[:i], part, *operands[i + 1 :]), make)

            if isinstance(operand, Or):
                # What is said twice would be told, and paid for, twice.
                alternatives = dict.fromkeys(operand.parts)
                return joined(Or, [instead(part) for part in alternatives if not self.cut])
            if isinstance(operand, Near | Together):
                return joined(And, [self._taken(operand), *map(instead, operand.parts)])
            if isinstance(operand, AtLeast):
                return joined(And, [self._taken(operand), instead(operand.part)])
            if isinstance(operand, And):
                # What has no place, a date say, stays a condition.
                kept = [part if _apart(part) else instead(part) for part in operand.parts]
                if not all(map(_apart, operand.parts)):
                    return joined(And, kept)
            raise Apart
        return make(tuple(placed))


def joined(kind: type[And] | type[Or], parts: list[Node | None]) -> Node | None:
    """Return *parts* that are there, each once, under one node, or the only one, or None."""
    found = tuple(dict.fromkeys(part for part in parts if part is not None))
    return (found[0] if len(found) == 1 else kind(found)) if found else None


def cost(node: Node) -> int:
    """About what it takes to tell where words are near: their pairs, and more for many words.

    A pattern stands for many words, a phrase for several; words that need not be near
    others cost nothing here. All that `MOST_COST` allows of the most frequent words takes
    less than a second in an archive of 100,000 articles.
    """
    match node:
        case And(parts) | Or(parts) | Some(parts):
            return sum(map(cost, parts))
        case Not(part) | Boosted(part):
            return cost(part)
        case Near(parts) | Together(parts):
            # Of more than two, each is tried as the one that stands first.
            pairs = len(parts) * (len(parts) - 1) if len(parts) > 2 else 1
            if isinstance(node, Together):
                # Of each word it is looked up which sentence or paragraph it stands in.
                pairs += _COST_OF_UNITS
            return pairs + sum(map(_more, parts))
        case AtLeast(_, part):
            return 1 + _more(part)
    return 0


def _more(part: Placed) -> int:
    """What a part costs more than a word does."""
    if isinstance(part, Words | Exact):
        return len(part.text.split()) - 1
    return _COST_OF_PATTERN


def _apart(node: Node) -> bool:
    """Whether *node* stands at no place of a text."""
    return not isinstance(
        node, Words | Exact | Prefix | Wildcard | Fuzzy | And | Or | Near | Together | AtLeast
    )


def _common(fields: set[Field]) -> Field:
    """The field in which words of all *fields* may be near each other. Raises Apart."""
    if fields == {Field.ANY}:
        return Field.ANY
    named = fields - {Field.ANY}
    if named == {Field.TITLE, Field.LEDE}:
        return Field.TITLE
    if len(named) != 1 or (len(fields) > 1 and not named <= _SEARCHED_PLAINLY):
        raise Apart
    return named.pop()
