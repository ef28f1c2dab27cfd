"""A segment as fields of terms, each with its postings: what Whoosh takes an index for.

The fields are those of `schema`: the stems and the forms of each part, ids, days,
and keywords. Nothing but Whoosh's own queries reads a segment in this way.
"""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import compress, islice
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from indexer.whoosh_engine import schema
from indexer.whoosh_engine.build import starts_of
from indexer.whoosh_engine.runs import indexes
from indexer.whoosh_engine.segment import ACCENTED, Documents, Keyword, Part, Segment

KEYWORDS: Final = {
    schema.FACET_SOURCE: "source",
    schema.FACET_TOPIC: "topic",
    schema.FACET_LANGUAGE: "language",
}
FIELDS: Final = tuple(
    sorted(
        (
            *schema.PARTS,
            *map(schema.forms_of, schema.PARTS),
            *KEYWORDS,
            *(schema.ID, schema.DATED, schema.FIRST_DAY, schema.LAST_DAY),
        )
    )
)
"""The names of the fields with terms, sorted."""

_LEAP: Final = 100
"""What Whoosh's positions leap at the end of a paragraph: farther than any phrase reaches."""


@dataclass(frozen=True, slots=True)
class Listing:
    """The postings of a term: each document once, ascending, and how often it has the term."""

    documents: Documents
    frequencies: NDArray[np.intp]

    @property
    def lengths(self) -> NDArray[np.unsignedinteger]:
        """How many words the field has in each document; 0 where that is not counted."""
        return np.zeros(len(self.documents), dtype=np.uint32)

    def positions(self, i: int) -> list[int]:
        """Return where the term stands in the *i*-th document, for phrases."""
        raise LookupError(f"posting {i} is in a field without positions")


@dataclass(frozen=True, slots=True)
class PlacedListing(Listing):
    """Postings with positions, which leap at paragraphs: Whoosh knows of no other bounds."""

    part: Part
    starts: NDArray[np.uint32]
    places: NDArray[np.unsignedinteger]

    @property
    def lengths(self) -> NDArray[np.unsignedinteger]:
        """How many words the part has in each document."""
        return self.part.lengths[self.documents]

    def positions(self, i: int) -> list[int]:
        """Return where the term stands in the *i*-th document, for phrases."""
        places = self.places[self.starts[i] : self.starts[i + 1]].astype(np.intp)
        document, bounds = int(self.documents[i]), self.part.paragraphs
        begins = bounds.at[bounds.starts[document] : bounds.starts[document + 1]]
        places += _LEAP * (np.searchsorted(begins, places, side="right") - 1)
        positions: list[int] = places.tolist()
        return positions


class Lexicon(Protocol):
    """The terms of a field, sorted bytes."""

    def terms_from(self, term: bytes) -> Iterator[bytes]:
        """Yield the terms that are not below *term*."""

    def listing(self, term: bytes) -> Listing | None:
        """Return the postings of *term*, or None where nothing has it."""


def lexicon(segment: Segment, field: str) -> Lexicon:
    """Return the terms of *field*, one of `FIELDS`."""
    if field in segment.parts:
        return _Stems(segment.parts[field])
    for name, part in segment.parts.items():
        if field == schema.forms_of(name):
            return _Forms(part)
    if field in KEYWORDS:
        return _of_keyword(segment.keywords[KEYWORDS[field]])
    if field == schema.ID:
        order = segment.by_id
        return _exact(segment.ids[order].tolist(), np.arange(segment.count), order)
    if field == schema.DATED:
        dated = (segment.months >= 0).astype(np.intp)
        return _exact([b"no", b"yes"], dated, np.arange(segment.count))
    return _of_days(segment.first_days if field == schema.FIRST_DAY else segment.last_days)


@dataclass(frozen=True, slots=True)
class _Stems:
    part: Part

    def terms_from(self, term: bytes) -> Iterator[bytes]:
        stems, last = self.part.stems, None
        for i in range(stems.first_from(term), len(stems)):
            stem = stems[i].removesuffix(ACCENTED)
            if stem != last:
                yield stem
            last = stem

    def listing(self, term: bytes) -> Listing | None:
        entries = self.part.entries_with_stem(term)
        if not entries:
            return None
        found = self.part.postings(entries)
        # A document with several forms of the word comes once per form.
        documents = np.repeat(found.ids, found.frequencies)
        order = np.lexsort((found.positions, documents))
        once, frequencies = np.unique(documents, return_counts=True)
        return PlacedListing(
            once, frequencies, self.part, starts_of(frequencies), found.positions[order]
        )


@dataclass(frozen=True, slots=True)
class _Forms:
    part: Part

    def terms_from(self, term: bytes) -> Iterator[bytes]:
        forms = self.part.forms.strings
        last = None
        for i in range(forms.first_from(term), len(forms)):
            form = forms[i]
            if form != last:
                yield form
            last = form

    def listing(self, term: bytes) -> Listing | None:
        forms = self.part.forms
        entries = forms.entries[
            forms.strings.first_from(term) : forms.strings.first_from(term + b"\0")
        ]
        if not len(entries):
            return None
        found = [self.part.postings(range(e, e + 1)).ids for e in entries.tolist()]
        documents = np.unique(np.concatenate(found))
        return Listing(documents, np.ones(len(documents), dtype=np.intp))


@dataclass(frozen=True, slots=True)
class _Exact:
    """Terms that a document has or has not; the documents of term *i* begin at ``starts[i]``."""

    terms: list[bytes]
    starts: NDArray[np.uint32]
    documents: Documents

    def terms_from(self, term: bytes) -> Iterator[bytes]:
        return islice(self.terms, bisect_left(self.terms, term), None)

    def listing(self, term: bytes) -> Listing | None:
        i = bisect_left(self.terms, term)
        if i == len(self.terms) or self.terms[i] != term:
            return None
        documents = self.documents[self.starts[i] : self.starts[i + 1]]
        return Listing(documents, np.ones(len(documents), dtype=np.intp))


def _exact(terms: list[bytes], having: NDArray[np.integer], documents: NDArray[Any]) -> _Exact:
    """From which term (by number) which document has; documents ascend for each term."""
    counts = np.bincount(having, minlength=len(terms))
    order = np.argsort(having, kind="stable")
    return _Exact(
        list(compress(terms, counts.tolist())),
        starts_of(counts[counts > 0]),
        documents[order].astype(np.uint16),
    )


def _of_keyword(keyword: Keyword) -> _Exact:
    firsts = keyword.set_starts[keyword.codes]
    counts = keyword.set_starts[keyword.codes.astype(np.intp) + 1] - firsts
    return _exact(
        [value.encode() for value in keyword.values],
        keyword.set_values[indexes(firsts, counts)],
        np.repeat(np.arange(len(keyword.codes)), counts),
    )


def _of_days(days: NDArray[np.int32]) -> _Exact:
    dated = np.flatnonzero(days)
    distinct, having = np.unique(days[dated], return_inverse=True)
    # ISO days sort as days do.
    terms = [date.fromordinal(day).isoformat().encode() for day in distinct.tolist()]
    return _exact(terms, having, dated)
