"""What makes a word stand out: it is in more of the articles found than chance would have it."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from indexer import query
from indexer.analysis import Analyzer
from indexer.query import Query
from indexer.tree import And, Placed, Words, wanted

MOST: Final = 24
LEAST: Final = 4.0
"""A G² below this tells nothing: chance alone gives more once in twenty words."""
_FEWEST: Final = 2
_MORE: Final = 1.5


def stands_out(inside: Any, has: Any, found: int, total: int) -> NDArray[np.float64]:
    """Return how much words stand out: Dunning's G² (1993), or 0 for those that do not.

    Of *found* articles out of *total*, *inside* have the word, out of *has* of all; numbers
    or arrays. A word that is not in two of them at least, or is in all, so that it narrows
    nothing, or is hardly more frequent there than elsewhere, does not stand out.
    """
    inside, has = np.asarray(inside, dtype=float), np.asarray(has, dtype=float)
    table = (
        (inside, has * found / total),
        (has - inside, has * (total - found) / total),
        (found - inside, (total - has) * found / total),
        (total - found - has + inside, (total - has) * (total - found) / total),
    )
    g2 = 2 * sum(_part(seen, expected) for seen, expected in table)
    narrows = (inside >= _FEWEST) & (inside < found)
    counts = narrows & (inside * total >= _MORE * has * found) & (g2 >= LEAST)
    return np.where(counts, g2, 0.0)


def may_tell(form: str) -> bool:
    """Whether a word can say anything by itself, as no figure and no single letter does."""
    return len(form) > 1 and any(map(str.isalpha, form))


def narrowed(text: str, word: str) -> str:
    """Return *text* with one word more that must be there, as a fourth plain one need not."""
    return f'{text} "{word}"'.strip()


def new_words(parsed: Query, words: dict[str, int], analyzer: Analyzer) -> dict[str, int]:
    """Return of *words* those that *parsed* does not have, and that can be added behind it."""
    texts = (leaf.text for leaf in wanted(parsed.tree) if isinstance(leaf, Placed))
    known = {term for text in texts for term in analyzer.terms(text)}
    return {
        word: articles
        for word, articles in words.items()
        if analyzer.face(word)[0] not in known and _adds(parsed.text, word)
    }


def _adds(text: str, word: str) -> bool:
    """Whether *word* behind *text* is one more word that must match."""
    tree = query.parse(narrowed(text, word)).tree
    return Words(word, quoted=True) in (tree.parts if isinstance(tree, And) else (tree,))


def _part(seen: NDArray[np.float64], expected: NDArray[np.float64]) -> NDArray[np.float64]:
    # Counts that are approximate may leave less than nothing.
    seen = np.maximum(seen, 0)
    ratio = np.divide(seen, expected, out=np.ones_like(expected), where=expected > 0)
    return seen * np.log(np.maximum(ratio, 1e-300))
