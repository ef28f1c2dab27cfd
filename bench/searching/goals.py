"""Goals: a figure, the bound it should keep, and whether it does. Said plainly either way."""

from collections.abc import Iterable
from dataclasses import dataclass

from bench.show import print_lines


@dataclass(frozen=True, slots=True)
class Goal:
    """What *figure* should be at most, or *at_least*; *found* is None where not measured."""

    figure: str
    bound: float
    found: float | None
    unit: str = "×"
    at_least: bool = False

    @property
    def met(self) -> bool | None:
        """Whether the bound is kept, None where nothing was measured."""
        if self.found is None:
            return None
        return self.found >= self.bound if self.at_least else self.found <= self.bound

    def __str__(self) -> str:
        sign = "≥" if self.at_least else "≤"
        goal = f"{self.figure}: goal {sign} {self.bound:.4g} {self.unit}"
        if self.found is None:
            return f"–       {goal}, not measured"
        return f"{'met    ' if self.met else 'NOT MET'} {goal}, found {self.found:.4g} {self.unit}"


def print_goals(goals: Iterable[Goal], articles: int) -> None:
    """Print each goal and how it stands; they are set for 100,000 articles."""
    at = "" if articles == 100_000 else f" (set for 100,000 articles; these are {articles:,})"
    print_lines(f"Goals{at}", map(str, goals))
