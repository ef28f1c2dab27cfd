"""What helps where little or nothing was found: another spelling, or asking for less."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from indexer.analysis import Analyzer
from indexer.engine import Engine
from indexer.loosened import Loosened, loosened
from indexer.patience import Patience
from indexer.request import NARROWING, Asked, Request, understand
from indexer.suggestion import FEW, Suggestion, suggest
from indexer.tree import Node
from indexer.widening import Equivalents, widened


@dataclass(frozen=True, slots=True)
class Unnarrowed:
    """The same words without one narrowing: *less* names it, *request* asks so."""

    less: str
    articles: int
    request: Request


@dataclass(frozen=True, slots=True)
class WaysOn:
    """What would find more: another spelling, the query without a part, without a narrowing."""

    suggestion: Suggestion | None = None
    loosened: tuple[Loosened, ...] = ()
    unnarrowed: tuple[Unnarrowed, ...] = ()


def ways_on(
    asked: Asked,
    found: int,
    engine: Engine,
    analyzer: Analyzer,
    equivalents: Equivalents,
    patience: Patience,
) -> WaysOn:
    """Return what would find more than the *found* articles; nothing where these are enough.

    What *patience* leaves no time for is not tried: narrowings first, for they are fewest.
    """
    if found > FEW:
        return WaysOn()
    tree = asked.query.tree

    def count(other: Node) -> int:
        return articles(asked, other)

    def articles(within: Asked, other: Node) -> int:
        """How many articles a tree finds within what was asked, by all that it may mean."""
        tree = widened(within.narrowed(other), analyzer, equivalents).tree
        return engine.match(tree, limit=0, copies=True, facets=(), chosen=within.chosen).articles

    if found:
        return WaysOn(suggest(tree, found, engine, analyzer, count, patience))
    unnarrowed = tuple(_unnarrowed(asked, articles, patience))
    looser = tuple(loosened(tree, analyzer, count, patience))
    suggestion = suggest(tree, found, engine, analyzer, count, patience)
    return WaysOn(suggestion, looser, unnarrowed)


def _unnarrowed(
    asked: Asked, count: Callable[[Asked, Node], int], patience: Patience
) -> Iterator[Unnarrowed]:
    """The same words without each narrowing, where that finds something."""
    nothing: dict[str, dict[str, Any]] = {field: {field: ()} for field in NARROWING.values()}
    wider = {
        **{field: replace(asked.request, **none) for field, none in nothing.items()},
        "articles, none left out": replace(asked.request, left_out=()),
        "dates": replace(asked.request, first=None, last=None, undated=False),
    }
    narrower = {less: one for less, one in wider.items() if one != asked.request}
    for less, request in patience.each(narrower.items()):
        request = replace(request, page=1)
        other = understand(request)
        if articles := count(other, other.query.tree):
            yield Unnarrowed(less, articles, request)
