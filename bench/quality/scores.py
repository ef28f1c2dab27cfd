"""A score, and the floor under it."""

import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path

FLOORS = "floors.toml"
_HEAD = "# The least that each score may be. `python -m bench quality --raise-floors` raises them."


@dataclass(frozen=True, slots=True)
class Score:
    """How well one thing was read in one set: *value* from 0 to 1, over *cases* of them.

    *lenient* is the same where near misses count; *plain* what other libraries
    come to on the same cases, by name; *reach* and *stretch* what was asked for.
    *misses* gives, by cause, examples of what went wrong, one line each.
    """

    corpus: str
    measure: str
    value: float
    cases: int
    lenient: float | None = None
    plain: Mapping[str, float] = field(default_factory=dict)
    reach: float | None = None
    stretch: float | None = None
    misses: Mapping[str, list[str]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The score's name, under which its floor is pinned: ``adbar: exact headline``."""
        return f"{self.corpus}: {self.measure}"


Measurement = Callable[[bool], Iterable[Score]]
"""Measures one set. Its argument says whether plain libraries are scored beside."""


def floors() -> dict[str, float]:
    """Return the pinned floors by a score's name."""
    text = resources.files("bench.quality").joinpath(FLOORS).read_text(encoding="utf-8")
    return {name: float(value) for name, value in tomllib.loads(text).items()}


def below(scores: Iterable[Score], pinned: Mapping[str, float]) -> list[Score]:
    """Return the scores that fell under their floors, or that have none."""
    return [score for score in scores if round(score.value, 4) < pinned.get(score.name, 2.0)]


def pin(scores: Iterable[Score], pinned: Mapping[str, float], *, lower: bool) -> dict[str, float]:
    """Return *pinned* raised to *scores*, cut to three places; lowered too only with *lower*."""
    result = dict(pinned)
    for score in scores:
        value = int(round(score.value, 6) * 1000) / 1000
        if lower or value > result.get(score.name, -1.0):
            result[score.name] = value
    return result


def write_floors(pinned: Mapping[str, float]) -> Path:
    """Write *pinned* as the new floors; return the file."""
    path = Path(__file__).with_name(FLOORS)
    lines = [f'"{name}" = {value:.3f}' for name, value in sorted(pinned.items())]
    path.write_text("\n".join([_HEAD, *lines, ""]), encoding="utf-8")
    return path
