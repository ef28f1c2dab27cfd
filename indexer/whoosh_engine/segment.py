"""A segment as arrays: what an immutable piece of the index holds, and how it is read.

A segment has at most 65,536 documents, so that a document's number within it is
two bytes wide and posting lists need no decoding: they are slices of one array,
memory-mapped from the segment's file (or fresh from the writer).

::

    part        one searched part of all articles (headline, body, …)
    entry       a (stem, form) pair of a part: ``bank``/``banks``; ordinals count them
                in the order of stems, and of forms within a stem
    posting     entry × document: how often, and where
    keyword     a field of exact strings for facets and filters

Postings are kept by entry. Those of a word, all entries with its stem, are one
slice of each array; so are those of nearly all words that begin alike.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from indexer.whoosh_engine.checked import Blocks, Guarded

MOST_DOCUMENTS: Final = 1 << 16

ACCENTED: Final = b"\x1f"
"""What the stem of a word that is written with accents ends in; no stem holds it otherwise."""

Documents = NDArray[np.uint16]
"""Document numbers within a segment, ascending unless said otherwise."""


@dataclass(frozen=True, slots=True)
class Strings:
    """Byte strings without line feeds, each followed by one, end to end, sorted and distinct.

    *text* is bytes-like (``bytes`` or a ``memoryview`` of the mapped file), so a
    regular expression runs over all of them at once. *starts* (uint32, one more
    than there are strings) says where each begins.
    """

    text: Any
    starts: NDArray[np.uint32]

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __getitem__(self, i: int) -> bytes:
        return bytes(self.text[self.starts[i] : self.starts[i + 1] - 1])

    def first_from(self, key: bytes) -> int:
        """Return the ordinal of the first string that is not below *key*."""
        low, high = 0, len(self)
        while low < high:
            middle = (low + high) // 2
            if self[middle] < key:
                low = middle + 1
            else:
                high = middle
        return low

    def find(self, key: bytes) -> int | None:
        """Return the ordinal of *key*, or None."""
        i = self.first_from(key)
        return i if i < len(self) and self[i] == key else None

    def starting(self, prefix: bytes) -> range:
        """Return the ordinals of the strings that begin with *prefix*."""
        if not prefix:
            return range(len(self))
        # UTF-8 has no byte 0xFF, so this is above all that begin so, and below all others.
        return range(self.first_from(prefix), self.first_from(prefix + b"\xff"))


@dataclass(frozen=True, slots=True)
class Postings:
    """Postings: documents, how often each has the word, and where.

    *positions* are those of all postings end to end, each posting's ascending;
    there are ``frequencies.sum()`` of them.
    """

    ids: Documents
    frequencies: NDArray[Any]
    positions: NDArray[Any]


@dataclass(frozen=True, slots=True)
class Bounds:
    """Where pieces (sentences, paragraphs) begin: for each document a run of positions.

    The pieces of document *i* begin at ``at[starts[i]:starts[i + 1]]``, ascending,
    the first at 0; a document without words has none.
    """

    starts: NDArray[np.uint32]
    at: NDArray[Any]


@dataclass(frozen=True, slots=True)
class Part:
    """One searched part of all articles.

    A stem is once there for words written with accents (it ends in `ACCENTED`), and once for
    others. Positions count the words of a document one by one, without leaps: `paragraphs`
    and `sentences` say what stands together. The entries of stem *s* are those from
    ``stem_starts[s]`` up to ``stem_starts[s + 1]``. Where a posting's frequency is
    255, `wide_at` (ascending numbers of postings) and `wide` hold the true one when
    it is 255 or more. Those that are `Guarded` are checked as they are sliced.
    """

    forms: "Forms"
    stems: Strings
    stem_starts: NDArray[np.uint32]
    starts: NDArray[np.uint32]
    ids: Documents | Guarded
    frequencies: NDArray[np.uint8] | Guarded
    wide_at: NDArray[np.uint32]
    wide: NDArray[np.uint32]
    position_starts: NDArray[np.uint32]
    positions: NDArray[Any] | Guarded
    lengths: NDArray[np.uint32]
    sentences: Bounds
    paragraphs: Bounds

    def postings(self, entries: range) -> Postings:
        """Return the postings of neighbouring *entries*, as views where no frequency is wide.

        Those of several entries stand one entry after the other: a document may come again.
        """
        low, high = int(self.starts[entries.start]), int(self.starts[entries.stop])
        first = int(self.position_starts[entries.start])
        last = int(self.position_starts[entries.stop])
        return Postings(self.ids[low:high], self.counts(low, high), self.positions[first:last])

    def counts(self, low: int, high: int) -> NDArray[Any]:
        """Return the frequencies of the postings numbered *low* up to *high*."""
        found = self.frequencies[low:high]
        if len(self.wide_at):
            a, b = np.searchsorted(self.wide_at, (low, high))
            if b > a:
                found = found.astype(np.uint32)
                found[self.wide_at[a:b] - low] = self.wide[a:b]
        return found

    def entries_with_stem(self, stem: bytes) -> range:
        """Return the ordinals of the entries with *stem*, written with accents or without.

        None when it is unknown.
        """
        first = last = self.stems.first_from(stem)
        # Nothing stands between a stem and the same with accents.
        for alike in (stem, stem + ACCENTED):
            if last < len(self.stems) and self.stems[last] == alike:
                last += 1
        return range(int(self.stem_starts[first]), int(self.stem_starts[last]))

    def accented(self, entries: NDArray[np.uint32]) -> NDArray[np.bool_]:
        """Return which of *entries* are words written with accents."""
        stems = np.searchsorted(self.stem_starts, entries, side="right") - 1
        return np.array([self.stems[i].endswith(ACCENTED) for i in stems.tolist()], dtype=bool)


@dataclass(frozen=True, slots=True)
class Forms:
    """The forms of a part's entries in order, for prefixes: as `Strings`, but one may repeat.

    Two entries may share a form and differ in stem: the acronym ``A.I.D.S.`` and the
    verb ``aids``. *entries* (uint32) gives each form's entry; of forms that are
    alike, ascending.
    """

    strings: Strings
    entries: NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class Keyword:
    """Exact strings of each document, none, one or several, for facets and filters.

    Documents that have the same strings share a set: document *i* has set
    ``codes[i]``, whose values are ``set_values[set_starts[s]:set_starts[s + 1]]``,
    ordinals of *values* in the order in which the article has them.
    """

    values: tuple[str, ...]
    set_starts: NDArray[np.uint32]
    set_values: NDArray[np.uint32]
    codes: NDArray[Any]

    def sets(self) -> list[tuple[str, ...]]:
        """Return the strings of each set."""
        strings = [self.values[value] for value in self.set_values.tolist()]
        return [tuple(strings[a:b]) for a, b in pairwise(self.set_starts.tolist())]


@dataclass(frozen=True, slots=True)
class Segment:
    """An immutable piece of the index.

    *ids* are article ids (numpy ``S`` strings, UTF-8) by document, *by_id* the documents in the
    order of these. *moments* are seconds since 1970 (−inf: undated); *first_days*,
    *last_days* the first and last possible day (``date.toordinal``, 0: undated),
    in the source's own zone; *months* years × 12 + months from 0 (−1: undated).
    *keywords*: source, topic, language, agency, byline, section, has, and story (empty
    set: no copies). *file* is what it is mapped from, if it is.
    """

    name: str
    ids: NDArray[np.bytes_]
    by_id: Documents
    moments: NDArray[np.float64]
    first_days: NDArray[np.int32]
    last_days: NDArray[np.int32]
    months: NDArray[np.int32]
    parts: Mapping[str, Part]
    keywords: Mapping[str, Keyword]
    file: Blocks | None = None

    @property
    def count(self) -> int:
        """How many documents there are, deleted ones too."""
        return len(self.ids)

    def release(self) -> None:
        """Give the memory of its file back to the system, until it is read again."""
        if self.file is not None:
            self.file.release()

    def check_size(self) -> None:
        """Raise IndexDamaged where its file was cut short since it was mapped."""
        if self.file is not None:
            self.file.check_size()

    def document(self, article_id: str) -> int | None:
        """Return the number of the document with *article_id*, or None."""
        key = article_id.encode()
        i = int(np.searchsorted(self.ids, key, sorter=self.by_id))
        if i < self.count and self.ids[self.by_id[i]] == key:
            return int(self.by_id[i])
        return None
