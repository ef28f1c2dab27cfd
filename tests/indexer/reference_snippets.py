"""Marks and passages by brute force: every word looked at, every run of sentences weighed.

Slow, and too plain to be wrong in the ways that `indexer.marking` and `indexer.snippet` can be.
"""

from collections.abc import Iterable
from fnmatch import fnmatchcase
from itertools import pairwise, product

from indexer.analysis import Analyzer, Token, fold, paragraphs, sentence_starts
from indexer.marking import Mark
from indexer.snippet import PASSAGE, Snippet
from indexer.tree import (
    Exact,
    Field,
    Fuzzy,
    Near,
    Node,
    Placed,
    Prefix,
    Together,
    Unit,
    Wildcard,
    Words,
    wanted,
)

Span = tuple[int, int]


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
        return disjoint(found)

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
        return field in {Field.ANY, Field.TITLE, Field.BY, Field.CREDIT}
    return asked is field


def disjoint(marks: list[Mark]) -> list[Mark]:
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


def taking_part(node: Near | Together, text: str, analyzer: Analyzer) -> list[Span]:
    """Where the parts of *node* stand in *text*, of all combinations those that match."""
    found: set[Span] = set()
    for start, end in paragraphs(text):
        tokens = [t for t in analyzer.tokens(text) if start <= t.start < end]
        places = [places_of(part, tokens, analyzer) for part in node.parts]
        begins = sentence_starts(text, start, end)
        for combination in product(*places):
            if _matches(node, combination, tokens, begins):
                found.update((tokens[a].start, tokens[b].end) for a, b in combination)
    return sorted(found)


def places_of(part: Placed, tokens: list[Token], analyzer: Analyzer) -> list[Span]:
    """The numbers of the first and the last word of each place where *part* stands."""
    terms, forms = [t.term for t in tokens], [t.form for t in tokens]
    match part:
        case Words(text):
            return _runs(analyzer.terms(text), terms)
        case Exact(text):
            return _runs(analyzer.forms(text), forms)
        case Prefix(text):
            hits = [form.startswith(fold(text)) for form in forms]
        case Wildcard(text):
            hits = [fnmatchcase(form, text) for form in forms]
        case Fuzzy(text, distance):
            hits = [_edits(text, form) <= distance for form in forms]
    return [(i, i) for i, hit in enumerate(hits) if hit]


def _runs(words: tuple[str, ...], among: list[str]) -> list[Span]:
    count = len(words)
    return [(i, i + count - 1) for i in range(len(among)) if tuple(among[i : i + count]) == words]


def _matches(
    node: Near | Together, places: tuple[Span, ...], tokens: list[Token], begins: list[int]
) -> bool:
    match node:
        case Near(within=within, ordered=True):
            in_order = all(one[1] < other[0] for one, other in pairwise(places))
            return in_order and places[-1][0] - places[0][1] <= within
        case Near(within=within):
            return any(
                all(0 < other[0] - first[1] <= within for j, other in enumerate(places) if j != i)
                for i, first in enumerate(places)
            )
        case Together(unit=Unit.SENTENCE):
            sentences = {sum(b <= tokens[first].start for b in begins) for first, _ in places}
            return len(sentences) == 1
    return True


def _edits(one: str, other: str) -> int:
    """The least edits that make *one* of *other*, trying them all from the end."""
    if not one or not other:
        return len(one) + len(other)
    if one[-1] == other[-1]:
        return _edits(one[:-1], other[:-1])
    ways = [_edits(one[:-1], other), _edits(one, other[:-1]), _edits(one[:-1], other[:-1])]
    if len(one) > 1 and one[-2:] == other[-2:][::-1]:
        ways.append(_edits(one[:-2], other[:-2]))
    return 1 + min(ways)
