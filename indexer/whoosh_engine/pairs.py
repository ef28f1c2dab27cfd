"""Words of the query that stand near each other make an article better.

A pair of two words scores as a word does, by BM25F with its own document frequency:
where the two stand at most `WITHIN` words apart in either order, and once more
where they stand side by side in the order of the query. Only the `BEST` lines by
the words alone are looked at; as pairs only add, no other line can pass them by
less than these gain.

All pairs are met in one pass: the places of all words in one ascending row, each
compared with the few that follow it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import Analyzer
from indexer.stop_words import stop_words
from indexer.tree import Field, Node, Words, wanted
from indexer.whoosh_engine import places, sets
from indexer.whoosh_engine.cache import Cache
from indexer.whoosh_engine.expand import Accents, Term, words_of
from indexer.whoosh_engine.found import Found
from indexer.whoosh_engine.holders import PartReader
from indexer.whoosh_engine.leaf import View
from indexer.whoosh_engine.runs import distinct
from indexer.whoosh_engine.schema import SEARCHED_IN
from indexer.whoosh_engine.scoring import LeafReader, Statistics, saturated, statistics_of
from indexer.whoosh_engine.top import best

BEST: Final = 100
"""So many lines are looked at."""
WITHIN: Final = 8
"""How many words on the second of a pair may stand."""
MOST_WORDS: Final = 16
"""So many words of a query make pairs, the first."""
_BITS: Final = 4
_ADJACENT: Final = 0.1
_NEAR: Final = 0.4
_PARTS: Final = SEARCHED_IN[Field.ANY]


@dataclass(frozen=True, slots=True)
class Pairs:
    """The pairs of some *words*, and how much each weighs.

    Of *n* words, that of words *i* and *j* is number ``i * n + j`` with *i* < *j* where
    they are near, and ``n * n + i * n + j`` where *j* follows *i* at once.
    """

    words: tuple[Term, ...]
    weights: NDArray[np.float64]


def pairs_of(tree: Node, analyzer: Analyzer) -> Pairs | None:
    """Return the pairs of the plain words of *tree*, without stop words; None without any.

    A phrase alone has none: wherever it matches its words are next to each other.
    """
    parts = [part for part in wanted(tree) if isinstance(part, Words) and part.field is Field.ANY]
    if len(parts) < 2:
        return None
    stop = stop_words(analyzer.language)
    row = [
        # Pairs do not tell accents apart.
        term._replace(accents=Accents.ANY)
        for part in parts
        for term, form in zip(
            words_of(part.text, analyzer), analyzer.forms(part.text), strict=True
        )
        if form not in stop
    ]
    row = list(_one_of_alike(row))
    words = tuple(dict.fromkeys(row))[:MOST_WORDS]
    count = len(words)
    if count < 2:
        return None
    number = {word: i for i, word in enumerate(words)}
    weights = np.zeros((2, count, count))
    for i, j in combinations(range(count), 2):
        weights[0, i, j] = _NEAR / max(1.0, (count - 1) / 2)
    for first, second in pairwise(row):
        if first != second and first in number and second in number:
            weights[1, number[first], number[second]] = _ADJACENT
    return Pairs(words, weights.ravel())


def _one_of_alike(row: Iterable[Term]) -> Iterator[Term]:
    """Yield each word of *row*, or the first before it that is the same in some language.

    So no two words of a pair are ever one and the same in an article.
    """
    first: dict[str, Term] = {}
    for word in row:
        stems = (word.text, *word.others)
        known = next((first[stem] for stem in stems if stem in first), None)
        if known is None:
            first.update(dict.fromkeys(stems, word))
        yield known or word


def with_pairs(
    view: View, tree: Node, lines: tuple[Found, ...], cache: Cache
) -> tuple[Found, ...]:
    """Return *lines*, the best of them with what the pairs of *tree* add to their scores."""
    pairs = pairs_of(tree, view.analyzer)
    if pairs is None or any(line.scores is None for line in lines):
        return lines
    statistics = statistics_of(view, cache)
    worth, _ = worth_of(statistics, pairs, cache)
    return tuple(
        _added(statistics, leaf, line, chosen, pairs, worth)
        for leaf, line, chosen in zip(statistics.leaves, lines, best(lines, BEST), strict=True)
    )


def worth_of(
    statistics: Statistics, pairs: Pairs, cache: Cache
) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Return what each pair is worth at most, and how many living documents have it."""
    having = _having(statistics, pairs, cache)
    return pairs.weights * [statistics.idf(count) for count in having.tolist()], having


def gains(
    statistics: Statistics, leaf: LeafReader, documents: NDArray[np.uint16], pairs: Pairs
) -> NDArray[np.float64]:
    """Return what each pair is worth in each of *documents* (ascending), saturated."""
    count = len(pairs.weights)
    weights = np.zeros(len(documents) * count)
    for name in _PARTS:
        reader = leaf.part(name)
        norms = statistics.norms(reader, name)[documents]
        for owners, numbers in _meetings(reader, pairs.words, documents):
            keys = documents.searchsorted(owners) * count + numbers
            times = np.bincount(keys, minlength=len(weights)).reshape(len(documents), count)
            weights += (times / norms[:, None]).ravel()
    return saturated(weights.reshape(len(documents), count))


def _added(
    statistics: Statistics,
    leaf: LeafReader,
    line: Found,
    chosen: NDArray[np.intp],
    pairs: Pairs,
    worth: NDArray[np.float64],
) -> Found:
    if line.scores is None or not len(chosen):
        return line
    scores = line.scores.copy()
    scores[chosen] += gains(statistics, leaf, line.documents[chosen], pairs) @ worth
    return replace(line, scores=scores)


def _having(statistics: Statistics, pairs: Pairs, cache: Cache) -> NDArray[np.intp]:
    """How many living documents have each pair; counted once for the same words."""
    names = tuple((leaf.leaf.segment.name, len(leaf.leaf.deleted)) for leaf in statistics.leaves)
    found: NDArray[np.intp] = cache.get(
        ("", "pairs", names, pairs.words),
        lambda: sum(
            (_count(leaf, pairs) for leaf in statistics.leaves),
            start=np.zeros(len(pairs.weights), dtype=np.intp),
        ),
    )
    return found


def _count(leaf: LeafReader, pairs: Pairs) -> NDArray[np.intp]:
    """How many living documents of *leaf* have each pair."""
    held = np.zeros(leaf.count, dtype=np.uint8)
    for word in pairs.words:
        documents = leaf.documents(_PARTS, word)
        if sets.is_table(documents):
            held += documents
        else:
            held[documents] += 1
    several = held > 1
    if leaf.living is not None:
        several &= leaf.living
    among = sets.list_of(several)
    count = len(pairs.weights)
    keys = [np.zeros(0, dtype=np.int64)]
    for name in _PARTS:
        for owners, numbers in _meetings(leaf.part(name), pairs.words, among):
            keys.append(distinct(np.sort(owners * count + numbers)))
    found = distinct(np.sort(np.concatenate(keys)))
    return np.bincount(found % count, minlength=count)


def _meetings(
    reader: PartReader, words: Sequence[Term], among: NDArray[np.uint16]
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Yield documents, and the numbers of the pairs that meet there, each time they do."""
    here = [number for number, word in enumerate(words) if len(reader.entries(word))]
    if len(here) < 2:
        return
    found = [places.read(reader, words[number], among) for number in here]
    # The word's number goes into the lowest bits, and ascending runs are merged.
    row = np.concatenate(found).astype(np.uint64) << np.uint64(_BITS)
    row |= np.repeat(np.array(here, dtype=np.uint64), [len(some) for some in found])
    row.sort(kind="stable")
    addresses = (row >> np.uint64(_BITS)).astype(np.uint32)
    numbers = (row & np.uint64((1 << _BITS) - 1)).astype(np.intp)
    count = len(words)
    for step in range(1, len(addresses)):
        gaps = addresses[step:] - addresses[:-step]
        close = np.flatnonzero(gaps <= WITHIN)
        if not len(close):
            return
        close = close[numbers[close] != numbers[close + step]]
        first, last = addresses[close], addresses[close + step]
        close = close[places.share(reader, first, last)]
        owners = reader.firsts.searchsorted(addresses[close], side="right") - 1
        one, other = numbers[close], numbers[close + step]
        yield owners, np.minimum(one, other) * count + np.maximum(one, other)
        beside = np.flatnonzero(gaps[close] == 1)
        if len(beside):
            yield owners[beside], count * count + one[beside] * count + other[beside]
