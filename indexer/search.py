"""A search: what was asked, to the page of results that is shown.

Parse, match, fetch the ten shown from the store, cut their snippets. The same
for the command line, the pages and the API.
"""

import re
import time
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any, Protocol

from archive.errors import UsageError
from archive.store import Kept
from archive.store_stories import Copy
from indexer import explain, query, snippet
from indexer.analysis import Analyzer, analyzer_for
from indexer.days import period
from indexer.engine import FACETS, TELLING, Engine, Scored, Sort
from indexer.loosened import Loosened, loosened
from indexer.marking import Marker
from indexer.query import Query
from indexer.snippet import Snippet
from indexer.spelling import FEW, Suggestion, suggest
from indexer.telling import new_words
from indexer.tree import And, Dates, Field, Node, Prefix, Undated, Words, wanted
from indexer.widening import Also, Equivalents, Widened, widened

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
    earliest that matches stands for all. *today* is the archive's own day, by which
    ``yesterday`` is meant. *telling* asks for the words that stand out.
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
    today: date | None = None
    telling: bool = False


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
    others too, as alternatives. *sort* is the order used; *took_ms* the time in milliseconds;
    *also* what was looked for beside the words of the query.
    Where little was found, *suggestion* is another spelling that finds more. Where nothing
    was, *loosened* and *unnarrowed* ask for less, each with what it finds, and *words* says how
    many articles of the whole archive each word finds alone. *telling*, where it was asked
    for, maps words that stand out to how many of the articles have each.
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
    also: tuple[Also, ...] = ()
    suggestion: Suggestion | None = None
    loosened: tuple[Loosened, ...] = ()
    unnarrowed: tuple["Unnarrowed", ...] = ()
    telling: dict[str, int] = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        """The results as ``morgue search --json`` and ``/search.json`` print them."""
        return {
            "query": self.query.text,
            "also": [
                {"asked": one.asked, "others": list(one.others), "why": one.why}
                for one in self.also
            ],
            "understood": {"words": explain.sentence(self.query), "query": self.query.normal},
            "notices": list(self.query.notices),
            "total": self.total,
            "articles": self.articles,
            "hits": [hit.as_json() for hit in self.hits],
            "facets": self.facets,
            "took_ms": self.took_ms,
            **self._ways_on(),
        }

    def _ways_on(self) -> dict[str, object]:
        """What is told only where it was asked for, or little or nothing was found."""
        told: dict[str, object] = {}
        if self.suggestion:
            told["suggestion"] = asdict(self.suggestion)
        if self.request.telling:
            told["telling"] = [{"word": w, "articles": n} for w, n in self.telling.items()]
        if not self.total:
            told["words"] = self.words
            told["loosened"] = [asdict(one) for one in self.loosened]
            told["unnarrowed"] = [
                {"less": one.less, "articles": one.articles} for one in self.unnarrowed
            ]
        return told


@dataclass(frozen=True, slots=True)
class Unnarrowed:
    """The same words without one narrowing: *less* names it, *request* asks so."""

    less: str
    articles: int
    request: Request


def search(
    request: Request, engine: Engine, articles: Articles, equivalents: Equivalents = ()
) -> Results:
    """Answer *request*, for words that have *equivalents* by these too.

    Raises UsageError for a date, page or limit that makes no sense.
    """
    started = time.perf_counter()
    request = _clean(request)
    asked = understand(request)
    parsed = asked.query
    meant = widened_over(engine, asked.tree, equivalents)
    sort = request.sort if parsed.ranks or request.sort is not Sort.RELEVANCE else Sort.NEWEST
    offset = (request.page - 1) * request.limit
    matches = engine.match(
        meant.tree,
        sort=sort,
        offset=offset,
        limit=request.limit,
        copies=request.copies or parsed.copies,
        chosen=asked.chosen,
        facets=(*FACETS, TELLING) if request.telling else FACETS,
    )
    stand_out = matches.facets.pop(TELLING, {})
    marker = Marker(meant.tree, analyzer_of(engine))
    ids = [hit.id for hit in matches.hits]
    kept, copies = articles.get_many(ids), articles.copies(ids)
    hits = tuple(
        _hit(kept[scored.id], scored, marker, copies.get(scored.id, ()))
        for scored in matches.hits
        if scored.id in kept
    )
    ways_on = (
        _ways_on(asked, matches.articles, engine, equivalents) if matches.articles <= FEW else {}
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
        words={} if matches.total else _blame(parsed.tree, engine, equivalents),
        also=meant.also,
        telling=new_words(parsed, stand_out, analyzer_of(engine)),
        **ways_on,
    )


def marker_over(engine: Engine, tree: Node, equivalents: Equivalents = ()) -> Marker:
    """Return what marks the matches of *tree*, by the analysis that the index was built with."""
    return Marker(widened_over(engine, tree, equivalents).tree, analyzer_of(engine))


def widened_over(engine: Engine, tree: Node, equivalents: Equivalents) -> Widened:
    """Return *tree* with all that its words may mean, as the index reads them."""
    return widened(tree, analyzer_of(engine), equivalents)


def analyzer_of(engine: Engine) -> Analyzer:
    """Return the analysis that the index was built with."""
    checkpoint = engine.checkpoint()
    return analyzer_for(checkpoint.built_for if checkpoint else "english")


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as an engine takes it: *tree* holds words and dates, *chosen* the facets.

    *within* are the dates alone.
    """

    request: Request
    query: Query
    tree: Node
    chosen: dict[str, tuple[str, ...]]
    within: tuple[Node, ...] = ()

    def articles(self, tree: Node, engine: Engine) -> int:
        """Return how many articles *tree* finds with the same dates and facets."""
        both = And((tree, *self.within)) if self.within else tree
        matches = engine.match(both, limit=0, copies=True, facets=(), chosen=self.chosen)
        return matches.articles


def understand(request: Request) -> Asked:
    """Parse *request*. Raises UsageError for a date, page or limit that makes no sense."""
    if request.page < 1:
        raise UsageError("pages are counted from 1", f"page {request.page}")
    if not 1 <= request.limit <= MOST_PER_PAGE:
        raise UsageError(f"a page holds 1 to {MOST_PER_PAGE} articles", f"limit {request.limit}")
    request = _clean(request)
    parsed = query.parse(request.text, request.today)
    within: list[Node] = []
    if request.undated:
        within.append(Undated())
    if request.first or request.last:
        first = _period(request.first) if request.first else None
        last = _period(request.last) if request.last else None
        within.append(Dates(first[0] if first else None, last[1] if last else None))
    values = {"source": request.sources, "topic": request.topics, "language": request.languages}
    return Asked(
        request=request,
        query=parsed,
        tree=And((parsed.tree, *within)) if within else parsed.tree,
        chosen={facet: chosen for facet, chosen in values.items() if chosen},
        within=tuple(within),
    )


def all_ids(request: Request, engine: Engine, equivalents: Equivalents = ()) -> Iterator[str]:
    """Yield the ids of all articles that match, copies too, the newest first, for exports."""
    asked = understand(request)
    tree = widened_over(engine, asked.tree, equivalents).tree
    matches = engine.match(
        tree, sort=Sort.NEWEST, limit=None, copies=True, facets=(), chosen=asked.chosen
    )
    for scored in matches.hits:
        yield scored.id


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
    days = period(text)
    if days is None:
        raise UsageError(
            "is not a date", f"“{text}”", "write a day, month or year: 2024-06-20, 2024-06, 2024"
        )
    return days


def _hit(kept: Kept, scored: Scored, marker: Marker, copies: tuple[Copy, ...]) -> Hit:
    title = snippet.headline(kept.article, marker)
    return Hit(
        kept=kept,
        score=scored.score,
        snippets=tuple(snippet.snippets(kept.article, marker, title)),
        headline=title,
        copies=copies,
    )


def _ways_on(asked: Asked, found: int, engine: Engine, equivalents: Equivalents) -> dict[str, Any]:
    """What helps where so few articles were *found*, as `Results` names it."""
    analyzer, tree = analyzer_of(engine), asked.query.tree

    def count(other: Node) -> int:
        return asked.articles(widened_over(engine, other, equivalents).tree, engine)

    suggestion = suggest(tree, found, engine, analyzer, count)
    if found:
        return {"suggestion": suggestion}
    return {
        "suggestion": suggestion,
        "loosened": tuple(loosened(tree, analyzer, count)),
        "unnarrowed": tuple(_unnarrowed(asked, engine, equivalents)),
    }


def _unnarrowed(asked: Asked, engine: Engine, equivalents: Equivalents) -> Iterator[Unnarrowed]:
    """The same words without each narrowing, where that finds something."""
    wider = {
        "sources": replace(asked.request, sources=()),
        "topics": replace(asked.request, topics=()),
        "languages": replace(asked.request, languages=()),
        "dates": replace(asked.request, first=None, last=None, undated=False),
    }
    for less, request in wider.items():
        if request != asked.request:
            request = replace(request, page=1)
            other = understand(request)
            meant = widened_over(engine, other.query.tree, equivalents).tree
            articles = other.articles(meant, engine)
            if articles:
                yield Unnarrowed(less, articles, request)


def _blame(tree: Node, engine: Engine, equivalents: Equivalents) -> dict[str, int]:
    """How many articles each word or phrase of a query without hits finds alone."""
    counts: dict[str, int] = {}
    for leaf in list(wanted(tree))[:8]:
        if isinstance(leaf, Words | Prefix):
            star = "*" if isinstance(leaf, Prefix) else ""
            name = "" if leaf.field is Field.ANY else f"{leaf.field}:"
            meant = widened_over(engine, leaf, equivalents).tree
            counts[f"{name}{leaf.text}{star}"] = engine.match(meant, limit=0, facets=()).articles
    return counts
