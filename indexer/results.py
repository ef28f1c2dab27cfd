"""What a search answers: a page of results, and the hits on it."""

from dataclasses import asdict, dataclass, field
from itertools import islice
from typing import Final

from archive.store.kept import Kept
from archive.store.stories import Copy
from indexer import explain
from indexer.engine import DATE, Sort
from indexer.hints import Hint
from indexer.query import Query
from indexer.question import Reading
from indexer.reasons import Reason
from indexer.related_words import Related
from indexer.request import Request
from indexer.snippet import Snippet
from indexer.timeline import Timeline
from indexer.tree import EVERYTHING
from indexer.ways_on import WaysOn
from indexer.widening import Also

MOST_VALUES: Final = 100
"""How many values of a facet JSON gives with results: `values_of` gives all."""


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
    they are from. *hints* say what may have been meant otherwise. *relatable*: related words can
    rank what was asked for.
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
    hints: tuple[Hint, ...] = ()
    relatable: bool = False

    @property
    def can_relate(self) -> bool:
        """Whether related words could rank this too."""
        return bool(self.relatable and self.hits and not self.related)

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
            "hints": [{"says": hint.says, "query": hint.text} for hint in self.hints],
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
