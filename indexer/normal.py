"""The normal form of a query: its tree as text that parses back to the same tree.

::

    unparse(parse(text).tree)      one way to write it, operators in capitals, groups bracketed
    fitted(tree)                   the tree, cut to what the language lets one type
"""

import re
from collections.abc import Iterator
from datetime import date
from typing import Final, assert_never

from indexer.days import period
from indexer.tree import (
    EVERYTHING,
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
    Prefix,
    Some,
    Together,
    Undated,
    Unit,
    Wildcard,
    Words,
)
from indexer.word import is_plain

LONGEST: Final = 2000
MOST_PARTS: Final = 64
DEEPEST: Final = 20

_SIDE_BY_SIDE, _RELATED, _ALTERNATIVE, _SINGLE = range(4)
_NAMES: Final = {Field.LEDE: "hlead"}
_OPENS: Final = re.compile(r"date|wc|length", re.IGNORECASE)
_COUNTS: Final = re.compile(r"atleast\d+", re.IGNORECASE)


def unparse(node: Node) -> str:
    """Return *node* as a query in normal form."""
    return _written(node, _SIDE_BY_SIDE)


def _written(node: Node, least: int) -> str:
    """*node*, in parentheses where it binds less than *least*."""
    text, binds = _bound(node)
    return f"({text})" if binds < least else text


def _closed(text: str) -> str:
    """*text*, in parentheses where it would make an operator of what comes next."""
    return f"({text})" if _OPENS.fullmatch(text) else text


def _bound(node: Node) -> tuple[str, int]:
    """*node* as text, and how tightly that binds."""
    match node:
        case And((only,)) | Or((only,)):
            return _bound(only)
        case And(()):
            return "*", _SINGLE
        case Or(()):
            return "NOT *", _SINGLE
        case And(parts):
            # OR would bind in any case, but few know that.
            texts = [_written(p, _SINGLE if isinstance(p, Or) else _RELATED) for p in parts]
            return " ".join([*map(_closed, texts[:-1]), texts[-1]]), _SIDE_BY_SIDE
        case Or(parts):
            return " OR ".join(_written(part, _SINGLE) for part in parts), _ALTERNATIVE
        case Some(parts):
            # How a question is read is not typed; what is closest to it is any of its words.
            return _bound(Or(parts))
        case Boosted(part):
            return _bound(part)
        case Exactly(keyword, values) if len(values) != 1:
            return _bound(Or(tuple(Exactly(keyword, (value,)) for value in values)))
        case Not(Undated()):
            return "undated:no", _SINGLE
        case Not(part):
            inside = _written(part, _SINGLE)
            return f"NOT ({inside})" if isinstance(part, Not) else f"NOT {inside}", _SINGLE
        case Near(parts, within, ordered):
            operator = f" {'PRE' if ordered else 'W'}/{within} "
            return operator.join(map(unparse, parts)), _RELATED
        case Together(parts, unit):
            operator = " /s " if unit is Unit.SENTENCE else " /p "
            return operator.join(map(unparse, parts)), _RELATED
        case AtLeast(count, part):
            return f"atleast{count}({unparse(part)})", _SINGLE
        case _:
            return _leaf(node), _SINGLE


def _leaf(
    node: Words | Exact | Prefix | Wildcard | Fuzzy | Dates | Undated | Length | Exactly,
) -> str:
    match node:
        case Words(text, field, quoted):
            plain = not quoted and is_plain(text, field)
            return _uncounting(_in(field, text if plain else f'"{text.replace(chr(34), " ")}"'))
        case Exact(text, field):
            return _in(field, f'"{text}"')
        case Prefix(text, field):
            return _in(field, f"{text}*")
        case Wildcard(text, field):
            return _in(field, text)
        case Fuzzy(text, distance, field):
            return _in(field, f"{text}~{'' if distance == 1 else distance}")
        case Dates(first, last):
            return _dates(first, last)
        case Undated():
            return "undated:yes"
        case Length(least, most):
            return _length(least, most)
        case Exactly(keyword, values):
            return _uncounting(f"{keyword}:{values[0]}")
        case _:
            assert_never(node)


def _in(field: Field, text: str) -> str:
    return text if field is Field.ANY else f"{_NAMES.get(field, field)}:{text}"


def _uncounting(text: str) -> str:
    """*text*, in parentheses where it would count what comes next."""
    return f"({text})" if _COUNTS.fullmatch(text.rpartition(":")[2]) else text


def _dates(first: date | None, last: date | None) -> str:
    if first is None and last is None:
        return "undated:no"
    if first is None or last is None:
        return f"after:{first}" if first else f"before:{last}"
    for short in (f"{first}"[:4], f"{first}"[:7], f"{first}"):
        if period(short) == (first, last):
            return f"date:{short}"
    return f"date:{first}..{last}"


def _length(least: int, most: int | None) -> str:
    if most is None:
        return f"wc>{least - 1}" if least else "wc>=0"
    if least == most:
        return f"wc:{least}"
    return f"wc:{least}..{most}" if least else f"wc<{most + 1}"


def fitted(tree: Node, longest: int = LONGEST) -> Node:
    """Return *tree*, without what stands last where its normal form would pass a limit."""
    while not _fits(tree, longest):
        tree = _shorter(tree) or EVERYTHING
    return tree


def _fits(tree: Node, longest: int) -> bool:
    if sum(1 for _ in leaves(tree)) > MOST_PARTS:
        return False
    written = unparse(tree)
    return len(written) <= longest and _depth(written) <= DEEPEST


def _depth(written: str) -> int:
    """How deep parentheses are nested, outside of phrases."""
    deepest = depth = 0
    for outside in written.split('"')[::2]:
        for letter in outside:
            depth += (letter == "(") - (letter == ")")
            deepest = max(deepest, depth)
    return deepest


def leaves(node: Node) -> Iterator[Node]:
    """Yield everything that a tree holds at its ends, also what is behind NOT."""
    match node:
        case And(parts) | Or(parts) | Near(parts) | Together(parts):
            for part in parts:
                yield from leaves(part)
        case Not(part) | AtLeast(_, part):
            yield from leaves(part)
        case _:
            yield node


def _shorter(node: Node) -> Node | None:
    """*node* without its last leaf; None where nothing is left."""
    match node:
        case And(parts) | Or(parts) if parts:
            last = _shorter(parts[-1])
            kept = (*parts[:-1], *((last,) if last is not None else ()))
            return (kept[0] if len(kept) == 1 else type(node)(kept)) if kept else None
        case Not(part):
            left = _shorter(part)
            return Not(left) if left is not None else None
        case _:
            return None
