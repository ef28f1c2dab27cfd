"""What changed between two revisions of an article, word by word.

Paragraphs are matched first and words only within paragraphs that answer each
other (Ratcliff and Obershelp's matching, of the standard library), so that a
long article costs little and the difference reads as an editor would mark it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Final

from archive.article import Article
from archive.topic_rules import without_rules

# A figure such as 4.2 or 12:30 is one word: with half of it struck out it would read as another.
_WORD = re.compile(r"\s+|\d+(?:[.,:]\d+)+|\w+|[^\w\s]")
# Below this share of words in common, two paragraphs are not one that was edited.
_ALIKE: Final = 0.4
# Past this many words, a paragraph is given as removed and added whole.
_MOST_WORDS: Final = 2000


class Kind(StrEnum):
    """What became of a piece of text."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text, and what became of it."""

    kind: Kind
    text: str


Paragraph = tuple[Piece, ...]
"""The pieces of one paragraph, in reading order; removed ones stand before added ones."""


@dataclass(frozen=True, slots=True)
class Change:
    """A field that changed: its paragraphs, those that stayed among them as a single piece."""

    field: str
    paragraphs: tuple[Paragraph, ...]


def difference(before: Article, after: Article) -> list[Change]:
    """Return the fields in which two revisions differ, in the order a reader meets them.

    The topics of the user's rules are none of a revision's: only the latest is read with them.
    What *before* said is every piece that is not added, what *after* says every
    piece that is not removed.
    """
    before, after = without_rules(before), without_rules(after)
    changes: list[Change] = []
    for field in _FIELDS:
        old, new = _value(before, field), _value(after, field)
        if old != new:
            changes.append(Change(field, (tuple(_words(old, new)),)))
    if before.text != after.text:
        changes.append(Change("text", tuple(_paragraphs(before.text, after.text))))
    return changes


_FIELDS: Final = (
    "headline",
    "byline",
    "dateline",
    "published",
    "agency",
    "source",
    "section",
    "topics",
    "language",
    "caption",
    "credits",
    "link",
)


def _value(article: Article, field: str) -> str:
    value = getattr(article, field)
    if field == "published":
        return article.published.iso if article.published else ""
    if isinstance(value, tuple):
        return "; ".join(value)
    return value or ""


def _paragraphs(old: str, new: str) -> Iterator[Paragraph]:
    before, after = old.split("\n\n"), new.split("\n\n")
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for what, a, b, c, d in matcher.get_opcodes():
        if what == "equal":
            for paragraph in before[a:b]:
                yield (Piece(Kind.SAME, paragraph),)
        else:
            yield from _edited(before[a:b], after[c:d])


def _edited(before: Sequence[str], after: Sequence[str]) -> Iterator[Paragraph]:
    """Pair removed and added paragraphs that answer each other, in order."""
    rest = list(after)
    for paragraph in before:
        partner = next((n for n, other in enumerate(rest) if _alike(paragraph, other)), None)
        if partner is None:
            yield (Piece(Kind.REMOVED, paragraph),)
            continue
        for added in rest[:partner]:
            yield (Piece(Kind.ADDED, added),)
        yield tuple(_words(paragraph, rest[partner]))
        rest = rest[partner + 1 :]
    for added in rest:
        yield (Piece(Kind.ADDED, added),)


def _alike(old: str, new: str) -> bool:
    """Whether two paragraphs share enough of their words to be one that was edited."""
    a, b = set(re.findall(r"\w+", old.casefold())), set(re.findall(r"\w+", new.casefold()))
    return len(a & b) >= _ALIKE * max(1, min(len(a), len(b)))


def _words(old: str, new: str) -> Iterator[Piece]:
    before, after = _WORD.findall(old), _WORD.findall(new)
    if max(len(before), len(after)) > _MOST_WORDS:
        before, after = [old], [new]
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for what, a, b, c, d in matcher.get_opcodes():
        if what == "equal":
            yield Piece(Kind.SAME, "".join(before[a:b]))
            continue
        if a < b:
            yield Piece(Kind.REMOVED, "".join(before[a:b]))
        if c < d:
            yield Piece(Kind.ADDED, "".join(after[c:d]))
