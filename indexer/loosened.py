"""Which word empties a result: the query once without each of its parts."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from indexer.analysis import Analyzer
from indexer.patience import Patience
from indexer.tree import And, Node, Words
from indexer.written import written

_MOST: Final = 8


@dataclass(frozen=True, slots=True)
class Loosened:
    """A query that asks for less than another: its *text*, and how many articles it finds.

    *less* is what it leaves out, or where *apart*, the phrase whose words it asks for anywhere.
    """

    less: str
    text: str
    articles: int
    apart: bool = False


def loosened(
    tree: Node, analyzer: Analyzer, count: Callable[[Node], int], patience: Patience
) -> list[Loosened]:
    """Return *tree* without each of the parts that must all match, where that finds something.

    Of a phrase also its words wherever they stand. The one that finds the fewest
    comes first, for it is closest to what was asked. *count* says how many articles a tree finds;
    what *patience* leaves no time for is not tried.
    """
    found = {}
    for less, looser, apart in patience.each(islice(_looser(tree, analyzer), _MOST)):
        text = written(looser)
        if text and (articles := count(looser)):
            found[text] = Loosened(less, text, articles, apart)
    return sorted(found.values(), key=lambda one: one.articles)


def _looser(tree: Node, analyzer: Analyzer) -> Iterator[tuple[str, Node, bool]]:
    parts = tree.parts if isinstance(tree, And) else (tree,)
    for i, part in enumerate(parts):
        if len(parts) > 1 and (text := written(part)):
            rest = (*parts[:i], *parts[i + 1 :])
            yield text, rest[0] if len(rest) == 1 else And(rest), False
    for part in parts:
        if isinstance(part, Words) and part.quoted:
            tokens = list(analyzer.tokens(part.text))
            if len(tokens) > 1:
                words = tuple(Words(part.text[t.start : t.end], part.field) for t in tokens)
                others = tuple(one for one in parts if one is not part)
                yield written(part) or "", And((*words, *others)), True
