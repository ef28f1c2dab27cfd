"""Ranking by the plainest reading of its rules: every figure counted anew, article by article."""

from collections.abc import Sequence
from itertools import combinations, pairwise
from math import log

from archive.article import Article
from archive.store import Change
from indexer.analysis import Analyzer, Token, fold, has_accents, paragraphs
from indexer.stop_words import stop_words
from indexer.tree import (
    And,
    AtLeast,
    Boosted,
    Exact,
    Field,
    Fuzzy,
    Near,
    Node,
    Or,
    Placed,
    Prefix,
    Some,
    Together,
    Wildcard,
    Words,
    wanted,
)
from indexer.whoosh_engine.schema import PARTS, SEARCHED_IN, pieces
from tests.contract.oracle import MemoryEngine

K1, B = 1.2, 0.75
BOOST = {"headline": 2.0}
Word = tuple[str, str, bool]
"""What is looked for: ``term`` or ``form``, the word so, and whether it was typed with accents.

Of terms, there is one a line for each language of the archive.
"""
Paragraphs = list[list[Token]]


def accented(text: str, token: Token) -> bool:
    """Whether *token* of *text* is written with accents."""
    return has_accents(text[token.start : token.end])


class Reference:
    """Scores of what an archive came to, change by change; *oracle* has the same articles."""

    def __init__(self, batches: Sequence[Sequence[Change]], oracle: MemoryEngine) -> None:
        self._oracle = oracle
        self._analyzer = Analyzer("english")
        self._accented: set[int] = set()
        last = {change.id: change.article for batch in batches for change in batch}
        self._articles = [article for article in last.values() if article]
        readers = [self._analyzer.of(article.language) for article in self._articles]
        self._readers = list(dict.fromkeys([self._analyzer, *readers]))
        self._parts = {article.id: self._read(article) for article in self._articles}
        self._lengths = {
            name: {key: sum(map(len, parts[name])) for key, parts in self._parts.items()}
            for name in (*PARTS, "lede")
        }

    def scores(self, tree: Node, *, pairs: bool) -> dict[str, float]:
        """Return what matches *tree*, each with its score; with what *pairs* add, or without."""
        silent = self._silent(tree)
        return {
            article.id: self._score(tree, article, silent)
            + (self._of_pairs(tree, article) if pairs else 0)
            for article in self._articles
            if self._oracle.matches(tree, article)
        }

    def _read(self, article: Article) -> dict[str, Paragraphs]:
        parts: dict[str, Paragraphs] = {}
        for name, texts in pieces(article).items():
            parts[name] = []
            for text in texts:
                tokens = list(self._reader(article, name).tokens(text))
                self._accented.update(id(t) for t in tokens if accented(text, t))
                parts[name] += [
                    [t for t in tokens if start <= t.start < end]
                    for start, end in paragraphs(text)
                ]
        parts["lede"] = [p for p in parts["body"] if p][:1]
        return parts

    def _silent(self, tree: Node) -> set[Word]:
        stop = stop_words("english")
        asked = [part for part in wanted(tree) if isinstance(part, Placed)]
        words = [(word, form) for part in asked for word, form in self._words(part)]
        spoken = {word for word, form in words if form not in stop}
        if not spoken and all(isinstance(part, Words | Exact) for part in asked):
            return set()
        return {word for word, _ in words} - spoken

    def _words(self, part: Placed) -> list[tuple[Word, str]]:
        """The words of *part*, each with its form; none where it is a pattern."""
        match part:
            case Words(text):
                return [
                    (("term", self._term(text, t), accented(text, t)), t.form)
                    for t in self._analyzer.tokens(text)
                ]
            case Exact(text):
                return [
                    (("form", t.form, accented(text, t)), t.form)
                    for t in self._analyzer.tokens(text)
                ]
            case Wildcard(text) if not {"*", "?"} & set(text):
                # Nothing in it is wild; asked for so, a stop word is meant.
                return [(("form", fold(text), False), "")]
        return []

    def _reader(self, article: Article, name: str) -> Analyzer:
        """What reads a part of an article."""
        from_outside = {"source", "topic", "agency", "section", "language", "url"}
        return self._analyzer if name in from_outside else self._analyzer.of(article.language)

    def _term(self, text: str, token: Token) -> str:
        """A word of *text* in each language of the archive, one a line."""
        word = text[token.start : token.end]
        return "\n".join(reader.face(word)[0] for reader in self._readers)

    def _here(self, article: Article, name: str, words: str) -> str:
        """Which of the lines of *words* is said in that part of an article."""
        return words.split("\n")[self._readers.index(self._reader(article, name))]

    def _score(self, node: Node, article: Article, silent: set[Word]) -> float:
        if not self._oracle.matches(node, article):
            return 0
        match node:
            case Words() | Exact() | Prefix() | Wildcard() | Fuzzy():
                return self._of(node, article, node.field, silent)
            case And(parts) | Or(parts) | Some(parts):
                return sum(self._score(part, article, silent) for part in parts)
            case AtLeast(_, part):
                return self._score(part, article, silent)
            case Boosted(part, words):
                return self._score(part, article, silent) + sum(
                    weight * self._of(Words(word), article, Field.ANY, silent)
                    for word, weight in words
                )
            case Near(parts=parts, field=field) | Together(parts=parts, field=field):
                return sum(self._of(part, article, field, silent) for part in parts)
        return 0

    def _of(self, part: Placed, article: Article, field: Field, silent: set[Word]) -> float:
        names = SEARCHED_IN[field]
        words = [word for word, _ in self._words(part)]
        if not words and not isinstance(part, Words | Exact):
            return sum(
                BOOST.get(name, 1.0)
                for name in names
                if any(
                    self._oracle.places(part, [(t, 0) for t in paragraph], self._analyzer)
                    for paragraph in self._parts[article.id][name]
                )
            )
        return sum(
            self._bm25f(article, {name: self._times(name, word) for name in names})
            for word in words
            if word not in silent
        )

    def _times(self, name: str, word: Word) -> dict[str, float]:
        """Article → how often *word* stands in that part; without accents that it has, half."""
        kind, text, with_accents = word
        return {
            a.id: sum(
                0.5 if with_accents and id(t) not in self._accented else 1.0
                for paragraph in self._parts[a.id][name]
                for t in paragraph
                if getattr(t, kind) == (text if kind == "form" else self._here(a, name, text))
            )
            for a in self._articles
        }

    def _bm25f(self, article: Article, times: dict[str, dict[str, float]]) -> float:
        """BM25F of something, from part → article → how often it is there."""
        weight = 0.0
        for name, by_article in times.items():
            lengths = self._lengths[name]
            average = sum(lengths.values()) / len(lengths) or 1.0
            norm = 1 - B + B * lengths[article.id] / average
            weight += BOOST.get(name, 1.0) * by_article[article.id] / norm
        count = len(self._articles)
        having = sum(any(by[a.id] for by in times.values()) for a in self._articles)
        idf = log(1 + (count - having + 0.5) / (having + 0.5))
        return idf * (K1 + 1) * weight / (weight + K1)

    def _of_pairs(self, tree: Node, article: Article) -> float:
        stop = stop_words("english")
        parts = [p for p in wanted(tree) if isinstance(p, Words) and p.field is Field.ANY]
        if len(parts) < 2:
            return 0.0
        row = [
            self._term(part.text, token)
            for part in parts
            for token in self._analyzer.tokens(part.text)
            if token.form not in stop
        ]
        # What is one word in some language is one.
        first: list[str] = []
        for i, word in enumerate(row):
            alike = [
                known
                for number, line in enumerate(word.split("\n"))
                for known in first
                if known.split("\n")[number] == line
            ]
            row[i] = (alike or [word])[0]
            first += [] if alike else [word]
        words = list(dict.fromkeys(row))[:16]
        score = 0.0
        for first, second in combinations(words, 2):
            near = self._meetings(((first, second), (second, first)), 8)
            score += 0.4 / max(1, (len(words) - 1) / 2) * self._bm25f(article, near)
        for first, second in dict.fromkeys(pairwise(row)):
            if first != second and {first, second} <= set(words):
                score += 0.1 * self._bm25f(article, self._meetings(((first, second),), 1))
        return score

    def _meetings(
        self, pairs: Sequence[tuple[str, str]], within: int
    ) -> dict[str, dict[str, float]]:
        """Part → article → how often one of *pairs* stands in a paragraph, so near."""
        return {
            name: {
                a.id: sum(
                    (paragraph[i].term, paragraph[j].term)
                    in [(self._here(a, name, b), self._here(a, name, c)) for b, c in pairs]
                    for paragraph in self._parts[a.id][name]
                    for i in range(len(paragraph))
                    for j in range(i + 1, min(i + within, len(paragraph) - 1) + 1)
                )
                for a in self._articles
            }
            for name in SEARCHED_IN[Field.ANY]
        }
