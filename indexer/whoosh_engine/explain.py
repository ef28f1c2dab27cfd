"""Why the hits of a page stand where they do: each word's and each pair's share of a score.

Scores are sums, so what one word adds is the score where all others are silent.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from indexer.analysis import Analyzer
from indexer.engine import Scored
from indexer.reasons import Reason, Why
from indexer.tree import And, Boosted, Exact, Field, Node, Placed, Words, wanted
from indexer.whoosh_engine.cache import Cache
from indexer.whoosh_engine.evaluate import Placements, find, silent_terms, terms_of
from indexer.whoosh_engine.expand import Accents, Term
from indexer.whoosh_engine.found import Found
from indexer.whoosh_engine.leaf import View
from indexer.whoosh_engine.pairs import BEST, gains, pairs_of, worth_of
from indexer.whoosh_engine.schema import SEARCHED_IN
from indexer.whoosh_engine.scoring import Statistics, statistics_of
from indexer.whoosh_engine.top import best, passed

_NAMES: Final = {"body": "text", "lede": "first paragraph", "topic": "topics"}
_LEAST: Final = 1e-9


@dataclass(frozen=True, slots=True)
class _Asked:
    """A word of the query: its term, as it was typed, and the parts it is looked for in."""

    term: Term
    word: str
    parts: tuple[str, ...]


def explained(
    view: View,
    tree: Node,
    lines: Sequence[Found],
    hits: Sequence[Scored],
    cache: Cache,
    placed: Placements,
) -> tuple[Scored, ...]:
    """Return *hits* with their reasons; *lines* are what was found, by the words alone."""
    statistics = statistics_of(view, cache)
    at = [_place(view, hit.id) for hit in hits]
    reasons: list[list[Reason]] = [[] for _ in hits]
    for adds in (
        _of_words(view, tree, statistics, at, cache, placed),
        _of_pairs(view, tree, statistics, lines, at, cache),
    ):
        for number, reason in adds:
            if reason.score > _LEAST:
                reasons[number].append(reason)
    return tuple(
        replace(hit, reasons=tuple(sorted(found, key=lambda reason: -reason.score)))
        for hit, found in zip(hits, reasons, strict=True)
    )


def with_newer(found: Sequence[Found], hits: Sequence[Scored]) -> tuple[Scored, ...]:
    """Return *hits*, the newer first, with that as a reason where it counted.

    It adds nothing to a score, and so comes last. *found* are scored with all that adds.
    """
    return tuple(
        replace(hit, reasons=(*hit.reasons, Reason(Why.NEWER, (), 0.0, (), count)))
        if count
        else hit
        for hit, count in zip(hits, passed(found, hits), strict=True)
    )


def _place(view: View, article_id: str) -> tuple[int, int]:
    """The leaf and the document of an article that lives."""
    for number, leaf in enumerate(view.leaves):
        document = leaf.segment.document(article_id)
        if document is not None and document not in leaf.deleted:
            return number, document
    raise KeyError(article_id)


def _of_words(
    view: View,
    tree: Node,
    statistics: Statistics,
    at: Sequence[tuple[int, int]],
    cache: Cache,
    known: Placements,
) -> Iterator[tuple[int, Reason]]:
    """What each word, related word and pattern adds, by the number of the hit."""
    asked = {word.term: word for word in _asked(tree, view.analyzer)}
    every = frozenset(asked)
    bare, related = _with_related(tree, ()), _related(tree)

    among = [
        np.array(sorted(document for leaf, document in at if leaf == number), dtype=np.uint16)
        for number in range(len(view.leaves))
    ]

    def scores(node: Node, silent: frozenset[Term]) -> list[float]:
        found = find(
            view,
            node,
            scored=True,
            cache=cache,
            silent=silent,
            among=among,
            placed=known,
        )
        return _scores(found, at)

    patterns = scores(bare, every)
    texts = tuple(
        part.text
        for part in wanted(tree)
        if isinstance(part, Placed)
        and not any(term.ranks for term in terms_of(part, view.analyzer))
    )
    for number, score in enumerate(patterns):
        yield number, Reason(Why.PATTERN, texts, score)
    alone = [
        (asked[t], Why.WORD, bare, every - {t}) for t in every - silent_terms(tree, view.analyzer)
    ]
    for word, weight in related:
        parts = SEARCHED_IN[Field.ANY]
        terms = terms_of(Words(word), view.analyzer)
        if terms:
            node = _with_related(tree, ((word, weight),))
            alone.append((_Asked(terms[0], word, parts), Why.RELATED, node, every))
    for found, why, node, silent in alone:
        having = statistics.having(found.parts, found.term)
        for number, score in enumerate(scores(node, silent)):
            leaf, document = at[number]
            times = _times(statistics, leaf, document, found)
            yield number, Reason(why, (found.word,), score - patterns[number], times, having)


def _asked(tree: Node, analyzer: Analyzer) -> Iterator[_Asked]:
    for part in wanted(tree):
        if not isinstance(part, Placed):
            continue
        terms = terms_of(part, analyzer)
        texts = [part.text] * len(terms)
        if isinstance(part, Words | Exact):
            texts = [part.text[token.start : token.end] for token in analyzer.tokens(part.text)]
        for term, text in zip(terms, texts, strict=True):
            if term.ranks:
                yield _Asked(term, text, SEARCHED_IN[part.field])


def _times(
    statistics: Statistics, leaf: int, document: int, asked: _Asked
) -> tuple[tuple[str, int], ...]:
    """How often a word stands in each part of a document, where it does."""
    found = []
    for part in asked.parts:
        reader = statistics.leaves[leaf].part(part)
        times = int(reader.holders(asked.term).by_document(reader.count)[document])
        if times:
            found.append((_NAMES.get(part, part), times))
    return tuple(found)


def _scores(found: Sequence[Found], at: Sequence[tuple[int, int]]) -> list[float]:
    """The score of each document."""
    scores = []
    for leaf, document in at:
        one = found[leaf]
        place = int(np.searchsorted(one.documents, document))
        scores.append(0.0 if one.scores is None else float(one.scores[place]))
    return scores


def _of_pairs(
    view: View,
    tree: Node,
    statistics: Statistics,
    lines: Sequence[Found],
    at: Sequence[tuple[int, int]],
    cache: Cache,
) -> Iterator[tuple[int, Reason]]:
    """What each pair of words adds, by the number of the hit."""
    pairs = pairs_of(tree, view.analyzer)
    if pairs is None:
        return
    # Pairs do not tell accents apart.
    names = {
        word.term._replace(accents=Accents.ANY): word.word for word in _asked(tree, view.analyzer)
    }
    words = [names[word] for word in pairs.words]
    count = len(words)
    worth, having = worth_of(statistics, pairs, cache)
    chosen = best(lines, BEST)
    for number, (leaf, document) in enumerate(at):
        if document not in lines[leaf].documents[chosen[leaf]]:
            continue
        document_alone = np.array([document], dtype=np.uint16)
        adds = gains(statistics, statistics.leaves[leaf], document_alone, pairs)[0] * worth
        for pair in np.flatnonzero(adds).tolist():
            why = Why.NEAR if pair < count * count else Why.BESIDE
            first, second = divmod(pair % (count * count), count)
            both = (words[first], words[second])
            yield number, Reason(why, both, float(adds[pair]), (), int(having[pair]))


def _related(tree: Node) -> tuple[tuple[str, float], ...]:
    """The related words that *tree* is ranked by."""
    match tree:
        case Boosted(_, words):
            return words
        case And(parts):
            return tuple(word for part in parts for word in _related(part))
    return ()


def _with_related(tree: Node, words: tuple[tuple[str, float], ...]) -> Node:
    """Return *tree* ranked by these related words alone."""
    match tree:
        case Boosted(part, _):
            return Boosted(part, words) if words else part
        case And(parts):
            return And(tuple(_with_related(part, words) for part in parts))
    return tree
