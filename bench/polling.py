"""`polling`: many feeds read for the first time, then asked again when none has changed."""

import random
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click

from archive.source import Kind
from bench.process import Failed, Machine, Run, machine, morgue, told
from bench.server import serving
from bench.show import Check, conclude, equal, print_checks, print_lines
from morgue.site import Site

SHARE: Final = 1 / 20
"""The second run may take so much of the first one's time."""
_SEED: Final = 20260110
_VOCABULARY: Final = (
    "harbour council ferry bridge ledger bank rate strike vote quay pilot storm census school "
    "clinic market tariff treaty trawler museum verdict budget river railway lamp keeper orchard "
    "said would after before under against their there which while about during report minister "
    "spokeswoman residents yesterday morning hundred million percent the of and to in a for on"
)
_WORDS: Final = tuple(_VOCABULARY.split())


@dataclass(frozen=True, slots=True)
class Report:
    """What both runs took. *sent* are entries in all feeds; *answers* the statuses in each run."""

    machine: Machine
    feeds: int
    sent: int
    first_seconds: float
    again_seconds: float
    again_cpu: float
    ratio: float
    checks: list[Check]


@click.command(epilog="Example: python -m bench polling --feeds 1000")
@click.option("--feeds", type=click.IntRange(1), default=1000, show_default=True)
@click.option("--entries", type=click.IntRange(1), default=20, show_default=True, help="Per feed.")
@click.option("--words", type=click.IntRange(1), default=200, show_default=True, help="Per entry.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
def polling(feeds: int, entries: int, words: int, as_json: bool) -> None:
    """Ask many feeds again when all answer 304, against reading them for the first time."""
    with tempfile.TemporaryDirectory(prefix="morgue-bench-") as folder:
        try:
            report = measure(Path(folder), feeds, entries, words)
        except Failed as failed:
            raise click.ClickException(str(failed)) from failed
    conclude(report, _print, as_json=as_json)


def measure(folder: Path, feeds: int, entries: int, words: int) -> Report:
    """Make feeds below *folder*, serve them from this process, update twice. Raises Failed."""
    busy = machine()
    made = random.Random(_SEED)
    files: dict[str, Path] = {}
    for number in range(feeds):
        path = folder / f"{number}.xml"
        path.write_text(_feed(made, number, entries, words), encoding="utf-8")
        files[path.name] = path
    site = Site(folder / "site")
    with serving(files) as server:
        with site.open(create=True) as store, store.transaction():
            for name in files:
                store.add_source(Kind.FEED, f"{server.root}/{name}")
        first = _update(site)
        gave = server.statuses.copy()
        server.statuses.clear()
        again = _update(site, "--now")
        gave_again = server.statuses.copy()
        server.statuses.clear()
        eager = _update(site)
        asked_by_eager = server.statuses.total()
    ratio = again.seconds / first.seconds
    checks = [
        equal("first run: answers", dict(gave), {200: feeds}),
        equal("first run: new articles", first.json["new"], feeds * entries),
        equal("second run: answers", dict(gave_again), {304: feeds}),
        equal("second run: new or revised", again.json["new"] + again.json["revised"], 0),
        equal("an eager third run: feeds not due", eager.json["not_due"], feeds),
        equal("an eager third run: requests", asked_by_eager, 0),
        Check(f"second run in at most {SHARE:.3f} of the first", ratio <= SHARE, f"{ratio:.4f}"),
    ]
    return Report(
        machine=busy,
        feeds=feeds,
        sent=feeds * entries,
        first_seconds=round(first.seconds, 2),
        again_seconds=round(again.seconds, 2),
        again_cpu=round(again.cpu, 2),
        ratio=round(ratio, 4),
        checks=checks,
    )


def _update(site: Site, *arguments: str) -> Run:
    return morgue(site.folder, "update", "--json", *arguments)


def _feed(made: random.Random, number: int, entries: int, words: int) -> str:
    """A feed of full texts, as many sites have it, out of words drawn at random."""
    items = []
    for entry in range(entries):
        headline = " ".join(made.choices(_WORDS, k=8)).capitalize()
        paragraphs = [
            f"<p>{' '.join(made.choices(_WORDS, k=min(50, words - begun))).capitalize()}.</p>"
            for begun in range(0, words, 50)
        ]
        items.append(
            f"<item><title>{headline}</title>"
            f"<link>https://paper{number}.example/{entry}</link>"
            f"<guid>paper{number}-{entry}</guid>"
            f"<pubDate>{1 + entry % 28:02} Nov 2025 08:{entry % 60:02}:00 +0000</pubDate>"
            f"<description><![CDATA[{''.join(paragraphs)}]]></description></item>"
        )
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>'
        f"<title>Paper {number}</title><link>https://paper{number}.example/</link>"
        f"{''.join(items)}</channel></rss>"
    )


def _print(report: Report) -> None:
    print_lines(
        f"{report.feeds:,} feeds of {report.sent:,} entries; {told(report.machine)}",
        [
            f"read for the first time: {report.first_seconds:.2f} s",
            f"asked again, all 304: {report.again_seconds:.2f} s ({report.again_cpu:.2f} s of "
            f"processor time), {1 / report.ratio:.0f} times as fast",
        ],
    )
    print_checks(report.checks)
