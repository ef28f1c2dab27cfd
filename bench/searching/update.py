"""`update`: small commits at full size, and what they do to the pages after them.

A copy of each index takes 50 commits of 100 articles, half of them edited and
half new, each committed, synced and visible to a search in the same process. The
articles have been put into the store before the clock starts.
Pages are timed before the first commit, after the last, and after a full merge
where the engine has one.
"""

import shutil
import tempfile
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from archive import store as stores
from bench.articles.kept import BulkStore
from bench.articles.upserts import upsert
from bench.engines.remote import Remote
from bench.engines.side import OURS
from bench.process import machine, told
from bench.searching.collection import Collection, collection
from bench.searching.figures import ALL, Spread, by_kind, ratio, spread
from bench.searching.goals import Goal, print_goals
from bench.searching.options import Wanted, growth, shared
from bench.searching.page import print_disagreements
from bench.searching.rounds import Answers, askable, run
from bench.show import print_json, print_lines, print_table
from indexer import location


@click.command(epilog="Example: python -m bench update --articles 10000 --peers tantivy")
@shared
@growth
@click.option(
    "--commits",
    type=click.IntRange(min=1),
    default=50,
    show_default=True,
    help="How many commits.",
)
@click.option(
    "--upserts",
    type=click.IntRange(min=1),
    default=100,
    show_default=True,
    help="How many articles in each.",
)
@click.option(
    "--rounds",
    type=click.IntRange(min=1),
    default=3,
    show_default=True,
    help="Warm passes over the queries, before, after and merged.",
)
def update(
    wanted: Wanted,
    smaller: int | None,
    as_json: bool,
    commits: int,
    upserts: int,
    rounds: int,
) -> None:
    """Commits of 100 upserts beside other engines, and pages after 50 of them."""
    with collection(wanted) as made:
        report = measure(made, commits, min(upserts, made.held.articles), rounds)
    if smaller:
        with collection(replace(wanted, articles=smaller)) as made:
            small = measure(made, commits, min(upserts, made.held.articles), rounds)
        report["growth"] = {
            "from": small["articles"],
            "commit_p50": {
                name: ratio(engine["commit_ms"].p50, small["engines"][name]["commit_ms"].p50)
                for name, engine in report["engines"].items()
            },
        }
    if as_json:
        print_json(report)
    else:
        _print(report)


def measure(made: Collection, commits: int, upserts: int, rounds: int) -> dict[str, Any]:
    """Copy the indexes, commit, ask, and return the report. Raises Failed."""
    busy = machine()
    for name in made.engines:
        made.built(name)
    with ExitStack() as stack:
        copies = Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="copy-", dir=made.folder))
        )
        store = stack.enter_context(BulkStore(_store(made, copies)))
        remotes = [stack.enter_context(_copied(made, name, copies)) for name in made.engines]
        for remote in remotes:
            remote("open")
        asks, left_out = askable(made.asks, remotes)

        def pages() -> Answers:
            run(remotes, asks, Answers(), {"whoosh": 10})
            answers = Answers()
            for number in range(rounds):
                run(remotes, asks, answers, {"whoosh": 10}, turn=number)
            return answers

        before = pages()
        seconds: dict[str, list[float]] = {name: [] for name in made.engines}
        for commit in range(commits):
            seq, ask = upsert(store, commit, upserts)
            for remote in remotes:
                seconds[remote.name].append(remote("upsert", seq, ask))
        after = pages()
        merges = {remote.name: remote("merge") for remote in remotes}
        merged = pages()
    engines = {
        name: {
            "first_commit_s": round(seconds[name][0], 3),
            "commit_ms": spread([1000 * one for one in seconds[name]]),
            "before": by_kind(before.times[name])[ALL],
            "after": by_kind(after.times[name])[ALL],
            "merge_s": round(merges[name], 2) if merges[name] is not None else None,
            "merged": by_kind(merged.times[name])[ALL] if merges[name] is not None else None,
            "p95_after_to_before": _grown(before, after, name),
        }
        for name in made.engines
    }
    after.different |= merged.different
    return {
        "articles": made.held.articles,
        "commits": commits,
        "upserts": upserts,
        "engines": engines,
        "ratios": {
            name: {"commit_p50": _commit_ratio(seconds[OURS], seconds[name])}
            for name in made.engines
            if name != OURS
        },
        "left_out": left_out,
        "absent": made.absent,
        "disagreements": after.counts(),
        "examples": after.examples(),
        "machine": busy,
    }


def _store(made: Collection, folder: Path) -> Path:
    """Copy the store into *folder*, from which all engines take the text of what they show."""
    return Path(shutil.copy2(made.site / stores.FILE, folder / stores.FILE))


def _copied(made: Collection, name: str, folder: Path) -> Remote:
    """Start an engine over a copy of its index in *folder*."""
    if name == OURS:
        shutil.copytree(made.below(name) / location.FOLDER, folder / location.FOLDER)
    else:
        for found in made.below(name).glob(f"{name}*"):
            if found.is_dir():
                shutil.copytree(found, folder / found.name)
            else:
                shutil.copy2(found, folder / found.name)
    return Remote(name, folder, folder)


def _grown(before: Answers, after: Answers, name: str) -> float | None:
    return ratio(by_kind(after.times[name])[ALL].p95, by_kind(before.times[name])[ALL].p95)


def _commit_ratio(ours: list[float], theirs: list[float]) -> float | None:
    return ratio(spread(ours).p50, spread(theirs).p50)


def _print(report: dict[str, Any]) -> None:
    engines = report["engines"]
    upserts = report["upserts"]
    print_table(
        f"{report['commits']} commits of {upserts} upserts at {report['articles']:,} articles, "
        f"visible and synced; {told(report['machine'])}",
        ("", "first s", "p50 ms", "p95 ms", "max ms", "full merge s"),
        (
            (
                name,
                e["first_commit_s"],
                e["commit_ms"].p50,
                e["commit_ms"].p95,
                e["commit_ms"].max,
                "none" if e["merge_s"] is None else e["merge_s"],
            )
            for name, e in engines.items()
        ),
    )
    print_table(
        "Full search page, warm, milliseconds (p50 / p95)",
        ("", "before", "after", "merged", "p95 after ÷ before"),
        (
            (
                name,
                *(_cell(e[when]) for when in ("before", "after", "merged")),
                e["p95_after_to_before"] or "–",
            )
            for name, e in engines.items()
        ),
    )
    growing = report.get("growth", {}).get("commit_p50", {})
    if growing:
        print_table(
            f"Growth of a commit's time (p50) from {report['growth']['from']:,} articles",
            growing,
            [growing.values()],
        )
    print_lines("Left out", [*report["left_out"], *report["absent"]])
    print_disagreements(report["disagreements"], report["examples"])
    ours = engines[OURS]
    print_goals(
        [
            Goal("100 upserts committed, visible, synced", 0.5, ours["commit_ms"].p50 / 1000, "s"),
            Goal("growth of a commit's time", 1.3, growing.get(OURS)),
            Goal("page p95 after the commits, to before", 1.5, ours["p95_after_to_before"]),
        ],
        report["articles"],
    )


def _cell(found: Spread | None) -> str:
    return f"{found.p50:,.2f} / {found.p95:,.2f}" if found else "–"
