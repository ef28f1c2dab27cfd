"""Postings of a segment as Whoosh walks them."""

from bisect import bisect_left
from collections.abc import Iterator
from typing import Any

from whoosh import formats
from whoosh.matching import LeafMatcher, ReadTooFar
from whoosh.scoring import BaseScorer

from indexer.whoosh_engine.lexicon import Listing

Term = tuple[str, bytes]
"""A field, and what stands in it."""


class Matcher(LeafMatcher):  # type: ignore[misc]
    """The postings of one term, one after the other; for quality, a single block."""

    def __init__(
        self, term: Term, listing: Listing, format_: formats.Format, scorer: BaseScorer | None
    ) -> None:
        self.format = format_
        self.scorer = scorer
        self._term = term
        self._listing = listing
        self._documents: list[int] = listing.documents.tolist()
        self._i = 0

    def is_active(self) -> bool:
        """Whether it stands at a posting."""
        return self._i < len(self._documents)

    def reset(self) -> None:
        """Go back to the first posting."""
        self._i = 0

    def copy(self) -> "Matcher":
        """Return another that stands at the same posting."""
        other = Matcher(self._term, self._listing, self.format, self.scorer)
        other._i = self._i
        return other

    def id(self) -> int:
        """Return the document."""
        return self._documents[self._i]

    def all_ids(self) -> Iterator[int]:
        """Return all documents from here on."""
        return iter(self._documents[self._i :])

    def weight(self) -> float:
        """Return how often the document has the term."""
        return float(self._listing.frequencies[self._i])

    def value(self) -> bytes:
        """Return the posting as Whoosh's format writes it."""
        if self.supports("positions"):
            return bytes(self.format.encode(self._listing.positions(self._i)))
        return b""

    def value_as(self, astype: str) -> Any:
        """Return one of the facts of a posting that the format names."""
        if astype == "positions" and self.supports(astype):
            return self._listing.positions(self._i)
        return super().value_as(astype)

    def next(self) -> bool:
        """Go to the next posting; no block begins there."""
        if not self.is_active():
            raise ReadTooFar
        self._i += 1
        return not self.is_active()

    def skip_to(self, docnum: int) -> None:
        """Go to the first posting of a document not below *docnum*, never back."""
        if not self.is_active():
            raise ReadTooFar
        self._i = bisect_left(self._documents, docnum, self._i)

    def skip_to_quality(self, minquality: float) -> int:
        """Go behind the last posting unless one may score more than *minquality*."""
        if self.block_quality() > minquality:
            return 0
        self._i = len(self._documents)
        return 1

    def block_min_length(self) -> int:
        """Return how many words the shortest field with the term has."""
        return int(self._listing.lengths.min())

    def block_max_length(self) -> int:
        """Return how many words the longest field with the term has."""
        return int(self._listing.lengths.max())

    def block_max_weight(self) -> float:
        """Return how often the term is where it is most frequent."""
        return float(self._listing.frequencies.max())
