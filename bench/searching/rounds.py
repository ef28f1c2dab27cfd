"""Rounds: the same queries to all engines, taking turns, and their answers compared."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import msgspec

from bench.engines.ask import Ask
from bench.engines.remote import Remote

_EXAMPLES = 3


class Disagreement(msgspec.Struct, frozen=True):
    """A query to which an engine gave another total, or other facets, than the first engine."""

    engine: str
    kind: str
    query: str
    total: int
    expected: int


@dataclass
class Answers:
    """Times by engine as (kind, milliseconds) and by part of a page, and whose answers differ."""

    times: dict[str, list[tuple[str, float]]] = field(default_factory=dict)
    parts: dict[str, dict[str, list[float]]] = field(default_factory=dict)
    totals: dict[int, tuple[int, int]] = field(default_factory=dict)
    different: dict[tuple[str, int], Disagreement] = field(default_factory=dict)

    def counts(self) -> dict[str, dict[str, int]]:
        """Return how many queries of each kind each engine answered otherwise."""
        found: dict[str, Counter[str]] = {}
        for one in self.different.values():
            found.setdefault(one.engine, Counter())[one.kind] += 1
        return {engine: dict(kinds) for engine, kinds in found.items()}

    def examples(self) -> list[str]:
        """Return a few of the differences in words."""
        seen: Counter[tuple[str, str]] = Counter()
        lines = []
        for one in self.different.values():
            seen[one.engine, one.kind] += 1
            if seen[one.engine, one.kind] <= _EXAMPLES:
                what = f"{one.total:,} where {one.expected:,} were found"
                if one.total == one.expected:
                    what = "the same total with other facet counts"
                lines.append(f"{one.engine}, {one.kind}, {one.query}: {what}")
        return lines


def askable(
    asks: Sequence[Ask], remotes: Sequence[Remote]
) -> tuple[list[tuple[int, Ask]], list[str]]:
    """Return the queries that all engines can answer, and which kinds are left out and why."""
    unable = [remote.name for remote in remotes if not remote.can_near]
    kept = [(n, ask) for n, ask in enumerate(asks) if not (unable and ask.how == "near")]
    out = [f"proximity: {name} has no such query yet" for name in unable]
    return kept, out


def run(
    remotes: Sequence[Remote],
    asks: Sequence[tuple[int, Ask]],
    answers: Answers,
    every: dict[str, int] | None = None,
    turn: int = 0,
) -> None:
    """Ask every engine each query, the first to go changing from query to query.

    *every* says of which engines only each n-th query of a kind is asked.
    """
    met: Counter[str] = Counter()
    for number, ask in asks:
        place = met[ask.kind]
        met[ask.kind] += 1
        start = (number + turn) % len(remotes)
        found = {}
        for remote in (*remotes[start:], *remotes[:start]):
            if (place + turn) % (every or {}).get(remote.name, 1):
                continue
            told = remote.ask(ask)
            answers.times.setdefault(remote.name, []).append((ask.kind, told["ms"]))
            parts = answers.parts.setdefault(remote.name, {})
            for part, ms in told["parts"].items():
                parts.setdefault(part, []).append(ms)
            found[remote.name] = told["total"], told["facets"]
        _compare(
            answers, number, ask, [(remote.name, found.get(remote.name)) for remote in remotes]
        )


def _compare(
    answers: Answers, number: int, ask: Ask, found: Iterable[tuple[str, tuple[int, int] | None]]
) -> None:
    """Hold what was found to what the first engine found first."""
    for engine, one in found:
        if one is not None and one != (expected := answers.totals.setdefault(number, one)):
            answers.different[engine, number] = Disagreement(
                engine, ask.kind, said(ask), one[0], expected[0]
            )


def said(ask: Ask) -> str:
    """Return a query in a few words."""
    limits = [f"{ask.first or ''}..{ask.last or ''}"] if ask.first or ask.last else []
    limits += [value for value in (ask.source, ask.topic) if value]
    if ask.offset:
        limits.append(f"from {ask.offset}")
    words = " ".join(ask.words) or "(everything)"
    return " · ".join([f"{words} ({ask.how})" if len(ask.words) > 1 else words, *limits])
