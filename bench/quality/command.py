"""The command line of `quality`."""

import sys
import time
from dataclasses import fields

import click

from bench.quality.scores import Score, below, floors, pin, write_floors
from bench.quality.sets import SETS
from bench.show import print_json, print_lines, print_table


def _chosen(_context: click.Context, _option: click.Parameter, value: str | None) -> list[str]:
    names = [name.strip() for name in value.split(",")] if value else list(SETS)
    for name in names:
        if name not in SETS:
            raise click.BadParameter(f"{name} is none of {', '.join(SETS)}")
    return names


@click.command(epilog="Example: python -m bench quality --sets adbar,htmldate --misses 5")
@click.option(
    "--sets", metavar="A,B", callback=_chosen, help="Only these sets; all of them unless said."
)
@click.option("--peers/--no-peers", default=True, help="Score plain libraries beside Morgue.")
@click.option("--misses", default=0, metavar="N", help="Show up to N misses of each cause.")
@click.option("--raise-floors", is_flag=True, help="Pin what was reached, where it is higher.")
@click.option("--lower-floors", is_flag=True, help="Pin what was reached, also where it is lower.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
def quality(
    sets: list[str],
    peers: bool,
    misses: int,
    raise_floors: bool,
    lower_floors: bool,
    as_json: bool,
) -> None:
    """Score what Morgue reads against known truth; return 1 when a score fell under its floor."""
    scores: list[Score] = []
    seconds: dict[str, float] = {}
    for name in sets:
        started = time.monotonic()
        scores += SETS[name](peers)
        seconds[name] = round(time.monotonic() - started, 1)
    pinned = floors()
    if raise_floors or lower_floors:
        pinned = pin(scores, pinned, lower=lower_floors)
        write_floors(pinned)
    fallen = below(scores, pinned)
    if as_json:
        print_json(
            {
                "scores": [{**_as_json(s), "floor": pinned.get(s.name)} for s in scores],
                "below": [s.name for s in fallen],
                "seconds": seconds,
                "ok": not fallen,
            }
        )
    else:
        _print(scores, pinned, misses)
        print_lines("Seconds", (f"{name}: {took}" for name, took in seconds.items()))
        print_lines("Under its floor, or without one", (s.name for s in fallen))
    if fallen:
        sys.exit(1)


def _as_json(score: Score) -> dict[str, object]:
    values = {field.name: getattr(score, field.name) for field in fields(score)}
    return {**values, "plain": dict(score.plain), "misses": dict(score.misses)}


def _print(scores: list[Score], pinned: dict[str, float], misses: int) -> None:
    print_table(
        "Quality (the share that is right; reach and stretch as asked for)",
        ("score", "Morgue", "lenient", "cases", "floor", "reach", "stretch", "plain libraries"),
        (
            (
                score.name,
                f"{score.value:.4f}",
                _figure(score.lenient),
                score.cases,
                _figure(pinned.get(score.name)),
                _figure(score.reach),
                _figure(score.stretch),
                ", ".join(f"{name} {value:.3f}" for name, value in score.plain.items()),
            )
            for score in scores
        ),
    )
    for score in scores:
        for cause, examples in score.misses.items():
            if misses:
                print_lines(
                    f"{score.name}: {cause} ({len(examples):,})",
                    (line for line in examples[:misses]),
                )


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"
