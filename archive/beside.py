"""What differs between two copies of a story, as two outlets ran it.

Unlike revisions, copies are cut into paragraphs by other hands. So sentences are matched,
wherever a paragraph begins, and words only within sentences that answer each other; where
the paragraphs begin is taken from the second copy and is no difference.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby, pairwise
from typing import Final

from archive.article import Article
from archive.difference import FIELDS, Kind, Paragraph, Piece, edited, value, words

# What any two outlets differ in, or what is shown in another place.
_APART: Final = frozenset({"source", "link"})
# Chinese and Japanese have no space behind a sentence.
_TIGHT: Final = re.compile(r"[。！？」』”’）]$")
_END: Final = re.compile(r"[.!?…؟।][\"'”’»)\]]*\s+|[。！？][」』”’）]*")


@dataclass(frozen=True, slots=True)
class Differing:
    """A field in which the copies differ: what each says of it, "" for nothing."""

    field: str
    one: str
    other: str


@dataclass(frozen=True, slots=True)
class Beside:
    """Two copies beside each other.

    *paragraphs* are the other's, with what only the one says as removed and what only the other
    says as added. *both*, *only_one* and *only_other* count words.
    """

    fields: tuple[Differing, ...]
    paragraphs: tuple[Paragraph, ...]
    both: int
    only_one: int
    only_other: int

    @property
    def same_text(self) -> bool:
        """Whether both say the same, word for word."""
        return not any(p.kind is not Kind.SAME for pieces in self.paragraphs for p in pieces)


def beside(one: Article, other: Article) -> Beside:
    """Return what differs between two copies: field by field, then the text."""
    fields = tuple(
        Differing(field, value(one, field), value(other, field))
        for field in FIELDS
        if field not in _APART and value(one, field) != value(other, field)
    )
    paragraphs = tuple(_paragraphs(one.text, other.text))
    counts = dict.fromkeys(Kind, 0)
    for pieces in paragraphs:
        for piece in pieces:
            counts[piece.kind] += len(words(piece.text))
    return Beside(fields, paragraphs, counts[Kind.SAME], counts[Kind.REMOVED], counts[Kind.ADDED])


def _paragraphs(one: str, other: str) -> Iterator[Paragraph]:
    """Yield the other's paragraphs. What only the one says stands where it would be."""
    mine, theirs = list(_sentences(one)), list(_sentences(other))
    current: list[Piece] = []
    a = b = 0
    for pieces in _matched([s.text for s in mine], [s.text for s in theirs]):
        removed = pieces[0].kind is Kind.REMOVED and len(pieces) == 1
        added = pieces[0].kind is Kind.ADDED and len(pieces) == 1
        between = b == len(theirs) or theirs[b].begins
        begins = mine[a].begins and between if removed else theirs[b].begins
        if begins and current:
            yield tuple(_joined(current))
            current = []
        space = mine[a].space if removed else theirs[b].space
        # A space goes with what it follows, so that a run of sentences is one piece.
        kind = pieces[0].kind if removed or added else Kind.SAME
        current += [*pieces, Piece(kind, space)]
        a, b = a + (not added), b + (not removed)
    if current:
        yield tuple(_joined(current))


def _matched(one: Sequence[str], other: Sequence[str]) -> Iterator[Paragraph]:
    """Yield what became of each sentence: of the one, of the other, or of both."""
    for what, a, b, c, d in SequenceMatcher(None, one, other).get_opcodes():
        if what == "equal":
            yield from ((Piece(Kind.SAME, sentence),) for sentence in other[c:d])
        else:
            yield from edited(one[a:b], other[c:d])


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence, the *space* behind it, and whether a paragraph begins with it."""

    text: str
    space: str
    begins: bool


def _sentences(text: str) -> Iterator[_Sentence]:
    for paragraph in text.split("\n\n"):
        begins = True
        cuts = [0, *(end.end() for end in _END.finditer(paragraph)), len(paragraph)]
        for start, stop in pairwise(cuts):
            whole = paragraph[start:stop]
            if sentence := whole.strip():
                behind = whole[len(whole.rstrip()) :] or ("" if _TIGHT.search(sentence) else " ")
                yield _Sentence(sentence, behind, begins)
                begins = False


def _joined(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """Join neighbours of one kind; the space at the end of a paragraph goes."""
    for kind, run in groupby(pieces[:-1], lambda piece: piece.kind):
        yield Piece(kind, "".join(piece.text for piece in run))
