"""The query language: what people type, to a syntax tree. Ours, whatever the engine.

::

    query   = { related [ "AND" ] }                          all must match
    related = alternatives { relation alternatives }         W/5, PRE/3, /s, /p
    alternatives = unary { ( "OR" | "|" ) unary }            OR binds tightest, as in Nexis
    unary   = ( "NOT" | "-" ) unary | [ field ":" ] atom | condition
    atom    = "(" query ")" | atleast3 atom | phrase [ "~5" ] | word

Spaces may follow the colon of a field. No input is an error: what cannot be
understood is left out and named in the notices, and what passes a limit is cut
with a notice. The tree can be written down again (`Query.normal`), and is read from
that as the same tree.
"""

from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import Final

from indexer.analysis import has_words
from indexer.condition import condition, is_yes, length, turned
from indexer.lexer import FIELDS, Lexeme, lexemes
from indexer.normal import DEEPEST, LONGEST, MOST_PARTS, fitted, leaves, unparse
from indexer.relation import (
    ANYWHERE,
    MOST_COST,
    MOST_NEAR,
    Apart,
    Combining,
    Relation,
    joined,
    relation,
    times,
)
from indexer.tree import (
    EVERYTHING,
    And,
    Field,
    Fuzzy,
    Node,
    Not,
    Or,
    Placed,
    Prefix,
    Wildcard,
    Words,
    wanted,
)
from indexer.word import MOST_PATTERNS, cut, is_plain, pieces, word

_COPIES: Final = " copies:yes"
_LANGUAGES: Final = {
    "arabic": "ar",
    "chinese": "zh",
    "danish": "da",
    "dutch": "nl",
    "english": "en",
    "finnish": "fi",
    "french": "fr",
    "german": "de",
    "greek": "el",
    "hebrew": "he",
    "hungarian": "hu",
    "italian": "it",
    "japanese": "ja",
    "korean": "ko",
    "norwegian": "no",
    "polish": "pl",
    "portuguese": "pt",
    "romanian": "ro",
    "russian": "ru",
    "spanish": "es",
    "swedish": "sv",
    "turkish": "tr",
    "ukrainian": "uk",
}


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed query: the tree, and in plain words what was left out or cut.

    *copies*: every copy of a story is to have a line of its own (``copies:yes``).
    """

    text: str
    tree: Node
    notices: tuple[str, ...] = ()
    copies: bool = False

    @property
    def ranks(self) -> bool:
        """Whether the query has anything that makes one match better than another."""
        return any(isinstance(leaf, Placed) for leaf in wanted(self.tree))

    @property
    def normal(self) -> str:
        """The query as what was understood, written in one way; nothing where all is found."""
        words = "" if self.tree == EVERYTHING else unparse(self.tree)
        return f"{words}{_COPIES if self.copies else ''}".strip()


def parse(text: str, today: date | None = None) -> Query:
    """Parse *text*. Never raises: see the notices.

    *today* is the archive's own day; without it no relative days (``date:yesterday``)
    are known.
    """
    return _Parser(text, today).parse()


class _Parser:
    """Recursive descent over lexemes; it drops what it cannot use and says so."""

    def __init__(self, text: str, today: date | None) -> None:
        self._text = text
        self._today = today
        self._notices: list[str] = []
        self._parts = 0
        self._patterns: set[Node] = set()
        self._copies = False
        self._apart: Node | None = None
        self._combining = Combining()
        if len(text) > LONGEST:
            self._note(f"only the first {LONGEST:,} characters were read")
        self._lexemes = list(lexemes(text[:LONGEST], self._note))
        self._next = 0

    def parse(self) -> Query:
        parts: list[Node | None] = []
        while self._next < len(self._lexemes):
            parts.append(self._all(Field.ANY, 0))
            if self._peek() == ")":
                self._note("a closing parenthesis that nothing opened was left out")
            self._next += 1
        whole = _all_of(parts) or EVERYTHING
        tree = fitted(whole, LONGEST - (len(_COPIES) if self._copies else 0))
        if self._combining.cut:
            self._note(f"only the first {MOST_COST} pairs of near words were read")
        if tree != whole:
            self._note("the query is too long when it is written out; its end was left out")
        return Query(self._text, tree, tuple(dict.fromkeys(self._notices)), self._copies)

    def _note(self, notice: str) -> None:
        self._notices.append(notice)

    def _peek(self, ahead: int = 0) -> str:
        at = self._next + ahead
        return self._lexemes[at].kind if at < len(self._lexemes) else "end"

    def _take(self) -> Lexeme:
        self._next += 1
        return self._lexemes[self._next - 1]

    def _all(self, field: Field, depth: int) -> Node | None:
        """Parts side by side, until a closing parenthesis or the end."""
        parts: list[Node | None] = []
        while self._peek() not in {")", "end"}:
            if self._peek() in {"AND", "OR"}:
                self._operators(after=bool(parts))
                continue
            part = self._related(field, depth)
            # What only a comma parts stands side by side like all else.
            parts += part.parts if isinstance(part, And) and part is self._apart else (part,)
        return _all_of(parts)

    def _related(self, field: Field, depth: int) -> Node | None:
        """Parts between relations: those that follow each other alike are one, others by two."""
        first = None if self._is_relation() else self._any(field, depth)
        operands: list[Node] = [] if first is None else [first]
        between: list[tuple[Lexeme, bool]] = []
        while self._is_relation():
            negated = self._peek() == "NOT"
            self._next += negated
            lexeme = self._take()
            if self._is_relation() or self._peek() in {")", "end", "AND", "OR"} or not operands:
                self._note(f"{lexeme.text} stands beside nothing and was left out")
                if not operands and not self._is_relation():
                    return self._related(field, depth) if self._peek() not in _ENDS else None
                continue
            behind = self._any(field, depth)
            if behind is not None:
                operands.append(behind)
                between.append((lexeme, negated))
        if not between:
            return operands[0] if operands else None
        return self._bound(operands, between)

    def _is_relation(self) -> bool:
        return self._peek() == "relation" or (
            self._peek() == "NOT" and self._peek(1) == "relation"
        )

    def _bound(self, operands: list[Node], between: list[tuple[Lexeme, bool]]) -> Node | None:
        """What *operands* with a relation between each two mean."""
        outside = isinstance(operands[0], Not)
        runs: list[tuple[Relation, bool, Lexeme, list[Node]]] = []
        for (one, other), (lexeme, negated) in zip(pairwise(operands), between, strict=True):
            how = relation(lexeme.value)
            if how.within and str(how.within) != lexeme.value.rpartition("/")[2].lstrip("0"):
                apart = "1 word" if how.within == 1 else f"{how.within} words"
                self._note(f"{lexeme.text} was read as {apart} apart")
            if isinstance(other, Not):
                other, negated = other.part, not negated
            one = one.part if isinstance(one, Not) else one
            if runs and not negated and runs[-1][:2] == (how, False):
                runs[-1][3].append(other)
            else:
                runs.append((how, negated, lexeme, [one, other]))
        found = _all_of([self._run(*run) for run in runs])
        return Not(found) if outside and found is not None else found

    def _run(
        self, how: Relation, negated: bool, lexeme: Lexeme, operands: list[Node]
    ) -> Node | None:
        if how == ANYWHERE:
            self._note(f"{lexeme.text} was read as {'NOT' if negated else 'AND'}")
            return _all_of([operands[0], Not(operands[1])] if negated else list(operands))
        if len(operands) > MOST_NEAR:
            self._note(f"only the first {MOST_NEAR} words near each other were read")
            operands = operands[:MOST_NEAR]
        try:
            found = self._combining.related(how, tuple(operands))
        except Apart:
            self._note(
                f"{lexeme.text} works between words and phrases of one field;"
                f" it was read as {'NOT' if negated else 'AND'}"
            )
            found = operands[-1] if negated else _all_of(list(operands))
        if found is None:
            # Too much to be told: what is near must be there at least.
            return operands[0] if negated else _all_of(list(operands))
        if not negated:
            return found
        return _all_of([operands[0], Not(found)])

    def _any(self, field: Field, depth: int) -> Node | None:
        """Parts between ORs."""
        parts = [self._one(field, depth)]
        while self._peek() == "OR":
            self._operators(after=True)
            if self._peek() in {")", "end"} or self._is_relation():
                break
            parts.append(self._one(field, depth))
        return joined(Or, parts)

    def _operators(self, *, after: bool) -> None:
        """Pass over ANDs and ORs in a row; *after* says whether anything stands before them."""
        operator = self._lexemes[self._next].text
        while self._peek() in {"AND", "OR"}:
            self._next += 1
        if not after or self._peek() in {")", "end"} or self._is_relation():
            self._note(f"{operator} stands beside nothing and was left out")

    def _one(self, field: Field, depth: int) -> Node | None:
        """One part with what stands before it: any NOTs, and the last field named."""
        negated, named, notices = False, "", len(self._notices)
        while self._peek() in {"NOT", "field"}:
            lexeme = self._take()
            if lexeme.kind == "NOT":
                negated = not negated
            else:
                field, named = FIELDS.get(lexeme.text, Field.ANY), lexeme.text
        if self._peek() == "condition" and self._lexemes[self._next].text == "copies":
            self._copies = is_yes(self._take().value) != negated
            return None
        node = self._atom(field, depth)
        if node is None and len(self._notices) == notices:
            if named:
                self._note(f"{named}: names nothing and was left out")
            elif negated:
                self._note("NOT stands before nothing and was left out")
        return Not(node) if negated and node is not None else node

    def _atom(self, field: Field, depth: int) -> Node | None:
        if self._peek() in _ENDS:
            return None
        lexeme = self._take()
        if lexeme.kind == "(":
            return self._group(field, depth)
        if lexeme.kind == "atleast":
            return self._at_least(lexeme, self._one(field, depth))
        texts = pieces(lexeme.text, field) if lexeme.kind == "word" else ()
        if len(texts) < 2:
            return self._counted(lexeme, field)
        parts = [self._counted(replace(lexeme, text=text), field) for text in texts]
        if field is Field.LANGUAGE:
            return joined(Or, parts)
        self._apart = _all_of(parts)
        return self._apart

    def _counted(self, lexeme: Lexeme, field: Field) -> Node | None:
        """What a lexeme says, while there may be more parts and patterns."""
        if self._parts >= MOST_PARTS:
            self._note(f"only the first {MOST_PARTS} words, phrases and conditions were read")
            return None
        node = self._leaf(lexeme, field)
        patterns = {leaf for leaf in leaves(node or EVERYTHING) if isinstance(leaf, _PATTERNS)}
        if len(self._patterns | patterns) > MOST_PATTERNS:
            self._note(f"only the first {MOST_PATTERNS} words with *, ? or ~ were read")
            return None
        self._patterns |= patterns
        self._parts += sum(1 for _ in leaves(node)) if node is not None else 0
        return node

    def _leaf(self, lexeme: Lexeme, field: Field) -> Node | None:
        match lexeme.kind:
            case "phrase":
                return self._phrase(lexeme, field)
            case "condition" | "length":
                found = (
                    length(lexeme.value)
                    if lexeme.kind == "length"
                    else condition(lexeme.text, lexeme.value, self._today)
                )
                if isinstance(found, str):
                    self._note(found)
                    return None
                if lexeme.text == "date" and (span := turned(lexeme.value, self._today)):
                    self._note(f"{lexeme.value} ends before it begins; it was read as {span}")
                return found
            case _:
                text = lexeme.text
                if field is Field.LANGUAGE:
                    text = _LANGUAGES.get(text.casefold(), text)
                return word(text, field, self._note)

    def _group(self, field: Field, depth: int) -> Node | None:
        if depth >= DEEPEST:
            self._note(f"parentheses deeper than {DEEPEST} were left out")
            opened = 1
            while opened and self._peek() != "end":
                opened += {"(": 1, ")": -1}.get(self._take().kind, 0)
            return None
        node = self._all(field, depth + 1)
        if self._peek() == ")":
            self._next += 1
        else:
            self._note("a parenthesis was never closed; it was read as closing at the end")
        return node

    def _at_least(self, lexeme: Lexeme, node: Node | None) -> Node | None:
        count = times(lexeme.value)
        if node is not None and str(count) != lexeme.value.lstrip("0"):
            self._note(f"{lexeme.text} was read as atleast{count}")
        if node is None:
            self._note(f"{lexeme.text} counts nothing and was left out")
        if node is None or count == 1:
            return node
        try:
            return self._combining.often(count, node)
        except Apart:
            self._note(f"{lexeme.text} counts words and phrases only; it was left out")
            return node

    def _phrase(self, lexeme: Lexeme, field: Field) -> Node | None:
        text = cut(" ".join(lexeme.text.split()), self._note)
        if not has_words(text):
            if text:
                self._note(f"“{text[:40]}” holds nothing to search for")
            return None
        words = [one for one in text.split() if has_words(one)]
        if not lexeme.value or len(words) < 2:
            return Words(text, field, quoted=True)
        # So far apart as to have room for all of them.
        within = max(relation(f"W/{lexeme.value}").within, min(len(words), MOST_NEAR) - 1)
        operands: list[Node] = [
            Words(one, field, quoted=not is_plain(one, field)) for one in words
        ]
        return self._run(Relation(within), negated=False, lexeme=lexeme, operands=operands)


_PATTERNS: Final = (Prefix, Wildcard, Fuzzy)
_ENDS: Final = frozenset({")", "end", "AND", "OR", "relation"})


def _all_of(parts: list[Node | None]) -> Node | None:
    """*parts* that all match; what everything matches adds nothing beside others."""
    found = [part for part in parts if part is not None and part != EVERYTHING]
    return joined(And, list(found)) or (EVERYTHING if EVERYTHING in parts else None)
