"""What was understood of a query, in plain words, and each part of it to be taken out.

::

    sentence(query)   Articles with “bank” within 5 words of “rate”, since May 2024
    parts(query)      each part in words, and the query that is left without it
"""

from calendar import month_name
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final, assert_never

from indexer.days import period
from indexer.normal import unparse
from indexer.query import Query
from indexer.tree import (
    And,
    AtLeast,
    Boosted,
    Dates,
    Exact,
    Exactly,
    Field,
    Fuzzy,
    Length,
    Near,
    Node,
    Not,
    Or,
    Placed,
    Prefix,
    Some,
    Together,
    Undated,
    Unit,
    Wildcard,
    Words,
)

_COPIES: Final = "every copy of a story for itself"
_HAS: Final = {
    "revisions": "with changes by their source",
    "copies": "with copies by others",
    "byline": "with a byline",
    "agency": "with an agency",
    "place": "with a dateline",
    "section": "with a section",
    "topics": "with topics",
    "caption": "with a caption",
    "credits": "with credits",
    "language": "with a known language",
}
# Before what is looked for, and behind it.
_IN: Final[dict[Field, tuple[str, str]]] = {
    Field.TITLE: ("", " in the headline"),
    Field.BY: ("", " in the byline"),
    Field.LEDE: ("", " in the headline or first paragraph"),
    Field.SOURCE: ("from the source ", ""),
    Field.AGENCY: ("from the agency ", ""),
    Field.TOPIC: ("on the topic ", ""),
    Field.PLACE: ("datelined ", ""),
    Field.SECTION: ("in the section ", ""),
    Field.LANGUAGE: ("in the language ", ""),
    Field.URL: ("at an address with ", ""),
    Field.CREDIT: ("credited to ", ""),
}


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a query in plain *words*; *without* is the query that is left when it goes."""

    words: str
    without: str


def sentence(query: Query) -> str:
    """Return in plain words what *query* asks for."""
    held: list[str] = []
    other: list[str] = []
    for node in _conjuncts(query.tree):
        is_held, words = _said(node)
        (held if is_held else other).append(words)
    if query.copies:
        other.append(_COPIES)
    if not held and not other:
        return "All articles"
    found = ", ".join([*([f"with {_listed(held, 'and')}"] if held else []), *other])
    return f"Articles {found}"


def is_plain(query: Query) -> bool:
    """Whether *query* is nothing but words side by side, which need no explanation."""
    return not query.copies and all(
        isinstance(node, Words) and node.field is Field.ANY and not node.quoted
        for node in _conjuncts(query.tree)
    )


def parts(query: Query) -> tuple[tuple[Part, ...], ...]:
    """Return what of *query* can be taken out: what must hold, each as its alternatives.

    What would be called alike, ``bank`` and ``"bank"``, is called as it is written.
    """
    nodes = _conjuncts(query.tree)
    groups = [node.parts if isinstance(node, Or) else (node,) for node in nodes]
    called = Counter(_alone(one) for one in {one for others in groups for one in others})
    found = []
    for i, others in enumerate(groups):
        found.append(
            tuple(
                Part(
                    _alone(one) if called[_alone(one)] == 1 else unparse(one),
                    _with(query, nodes, i, [*others[:j], *others[j + 1 :]]),
                )
                for j, one in enumerate(others)
            )
        )
    if query.copies:
        found.append((Part(_COPIES, replace(query, copies=False).normal),))
    return tuple(found)


def _with(query: Query, nodes: Sequence[Node], i: int, instead: list[Node]) -> str:
    """*query* with the alternatives *instead* of its part *i*, in normal form."""
    alternatives = instead[:1] if len(instead) < 2 else [Or(tuple(instead))]
    kept = tuple(dict.fromkeys(_flat((*nodes[:i], *alternatives, *nodes[i + 1 :]))))
    return replace(query, tree=kept[0] if len(kept) == 1 else And(kept)).normal


def _flat(nodes: Iterable[Node]) -> Iterator[Node]:
    """*nodes* that must all match, those within others too."""
    for node in nodes:
        if isinstance(node, And):
            yield from _flat(node.parts)
        else:
            yield node


def _conjuncts(tree: Node) -> tuple[Node, ...]:
    return tree.parts if isinstance(tree, And) else (tree,)


def _alone(node: Node) -> str:
    return _said(node)[1]


def _said(node: Node) -> tuple[bool, str]:
    """*node* in words, and whether these name what an article holds, to follow “with”."""
    match node:
        case Words() | Exact() | Prefix() | Wildcard() | Fuzzy():
            return _in_field(node.field, _what(node))
        case Near(found, within, ordered, field):
            near = (
                f" at most {within} {_words(within)} before "
                if ordered
                else (f" within {within} {_words(within)} of ")
            )
            return _in_field(field, near.join(map(_what, found)))
        case Together(found, unit, field):
            where = "sentence" if unit is Unit.SENTENCE else "paragraph"
            return _in_field(field, f"{_listed(map(_what, found), 'and')} in one {where}")
        case AtLeast(count, part):
            return _in_field(part.field, f"{_what(part)} at least {count} times")
        case And(()):
            return True, "anything"
        case And(found):
            return _joined(found, "and")
        case Or(found):
            return _joined(found, "or")
        case Some(found, least):
            return True, f"at least {least} of {_joined(found, 'and')[1]}"
        case Boosted(part):
            return _said(part)
        case Not(part):
            return False, _denied(part)
        case Dates(first, last):
            return False, _dates(first, last)
        case Undated():
            return False, "without a date"
        case Length(least, most):
            return False, _length(least, most)
        case Exactly(keyword, values):
            if keyword == "has":
                return False, _listed([_HAS[value] for value in values], "or")
            return False, f"of the {keyword} {_listed([f'“{v}”' for v in values], 'or')}"
        case _:
            assert_never(node)


def _what(node: Placed) -> str:
    match node:
        case Words(text) | Exact(text):
            return f"“{text}”"
        case Prefix(text):
            return f"words that begin with “{text}”"
        case Wildcard(text):
            return f"words like “{text}”"
        case Fuzzy(text, distance):
            edits = "one letter" if distance == 1 else f"{distance} letters"
            return f"“{text}” or words {edits} off"
        case _:
            assert_never(node)


def _in_field(field: Field, words: str) -> tuple[bool, str]:
    before, behind = _IN.get(field, ("", ""))
    return not before, f"{before}{words}{behind}"


def _joined(found: Sequence[Node], word: str) -> tuple[bool, str]:
    fields = {one.field for one in found if isinstance(one, Placed)}
    if len(fields) == 1 and all(isinstance(one, Placed) for one in found):
        placed = [_what(one) for one in found if isinstance(one, Placed)]
        return _in_field(fields.pop(), _listed(placed, word))
    said = [(held, _inner(one, words)) for one in found for held, words in [_said(one)]]
    if all(held for held, _ in said):
        return True, _listed([words for _, words in said], word)
    return False, _listed([f"with {w}" if held else w for held, w in said], word)


def _inner(node: Node, words: str) -> str:
    """*words* for *node* among others: in parentheses where they are a list themselves."""
    return f"({words})" if isinstance(node, And | Or) and node.parts else words


def _denied(node: Node) -> str:
    held, words = _said(node)
    if held:
        return f"without {_inner(node, words)}"
    if words.startswith("with ") and not isinstance(node, And | Or):
        return f"without {words.removeprefix('with ')}"
    if isinstance(node, Undated):
        return "with a date"
    return f"not {_inner(node, words)}"


def _dates(first: date | None, last: date | None) -> str:
    if first is None or last is None:
        if first is None and last is None:
            return "with a date"
        return f"since {_begin(first)}" if first else f"up to {_end(last or date.max)}"
    for short in (f"{first}"[:4], f"{first}"[:7]):
        if period(short) == (first, last):
            return f"published in {_begin(first)}"
    if first == last:
        return f"published on {_day(first)}"
    return f"published from {_begin(first)} to {_end(last)}"


def _day(day: date) -> str:
    return f"{day.day} {month_name[day.month]} {day.year}"


def _begin(day: date) -> str:
    """The day from which something holds; a month or a year where it is their first."""
    if day.day > 1:
        return _day(day)
    return f"{day.year}" if day.month == 1 else f"{month_name[day.month]} {day.year}"


def _end(day: date) -> str:
    """The day up to which something holds; a month or a year where it is their last."""
    if day < date.max and (day + timedelta(1)).day > 1:
        return _day(day)
    return f"{day.year}" if day.month == 12 else f"{month_name[day.month]} {day.year}"


def _length(least: int, most: int | None) -> str:
    if most is None and not least:
        return "of any length"
    if most is None:
        return f"of more than {least - 1:,} {_words(least - 1)}"
    if least == most:
        return f"of {least:,} {_words(least)}"
    if not least:
        return f"of fewer than {most + 1:,} {_words(most + 1)}"
    return f"of {least:,} to {most:,} words"


def _words(count: int) -> str:
    return "word" if count == 1 else "words"


def _listed(words: Iterable[str], word: str) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    *most, last = words
    return f"{', '.join(most)} {word} {last}" if most else last
