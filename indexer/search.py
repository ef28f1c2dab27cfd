"""A search: what was asked, to the page of results that is shown.

Parse, match, fetch the ten shown from the store, cut their snippets. The same
for the command line, the pages and the API.
"""

import time
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from archive.store.kept import Kept
from archive.store.stories import Copy
from indexer import snippet
from indexer.analysis import Analyzer, analyzer_for
from indexer.engine import DAY, FACETS, TELLING, Engine, Matches, Scored, Sort
from indexer.hints import hints
from indexer.marking import Marker
from indexer.patience import Patience
from indexer.query import Query
from indexer.question import Reading, missing, read
from indexer.related_words import BEST, FEWEST_ARTICLES, Related, related_words
from indexer.request import Asked, Request, cleaned, understand
from indexer.results import Hit, Results
from indexer.telling import new_words
from indexer.timeline import timeline
from indexer.tree import And, Field, Node, Prefix, Some, Words, wanted
from indexer.ways_on import ways_on
from indexer.widening import Equivalents, Widened, widened


class Articles(Protocol):
    """Where the articles shown come from: the store, or a test's own."""

    def copies(self, ids: Collection[str]) -> Mapping[str, tuple[Copy, ...]]:
        """Return the other members of each article's story, the earliest first."""

    def get_many(self, ids: Collection[str]) -> Mapping[str, Kept]:
        """Return the articles of *ids* that are still shown, in one query."""


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
    matches = search_for.match(
        asked, offset=request.offset, limit=request.limit, facets=_facets(request)
    )
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
        query=_noted(
            asked.query, meant, patience, search_for.why_none_related(asked) if not words else ""
        ),
        request=request,
        total=matches.total,
        articles=matches.articles,
        hits=tuple(
            shown(hit, lacks=reading.some_will_do) for hit in matches.hits if hit.id in kept
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
        if reading.some_will_do
        else new_words(asked.query, stand_out, search_for.analyzer),
        timeline=timeline(matches.facets["date"], days, *asked.span) if request.timeline else None,
        ways_on=help_on,
        hints=hints(request.text, reading, search_for.analyzer),
        relatable=search_for.is_relatable(asked),
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
        if not (asked.request.related and self.is_relatable(asked)):
            return ()
        any_of_them = self.widened(asked.narrowed(Some(reading.words, 1))).tree
        hits = self.engine.match(any_of_them, limit=BEST, facets=(), chosen=asked.chosen).hits
        kept = self.articles.get_many([hit.id for hit in hits])
        best = [(kept[hit.id].article, hit.score) for hit in hits if hit.id in kept]
        return related_words(
            best, reading.words, asked.request.unrelated, self.analyzer, self.engine.frequencies
        )

    def is_relatable(self, asked: Asked) -> bool:
        """Whether there are plain words to be ranked, in an archive that is large enough."""
        plain = asked.reading.words and asked.sort is Sort.RELEVANCE
        return bool(plain) and self.engine.frequencies(()).articles >= FEWEST_ARTICLES

    def why_none_related(self, asked: Asked) -> str:
        """Why related words, which were asked for, were not ranked by."""
        if not asked.request.related:
            return ""
        if not (asked.reading.words and asked.sort is Sort.RELEVANCE):
            return "related words rank plain words by relevance only; they were left out"
        if (articles := self.engine.frequencies(()).articles) < FEWEST_ARTICLES:
            return (
                f"an archive of {articles:,} {'article' if articles == 1 else 'articles'} is too "
                f"small to learn related words from; it takes {FEWEST_ARTICLES}"
            )
        return "the best articles have no other words in common"

    def partial(self, asked: Asked, total: int, limit: int | None) -> Matches:
        """What holds a part of the words, for as much of the page as the *total* leaves free.

        Nothing where what has all that must be there fills the first page.
        """
        request, rest = asked.request, asked.reading.rest
        if rest is None or request.every or total >= request.limit:
            return Matches(0, ())
        before = request.offset
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


def _noted(query: Query, meant: Widened, patience: Patience, more: str) -> Query:
    """*query* with what was not looked for, or not tried, because it would take too long."""
    notices = [*query.notices, *([more] if more else [])]
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


def ranking(
    request: Request, engine: Engine, articles: Articles, equivalents: Equivalents = ()
) -> tuple[Scored, ...]:
    """Return all that `search` lists page after page, the best first, without showing any."""
    search_for = _Search(engine, articles, equivalents)
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
