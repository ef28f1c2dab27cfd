"""`page --http`: what the server adds to a search page, beyond the search itself.

Each query is put by turns to `morgue serve` (one worker, a connection that stays open, gzip
asked for) and, as the very same request, to `indexer.search` in this process: the words
read, all facets and the timeline counted, ten articles fetched, their passages cut. *Beyond*
is the one less the other, query by query: HTTP both ways with this client's share, who may
read, links, HTML, gzip. Times are by the clock, and beside them of the processor, which tells
more where others work on the machine: that of all the worker's threads, and of this one.
"""

import http.client
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from werkzeug.datastructures import MultiDict

from archive import store as stores
from archive.store import Store
from bench.engines.side import OURS
from bench.process import Failed
from bench.searching.collection import Collection
from bench.searching.figures import spread
from bench.searching.goals import Goal
from bench.searching.serving import address, http_connection, served
from bench.show import print_table
from indexer import location
from indexer.engine import Engine
from indexer.live import LiveIndex
from indexer.request import Request
from indexer.search import search
from web import address as addresses

GOAL: Final = 5.0
_HEAD: Final = {"Accept-Encoding": "gzip"}


def measure(made: Collection, rounds: int) -> dict[str, Any]:
    """Ask server and search by turns, *rounds* warm passes; return milliseconds. Raises Failed."""
    made.built(OURS)
    paths = [path for ask in made.asks if (path := address(ask))]
    live = LiveIndex(made.site / location.FOLDER)
    with Store(made.site / stores.FILE) as store, served(made.site, 1) as server:
        connection = http_connection(server.port)
        _by_turns(paths, connection, live.engine(), store, 1)
        before = _processor(server.pid)
        pages, alone, own = _by_turns(paths, connection, live.engine(), store, rounds)
        worker = _processor(server.pid) - before
        connection.close()
    live.close()
    beyond = [page - search for page, search in zip(pages, alone, strict=True)]
    cpu = {"page": worker / len(pages), "search": own / len(alone)}
    cpu["beyond"] = cpu["page"] - cpu["search"]
    return {
        "queries": len(paths),
        "rounds": rounds,
        **{
            name: {"ms": spread(times), "cpu_ms": round(cpu[name], 2)}
            for name, times in (("page", pages), ("search", alone), ("beyond", beyond))
        },
    }


def _by_turns(
    paths: list[str],
    connection: http.client.HTTPConnection,
    engine: Engine,
    store: Store,
    rounds: int,
) -> tuple[list[float], list[float], float]:
    """Milliseconds of each page, of each search, and of the processor for all searches."""
    pages: list[float] = []
    alone: list[float] = []
    own = 0.0
    requests = {path: _request(path) for path in paths}
    for number in range(rounds):
        for at, path in enumerate(paths):
            page_first = (number + at) % 2
            if page_first:
                pages.append(_page(connection, path))
            spent, begun = time.process_time(), time.perf_counter()
            search(requests[path], engine, store)
            alone.append((time.perf_counter() - begun) * 1000)
            own += (time.process_time() - spent) * 1000
            if not page_first:
                pages.append(_page(connection, path))
    return pages, alone, own


def _request(path: str) -> Request:
    """Return what the search page asks for at *path*."""
    asked = addresses.read(MultiDict(parse_qs(urlsplit(path).query))).request
    return replace(asked, today=datetime.now(UTC).date(), timeline=True)


def _page(connection: http.client.HTTPConnection, path: str) -> float:
    """Return the milliseconds until a page has come whole. Raises Failed where none came."""
    begun = time.perf_counter()
    connection.request("GET", path, headers=_HEAD)
    answer = connection.getresponse()
    answer.read()
    ms = (time.perf_counter() - begun) * 1000
    if answer.status != 200:
        raise Failed(f"{path} was answered with {answer.status}")
    return ms


def _processor(pid: int) -> float:
    """Return the milliseconds of the processor that the workers of a server took so far."""
    workers = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
    threads = [
        task for worker in workers for task in Path(f"/proc/{worker}/task").glob("*/schedstat")
    ]
    return sum(int(task.read_text("ascii").split()[0]) for task in threads) / 1e6


def goals(report: dict[str, Any]) -> list[Goal]:
    """Return the goal of what the server adds, and how it stands."""
    found = report["beyond"]["ms"].p50
    return [Goal("page over HTTP beyond the search itself, p50", GOAL, found, "ms")]


def print_report(report: dict[str, Any], articles: int, on: str) -> None:
    """Print what was measured."""
    print_table(
        f"A search page over HTTP, milliseconds; {articles:,} articles, {report['queries']} "
        f"queries, {report['rounds']} times each; {on}",
        ("", "p50", "p95", "max", "processor, mean"),
        (
            (
                said,
                *(
                    f"{getattr(report[name]['ms'], figure):.2f}"
                    for figure in ("p50", "p95", "max")
                ),
                report[name]["cpu_ms"],
            )
            for said, name in (
                ("page over HTTP", "page"),
                ("the search alone", "search"),
                ("beyond it", "beyond"),
            )
        ),
    )
