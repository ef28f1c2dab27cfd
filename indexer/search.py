"""A search: what was asked, to the page of results that is shown.

Parse, match, fetch the ten shown from the store, cut their snippets. The same
for the command line, the pages and the API.
"""

import time
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Protocol

from archive.store import Kept
from archive.store_stories import Copy
from indexer import explain, snippet
from indexer.analysis import Analyzer, analyzer_for
from indexer.engine import FACETS, TELLING, Engine, Scored, Sort
from indexer.marking import Marker
from indexer.query import Query
from indexer.request import Request, cleaned, understand
from indexer.snippet import Snippet
from indexer.telling import new_words
from indexer.tree import Field, Node, Prefix, Words, wanted
from indexer.ways_on import WaysOn, ways_on
from indexer.widening import Also, Equivalents, Widened, widened


class Articles(Protocol):
    """Where the articles shown come from: the store, or a test's own."""

    def copies(self, ids: Collection[str]) -> Mapping[str, tuple[Copy, ...]]:
        """Return the other members of each article's story, the earliest first."""

    def get_many(self, ids: Collection[str]) -> Mapping[str, Kept]:
        """Return the articles of *ids* that are still shown, in one query."""


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
    *ways_on* help where little or nothing was found, and where nothing was, *words* says how
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
    ways_on: WaysOn = field(default_factory=WaysOn)
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
            **self._more(),
        }

    def _more(self) -> dict[str, object]:
        """What is told only where it was asked for, or little or nothing was found."""
        told: dict[str, object] = {}
        if self.ways_on.suggestion:
            told["suggestion"] = asdict(self.ways_on.suggestion)
        if self.request.telling:
            told["telling"] = [{"word": w, "articles": n} for w, n in self.telling.items()]
        if not self.total:
            told["words"] = self.words
            told["loosened"] = [asdict(one) for one in self.ways_on.loosened]
            told["unnarrowed"] = [
                {"less": one.less, "articles": one.articles} for one in self.ways_on.unnarrowed
            ]
        return told


def search(
    request: Request, engine: Engine, articles: Articles, equivalents: Equivalents = ()
) -> Results:
    """Answer *request*, for words that have *equivalents* by these too.

    Raises UsageError for a date, page or limit that makes no sense.
    """
    started = time.perf_counter()
    request = cleaned(request)
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
    analyzer = analyzer_of(engine)
    marker = Marker(meant.tree, analyzer)
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
        words={} if matches.total else _blame(parsed.tree, engine, equivalents),
        also=meant.also,
        telling=new_words(parsed, stand_out, analyzer),
        ways_on=ways_on(asked, matches.articles, engine, analyzer, equivalents),
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


def all_ids(request: Request, engine: Engine, equivalents: Equivalents = ()) -> Iterator[str]:
    """Yield the ids of all articles that match, copies too, the newest first, for exports."""
    asked = understand(request)
    tree = widened_over(engine, asked.tree, equivalents).tree
    matches = engine.match(
        tree, sort=Sort.NEWEST, limit=None, copies=True, facets=(), chosen=asked.chosen
    )
    for scored in matches.hits:
        yield scored.id


def _hit(kept: Kept, scored: Scored, marker: Marker, copies: tuple[Copy, ...]) -> Hit:
    title = snippet.headline(kept.article, marker)
    return Hit(
        kept=kept,
        score=scored.score,
        snippets=tuple(snippet.snippets(kept.article, marker, title)),
        headline=title,
        copies=copies,
    )


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
