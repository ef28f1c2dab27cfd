"""Did you mean: a word that finds little, as the archive itself spells it.

Candidates are the archive's own words a letter or two away, weighed by how many
articles have each; of the queries that they make, the likeliest is offered that
finds something. So nothing is offered that finds nothing, and a name that few
articles have is left alone where it finds them.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import islice, product
from typing import Final

from indexer.analysis import Analyzer, Token
from indexer.engine import Engine
from indexer.patience import Patience
from indexer.tree import Field, Fuzzy, Node, Words, wanted
from indexer.written import swapped, written

FEW: Final = 3
"""With so many articles found or fewer, another spelling is looked for."""
_MOST_WORDS: Final = 5
_MOST_TRIED: Final = 24
_EACH: Final = 3
_SHORTEST: Final = 3
"""Shorter words are close to too many others."""
_LONGEST: Final = 32
_TWO_EDITS_FROM: Final = 6
_EDIT: Final = math.log(20)
"""What an edit costs: a word is one letter wrong once in so many times."""
_FIRST_LETTER: Final = math.log(10)
_CLEARLY_MORE: Final = 10
"""A word that is in the archive gives way only to one that so many times as many articles have."""
_SPELT: Final = frozenset({Field.ANY, Field.TITLE, Field.BY, Field.LEDE})


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Another spelling of a query: its *text*, and how many articles it finds, one at least."""

    text: str
    articles: int


@dataclass(frozen=True, slots=True)
class _Word:
    """A word of a query: the part it stands in, and how many articles have it there."""

    leaf: Words
    token: Token
    articles: int

    @property
    def typed(self) -> str:
        return self.leaf.text[self.token.start : self.token.end]


@dataclass(frozen=True, slots=True)
class _Spelling:
    """Another *text* for a word; *weight* is the logarithm of how likely it was meant."""

    word: _Word
    text: str
    weight: float


def suggest(
    tree: Node,
    found: int,
    engine: Engine,
    analyzer: Analyzer,
    count: Callable[[Node], int],
    patience: Patience,
) -> Suggestion | None:
    """Return the likeliest other spelling of *tree*, which found so many articles; or None.

    *count* says how many articles a tree finds, within whatever else was asked for. What
    *patience* leaves no time for is not tried.
    """
    if found > FEW:
        return None
    words = list(islice(patience.each(_words(tree, engine, analyzer)), _MOST_WORDS))
    doubtful = [word for word in words if word.articles <= FEW]
    suggestion = _first(tree, found, doubtful, engine, analyzer, count, patience)
    if suggestion is None and not found and len(words) > 1:
        # Each word is common enough, but not beside the others: "Angela Merkle".
        suggestion = _first(tree, found, words, engine, analyzer, count, patience)
    return suggestion


def _words(tree: Node, engine: Engine, analyzer: Analyzer) -> Iterator[_Word]:
    """The words of *tree* that may be misspelt."""
    for leaf in dict.fromkeys(wanted(tree)):
        if isinstance(leaf, Words) and leaf.field in _SPELT:
            for token in analyzer.tokens(leaf.text):
                if _SHORTEST <= len(token.form) <= _LONGEST and token.form.isalpha():
                    alone = Words(leaf.text[token.start : token.end], leaf.field)
                    has = engine.match(alone, limit=0, facets=(), copies=True).articles
                    yield _Word(leaf, token, has)


def _first(
    tree: Node,
    found: int,
    words: list[_Word],
    engine: Engine,
    analyzer: Analyzer,
    count: Callable[[Node], int],
    patience: Patience,
) -> Suggestion | None:
    """The likeliest query with other spellings of *words* that finds more than was *found*."""
    choices: list[list[_Spelling | None]] = []
    for word in patience.each(words):
        if found and word.articles and word.typed[:1].isupper():
            continue
        spellings: list[_Spelling | None] = list(
            _spellings(word, found, engine, analyzer, patience)
        )
        if spellings:
            choices.append(spellings if not word.articles else [None, *spellings])
    queries = [[one for one in chosen if one is not None] for chosen in product(*choices[:4])]
    queries.sort(key=lambda chosen: (len(chosen), -sum(one.weight for one in chosen)))
    for chosen in patience.each(islice(filter(None, queries), _MOST_TRIED)):
        spelt = _spelt(tree, chosen)
        articles = count(spelt)
        if articles > found * _CLEARLY_MORE and (text := written(spelt)):
            return Suggestion(text, articles)
    return None


def _spellings(
    word: _Word, found: int, engine: Engine, analyzer: Analyzer, patience: Patience
) -> list[_Spelling]:
    """The likeliest other spellings of *word*, the best first."""
    form = word.token.form
    # Beside words that shut it out, a word may be another's misspelling however common it is.
    least = max(1, word.articles * _CLEARLY_MORE if found else 1)
    others: dict[str, _Spelling] = {}
    for distance in patience.each((1, 2) if len(form) >= _TWO_EDITS_FROM else (1,)):
        for other, articles in engine.terms(Fuzzy(form, distance), 12):
            known = other in others or not other.isalpha()
            # Another form of the same word finds the same.
            if known or analyzer.face(other)[0] == word.token.term:
                continue
            if articles >= least:
                cost = _EDIT * distance + (_FIRST_LETTER if other[0] != form[0] else 0)
                text = _in_case_of(word.typed, other)
                others[other] = _Spelling(word, text, math.log(articles) - cost)
    if not word.articles and (parted := _parted(word, engine, patience)):
        others[parted.text] = parted
    return sorted(others.values(), key=lambda one: (-one.weight, one.text))[:_EACH]


def _parted(word: _Word, engine: Engine, patience: Patience) -> _Spelling | None:
    """The word as two that stand side by side: ``moneylaundering``."""
    typed = word.typed
    best: _Spelling | None = None
    for at in patience.each(range(2, len(typed) - 1)):
        text = f"{typed[:at]} {typed[at:]}"
        phrase = Words(text, word.leaf.field, quoted=True)
        articles = engine.match(phrase, limit=0, facets=(), copies=True).articles
        if articles and (best is None or math.log(articles) - _EDIT > best.weight):
            best = _Spelling(word, text, math.log(articles) - _EDIT)
    return best


def _spelt(tree: Node, chosen: list[_Spelling]) -> Node:
    """*tree* with the spellings *chosen*."""
    texts: dict[Words, str] = {}
    # From the end, so that where the others stand stays true.
    for one in sorted(chosen, key=lambda one: -one.word.token.start):
        leaf, token = one.word.leaf, one.word.token
        text = texts.get(leaf, leaf.text)
        texts[leaf] = text[: token.start] + one.text + text[token.end :]
    for leaf, text in texts.items():
        quoted = leaf.quoted or (" " in text and " " not in leaf.text)
        tree = swapped(tree, leaf, replace(leaf, text=text, quoted=quoted))
    return tree


def _in_case_of(typed: str, other: str) -> str:
    """*other*, which is in small letters, with capitals as *typed* has them."""
    if len(typed) > 1 and typed.isupper():
        return other.upper()
    return other.capitalize() if typed[:1].isupper() else other
