"""`feeds`: real and edge feeds, served from this machine, into an archive.

What Morgue finds is compared with what feedparser alone finds in the same
bytes under the same headers.
"""

import tempfile
from collections import Counter
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import click
import feedparser

from archive.source import Kind
from bench import corpora
from bench.process import Failed, Machine, Run, machine, morgue, told
from bench.server import TYPES, Server, serving
from bench.show import Check, conclude, equal, print_checks, print_lines, print_table
from morgue.site import Site

SETS: Final = ("rss-parser", "miniflux", "feed-rs")
_SOME_FAILED = 3


@dataclass(frozen=True, slots=True)
class Feed:
    """How one feed went: entries kept or refused, against those that feedparser finds.

    *copies* are entries whose address another feed had brought already;
    *failure* says why the feed as a whole was refused.
    """

    corpus: str
    name: str
    new: int
    copies: int
    unchanged: int
    refused: tuple[str, ...]
    alone: int
    failure: str | None = None

    @property
    def entries(self) -> int:
        """The entries that Morgue made something of."""
        return self.new + self.copies + self.unchanged


@dataclass(frozen=True, slots=True)
class SetReport:
    """One set of feeds: how many gave entries, here and to feedparser alone."""

    corpus: str
    feeds: int
    with_entries: int
    entries: int
    refused: int
    failed: int
    alone_with_entries: int
    alone_entries: int


@dataclass(frozen=True, slots=True)
class Report:
    """All that was measured."""

    machine: Machine
    first_seconds: float
    again_seconds: float
    again_new: int
    again_not_modified: int
    sets: list[SetReport]
    feeds: list[Feed]
    checks: list[Check]


@click.command(epilog="Example: python -m bench feeds --json")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
def feeds(as_json: bool) -> None:
    """Read real feeds over HTTP: entries found, failures, and a second run of 304s."""
    with tempfile.TemporaryDirectory(prefix="morgue-bench-") as folder:
        try:
            report = measure(Path(folder))
        except Failed as failed:
            raise click.ClickException(str(failed)) from failed
    conclude(report, _print, as_json=as_json)


def measure(folder: Path) -> Report:
    """Unpack the feeds below *folder*, serve them, read them twice. Raises Failed."""
    busy = machine()
    files = {
        f"{name}/{found.relative_to(folder / name).as_posix()}": found
        for name in SETS
        for found in corpora.unpack(f"feeds/{name}.tar.xz", folder / name)
        if is_feed(found)
    }
    site = Site(folder / "site")
    site.folder.mkdir()
    with serving(files) as server:
        addresses = {f"{server.root}/{quote(name)}": name for name in files}
        _add(site, list(addresses))
        first = _update(site)
        server.statuses.clear()
        again = _update(site, "--now")
        found = [
            _feed(said, addresses[said["address"]], files, server)
            for said in first.json["sources"]
        ]
    failed = sum(1 for one in found if one.failure)
    checks = [
        equal("feeds reported on", len(found), len(files)),
        equal("exit code", first.code, _SOME_FAILED if failed else 0),
        equal("articles in the store", _articles(site), sum(one.new for one in found)),
        equal("second run: new or revised", again.json["new"] + again.json["revised"], 0),
        equal("second run: answers 304", server.statuses[304], len(found) - failed),
        equal("second run: failures", again.json["failed"], failed),
    ]
    return Report(
        machine=busy,
        first_seconds=round(first.seconds, 2),
        again_seconds=round(again.seconds, 2),
        again_new=again.json["new"],
        again_not_modified=server.statuses[304],
        sets=[_sum(name, [one for one in found if one.corpus == name]) for name in SETS],
        feeds=found,
        checks=checks,
    )


def is_feed(path: Path) -> bool:
    """Whether a file of the sets is a feed and not the expectation of a test."""
    expectation = path.name.endswith(".serde.json") or "output" in path.parts
    return path.suffix.lower() in TYPES and not expectation


def _add(site: Site, addresses: list[str]) -> None:
    """Add the first by the command line, and the others directly, which is faster."""
    morgue(site.folder, "add", "--as-is", addresses[0])
    with site.open() as store:
        for address in addresses[1:]:
            store.add_source(Kind.FEED, address)


def _update(site: Site, *arguments: str) -> Run:
    return morgue(site.folder, "update", "--json", *arguments, codes=(0, _SOME_FAILED))


def _feed(said: dict[str, Any], name: str, files: dict[str, Path], server: Server) -> Feed:
    corpus, _, rest = name.partition("/")
    reasons = [failure["reason"].replace(server.root, "") for failure in said["failures"]]
    return Feed(
        corpus,
        rest,
        said["new"],
        said["copies"],
        said["unchanged"] + said["revised"],
        tuple(refused["reason"] for refused in said["refused"]),
        _alone(files[name], said["address"]),
        "; ".join(reasons) or None,
    )


def _alone(path: Path, address: str) -> int:
    """How many entries feedparser finds by itself."""
    headers = {"content-type": TYPES[path.suffix.lower()], "content-location": address}
    return len(feedparser.parse(BytesIO(path.read_bytes()), response_headers=headers).entries)


def _articles(site: Site) -> int:
    with site.open() as store:
        return store.counts().articles


def _sum(name: str, found: list[Feed]) -> SetReport:
    return SetReport(
        corpus=name,
        feeds=len(found),
        with_entries=sum(1 for one in found if one.entries),
        entries=sum(one.entries for one in found),
        refused=sum(len(one.refused) for one in found),
        failed=sum(1 for one in found if one.failure),
        alone_with_entries=sum(1 for one in found if one.alone),
        alone_entries=sum(one.alone for one in found),
    )


def _print(report: Report) -> None:
    print_table(
        f"Feeds, and what is found in them; {told(report.machine)}",
        (
            "set",
            "feeds",
            "giving entries",
            "entries",
            "refused",
            "failed",
            "feedparser: giving",
            "entries",
        ),
        (
            (
                s.corpus,
                s.feeds,
                s.with_entries,
                s.entries,
                s.refused,
                s.failed,
                s.alone_with_entries,
                s.alone_entries,
            )
            for s in report.sets
        ),
    )
    print_lines(
        "Feeds that failed",
        (f"{f.corpus}/{f.name}: {f.failure}" for f in report.feeds if f.failure),
    )
    print_lines(
        "Entries refused",
        (
            f"{f.corpus}/{f.name}: {count} × {reason}"
            for f in report.feeds
            for reason, count in Counter(f.refused).items()
        ),
    )
    print_lines(
        "Feeds in which feedparser alone finds another number of entries",
        (
            f"{f.corpus}/{f.name}: {f.entries} here, {f.alone} alone"
            for f in report.feeds
            if f.entries != f.alone
        ),
    )
    print_lines(
        "Updates",
        [
            f"the first: {report.first_seconds:.2f} s",
            f"the second: {report.again_seconds:.2f} s, {report.again_not_modified} × 304, "
            f"{report.again_new} new",
        ],
    )
    print_checks(report.checks)
