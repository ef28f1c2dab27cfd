"""`memory`: what a process holds after the query set, and an indexer at its peak.

Two processes of each engine answer all queries, as two web workers would.
Unshared is what a worker has for itself alone: memory that it wrote to. Pages of
files that it reads through memory maps are the system's, and all workers share
them.
"""

from contextlib import ExitStack
from typing import Any

import click

from bench.engines.side import OURS
from bench.process import machine, told
from bench.searching.collection import collection
from bench.searching.figures import ratio
from bench.searching.goals import Goal, print_goals
from bench.searching.options import Wanted, shared
from bench.searching.rounds import Answers, askable, run
from bench.show import print_json, print_lines, print_table


@click.command(epilog="Example: python -m bench memory --articles 10000 --peers tantivy")
@shared
def memory(wanted: Wanted, as_json: bool) -> None:
    """Memory beside other engines: a worker after the query set, the indexer at its peak."""
    busy = machine()
    engines: dict[str, dict[str, float]] = {}
    left_out: dict[str, None] = {}
    with collection(wanted) as made:
        for name in made.engines:
            built = made.built(name)
            with ExitStack() as stack:
                workers = [stack.enter_context(made.remote(name)) for _ in range(2)]
                start = workers[0]("memory")["unshared"]
                for worker in workers:
                    worker("open")
                    asks, out = askable(made.asks, [worker])
                    run([worker], asks, Answers(), {"whoosh": 5})
                left_out |= dict.fromkeys(out)
                found = workers[0]("memory")
            engines[name] = {
                "unshared_mb": _mb(found["unshared"]),
                "before_opening_mb": _mb(start),
                "resident_mb": _mb(found["resident"]),
                "indexer_peak_mb": _mb(built.peak),
            }
        articles, absent = made.held.articles, made.absent
    report: dict[str, Any] = {
        "articles": articles,
        "engines": engines,
        "ratios": {
            name: {key: ratio(engines[OURS][key], value) for key, value in each.items()}
            for name, each in engines.items()
            if name != OURS
        },
        "left_out": list(left_out),
        "absent": absent,
        "machine": busy,
    }
    if as_json:
        print_json(report)
        return
    print_table(
        f"Memory at {articles:,} articles, MB; {told(busy)}",
        ("", "unshared after the queries", "of it before opening", "resident", "indexer at peak"),
        ((name, *each.values()) for name, each in engines.items()),
    )
    print_lines("Left out", [*left_out, *absent])
    print_goals(
        [
            Goal("unshared memory of a worker", 150.0, engines[OURS]["unshared_mb"], "MB"),
            Goal("resident memory of the indexer", 400.0, engines[OURS]["indexer_peak_mb"], "MB"),
        ],
        articles,
    )


def _mb(size: int) -> float:
    return round(size / 1e6, 1)
