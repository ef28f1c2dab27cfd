"""`speed`: pages and feeds per second through the pipeline, beside the plain libraries.

In one run, in turn: trafilatura's extraction with metadata alone, in one
process; `update` over the same pages as files into a new store, read in its
own process; and the same with one reading process for each processor. Feeds
likewise beside feedparser. The reading processes have started when the clock
does; how long that takes is told apart.

Every round has other pages, and trafilatura forgets what it remembers before each turn: it
keeps lines of text, and would be fast on pages that it has seen, as no archive's are.
Each way takes its turn in every round, and is compared with the plain library's
turn of that round, so that what else the machine does costs both. Processor time
tells what they would take if they had it to themselves.
"""

import os
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import Any, Final

import click
import feedparser
import trafilatura
from trafilatura.meta import reset_caches

from archive.ingest.fetch import Answer, Fetcher
from archive.ingest.pipeline import update
from archive.ingest.readers.pool import Pool
from archive.ingest.readers.reading import Here, Readers
from archive.settings import Fetch
from archive.source import Kind
from archive.store import Store
from bench import corpora
from bench.feeds import SETS, is_feed
from bench.memory import Flat, flat
from bench.process import Machine, machine, told
from bench.quality.pages import COLLECTIONS
from bench.server import TYPES
from bench.show import Check, conclude, megabytes, print_checks, print_lines, print_table

_ONE, _ALL = 0.7, 1.3
_COLLECTIONS: Final = ("newspaper4k", "scrapinghub", "postlight")
_TODAY: Final = date(2030, 1, 1)
_MOST_GROWTH: Final = 1.25
_WARM: Final = 10


@dataclass(frozen=True, slots=True)
class Pace:
    """How many a second, and processor time in milliseconds for each; medians of the rounds.

    *cpu_ms* is that of all processes, *main_ms* of it that of the main one. *against_plain*
    compares the time that went by; *by_cpu* processor time: of several processes that
    of the busiest, were the reading shared out evenly and each given a processor.
    """

    what: str
    per_second: float
    cpu_ms: float
    main_ms: float
    against_plain: float
    by_cpu: float


@dataclass(frozen=True, slots=True)
class _Took:
    """Seconds that one turn took: by the clock, of all processes' time, of the main one's."""

    wall: float
    cpu: float
    main: float


@dataclass(frozen=True, slots=True)
class Report:
    """All that was measured."""

    machine: Machine
    processes: int
    start_seconds: float
    pages: int
    page_paces: list[Pace]
    feeds: int
    feed_paces: list[Pace]
    memory: Flat | None
    checks: list[Check]


@click.command(epilog="Example: python -m bench speed --rounds 3")
@click.option("--rounds", type=click.IntRange(min=1), default=3, show_default=True)
@click.option(
    "--sample", type=click.IntRange(min=1), default=100, show_default=True, help="Pages a round."
)
@click.option(
    "--pages",
    type=click.IntRange(min=0),
    default=0,
    help="Also read so many different pages in one update, and watch the memory.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
def speed(rounds: int, sample: int, pages: int, as_json: bool) -> None:
    """Pages and feeds per second, beside plain trafilatura and plain feedparser."""
    say: Callable[[str], None] = (lambda _line: None) if as_json else click.echo
    with tempfile.TemporaryDirectory(prefix="morgue-bench-") as folder:
        report = measure(Path(folder), rounds, sample, pages, say)
    conclude(report, _print, as_json=as_json)


def measure(
    folder: Path, rounds: int, sample: int, pages: int, say: Callable[[str], None]
) -> Report:
    """Take turns *rounds* times over *sample* pages and all feeds; *say* what each turn took."""
    busy = machine()
    page_folder = folder / "pages"
    turns = _write_pages(page_folder, sample, rounds)
    feeds = list(_feeds(folder / "feeds"))
    started = time.perf_counter()
    with Pool() as pool:
        _start(pool)
        start_seconds = time.perf_counter() - started
        page_paces = _paces(
            ("plain trafilatura", lambda turn: _trafilatura(turns[turn])),
            folder,
            lambda store, turn: [store.add_source(Kind.FOLDER, str(page_folder / str(turn)))],
            _Memory({}),
            pool,
            rounds,
            len(turns[1]),
            say,
        )
        addresses = {f"https://feed{n}.example/feed": body for n, body in enumerate(feeds)}
        feed_paces = _paces(
            ("plain feedparser", lambda turn: _feedparser(feeds if turn else feeds[:_WARM])),
            folder,
            lambda store, turn: [
                store.add_source(Kind.FEED, address)
                for address in islice(addresses, None if turn else _WARM)
            ],
            _Memory(addresses),
            pool,
            rounds,
            len(feeds),
            say,
        )
        processes = pool.processes
    memory = flat(folder / "many", pages, say) if pages else None
    checks = [
        Check(
            f"{name}, {paces[at].what}: at least {least} × plain",
            paces[at].against_plain >= least,
            f"{paces[at].against_plain:.2f} ×; by processor time {paces[at].by_cpu:.2f} ×",
        )
        for name, paces in (("pages", page_paces), ("feeds", feed_paces))
        for at, least in ((1, _ONE), (2, _ALL))
    ]
    if memory is not None:
        grown = max(memory.main_end / memory.main_early, memory.child_end / memory.child_early)
        checks.append(
            Check("memory at the end against early on", grown <= _MOST_GROWTH, f"{grown:.2f} ×")
        )
    return Report(
        machine=busy,
        processes=processes,
        start_seconds=round(start_seconds, 2),
        pages=len(turns[1]),
        page_paces=page_paces,
        feeds=len(feeds),
        feed_paces=feed_paces,
        memory=memory,
        checks=checks,
    )


def _paces(
    plain: tuple[str, Callable[[int], None]],
    folder: Path,
    add: Callable[[Store, int], Any],
    fetcher: Fetcher,
    pool: Pool,
    rounds: int,
    count: int,
    say: Callable[[str], None],
) -> list[Pace]:
    def through(readers: Readers, turn: int) -> None:
        path = folder / "articles.db"
        with Store(path) as store:
            add(store, turn)
            for _ in update(store, store.sources(), fetcher, _TODAY, readers=readers):
                pass
        for file in folder.glob("articles.db*"):
            file.unlink()

    ways: list[tuple[str, Callable[[int], None]]] = [
        plain,
        ("morgue, one process", lambda turn: through(Here(), turn)),
        (f"morgue, {pool.processes} reading processes", lambda turn: through(pool, turn)),
    ]
    for _, way in ways:
        way(0)  # what is loaded and compiled at first use
    took: list[list[_Took]] = [[] for _ in ways]
    for turn in range(1, rounds + 1):
        for (what, way), times in zip(ways, took, strict=True):
            reset_caches()
            wall, cpu, main = time.perf_counter(), _cpu(pool), time.process_time()
            way(turn)
            one = _Took(time.perf_counter() - wall, _cpu(pool) - cpu, time.process_time() - main)
            times.append(one)
            say(f"round {turn}, {what}: {_told(one, count)}")
    return [
        Pace(
            what,
            round(count / statistics.median(one.wall for one in times), 1),
            round(1000 * statistics.median(one.cpu for one in times) / count, 1),
            round(1000 * statistics.median(one.main for one in times) / count, 1),
            _compared([one.wall for one in took[0]], [one.wall for one in times]),
            _compared(
                [one.cpu for one in took[0]],
                [max(one.main, one.cpu / shared) for one in times],
            ),
        )
        for (what, _), times, shared in zip(ways, took, (1, 1, pool.processes), strict=True)
    ]


def _compared(plain: list[float], other: list[float]) -> float:
    """How many times as fast as the *plain* turns the *other* were: the median of the rounds."""
    return round(statistics.median(p / o for p, o in zip(plain, other, strict=True)), 2)


def _told(took: _Took, count: int) -> str:
    cpu, main = 1000 * took.cpu / count, 1000 * took.main / count
    return f"{count / took.wall:.1f} a second, {cpu:.1f} ms CPU each, {main:.1f} in main"


def _cpu(pool: Pool) -> float:
    """Processor time in seconds that this process and the pool's have taken, also those ended."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    total = time.process_time() + ended.ru_utime + ended.ru_stime
    for pid in pool.pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        total += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return total


def _start(pool: Pool) -> None:
    """Start all reading processes, by work that they can only do side by side."""
    from concurrent.futures import ThreadPoolExecutor

    page = b"<html><body><article><p>Nothing was said of it.</p></article></body></html>"
    with ThreadPoolExecutor(pool.processes) as executor:
        while len(pool.pids) < pool.processes:
            list(executor.map(lambda n: pool.page(page, str(n), ""), range(pool.processes)))


class _Memory(Fetcher):
    """Answers at once from what it holds: the network is not what is measured."""

    def __init__(self, bodies: dict[str, bytes]) -> None:
        super().__init__(Fetch(), "bench")
        self._bodies = bodies

    def get(self, url: str, **_: Any) -> Answer:
        return Answer(url, self._bodies[url], "application/xml")


def _write_pages(folder: Path, sample: int, rounds: int) -> list[list[bytes]]:
    """Write pages of the collections below *folder*: a few to warm up, then as many each round.

    Returns the bytes of each turn's pages; their files lie in a folder of its number.
    """
    found = [page.html for page in _pages()]
    first, rest = found[:_WARM], found[_WARM:]
    size = min(sample, len(rest) // rounds)
    turns = [first, *(rest[turn::rounds][:size] for turn in range(rounds))]
    for turn, bodies in enumerate(turns):
        (folder / str(turn)).mkdir(parents=True)
        for number, body in enumerate(bodies):
            (folder / str(turn) / f"{number:05}.html").write_bytes(body)
    return turns


def _pages() -> Iterator[Any]:
    for name in _COLLECTIONS:
        yield from COLLECTIONS[name]()


def _feeds(folder: Path) -> Iterator[bytes]:
    """Yield the real feeds in XML, which is all that feedparser reads."""
    for name in SETS:
        for found in corpora.unpack(f"feeds/{name}.tar.xz", folder / name):
            if is_feed(found) and TYPES[found.suffix.lower()].endswith("xml"):
                yield found.read_bytes()


def _trafilatura(bodies: list[bytes]) -> None:
    for body in bodies:
        trafilatura.bare_extraction(body, with_metadata=True)


def _feedparser(bodies: list[bytes]) -> None:
    for body in bodies:
        feedparser.parse(BytesIO(body), response_headers={"content-type": "application/xml"})


def _print(report: Report) -> None:
    for name, count, paces in (
        ("pages", report.pages, report.page_paces),
        ("feeds", report.feeds, report.feed_paces),
    ):
        print_table(
            f"{count} {name}; {told(report.machine)}",
            ("", f"{name} a second", "× plain", "CPU ms each", "in main", "× plain by CPU"),
            (
                (p.what, p.per_second, p.against_plain, p.cpu_ms, p.main_ms, p.by_cpu)
                for p in paces
            ),
        )
    print_lines(
        "Start", [f"{report.processes} reading processes: {report.start_seconds:.2f} s in all"]
    )
    if (memory := report.memory) is not None:
        print_table(
            f"Memory over {memory.pages:,} pages, {memory.seconds:.0f} s",
            ("", f"at {memory.early:,}", "at the end", "peak"),
            (
                (
                    "this process",
                    megabytes(memory.main_early),
                    megabytes(memory.main_end),
                    megabytes(memory.main_peak),
                ),
                (
                    "largest reading process",
                    megabytes(memory.child_early),
                    megabytes(memory.child_end),
                    megabytes(memory.child_peak),
                ),
            ),
        )
    print_checks(report.checks)
