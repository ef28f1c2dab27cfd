"""The vocabularies of several segments to one, without looking at any word in Python.

Byte strings are compared eight bytes at a time, as numbers whose first byte weighs
most. Those of each segment are in order, so the stable sort of numpy (Timsort),
which looks for runs, has little to do.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from indexer.whoosh_engine.build import ranges, starts_of
from indexer.whoosh_engine.segment import Forms, Part, Strings

_CHUNK: Final = 8
_HALF: Final = np.uint64(32)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The entries of several parts as one, and which ordinals those of each part have in it."""

    forms: Forms
    stems: Strings
    stem_starts: NDArray[np.uint32]
    ordinals: list[NDArray[np.uint32]]

    def __len__(self) -> int:
        """How many entries there are."""
        return len(self.forms.entries)


def merged(parts: Sequence[Part], used: Sequence[NDArray[np.bool_]]) -> Vocabulary:
    """Return the vocabulary of the entries of *parts* that are *used*.

    All others are given the ordinal that comes after the last.
    """
    stems, forms = _pool([p.stems for p in parts]), _pool([p.forms.strings for p in parts])
    # The stem's rank and below it the form's: numbers that sort as entries do.
    keys = _by_entry(parts, stems.ranks, forms.ranks)
    use = np.concatenate(used)
    ranks, firsts = _ranks(keys[use])
    ordinals = np.full(len(use), len(firsts), dtype=np.uint32)
    ordinals[use] = ranks
    keys = keys[use][firsts]
    stem_ranks, form_ranks = keys >> _HALF, keys.astype(np.uint32)
    begins = np.ones(len(keys), dtype=bool)
    begins[1:] = stem_ranks[1:] != stem_ranks[:-1]
    begins_at = np.flatnonzero(begins)
    by_form = np.argsort(form_ranks, kind="stable").astype(np.uint32)
    return Vocabulary(
        forms=Forms(forms.strings(form_ranks[by_form]), by_form),
        stems=stems.strings(stem_ranks[begins_at]),
        stem_starts=np.append(begins_at, len(keys)).astype(np.uint32),
        ordinals=np.split(ordinals, np.cumsum([len(some) for some in used])[:-1]),
    )


def _by_entry(
    parts: Sequence[Part], stems: NDArray[np.uint32], forms: NDArray[np.uint32]
) -> NDArray[np.uint64]:
    """What entries sort by, from the ranks of all stems, and of all forms in their order."""
    keys = []
    stem, form = 0, 0
    for part in parts:
        own = np.repeat(
            stems[stem : stem + len(part.stems)].astype(np.uint64), np.diff(part.stem_starts)
        )
        own <<= _HALF
        own[part.forms.entries] |= forms[form : form + len(part.forms.entries)]
        keys.append(own)
        stem, form = stem + len(part.stems), form + len(own)
    return np.concatenate(keys)


@dataclass(frozen=True, slots=True)
class _Pool:
    """Strings end to end, the rank of each, and for each rank a string that has it."""

    text: bytes
    starts: NDArray[np.intp]
    lengths: NDArray[np.intp]
    ranks: NDArray[np.uint32]
    having: NDArray[np.intp]

    def strings(self, ranks: NDArray[np.unsignedinteger]) -> Strings:
        """Return the strings of these *ranks*, which ascend."""
        chosen = self.having[ranks]
        lengths = self.lengths[chosen] + 1
        at = ranges(self.starts[chosen], lengths)
        return Strings(np.frombuffer(self.text, dtype=np.uint8)[at].tobytes(), starts_of(lengths))


def _pool(strings: Sequence[Strings]) -> _Pool:
    text = b"".join([bytes(some.text) for some in strings]) + bytes(_CHUNK)
    lengths = np.concatenate([np.diff(some.starts) for some in strings]).astype(np.intp)
    starts = np.cumsum(lengths) - lengths
    lengths -= 1
    # From the ends to the beginnings: chunk by chunk, and below it what comes after.
    rest = np.zeros(len(starts), dtype=np.uint64)
    shortest_first = np.argsort(lengths, kind="stable")
    last = (int(lengths.max(initial=1)) - 1) // _CHUNK
    for first in range(last * _CHUNK, 0, -_CHUNK):
        longer = np.searchsorted(lengths, first, side="right", sorter=shortest_first)
        some = np.sort(shortest_first[longer:])
        chunks = _chunks(text, starts[some] + first, lengths[some] - first)
        rest[some] = _ranks(_ranks(chunks)[0].astype(np.uint64) << _HALF | rest[some])[0] + 1
    ranks, having = _ranks(_chunks(text, starts, lengths))
    if last:
        ranks, having = _ranks(ranks.astype(np.uint64) << _HALF | rest)
    return _Pool(text, starts, lengths, ranks, having)


def _chunks(
    text: bytes, starts: NDArray[np.intp], lengths: NDArray[np.intp]
) -> NDArray[np.uint64]:
    """The eight bytes of *text* from each of *starts*, zeros beyond *lengths* (at least 1)."""
    at_each_byte = np.ndarray((len(text) - _CHUNK + 1,), ">u8", text, strides=(1,))
    beyond = (8 * (_CHUNK - np.minimum(lengths, _CHUNK))).astype(np.uint64)
    return at_each_byte[starts].astype(np.uint64) >> beyond << beyond


def _ranks(values: NDArray[np.uint64]) -> tuple[NDArray[np.uint32], NDArray[np.intp]]:
    """The place of each value among the distinct ones, and where each of these is found first."""
    order = np.argsort(values, kind="stable")
    values = values[order]
    begins = np.ones(len(values), dtype=bool)
    begins[1:] = values[1:] != values[:-1]
    ranks = np.empty(len(values), dtype=np.uint32)
    ranks[order] = np.cumsum(begins, dtype=np.uint32) - 1
    return ranks, order[begins]
