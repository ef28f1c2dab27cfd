"""Ranking: BM25F over the articles that are there, and over no others.

Whoosh counts articles that were replaced or withdrawn until it merges their
segment, and keeps lengths as a code of one byte. So scores would depend on how
an index came to be. Here they do not: documents, their lengths and the
documents of a term are counted among the living, and lengths are exact.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from math import log

from whoosh import matching, scoring
from whoosh.reading import IndexReader
from whoosh.searching import Searcher

from indexer.whoosh_engine import schema
from indexer.whoosh_engine.columns import Columns

_B = 0.75
_K1 = 1.2


@dataclass(frozen=True, slots=True)
class Leaf:
    """One segment as a view sees it: its searcher, and its columns."""

    searcher: Searcher
    columns: Columns


class Statistics:
    """What BM25F asks of a whole generation. Counted once, shared by all threads."""

    def __init__(self, leaves: list[Leaf]) -> None:
        living = [
            (leaf.columns, frozenset(leaf.searcher.reader().segment().deleted_docs()))
            for leaf in leaves
            if leaf.columns.ids
        ]
        self.documents = sum(len(values.ids) - len(gone) for values, gone in living)
        self.lengths = {
            part: sum(
                sum(values.lengths[part]) - sum(values.lengths[part][i] for i in gone)
                for values, gone in living
            )
            for part in schema.PARTS
        }
        self._frequencies: dict[tuple[str, bytes], int] = {}
        self._lock = threading.Lock()

    def frequency(self, field: str, term: bytes, searcher: Searcher) -> int:
        """Return how many living documents have *term*; *searcher* is over this generation."""
        known = self._frequencies.get((field, term))
        if known is None:
            known = sum(
                _living(leaf.reader(), field, term) for leaf, _ in searcher.leaf_searchers()
            )
            with self._lock:
                self._frequencies[field, term] = known
        return known


def _living(reader: IndexReader, field: str, term: bytes) -> int:
    if not reader.has_deletions():
        return int(reader.doc_frequency(field, term))
    if (field, term) not in reader:
        return 0
    return sum(1 for _ in reader.postings(field, term).all_ids())


class Weighting(scoring.WeightingModel):  # type: ignore[misc]
    """Whoosh's way to BM25F, for one view: its searchers ask it for scorers."""

    def __init__(self) -> None:
        # By identity: a searcher holds its weighting, which should not hold it in turn.
        self._columns: dict[int, Columns] = {}
        self._statistics: Statistics | None = None

    def attach(self, leaves: list[Leaf], statistics: Statistics) -> None:
        """Rank by *statistics*, which are those of *leaves*."""
        self._columns = {id(leaf.searcher): leaf.columns for leaf in leaves}
        self._statistics = statistics

    def scorer(
        self, searcher: Searcher, fieldname: str, text: bytes, qf: float = 1
    ) -> scoring.BaseScorer:
        """Return what scores *text* in *fieldname*; only the searched parts rank."""
        del qf
        values = self._columns.get(id(searcher))
        if fieldname not in schema.PARTS or values is None:
            return scoring.WeightScorer(1.0)
        return _Scorer(self, searcher, fieldname, text, values.lengths[fieldname])

    def idf(self, searcher: Searcher, fieldname: str, text: bytes) -> float:
        """Return the inverse document frequency of *text*, as Whoosh defines it."""
        statistics = self._known()
        having = statistics.frequency(fieldname, text, searcher)
        return log((statistics.documents or 1) / (having + 1)) + 1

    def average(self, fieldname: str) -> float:
        """Return how many words *fieldname* has, on average over all documents."""
        statistics = self._known()
        return statistics.lengths[fieldname] / (statistics.documents or 1) or 1.0

    def _known(self) -> Statistics:
        if self._statistics is None:
            raise RuntimeError("ranked before it was attached to a view")
        return self._statistics


class _Scorer(scoring.BaseScorer):  # type: ignore[misc]
    """Scores one term in one segment; what it needs is counted at the first score."""

    def __init__(
        self,
        weighting: Weighting,
        searcher: Searcher,
        part: str,
        term: bytes,
        lengths: Sequence[int],
    ) -> None:
        self._weighting = weighting
        self._searcher = searcher
        self._part = part
        self._term = term
        self._lengths = lengths
        self._constants: tuple[float, float] | None = None

    def score(self, matcher: matching.Matcher) -> float:
        """Return the score of the document at which *matcher* stands."""
        if self._constants is None:
            self._constants = (
                self._searcher.get_parent().idf(self._part, self._term),
                self._weighting.average(self._part),
            )
        idf, average = self._constants
        length = self._lengths[matcher.id()]
        return float(scoring.bm25(idf, matcher.weight(), length, average, _B, _K1))
