"""A tree back in the query language, for queries that are offered as links."""

from dataclasses import replace
from typing import Final

from indexer import query
from indexer.tree import (
    And,
    AtLeast,
    Dates,
    Field,
    Near,
    Node,
    Not,
    Or,
    Placed,
    Prefix,
    Together,
    Undated,
    Words,
)

_FIELDS: Final = {field: name for name, field in reversed(query.ALIASES.items())}


def written(tree: Node) -> str | None:
    """Return a text that parses to *tree*, or None where there is none."""
    text = _all(tree.parts) if isinstance(tree, And) else _one(tree)
    parsed = query.parse(text)
    return text if parsed.tree == tree and not parsed.notices else None


def swapped(tree: Node, old: Placed, new: Node) -> Node:
    """Return *tree* with *new* wherever *old* was."""
    if tree == old:
        return new
    match tree:
        case And(parts) | Or(parts):
            return replace(tree, parts=tuple(swapped(part, old, new) for part in parts))
        case Not(part):
            return Not(swapped(part, old, new))
        case Near(parts) | Together(parts) if isinstance(new, Placed):
            return replace(tree, parts=tuple(new if part == old else part for part in parts))
        case AtLeast(_, part) if part == old and isinstance(new, Placed):
            return replace(tree, part=new)
    return tree


def _all(parts: tuple[Node, ...]) -> str:
    return " ".join(map(_one, parts))


def _one(node: Node) -> str:
    match node:
        case Words(text, field, quoted):
            return _named(field, f'"{text}"' if quoted else text)
        case Prefix(text, field):
            return _named(field, f"{text}*")
        case And(parts):
            return f"({_all(parts)})"
        case Or(parts):
            return " OR ".join(map(_one, parts))
        case Not(part):
            inner = _one(part)
            return f"-({inner})" if isinstance(part, Or) else f"-{inner}"
        case Dates(first, None) if first:
            return f"after:{first}"
        case Dates(None, last) if last:
            return f"before:{last}"
        case Dates(first, last):
            return f"date:{first}..{last}"
        case Undated():
            return "undated:yes"
    return ""


def _named(field: Field, text: str) -> str:
    return text if field is Field.ANY else f"{_FIELDS.get(field, field)}:{text}"
