"""A search: what was asked, to the page of results that is shown.

Parse, match, fetch the ten shown from the store, cut their snippets. The same
for the command line, the pages and the API.
"""

import re
import time
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Protocol

from archive.errors import UsageError
from archive.store import Kept
from archive.store_stories import Copy
from indexer import query, snippet
from indexer.analysis import analyzer_for
from indexer.engine import Engine, Scored, Sort
from indexer.marking import Marker
from indexer.query import Query
from indexer.snippet import Snippet
from indexer.tree import And, Dates, Field, Node, Prefix, Undated, Words, wanted

MOST_PER_PAGE = 1000


class Articles(Protocol):
    """Where the articles shown come from: the store, or a test's own."""

    def copies(self, ids: Collection[str]) -> Mapping[str, tuple[Copy, ...]]:
        """Return the other members of each article's story, the earliest first."""

    def get_many(self, ids: Collection[str]) -> Mapping[str, Kept]:
        """Return the articles of *ids* that are still shown, in one query."""


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked for.

    Values of one facet are alternatives. *first* and *last* are a year, month or
    day, both included. *copies* lists every member of a story; otherwise the
    earliest that matches stands for all.
    """

    text: str = ""
    sources: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    first: str | None = None
    last: str | None = None
    undated: bool = False
    sort: Sort = Sort.RELEVANCE
    limit: int = 10
    page: int = 1
    languages: tuple[str, ...] = ()
    copies: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """One article found: where it stands, its score, why it matched.

    *copies* are the other members of its story, also those that do not match.
    *missing* names the query words that it lacks: none, for every word must match.
    """

    kept: Kept
    score: float
    snippets: tuple[Snippet, ...]
    headline: Snippet
    missing: tuple[str, ...] = ()
    copies: tuple[Copy, ...] = ()

    @property
    def outlets(self) -> int:
        """How many sources beside its own ran the story."""
        return len({copy.source for copy in self.copies} - {self.kept.article.source})

    def as_json(self) -> dict[str, object]:
        """The hit as it is printed by ``morgue search --json``."""
        return {
            **self.kept.article.facts(),
            "language": self.kept.article.language,
            "copies": [copy.as_json() for copy in self.copies],
            "missing": list(self.missing),
            "score": self.score,
            "snippets": [
                {"field": s.field, "text": s.text, "marks": [list(mark) for mark in s.marks]}
                for s in self.snippets
            ],
        }


@dataclass(frozen=True, slots=True)
class Results:
    """A page of results.

    *total* counts lines: a story whose copies were brought together is one, while
    *articles* and *facets* count each article. A facet with chosen values counts its
    others too, as alternatives. *sort* is the order used; *took_ms* the time in milliseconds.
    """

    query: Query
    request: Request
    total: int
    articles: int
    hits: tuple[Hit, ...]
    facets: dict[str, dict[str, int]]
    sort: Sort
    took_ms: float
    words: dict[str, int] = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        """The results as ``morgue search --json`` and ``/search.json`` print them."""
        return {
            "query": self.query.text,
            "total": self.total,
            "articles": self.articles,
            "hits": [hit.as_json() for hit in self.hits],
            "facets": self.facets,
            "took_ms": self.took_ms,
        }


def search(request: Request, engine: Engine, articles: Articles) -> Results:
    """Answer *request*. Raises UsageError for a date, page or limit that makes no sense."""
    started = time.perf_counter()
    request = _clean(request)
    asked = understand(request)
    parsed = asked.query
    sort = request.sort if parsed.ranks or request.sort is not Sort.RELEVANCE else Sort.NEWEST
    offset = (request.page - 1) * request.limit
    matches = engine.match(
        asked.tree,
        sort=sort,
        offset=offset,
        limit=request.limit,
        copies=request.copies,
        chosen=asked.chosen,
    )
    marker = marker_over(engine, parsed.tree)
    ids = [hit.id for hit in matches.hits]
    kept, copies = articles.get_many(ids), articles.copies(ids)
    hits = tuple(
        _hit(kept[scored.id], scored, marker, copies.get(scored.id, ()))
        for scored in matches.hits
        if scored.id in kept
    )
    return Results(
        query=parsed,
        request=request,
        total=matches.total,
        articles=matches.articles,
        hits=hits,
        facets=matches.facets,
        sort=sort,
        took_ms=round((time.perf_counter() - started) * 1000, 2),
        words={} if matches.total else _blame(parsed.tree, engine),
    )


def marker_over(engine: Engine, tree: Node) -> Marker:
    """Return what marks the matches of *tree*, by the analysis that the index was built with."""
    checkpoint = engine.checkpoint()
    return Marker(tree, analyzer_for(checkpoint.built_for if checkpoint else "english"))


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as an engine takes it: *tree* holds words and dates, *chosen* the facets."""

    query: Query
    tree: Node
    chosen: dict[str, tuple[str, ...]]


def understand(request: Request) -> Asked:
    """Parse *request*. Raises UsageError for a date, page or limit that makes no sense."""
    if request.page < 1:
        raise UsageError("pages are counted from 1", f"page {request.page}")
    if not 1 <= request.limit <= MOST_PER_PAGE:
        raise UsageError(f"a page holds 1 to {MOST_PER_PAGE} articles", f"limit {request.limit}")
    request = _clean(request)
    parsed = query.parse(request.text)
    parts: list[Node] = [parsed.tree]
    if request.undated:
        parts.append(Undated())
    if request.first or request.last:
        first = _period(request.first) if request.first else None
        last = _period(request.last) if request.last else None
        parts.append(Dates(first[0] if first else None, last[1] if last else None))
    values = {"source": request.sources, "topic": request.topics, "language": request.languages}
    return Asked(
        query=parsed,
        tree=parts[0] if len(parts) == 1 else And(tuple(parts)),
        chosen={facet: chosen for facet, chosen in values.items() if chosen},
    )


def all_ids(request: Request, engine: Engine) -> Iterator[str]:
    """Yield the ids of all articles that match, copies too, the newest first, for exports."""
    asked = understand(request)
    matches = engine.match(
        asked.tree, sort=Sort.NEWEST, limit=None, copies=True, facets=(), chosen=asked.chosen
    )
    for scored in matches.hits:
        yield scored.id


def ranking(request: Request, engine: Engine, articles: Articles) -> tuple[Scored, ...]:
    """Return all that `search` lists page after page, the best first, without showing any."""
    del articles
    asked = understand(request)
    return engine.match(
        asked.tree, limit=None, copies=request.copies, facets=(), chosen=asked.chosen
    ).hits


def _clean(request: Request) -> Request:
    """Return *request* without lone surrogates, which no text that can be written has.

    A command line brings them where its bytes are not UTF-8.
    """
    return replace(
        request,
        text=_whole(request.text),
        sources=tuple(map(_whole, request.sources)),
        topics=tuple(map(_whole, request.topics)),
        languages=tuple(map(_whole, request.languages)),
        first=_whole(request.first) if request.first else None,
        last=_whole(request.last) if request.last else None,
    )


def _whole(text: str) -> str:
    return re.sub("[\ud800-\udfff]", "\ufffd", text)


def _period(text: str) -> tuple[date, date]:
    period = query.period(text)
    if period is None:
        raise UsageError(
            "is not a date", f"“{text}”", "write a day, month or year: 2024-06-20, 2024-06, 2024"
        )
    return period


def _hit(kept: Kept, scored: Scored, marker: Marker, copies: tuple[Copy, ...]) -> Hit:
    title = snippet.headline(kept.article, marker)
    return Hit(
        kept=kept,
        score=scored.score,
        snippets=tuple(snippet.snippets(kept.article, marker, title)),
        headline=title,
        copies=copies,
    )


def _blame(tree: Node, engine: Engine) -> dict[str, int]:
    """How many articles each word or phrase of a query without hits finds alone."""
    counts: dict[str, int] = {}
    for leaf in list(wanted(tree))[:8]:
        if isinstance(leaf, Words | Prefix):
            star = "*" if isinstance(leaf, Prefix) else ""
            name = "" if leaf.field is Field.ANY else f"{leaf.field}:"
            counts[f"{name}{leaf.text}{star}"] = engine.match(leaf, limit=0, facets=()).articles
    return counts
