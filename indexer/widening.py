"""Widening: what else may be meant by the words of a query, put beside them.

Other spellings of a word (`indexer.spellings`), and the equivalents that the user
listed in the settings. Only plain words are widened: quotation marks mean these words
and no others, patterns say themselves what they match. What must stand several times
(`AtLeast`) stays as it is, for the times of two words do not add up.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from itertools import islice, product
from typing import Final

from indexer.analysis import Analyzer
from indexer.relation import cost
from indexer.spellings import in_one, spellings
from indexer.tree import (
    And,
    Boosted,
    Meant,
    Near,
    Node,
    Not,
    Or,
    Placed,
    Some,
    Together,
    Words,
)

Equivalents = tuple[tuple[str, ...], ...]
"""Groups of words and phrases that stand for each other."""

MOST_ALSO: Final = 64
"""So many words and phrases are put in, in all."""
MOST_COST: Final = 40
"""What all combinations of words that must be near each other may cost; see `relation.cost`."""


_MOST: Final = MOST_COST + 2


class Why(StrEnum):
    """Why something else is looked for."""

    SPELLING = "spelling"
    EQUIVALENT = "equivalent"


@dataclass(frozen=True, slots=True)
class Also:
    """For the words *asked*, as they were typed, *others* are looked for too."""

    asked: str
    others: tuple[str, ...]
    why: Why

    def __str__(self) -> str:
        return f"{self.asked}: also {', '.join(f'“{other}”' for other in self.others)}"


@dataclass(frozen=True, slots=True)
class Widened:
    """A tree with what may be meant, and what was put in, in the order of the query.

    *cut* where more might be meant than was put in.
    """

    tree: Node
    also: tuple[Also, ...] = ()
    cut: bool = False


def widened(tree: Node, analyzer: Analyzer, equivalents: Equivalents = ()) -> Widened:
    """Return *tree* with the other spellings and the *equivalents* of its plain words.

    Words are compared as *analyzer* reads them, so that ``US`` is not the pronoun.
    """
    widening = _Widening(analyzer, _by_terms(equivalents, analyzer))
    node = widening.node(tree)
    return Widened(node, tuple(dict.fromkeys(widening.also)), widening.cut)


Terms = tuple[str, ...]


@lru_cache(maxsize=16)
def _by_terms(equivalents: Equivalents, analyzer: Analyzer) -> dict[Terms, tuple[str, ...]]:
    """The terms of each word or phrase → what stands for it."""
    found: dict[Terms, tuple[str, ...]] = {}
    for group in equivalents:
        for one in group:
            others = tuple(other for other in group if other != one)
            terms = analyzer.terms(one)
            found[terms] = tuple(dict.fromkeys((*found.get(terms, ()), *others)))
    return found


class _Widening:
    """Goes through one tree, and notes what it puts in."""

    def __init__(self, analyzer: Analyzer, equivalents: dict[Terms, tuple[str, ...]]) -> None:
        self._analyzer = analyzer
        self._equivalents = equivalents
        self._longest = max((2, *map(len, equivalents)))
        self._left = MOST_COST
        self._room = MOST_ALSO
        self.also: list[Also] = []
        self.cut = False

    def node(self, node: Node) -> Node:
        """Return *node* widened."""
        match node:
            case Words():
                return _either(node, self._others([node]))
            case And(parts):
                return And(tuple(self._side_by_side(parts))) if parts else node
            case Or(parts):
                return Or(tuple(map(self.node, parts)))
            case Some(parts, least):
                return Some(tuple(map(self.node, parts)), least)
            case Boosted(part, words):
                return Boosted(self.node(part), words)
            case Not(part):
                return Not(self.node(part))
            case Near(parts) | Together(parts):
                return self._together(node, parts)
        return node

    def _side_by_side(self, parts: Sequence[Node]) -> list[Node]:
        """Widen what stands side by side, the words among it also several as one."""
        found: list[Node] = []
        done = 0
        while done < len(parts):
            run, others = self._run(parts[done:])
            alone = [self.node(part) for part in parts[done : done + max(len(run), 1)]]
            found.append(_either(_all(alone), others))
            done += len(alone)
        return found

    def _run(self, parts: Sequence[Node]) -> tuple[list[Words], list[Words]]:
        """The most words that *parts* begin with and something stands for as one; and that."""
        run: list[Words] = []
        for part in parts[: self._longest]:
            if not isinstance(part, Words) or part.quoted or (run and part.field != run[0].field):
                break
            run.append(part)
        while len(run) > 1:
            if others := self._others(run):
                return run, others
            run.pop()
        return [], []

    def _others(self, run: Sequence[Words]) -> list[Words]:
        """What else may be meant by words side by side."""
        first = run[0]
        if first.quoted:
            return []
        texts = [word.text for word in run]
        asked = " ".join(texts)
        terms = self._analyzer.terms(asked)
        known = {terms}
        others = self._noted(asked, _spellings(texts), Why.SPELLING, known)
        others += self._noted(asked, self._equivalents.get(terms, ()), Why.EQUIVALENT, known)
        return [Words(other, first.field, quoted=True) for other in others]

    def _noted(self, asked: str, others: Sequence[str], why: Why, known: set[Terms]) -> list[str]:
        """Those of *others* that are not *known* by their terms, which they are from then on."""
        new = []
        for other in others:
            terms = self._analyzer.terms(other)
            if terms and terms not in known:
                if not self._room:
                    self.cut = True
                    break
                self._room -= 1
                known.add(terms)
                new.append(other)
        if new:
            self.also.append(Also(asked, tuple(new), why))
        return new

    def _together(self, node: Near | Together, parts: Sequence[Placed]) -> Node:
        """Widen what must stand together: all combinations of what may be meant, or none."""
        before = len(self.also)
        choices = [
            (part, *self._others([part])) if isinstance(part, Words) else (part,) for part in parts
        ]
        combined = [replace(node, parts=chosen) for chosen in islice(product(*choices), _MOST)]
        needed = sum(map(cost, combined[1:]))
        if needed > self._left or len(combined) == _MOST:
            del self.also[before:]
            self.cut = True
            return node
        self._left -= needed
        return Meant(tuple(combined)) if len(combined) > 1 else node


def _spellings(texts: Sequence[str]) -> tuple[str, ...]:
    if len(texts) == 1:
        return spellings(texts[0])
    return in_one(texts[0], texts[1]) if len(texts) == 2 else ()


def _either(node: Node, others: Sequence[Node]) -> Node:
    return Meant((node, *others)) if others else node


def _all(parts: Sequence[Node]) -> Node:
    return parts[0] if len(parts) == 1 else And(tuple(parts))
