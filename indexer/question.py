"""Questions: plain words of which some will do, told from words that must all be there.

Up to `MOST_ALL` words all must be in an article. More of them are read as a question:
an article answers it that holds a share of them, and the best come first. The share
was measured on judged questions (`python -m bench relevance`, MAP on TIME and
Cranfield): a half gives .63 and .21, a quarter .70 and .31, a fifth .70 and .32.

A long run of ideographs is several words that nothing parts: it is read as its pairs of
neighbours, most of which are words in what tells the same.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from archive.article import Article
from indexer.analysis import Analyzer, ideographs
from indexer.places import Text, finder
from indexer.related_words import Related
from indexer.stop_words import stop_words
from indexer.tree import And, Boosted, Field, Node, Not, Or, Placed, Some, Words

MOST_ALL: Final = 3
"""So many words must all be there."""
SHARE: Final = 5
"""An article answers a question that holds one in so many of its words …"""
FEWEST: Final = 2
"""… and no fewer than these."""
_LONGEST_WORD: Final = 4
"""So many ideographs can be one word; more are a sentence, or a part of one."""
_MOST_PAIRS: Final = 32
"""More pairs than these are not looked for: what has so many is a phrase."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How a query is read.

    *tree* is what an article must match. *words* are the query's plain words without
    stop words, each once, if it has nothing else; of these *least* must be there.
    """

    tree: Node
    words: tuple[Words, ...] = ()
    least: int = 0

    @property
    def some_will_do(self) -> bool:
        """Whether an article may lack some of the words."""
        return 0 < self.least < len(self.words)

    @property
    def is_question(self) -> bool:
        """Whether some of the words will do, for they are many."""
        return self.some_will_do and not isinstance(self.tree, Boosted)

    def with_related(self, words: Sequence[Related]) -> "Reading":
        """Return the reading that finds what has any of the words, ranked by *words* too."""
        found = Boosted(Some(self.words, 1), tuple((word.word, word.weight) for word in words))
        return Reading(found, self.words, 1)

    @property
    def rest(self) -> Node | None:
        """What matches a part of the words, but fewer than must be there; None if nothing can."""
        if len(self.words) < 2:
            return None
        return And((Some(self.words, 1), Not(self.tree)))


def read(tree: Node, analyzer: Analyzer, *, every: bool = False) -> Reading:
    """Return how the *tree* of a query is read; with *every*, never as a question."""
    words: dict[tuple[str, ...], Words] = {}
    for part in _side_by_side(tree):
        if not isinstance(part, Words) or part.quoted or part.field is not Field.ANY:
            return Reading(tree)
        words.setdefault(analyzer.terms(part.text), part)
    stop = stop_words(analyzer.language)
    telling = tuple(w for w in words.values() if not stop.issuperset(analyzer.forms(w.text)))
    if not telling:
        return Reading(tree)
    telling = _in_pairs(telling)
    count = len(telling)
    if every or count <= MOST_ALL:
        return Reading(telling[0] if count == 1 else And(telling), telling, count)
    telling = _single(telling, analyzer)
    least = max(FEWEST, -(-len(telling) // SHARE))
    return Reading(Some(telling, least), telling, least)


def _single(words: Sequence[Words], analyzer: Analyzer) -> tuple[Words, ...]:
    """Return *words*, each that analysis parts (``high-speed``) as those it consists of.

    Ideographs stay together: one alone says little.
    """
    stop = stop_words(analyzer.language)
    single: dict[str, Words] = {}
    for word in words:
        if ideographs(word.text):
            single[word.text] = word
            continue
        for token in analyzer.tokens(word.text):
            if token.form not in stop:
                single[token.term] = Words(word.text[token.start : token.end])
    return tuple(single.values())


def _in_pairs(words: Sequence[Words]) -> tuple[Words, ...]:
    """Return *words*, each long run of ideographs as its pairs of neighbours."""
    parted: dict[str, Words] = {}
    for word in words:
        run = ideographs(word.text)
        pairs = [f"{a}{b}" for a, b in pairwise(run)] if len(run) > _LONGEST_WORD else [word.text]
        parted.update((pair, Words(pair)) for pair in pairs)
    return tuple(parted.values()) if len(parted) <= _MOST_PAIRS else tuple(words)


def without_capitals(text: str, analyzer: Analyzer) -> str:
    """Return *text* with AND, OR and NOT as words where it is a sentence in capitals.

    That is one without small letters that holds stop words beside these: OIL OR GAS is none.
    SAME and ADJ are words wherever there are no small letters.
    """
    if text != text.upper():
        return text
    text = re.sub(r"\b(?:SAME|ADJ)\b", lambda operator: operator.group().lower(), text)
    operators = {"and", "or", "not"}
    stop = stop_words(analyzer.language)
    if not any(form in stop and form not in operators for form in analyzer.forms(text)):
        return text
    return re.sub(r"\b(?:AND|OR|NOT)\b", lambda operator: operator.group().lower(), text)


def _side_by_side(tree: Node) -> Iterator[Node]:
    """Yield what must all match, also within parentheses."""
    for part in tree.parts if isinstance(tree, And) else (tree,):
        if isinstance(part, And):
            yield from _side_by_side(part)
        else:
            yield part


def missing(words: Mapping[Words, Node], article: Article, analyzer: Analyzer) -> tuple[str, ...]:
    """Return which of some plain *words* are nowhere in *article*, as they were typed.

    *words* says of each what it may mean: itself, or `Meant`, of which any will do.
    """
    analyzer = analyzer.of(article.language)
    pieces = (article.headline, *article.byline, article.text, article.caption, article.credits)
    texts = [Text(piece, analyzer) for piece in pieces if piece]

    def stands(meant: Node) -> bool:
        if isinstance(meant, Or):
            return any(map(stands, meant.parts))
        return isinstance(meant, Placed) and any(map(finder(meant, analyzer), texts))

    lacking: list[str] = []
    before = ""
    for word, meant in words.items():
        if stands(meant):
            before = ""
        elif before and len(word.text) == 2 and before[-1] == word.text[0]:
            # Pairs that reach into each other are one run again.
            before = lacking[-1] = before + word.text[1]
        else:
            lacking.append(word.text)
            before = word.text if ideographs(word.text) else ""
    return tuple(lacking)
