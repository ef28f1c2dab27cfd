"""Hints: what a query may have meant otherwise than it was read, each with the query for that.

What is a word here and an operator elsewhere (``or``, ``NEAR``), and what looks like a field
but is none. A hint changes nothing by itself.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Final

from rapidfuzz.distance import OSA

from indexer.analysis import Analyzer
from indexer.lexer import ANYWHERE, CONDITIONS, FIELDS, UNKNOWN, Lexeme, lexemes
from indexer.normal import LONGEST
from indexer.question import Reading
from indexer.stop_words import stop_words

MOST: Final = 3
"""So many hints are given."""
_OPERATORS: Final = {"or": "OR for either", "not": "NOT for without", "and": "AND for both"}
_ENDS: Final = frozenset({"word", "phrase", ")", "condition", "length"})
_BEGINS: Final = frozenset(
    {"word", "phrase", "(", "condition", "length", "field", "atleast", "NOT"}
)
_TWO_EDITS_FROM: Final = 6
_NAMES: Final = tuple(sorted({*FIELDS, *CONDITIONS} - ANYWHERE))


@dataclass(frozen=True, slots=True)
class Hint:
    """What may have been meant: *says* in plain words, *text* is the query that asks for it."""

    says: str
    text: str


def hints(text: str, reading: Reading, analyzer: Analyzer) -> tuple[Hint, ...]:
    """Return what the query *text*, which is read as *reading*, may have meant otherwise."""
    found = list(lexemes(text[:LONGEST], lambda _: None))
    ways = chain(
        _as_operators(text, found, reading, analyzer), _near(text, found), _fields(text, found)
    )
    return tuple(dict.fromkeys(islice(ways, MOST)))


def _as_operators(
    text: str, found: Sequence[Lexeme], reading: Reading, analyzer: Analyzer
) -> Iterator[Hint]:
    """Small ``or``, ``and`` and ``not`` between two words, but not in a question or a saying."""
    stop = stop_words(analyzer.language)
    words = [one for one in found if one.kind == "word"]
    telling = {one for one in words if not stop.issuperset(analyzer.forms(one.text))}
    if reading.is_question and any(one not in telling and not _operator(one) for one in words):
        return
    small = [found[at] for at in _between(found) if _stands(at, found, telling)]
    # Plain words must all be there, with and without it.
    if not small or (reading.words and all(_operator(one) == "and" for one in small)):
        return
    named = list(dict.fromkeys(filter(None, map(_operator, small))))
    is_read = "are read as words" if len(named) > 1 else "is read as a word"
    said = " and ".join(f"“{name}”" for name in named)
    meant = ", ".join(_OPERATORS[name] for name in named)
    capitals = {one.at: one.text.upper() for one in small}
    yield Hint(f"{said} {is_read}; write {meant}", _replaced(text, small, capitals))


def _operator(lexeme: Lexeme) -> str | None:
    word = lexeme.text.casefold()
    return word if lexeme.kind == "word" and word in _OPERATORS else None


def _between(found: Sequence[Lexeme]) -> Iterator[int]:
    """Yield the places of what stands between two parts of the query."""
    for at in range(1, len(found) - 1):
        if found[at - 1].kind in _ENDS and found[at + 1].kind in _BEGINS:
            yield at


def _stands(at: int, found: Sequence[Lexeme], telling: Collection[Lexeme]) -> bool:
    """Whether a small operator stands there, and on both sides of it what says something."""
    name = _operator(found[at])
    if name is None:
        return False
    before, behind = found[at - 1], found[at + 1]
    # *bank and not rate*: the two are one.
    if name != "not" and _operator(behind) == "not":
        behind = found[at + 2] if at + 2 < len(found) else behind
    if name == "not" and _operator(before) in {"and", "or"}:
        before = found[at - 2] if at > 1 else before
    return all(side.kind != "word" or side in telling for side in (before, behind))


def _near(text: str, found: Sequence[Lexeme]) -> Iterator[Hint]:
    """NEAR in capitals without its number."""
    between = (found[at] for at in _between(found))
    bare = [one for one in between if one.kind == "word" and one.text == "NEAR"]
    if bare:
        yield Hint(
            "“NEAR” is read as a word; write NEAR/5 for at most five words apart",
            _replaced(text, bare, {one.at: "NEAR/5" for one in bare}),
        )


def _fields(text: str, found: Sequence[Lexeme]) -> Iterator[Hint]:
    """Names of no field that are spelt nearly as one is."""
    for one in found:
        if one.value == UNKNOWN and (field := _nearest(one.text.lower())):
            yield Hint(
                f"did you mean the field {field}?",
                _replaced(text, [one], {one.at: field}),
            )


def _nearest(name: str) -> str | None:
    """The field that is spelt most nearly as *name*."""
    most = 2 if len(name) >= _TWO_EDITS_FROM else 1
    edits = {
        known: OSA.distance(name, known, score_cutoff=most) for known in _NAMES if len(known) > 2
    }
    best = min(edits, key=lambda known: (edits[known], known))
    return best if edits[best] <= most else None


def _replaced(text: str, lexemes: Sequence[Lexeme], instead: dict[int, str]) -> str:
    """*text* with other words for some of its lexemes."""
    ends = [0, *(one.at + len(one.text) for one in lexemes)]
    kept = [text[end : one.at] + instead[one.at] for end, one in zip(ends, lexemes, strict=False)]
    return "".join([*kept, text[ends[-1] :]])
