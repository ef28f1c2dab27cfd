"""Snippets: the passages of an article that best show why it matched.

A snippet is plain text plus the spans to mark. It holds no markup: escaping
and ``<mark>`` belong to web/, so an article cannot smuggle HTML onto a page.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from archive.article import Article
from indexer.analysis import paragraphs, sentence_starts
from indexer.marking import Mark, Marker
from indexer.places import LONGEST
from indexer.tree import Field

PASSAGE = 280
"""About how many letters a passage has."""
_STRETCH: Final = 4000
_LOOKED_AT: Final = 2
_ENOUGH: Final = 2
"""So many stretches of a long text that have marks are read for its passages."""


@dataclass(frozen=True, slots=True)
class Snippet:
    """A slice of a field's text; *marks* are (start, end) offsets into it."""

    field: str
    text: str
    marks: tuple[tuple[int, int], ...] = ()


def headline(article: Article, marker: Marker) -> Snippet:
    """Return the whole headline with its marks."""
    marks = marker.of(article.language).marks(article.headline, Field.TITLE)
    return Snippet("headline", article.headline, tuple((m.start, m.end) for m in marks))


def snippets(article: Article, marker: Marker, title: Snippet, most: int = 2) -> list[Snippet]:
    """Return why *article* matched: its headline where it has marks, then up to *most* passages.

    *title* is what `headline` gave. Where the text has no match, the fields that
    have one (caption, byline, credits, place, source, topics) are named instead,
    above the lede.
    """
    marker = marker.of(article.language)
    found = [title] if title.marks else []
    passages = best_passages(article.text, marks_for_passages(article.text, marker), most)
    if not passages or not passages[0].marks:
        found += _elsewhere(article, marker)
    return found + passages


def _elsewhere(article: Article, marker: Marker) -> list[Snippet]:
    others: list[tuple[str, Field, str | None]] = [
        ("caption", Field.ANY, article.caption),
        ("byline", Field.BY, ", ".join(article.byline)),
        ("credits", Field.CREDIT, article.credits),
        ("dateline", Field.PLACE, article.dateline),
        ("source", Field.SOURCE, article.source),
        ("agency", Field.AGENCY, article.agency),
        ("section", Field.SECTION, article.section),
        ("address", Field.URL, article.url),
        *(("topics", Field.TOPIC, topic) for topic in article.topics),
    ]
    found = []
    for name, field, text in others:
        if text and (marks := marker.marks(text, field, opens=False)):
            found.append(Snippet(name, text, tuple((m.start, m.end) for m in marks)))
    return found


@dataclass(frozen=True, slots=True)
class _Passage:
    """A stretch of a text, half-open, the marks within it, and which parts they answer."""

    start: int
    end: int
    marks: list[Mark]
    parts: set[int]


def marks_for_passages(text: str, marker: Marker) -> list[Mark]:
    """Return the marks that the passages of *text* are chosen by: all of a text that is not long.

    A long one is read in stretches, as far as a passage that shows every part of the query,
    or as a few of them have marks: for what matters comes first.
    """
    marks: list[Mark] = []
    parts, having = marker.parts, 0
    for number, (start, end) in enumerate(_stretches(text)):
        # Most have marks by now; what has none is mostly without them to its end.
        if number == _LOOKED_AT and not marker.may_mark(text[start:]):
            break
        found = marker.marks(text[start:end], opens=not start)
        marks += [Mark(m.start + start, m.end + start, m.part) for m in found] if start else found
        having += bool(found)
        if having == _ENOUGH or _shows_all(text[start:end], found, parts):
            break
    return marks


def _shows_all(text: str, marks: list[Mark], parts: int) -> bool:
    """Whether one passage shows so many parts of the query."""
    if len({mark.part for mark in marks}) < parts or not marks:
        return False
    return any(len(passage.parts) == parts for passage in _marked(text, marks))


def _stretches(text: str) -> Iterator[tuple[int, int]]:
    """Yield *text* whole if its words are remembered, else runs of paragraphs, whose are."""
    first = 0
    for start, end in paragraphs(text) if len(text) > LONGEST else ():
        if end - first > _STRETCH and start > first:
            yield first, start
            first = start
    yield first, len(text)


def best_passages(text: str, marks: list[Mark], most: int = 2) -> list[Snippet]:
    """Return the passage of *text* that shows most parts of the query, then the next.

    A passage is a run of whole sentences, or a piece of a long one, within one
    paragraph. The earliest passage wins a tie, because news puts what matters
    first; with no match at all that makes the snippet the lede. Later passages
    are given only while they show a part that the earlier did not.
    """
    passages = list(_marked(text, marks))
    chosen: list[_Passage] = []
    shown: set[int] = set()
    while passages and len(chosen) < most:
        best = max(passages, key=lambda p: (len(p.parts - shown), len(p.marks), -p.start))
        if best.parts <= shown:
            break
        chosen.append(best)
        shown |= best.parts
        passages = [p for p in passages if p.end <= best.start or p.start >= best.end]
    if not chosen:
        chosen += _lede(text)
    return [_cut(text, passage) for passage in sorted(chosen, key=lambda p: p.start)]


def _marked(text: str, marks: list[Mark]) -> Iterator[_Passage]:
    """Yield the passages that have marks; *marks* are in order and do not overlap."""
    starts, ends = [m.start for m in marks], [m.end for m in marks]
    for first, last in paragraphs(text) if marks else ():
        if first > starts[-1]:
            break
        if bisect_left(starts, first) == bisect_left(starts, last):
            continue
        for start, end in _passages(text, first, last):
            inside = marks[bisect_left(starts, start) : bisect_right(ends, end)]
            if inside:
                yield _Passage(start, end, inside, {m.part for m in inside})


def _lede(text: str) -> list[_Passage]:
    """The first passage of *text*, without marks; none where there is no text."""
    for start, end in paragraphs(text):
        for begins, ends in _passages(text, start, end):
            return [_Passage(begins, ends, [], set())]
    return []


def _passages(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield a run of sentences of about PASSAGE letters from each sentence of a paragraph on."""
    while start < end and text[start].isspace():
        start += 1
    sentences = _sentences(text, start, end)
    last = 0
    for first, (begins, _) in enumerate(sentences):
        last = max(first, last)
        while last + 1 < len(sentences) and sentences[last + 1][1] - begins <= PASSAGE:
            last += 1
        yield begins, sentences[last][1]


def _sentences(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The sentences of a paragraph; one longer than a passage is parted at words."""
    bounds = [*sentence_starts(text, start, end), end]
    sentences: list[tuple[int, int]] = []
    for first, last in pairwise(bounds):
        while last - first > PASSAGE + PASSAGE // 3:
            space = text.rfind(" ", first + PASSAGE // 2, first + PASSAGE)
            cut = space + 1 if space > 0 else first + PASSAGE
            sentences.append((first, cut))
            first = cut
        if last > first:
            sentences.append((first, last))
    return sentences


def _cut(text: str, passage: _Passage) -> Snippet:
    """The slice that is *passage*, with an ellipsis where it parts a sentence."""
    start, end = passage.start, passage.end
    raw = text[start:end]
    body = raw.rstrip()
    before = text[:start].rstrip(" ")
    cut_before = bool(before) and not before.endswith("\n") and before[-1] not in ".!?…\"”’')]"
    cut_after = end < len(text) and text[end : end + 1] != "\n" and body[-1:] not in ".!?…\"”’')]"
    lead = "… " if cut_before else ""
    shift = len(lead) - start
    return Snippet(
        "text",
        f"{lead}{body}{' …' if cut_after else ''}",
        tuple((m.start + shift, m.end + shift) for m in passage.marks),
    )
