"""Type-ahead: what somebody who has typed so far may want to type.

Names (bylines, sources, topics) come first, then headlines, then phrases that
several headlines have, then words. Nothing is kept beside the index but the names,
which are read from it once for each of its states.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

from archive.store.kept import Kept
from indexer.analysis import fold
from indexer.engine import Checkpoint, Engine, Sort
from indexer.tree import EVERYTHING, And, Field, Node, Prefix, Words

LONGEST: Final = 100
_SHORTEST: Final = 2
_MOST: Final = {"name": 4, "headline": 4, "phrase": 3, "word": 3}
_HEADLINES: Final = 100
_IN_HEADLINES: Final = 3
"""A phrase is frequent when so many of the newest headlines have it."""
_LONGEST_PHRASE: Final = 4
_COMMON: Final = 4
"""A word that one in so many articles has ends no phrase."""
_PLAIN: Final = re.compile(r"[^\W_][\w'’.&-]*(?:\s+[^\W_][\w'’.&-]*)*\s*")
_WORD: Final = re.compile(r"[^\W_]+")


class Kind(StrEnum):
    """What a completion is."""

    BYLINE = "byline"
    SOURCE = "source"
    TOPIC = "topic"
    HEADLINE = "headline"
    PHRASE = "phrase"
    WORD = "word"


@dataclass(frozen=True, slots=True)
class Completion:
    """What may be meant: its *text*, how many articles have it, and of a headline its article."""

    kind: Kind
    text: str
    articles: int = 1
    kept: Kept | None = None


class Articles(Protocol):
    """Where the headlines come from: the store, or a test's own."""

    def get_many(self, ids: Collection[str]) -> Mapping[str, Kept]:
        """Return the articles of *ids* that are still shown, in one query."""


class Completer:
    """Completes what is typed. Safe for many threads."""

    def __init__(self) -> None:
        self._names: tuple[Checkpoint | None, _Names] | None = None

    def complete(self, typed: str, engine: Engine, articles: Articles) -> list[Completion]:
        """Return what *typed* may become; nothing for what is short, long, or no plain words."""
        typed = typed.lstrip()
        words = [fold(word) for word in _WORD.findall(typed)]
        if len(typed) > LONGEST or not _PLAIN.fullmatch(typed) or not words:
            return []
        if len(words) == 1 and len(words[0]) < _SHORTEST:
            return []
        headlines = _headlines(words, engine, articles)
        found = list(self._names_of(engine).beginning(words))
        found += [
            Completion(Kind.HEADLINE, kept.article.headline, 1, kept)
            for kept in headlines[: _MOST["headline"]]
        ]
        found += _phrases(words, [kept.article.headline for kept in headlines], engine)
        return found + _words(typed, words, engine)

    def _names_of(self, engine: Engine) -> "_Names":
        """The names of the index as it is now."""
        checkpoint, known = engine.checkpoint(), self._names
        if known is None or known[0] != checkpoint:
            kinds = (Kind.BYLINE, Kind.SOURCE, Kind.TOPIC)
            facets = engine.match(EVERYTHING, limit=0, copies=True, facets=kinds).facets
            self._names = known = (checkpoint, _Names(facets))
        return known[1]


class _Names:
    """Names by the words they are made of: a line each, the most frequent first."""

    def __init__(self, facets: Mapping[str, Mapping[str, int]]) -> None:
        names = [
            (articles, name, Kind(kind))
            for kind, values in facets.items()
            for name, articles in values.items()
        ]
        names.sort(key=lambda name: (-name[0], name[1], name[2]))
        self._completions = [Completion(kind, name, articles) for articles, name, kind in names]
        self._lines = "".join(
            f"\n{number} {' '.join(fold(word) for word in _WORD.findall(one.text))}"
            for number, one in enumerate(self._completions)
        )

    def beginning(self, words: list[str]) -> Iterator[Completion]:
        """Yield names in which *words* stand in this order, the last as a beginning."""
        pattern = rf"\n(\d+) (?:[^\n]* )?{re.escape(' '.join(words))}"
        for match, _ in zip(re.finditer(pattern, self._lines), range(_MOST["name"]), strict=False):
            yield self._completions[int(match[1])]


def _headlines(words: list[str], engine: Engine, articles: Articles) -> list[Kept]:
    """The newest articles whose headlines have *words*, the last as a beginning."""
    parts: list[Node] = [Words(word, Field.TITLE, quoted=True) for word in words[:-1]]
    tree = And((*parts, Prefix(words[-1], Field.TITLE)))
    hits = engine.match(tree, sort=Sort.NEWEST, limit=_HEADLINES, facets=()).hits
    kept = articles.get_many([hit.id for hit in hits])
    return [kept[hit.id] for hit in hits if hit.id in kept]


def _phrases(words: list[str], headlines: list[str], engine: Engine) -> list[Completion]:
    """Phrases that begin with *words* in several of *headlines*, not those within longer ones."""
    counts: Counter[tuple[str, ...]] = Counter()
    for headline in headlines:
        forms = [fold(word) for word in _WORD.findall(headline)]
        counts.update(set(_runs(words, forms)))
    frequent = {run: count for run, count in counts.items() if count >= _IN_HEADLINES}
    if not frequent:
        return []
    total = _articles(EVERYTHING, engine)
    lasts = {run[-1] for run in frequent}
    has = {word: articles for word in lasts for _, articles in engine.terms(Words(word), 1)}
    runs = [run for run in frequent if has.get(run[-1], 0) * _COMMON <= total]
    runs.sort(key=lambda run: (-frequent[run], -len(run), run))
    chosen: list[tuple[str, ...]] = []
    for run in runs:
        longer = [other for other in runs if other[: len(run)] == run and other != run]
        if not any(frequent[other] == frequent[run] for other in longer):
            chosen.append(run)
    return [
        Completion(Kind.PHRASE, " ".join(run), articles)
        for run in chosen[: _MOST["phrase"]]
        if (articles := _articles(Words(" ".join(run), quoted=True), engine))
    ]


def _runs(words: list[str], forms: list[str]) -> Iterator[tuple[str, ...]]:
    """Runs of two of *forms* or more that begin with *words*, the last as a beginning."""
    before, last = words[:-1], words[-1]
    for i in range(len(forms) - len(before)):
        at = i + len(before)
        if forms[i:at] == before and forms[at].startswith(last):
            for end in range(max(at + 1, i + 2), min(i + _LONGEST_PHRASE, len(forms)) + 1):
                yield tuple(forms[i:end])


def _words(typed: str, words: list[str], engine: Engine) -> list[Completion]:
    """*typed* with its last word whole, as the most frequent words go on."""
    if typed[-1].isspace() or len(words[-1]) < _SHORTEST:
        return []
    before = typed[: typed.rstrip().rfind(" ") + 1]
    longer = [word for word, _ in engine.terms(words[-1], 2 * _MOST["word"])]
    found, known = [], {_term(words[-1], engine)} if words[-1] in longer else set()
    for word in longer:
        # Another form of the same word would find the same.
        if (term := _term(word, engine)) in known:
            continue
        known.add(term)
        articles = _articles(And(tuple(map(Words, (*words[:-1], word)))), engine)
        if articles:
            found.append(Completion(Kind.WORD, before + word, articles))
    return found[: _MOST["word"]]


def _term(word: str, engine: Engine) -> str | None:
    """The term of *word*, or None where no article has it."""
    return next((term for term, _ in engine.terms(Words(word), 1)), None)


def _articles(tree: Node, engine: Engine) -> int:
    return engine.match(tree, limit=0, copies=True, facets=()).articles
