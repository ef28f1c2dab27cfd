"""Sieve: which paragraphs cannot hold what is looked for, told without their analysis.

Letters that stand in every word of a term are sought in the text as it is, which takes a
hundredth of the time that its words take. What a sieve lets through is analysed, and that
alone decides: a sieve may let through too much, and never holds back what matches.

What a text is compared with knows no apostrophes and no capitals, and is UTF-8, for which all
that takes one pass each. Whatever else analysis takes off letters (accents, marks, other ways to
write them) is not ASCII, and is always let through.
"""

from collections.abc import Iterable
from typing import Final

from indexer.analysis import Analyzer, fold
from indexer.tree import Exact, Placed, Prefix, Wildcard, Words

Test = tuple[bytes, ...]
"""Of these one must stand in the letters of a text."""
NOTHING: Final[tuple[Test, ...]] = ()
"""What lets everything through."""

_UNITED_STATES: Final = (b"us", b"u.s")
_FEWEST: Final = 2
_STEMMED: Final = frozenset({"english"})
_THOUSANDS: Final = 3
_SMALL: Final = bytes(range(256)).lower()
_BEYOND_ASCII: Final = bytes(range(0x80, 0x100))
_APOSTROPHE: Final = "’".encode()
# No letter, mark or joiner: what stands in most texts, and in no word.
_TYPOGRAPHIC: Final = tuple(mark.encode() for mark in "“”‘–—…•\xa0")


def tests(part: Placed, analyzer: Analyzer) -> tuple[Test, ...]:
    """Return what all must hold of a paragraph in which *part* can match, read by *analyzer*."""
    match part:
        case Words(text) if analyzer.language in _STEMMED:
            return _every(map(_of_term, analyzer.terms(text)))
        case Exact(text):
            return _every(map(_of_form, analyzer.forms(text)))
        case Prefix(text):
            return _every([_of_letters(fold(text))])
        case Wildcard(text):
            pieces = text.replace("?", "*").split("*")
            return _every([_of_letters(max(map(fold, pieces), key=len))])
        case _:
            return NOTHING


def letters(text: str) -> bytes | None:
    """Return the letters of *text* as tests compare them; None where that takes an analysis."""
    found = text.encode("utf-8", "surrogatepass")
    if not text.isascii():
        found = found.replace(_APOSTROPHE, b"")
        beyond = len(found) - len(found.translate(None, _BEYOND_ASCII))
        for mark in _TYPOGRAPHIC if beyond else ():
            beyond -= found.count(mark) * len(mark)
        if beyond:
            return None
    return found.translate(_SMALL, b"'")


def passes(found: bytes | None, wanted: tuple[Test, ...]) -> bool:
    """Whether a text with the letters *found* may match what must pass all of *wanted*."""
    if found is None:
        return True
    # Written out, for it is asked of every paragraph.
    for test in wanted:
        for one in test:
            if one in found:
                break
        else:
            return False
    return True


def _every(each: Iterable[Test | None]) -> tuple[Test, ...]:
    return tuple(test for test in each if test is not None)


def _of_term(term: str) -> Test | None:
    """What stands in every word of an English *term*.

    Snowball's English stemmer leaves a word's letters as they are up to the stem's last one: it
    may put another there (cried: cri; hoping: hope). Only two endings reach farther back:
    *-bility* becomes *-ble*, and *-ying* behind one letter *-ie* (dying: die).
    """
    if term == "u.s.":
        return _UNITED_STATES
    if any(map(str.isdigit, term)):
        return _of_digits(term)
    if not term.isascii():
        return ()
    found = [term[:-1]]
    if term.endswith("ble"):
        found = [term[:-2]]
    if len(term) == 3 and term.endswith("ie"):
        found.append(f"{term[0]}y")
    return _worth(found, term)


def _of_form(form: str) -> Test | None:
    """What stands in every word of a *form*."""
    if form == "u.s.":
        return _UNITED_STATES
    if any(map(str.isdigit, form)):
        return _of_digits(form)
    return _worth([form], form) if form.isascii() else ()


def _of_letters(folded: str) -> Test | None:
    """What stands in every word whose form has these letters."""
    if not folded.isascii():
        return ()
    # The form of U.S. has dots, figures lose their separators.
    return _worth([folded], folded) if folded.isalpha() else None


def _of_digits(text: str) -> Test | None:
    """What stands in every word of a figure, in which separators may part thousands.

    Of words with figures in them nothing is known.
    """
    digits = text[len(text.rstrip("0123456789")) :]
    plain = text.isascii() and digits and not any(map(str.isalpha, text))
    return (digits[-_THOUSANDS:].encode(),) if plain else None


def _worth(found: list[str], text: str) -> Test | None:
    """*found*, and what acronyms have of *text*; None where that stands nearly everywhere."""
    if any(len(one) < _FEWEST for one in found):
        return None
    return tuple(one.encode() for one in (*found, f"{text[0]}.{text[1]}"))
