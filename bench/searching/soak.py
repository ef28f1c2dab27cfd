"""`soak`: many readers for long over HTTP, with an update every minute, as a newsroom would.

Each reader is a thread with a connection that stays open, and asks as fast as it is
answered. The updates are `morgue update` over a folder into which files are written, half of
them new, half of them edited. Every answer must be a whole page of results. Watched are the
times of the answers, the workers' own memory, open files, mapped files that are gone and
threads, the store's log, and the generations of the index.
"""

import http.client
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import count as counter
from pathlib import Path
from typing import Any, Final

import click
import numpy as np

from archive.store import FILE
from bench.articles import generated
from bench.process import machine, morgue, size, told
from bench.searching.collection import collection
from bench.searching.options import Wanted, shared
from bench.searching.serving import address, counted, http_connection, served
from bench.show import Check, print_checks, print_json, print_lines, print_table
from indexer import location
from indexer.whoosh_engine import files

_EVERY: Final = 60.0
_SAMPLE: Final = 2.0
_FILES: Final = 100
_FIRST: Final = 10_000_000
_MOST_EXAMPLES: Final = 5
_MB: Final = 1_000_000
_GROWTH: Final = 2.0
"""Megabytes a minute that a worker's own memory may grow by in the second half."""
_LOG: Final = 64
"""Megabytes that the store's log may hold when an update has ended."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A worker at a moment, *at* seconds: its own memory in bytes, files, threads, lost maps."""

    at: float
    own: int
    files: int
    threads: int
    gone: int


@dataclass
class Watch:
    """What was seen of the server, its store and its index while it was read."""

    workers: dict[int, list[Sample]] = field(default_factory=dict)
    log: list[int] = field(default_factory=list)
    log_after: list[int] = field(default_factory=list)
    updates: list[float] = field(default_factory=list)
    generations: set[tuple[str, int]] = field(default_factory=set)
    folders: int = 0


@dataclass
class Asked:
    """What the readers were given: milliseconds, and what was wrong."""

    times: list[float] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)
    again: int = 0


@click.command(epilog="Example: python -m bench soak --articles 100000 --minutes 10 --readers 50")
@shared
@click.option(
    "--minutes", type=click.FloatRange(min=0.1), default=10.0, show_default=True, help="How long."
)
@click.option(
    "--readers", type=click.IntRange(1), default=50, show_default=True, help="How many at once."
)
@click.option(
    "--every",
    type=click.FloatRange(min=1.0),
    default=_EVERY,
    show_default=True,
    help="Seconds between the beginnings of two updates.",
)
@click.option(
    "--workers", type=click.IntRange(1), default=2, show_default=True, help="Of the server."
)
def soak(
    wanted: Wanted, as_json: bool, minutes: float, readers: int, every: float, workers: int
) -> None:
    """Many readers at once for long, with updates: errors, times, memory, files, logs."""
    report = measure(replace(wanted, peers=()), minutes, readers, every, workers)
    if as_json:
        print_json(report)
    else:
        _print(report)
    if not report["ok"]:
        sys.exit(1)


def measure(
    wanted: Wanted, minutes: float, readers: int, every: float = _EVERY, workers: int = 2
) -> dict[str, Any]:
    """Serve, read and update for so many *minutes*; return the figures."""
    busy = machine()
    with collection(wanted) as made:
        paths = [path for ask in made.asks if (path := address(ask)) is not None]
        clippings = made.folder / "soak"
        _write(clippings, 0)
        morgue(made.site, "add", str(clippings))
        morgue(made.site, "reindex")
        watch, asked = Watch(), Asked()
        with served(made.site, workers) as server:
            # Once around, so that what is kept from query to query is there.
            _read(server.port, paths, readers, 0.0, Asked(), len(paths))
            stop = threading.Event()
            watching = threading.Thread(
                target=_watch, args=(watch, server.pid, made.site, stop), daemon=True
            )
            updating = threading.Thread(
                target=_update, args=(watch, made.site, clippings, every, stop), daemon=True
            )
            watching.start()
            updating.start()
            started = time.perf_counter()
            _read(server.port, paths, readers, minutes * 60, asked, 0)
            elapsed = time.perf_counter() - started
            stop.set()
            updating.join()
            watching.join()
        articles = made.held.articles
    return _report(watch, asked, elapsed, articles, readers, workers, told(busy))


def _write(folder: Path, number: int) -> None:
    """Write the files of an update: new ones, and half as many of the last one edited."""
    folder.mkdir(exist_ok=True)
    for place, article in enumerate(generated.articles(_FILES // 2, first=_FIRST + number * 100)):
        text = f"{article.headline}\n\n{article.text}\n"
        (folder / f"{number:04}-{place:04}.txt").write_text(text, encoding="utf-8")
        before = folder / f"{number - 1:04}-{place:04}.txt"
        if number:
            before.write_text(f"{before.read_text()}\nIt was corrected.\n", encoding="utf-8")


def _update(
    watch: Watch, site: Path, clippings: Path, every: float, stop: threading.Event
) -> None:
    due = time.monotonic()
    for number in counter(1):
        due += every
        if stop.wait(max(0.0, due - time.monotonic())):
            return
        _write(clippings, number)
        watch.updates.append(morgue(site, "update", "-q").seconds)
        watch.log_after.append(size(site / f"{FILE}-wal"))


def _watch(watch: Watch, server: int, site: Path, stop: threading.Event) -> None:
    started = time.perf_counter()
    root = site / location.FOLDER
    while not stop.wait(_SAMPLE):
        at = time.perf_counter() - started
        for pid in _children(server):
            try:
                sample = _sample(pid, at)
            except OSError:
                continue
            watch.workers.setdefault(pid, []).append(sample)
        watch.log.append(size(site / f"{FILE}-wal"))
        folder = location.current(root)
        if folder is not None:
            watch.generations.add((folder.name, files.generation(folder)))
        watch.folders = sum(path.is_dir() for path in root.iterdir())


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _sample(pid: int, at: float) -> Sample:
    process = Path(f"/proc/{pid}")
    rollup = dict(
        line.split(":", 1) for line in (process / "smaps_rollup").read_text().splitlines()[1:]
    )
    status = dict(line.split(":", 1) for line in (process / "status").read_text().splitlines())
    maps = {line.split(maxsplit=5)[-1] for line in (process / "maps").read_text().splitlines()}
    return Sample(
        at,
        # What is written and its own alone: mapped segments are the system's to take back.
        int(rollup["Private_Dirty"].split()[0]) * 1024,
        len(list((process / "fd").iterdir())),
        int(status["Threads"]),
        sum(name.endswith("(deleted)") and ".arr" in name for name in maps),
    )


def _read(
    port: int, paths: Sequence[str], readers: int, seconds: float, asked: Asked, once: int
) -> None:
    """Ask from threads for so many *seconds*, or until *once* so many answers were given."""
    number = counter()
    started = time.perf_counter()

    def going() -> Iterator[str]:
        for place in number:
            if (once and place >= once) or (seconds and time.perf_counter() - started > seconds):
                return
            yield paths[place % len(paths)]

    def reader() -> None:
        connection = http_connection(port)
        for path in going():
            begun = time.perf_counter()
            try:
                status, body, again = _get(connection, path)
            except (OSError, http.client.HTTPException) as error:
                _wrong(asked, path, repr(error))
                connection.close()
                continue
            asked.again += again
            asked.times.append((time.perf_counter() - begun) * 1000)
            if status != 200 or counted(body) is None:
                _wrong(asked, path, f"HTTP {status}")
        connection.close()

    threads = [threading.Thread(target=reader) for _ in range(readers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _get(connection: http.client.HTTPConnection, path: str) -> tuple[int, bytes, int]:
    """Ask as a browser does: once more where the connection was closed while it was idle."""
    for again in (0, 1):
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
        except (http.client.RemoteDisconnected, ConnectionError):
            if again:
                raise
            connection.close()
            continue
        return answer.status, answer.read(), again
    raise AssertionError


def _wrong(asked: Asked, path: str, why: str) -> None:
    asked.errors[why] += 1
    if len(asked.examples) < _MOST_EXAMPLES:
        asked.examples.append(f"{path}: {why}")


def _slope(samples: Sequence[Sample]) -> float:
    """Megabytes a minute by which a worker's own memory grew in the second half."""
    half = [s for s in samples if s.at >= samples[-1].at / 2]
    if len(half) < 3:
        return 0.0
    fitted = np.polyfit([s.at / 60 for s in half], [s.own / _MB for s in half], 1)
    return round(float(fitted[0]), 2)


def _report(
    watch: Watch,
    asked: Asked,
    elapsed: float,
    articles: int,
    readers: int,
    workers: int,
    on: str,
) -> dict[str, Any]:
    watched = [
        {
            "worker": number,
            "own_mb_start": round(samples[0].own / _MB, 1),
            "own_mb_end": round(samples[-1].own / _MB, 1),
            "own_mb_peak": round(max(s.own for s in samples) / _MB, 1),
            "mb_a_minute": _slope(samples),
            "files_start": samples[0].files,
            "files_end": samples[-1].files,
            "files_most": max(s.files for s in samples),
            "threads_most": max(s.threads for s in samples),
            "mapped_but_gone_end": samples[-1].gone,
        }
        for number, samples in enumerate(watch.workers.values(), start=1)
        if samples
    ]
    times = np.percentile(asked.times or [0.0], (50, 95, 99, 100)).round(1).tolist()
    errors = sum(asked.errors.values())
    checks = {
        "no error": not errors,
        "no worker was lost": len(watch.workers) == workers,
        # In less than two minutes it is still warming up.
        "memory is flat": elapsed < 120 or all(w["mb_a_minute"] <= _GROWTH for w in watched),
        "the log is cut after updates": all(n <= _LOG * _MB for n in watch.log_after),
        "one index serves": watch.folders <= 2,
    }
    return {
        "articles": articles,
        "readers": readers,
        "minutes": round(elapsed / 60, 2),
        "answers": len(asked.times),
        "answers_per_s": round(len(asked.times) / elapsed, 1),
        **dict(zip(("p50", "p95", "p99", "max"), times, strict=True)),
        "errors": errors,
        "asked_again": asked.again,
        "examples": asked.examples,
        "updates": len(watch.updates),
        "update_s_longest": round(max(watch.updates, default=0.0), 1),
        "generations": len(watch.generations),
        "log_mb_most": round(max(watch.log, default=0) / _MB, 2),
        "log_mb_after_updates": [round(n / _MB, 2) for n in watch.log_after],
        "workers": watched,
        "machine": on,
        "checks": checks,
        "ok": all(checks.values()),
    }


def _print(report: dict[str, Any]) -> None:
    names = ("answers", "answers_per_s", "p50", "p95", "p99", "max", "errors", "asked_again")
    print_table(
        f"{report['readers']} readers for {report['minutes']} minutes, {report['articles']:,} "
        f"articles, {report['updates']} updates; milliseconds; {report['machine']}",
        names,
        [tuple(report[name] for name in names)],
    )
    if report["workers"]:
        columns = tuple(report["workers"][0])
        print_table(
            "Each worker: its own memory, open files, threads, mapped files that are gone",
            columns,
            [tuple(one[name] for name in columns) for one in report["workers"]],
        )
    print_lines(
        "Store and index",
        [
            f"{report['generations']} generations of the index were served",
            f"the longest update took {report['update_s_longest']} s",
            f"the log held {report['log_mb_most']} MB at most, and after each update "
            f"{report['log_mb_after_updates']} MB",
        ],
    )
    print_lines("Errors", report["examples"])
    print_checks([Check(name, holds, "") for name, holds in report["checks"].items()])
