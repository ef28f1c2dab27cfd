"""Figures of many times: what they come to per kind, and how ours stand to a peer's."""

import statistics
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from bench.engines.ask import KINDS

ALL = "all"


class Spread(msgspec.Struct, frozen=True):
    """Milliseconds: the median, the 95th percentile, the longest."""

    p50: float
    p95: float
    max: float


def spread(times: Sequence[float]) -> Spread:
    """Return the spread of *times*, at least one."""
    p95 = statistics.quantiles(times, n=20, method="inclusive")[-1] if len(times) > 1 else times[0]
    return Spread(round(statistics.median(times), 3), round(p95, 3), round(max(times), 3))


def by_kind(times: Iterable[tuple[str, float]]) -> dict[str, Spread]:
    """Return the spread of each kind that has times, and of all together."""
    found: dict[str, list[float]] = {kind: [] for kind in (*KINDS, ALL)}
    for kind, ms in times:
        found[kind].append(ms)
        found[ALL].append(ms)
    return {kind: spread(each) for kind, each in found.items() if each}


def ratio(ours: float, theirs: float) -> float | None:
    """Return ours over theirs, None where there is nothing to compare with."""
    return round(ours / theirs, 4) if theirs else None


def ratios(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> dict[str, Any]:
    """Return ours over theirs for every figure that both have, in the same shape."""
    found: dict[str, Any] = {}
    for name, value in ours.items():
        other = theirs.get(name)
        if isinstance(value, Mapping) and isinstance(other, Mapping):
            found[name] = ratios(value, other)
        elif isinstance(value, int | float) and isinstance(other, int | float):
            found[name] = ratio(value, other)
    return found
