"""A search: what was asked, to the page of results that is shown.

Parse, match, fetch the ten shown from the store, cut their snippets. The same
for the command line, the pages and the API.
"""

import time
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from itertools import islice
from typing import Final, Protocol

from archive.store import Kept
from archive.store_stories import Copy
from indexer import explain, snippet
from indexer.analysis import Analyzer, analyzer_for
from indexer.engine import DATE, DAY, FACETS, TELLING, Engine, Matches, Scored, Sort
from indexer.marking import Marker
from indexer.patience import Patience
from indexer.query import Query
from indexer.question import Reading, missing, read
from indexer.reasons import Reason
from indexer.related_words import BEST, Related, related_words
from indexer.request import Asked, Request, cleaned, understand
from indexer.snippet import Snippet
from indexer.telling import new_words
from indexer.timeline import Timeline, timeline
from indexer.tree import EVERYTHING, And, Field, Node, Prefix, Some, Words, wanted
from indexer.ways_on import WaysOn, ways_on
from indexer.widening import Also, Equivalents, Widened, widened

MOST_VALUES: Final = 100
"""How many values of a facet JSON gives with results: `values_of` gives all."""


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
    *missing* names the words of a question, or of a query that it matches in part, that it lacks.
    *reasons* say what its score is made of, where that was asked for.
    """

    kept: Kept
    score: float
    snippets: tuple[Snippet, ...]
    headline: Snippet
    missing: tuple[str, ...] = ()
    copies: tuple[Copy, ...] = ()
    reasons: tuple[Reason, ...] = ()

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
            **({"reasons": [r.as_json() for r in self.reasons]} if self.reasons else {}),
        }


@dataclass(frozen=True, slots=True)
class Results:
    """A page of results.

    *total* counts lines: a story whose copies were brought together is one, while
    *articles* and *facets* count each article. A facet with chosen values counts its
    others too, as alternatives. *sort* is the order used; *took_ms* the time in milliseconds.
    *partial* are articles that hold a part of the words, listed behind all others where these
    do not fill a page; *partial_total* counts them, nothing else does. *having_all* is how
    many articles hold every word of a question, None where the query is none. *related* are
    the words that were ranked by beside those of the query, *also* what was looked for beside
    these. *ways_on* help where little or nothing was found, and where nothing was, *words* says
    how many articles of the whole archive each word finds alone. *telling*, where it was asked
    for, maps words that stand out to how many of the articles have each, *timeline* says when
    they are from.
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
    partial: tuple[Hit, ...] = ()
    partial_total: int = 0
    reading: Reading = field(default_factory=lambda: Reading(EVERYTHING))
    having_all: int | None = None
    related: tuple[Related, ...] = ()
    also: tuple[Also, ...] = ()
    ways_on: WaysOn = field(default_factory=WaysOn)
    telling: dict[str, int] = field(default_factory=dict)
    timeline: Timeline | None = None

    @property
    def can_relate(self) -> bool:
        """Whether related words could rank this too."""
        plain = self.reading.words and self.sort is Sort.RELEVANCE
        return bool(plain and self.hits and not self.related)

    @property
    def pages(self) -> int:
        """How many pages there are, with those of partial matches."""
        return -(-(self.total + self.partial_total) // self.request.limit)

    def as_json(self) -> dict[str, object]:
        """The results as ``morgue search --json`` and ``/search.json`` print them.

        ``partial``, ``question`` and ``related`` are there where there is any; ``more_values``
        says of which facets how many values are left out, behind the `MOST_VALUES` most frequent.
        """
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
            "facets": {
                name: dict(islice(counts.items(), None if name == DATE else MOST_VALUES))
                for name, counts in self.facets.items()
            },
            "took_ms": self.took_ms,
            **{key: value for key, value in self._more().items() if value},
            **self._ways(),
        }

    def _more(self) -> dict[str, object]:
        """What only some queries have."""
        words = [word.text for word in self.reading.words]
        return {
            "partial": [hit.as_json() for hit in self.partial],
            "question": self.reading.is_question
            and {"words": words, "least": self.reading.least, "having_all": self.having_all},
            "more_values": {
                name: len(counts) - MOST_VALUES
                for name, counts in self.facets.items()
                if len(counts) > MOST_VALUES and name != DATE
            },
            "related": {found.word: found.weight for found in self.related},
        }

    def _ways(self) -> dict[str, object]:
        """What is told only where it was asked for, or little or nothing was found."""
        told: dict[str, object] = {}
        if self.ways_on.suggestion:
            told["suggestion"] = asdict(self.ways_on.suggestion)
        if self.request.telling:
            told["telling"] = [{"word": w, "articles": n} for w, n in self.telling.items()]
        if self.timeline:
            told["timeline"] = self.timeline.as_json()
        if not self.total:
            told["words"] = self.words
            told["loosened"] = [asdict(one) for one in self.ways_on.loosened]
            told["unnarrowed"] = [
                {"less": one.less, "articles": one.articles} for one in self.ways_on.unnarrowed
            ]
        return told


def search(
    request: Request,
    engine: Engine,
    articles: Articles,
    equivalents: Equivalents = (),
    patience: Patience | None = None,
) -> Results:
    """Answer *request*, for words that have *equivalents* by these too.

    What helps where little was found is tried while *patience* has time, from now on where
    none is given. Raises UsageError for a date, page or limit that makes no sense.
    """
    started = time.perf_counter()
    patience = patience or Patience()
    request = cleaned(request)
    search_for = _Search(engine, articles, equivalents)
    asked, words = search_for.asked(request)
    reading = asked.reading
    offset = (request.page - 1) * request.limit
    matches = search_for.match(asked, offset=offset, limit=request.limit, facets=_facets(request))
    stand_out, days = matches.facets.pop(TELLING, {}), matches.facets.pop(DAY, {})
    partial = search_for.partial(asked, matches.total, request.limit)
    meant = search_for.widened(reading.tree)
    marker = Marker(meant.tree, search_for.analyzer)
    ids = [hit.id for hit in (*matches.hits, *partial.hits)]
    kept, copies = articles.get_many(ids), articles.copies(ids)

    def shown(scored: Scored, *, lacks: bool) -> Hit:
        article = kept[scored.id]
        lacking = search_for.missing(reading, article) if lacks else ()
        return _hit(article, scored, marker, copies.get(scored.id, ()), lacking)

    help_on = ways_on(asked, matches.articles, engine, search_for.analyzer, equivalents, patience)
    alone = {} if matches.total else search_for.blame(asked.query.tree, patience)
    return Results(
        query=_noted(asked.query, meant, patience),
        request=request,
        total=matches.total,
        articles=matches.articles,
        hits=tuple(
            shown(hit, lacks=reading.is_question) for hit in matches.hits if hit.id in kept
        ),
        facets=matches.facets,
        sort=asked.sort,
        took_ms=round((time.perf_counter() - started) * 1000, 2),
        words=alone,
        partial=tuple(shown(hit, lacks=True) for hit in partial.hits if hit.id in kept),
        partial_total=partial.total,
        reading=reading,
        having_all=search_for.having_all(asked) if reading.is_question else None,
        related=words,
        also=meant.also,
        # A word more would change how a question is read.
        telling={}
        if reading.is_question
        else new_words(asked.query, stand_out, search_for.analyzer),
        timeline=timeline(matches.facets["date"], days, *asked.span) if request.timeline else None,
        ways_on=help_on,
    )


def values_of(
    facet: str, request: Request, engine: Engine, articles: Articles, equivalents: Equivalents = ()
) -> dict[str, int]:
    """Return how many of the articles that *request* finds have each value of *facet*.

    They are those of `Results.facets`, where some may be counted without the hits.
    """
    search_for = _Search(engine, articles, equivalents)
    asked, _ = search_for.asked(cleaned(request))
    return search_for.match(asked, offset=0, limit=0, facets=(facet,)).facets[facet]


@dataclass(frozen=True, slots=True)
class _Search:
    """What answers the parts of a request: the engine, by all that words may mean."""

    engine: Engine
    articles: Articles
    equivalents: Equivalents

    @property
    def analyzer(self) -> Analyzer:
        return analyzer_of(self.engine)

    def widened(self, tree: Node) -> Widened:
        return widened(tree, self.analyzer, self.equivalents)

    def asked(self, request: Request) -> tuple[Asked, tuple[Related, ...]]:
        """The request as it is read, and the related words that it is ranked by, if any."""
        asked = understand(request, self.analyzer)
        if words := self._related(asked):
            asked = replace(asked, reading=asked.reading.with_related(words))
        return asked, words

    def match(
        self, asked: Asked, *, offset: int, limit: int | None, facets: Collection[str] = FACETS
    ) -> Matches:
        return self.engine.match(
            self.widened(asked.tree).tree,
            sort=asked.sort,
            offset=offset,
            limit=limit,
            copies=asked.request.copies or asked.query.copies,
            chosen=asked.chosen,
            facets=facets,
            explain=asked.request.explain,
            newer=asked.request.newer is not False,
        )

    def _related(self, asked: Asked) -> tuple[Related, ...]:
        """The related words, where they are asked for and plain words are to be ranked."""
        reading = asked.reading
        if not (asked.request.related and reading.words and asked.sort is Sort.RELEVANCE):
            return ()
        any_of_them = self.widened(asked.narrowed(Some(reading.words, 1))).tree
        hits = self.engine.match(any_of_them, limit=BEST, facets=(), chosen=asked.chosen).hits
        kept = self.articles.get_many([hit.id for hit in hits])
        best = [(kept[hit.id].article, hit.score) for hit in hits if hit.id in kept]
        return related_words(
            best, reading.words, asked.request.unrelated, self.analyzer, self.engine.frequencies
        )

    def partial(self, asked: Asked, total: int, limit: int | None) -> Matches:
        """What holds a part of the words, for as much of the page as the *total* leaves free.

        Nothing where what has all that must be there fills the first page.
        """
        request, rest = asked.request, asked.reading.rest
        if rest is None or request.every or total >= request.limit:
            return Matches(0, ())
        before = (request.page - 1) * request.limit
        return self.engine.match(
            self.widened(asked.narrowed(rest)).tree,
            sort=asked.sort,
            offset=max(0, before - total),
            limit=None if limit is None else before + limit - max(total, before),
            copies=request.copies or asked.query.copies,
            facets=(),
            chosen=asked.chosen,
            explain=request.explain,
            newer=request.newer is not False,
        )

    def having_all(self, asked: Asked) -> int:
        """How many articles hold every word of a question."""
        every = self.widened(asked.narrowed(And(asked.reading.words))).tree
        return self.engine.match(every, limit=0, facets=(), chosen=asked.chosen).articles

    def missing(self, reading: Reading, kept: Kept) -> tuple[str, ...]:
        """The words that are nowhere in an article, nor anything else that they may mean."""
        meant = {word: self.widened(word).tree for word in reading.words}
        return missing(meant, kept.article, self.analyzer)

    def blame(self, tree: Node, patience: Patience) -> dict[str, int]:
        """How many articles each word or phrase of a query without hits finds alone."""
        counts: dict[str, int] = {}
        for leaf in patience.each(list(wanted(tree))[:8]):
            if isinstance(leaf, Words | Prefix):
                star = "*" if isinstance(leaf, Prefix) else ""
                name = "" if leaf.field is Field.ANY else f"{leaf.field}:"
                meant = self.widened(leaf).tree
                found = self.engine.match(meant, limit=0, facets=()).articles
                counts[f"{name}{leaf.text}{star}"] = found
        return counts


def _facets(request: Request) -> tuple[str, ...]:
    """The facets to count for *request*."""
    telling = (TELLING,) if request.telling else ()
    return (*FACETS, *telling, *((DAY,) if request.timeline else ()))


def _noted(query: Query, meant: Widened, patience: Patience) -> Query:
    """*query* with what was not looked for, or not tried, because it would take too long."""
    notices = list(query.notices)
    if meant.cut:
        notices.append("not all other spellings and equivalents were looked for")
    if patience.ended:
        notices.append("it takes long to answer; not all that might find more was tried")
    return replace(query, notices=tuple(notices))


def analyzer_of(engine: Engine) -> Analyzer:
    """Return the analysis that the index was built with."""
    checkpoint = engine.checkpoint()
    return analyzer_for(checkpoint.built_for if checkpoint else "english")


def marker_over(engine: Engine, tree: Node, equivalents: Equivalents = ()) -> Marker:
    """Return what marks the matches of *tree*, by the analysis that the index was built with."""
    analyzer = analyzer_of(engine)
    return Marker(widened(read(tree, analyzer).tree, analyzer, equivalents).tree, analyzer)


def all_ids(
    request: Request,
    engine: Engine,
    equivalents: Equivalents = (),
    articles: Articles | None = None,
) -> Iterator[str]:
    """Yield the ids of all articles that match, copies too, for exports.

    The newest come first, or the oldest where the request asks for that. Related words,
    where it asks for them, are found in the best of *articles*.
    """
    if articles is None:
        asked = understand(request, analyzer_of(engine))
    else:
        asked, _ = _Search(engine, articles, equivalents).asked(request)
    matches = engine.match(
        widened(asked.tree, analyzer_of(engine), equivalents).tree,
        sort=Sort.OLDEST if request.sort is Sort.OLDEST else Sort.NEWEST,
        limit=None,
        copies=True,
        facets=(),
        chosen=asked.chosen,
    )
    for scored in matches.hits:
        yield scored.id


def ranking(request: Request, engine: Engine, articles: Articles) -> tuple[Scored, ...]:
    """Return all that `search` lists page after page, the best first, without showing any."""
    search_for = _Search(engine, articles, ())
    asked, _ = search_for.asked(request)
    matches = search_for.match(asked, offset=0, limit=None)
    return (*matches.hits, *search_for.partial(asked, matches.total, None).hits)


def _hit(
    kept: Kept,
    scored: Scored,
    marker: Marker,
    copies: tuple[Copy, ...],
    lacking: tuple[str, ...],
) -> Hit:
    title = snippet.headline(kept.article, marker)
    return Hit(
        kept=kept,
        score=scored.score,
        snippets=tuple(snippet.snippets(kept.article, marker, title)),
        headline=title,
        missing=lacking,
        copies=copies,
        reasons=scored.reasons,
    )
