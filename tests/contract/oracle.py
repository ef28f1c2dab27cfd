"""The contract of a search engine by brute force: every rule read off every article anew.

Slow, and too plain to be wrong in the ways that a real index can be.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise

from archive.article import Article
from archive.store import Change, Position
from indexer.analysis import Analyzer, Token, fold
from indexer.engine import FACETS, NONE_CHOSEN, UNDATED, Checkpoint, Matches, Scored, Sort
from indexer.query import (
    And,
    Dates,
    Exactly,
    Field,
    Node,
    Not,
    Or,
    Prefix,
    Undated,
    Words,
)

_PIECES: dict[Field, Callable[[Article], Sequence[str | None]]] = {
    Field.ANY: lambda a: (a.headline, a.text, a.caption, a.credits, *a.byline),
    Field.TITLE: lambda a: (a.headline,),
    Field.BY: lambda a: a.byline,
    Field.SOURCE: lambda a: (a.source,),
    Field.TOPIC: lambda a: a.topics,
    Field.PLACE: lambda a: (a.dateline,),
}
_UNRANKED = float("-inf")
_VALUES: dict[str, Callable[[Article], Sequence[str | None]]] = {
    "source": lambda a: (a.source,),
    "topic": lambda a: a.topics,
    "language": lambda a: (a.language,),
    "agency": lambda a: (a.agency,),
    "byline": lambda a: a.byline,
    "section": lambda a: (a.section,),
    "date": lambda a: (a.published.month[:4], a.published.month) if a.published else (UNDATED,),
    "day": lambda a: (a.published.iso[:10],) if a.published and len(a.published.iso) > 7 else (),
}


class MemoryEngine:
    """An `indexer.engine.Engine` over a dictionary; *kept* outlives it as a folder would."""

    def __init__(self, kept: dict[str, object] | None = None, language: str = "english") -> None:
        self._kept: dict[str, object] = {} if kept is None else kept
        self._articles: dict[str, Article] = self._kept.setdefault("articles", {})  # type: ignore[assignment]
        self._stories: dict[str, str] = self._kept.setdefault("stories", {})  # type: ignore[assignment]
        self._built_for = f"memory {language}"
        self._analyzer = Analyzer(language)

    def apply(self, changes: Iterable[Change], position: Position) -> None:
        after, stories = dict(self._articles), dict(self._stories)
        for change in changes:
            after.pop(change.id, None)
            stories[change.id] = change.story or change.id
            if change.article is not None:
                after[change.id] = change.article
        self._articles.clear()
        self._articles.update(after)
        self._stories.update(stories)
        self._kept["checkpoint"] = Checkpoint(position, self._built_for)

    def match(
        self,
        tree: Node,
        *,
        sort: Sort = Sort.RELEVANCE,
        offset: int = 0,
        limit: int | None = 10,
        copies: bool = False,
        facets: Collection[str] = FACETS,
        chosen: Mapping[str, tuple[str, ...]] = NONE_CHOSEN,
    ) -> Matches:
        found = self._found(tree, chosen)
        lines = found if copies else self._one_of_each_story(found)
        lines.sort(key=lambda article: article.id)
        lines.sort(key=_moment, reverse=True)
        if sort is Sort.OLDEST:
            lines.sort(key=_earliest)
        last = None if limit is None else offset + limit
        return Matches(
            total=len(lines),
            hits=tuple(Scored(article.id, 0.0) for article in lines[offset:last]),
            facets={facet: self._counts(facet, tree, chosen) for facet in facets},
            articles=len(found),
        )

    def _found(self, tree: Node, chosen: Mapping[str, tuple[str, ...]]) -> list[Article]:
        return [
            article
            for article in self._articles.values()
            if self._matches(tree, article)
            and all(
                set(values) & set(_VALUES[facet](article))
                for facet, values in chosen.items()
                if values
            )
        ]

    def _counts(
        self, facet: str, tree: Node, chosen: Mapping[str, tuple[str, ...]]
    ) -> dict[str, int]:
        others = {name: values for name, values in chosen.items() if name != facet}
        articles = self._found(tree, others)
        return dict(Counter(v for article in articles for v in set(_VALUES[facet](article)) if v))

    def terms(self, prefix: str, limit: int = 10) -> Sequence[tuple[str, int]]:
        counts: Counter[str] = Counter()
        for article in self._articles.values():
            forms = {t.form for piece in self._tokens(article, Field.ANY) for t in piece}
            counts.update(form for form in forms if form.startswith(fold(prefix)))
        return sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:limit]

    def checkpoint(self) -> Checkpoint | None:
        return self._kept.get("checkpoint")  # type: ignore[return-value]

    def close(self) -> None:
        pass

    def _matches(self, node: Node, article: Article) -> bool:
        match node:
            case And(parts):
                return all(self._matches(part, article) for part in parts)
            case Or(parts):
                return any(self._matches(part, article) for part in parts)
            case Not(part):
                return not self._matches(part, article)
            case Words(text, field):
                words = self._analyzer.terms(text)
                return any(
                    _stands(words, piece[i : i + len(words)])
                    for piece in self._tokens(article, field)
                    for i in range(len(piece))
                )
            case Prefix(text, field):
                pieces = self._tokens(article, field)
                return any(t.form.startswith(fold(text)) for piece in pieces for t in piece)
            case Dates(first, last):
                return _within(article, first or date.min, last or date.max)
            case Undated():
                return article.published is None
            case Exactly(facet, values):
                return bool(set(values) & set(_VALUES[facet](article)))
        raise AssertionError(node)

    def _one_of_each_story(self, found: list[Article]) -> list[Article]:
        stories: dict[str, list[Article]] = {}
        for article in found:
            stories.setdefault(self._stories[article.id], []).append(article)
        return [min(m, key=lambda a: (_earliest(a), a.id)) for m in stories.values()]

    def _tokens(self, article: Article, field: Field) -> Iterator[list[Token]]:
        return (list(self._analyzer.tokens(piece or "")) for piece in _PIECES[field](article))


def _stands(words: tuple[str, ...], tokens: list[Token]) -> bool:
    """Whether *tokens* are *words*, at places that follow one another."""
    return tuple(t.term for t in tokens) == words and all(
        later.position == sooner.position + 1 for sooner, later in pairwise(tokens)
    )


def _within(article: Article, first: date, last: date) -> bool:
    if article.published is None:
        return False
    earliest, latest = article.published.days
    return earliest <= last and latest >= first


def _moment(article: Article) -> float:
    return article.published.moment if article.published else _UNRANKED


def _earliest(article: Article) -> tuple[bool, float]:
    return article.published is None, _moment(article)
