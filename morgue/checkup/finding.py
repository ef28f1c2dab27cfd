"""A finding: what is so, why it matters, what to do."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Level(StrEnum):
    """How grave a finding is: an error loses or betrays something, or nothing works."""

    OK = "ok"
    NOTE = "note"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found in an *area*: *what* is so, *why* it matters, what to *do* about it."""

    area: str
    level: Level
    what: str
    why: str = ""
    do: str = ""

    def as_json(self) -> dict[str, str]:
        """The finding as ``morgue doctor --json`` prints it."""
        return {
            "area": self.area,
            "level": str(self.level),
            "what": self.what,
            "why": self.why,
            "do": self.do,
        }


MOST_NAMED: Final = 5


def some(names: Sequence[str], most: int = MOST_NAMED) -> str:
    """Return the first of *names* in a row, and how many more there are."""
    shown = ", ".join(names[:most])
    return f"{shown} and {len(names) - most:,} more" if len(names) > most else shown


def size(count: int) -> str:
    """Return a number of bytes as people say it: ``1.3 GB``."""
    figure = float(count)
    for unit in ("bytes", "kB", "MB", "GB"):
        if figure < 1000:
            return f"{figure:.0f} {unit}" if unit == "bytes" else f"{figure:.1f} {unit}"
        figure /= 1000
    return f"{figure:.1f} TB"
