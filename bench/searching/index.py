"""`index`: articles from their text to searchable and synced, by each engine alone.

Each indexes all articles anew in a process of its own; the time of reading
them from the store is not counted. Seconds of the processor are told beside it
(reading included), for they swing less with what else the machine does.
"""

from typing import Any

import click

from bench.engines.side import OURS
from bench.process import machine, told
from bench.searching.collection import Built, collection
from bench.searching.figures import ratio
from bench.searching.goals import Goal, print_goals
from bench.searching.options import Wanted, shared
from bench.show import print_json, print_lines, print_table


@click.command(epilog="Example: python -m bench index --articles 10000 --peers tantivy,whoosh")
@shared
def index(wanted: Wanted, as_json: bool) -> None:
    """Indexing beside other engines: articles a second, peak memory, size."""
    busy = machine()
    with collection(wanted) as made:
        found = {name: made.build(name) for name in made.engines}
        words, absent, articles = made.held.words, made.absent, made.held.articles
    engines: dict[str, dict[str, Any]] = {
        name: {
            "seconds": round(built.seconds, 2),
            "cpu_seconds": round(built.cpu, 2),
            "docs_per_s": built.docs_per_s,
            "peak_mb": round(built.peak / 1e6, 1),
            "size_mb": round(built.size / 1e6, 1),
        }
        for name, built in found.items()
    }
    ratios = {name: _ratios(found[OURS], built) for name, built in found.items() if name != OURS}
    if as_json:
        report = {"articles": articles, "words": words, "engines": engines, "ratios": ratios}
        print_json({**report, "absent": absent, "machine": busy})
        return
    print_table(
        f"Indexing {articles:,} articles of {words // max(1, articles)} words; {told(busy)}",
        (
            "",
            "seconds",
            "CPU seconds",
            "articles/s",
            "peak MB",
            "index MB",
            "Morgue ×",
        ),
        (
            (name, *row.values(), ratios[name]["docs_per_s"] if name in ratios else "")
            for name, row in engines.items()
        ),
    )
    print_lines("Left out", absent)
    print_goals(
        [
            _goal("indexing, to stock Whoosh", 8.0, ratios, "whoosh"),
            _goal("indexing, to tantivy with one thread", 1 / 3, ratios, "tantivy"),
            Goal("resident memory of the indexer", 400.0, engines[OURS]["peak_mb"], "MB"),
            Goal("index size, to tantivy", 2.0, ratios.get("tantivy", {}).get("size_mb")),
        ],
        articles,
    )


def _ratios(ours: Built, theirs: Built) -> dict[str, float | None]:
    return {
        "docs_per_s": ratio(ours.docs_per_s, theirs.docs_per_s),
        "peak_mb": ratio(ours.peak, theirs.peak),
        "size_mb": ratio(ours.size, theirs.size),
    }


def _goal(what: str, bound: float, ratios: dict[str, dict[str, float | None]], peer: str) -> Goal:
    return Goal(what, bound, ratios.get(peer, {}).get("docs_per_s"), at_least=True)
