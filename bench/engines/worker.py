"""The process that holds one engine: ``python -m bench.engines.worker NAME SITE FOLDER``.

It reads one command per line from its input, as a JSON array, and answers each
with one line of JSON. Times are taken here, so the pipe costs none of them.
All modules are imported before it says that it is ready.
"""

import sys
import time
from pathlib import Path
from typing import Any

import msgspec

from archive import store as stores
from archive.store import Store
from bench.engines.ask import Ask
from bench.engines.side import Side, side


def main(name: str, site: str, folder: str) -> None:
    """Obey commands until the input ends."""
    held = Held(side(name, Path(site), Path(folder)), Path(site))
    answer: Any = {"near": held.engine.can_near}
    _say(answer)
    for line in sys.stdin.buffer:
        verb, *arguments = msgspec.json.decode(line)
        _say(getattr(held, verb)(*arguments))


def _say(answer: Any) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(answer) + b"\n")
    sys.stdout.buffer.flush()


class Held:
    """The commands: each method's result is the answer."""

    def __init__(self, engine: Side, site: Path) -> None:
        self.engine = engine
        self._site = site

    def build(self) -> dict[str, float]:
        """Index everything; return what `bench.searching.corpus.Built` is made of."""
        cpu = time.process_time()
        seconds = self.engine.build()
        return {
            "seconds": seconds,
            "cpu": time.process_time() - cpu,
            "peak": _status("VmHWM"),
            "size": self.engine.size(),
        }

    def open(self) -> float:
        """Open the index; return milliseconds."""
        started = time.perf_counter()
        self.engine.open()
        return (time.perf_counter() - started) * 1000

    def ask(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Answer a page; return milliseconds, in all and by part, and what there was to count."""
        ask = msgspec.convert(asked, Ask)
        started = time.perf_counter()
        page = self.engine.page(ask)
        ms = (time.perf_counter() - started) * 1000
        return {
            "ms": ms,
            "total": page.total,
            "facets": page.digest(),
            "hits": len(page.ids),
            "marked": len(page.snippets),
            "parts": page.parts,
        }

    def upsert(self, seq: int, asked: dict[str, Any]) -> float:
        """Take in what changed in the store after *seq*; return seconds until a search shows it.

        Ends the process when the page asked for does not find exactly these articles.
        """
        ask = msgspec.convert(asked, Ask)
        with Store(self._site / stores.FILE) as store:
            changes = list(store.changes_since(seq))
        started = time.perf_counter()
        self.engine.upsert(changes)
        found = self.engine.page(ask).total
        seconds = time.perf_counter() - started
        if found != len(changes):
            raise SystemExit(f"{found} of {len(changes)} articles were found after their commit")
        return seconds

    def merge(self) -> float | None:
        """Merge all segments; return seconds, or None where the engine has no such thing."""
        started = time.perf_counter()
        return time.perf_counter() - started if self.engine.merge() else None

    def memory(self) -> dict[str, int]:
        """Return bytes of this process: unshared, resident, and resident at its peak.

        Unshared is what it has written to and no other process can share; pages of
        files that it only reads, the index among them, are shared by all workers.
        """
        text = Path("/proc/self/smaps_rollup").read_text()
        rows = {row.split()[0]: int(row.split()[1]) for row in text.splitlines()[1:]}
        return {
            "unshared": rows["Private_Dirty:"] * 1024,
            "resident": rows["Rss:"] * 1024,
            "peak": _status("VmHWM"),
        }


def _status(name: str) -> int:
    for row in Path("/proc/self/status").read_text().splitlines():
        if row.startswith(f"{name}:"):
            return int(row.split()[1]) * 1024
    return 0


if __name__ == "__main__":
    main(*sys.argv[1:])
