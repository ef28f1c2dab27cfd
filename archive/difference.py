"""What changed between two revisions of an article, word by word.

Paragraphs are matched first and words only within paragraphs that answer each
other (Ratcliff and Obershelp's matching, of the standard library), so that a
long article costs little and the difference reads as an editor would mark it.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Final

from archive.article import Article
from archive.topic_rules import without_rules

# Chinese and Japanese are written without spaces: each character counts as a word.
_ALONE = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
# Signs that are part of a word though Python's \w leaves them out: accents, points, vowels of
# Indic and South-East Asian scripts, joiners. One struck out alone could not be read.
_SIGNS = (
    "\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0900-\u0963\u0966-\u0dff"
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17d3\u200c\u200d"
)
_LETTERS = rf"[{_ALONE}][{_SIGNS}]*|(?:(?![{_ALONE}])[\w{_SIGNS}])+"
# A figure such as 4.2 or 12:30 is one word: with half of it struck out it would read as another.
_TOKEN = re.compile(rf"\s+|\d+(?:[.,:]\d+)+|{_LETTERS}|[^\w\s{_SIGNS}]")
_LETTER = re.compile(rf"\d+(?:[.,:]\d+)+|{_LETTERS}")
# Below this share of words in common, two paragraphs are not one that was edited.
_ALIKE: Final = 0.4
# So many paragraphs ahead a partner is looked for: it bounds the time of texts that differ much.
_NEAR: Final = 40
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
    for field in FIELDS:
        old, new = value(before, field), value(after, field)
        if old != new:
            changes.append(Change(field, (tuple(_words(old, new)),)))
    if before.text != after.text:
        changes.append(Change("text", tuple(_paragraphs(before.text, after.text))))
    return changes


@dataclass(frozen=True, slots=True)
class Summary:
    """A difference in short: the fields that changed, and how many paragraphs of the text."""

    fields: tuple[str, ...]
    edited: int = 0
    added: int = 0
    removed: int = 0


def in_short(before: Article, after: Article) -> Summary:
    """Return what a revision changed in short, in time that grows with the text only."""
    before, after = without_rules(before), without_rules(after)
    fields = tuple(field for field in FIELDS if value(before, field) != value(after, field))
    old, new = Counter(before.text.split("\n\n")), Counter(after.text.split("\n\n"))
    gone, come = (old - new).total(), (new - old).total()
    # As many as both have are taken for edited ones: to tell them exactly is to align them.
    both = min(gone, come)
    return Summary(fields, both, come - both, gone - both)


FIELDS: Final = (
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
"""The fields that are compared, besides the text, in the order a reader meets them."""


def value(article: Article, field: str) -> str:
    """Return what *article* says in one of `FIELDS`, as text; "" for nothing."""
    said = getattr(article, field)
    if field == "published":
        return article.published.iso if article.published else ""
    if isinstance(said, tuple):
        return "; ".join(said)
    return said or ""


def _paragraphs(old: str, new: str) -> Iterator[Paragraph]:
    before, after = old.split("\n\n"), new.split("\n\n")
    matcher = SequenceMatcher(None, before, after)
    for what, a, b, c, d in matcher.get_opcodes():
        if what == "equal":
            for paragraph in before[a:b]:
                yield (Piece(Kind.SAME, paragraph),)
        else:
            yield from edited(before[a:b], after[c:d])


def edited(before: Sequence[str], after: Sequence[str]) -> Iterator[Paragraph]:
    """Pair removed and added paragraphs (or sentences) that answer each other, in order.

    One that has no partner comes as a single piece, removed or added.
    """
    rest = [set(words(other.casefold())) for other in after]
    at = 0
    for paragraph in before:
        own = set(words(paragraph.casefold()))
        near = range(at, min(at + _NEAR, len(rest)))
        partner = next((n for n in near if _alike(own, rest[n])), None)
        if partner is None:
            yield (Piece(Kind.REMOVED, paragraph),)
            continue
        yield from ((Piece(Kind.ADDED, added),) for added in after[at:partner])
        yield tuple(_words(paragraph, after[partner]))
        at = partner + 1
    yield from ((Piece(Kind.ADDED, added),) for added in after[at:])


def words(text: str) -> list[str]:
    """Return the words of *text*, without what stands between them."""
    return _LETTER.findall(text)


def _alike(one: set[str], other: set[str]) -> bool:
    """Whether two paragraphs share enough of their words to be one that was edited."""
    return len(one & other) >= _ALIKE * max(1, min(len(one), len(other)))


def _words(old: str, new: str) -> Iterator[Piece]:
    before, after = _TOKEN.findall(old), _TOKEN.findall(new)
    if max(len(before), len(after)) > _MOST_WORDS:
        before, after = [old], [new]
    removed = added = ""
    for what, a, b, c, d in SequenceMatcher(None, before, after).get_opcodes():
        old, new = "".join(before[a:b]), "".join(after[c:d])
        # A space between two changes changes with them: "three weeks", not "three" and "weeks".
        if what == "equal" and not (new.isspace() and removed and added):
            yield from _changed(removed, added)
            removed = added = ""
            yield Piece(Kind.SAME, new)
        else:
            removed, added = removed + old, added + new
    yield from _changed(removed, added)


def _changed(removed: str, added: str) -> Iterator[Piece]:
    # A space that both end with stayed where it was.
    shared = removed[len(removed.rstrip()) :] if removed and added else ""
    stays = bool(shared) and added.endswith(shared)
    if stays:
        removed, added = removed.removesuffix(shared), added.removesuffix(shared)
    if removed:
        yield Piece(Kind.REMOVED, removed)
    if added:
        yield Piece(Kind.ADDED, added)
    if stays:
        yield Piece(Kind.SAME, shared)
