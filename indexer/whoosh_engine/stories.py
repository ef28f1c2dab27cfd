"""Stories: of the members of a story that match, only the earliest published shows."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.whoosh_engine.facets import STORY, Numbers
from indexer.whoosh_engine.segment import Segment


@dataclass(frozen=True, slots=True)
class Stories:
    """The stories of a view that have several members.

    *members* are documents of the view, numbered on from leaf to leaf: story after
    story, each story's earliest first (the undated last, ties by id). *stories* tells the
    story of each by a number.
    """

    members: Numbers
    stories: NDArray[np.uint32]
    documents: int

    @property
    def nbytes(self) -> int:
        """How many bytes it holds."""
        return self.members.nbytes + self.stories.nbytes

    def shown(self, numbers: Numbers) -> NDArray[np.bool_] | None:
        """Return for each of the documents *numbers* whether it shows; None where all do."""
        if not len(self.members):
            return None
        table = np.zeros(self.documents, dtype=bool)
        table[numbers] = True
        at = np.flatnonzero(table[self.members])
        again = np.flatnonzero(np.diff(self.stories[at]) == 0) + 1
        if not len(again):
            return None
        table[self.members[at[again]]] = False
        return table[numbers]


def stories_of(segments: Sequence[Segment]) -> Stories:
    """Return the stories that have several members in *segments*."""
    numbers: dict[str, int] = {}
    members, stories, base = [np.empty(0, dtype=np.intp)], [np.empty(0, dtype=np.intp)], 0
    for segment in segments:
        keyword = segment.keywords[STORY]
        # A set has the one story, or none.
        of_set = np.full(len(keyword.set_starts) - 1, -1, dtype=np.intp)
        told = np.diff(keyword.set_starts.astype(np.intp)) > 0
        names = [numbers.setdefault(value, len(numbers)) for value in keyword.values]
        of_set[told] = np.array(names, dtype=np.intp)[keyword.set_values]
        of_document = of_set[keyword.codes]
        found = np.flatnonzero(of_document >= 0)
        members.append(found + base)
        stories.append(of_document[found])
        base += segment.count
    story = np.concatenate(stories)
    several = np.bincount(story, minlength=1)[story] > 1
    member, story = np.concatenate(members)[several], story[several]
    order = _order(segments, member, story)
    return Stories(member[order], story[order].astype(np.uint32), base)


def _order(
    segments: Sequence[Segment], member: Numbers, story: NDArray[np.intp]
) -> NDArray[np.intp]:
    """What brings members in order; ids are compared only where moments are alike."""
    if not len(member):
        return np.empty(0, dtype=np.intp)
    moments = np.concatenate([segment.moments for segment in segments])[member]
    moments[np.isneginf(moments)] = np.inf
    order = np.lexsort((moments, story))
    alike = (np.diff(story[order]) == 0) & (moments[order][1:] == moments[order][:-1])
    tied = np.zeros(len(order), dtype=bool)
    tied[1:] = alike
    tied[:-1] |= alike
    among = order[tied]
    ids = np.concatenate([segment.ids for segment in segments])[member[among]]
    order[tied] = among[np.lexsort((ids, moments[among], story[among]))]
    return order
