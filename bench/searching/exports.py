"""`export`: how long all articles take to be taken away, and what a web worker grows by.

Each format is asked of a real `morgue serve` and thrown away as it comes. The worker's
resident peak is the kernel's, set back before each. Most of the first growth is the index,
which the worker opens and keeps; what an export itself takes is the list of ids.
"""

from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import Any, Final

import click

from archive.export.registry import FORMATS, Format
from bench.engines.side import OURS
from bench.process import Failed, machine, told
from bench.searching.collection import collection
from bench.searching.options import Wanted, shared
from bench.searching.serving import Served, http_connection, served
from bench.show import print_json, print_table

_PIECE: Final = 1 << 16


@click.command(name="export", epilog="Example: python -m bench export --articles 100000")
@shared
def exports(wanted: Wanted, as_json: bool) -> None:
    """All articles with their texts in every format, over HTTP: time, bytes, and memory."""
    busy = machine()
    with collection(replace(wanted, peers=())) as made:
        made.built(OURS)
        articles = made.held.articles
        with served(made.site, 1) as server:
            # The index is read once before, as any page would have it.
            _take(server, "/search.csv?limit=1")
            figures = [{"format": form.name, **_measure(server, form)} for form in FORMATS]
    if as_json:
        print_json({"articles": articles, "formats": figures, "machine": busy})
        return
    print_table(
        f"All of {articles:,} articles with their texts, over HTTP; {told(busy)}",
        ("", "seconds", "MB", "worker before, MB", "at its peak, MB"),
        (tuple(each.values()) for each in figures),
    )


def _measure(server: Served, form: Format) -> dict[str, Any]:
    worker = _worker(server)
    # 5 sets the peak back to what is resident now (proc(5)).
    (worker / "clear_refs").write_text("5")
    before = _resident(worker, "VmRSS:")
    every = "&all=yes" if form.name == "json" else "&limit=999999"
    started = perf_counter()
    size = _take(server, f"/search.{form.ending}?text=yes{every}")
    seconds = perf_counter() - started
    return {
        "seconds": round(seconds, 1),
        "mb": round(size / 1e6, 1),
        "before_mb": round(before / 1e6, 1),
        "peak_mb": round(_resident(worker, "VmHWM:") / 1e6, 1),
    }


def _take(server: Served, path: str) -> int:
    """Read an answer to its end, and return how many bytes it had. Raises Failed."""
    connection = http_connection(server.port)
    connection.request("GET", path)
    answer = connection.getresponse()
    if answer.status != 200:
        raise Failed(f"{path} answers {answer.status}")
    size = 0
    while piece := answer.read(_PIECE):
        size += len(piece)
    connection.close()
    return size


def _worker(server: Served) -> Path:
    children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
    return Path("/proc", children[0])


def _resident(process: Path, name: str) -> int:
    lines = (process / "status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(name))
