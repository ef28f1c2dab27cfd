"""What an article is about: its words, and how much each of them tells."""

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from archive.article import Article
from indexer.analysis import Analyzer, bound, words_and_bounds
from indexer.engine import Engine
from indexer.tree import Words

_READ: Final = 4000
"""So many characters of a text say what it is about."""
_NAME: Final = 1.5
_HEADLINE: Final = 2
_RARITY: Final = 1.3
_ALONE: Final = 0.4


@dataclass(frozen=True, slots=True)
class Profile:
    """The words of an article: term → how much it weighs before rarity, and → as written."""

    weights: dict[str, float]
    written: dict[str, str]


def profile_of(article: Article, analyzer: Analyzer) -> Profile:
    """Return the words of *article*; what begins with a capital within a sentence is a name."""
    counts: Counter[str] = Counter()
    within: Counter[str] = Counter()
    marked: Counter[str] = Counter()
    written: dict[str, str] = {}
    for text, weight in ((article.headline, _HEADLINE), (article.text[:_READ], 1)):
        begins = True
        for word in words_and_bounds(text):
            if bound(word):
                begins = True
                continue
            term, form = analyzer.face(word)
            written.setdefault(term, word)
            counts[term] += weight
            if not begins:
                within[term] += 1
                marked[term] += not word[0].islower() and (len(form) > 1 or not word.isalpha())
            begins = False
    weights = {
        term: (1 + math.log(count)) * (_NAME if marked[term] * 2 > within[term] else 1)
        for term, count in counts.items()
    }
    return Profile(weights, written)


def rarities(written: Mapping[str, str], total: int, engine: Engine) -> dict[str, float]:
    """Return how much each term tells, by how few of *total* articles have it.

    *written* is each term as a text has it. What only one article has is never shared, and
    counts less: much of it is misspelt.
    """
    has = engine.terms(Words(" ".join(written.values())), len(written))
    return {
        term: math.log(total / articles) ** _RARITY * (1 if articles > 1 else _ALONE)
        for term, articles in has
        if 0 < articles < total and term in written
    }
