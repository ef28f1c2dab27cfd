"""Marks and passages by brute force: every word looked at, every run of sentences weighed.

Slow, and too plain to be wrong in the ways that `indexer.marking` and `indexer.snippet` can be.
"""

from collections.abc import Iterable
from itertools import pairwise

from indexer.analysis import Analyzer, Token, fold, paragraphs, sentence_starts
from indexer.marking import Mark
from indexer.query import Field, Node, Prefix, Words, wanted
from indexer.snippet import PASSAGE, Snippet


class PlainMarker:
    """Finds what a query matched, with the very analysis that matched it."""

    def __init__(self, tree: Node, analyzer: Analyzer) -> None:
        self._analyzer = analyzer
        self._phrases: dict[str, list[tuple[int, tuple[str, ...], Field]]] = {}
        self._prefixes: list[tuple[int, str, Field]] = []
        for number, leaf in enumerate(wanted(tree)):
            if isinstance(leaf, Prefix):
                self._prefixes.append((number, fold(leaf.text), leaf.field))
            elif isinstance(leaf, Words):
                terms = analyzer.terms(leaf.text)
                self._phrases.setdefault(terms[0], []).append((number, terms, leaf.field))

    def marks(self, text: str, field: Field = Field.ANY) -> list[Mark]:
        """Return the matched spans of *text*, in order; a phrase is one span.

        *field* says what the text is: parts of the query that ask for another
        field do not mark it, those that ask for any field do unless the text is
        a source, topic or place, which plain words do not search.
        """
        if not self._phrases and not self._prefixes:
            return []
        tokens = list(self._analyzer.tokens(text))
        found = [
            Mark(tokens[i].start, tokens[i + length - 1].end, number)
            for i in range(len(tokens))
            for number, length in self._at(tokens, i, field)
        ]
        return _disjoint(found)

    def _at(self, tokens: list[Token], i: int, field: Field) -> Iterable[tuple[int, int]]:
        """Yield (part of the query, tokens matched) for each match that begins at token *i*."""
        for number, terms, asked in self._phrases.get(tokens[i].term, ()):
            if _searched(asked, field) and _stands(terms, tokens, i):
                yield number, len(terms)
        for number, prefix, asked in self._prefixes:
            if _searched(asked, field) and tokens[i].form.startswith(prefix):
                yield number, 1


def _stands(terms: tuple[str, ...], tokens: list[Token], i: int) -> bool:
    """Whether *terms* stand side by side from token *i* on, within one paragraph."""
    first = tokens[i].position
    return all(
        i + n < len(tokens) and tokens[i + n].term == term and tokens[i + n].position == first + n
        for n, term in enumerate(terms)
    )


def _searched(asked: Field, field: Field) -> bool:
    if asked is Field.ANY:
        return field in {Field.ANY, Field.TITLE, Field.BY}
    return asked is field


def _disjoint(marks: list[Mark]) -> list[Mark]:
    """Return *marks* in order without overlaps; of two that overlap the longer stays."""
    kept: list[Mark] = []
    for mark in sorted(marks, key=lambda m: (m.start, -m.end)):
        if not kept or mark.start >= kept[-1].end:
            kept.append(mark)
        elif mark.end - mark.start > kept[-1].end - kept[-1].start:
            kept[-1] = mark
    return kept


def best_passages(text: str, marks: list[Mark], most: int = 2) -> list[Snippet]:
    """Return the passage of *text* that shows most parts of the query, then the next.

    A passage is a run of whole sentences, or a piece of a long one, within one
    paragraph. The earliest passage wins a tie, because news puts what matters
    first; with no match at all that makes the snippet the lede. Later passages
    are given only while they show a part that the earlier did not.
    """
    spans = _passages(text)
    chosen: list[tuple[int, int]] = []
    shown: set[int] = set()
    inside = {
        span: [m for m in marks if span[0] <= m.start and m.end <= span[1]] for span in spans
    }
    while spans and len(chosen) < most:
        best = max(
            spans, key=lambda s: (len({m.part for m in inside[s]} - shown), len(inside[s]), -s[0])
        )
        new = {mark.part for mark in inside[best]} - shown
        if chosen and not new:
            break
        chosen.append(best)
        shown |= new
        spans = [s for s in spans if s[1] <= best[0] or s[0] >= best[1]]
    return [_cut(text, span, inside[span]) for span in sorted(chosen)]


def _passages(text: str) -> list[tuple[int, int]]:
    """Every run of sentences of about PASSAGE letters, each starting at a sentence."""
    passages: list[tuple[int, int]] = []
    for first, last in paragraphs(text):
        while first < last and text[first].isspace():
            first += 1
        sentences = _sentences(text, first, last) if first < last else []
        for i, (start, end) in enumerate(sentences):
            for _, later in sentences[i + 1 :]:
                if later - start > PASSAGE:
                    break
                end = later
            passages.append((start, end))
    return passages


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


def _cut(text: str, span: tuple[int, int], marks: list[Mark]) -> Snippet:
    """The slice at *span*, with an ellipsis where it begins or ends within a sentence."""
    start, end = span
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
        tuple((m.start + shift, m.end + shift) for m in marks),
    )
