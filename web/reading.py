"""An article as it is read: its parts in reading order, their marks numbered through.

Every mark has an address on the page (``#m1``, ``#m2``, …), so that each match is a link
and stepping through them needs no script.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from markupsafe import Markup, escape

from archive.article import Article
from indexer.marking import Marker
from indexer.tree import Field

Spans = list[tuple[int, int]]

# How pages' lists are kept in a text: each item a paragraph of its own.
_ITEM: Final = re.compile(r"- (?=\S)")
_LONGEST_SUBHEAD: Final = 70
_SHORTEST_BELOW: Final = 80
_ENDS_SENTENCE: Final = re.compile(r"[.!?,;:…。！？、؟،।\"”’»)\]]\s*$|^[\"“„«(]|\n")


@dataclass(frozen=True, slots=True)
class Block:
    """A part of the text: *kind* is ``text``, ``subhead`` or ``list``, whose lines are its items.

    Plain text does not say what was a subhead: a short line that ends like no sentence, with a
    paragraph below it, is shown as one and called nothing.
    """

    kind: str
    lines: tuple[Markup, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """The parts of an article as markup, and how many marks they hold in all."""

    headline: Markup
    byline: tuple[Markup, ...]
    dateline: Markup | None
    blocks: tuple[Block, ...]
    caption: Markup | None
    credits: Markup | None
    matches: int


def reading(article: Article, marker: Marker | None) -> Reading:
    """Return *article* ready to be read, with what *marker* finds in it marked."""
    numbered = _Numbered(marker.of(article.language) if marker else None)
    # Numbered in the order in which a reader meets them.
    headline = numbered.text(article.headline, Field.TITLE, opens=True)
    byline = tuple(numbered.names(article.byline))
    dateline = numbered.text(article.dateline or "", Field.PLACE)
    blocks = tuple(_blocks(article.text, numbered))
    caption = numbered.text(article.caption or "", Field.ANY)
    credited = numbered.text(article.credits or "", Field.CREDIT)
    return Reading(
        headline,
        byline,
        dateline or None,
        blocks,
        caption or None,
        credited or None,
        numbered.count,
    )


class _Numbered:
    """Marks text after text, and counts the marks."""

    def __init__(self, marker: Marker | None) -> None:
        self._marker = marker
        self.count = 0

    def spans(self, text: str, field: Field, *, opens: bool = False) -> Spans:
        if self._marker is None or not text:
            return []
        return [(m.start, m.end) for m in self._marker.marks(text, field, opens=opens)]

    def text(self, text: str, field: Field, *, opens: bool = False) -> Markup:
        return self.marked(text, self.spans(text, field, opens=opens))

    def names(self, names: tuple[str, ...]) -> Iterator[Markup]:
        """Mark names as what they are in search, one text, and yield each."""
        spans = self.spans(", ".join(names), Field.BY)
        at = 0
        for name in names:
            end = at + len(name)
            yield self.marked(name, [(a - at, b - at) for a, b in spans if at <= a and b <= end])
            at = end + 2

    def marked(self, text: str, spans: Iterable[tuple[int, int]]) -> Markup:
        parts: list[Markup] = []
        at = 0
        for start, end in spans:
            self.count += 1
            parts.append(escape(text[at:start]))
            parts.append(Markup('<mark id="m{}">{}</mark>').format(self.count, text[start:end]))
            at = end
        parts.append(escape(text[at:]))
        return Markup("").join(parts)


def _blocks(text: str, numbered: _Numbered) -> Iterator[Block]:
    paragraphs = text.split("\n\n")
    # One walk over both: a long article has as many marks as it has paragraphs.
    spans = numbered.spans(text, Field.ANY, opens=True)
    at = next_span = 0
    items: list[Markup] = []
    for number, (paragraph, below) in enumerate(pairwise([*paragraphs, ""])):
        end = at + len(paragraph)
        inside: Spans = []
        while next_span < len(spans) and spans[next_span][0] < end + 2:
            start, stop = spans[next_span]
            next_span += 1
            if stop <= end:
                inside.append((start - at, stop - at))
        at = end + 2
        item = _ITEM.match(paragraph)
        listed = item and (items or _ITEM.match(below))
        if items and not listed:
            yield Block("list", tuple(items))
            items = []
        if item and listed:
            cut = item.end()
            inside = [(a - cut, b - cut) for a, b in inside if a >= cut]
            items.append(numbered.marked(paragraph[cut:], inside))
        else:
            kind = "subhead" if number and _is_subhead(paragraph, below) else "text"
            yield Block(kind, (numbered.marked(paragraph, inside),))
    if items:
        yield Block("list", tuple(items))


def _is_subhead(paragraph: str, below: str) -> bool:
    return (
        0 < len(paragraph) <= _LONGEST_SUBHEAD
        and (len(below) >= _SHORTEST_BELOW or _ITEM.match(below) is not None)
        and _ENDS_SENTENCE.search(paragraph) is None
    )
