"""`page`: a full search page from Morgue and from its peers, cold and warm.

Full means: the total count, the ten best by BM25F, their highlighted snippets,
and facet counts for source, topic and month over all matches. Each engine runs
in a process of its own; queries are put to all of them in turn, so that what
else the machine does costs all alike. Cold is the first pass of a new process
(files may be in the system's cache), warm what follows after it.
"""

from contextlib import ExitStack
from dataclasses import replace
from statistics import median
from typing import Any

import click
import msgspec

from bench.engines.ask import KINDS
from bench.engines.side import OURS
from bench.process import machine, told
from bench.searching import beyond
from bench.searching.collection import Built, Collection, collection
from bench.searching.figures import ALL, Spread, by_kind, ratio, ratios, spread
from bench.searching.goals import Goal, print_goals
from bench.searching.options import Wanted, growth, shared
from bench.searching.rounds import Answers, askable, run
from bench.show import print_json, print_lines, print_table


class Measured(msgspec.Struct, frozen=True):
    """One engine: pages cold and warm by kind, its memory, its size, its speed of indexing.

    *parts* is where the time of warm pages goes, of all kinds, where the engine tells.
    *first_page_ms* is opening the index and answering a first page in a new
    process, imports not counted: the median of several processes.
    """

    cold: dict[str, Spread]
    warm: dict[str, Spread]
    rss_mb: float
    size_mb: float
    docs_per_s: float
    first_page_ms: float
    parts: dict[str, Spread]


@click.command(epilog="Example: python -m bench page --articles 10000 --peers tantivy,fts5")
@shared
@growth
@click.option(
    "--rounds",
    type=click.IntRange(min=1),
    default=5,
    show_default=True,
    help="Warm passes over the queries, and processes that answer a first page.",
)
@click.option(
    "--whoosh-every",
    type=click.IntRange(min=1),
    default=5,
    show_default=True,
    metavar="N",
    help="Stock Whoosh answers each N-th query of a kind only.",
)
@click.option(
    "--http", is_flag=True, help="What `morgue serve` adds to a page instead, without peers."
)
def page(
    wanted: Wanted,
    smaller: int | None,
    as_json: bool,
    rounds: int,
    whoosh_every: int,
    http: bool,
) -> None:
    """Full search pages beside other engines: p50, p95 and max per kind, cold and warm."""
    if http:
        _over_http(replace(wanted, peers=()), rounds, as_json)
        return
    with collection(wanted) as made:
        report = measure(made, rounds, {"whoosh": whoosh_every})
    if smaller:
        with collection(replace(wanted, articles=smaller)) as made:
            report["growth"] = grown(report, measure(made, rounds, {"whoosh": whoosh_every}))
    if as_json:
        print_json(report)
    else:
        _print(report)


def _over_http(wanted: Wanted, rounds: int, as_json: bool) -> None:
    busy = machine()
    with collection(wanted) as made:
        report = beyond.measure(made, rounds)
        articles = made.held.articles
    if as_json:
        print_json({"articles": articles, **report, "machine": busy})
    else:
        beyond.print_report(report, articles, told(busy))
        print_goals(beyond.goals(report), articles)


def measure(made: Collection, rounds: int, every: dict[str, int]) -> dict[str, Any]:
    """Build what is not there, ask, and return the report. Raises Failed."""
    busy = machine()
    built = {name: made.built(name) for name in made.engines}
    first = {name: median(_first(made, name) for _ in range(rounds)) for name in made.engines}
    cold, warm = Answers(), Answers()
    with ExitStack() as stack:
        remotes = [stack.enter_context(made.remote(name)) for name in made.engines]
        for remote in remotes:
            remote("open")
        asks, left_out = askable(made.asks, remotes)
        run(remotes, asks, cold, every)
        warm.totals = cold.totals
        for number in range(rounds):
            run(remotes, asks, warm, every, turn=number)
        memory = {remote.name: remote("memory") for remote in remotes}
    engines = {
        name: _measured(built[name], cold, warm, memory[name], first[name], name)
        for name in made.engines
    }
    cold.different |= warm.different
    plain = {name: msgspec.to_builtins(engine) for name, engine in engines.items()}
    return {
        "articles": made.held.articles,
        "engines": engines,
        "ratios": {
            name: ratios(plain[OURS], plain[name]) for name in made.engines if name != OURS
        },
        "corpus": {"words": made.held.words, "text_mb": round(made.held.text_bytes / 1e6, 1)},
        "queries": len(asks),
        "left_out": left_out,
        "absent": made.absent,
        "disagreements": cold.counts(),
        "examples": cold.examples(),
        "machine": busy,
    }


def grown(large: dict[str, Any], small: dict[str, Any]) -> dict[str, Any]:
    """Return how many times the warm p95 of each engine is what it was at fewer articles."""
    return {
        "from": small["articles"],
        "p95": {
            name: ratio(engine.warm[ALL].p95, small["engines"][name].warm[ALL].p95)
            for name, engine in large["engines"].items()
        },
        "disagreements": small["disagreements"],
    }


def _first(made: Collection, name: str) -> float:
    """Milliseconds to open the index and answer a first page in a new process."""
    ask = next(ask for ask in made.asks if ask.kind == "common")
    with made.remote(name) as remote:
        return float(remote("open") + remote.ask(ask)["ms"])


def _measured(
    built: Built, cold: Answers, warm: Answers, memory: dict[str, int], first: float, name: str
) -> Measured:
    return Measured(
        by_kind(cold.times[name]),
        by_kind(warm.times[name]),
        round(memory["unshared"] / 1e6, 1),
        round(built.size / 1e6, 1),
        built.docs_per_s,
        round(first, 2),
        {part: spread(times) for part, times in warm.parts.get(name, {}).items()},
    )


def goals(report: dict[str, Any]) -> list[Goal]:
    """Return the goals of a page and how they stand."""
    against = report["ratios"]

    def of(peer: str, *path: str) -> float | None:
        found = against.get(peer)
        for name in path:
            found = found.get(name) if isinstance(found, dict) else None
        return found if isinstance(found, float) else None

    kinds = [one for kind in KINDS if (one := of("tantivy", "warm", kind, "p95")) is not None]
    ours = report["engines"][OURS]
    growing = report.get("growth", {}).get("p95", {})
    growth = ratio(growing[OURS], growing["tantivy"]) if growing.get("tantivy") else None
    return [
        Goal("page p50, warm, to tantivy", 1.0, of("tantivy", "warm", ALL, "p50")),
        Goal("page p95, warm, to tantivy", 1.0, of("tantivy", "warm", ALL, "p95")),
        Goal("page p50, warm, to FTS5", 1 / 8, of("fts5", "warm", ALL, "p50")),
        Goal("page p95, warm, to FTS5", 1 / 15, of("fts5", "warm", ALL, "p95")),
        Goal("page p50, warm, to stock Whoosh", 1 / 80, of("whoosh", "warm", ALL, "p50")),
        Goal("page p95, warm, to stock Whoosh", 1 / 80, of("whoosh", "warm", ALL, "p95")),
        Goal("page p95, warm, worst kind, to tantivy", 1.5, max(kinds, default=None)),
        Goal("page p95, cold, to tantivy", 2.0, of("tantivy", "cold", ALL, "p95")),
        Goal("growth of page p95, to tantivy's", 1.0, growth),
        Goal("open and answer a first page", 100.0, ours.first_page_ms, "ms"),
        Goal("unshared memory after the queries", 150.0, ours.rss_mb, "MB"),
        Goal("index size, to tantivy", 2.0, of("tantivy", "size_mb")),
        Goal("indexing, to stock Whoosh", 8.0, of("whoosh", "docs_per_s"), at_least=True),
        Goal("indexing, to tantivy", 1 / 3, of("tantivy", "docs_per_s"), at_least=True),
    ]


def _print(report: dict[str, Any]) -> None:
    engines: dict[str, Measured] = report["engines"]
    title = f"{report['articles']:,} articles, {report['queries']} queries"
    for when in ("warm", "cold"):
        kinds = getattr(engines[OURS], when)
        print_table(
            f"Full search page, {when}, milliseconds (p50 / p95 / max); {title}; "
            f"{told(report['machine'])}",
            ("kind", *engines),
            (
                (kind, *(_cell(getattr(engine, when).get(kind)) for engine in engines.values()))
                for kind in kinds
            ),
        )
        if report["ratios"]:
            print_table(
                f"Morgue over its peers, {when} (p50 / p95 / max)",
                ("kind", *report["ratios"]),
                (
                    (kind, *(_ratio(found[when].get(kind)) for found in report["ratios"].values()))
                    for kind in kinds
                ),
            )
    for name, engine in engines.items():
        if engine.parts:
            print_table(
                f"Where {name}'s time goes, warm, milliseconds (p50 / p95 / max)",
                engine.parts,
                [map(_cell, engine.parts.values())],
            )
    print_table(
        "Beside it",
        ("", "first page ms", "unshared MB", "index MB", "articles/s indexed"),
        (
            (name, e.first_page_ms, e.rss_mb, e.size_mb, e.docs_per_s)
            for name, e in engines.items()
        ),
    )
    if "growth" in report:
        print_table(
            f"Growth of page p95, warm, from {report['growth']['from']:,} articles",
            report["growth"]["p95"],
            [report["growth"]["p95"].values()],
        )
    print_lines("Left out", [*report["left_out"], *report["absent"]])
    print_disagreements(report["disagreements"], report["examples"])
    print_goals(goals(report), report["articles"])


def print_disagreements(counts: dict[str, dict[str, int]], examples: list[str]) -> None:
    """Print whose totals or facets differ from Morgue's, or that none do."""
    if not counts:
        print_lines("Answers", ["every engine gave the same totals and facet counts"])
        return
    print_lines(
        "Answers that differ from Morgue's",
        [
            f"{name}: " + ", ".join(f"{count} {kind}" for kind, count in kinds.items())
            for name, kinds in counts.items()
        ]
        + examples,
    )


def _cell(found: Spread | None) -> str:
    return f"{found.p50:,.2f} / {found.p95:,.2f} / {found.max:,.2f}" if found else "–"


def _ratio(found: dict[str, float] | None) -> str:
    return " / ".join(f"{found[name]:.2f}" for name in ("p50", "p95", "max")) if found else "–"
