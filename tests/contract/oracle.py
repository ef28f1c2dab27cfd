"""The contract of a search engine by brute force: every rule read off every article anew.

Slow, and too plain to be wrong in the ways that a real index can be.
"""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date

from archive.article import Article
from archive.store import Change, Position
from indexer.analysis import Analyzer, Token, fold
from indexer.engine import (
    FACETS,
    NONE_CHOSEN,
    TELLING,
    UNDATED,
    Checkpoint,
    Frequencies,
    Matches,
    Scored,
    Sort,
)
from indexer.telling import MOST, may_tell, stands_out
from indexer.tree import (
    And,
    AtLeast,
    Boosted,
    Dates,
    Exact,
    Exactly,
    Field,
    Fuzzy,
    Length,
    Near,
    Node,
    Not,
    Or,
    Placed,
    Prefix,
    Some,
    Together,
    Undated,
    Unit,
    Wildcard,
    Words,
)
from tests.contract.placing import (
    Place,
    alike,
    analyzer_for,
    edits,
    in_order,
    near_each_other,
    paragraphs_of,
    runs,
    terms_of,
)

_PIECES: dict[Field, Callable[[Article], Sequence[str | None]]] = {
    Field.ANY: lambda a: (a.headline, a.text, a.caption, a.credits, *a.byline),
    Field.TITLE: lambda a: (a.headline,),
    Field.BY: lambda a: a.byline,
    Field.SOURCE: lambda a: (a.source,),
    Field.TOPIC: lambda a: a.topics,
    Field.PLACE: lambda a: (a.dateline,),
    Field.AGENCY: lambda a: (a.agency,),
    Field.SECTION: lambda a: (a.section,),
    Field.LANGUAGE: lambda a: (a.language,),
    Field.URL: lambda a: (a.url, a.link),
    Field.CREDIT: lambda a: (a.credits,),
    Field.LEDE: lambda a: (a.headline, a.text, a.caption, a.credits),
}
_FROM_OUTSIDE = {
    *(Field.SOURCE, Field.TOPIC, Field.AGENCY, Field.SECTION, Field.LANGUAGE, Field.URL)
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


def has(article: Article, change: Change) -> set[str]:
    """What of the facts that ``has:`` asks for *article* has."""
    facts = {
        "revisions": change.revised,
        "copies": change.story is not None,
        "topics": article.topics,
        "place": article.dateline,
    }
    for name in ("byline", "agency", "section", "caption", "credits", "language"):
        facts[name] = getattr(article, name)
    return {name for name, value in facts.items() if value}


class MemoryEngine:
    """An `indexer.engine.Engine` over a dictionary; *kept* outlives it as a folder would."""

    def __init__(self, kept: dict[str, object] | None = None, language: str = "english") -> None:
        self._kept: dict[str, object] = {} if kept is None else kept
        self._articles: dict[str, Article] = self._kept.setdefault("articles", {})  # type: ignore[assignment]
        self._stories: dict[str, str] = self._kept.setdefault("stories", {})  # type: ignore[assignment]
        self._has: dict[str, set[str]] = self._kept.setdefault("has", {})  # type: ignore[assignment]
        self._built_for = f"memory {language}"
        self._analyzer = analyzer_for(language)

    def apply(self, changes: Iterable[Change], position: Position) -> None:
        after, stories = dict(self._articles), dict(self._stories)
        for change in changes:
            after.pop(change.id, None)
            stories[change.id] = change.story or change.id
            if change.article is not None:
                after[change.id] = change.article
                self._has[change.id] = has(change.article, change)
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
        explain: bool = False,
        newer: bool = False,
    ) -> Matches:
        del explain, newer
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
            facets={
                facet: self._telling(found)
                if facet == TELLING
                else self._counts(facet, tree, chosen)
                for facet in facets
            },
            articles=len(found),
        )

    def _found(self, tree: Node, chosen: Mapping[str, tuple[str, ...]]) -> list[Article]:
        return [
            article
            for article in self._articles.values()
            if self.matches(tree, article)
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

    def _telling(self, found: list[Article]) -> dict[str, int]:
        def having(articles: Iterable[Article], field: Field) -> Counter[tuple[str, str]]:
            counted: Counter[tuple[str, str]] = Counter()
            for article in articles:
                language = self._reader(article, field).language
                terms = {t.term for piece in self._tokens(article, field) for t in piece}
                counted.update((language, term) for term in terms)
            return counted

        forms: dict[tuple[str, str], Counter[str]] = {}
        for article in found:
            language = self._reader(article, Field.TITLE).language
            headline = next(self._tokens(article, Field.TITLE))
            for term, form in {(token.term, token.form) for token in headline}:
                forms.setdefault((language, term), Counter())[form] += 1
        here = having(found, Field.ANY)
        everywhere = having(self._articles.values(), Field.ANY)
        scored = []
        for term, counted in forms.items():
            form = min(counted, key=lambda form: (-counted[form], form))
            if may_tell(form) and 0 < len(found) < len(self._articles):
                score = float(
                    stands_out(here[term], everywhere[term], len(found), len(self._articles))
                )
                if score:
                    scored.append((-round(score, 6), form, here[term]))
        best: dict[str, int] = {}
        for _, form, count in sorted(scored)[:MOST]:
            best.setdefault(form, count)
        return best

    def terms(self, like: str | Fuzzy | Words, limit: int = 10) -> Sequence[tuple[str, int]]:
        counts: Counter[str] = Counter()
        if isinstance(like, Words):
            for article in self._articles.values():
                found = {t.term for piece in self._tokens(article, Field.ANY) for t in piece}
                own = self._reader(article, Field.ANY).terms(like.text)
                terms = zip(self._analyzer.terms(like.text), own, strict=True)
                counts.update({term for term, here in terms if here in found})
            return sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:limit]
        for article in self._articles.values():
            forms = {t.form for piece in self._tokens(article, Field.ANY) for t in piece}
            counts.update(form for form in forms if alike(form, like))
        return sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:limit]

    def frequencies(self, words: Sequence[str]) -> Frequencies:
        articles = self._articles.values()
        return Frequencies(
            len(articles),
            tuple(
                sum(self.matches(Words(word), article) for article in articles)
                if len(self._analyzer.terms(word)) == 1
                else 0
                for word in words
            ),
        )

    def checkpoint(self) -> Checkpoint | None:
        return self._kept.get("checkpoint")  # type: ignore[return-value]

    def steady(self) -> "MemoryEngine":
        kept = {
            name: dict(held) if isinstance(held, dict) else held
            for name, held in self._kept.items()
        }
        return MemoryEngine(kept, self._built_for.rpartition(" ")[2])

    def close(self) -> None:
        pass

    def matches(self, node: Node, article: Article) -> bool:
        """Whether *article* is what *node* asks for."""
        match node:
            case And(parts):
                return all(self.matches(part, article) for part in parts)
            case Or(parts):
                return any(self.matches(part, article) for part in parts)
            case Some(parts, least):
                return sum(self.matches(part, article) for part in parts) >= least
            case Boosted(part, _):
                return self.matches(part, article)
            case Not(part):
                return not self.matches(part, article)
            case Words() | Exact() | Prefix() | Wildcard() | Fuzzy():
                reader = self._reader(article, node.field)
                return any(
                    self.places(node, p, reader) for p in self._paragraphs(article, node.field)
                )
            case AtLeast(count, part):
                reader = self._reader(article, part.field)
                found = [
                    self.places(part, p, reader) for p in self._paragraphs(article, part.field)
                ]
                return sum(map(len, found)) >= count
            case Near(parts, within, ordered, field):
                near, reader = (
                    in_order if ordered else near_each_other,
                    self._reader(article, field),
                )
                return any(
                    near([self.places(part, paragraph, reader) for part in parts], within)
                    for paragraph in self._paragraphs(article, field)
                )
            case Together(parts, unit, field):
                return any(
                    self._begin_together(parts, paragraph, unit, self._reader(article, field))
                    for paragraph in self._paragraphs(article, field)
                )
            case Dates(first, last):
                return _within(article, first or date.min, last or date.max)
            case Undated():
                return article.published is None
            case Length(least, most):
                words = sum(len(p) for p in self._tokens(article, Field.ANY)) - sum(
                    len(p) for part in (Field.TITLE, Field.BY) for p in self._tokens(article, part)
                )
                return least <= words and (most is None or words <= most)
            case Exactly("has", values):
                return bool(set(values) & self._has[article.id])
            case Exactly(facet, values):
                return bool(set(values) & set(_VALUES[facet](article)))
        raise AssertionError(node)

    def _one_of_each_story(self, found: list[Article]) -> list[Article]:
        stories: dict[str, list[Article]] = {}
        for article in found:
            stories.setdefault(self._stories[article.id], []).append(article)
        return [min(m, key=lambda a: (_earliest(a), a.id)) for m in stories.values()]

    def _tokens(self, article: Article, field: Field) -> Iterator[list[Token]]:
        reader = self._reader(article, field)
        return (
            [token for paragraph in paragraphs_of(reader, piece or "") for token, _ in paragraph]
            for piece in _PIECES[field](article)
        )

    def _reader(self, article: Article, field: Field) -> Analyzer:
        """What reads a field of an article, and what is asked of it: in whose language."""
        return self._analyzer if field in _FROM_OUTSIDE else self._analyzer.of(article.language)

    def _paragraphs(self, article: Article, field: Field) -> Iterator[list[tuple[Token, int]]]:
        """The words of each paragraph that has any, each word with the number of its sentence."""
        body = False
        for piece in _PIECES[field](article):
            for paragraph in paragraphs_of(self._reader(article, field), piece or ""):
                if not (field is Field.LEDE and body):
                    body = piece is not article.headline
                    yield paragraph

    def places(
        self, part: Placed, paragraph: list[tuple[Token, int]], reader: Analyzer
    ) -> list[Place]:
        """Where *part* stands in a paragraph, whose words are *reader*'s."""
        forms = [token.form for token, _ in paragraph]
        match part:
            case Words(text):
                return runs(terms_of(reader, text), [token.term for token, _ in paragraph])
            case Exact(text):
                return runs(self._analyzer.forms(text), forms)
            case Prefix(text):
                hits = [form.startswith(fold(text)) for form in forms]
            case Wildcard(text):
                wild = {"*": ".*", "?": "."}
                pattern = "".join(wild.get(c) or re.escape(fold(c)) for c in text)
                hits = [re.fullmatch(pattern, form) is not None for form in forms]
            case Fuzzy(text, distance):
                hits = [edits(fold(text), form) <= distance for form in forms]
        return [(i, i) for i, hit in enumerate(hits) if hit]

    def _begin_together(
        self,
        parts: Sequence[Placed],
        paragraph: list[tuple[Token, int]],
        unit: Unit,
        reader: Analyzer,
    ) -> bool:
        places = [self.places(part, paragraph, reader) for part in parts]
        units = [{paragraph[first][1] for first, _ in at} for at in places]
        return all(places) if unit is Unit.PARAGRAPH else bool(set.intersection(*units))


def _within(article: Article, first: date, last: date) -> bool:
    if article.published is None:
        return False
    earliest, latest = article.published.days
    return earliest <= last and latest >= first


def _moment(article: Article) -> float:
    return article.published.moment if article.published else _UNRANKED


def _earliest(article: Article) -> tuple[bool, float]:
    return article.published is None, _moment(article)
