"""Reasons: why an article stands where it does, in words first, and the numbers behind them."""

from dataclasses import dataclass
from enum import StrEnum


class Why(StrEnum):
    """What adds to a score, or decides among near-equal ones."""

    WORD = "word"
    PATTERN = "pattern"
    NEAR = "near"
    BESIDE = "beside"
    RELATED = "related"
    NEWER = "newer"


@dataclass(frozen=True, slots=True)
class Reason:
    """What one word, pattern or pair of words adds to an article's *score*.

    *words* are as they were typed. *times* says how often a word stands in each part of
    the article, the headline first; *having* how many articles have it, or the pair. Being
    newer adds nothing: *having* is how many older articles that score a little more it passes.
    """

    why: Why
    words: tuple[str, ...]
    score: float
    times: tuple[tuple[str, int], ...] = ()
    having: int = 0

    @property
    def says(self) -> str:
        """The reason in plain words."""
        quoted = [f"“{word}”" for word in self.words]
        if self.why is Why.NEWER:
            few = "one that scores" if self.having == 1 else f"{self.having:,} that score"
            return f"newer than {few} a little more"
        articles = f"{self.having:,} {'article has' if self.having == 1 else 'articles have'}"
        match self.why:
            case Why.WORD:
                return f"{quoted[0]} {self._where()}; {articles} it"
            case Why.RELATED:
                return f"related word {quoted[0]} {self._where()}; {articles} it"
            case Why.NEAR:
                return f"{' near '.join(quoted)}; {articles} them so"
            case Why.BESIDE:
                return f"“{' '.join(self.words)}” side by side; {articles} them so"
        return " and ".join(quoted)

    def _where(self) -> str:
        places = [
            f"in the {part}" if count == 1 else f"{count} times in the {part}"
            for part, count in self.times
        ]
        return " and ".join(places)

    def as_json(self) -> dict[str, object]:
        """The reason as ``morgue search --explain --json`` prints it."""
        return {
            "why": str(self.why),
            "words": list(self.words),
            "score": round(self.score, 6),
            "times": dict(self.times),
            "having": self.having,
            "says": self.says,
        }
