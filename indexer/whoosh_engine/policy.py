"""Which segments to merge, and when: decided from their sizes alone.

A merge rewrites all living documents of its segments, so there are three kinds:

small
    within the budget of an ordinary commit. The smallest segments become one
    when the largest of these is no more than twice the others together; so those
    that are left grow threefold from one to the next.
large
    beyond the budget, and only when it fills a segment nearly up. That one is not
    merged again before more than half of it is deleted.
rewriting
    of a segment more deleted than living, paid for by as many deletions.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from indexer.whoosh_engine.segment import MOST_DOCUMENTS

BUDGET: Final = 4096
"""How many documents any commit may rewrite: about a fifth of a second of work."""
NEARLY_FULL: Final = MOST_DOCUMENTS * 7 // 8
"""How many documents a segment has that is left as it is."""

Group = tuple[int, ...]
"""The numbers of segments that become one, ascending; of one, to be rewritten without its dead."""


@dataclass(frozen=True, slots=True)
class Size:
    """How many documents a segment has, and how many of these live."""

    documents: int
    living: int

    @property
    def hollow(self) -> bool:
        """Whether more is deleted than lives."""
        return self.documents > 2 * self.living

    @property
    def wasteful(self) -> bool:
        """Whether more than a tenth is deleted."""
        return 10 * self.living < 9 * self.documents


def due(sizes: Sequence[Size]) -> list[Group]:
    """Return what to merge in a commit that would leave segments of these *sizes*.

    A segment that the commit adds is one of them, best not yet written. Of segments
    of which nothing lives, which make a group too, `merge` would make an empty one:
    whoever asks leaves them out.

    However many commits there were, of however few articles:

    - A commit rewrites at most `BUDGET` documents, and beside these makes at most
      one segment of more. All such larger ones together rewrite no more documents
      than were added, and twice those that were deleted.
    - At most 48 segments remain, and one more for each 8,192 articles; in practice
      about half as many.
    """
    groups = _small(sizes)
    left = BUDGET - sum(sizes[i].living for group in groups for i in group)
    others = set(range(len(sizes))).difference(*groups)
    for i in sorted(others, key=lambda i: sizes[i].living):
        if sizes[i].hollow:
            left -= sizes[i].living
            groups.append((i,))
            if left < 0:
                return groups
            others.remove(i)
    return groups + _large(sizes, others)


def full(sizes: Sequence[Size]) -> list[Group]:
    """Return what to merge for few and nearly full segments, by first fit decreasing.

    A segment that stays alone is left as it is, unless more than a tenth of it is
    deleted. After these merges there is nothing more to do.
    """
    bins: list[list[int]] = []
    for i in _largest_first(sizes, range(len(sizes))):
        if sizes[i].living < NEARLY_FULL or sizes[i].wasteful:
            for some in bins:
                if sum(sizes[j].living for j in some) + sizes[i].living <= MOST_DOCUMENTS:
                    some.append(i)
                    break
            else:
                bins.append([i])
    return [tuple(sorted(some)) for some in bins if len(some) > 1 or sizes[some[0]].wasteful]


def _small(sizes: Sequence[Size]) -> list[Group]:
    """The smallest segments, as many as the budget allows, if it is worth it."""
    smallest_first = _largest_first(sizes, range(len(sizes)))[::-1]
    group: list[int] = []
    total = 0
    for number, i in enumerate(smallest_first, 1):
        before, total = total, total + sizes[i].living
        if total > BUDGET:
            break
        if sizes[i].living <= 2 * before:
            group = smallest_first[:number]
    return [tuple(sorted(group))] if group else []


def _large(sizes: Sequence[Size], among: Iterable[int]) -> list[Group]:
    """Segments that together fill one nearly up, if there are such."""
    group: list[int] = []
    total = 0
    for i in _largest_first(sizes, among):
        # By documents: else one that just lost some would be filled up time and again.
        if sizes[i].documents < NEARLY_FULL and total + sizes[i].living <= MOST_DOCUMENTS:
            group.append(i)
            total += sizes[i].living
    return [tuple(sorted(group))] if total >= NEARLY_FULL else []


def _largest_first(sizes: Sequence[Size], among: Iterable[int]) -> list[int]:
    return sorted(among, key=lambda i: sizes[i].living, reverse=True)
