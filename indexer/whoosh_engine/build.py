"""Articles to a segment in memory.

All words of a batch become one run of numbers, a code for each written word and
one for each bound between sentences, paragraphs and articles; everything else
(positions, postings, where sentences begin) is sorted and counted by numpy.
"""

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from archive.article import Article
from archive.store import Change
from indexer.analysis import Analyzer, Bound, bound, has_accents, words_and_bounds
from indexer.tree import HAS
from indexer.whoosh_engine.schema import OUTSIDE_PARTS, PARTS, UNDATED_MOMENT, pieces
from indexer.whoosh_engine.segment import (
    ACCENTED,
    MOST_DOCUMENTS,
    Bounds,
    Forms,
    Keyword,
    Part,
    Segment,
    Strings,
)

KEYWORDS: Final = (
    *("source", "topic", "language", "agency", "byline", "section"),
    *("has", "story"),
)

_ACCENTED: Final = ACCENTED.decode()
_ARTICLE, _PARAGRAPH, _SENTENCE = range(3)
_FIRST_WORD = 3
_BOUNDS: Final = {Bound.PARAGRAPH: _PARAGRAPH, Bound.SENTENCE: _SENTENCE}


def build(name: str, changes: Iterable[Change], analyzer: Analyzer) -> Segment:
    """Return the segment of the articles that *changes* put, as they are then.

    Document numbers follow their order; ids must differ. Raises ValueError for more
    than `MOST_DOCUMENTS`, UnicodeEncodeError for text that is no Unicode.
    """
    entries: dict[str, int] = {}
    site = _Codes(analyzer, entries)
    foreign: dict[str, _Codes] = {}
    streams: dict[str, array[int]] = {part: array("I") for part in PARTS}
    keywords: dict[str, list[tuple[str, ...]]] = {keyword: [] for keyword in KEYWORDS}
    facts = _Facts([], [], [], [], [])
    for change in changes:
        article = change.article
        if article is None:
            continue
        own, analyzer_of_it = site, analyzer.of(article.language)
        if analyzer_of_it is not analyzer:
            own = foreign.setdefault(analyzer_of_it.language, _Codes(analyzer_of_it, entries))
        for part, texts in pieces(article).items():
            codes = site if part in OUTSIDE_PARTS else own
            stream = streams[part]
            for text in texts:
                if text:
                    stream.extend(map(codes.__getitem__, words_and_bounds(text)))
                    stream.append(_PARAGRAPH)
            stream.append(_ARTICLE)
        for keyword, strings in _strings(article, change):
            keywords[keyword].append(strings)
        facts.add(article)
    if len(facts.ids) > MOST_DOCUMENTS:
        raise ValueError(f"{len(facts.ids)} documents are too many for a segment")
    vocabulary = _vocabulary(entries)
    ids = np.array(facts.ids or [b""], dtype=np.bytes_)[: len(facts.ids)]
    return Segment(
        name=name,
        ids=ids,
        by_id=np.argsort(ids, kind="stable").astype(np.uint16),
        moments=np.array(facts.moments, dtype=np.float64),
        first_days=np.array(facts.first_days, dtype=np.int32),
        last_days=np.array(facts.last_days, dtype=np.int32),
        months=np.array(facts.months, dtype=np.int32),
        parts={
            part: _part(np.frombuffer(stream, dtype=np.uint32), len(ids), vocabulary)
            for part, stream in streams.items()
        },
        keywords={keyword: keyword_of(strings) for keyword, strings in keywords.items()},
    )


def starts_of(counts: NDArray[Any]) -> NDArray[np.uint32]:
    """Return where each of several runs of so many begins, and after them where the last ends."""
    starts = np.zeros(len(counts) + 1, dtype=np.uint32)
    np.cumsum(counts, out=starts[1:])
    return starts


def strings_of(texts: list[bytes]) -> Strings:
    """Return *texts* (sorted, without line feeds) end to end."""
    lengths = np.fromiter(map(len, texts), dtype=np.uint32, count=len(texts))
    return Strings(b"".join([text + b"\n" for text in texts]), starts_of(lengths + 1))


def forms_of(forms: list[bytes]) -> Forms:
    """Return the *forms* of entries, by entry, in the order of forms."""
    order = sorted(range(len(forms)), key=forms.__getitem__)
    return Forms(strings_of([forms[i] for i in order]), np.array(order, dtype=np.uint32))


def narrow(positions: NDArray[Any]) -> NDArray[Any]:
    """Return *positions* as uint16, or as uint32 where one of them needs it."""
    wide = len(positions) and int(positions.max()) >= 1 << 16
    return positions.astype(np.uint32 if wide else np.uint16, copy=False)


def keyword_of(strings: list[tuple[str, ...]]) -> Keyword:
    """Return the keyword of documents that have these *strings*.

    Raises UnicodeEncodeError for one that is no Unicode.
    """
    values = sorted({value for group in strings for value in group})
    ordinals = {value: i for i, value in enumerate(values)}
    sets = {group: i for i, group in enumerate(dict.fromkeys(strings))}
    for value in values:
        value.encode()
    return Keyword(
        values=tuple(values),
        set_starts=starts_of(np.fromiter(map(len, sets), dtype=np.uint32, count=len(sets))),
        set_values=np.array([ordinals[v] for group in sets for v in group], dtype=np.uint32),
        codes=np.array([sets[group] for group in strings], dtype=np.uint16),
    )


@dataclass(frozen=True, slots=True)
class _Facts:
    """Columns of the documents so far."""

    ids: list[bytes]
    moments: list[float]
    first_days: list[int]
    last_days: list[int]
    months: list[int]

    def add(self, article: Article) -> None:
        self.ids.append(article.id.encode())
        published = article.published
        self.moments.append(published.moment if published else UNDATED_MOMENT)
        first, last = (d.toordinal() for d in published.days) if published else (0, 0)
        self.first_days.append(first)
        self.last_days.append(last)
        month = int(published.month[:4]) * 12 + int(published.month[5:]) - 1 if published else -1
        self.months.append(month)


def _strings(article: Article, change: Change) -> Iterator[tuple[str, tuple[str, ...]]]:
    yield "source", (article.source,)
    yield "topic", tuple(dict.fromkeys(article.topics))
    yield "byline", tuple(dict.fromkeys(article.byline))
    for keyword, value in (
        ("language", article.language),
        ("agency", article.agency),
        ("section", article.section),
        ("story", change.story),
    ):
        yield keyword, (value,) if value else ()
    held = {
        "revisions": change.revised,
        "copies": change.story,
        "byline": article.byline,
        "agency": article.agency,
        "place": article.dateline,
        "section": article.section,
        "topics": article.topics,
        "caption": article.caption,
        "credits": article.credits,
        "language": article.language,
    }
    yield "has", tuple(name for name in HAS if held[name])


@dataclass(frozen=True, slots=True)
class _Vocabulary:
    """All entries by ordinal, sorted by stem and then form; *ordinals* maps codes to these."""

    forms: list[bytes]
    stems: list[bytes]
    stem_of: NDArray[np.uint32]
    ordinals: NDArray[np.uint32]


class _Codes(dict[str, int]):
    """A word as written, or what stands between words → its code. Each is looked up once.

    *entries* are those of all languages: stem, line feed, form (one string sorts faster than
    two, and as they do), each with its code.
    """

    def __init__(self, analyzer: Analyzer, entries: dict[str, int]) -> None:
        super().__init__()
        self._analyzer = analyzer
        self._entries = entries

    def __missing__(self, piece: str) -> int:
        kind = bound(piece)
        if kind is None:
            stem, form = self._analyzer.face(piece)
            stem += self._analyzer.mark
            if has_accents(piece):
                stem += _ACCENTED
            code = self._entries.setdefault(f"{stem}\n{form}", len(self._entries) + _FIRST_WORD)
        else:
            code = _BOUNDS[kind]
        self[piece] = code
        return code


def _vocabulary(entries: dict[str, int]) -> _Vocabulary:
    """The entries in their order, from their codes."""
    # UTF-8 sorts as code points do.
    order = sorted(entries)
    ordinals = np.zeros(len(order) + _FIRST_WORD, dtype=np.uint32)
    ordinals[list(map(entries.__getitem__, order))] = np.arange(len(order))
    pairs = "\n".join(order).encode().split(b"\n") if order else []
    numbers: dict[bytes, int] = {}
    stem_of = [numbers.setdefault(stem, len(numbers)) for stem in pairs[::2]]
    return _Vocabulary(pairs[1::2], list(numbers), np.array(stem_of, dtype=np.uint32), ordinals)


def _part(stream: NDArray[np.uint32], count: int, vocabulary: _Vocabulary) -> Part:
    """One part of *count* documents, from the codes of its words and bounds."""
    at = np.flatnonzero(stream >= _FIRST_WORD)
    words = vocabulary.ordinals[stream[at]]
    documents = np.cumsum(stream == _ARTICLE, dtype=np.uint32)[at]
    lengths = np.bincount(documents, minlength=count).astype(np.uint32)
    firsts = starts_of(lengths)
    positions = narrow(np.arange(len(words), dtype=np.uint32) - firsts[documents])
    present, words, counts = numbered_anew(words, len(vocabulary.forms))
    # Words stand in the order of articles: with their place as the low half, any sort is stable.
    keys = words.astype(np.uint64) << np.uint64(32)
    keys |= np.arange(len(words), dtype=np.uint64)
    keys.sort()
    order = (keys & np.uint64(0xFFFFFFFF)).astype(np.uint32)
    words = (keys >> np.uint64(32)).astype(np.uint32)
    del keys
    holders = documents[order].astype(np.uint16)
    begins = np.ones(len(words), dtype=bool)
    begins[1:] = (words[1:] != words[:-1]) | (holders[1:] != holders[:-1])
    begins_at = np.flatnonzero(begins)
    frequencies, wide_at, wide = split_wide(np.diff(begins_at, append=len(words)))
    used, _, entries = numbered_anew(vocabulary.stem_of[present], len(vocabulary.stems))
    return Part(
        forms=forms_of([vocabulary.forms[i] for i in present]),
        stems=strings_of([vocabulary.stems[i] for i in used]),
        stem_starts=starts_of(entries),
        starts=starts_of(np.bincount(words[begins_at], minlength=len(present))),
        ids=holders[begins_at],
        frequencies=frequencies,
        wide_at=wide_at,
        wide=wide,
        position_starts=starts_of(counts),
        positions=positions[order],
        lengths=lengths,
        sentences=_bounds(stream, at, documents, positions, count, _SENTENCE),
        paragraphs=_bounds(stream, at, documents, positions, count, _PARAGRAPH),
    )


def numbered_anew(
    numbers: NDArray[np.uint32], most: int
) -> tuple[NDArray[np.intp], NDArray[np.uint32], NDArray[np.intp]]:
    """Number what occurs in *numbers* from 0: which do, *numbers* as such, how often each."""
    counts = np.bincount(numbers, minlength=most)
    present = np.flatnonzero(counts)
    rank = np.zeros(most, dtype=np.uint32)
    rank[present] = np.arange(len(present))
    return present, rank[numbers], counts[present]


def split_wide(
    counts: NDArray[Any],
) -> tuple[NDArray[np.uint8], NDArray[np.uint32], NDArray[np.uint32]]:
    """Return *counts* in one byte each, and apart from them which are 255 or more, and these."""
    wide_at = np.flatnonzero(counts >= 255).astype(np.uint32)
    return np.minimum(counts, 255).astype(np.uint8), wide_at, counts[wide_at].astype(np.uint32)


def _bounds(
    stream: NDArray[np.uint32],
    at: NDArray[np.intp],
    documents: NDArray[np.uint32],
    positions: NDArray[Any],
    count: int,
    kind: int,
) -> Bounds:
    """Where the pieces begin that a bound of *kind*, or a greater one, parts."""
    passed = np.cumsum(stream <= kind, dtype=np.uint32)[at]
    begins = np.ones(len(at), dtype=bool)
    begins[1:] = passed[1:] != passed[:-1]
    return Bounds(starts_of(np.bincount(documents[begins], minlength=count)), positions[begins])
