"""The query language: what people type, to a syntax tree. Ours, whatever the engine.

::

    query   = { alternatives [ "AND" ] }               all must match
    alternatives = unary { ( "OR" | "|" ) unary }      OR binds tighter, as in Nexis and Google
    unary   = ( "NOT" | "-" ) unary | [ field ":" ] ( "(" query ")" | phrase | prefix | word )

Spaces may follow the colon of a field. No input is an error: what cannot be
understood is left out and named in the notices, and what passes a limit is cut
with a notice.
"""

import calendar
import re
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from indexer.analysis import first_words, fold, has_words, last_word
from indexer.lexer import Lexeme, Lexer
from indexer.tree import (
    EVERYTHING,
    And,
    Dates,
    Field,
    Node,
    Not,
    Or,
    Placed,
    Prefix,
    Undated,
    Words,
    wanted,
)

LONGEST: Final = 2000
MOST_PARTS: Final = 64
DEEPEST: Final = 20
MOST_WORDS_IN_PHRASE: Final = 32
SHORTEST_PREFIX: Final = 2
ALIASES: Final[dict[str, Field]] = {
    "title": Field.TITLE,
    "intitle": Field.TITLE,
    "hd": Field.TITLE,
    "by": Field.BY,
    "author": Field.BY,
    "byline": Field.BY,
    "source": Field.SOURCE,
    "topic": Field.TOPIC,
    "place": Field.PLACE,
}
_DATE_FIELDS: Final = frozenset({"after", "before", "date", "undated"})


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed query: the tree, and in plain words what was left out or cut."""

    text: str
    tree: Node
    notices: tuple[str, ...] = ()

    @property
    def ranks(self) -> bool:
        """Whether the query has anything that makes one match better than another."""
        return any(isinstance(leaf, Placed) for leaf in wanted(self.tree))


def parse(text: str) -> Query:
    """Parse *text*. Never raises: see the notices."""
    return _Parser(text).parse()


def period(text: str) -> tuple[date, date] | None:
    """Return the first and last day of ``2024``, ``2024-06`` or ``2024-06-20``, or None."""
    match = re.fullmatch(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?", text.strip())
    if match is None:
        return None
    year, month, day = (int(part) if part else None for part in match.groups())
    assert year is not None  # noqa: S101 - always part of the match, for mypy
    try:
        if month is None:
            return date(year, 1, 1), date(year, 12, 31)
        if day is None:
            return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])
        return date(year, month, day), date(year, month, day)
    except (ValueError, calendar.IllegalMonthError):
        return None


_LEXER = Lexer(frozenset(ALIASES) | _DATE_FIELDS)


class _Parser:
    """Recursive descent over lexemes; it drops what it cannot use and says so."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._notices: list[str] = []
        self._parts = 0
        cut = text
        if len(cut) > LONGEST:
            cut = cut[:LONGEST]
            self._note(f"only the first {LONGEST:,} characters were read")
        self._lexemes = list(_LEXER.lexemes(cut, self._note))
        self._next = 0

    def parse(self) -> Query:
        parts: list[Node] = []
        while self._next < len(self._lexemes):
            node = self._all(Field.ANY, 0)
            if node != EVERYTHING:
                parts.append(node)
            # What stopped it is a parenthesis that nothing opened.
            self._next += 1
        tree = _joined(And, parts)
        return Query(self._text, tree, tuple(dict.fromkeys(self._notices)))

    def _note(self, notice: str) -> None:
        self._notices.append(notice)

    def _peek(self) -> str:
        return self._lexemes[self._next].kind if self._next < len(self._lexemes) else "end"

    def _all(self, field: Field, depth: int) -> Node:
        """Parts side by side, until a closing parenthesis or the end."""
        parts: list[Node] = []
        while self._peek() not in {")", "end"}:
            if self._peek() in {"AND", "OR"}:
                self._operators(after=bool(parts))
                continue
            node = self._any(field, depth)
            if node is not None:
                parts.append(node)
        return _joined(And, parts)

    def _any(self, field: Field, depth: int) -> Node | None:
        """Parts between ORs."""
        parts = [self._one(field, depth)]
        while self._peek() == "OR":
            self._operators(after=True)
            if self._peek() in {")", "end"}:
                break
            parts.append(self._one(field, depth))
        found = [part for part in parts if part is not None]
        return _joined(Or, found) if found else None

    def _operators(self, *, after: bool) -> None:
        """Pass over ANDs and ORs in a row; *after* says whether anything stands before them."""
        operator = self._lexemes[self._next].text
        while self._peek() in {"AND", "OR"}:
            self._next += 1
        if not after or self._peek() in {")", "end"}:
            self._note(f"{operator} stands beside nothing and was left out")

    def _one(self, field: Field, depth: int) -> Node | None:
        """One part with what stands before it: any NOTs, and the last field named."""
        negated, named, notices = False, "", len(self._notices)
        while self._peek() in {"NOT", "field"}:
            lexeme = self._lexemes[self._next]
            self._next += 1
            if lexeme.kind == "NOT":
                negated = not negated
            elif lexeme.text in _DATE_FIELDS:
                node = self._date(lexeme.text)
                break
            else:
                field, named = ALIASES[lexeme.text], lexeme.text
        else:
            node = self._atom(field, depth)
            if node is None and named and len(self._notices) == notices:
                self._note(f"{named}: names nothing and was left out")
        if node is None and negated and not named:
            self._note("NOT stands before nothing and was left out")
        return Not(node) if negated and node is not None else node

    def _atom(self, field: Field, depth: int) -> Node | None:
        kind = self._peek()
        if kind in {")", "end", "AND", "OR"}:
            return None
        lexeme = self._lexemes[self._next]
        self._next += 1
        if kind == "(":
            return self._group(field, depth)
        if self._parts >= MOST_PARTS:
            self._note(f"only the first {MOST_PARTS} words and phrases were read")
            return None
        node = self._phrase(lexeme.text, field) if kind == "phrase" else self._word(lexeme, field)
        self._parts += node is not None
        return node

    def _group(self, field: Field, depth: int) -> Node | None:
        if depth >= DEEPEST:
            self._note(f"parentheses deeper than {DEEPEST} were left out")
            opened = 1
            while opened and self._peek() != "end":
                opened += {"(": 1, ")": -1}.get(self._peek(), 0)
                self._next += 1
            return None
        node = self._all(field, depth + 1)
        if self._peek() == ")":
            self._next += 1
        return None if node == EVERYTHING else node

    def _phrase(self, text: str, field: Field) -> Node | None:
        text = self._cut(" ".join(text.split()))
        if not has_words(text):
            if text:
                self._note(f"“{text}” holds nothing to search for")
            return None
        return Words(text, field, quoted=True)

    def _cut(self, text: str) -> str:
        """Cut a phrase, or a word that analysis parts into one, to what it may hold."""
        cut = first_words(text, MOST_WORDS_IN_PHRASE)
        if cut != text:
            self._note(f"only the first {MOST_WORDS_IN_PHRASE} words of a phrase were read")
        return cut

    def _word(self, lexeme: Lexeme, field: Field) -> Node | None:
        text = self._cut(lexeme.text)
        if re.fullmatch(r"\*+", text):
            return EVERYTHING if field is Field.ANY else None
        if not has_words(text):
            self._note(f"“{text[:40]}” holds nothing to search for")
            return None
        stem = text.rstrip("*")
        if stem != text and "*" not in stem:
            return self._prefix(stem, field)
        if "*" in text:
            self._note("* works at the end of a word only; elsewhere it was left out")
        return Words(text.replace("*", " ").strip(), field)

    def _prefix(self, stem: str, field: Field) -> Node | None:
        head, last = last_word(stem)
        if len(fold(last)) < SHORTEST_PREFIX:
            self._note(f"* needs at least {SHORTEST_PREFIX} letters before it; it was left out")
            return Words(stem, field)
        prefix = Prefix(last, field)
        return And((Words(head, field), prefix)) if has_words(head) else prefix

    def _date(self, name: str) -> Node | None:
        if self._peek() not in {"word", "phrase"}:
            self._note(f"{name}: names no date and was left out")
            return None
        value = self._lexemes[self._next].text.strip()
        self._next += 1
        if name == "undated":
            return Undated() if value.lower() in {"yes", "true", "1"} else Not(Undated())
        ends = value.split("..") if name == "date" else [value]
        periods = [period(end) for end in ends]
        if not 1 <= len(ends) <= 2 or None in periods:
            self._note(
                f"“{value[:40]}” is no date such as 2024, 2024-06 or 2024-06-20; it was left out"
            )
            return None
        first, last = periods[0], periods[-1]
        assert first is not None  # noqa: S101 - checked above, for mypy
        assert last is not None  # noqa: S101
        dates = Dates(first[0], last[1])
        if name == "after":
            return replace(dates, last=None)
        return replace(dates, first=None) if name == "before" else dates


def _joined(kind: type[And] | type[Or], parts: list[Node]) -> Node:
    """Return *parts* under one node, or the part itself where it is the only one."""
    return parts[0] if len(parts) == 1 else kind(tuple(parts))
