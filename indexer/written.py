"""Trees changed in a part and written again, for queries that are offered as links."""

from dataclasses import replace

from indexer import query
from indexer.normal import unparse
from indexer.tree import And, AtLeast, Near, Node, Not, Or, Placed, Together


def written(tree: Node) -> str | None:
    """Return a text that parses to *tree*, or None where there is none."""
    text = unparse(tree)
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
