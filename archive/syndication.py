"""Syndication: whether two articles are one story as several outlets ran it. Pure.

Copies are found in two steps. A sketch (MinHash over word shingles, Broder 1997,
cut into bands for locality-sensitive hashing) names candidates without looking
at the whole archive; then the words of each candidate are aligned, which is
exact. A copy may lack its tail or a paragraph, have another headline, a credit,
typos, some words replaced. What only shares a template (a market table, an
earnings line) is no copy: its numbers and names differ where its words agree.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from hashlib import blake2b
from struct import Struct
from typing import Final

import rensa
from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

_SHINGLE: Final = 3
_BANDS: Final = 40
_ROWS: Final = 3
_SEED: Final = 1
_PACKED: Final = Struct(f"<{1 + _ROWS}I")
METHOD: Final = f"rensa {rensa.RMinHash.ALGORITHM_VERSION}, {_SHINGLE} words, {_BANDS} × {_ROWS}"
"""What a sketch depends on: sketches of another method are no use to this one."""

FEWEST_WORDS: Final = 12
"""Shorter texts have no copies: a flash says too little to tell one from another."""
_SHORT: Final = 100
_TELLS_VERBATIM: Final = 30
_TELLS_EDITED: Final = 60
_MEDIUM: Final = 250
_WEEK: Final = 7
_MONTH: Final = 31
_LONGEST: Final = 20_000
_LONGEST_WORD: Final = 50

_RUN: Final = 3
_GAP: Final = 6
_CONTAINED: Final = 0.8
_LEAST_OF_LONGER: Final = 0.4
_HALF: Final = 0.55
_WORDS_PER_CONFLICT: Final = 60
_NUMERIC: Final = 0.2
_TYPO: Final = 70.0

# The small numbers that newspapers spell out; a template differs in them as in figures.
_NUMBER_WORDS: Final = {
    word: str(number)
    for words in (
        "one two three four five six seven eight nine ten eleven twelve",
        "eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf",
        "un deux trois quatre cinq six sept huit neuf dix onze douze",
        "uno dos tres cuatro cinco seis siete ocho nueve diez",
    )
    for number, word in enumerate(words.split(), start=1)
}
# Scripts without spaces are compared by character.
_WORD = re.compile(
    r"[\u3040-\u30ff\u3400-\u9fff]|\d+(?:[.,:/-]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)?|\w"
)


@dataclass(frozen=True)
class Telling:
    """One article as far as copies are concerned; *day* is that of its publication."""

    headline: str
    text: str
    day: date | None = None

    @cached_property
    def spelled(self) -> tuple[str, ...]:
        """The words of the text as they are spelled, the first 20,000 of them."""
        return _words(self.text)

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The same, folded: case and the marks in numbers do not count."""
        return tuple(map(_folded, self.spelled))


def sketch(telling: Telling) -> tuple[int, ...]:
    """Return the keys of the bands under which *telling* is found, signed numbers of 64 bits.

    Texts of which half the shingles agree share a key in 99.6 of 100 cases,
    texts of which a tenth do in 4. Empty for a text too short to have copies.
    """
    words = telling.words
    if len(words) < FEWEST_WORDS:
        return ()
    shingles = set(map(" ".join, zip(*(words[i:] for i in range(_SHINGLE)), strict=False)))
    signature = rensa.RMinHash(num_perm=_BANDS * _ROWS, seed=_SEED)
    signature.update(list(shingles))
    digest: list[int] = signature.digest()
    return tuple(_band(i, digest[i * _ROWS : (i + 1) * _ROWS]) for i in range(_BANDS))


def _band(number: int, rows: Sequence[int]) -> int:
    data = _PACKED.pack(number, *rows)
    return int.from_bytes(blake2b(data, digest_size=8).digest(), "little", signed=True)


def same_story(one: Telling, other: Telling) -> bool:
    """Whether the two are copies of one story. Symmetric, and exact: no sketch is asked.

    All but long verbatim copies must be of about the same days, for wording comes
    back on other occasions ("left its rates unchanged"), and the shortest must
    agree in their headlines, which alone name whom an earnings line is about.
    """
    shorter, longer = sorted((one, other), key=lambda t: (len(t.words), t.text, t.headline))
    if len(shorter.words) < FEWEST_WORDS:
        return False
    verbatim = shorter.words == longer.words
    if _days_apart(one, other) > _most_days(len(shorter.words), verbatim):
        return False
    alone = _TELLS_VERBATIM if verbatim else _TELLS_EDITED
    if len(shorter.words) < alone and not headlines_agree(one, other):
        return False
    return verbatim or _contains(longer, shorter)


def agree(one: Telling, other: Telling) -> bool:
    """Whether the two may be one article at two addresses: far less strict than a story.

    A teaser has only a part of the text, or words of its own under the same headline.
    """
    if not one.words or not other.words:
        return True
    if _words_of(one.headline) and _words_of(one.headline) == _words_of(other.headline):
        return True
    shorter, longer = sorted((one, other), key=lambda t: len(t.words))
    covered = sum(end - start for start, end, _ in _runs(shorter.words, longer.words))
    return covered >= len(shorter.words) / 2


def headlines_agree(one: Telling, other: Telling) -> bool:
    """Whether the headlines share half the words of the shorter one."""
    shorter, longer = sorted((_words_of(one.headline), _words_of(other.headline)), key=len)
    return bool(shorter) and 2 * len(shorter & longer) >= len(shorter)


def _contains(longer: Telling, shorter: Telling) -> bool:
    runs = list(_runs(shorter.words, longer.words))
    covered = sum(end - start for start, end, _ in runs)
    if covered < _CONTAINED * len(shorter.words) or covered < _LEAST_OF_LONGER * len(longer.words):
        return False
    if covered < _HALF * len(longer.words) and runs[0][2] > 0.15 * len(longer.words):
        # Less than half, and not the beginning: a brief that stands in a round-up.
        return False
    return _conflicts(shorter, longer, runs) <= covered // _WORDS_PER_CONFLICT


def _runs(shorter: Sequence[str], longer: Sequence[str]) -> Iterator[tuple[int, int, int]]:
    """Yield the runs of words that both have: (start, end, start in *longer*), in order.

    Runs of one or two words are chance, or a template between its numbers.
    """
    for code in Levenshtein.opcodes(shorter, longer):
        if code.tag == "equal" and code.src_end - code.src_start >= _RUN:
            yield code.src_start, code.src_end, code.dest_start


def _conflicts(shorter: Telling, longer: Telling, runs: list[tuple[int, int, int]]) -> int:
    """How many numbers and names differ between the words that agree."""
    found = here = there = 0
    numeric = len(_numbers(shorter.spelled)) > _NUMERIC * len(set(shorter.spelled))
    for start, end, at in [*runs, (len(shorter.words), 0, len(longer.words))]:
        one, other = shorter.spelled[here:start], longer.spelled[there:at]
        if len(one) == len(other) <= _GAP:
            found += sum(_conflict(a, b) for a, b in zip(one, other, strict=True))
        elif min(len(one), len(other)) <= _GAP:
            facts = _facts(one), _facts(other)
            found += all(facts) and facts[0].isdisjoint(facts[1])
        if numeric and max(len(one), len(other)) <= _RUN:
            # In a table every number that is not in both is news.
            found += bool(_numbers(one) ^ _numbers(other)) * _WORDS_PER_CONFLICT
        here, there = end, at + end - start
    return found


def _conflict(one: str, other: str) -> bool:
    if _is_number(one) and _is_number(other):
        return _folded(one) != _folded(other)
    if one[0].isupper() and other[0].isupper():
        return fuzz.ratio(one.casefold(), other.casefold()) < _TYPO
    return False


def _facts(words: Sequence[str]) -> set[str]:
    """The numbers and what is written with a capital."""
    return {_folded(word) for word in words if _is_number(word) or word[0].isupper()}


def _numbers(words: Sequence[str]) -> set[str]:
    return {_folded(word) for word in words if _is_number(word)}


def _is_number(word: str) -> bool:
    return word[0].isdigit() or word.casefold() in _NUMBER_WORDS


def _most_days(words: int, verbatim: bool) -> float:
    """How many days may lie between copies of so many words."""
    if verbatim:
        return _MONTH if words < _SHORT else float("inf")
    return _WEEK if words < _MEDIUM else _MONTH


def _days_apart(one: Telling, other: Telling) -> int:
    """Days between the two; none where one is undated."""
    return abs((one.day - other.day).days) if one.day and other.day else 0


def _words(text: str) -> tuple[str, ...]:
    # Composed, so that an accent is one letter however it was written.
    text = unicodedata.normalize("NFC", text[: _LONGEST * _LONGEST_WORD])
    return tuple(_WORD.findall(text)[:_LONGEST])


def _words_of(text: str) -> frozenset[str]:
    return frozenset(map(_folded, _words(text)))


@lru_cache(maxsize=1 << 15)
def _folded(word: str) -> str:
    if word[0].isdigit():
        return word.replace(",", "")
    folded = word.casefold().replace("’", "'")
    return _NUMBER_WORDS.get(folded, folded)
