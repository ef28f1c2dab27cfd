"""The words of a view by how they begin, for spelling and type-ahead."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

import numpy as np

from indexer.analysis import fold
from indexer.query import Field
from indexer.whoosh_engine.leaf import Leaf, View
from indexer.whoosh_engine.schema import SEARCHED_IN
from indexer.whoosh_engine.segment import Part

_PARTS: Final = SEARCHED_IN[Field.ANY]


def terms(view: View, prefix: str, limit: int) -> Sequence[tuple[str, int]]:
    """Return folded words of headline, body and byline that begin with *prefix*.

    Each with how many living articles have it, the most frequent first and ties in the
    order of letters; at most *limit*.
    """
    key = fold(prefix).encode()
    at_most: Counter[bytes] = Counter()
    for leaf in view.leaves:
        for name in _PARTS:
            at_most.update(_postings(leaf.segment.parts[name], key))
    best: list[tuple[int, bytes]] = []
    # An article that has a word in two parts, or is gone, makes these figures too high: they
    # say in which order to count truly, and when to stop.
    for form, bound in sorted(at_most.items(), key=lambda item: (-item[1], item[0])):
        if best and len(best) >= limit and bound < -best[-1][0]:
            break
        count = sum(_living(leaf, form) for leaf in view.leaves)
        if count:
            best = sorted([*best, (-count, form)])[:limit]
    return [(form.decode(), -negative) for negative, form in best]


def _postings(part: Part, key: bytes) -> dict[bytes, int]:
    """How many postings each form has that begins with *key*."""
    strings = part.forms.strings
    found = strings.starting(key)
    if not found:
        return {}
    entries = part.forms.entries[found.start : found.stop]
    counts = part.starts[entries + np.uint32(1)] - part.starts[entries]
    low, high = int(strings.starts[found.start]), int(strings.starts[found.stop])
    postings: Counter[bytes] = Counter()
    # A form stands once for each stem it has.
    forms = bytes(strings.text[low : high - 1]).split(b"\n")
    for form, count in zip(forms, counts.tolist(), strict=True):
        postings[form] += count
    return postings


def _living(leaf: Leaf, form: bytes) -> int:
    """How many living documents of *leaf* have *form* in any part."""
    found = np.zeros(leaf.segment.count, dtype=bool)
    for name in _PARTS:
        part = leaf.segment.parts[name]
        i = part.forms.strings.first_from(form)
        while i < len(part.forms.strings) and part.forms.strings[i] == form:
            entry = int(part.forms.entries[i])
            found[part.postings(range(entry, entry + 1)).ids] = True
            i += 1
    found[leaf.deleted] = False
    return int(np.count_nonzero(found))
