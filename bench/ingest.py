"""`ingest`: a corpus of files through the whole pipeline, three times.

First all of it is new; then nothing is; then some files have changed.
"""

import tempfile
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from archive import store as stores
from archive.store.holdings import Counts
from bench import clippings, readings, searches
from bench.clippings import Amount, Truth
from bench.process import Failed, Machine, Run, machine, morgue, size, store_size, told
from bench.readings import Score, Wrong
from bench.searches import Times
from bench.show import (
    Check,
    conclude,
    equal,
    megabytes,
    percent,
    print_checks,
    print_lines,
    print_table,
)
from indexer.live import LiveIndex
from indexer.request import Request
from indexer.search import search
from morgue.site import Site

_CHANGED = 100
_WORD = "zyxomarkanthus"
_SOME_FAILED = 3


@dataclass(frozen=True, slots=True)
class Update:
    """One `morgue update`: what it took, and what it said it did."""

    what: str
    seconds: float
    cpu_seconds: float
    peak_bytes: int
    new: int
    revised: int
    unchanged: int
    copies: int
    failed: int


@dataclass(frozen=True, slots=True)
class Refused:
    """How many files were refused for one reason, and one of them."""

    reason: str
    files: int
    example: str


@dataclass(frozen=True)
class Report:
    """All that was measured."""

    machine: Machine
    files: int
    file_bytes: int
    articles_per_s: float
    store_bytes: int
    index_bytes: int
    updates: list[Update]
    refused: list[Refused]
    times: Times
    quality: list[Score]
    checks: list[Check]


@click.command(epilog="Example: python -m bench ingest --articles 1000")
@click.option(
    "--articles",
    type=Amount(),
    default="all",
    show_default=True,
    help="How many Reuters stories; Wikinews and the seeds come on top.",
)
@click.option(
    "--examples",
    type=click.IntRange(min=0),
    default=5,
    show_default=True,
    help="How many readings of each field to show that are wrong, missing or invented.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
def ingest(articles: int | None, examples: int, as_json: bool) -> None:
    """Read thousands of files in: speed, memory, size, what was read right, searches."""
    with tempfile.TemporaryDirectory(prefix="morgue-bench-") as folder:
        try:
            report = measure(Path(folder), articles, examples)
        except Failed as failed:
            raise click.ClickException(str(failed)) from failed
    conclude(report, _print, as_json=as_json)


def measure(folder: Path, articles: int | None, examples: int = 5) -> Report:
    """Write the corpus below *folder*, read it in, and measure that. Raises Failed."""
    busy = machine()
    written = folder / "clippings"
    site = Site(folder / "site")
    site.folder.mkdir()
    truths = clippings.write(written, articles)
    for name in (clippings.REUTERS, clippings.WIKINEWS):
        morgue(site.folder, "add", str(written / name), "--source", name)
    morgue(site.folder, "add", str(written / clippings.SEEDS))

    first = _update(site)
    new = _as_update("all is new", first)
    checks = _first_checks(site, truths, first)
    store_bytes = store_size(site.folder / stores.FILE)
    index_bytes = size(site.index)

    again = _as_update("nothing is new", _update(site))
    checks += [
        equal("nothing new: articles new or revised", again.new + again.revised, 0),
        equal("nothing new: files unchanged", again.unchanged, new.new),
    ]

    with site.open() as store, closing(LiveIndex(site.index)) as live:
        scores = readings.score(store, truths, examples)
        times = searches.measure(live, store)
        before = store.counts()
    changed = _change(site, truths)
    revised = _as_update(f"{changed} files changed", _update(site))
    checks += _changed_checks(site, changed, revised, before)
    return Report(
        machine=busy,
        files=len(truths),
        file_bytes=size(written),
        articles_per_s=round(new.new / new.seconds, 1),
        store_bytes=store_bytes,
        index_bytes=index_bytes,
        updates=[new, again, revised],
        refused=_refused(first.json),
        times=times,
        quality=scores,
        checks=checks,
    )


def _update(site: Site) -> Run:
    return morgue(site.folder, "update", "--json", codes=(0, _SOME_FAILED))


def _as_update(what: str, run: Run) -> Update:
    names = ("new", "revised", "unchanged", "copies", "failed")
    return Update(
        what, round(run.seconds, 2), round(run.cpu, 2), run.peak, *(run.json[n] for n in names)
    )


def _refused(said: dict[str, Any]) -> list[Refused]:
    failures = [failure for source in said["sources"] for failure in source["failures"]]
    examples = {failure["reason"]: Path(failure["address"]).name for failure in failures}
    counts = Counter(failure["reason"] for failure in failures)
    return [Refused(reason, files, examples[reason]) for reason, files in counts.most_common()]


def _found(site: Site, text: str) -> int:
    with site.open() as store, site.engine(store) as engine:
        return search(Request(text, copies=True), engine, store).total


def _first_checks(site: Site, truths: list[Truth], run: Run) -> list[Check]:
    said = run.json
    with site.open() as store:
        counts = store.counts()
    return [
        equal("new + failed = files", said["new"] + said["failed"], len(truths)),
        equal("exit code", run.code, _SOME_FAILED if said["failed"] else 0),
        equal("articles in the store", counts.articles, said["new"]),
        equal("changes applied to the index", said["index"]["applied"], said["new"]),
        equal("articles found by a search for everything", _found(site, ""), said["new"]),
    ]


def _change(site: Site, truths: list[Truth]) -> int:
    """Add a paragraph with a word of its own to files that are in the archive; return how many."""
    with site.open() as store:
        kept = [truth.path for truth in truths if store.by_url(truth.path.as_uri())]
    amount = min(_CHANGED, len(kept))
    for number in range(amount):
        with kept[number * len(kept) // amount].open("a", encoding="utf-8") as file:
            file.write(f"\n\n    A paragraph about {_WORD} was added to this story.\n")
    return amount


def _changed_checks(site: Site, changed: int, update: Update, before: Counts) -> list[Check]:
    with site.open() as store:
        after = store.counts()
    return [
        equal("changed files: revised", update.revised, changed),
        equal("changed files: new", update.new, 0),
        equal("changed files: articles in the store", after.articles, before.articles),
        equal("changed files: revisions gained", after.revisions - before.revisions, changed),
        equal("changed files: found by the added word", _found(site, _WORD), changed),
        equal("changed files: found by a search for all", _found(site, ""), before.articles),
    ]


def _said(wrong: Wrong) -> str:
    if not wrong.found:
        return f"“{wrong.expected}” is missing"
    if not wrong.expected:
        return f"“{wrong.found}” is invented"
    return f"“{wrong.found}” is wrong, “{wrong.expected}” is right"


def _print(report: Report) -> None:
    print_table(
        f"{report.files:,} files, {megabytes(report.file_bytes)}; {told(report.machine)}",
        (
            "morgue update",
            "seconds",
            "processor",
            "peak memory",
            "new",
            "revised",
            "unchanged",
            "failed",
        ),
        (
            (
                u.what,
                u.seconds,
                u.cpu_seconds,
                megabytes(u.peak_bytes),
                u.new,
                u.revised,
                u.unchanged,
                u.failed,
            )
            for u in report.updates
        ),
    )
    print_lines(
        "From file to searchable",
        [
            f"{report.articles_per_s:,.0f} articles a second",
            f"articles.db {megabytes(report.store_bytes)}, index {megabytes(report.index_bytes)}",
        ],
    )
    print_lines(
        "Refused", (f"{one.files:,} × {one.reason} ({one.example})" for one in report.refused)
    )
    print_table(
        "Read right",
        ("corpus", "field", "stated", "right", "share", "wrong", "missing", "invented"),
        (
            (
                s.corpus,
                s.name,
                s.stated,
                s.right,
                percent(s.right, s.stated),
                s.wrong,
                s.missing,
                f"{s.invented:,} of {s.unstated:,}",
            )
            for s in report.quality
        ),
    )
    for one in report.quality:
        print_lines(
            f"{one.corpus}, {one.name}: not read right",
            (f"{w.file}: {_said(w)}" for w in one.examples),
        )
    times = report.times
    print_table(
        f"{len(times.searches)} searches in one process, milliseconds: "
        f"median {times.median_ms}, p95 {times.p95_ms}; "
        f"just opened: median {times.first_median_ms}, p95 {times.first_p95_ms}",
        ("query", "articles", "first", "median"),
        ((s.query, s.total, s.first_ms, s.median_ms) for s in times.searches),
    )
    print_checks(report.checks)
