"""Memory over many pages: one update over thousands of different ones, watched as it goes."""

import random
import re
import string
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from archive.ingest.fetch import Fetcher
from archive.ingest.pipeline import update
from archive.ingest.readers.pool import Pool
from archive.settings import Fetch
from archive.source import Kind
from archive.store import Store
from bench.quality.pages import COLLECTIONS

_EARLY: Final = 2000
_LARGEST: Final = 60_000
_TEXT = re.compile(rb">[^<>]{30,}<")
_LETTERS: Final = string.ascii_lowercase.encode()


@dataclass(frozen=True, slots=True)
class Flat:
    """Resident bytes of the main process and of the largest reading process.

    After *early* pages, at the end, and at their peaks. *replaced* reading
    processes had grown and made way for others.
    """

    pages: int
    seconds: float
    early: int
    main_early: int
    main_end: int
    main_peak: int
    child_early: int
    child_end: int
    child_peak: int
    replaced: int


def flat(folder: Path, count: int, say: Callable[[str], None] = lambda _line: None) -> Flat:
    """Write *count* pages below *folder*, read them in one update, and watch the memory.

    *say* how it stands ten times on the way.
    """
    clippings = folder / "pages"
    write_varied(clippings, count)
    early = min(_EARLY, count // 2) or 1
    at: dict[int, tuple[int, int]] = {}
    peak_child = 0
    seen: set[int] = set()
    with Pool() as pool, Store(folder / "articles.db") as store:

        def watch(_label: str, done: int, total: int) -> None:
            nonlocal peak_child
            if done % 100 == 0 or done in (early, total):
                seen.update(pool.pids)
                peak_child = max([peak_child, *(_status(pid, "VmHWM") for pid in pool.pids)])
            if done % max(1, total // 10) == 0:
                sizes = [_status("self", "VmRSS"), *(_status(pid, "VmRSS") for pid in pool.pids)]
                told = " + ".join(f"{size / 1_000_000:.0f}" for size in sizes)
                say(f"{done:,} pages, {time.perf_counter() - started:.0f} s: {told} MB")
            if done in (early, total):
                children = [_status(pid, "VmRSS") for pid in pool.pids]
                at[done] = _status("self", "VmRSS"), max(children, default=0)

        store.add_source(Kind.FOLDER, str(clippings))
        started = time.perf_counter()
        fetcher = Fetcher(Fetch(), "bench")
        for _ in update(
            store, store.sources(), fetcher, date(2030, 1, 1), progress=watch, readers=pool
        ):
            pass
        seconds = time.perf_counter() - started
        processes = pool.processes
    return Flat(
        count,
        round(seconds, 1),
        early,
        at[early][0],
        at[count][0],
        _status("self", "VmHWM"),
        at[early][1],
        at[count][1],
        peak_child,
        max(0, len(seen) - processes),
    )


def write_varied(folder: Path, count: int) -> None:
    """Write *count* pages of the collections, their letters exchanged so that no two are alike."""
    folder.mkdir(parents=True)
    draw = random.Random(20000)
    pages = [page.html for page in COLLECTIONS["newspaper4k"]() if len(page.html) <= _LARGEST]
    for number in range(count):
        letters = bytearray(_LETTERS)
        draw.shuffle(letters)
        table = bytes.maketrans(_LETTERS, bytes(letters))
        page = _TEXT.sub(lambda text: text[0].translate(table), pages[number % len(pages)])  # noqa: B023
        (folder / f"{number:06}.html").write_bytes(page)


def _status(pid: int | str, name: str) -> int:
    """Return a size in ``/proc/PID/status`` in bytes; 0 of a process that has ended."""
    try:
        text = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    found = re.search(rf"^{name}:\s+(\d+) kB", text, re.MULTILINE)
    return int(found[1]) * 1024 if found else 0
