"""The vocabularies of several segments to one, without looking at any word in Python.

Byte strings are compared eight bytes at a time, as numbers whose first byte weighs
most. Those of each segment are in order, so the stable sort of numpy (Timsort),
which looks for runs, has little to do. A large vocabulary is gone through in shards,
from *a* to *c* and so on, so that memory is bounded.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from indexer.whoosh_engine.build import ranges, starts_of
from indexer.whoosh_engine.segment import Forms, Part, Strings

_AT_ONCE: Final = 1 << 18
"""About how many strings, of all segments together, are compared at once."""
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
    forms, form_of = _forms(parts)
    own_stems = [part.stems for part in parts]
    ordinals = [np.empty(len(use), dtype=np.uint32) for use in used]
    stems, stem_sizes, entry_forms = [], [], []
    total = 0
    for shard in _shards(own_stems):
        found, ranks = _distinct(own_stems, shard)
        starts = [p.stem_starts[r.start : r.stop + 1] for p, r in zip(parts, shard, strict=True)]
        entries = [slice(int(some[0]), int(some[-1])) for some in starts]
        # The stem's rank and below it the form's: numbers that sort as entries do.
        keys = np.repeat(ranks.astype(np.uint64), np.concatenate([np.diff(s) for s in starts]))
        keys <<= _HALF
        keys |= _joint(form_of, entries)
        use = _joint(used, entries)
        keys = keys[use]
        places = np.empty(len(use), dtype=np.uint32)
        places[use], firsts = _ranks(keys)
        for own, run, some in zip(ordinals, entries, _parted(places, entries), strict=True):
            own[run] = some + np.uint32(total)
        keys = keys[firsts]
        present, sizes = np.unique(keys >> _HALF, return_counts=True)
        stems.append(_chosen(found, present))
        stem_sizes.append(sizes)
        entry_forms.append(keys.astype(np.uint32))
        total += len(keys)
    for own, use in zip(ordinals, used, strict=True):
        own[~use] = total
    sorted_forms = np.concatenate(entry_forms)
    by_form = np.argsort(sorted_forms, kind="stable").astype(np.uint32)
    sorted_forms = sorted_forms[by_form]
    return Vocabulary(
        forms=Forms(
            _end_to_end(
                [
                    _chosen(forms, sorted_forms[first : first + _AT_ONCE])
                    for first in range(0, total or 1, _AT_ONCE)
                ]
            ),
            by_form,
        ),
        stems=_end_to_end(stems),
        stem_starts=starts_of(np.concatenate(stem_sizes)),
        ordinals=ordinals,
    )


def _forms(parts: Sequence[Part]) -> tuple[Strings, list[NDArray[np.uint32]]]:
    """The distinct forms of all *parts*, and of each part's entries, which of these they have."""
    own_forms = [part.forms.strings for part in parts]
    form_of = [np.empty(len(part.forms.entries), dtype=np.uint32) for part in parts]
    distinct: list[Strings] = []
    total = 0
    for shard in _shards(own_forms):
        found, ranks = _distinct(own_forms, shard)
        for part, own, run, some in zip(parts, form_of, shard, _parted(ranks, shard), strict=True):
            own[part.forms.entries[run]] = some + np.uint32(total)
        distinct.append(found)
        total += len(found)
    return _end_to_end(distinct), form_of


def _shards(strings: Sequence[Strings]) -> Iterator[list[slice]]:
    """Cut each of *strings* at the same words, so that each shard has not too many."""
    longest = max(strings, key=len)
    count = sum(map(len, strings)) // _AT_ONCE + 1
    lows = [0] * len(strings)
    for number in range(1, count):
        word = longest[len(longest) * number // count]
        highs = [some.first_from(word) for some in strings]
        yield list(map(slice, lows, highs))
        lows = highs
    yield list(map(slice, lows, map(len, strings)))


def _distinct(
    strings: Sequence[Strings], shard: list[slice]
) -> tuple[Strings, NDArray[np.uint32]]:
    """The distinct ones of a *shard* of *strings*, and which of them each of these is."""
    starts = [s.starts[run.start : run.stop + 1] for s, run in zip(strings, shard, strict=True)]
    texts = [bytes(s.text[own[0] : own[-1]]) for s, own in zip(strings, starts, strict=True)]
    pool = Strings(b"".join(texts), starts_of(np.concatenate([np.diff(own) for own in starts])))
    ranks, having = _string_ranks(pool)
    return _chosen(pool, having), ranks


def _string_ranks(strings: Strings) -> tuple[NDArray[np.uint32], NDArray[np.intp]]:
    """As `_ranks`. From the ends of strings to their beginnings: a chunk and what follows it."""
    begins = strings.starts[:-1]
    lengths = np.diff(strings.starts) - np.uint32(1)
    text = bytes(strings.text) + bytes(_CHUNK)
    longer = [np.flatnonzero(lengths > _CHUNK)]
    while len(longer[-1]):
        longer.append(longer[-1][lengths[longer[-1]] > _CHUNK * (len(longer) + 1)])
    rest = np.zeros(len(strings), dtype=np.uint64)
    for number, those in reversed(list(enumerate(longer[:-1], 1))):
        done = np.uint32(number * _CHUNK)
        chunks, _ = _ranks(_chunks(text, begins[those] + done, lengths[those] - done))
        rest[those] = _ranks(chunks.astype(np.uint64) << _HALF | rest[those])[0] + 1
    ranks, having = _ranks(_chunks(text, begins, lengths))
    if len(longer) > 1:
        ranks, having = _ranks(ranks.astype(np.uint64) << _HALF | rest)
    return ranks, having


def _chunks(
    text: bytes, begins: NDArray[np.uint32], lengths: NDArray[np.uint32]
) -> NDArray[np.uint64]:
    """The eight bytes of *text* from each of *begins*, zeros beyond *lengths* (at least 1)."""
    from_each_byte: NDArray[Any] = np.ndarray((len(text) - _CHUNK + 1,), ">u8", text, strides=(1,))
    beyond = (8 * (_CHUNK - np.minimum(lengths, _CHUNK))).astype(np.uint64)
    return from_each_byte[begins].astype(np.uint64) >> beyond << beyond


def _ranks(values: NDArray[np.uint64]) -> tuple[NDArray[np.uint32], NDArray[np.intp]]:
    """The place of each value among the distinct ones, and for each of these who has it first."""
    order = np.argsort(values, kind="stable")
    values = values[order]
    begins = np.ones(len(values), dtype=bool)
    begins[1:] = values[1:] != values[:-1]
    ranks = np.empty(len(values), dtype=np.uint32)
    ranks[order] = np.cumsum(begins, dtype=np.uint32) - np.uint32(1)
    return ranks, order[begins]


def _chosen(strings: Strings, ordinals: NDArray[Any]) -> Strings:
    """Those of *strings* with these ordinals."""
    begins = strings.starts[ordinals]
    sizes = strings.starts[ordinals + 1] - begins
    text = np.frombuffer(strings.text, dtype=np.uint8)
    return Strings(text[ranges(begins.astype(np.intp), sizes)].tobytes(), starts_of(sizes))


def _end_to_end(pieces: Sequence[Strings]) -> Strings:
    return Strings(
        b"".join([piece.text for piece in pieces]),
        starts_of(np.concatenate([np.diff(piece.starts) for piece in pieces])),
    )


def _joint(arrays: Sequence[NDArray[Any]], runs: list[slice]) -> NDArray[Any]:
    """The *runs* of *arrays*, end to end."""
    return np.concatenate([some[run] for some, run in zip(arrays, runs, strict=True)])


def _parted(values: NDArray[Any], runs: list[slice]) -> list[NDArray[Any]]:
    """What stands end to end in *values*, so much for each of *runs*."""
    return np.split(values, np.cumsum([run.stop - run.start for run in runs])[:-1])
