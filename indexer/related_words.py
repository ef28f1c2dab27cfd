"""Related words: what the best articles say beside the words that were asked for.

Pseudo relevance feedback, after the relevance model of Lavrenko and Croft (2001): each
of the best articles weighs by its score, to the fourth power, and gives its words their
share of its text; a word counts the more, the fewer articles have it.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from math import log
from typing import Final

from archive.article import Article
from indexer.analysis import Analyzer
from indexer.engine import Frequencies
from indexer.stop_words import stop_words
from indexer.telling import may_tell
from indexer.tree import Words

BEST: Final = 10
"""So many articles are read."""
MOST: Final = 20
"""So many related words are used."""
FEWEST_ARTICLES: Final = 100
"""An archive of fewer is too small to learn from: the best would be more than a tenth of it."""
_CANDIDATES: Final = 400
_SHARPNESS: Final = 4
_STRENGTH: Final = 0.43
_LEAST: Final = 2
_MOST_OF_ALL: Final = 0.1
"""A related word stands in at least so many articles, and at most in this share of all."""


@dataclass(frozen=True, slots=True)
class Related:
    """A word that the best articles have, in its most frequent form, and what it weighs.

    A word that was asked for weighs 1.
    """

    word: str
    weight: float


def related_words(
    best: Sequence[tuple[Article, float]],
    asked: Sequence[Words],
    without: Collection[str],
    analyzer: Analyzer,
    frequencies: Callable[[Sequence[str]], Frequencies],
) -> tuple[Related, ...]:
    """Return the words related to those *asked* for, the weightiest first.

    *best* are articles with their scores, the best first. Words in *without* are left out.
    """
    known = {term for word in asked for term in analyzer.terms(word.text)}
    known.update(term for word in without for term in analyzer.terms(word))
    shares, forms = _shares(best, known, analyzer)
    candidates = sorted(shares, key=lambda term: (-shares[term], term))[:_CANDIDATES]
    words = [forms[term] for term in candidates]
    counted = frequencies(words)
    worth = {
        word: shares[term] * log(1 + (counted.articles - having + 0.5) / (having + 0.5))
        for term, word, having in zip(candidates, words, counted.having, strict=True)
        if _LEAST <= having <= _MOST_OF_ALL * counted.articles
    }
    chosen = sorted(worth, key=lambda word: (-worth[word], word))[:MOST]
    whole = sum(worth[word] for word in chosen)
    strength = _STRENGTH * len(asked)
    return tuple(Related(word, strength * worth[word] / whole) for word in chosen)


def _shares(
    best: Sequence[tuple[Article, float]], known: Collection[str], analyzer: Analyzer
) -> tuple[dict[str, float], dict[str, str]]:
    """The share that each term has of the articles, by their scores; and its commonest form."""
    stop = stop_words(analyzer.language)
    shares: dict[str, float] = defaultdict(float)
    forms: dict[str, Counter[str]] = defaultdict(Counter)
    for article, score in best:
        weight = (score / best[0][1]) ** _SHARPNESS if best[0][1] else 1.0
        pieces = (article.headline, article.text, article.caption or "")
        tokens = [token for piece in pieces for token in analyzer.tokens(piece)]
        for token in tokens:
            if token.term not in known and token.form not in stop and may_tell(token.form):
                shares[token.term] += weight / len(tokens)
                forms[token.term][token.form] += 1
    common = {
        term: min(counts, key=lambda form: (-counts[form], form)) for term, counts in forms.items()
    }
    # A form that analysis reads as another word cannot be asked for.
    askable = {t: share for t, share in shares.items() if analyzer.terms(common[t]) == (t,)}
    return askable, common
