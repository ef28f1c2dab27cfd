"""Facet counts: how many of the articles found have each value.

A facet is read from one array for all documents of a view, which are numbered
on from leaf to leaf. It holds the code of each document's set of values, so that
counting is one `numpy.bincount` over sets and one over their values, whether an
article has one value or several.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from indexer.engine import DATE, DAY, UNDATED
from indexer.whoosh_engine.build import KEYWORDS, numbered_anew, starts_of
from indexer.whoosh_engine.filters import sets_having
from indexer.whoosh_engine.segment import Keyword, Segment

STORY: Final = "story"
NO_FACETS: Final = frozenset({STORY, "has"})
"""The keywords that are no facets."""
_NAMES: Final = {*KEYWORDS, DATE, DAY} - NO_FACETS
# With so many times fewer documents than pairs of set and value, sets are not counted first.
_FEW: Final = 4

Numbers = NDArray[np.intp]
"""Documents of a view, numbered on from leaf to leaf, ascending."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Some documents of a view; where they are the most of it, *others* are all but these."""

    numbers: Numbers
    others: Numbers | None = None

    @classmethod
    def of(cls, numbers: Numbers, documents: int) -> "Selection":
        """Return *numbers* as a selection of so many *documents*."""
        if 2 * len(numbers) <= documents:
            return cls(numbers)
        left = np.ones(documents, dtype=bool)
        left[numbers] = False
        return cls(numbers, np.flatnonzero(left))


@dataclass(frozen=True, slots=True)
class Facet:
    """One facet of all documents of a view.

    *keyword* gives each document's values, kept in an order of their own; *set_of* says to which
    set each of its ``set_values`` belongs, *totals* how many documents have each value.
    With *by_count* the most frequent value comes first and equals stand in that order;
    otherwise all do.
    """

    keyword: Keyword
    set_of: NDArray[np.intp]
    totals: NDArray[np.intp]
    by_count: bool

    @property
    def nbytes(self) -> int:
        """How many bytes it holds, about."""
        kept = self.keyword
        arrays = kept.set_starts, kept.set_values, kept.codes, self.set_of, self.totals
        return sum(array.nbytes for array in arrays) + 80 * len(kept.values)

    def count(self, selection: Selection) -> dict[str, int]:
        """Return how many documents of *selection* have each value, where any has."""
        if selection.others is None:
            counts = self._counts(selection.numbers)
        else:
            counts = self.totals - self._counts(selection.others)
        present = np.flatnonzero(counts)
        if self.by_count:
            present = present[np.argsort(-counts[present], kind="stable")]
        names = map(self.keyword.values.__getitem__, present.tolist())
        return dict(zip(names, counts[present].tolist(), strict=True))

    def _counts(self, numbers: Numbers) -> NDArray[np.intp]:
        """How many of the documents *numbers* have each value."""
        kept = self.keyword
        codes = kept.codes.take(numbers)
        if len(codes) * _FEW < len(kept.set_values):
            return np.bincount(self._values_of(codes), minlength=len(kept.values))
        return _of_values(kept, self.set_of, codes)

    def having(self, chosen: Collection[str], numbers: Numbers) -> NDArray[np.bool_]:
        """Return for each of the documents *numbers* whether it has one of the *chosen* values."""
        sets = sets_having(self.keyword, frozenset(chosen))
        return sets.take(self.keyword.codes.take(numbers))

    def _values_of(self, codes: NDArray[Any]) -> NDArray[Any]:
        """The values of each of a few documents, end to end, as ordinals."""
        starts = self.keyword.set_starts
        first = starts.take(codes).astype(np.intp)
        lengths = starts.take(codes + np.intp(1)) - first
        shift = np.repeat(first - np.cumsum(lengths) + lengths, lengths)
        values: NDArray[Any] = self.keyword.set_values.take(np.arange(len(shift)) + shift)
        return values


def check_names(names: Iterable[str]) -> None:
    """Raise ValueError for one of *names* that is no facet."""
    for name in names:
        if name not in _NAMES:
            raise ValueError(f"“{name}” is no facet")


def facet_of(name: str, segments: Sequence[Segment]) -> Facet:
    """Return the facet *name* of all documents of *segments*: a keyword, ``date`` or ``day``.

    ``date`` holds years, months and `UNDATED`; ``day`` the days of articles that are dated
    to the day. Raises ValueError for another name.
    """
    if name == DATE:
        return _joined([_months(segment) for segment in segments], by_count=False)
    if name == DAY:
        return _joined([_days(segment) for segment in segments], by_count=False)
    check_names((name,))
    return _joined([segment.keywords[name] for segment in segments], by_count=True)


def _joined(keywords: list[Keyword], *, by_count: bool) -> Facet:
    """Keep the sets of each segment apart, and give all values one numbering."""
    values = sorted({value for keyword in keywords for value in keyword.values})
    if by_count:
        values.sort(key=str.casefold)
    ordinals = {value: i for i, value in enumerate(values)}
    set_values = [np.empty(0, dtype=np.uint32)]
    lengths = [np.empty(0, dtype=np.intp)]
    codes: list[NDArray[Any]] = [np.empty(0, dtype=np.uint16)]
    sets = 0
    for keyword in keywords:
        renumbered = np.array([ordinals[value] for value in keyword.values], dtype=np.uint32)
        set_values.append(renumbered[keyword.set_values])
        lengths.append(keyword.set_starts[1:].astype(np.intp) - keyword.set_starts[:-1])
        codes.append(keyword.codes + np.uint32(sets) if sets else keyword.codes)
        sets += len(keyword.set_starts) - 1
    counts = np.concatenate(lengths)
    joined = Keyword(
        values=tuple(values),
        set_starts=starts_of(counts),
        set_values=np.concatenate(set_values),
        codes=np.concatenate(codes),
    )
    set_of = np.repeat(np.arange(len(counts)), counts)
    return Facet(joined, set_of, _of_values(joined, set_of, joined.codes), by_count)


def _of_values(
    keyword: Keyword, set_of: NDArray[np.intp], codes: NDArray[Any]
) -> NDArray[np.intp]:
    """How many of the documents with *codes* have each value, by way of their sets."""
    sets = np.bincount(codes, minlength=len(keyword.set_starts) - 1)
    values = np.bincount(keyword.set_values, sets[set_of], len(keyword.values))
    return values.astype(np.intp)


def _months(segment: Segment) -> Keyword:
    """Year and month of each document as if they were a keyword."""
    return _dated(segment.months + 1, lambda month: _month(month - 1))


def _month(month: int) -> tuple[str, ...]:
    year = f"{month // 12:04}"
    return (UNDATED,) if month < 0 else (year, f"{year}-{month % 12 + 1:02}")


def _days(segment: Segment) -> Keyword:
    """The day of each document that is dated to the day, as if it were a keyword."""
    exact = np.where(segment.first_days == segment.last_days, segment.first_days, 0)
    return _dated(exact, lambda day: (date.fromordinal(day).isoformat(),) if day else ())


def _dated(numbers: NDArray[np.int32], values: Callable[[int], tuple[str, ...]]) -> Keyword:
    """Of numbers that mean dates (from 0), what *values* makes of each."""
    most = int(numbers.max(initial=0)) + 1
    present, codes, _ = numbered_anew(numbers.astype(np.uint32), most)
    sets = [values(number) for number in present.tolist()]
    names = sorted({name for one in sets for name in one})
    ordinals = {name: i for i, name in enumerate(names)}
    return Keyword(
        values=tuple(names),
        set_starts=starts_of(np.array([len(one) for one in sets], dtype=np.uint32)),
        set_values=np.array([ordinals[n] for one in sets for n in one], dtype=np.uint32),
        codes=codes.astype(np.uint16),
    )
