"""`http`: the real page of `morgue serve`, under one caller, four, and two workers.

The callers are threads of this process, each with a connection that stays open;
they share the query set and ask as fast as they are answered. Every answer is
checked: its count must be that of the same query put to the engine directly.
(`wrk` does not look into answers, so it is not used.)
"""

import http.client
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import count as counter
from pathlib import Path
from socket import socket
from typing import Any, Final
from urllib.parse import urlencode

import click

from bench.engines.ask import Ask, How
from bench.engines.side import OURS
from bench.process import Failed, machine, told
from bench.searching.collection import Collection, collection
from bench.searching.figures import spread
from bench.searching.options import Wanted, shared
from bench.searching.rounds import Answers, askable, run, said
from bench.show import Check, print_checks, print_json, print_lines, print_table
from indexer import query

_SETTINGS: Final = ((1, 1), (1, 4), (2, 4))
_COUNT: Final = re.compile(rb'<h1 id="count">([\d,.\s\xc2\xa0\xe2\x80\xaf]+)')
_WAIT: Final = 60.0
_MOST_EXAMPLES: Final = 5


@dataclass(frozen=True, slots=True)
class Served:
    """A server that runs: its port, and the process that its workers are children of."""

    port: int
    pid: int


@click.command(name="http", epilog="Example: python -m bench http --articles 10000 --seconds 10")
@shared
@click.option(
    "--seconds",
    type=click.FloatRange(min=0.1),
    default=10.0,
    show_default=True,
    help="How long to ask in each setting.",
)
def serving(
    wanted: Wanted,
    as_json: bool,
    seconds: float,
) -> None:
    """The page over HTTP: throughput and p95 by callers and workers, every answer checked."""
    busy = machine()
    with collection(replace(wanted, peers=())) as made:
        made.built(OURS)
        urls, left_out = _urls(made)
        settings = [_measure(made.site, urls, *each, seconds) for each in _SETTINGS]
        articles = made.held.articles
    wrong = sum(each["wrong"] for each in settings)
    if as_json:
        print_json(
            {
                "articles": articles,
                "queries": len(urls),
                "settings": settings,
                "left_out": left_out,
                "machine": busy,
                "ok": not wrong,
            }
        )
    else:
        _print(articles, len(urls), settings, left_out, told(busy))
    if wrong:
        sys.exit(1)


def _urls(made: Collection) -> tuple[list[tuple[str, int]], list[str]]:
    """The paths of the pages with the counts they must show, and what is left out."""
    answers = Answers()
    with made.remote(OURS) as remote:
        remote("open")
        asks, left_out = askable(made.asks, [remote])
        run([remote], asks, answers)
    urls = []
    for number, ask in asks:
        path = address(ask)
        if path is None:
            left_out.append(f"{said(ask)}: cannot be typed into the box yet")
        else:
            urls.append((path, answers.totals[number][0]))
    return urls, left_out


def address(ask: Ask) -> str | None:
    """Return the address that answers *ask*, None where the box has no words for it.

    Words are quoted: of plain ones the box may take some, or other spellings, for enough.
    """
    quoted = [f'"{word}"' for word in ask.words]
    typed = {
        How.ALL: " ".join(quoted),
        How.ANY: " OR ".join(quoted),
        How.PHRASE: f'"{" ".join(ask.words)}"',
        How.PREFIX: f"{''.join(ask.words)}*",
        How.NEAR: f" NEAR/{ask.within} ".join(ask.words),
        How.EVERYTHING: "",
    }[ask.how]
    if ask.how is How.NEAR and "Near" not in type(query.parse(typed).tree).__name__:
        return None
    asked = {
        "q": typed,
        "source": ask.source,
        "topic": ask.topic,
        "from": ask.first,
        "to": ask.last,
        "sort": "newest" if ask.newest else None,
        "page": ask.offset // 10 + 1 if ask.offset else None,
    }
    return "/search?" + urlencode({name: value for name, value in asked.items() if value})


def _measure(
    site: Path, urls: Sequence[tuple[str, int]], workers: int, callers: int, seconds: float
) -> dict[str, Any]:
    """Serve with *workers*, and let *callers* ask for *seconds* after one pass to warm up."""
    with served(site, workers) as server:
        _call(server.port, urls, callers * workers, None)
        times, wrong, elapsed = _call(server.port, urls, callers, seconds)
    found = spread(times)
    return {
        "workers": workers,
        "callers": callers,
        "pages": len(times),
        "pages_per_s": round(len(times) / elapsed, 1),
        "p50": found.p50,
        "p95": found.p95,
        "max": found.max,
        "wrong": len(wrong),
        "examples": wrong[:_MOST_EXAMPLES],
    }


def _call(
    port: int, urls: Sequence[tuple[str, int]], callers: int, seconds: float | None
) -> tuple[list[float], list[str], float]:
    """Ask from threads, for *seconds* or a pass each; return times, errors, and seconds."""
    times: list[float] = []
    wrong: list[str] = []
    number = counter()
    started = time.perf_counter()

    def caller() -> None:
        connection = http_connection(port)
        asked = 0
        while True:
            if seconds is None and asked == len(urls):
                break
            if seconds is not None and time.perf_counter() - started > seconds:
                break
            path, expected = urls[next(number) % len(urls)]
            begun = time.perf_counter()
            try:
                connection.request("GET", path)
                answer = connection.getresponse()
                body = answer.read()
            except (OSError, http.client.HTTPException) as error:
                wrong.append(f"{path}: {error!r}")
                connection.close()
                connection = http_connection(port)
                continue
            times.append((time.perf_counter() - begun) * 1000)
            asked += 1
            if (shown := counted(body)) != expected or answer.status != 200:
                wrong.append(f"{path}: {shown} (HTTP {answer.status}), {expected} expected")
        connection.close()

    threads = [threading.Thread(target=caller) for _ in range(callers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return times, wrong, time.perf_counter() - started


def http_connection(port: int) -> http.client.HTTPConnection:
    """Return a connection to the server on this machine."""
    return http.client.HTTPConnection("127.0.0.1", port, timeout=_WAIT)


def counted(page: bytes) -> int | None:
    """Return the count that a page of results shows, None where it shows none."""
    found = _COUNT.search(page)
    return int(re.sub(rb"\D", b"", found[1])) if found else None


@contextmanager
def served(site: Path, workers: int) -> Iterator[Served]:
    """Run `morgue serve` until the block ends; yield where. Raises Failed."""
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "morgue", "--site", str(site), "serve"]
    command += ["--port", str(port), "--workers", str(workers)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        until = time.monotonic() + _WAIT
        while True:
            try:
                connection = http_connection(port)
                connection.request("GET", "/search?q=the")
                connection.getresponse().read()
                connection.close()
                break
            except OSError as error:
                if server.poll() is not None or time.monotonic() > until:
                    raise Failed(f"morgue serve does not answer on port {port}") from error
                time.sleep(0.05)
        yield Served(port, server.pid)
    finally:
        server.terminate()
        server.wait()


def _print(
    articles: int, queries: int, settings: list[dict[str, Any]], left_out: list[str], on: str
) -> None:
    print_table(
        f"/search over HTTP, {articles:,} articles, {queries} queries; milliseconds; {on}",
        ("workers", "callers", "pages/s", "p50", "p95", "max", "pages", "wrong"),
        (
            (
                *(each[k] for k in ("workers", "callers", "pages_per_s", "p50", "p95", "max")),
                each["pages"],
                each["wrong"],
            )
            for each in settings
        ),
    )
    print_lines("Left out", left_out)
    wrong = [example for each in settings for example in each["examples"]]
    print_lines("Wrong answers", wrong)
    checked = sum(each["pages"] for each in settings)
    print_checks([Check("no wrong answer", not wrong, f"{checked:,} pages were checked")])
