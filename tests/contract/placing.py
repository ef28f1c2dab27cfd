"""Where parts of a query stand among the words of a text, each rule read plainly."""

from functools import cache, lru_cache

from indexer.analysis import Analyzer, Token, fold, paragraphs, sentence_starts
from indexer.tree import Fuzzy

Place = tuple[int, int]
"""The first and the last word of something in a paragraph, by their numbers."""

analyzer_for = cache(Analyzer)
"""The analyzer of a site's language, one for all engines: what it has read is kept below."""


@lru_cache(maxsize=1 << 14)
def paragraphs_of(reader: Analyzer, text: str) -> list[list[tuple[Token, int]]]:
    """The paragraphs of a text that have words, each word with the number of its sentence.

    Kept, for the same ones are asked for all the time.
    """
    read = []
    for start, end in paragraphs(text):
        begins = sentence_starts(text, start, end)
        read.append(
            [
                (token, sum(begin <= token.start for begin in begins))
                for token in reader.tokens(text)
                if start <= token.start < end
            ]
        )
    return [paragraph for paragraph in read if paragraph]


@lru_cache(maxsize=1 << 14)
def terms_of(reader: Analyzer, text: str) -> tuple[str, ...]:
    """The terms of a query's words, kept likewise."""
    return reader.terms(text)


def alike(form: str, like: str | Fuzzy) -> bool:
    """Whether *form* begins as *like*, or is as few edits from it as that says."""
    if isinstance(like, Fuzzy):
        return edits(fold(like.text), form) <= like.distance
    return form.startswith(fold(like))


def runs(words: tuple[str, ...], among: list[str]) -> list[Place]:
    """Where *words* stand side by side."""
    count = len(words)
    return [(i, i + count - 1) for i in range(len(among)) if tuple(among[i : i + count]) == words]


def near_each_other(parts: list[list[Place]], within: int) -> bool:
    """Whether from one part's end every other begins behind it, at most *within* words on."""
    return any(
        all(
            any(0 < first - end <= within for first, _ in other)
            for j, other in enumerate(parts)
            if j != i
        )
        for i, part in enumerate(parts)
        for _, end in part
    )


def in_order(parts: list[list[Place]], within: int) -> bool:
    """Whether the parts stand one behind the other, the last near the first's end."""

    def follows(behind: int, rest: list[list[Place]], limit: int) -> bool:
        return not rest or any(
            behind < first <= limit and follows(end, rest[1:], limit) for first, end in rest[0]
        )

    return any(follows(end, parts[1:], end + within) for _, end in parts[0])


def edits(one: str, other: str) -> int:
    """The distance of two words by optimal string alignment."""
    rows = [
        [i + j if not i * j else 0 for j in range(len(other) + 1)] for i in range(len(one) + 1)
    ]
    for i in range(1, len(one) + 1):
        for j in range(1, len(other) + 1):
            rows[i][j] = min(
                rows[i - 1][j] + 1,
                rows[i][j - 1] + 1,
                rows[i - 1][j - 1] + (one[i - 1] != other[j - 1]),
            )
            if i > 1 and j > 1 and one[i - 2 : i] == other[j - 2 : j][::-1]:
                rows[i][j] = min(rows[i][j], rows[i - 2][j - 2] + 1)
    return rows[-1][-1]
