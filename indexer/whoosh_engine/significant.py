"""The words that stand out among the articles found, against all there are.

Headlines propose, for they are short, and say what an article is about: one pass
over their postings gives the words that stand out in them. How many articles have each
of these in any searched part is then counted exactly, and decides.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from indexer.telling import MOST, may_tell, stands_out
from indexer.tree import Field
from indexer.whoosh_engine.holders import PartReader
from indexer.whoosh_engine.schema import SEARCHED_IN
from indexer.whoosh_engine.scoring import LeafReader
from indexer.whoosh_engine.segment import ACCENTED, Documents
from indexer.whoosh_engine.sets import table_of

_EACH: Final = 96
"""So many words are proposed by the headlines of a leaf."""
_COUNTED: Final = 32
"""So many words are counted exactly."""
_HEADLINE: Final = "headline"

Masks = Sequence[NDArray[np.bool_]]
"""Of each leaf, whether each document was found."""


@dataclass(slots=True)
class _Proposed:
    """A stem in the headlines found: how many have it, how many of all, and in which forms."""

    inside: int = 0
    has: int = 0
    forms: Counter[str] = field(default_factory=Counter)

    @property
    def form(self) -> str:
        """The form that most have, ties in the order of letters."""
        return min(self.forms, key=lambda form: (-self.forms[form], form))


def telling(leaves: Sequence[LeafReader], found: Sequence[Documents]) -> dict[str, int]:
    """Return words that stand out among the documents *found* in each leaf.

    Each in the form that most of the headlines found have, with how many of the articles
    found have the word; the one that stands out most comes first, ties in the order
    of letters. At most `MOST`.
    """
    masks = [table_of(one, leaf.count) for leaf, one in zip(leaves, found, strict=True)]
    inside = sum(map(len, found))
    total = sum(leaf.leaf.count for leaf in leaves)
    if not 0 < inside < total:
        return {}
    proposed: dict[bytes, _Proposed] = {}
    for leaf, mask in zip(leaves, masks, strict=True):
        _propose(leaf.part(_HEADLINE), mask, proposed)
    stems = [stem for stem, one in proposed.items() if may_tell(one.form)]
    if len(stems) > _COUNTED:
        seen = np.array([(proposed[stem].inside, proposed[stem].has) for stem in stems])
        order = np.argsort(-stands_out(seen[:, 0], seen[:, 1], inside, total), kind="stable")
        stems = [stems[i] for i in order[:_COUNTED].tolist()]
    exact = [_counts(leaves, masks, stem) for stem in stems]
    here, everywhere = np.array(exact, dtype=np.intp).reshape(-1, 2).T
    scores = np.round(stands_out(here, everywhere, inside, total), 6).tolist()
    scored = zip(scores, stems, here.tolist(), strict=True)
    best = sorted((-score, proposed[stem].form, n) for score, stem, n in scored if score)
    telling: dict[str, int] = {}
    for _, form, n in best[:MOST]:
        # A word may stand out in two languages.
        telling.setdefault(form, n)
    return telling


def _propose(
    reader: PartReader, mask: NDArray[np.bool_], proposed: dict[bytes, _Proposed]
) -> None:
    """Add the stems that stand out in the headlines of one leaf."""
    part = reader.part
    if not len(part.stems):
        return
    ids = part.ids[0 : int(part.starts[-1])]
    before = np.zeros(len(ids) + 1, dtype=np.int32)
    np.cumsum(mask.take(ids), out=before[1:], dtype=np.int32)
    by_entry = np.diff(before[part.starts])
    by_stem = np.diff(before[part.starts[part.stem_starts]])
    has = np.diff(part.starts[part.stem_starts].astype(np.intp))
    present = np.flatnonzero(by_stem)
    if len(present) > _EACH:
        found = int(np.count_nonzero(mask))
        scores = stands_out(by_stem[present], has[present], found, reader.count)
        present = present[np.argsort(-scores, kind="stable")[:_EACH]]
    form_of: NDArray[np.uint32] = reader.kept("form of entry", None, lambda: _inverse(reader))
    for stem in present.tolist():
        one = proposed.setdefault(part.stems[stem].removesuffix(ACCENTED), _Proposed())
        one.inside += int(by_stem[stem])
        one.has += int(has[stem])
        for entry in range(int(part.stem_starts[stem]), int(part.stem_starts[stem + 1])):
            if by_entry[entry]:
                form = part.forms.strings[int(form_of[entry])].decode()
                one.forms[form] += int(by_entry[entry])


def _inverse(reader: PartReader) -> NDArray[np.uint32]:
    """Which form each entry has."""
    entries = reader.part.forms.entries
    forms = np.empty(len(entries), dtype=np.uint32)
    forms[entries] = np.arange(len(entries), dtype=np.uint32)
    return forms


def _counts(leaves: Sequence[LeafReader], masks: Masks, stem: bytes) -> tuple[int, int]:
    """How many of the documents found have *stem* in a searched part, and how many of all."""
    here = everywhere = 0
    for leaf, mask in zip(leaves, masks, strict=True):
        having = np.zeros(leaf.count, dtype=bool)
        for name in SEARCHED_IN[Field.ANY]:
            part = leaf.part(name).part
            entries = part.entries_with_stem(stem)
            having[part.ids[int(part.starts[entries.start]) : int(part.starts[entries.stop])]] = (
                True
            )
        having[leaf.leaf.deleted] = False
        here += int(np.count_nonzero(having & mask))
        everywhere += int(np.count_nonzero(having))
    return here, everywhere
