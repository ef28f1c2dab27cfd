"""Terms of a query to the entries of a part: what begins so, looks so, or nearly so.

Forms and stems are sorted, so that what begins alike stands together; other
patterns are told from all forms at once (`wildcard`, `fuzzy`).
"""

import re
from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import Analyzer, fold, has_accents
from indexer.whoosh_engine.fuzzy import Sketch, close
from indexer.whoosh_engine.segment import Part
from indexer.whoosh_engine.wildcard import like

Entries = NDArray[np.uint32]
"""Ordinals of entries, ascending."""


class Kind(StrEnum):
    """How a term says which entries it means."""

    STEM = "stem"
    FORM = "form"
    PREFIX = "prefix"
    PATTERN = "pattern"
    FUZZY = "fuzzy"


class Accents(StrEnum):
    """Whether entries are meant that are written with accents.

    FIRST means all: those without are there too, but count for less.
    """

    ANY = "any"
    FIRST = "first"
    ONLY = "only"


class Term(NamedTuple):
    """Entries of a part by their stem, or by their form. *distance* is for fuzzy terms.

    *others* are the stems that the word has in other languages, as the index has them.
    """

    kind: Kind
    text: str
    distance: int = 0
    accents: Accents = Accents.ANY
    others: tuple[str, ...] = ()

    @property
    def ranks(self) -> bool:
        """Whether it scores by how often it stands where, or each document alike."""
        return self.kind is Kind.STEM or self.kind is Kind.FORM


def pattern(text: str) -> Term:
    """Return the term for *text*, in which ``*`` and ``?`` are wild and the rest is folded."""
    pieces = (piece if piece in {"*", "?"} else fold(piece) for piece in re.split(r"([*?])", text))
    # Stars side by side are one; beside a question mark, they come last.
    folded = re.sub(r"[*?]*\*[*?]*", _stars_last, "".join(pieces))
    if "?" not in folded and "*" not in folded[:-1]:
        kind = Kind.PREFIX if folded.endswith("*") else Kind.FORM
        return Term(kind, folded.rstrip("*"))
    return Term(Kind.PATTERN, folded)


def words_of(text: str, analyzer: Analyzer, *, exact: bool = False) -> tuple[Term, ...]:
    """Return the terms of the words of *text*: stems in every language, or *exact* forms."""
    terms = []
    for token in analyzer.tokens(text):
        word = text[token.start : token.end]
        accents = Accents.FIRST if has_accents(word) else Accents.ANY
        if exact:
            terms.append(Term(Kind.FORM, token.form, accents=accents))
        else:
            others = tuple(f"{other.face(word)[0]}{other.mark}" for other in analyzer.others)
            terms.append(Term(Kind.STEM, token.term, accents=accents, others=others))
    return tuple(terms)


def entries(part: Part, term: Term, sketch: Callable[[], Sketch]) -> Entries:
    """Return the entries of *part* that *term* means; *sketch* gives that of the part's forms."""
    found = _entries(part, term, sketch)
    return found[part.accented(found)] if term.accents is Accents.ONLY else found


def _entries(part: Part, term: Term, sketch: Callable[[], Sketch]) -> Entries:
    key = term.text.encode()
    strings = part.forms.strings
    match term.kind:
        case Kind.STEM:
            found = part.entries_with_stem(key)
            alike = np.arange(found.start, found.stop, dtype=np.uint32)
            return _with_others(part, alike, term.others) if term.others else alike
        case Kind.FORM:
            # No string lies between a form and itself with a zero byte behind.
            ordinals = slice(strings.first_from(key), strings.first_from(key + b"\0"))
            return np.sort(part.forms.entries[ordinals])
        case Kind.PREFIX:
            wanted = strings.starting(key)
            return np.sort(part.forms.entries[wanted.start : wanted.stop])
        case Kind.PATTERN:
            return np.sort(part.forms.entries[like(strings, term.text)])
        case Kind.FUZZY:
            return np.sort(part.forms.entries[close(strings, sketch(), term.text, term.distance)])


def _with_others(part: Part, alike: Entries, others: Sequence[str]) -> Entries:
    runs = (part.entries_with_stem(stem.encode()) for stem in others)
    more = [np.arange(run.start, run.stop, dtype=np.uint32) for run in runs]
    return np.sort(np.concatenate([alike, *more]))


def _stars_last(wild: re.Match[str]) -> str:
    return "?" * wild.group().count("?") + "*"
