"""Reading in child processes: bounded, replaced when lost, and never left behind."""

import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest

from archive.errors import FormatError, IngestError
from archive.ingest.compose import Composer, compose
from archive.ingest.fetch import Fetcher
from archive.ingest.item import Item
from archive.ingest.pipeline import update
from archive.ingest.readers.pool import Pool
from archive.ingest.readers.reading import Here
from archive.ingest.readers.work import Begin, Bounds
from archive.source import Kind, Source
from archive.store import Store
from tests.archive.formats import samples

MIB = 1024 * 1024


@dataclass(frozen=True)
class Stunt:
    """A task that does to its process what hostile input does."""

    kind: str
    where: str = "/clippings/stunt"

    def results(self, _begin: Begin, /) -> Iterator[object]:
        match self.kind:
            case "spin":
                while True:
                    pass
            case "killed":
                os.kill(os.getpid(), signal.SIGKILL)
            case "crash":
                ctypes.string_at(0)
            case "devour":
                yield len(bytearray(600 * MIB))
            case "grow":
                held = [bytes(MIB) for _ in range(200)]
                STASH.extend(held)
            case "raise":
                raise ZeroDivisionError("of all things")
        yield os.getpid()


STASH: list[bytes] = []


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    with Pool(2, Bounds(seconds=2)) as pool:
        yield pool


def do(pool: Pool, kind: str) -> object:
    (result,) = pool._ask(Stunt(kind))
    return result


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("spin", "takes more than 2 s of CPU to read"),
        ("crash", "crashes the process that reads it (SIGSEGV)"),
        ("devour", "takes more than 512 MiB of memory to read"),
        ("raise", "could not be read (ZeroDivisionError: of all things)"),
    ],
)
def test_what_passes_a_bound_is_named_and_the_next_is_read(
    pool: Pool, kind: str, reason: str
) -> None:
    with pytest.raises(FormatError) as raised:
        do(pool, kind)
    assert str(raised.value) == f"/clippings/stunt: {reason}"
    assert pool.page(samples.PAGE, "a.html", samples.ADDRESS).text


def test_what_was_not_at_fault_is_no_format_error_so_that_it_is_tried_again(pool: Pool) -> None:
    with pytest.raises(IngestError) as raised:
        do(pool, "killed")
    assert not isinstance(raised.value, FormatError)


def test_a_process_that_has_grown_is_replaced(pool: Pool) -> None:
    first = do(pool, "grow")
    assert do(pool, "nothing") != first


def test_a_process_that_was_ended_from_outside_is_replaced_before_it_is_asked(pool: Pool) -> None:
    first = do(pool, "nothing")
    assert isinstance(first, int)
    os.kill(first, signal.SIGKILL)
    os.waitid(os.P_PID, first, os.WEXITED | os.WNOWAIT)
    assert do(pool, "nothing") != first


def test_no_process_is_started_before_there_is_work_and_no_second_before_the_first_is_busy() -> (
    None
):
    with Pool(2) as pool:
        assert pool.pids == []
        do(pool, "nothing")
        do(pool, "nothing")
        assert len(pool.pids) == 1


@pytest.fixture
def clippings(folder: Path) -> Path:
    """One file of each format, and files that cannot be read."""
    for name, data in samples.ALL.items():
        (folder / name).write_bytes(data)
    (folder / "empty.txt").write_bytes(b"")
    (folder / "picture.html").write_bytes(b"\x89PNG\0\0")
    return folder


Read = list[tuple[str, str]]


def read(readers: Pool | Here, paths: list[Path]) -> Read:
    """All that comes, in its order."""
    result: Read = []
    for found in readers.files(paths, {}):
        try:
            result += [
                (one.key, one.text) if isinstance(one, Item) else (one.where, one.reason)
                for one in found
            ]
        except FormatError as error:
            result.append((error.where, error.reason))
    return result


def test_files_come_in_their_order_and_just_as_they_are_read_in_this_process(
    pool: Pool, clippings: Path
) -> None:
    paths = sorted(clippings.iterdir())
    assert read(pool, paths) == read(Here(), paths)


def test_a_feed_and_a_page_are_read_just_as_in_this_process(pool: Pool) -> None:
    rss = b"<rss version='2.0'><channel><title>A</title><item><title>B</title></item></channel>"
    address = "https://gannet.example/feed"
    assert pool.feed(rss, address, "text/xml") == Here().feed(rss, address, "text/xml")
    page = (samples.PAGE, "a.html", samples.ADDRESS)
    assert pool.page(*page) == Here().page(*page)
    for readers in (pool, Here()):
        with pytest.raises(FormatError, match="is a web page, not a feed"):
            readers.feed(samples.PAGE, address)


def test_a_feed_read_for_the_first_time_comes_composed_as_this_process_would(
    pool: Pool, today: date
) -> None:
    rss = b"<rss version='2.0'><channel><title>A</title><item><title>B</title></item></channel>"
    source = Source(1, Kind.FEED, "https://gannet.example/feed", topics=("labour",))
    (entry,) = pool.feed(rss, source.address, "", Composer(source, today)).entries
    assert entry.article == compose(entry.item, replace(source, title="A"), today)
    assert pool.feed(rss, source.address).entries[0].article is None


def test_an_archive_is_the_same_whichever_process_composes(
    pool: Pool, clippings: Path, tmp_path: Path, fetcher: Fetcher, today: date
) -> None:
    (clippings / ".morgue.toml").write_text('source = "The Gannet"\ntopics = ["labour"]\n')
    kept = []
    for name, readers in (("pool", pool), ("here", Here())):
        with Store(tmp_path / f"{name}.db") as store:
            store.add_source(Kind.FOLDER, str(clippings))
            (report,) = update(store, store.sources(), fetcher, today, readers=readers)
            articles = [change.article for change in store.changes_since(0)]
            kept.append((articles, report.outcomes, report.failures))
    assert kept[0] == kept[1]
    assert all(article and "labour" in article.topics for article in kept[0][0])


def test_after_a_record_that_cannot_be_borne_the_ones_after_it_are_read(
    pool: Pool, folder: Path, store: Store, fetcher: Fetcher, today: date
) -> None:
    # The standard library asks each open part of every line whether it ends there.
    nested = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(90)
    )
    hostile = (
        b"MIME-Version: 1.0\nSubject: x\nMessage-ID: <x@x.example>\n" + nested + b"--\n" * 500_000
    )
    others = [samples.mail(f"Mail {n}", f"<{n}@gannet.example>") for n in range(3)]
    (folder / "a.mbox").write_bytes(samples.mbox(others[0], hostile, *others[1:]))
    (folder / "b.txt").write_text("A good file beside it.")
    store.add_source(Kind.FOLDER, str(folder))
    (report,) = update(store, store.sources(), fetcher, today, readers=pool)
    assert report.failures == [(f"{folder}/a.mbox record 2", "takes more than 2 s of CPU to read")]
    headlines = {c.article.headline for c in store.changes_since(0) if c.article}
    assert {"Mail 0", "Mail 1", "Mail 2"} <= headlines
    assert store.counts().articles == 4


def test_a_long_container_is_not_held_in_memory(pool: Pool, folder: Path) -> None:
    record = json.dumps({**samples.RECORD, "content": "word " * 20_000})
    (folder / "a.jsonl").write_text("\n".join([record] * 300))
    every = pool.files([folder / "a.jsonl"], {})
    found = next(every)
    assert next(found)
    assert sum(1 for _ in found) == 299


def test_files_that_nobody_takes_any_more_hold_nothing_up(pool: Pool, folder: Path) -> None:
    for number in range(40):
        (folder / f"{number}.txt").write_text(f"{number} is a number.")
    every = pool.files(sorted(folder.iterdir()), {})
    assert next(next(every))
    every.close()
    assert pool.page(samples.PAGE, "a.html", samples.ADDRESS).text


# -- nothing is left behind ------------------------------------------------------

PARENT = """
import signal, sys, threading
signal.signal(signal.SIGINT, signal.default_int_handler)
from archive.ingest.readers.pool import Pool
from tests.archive.test_readers import Stunt
with Pool(2) as pool:
    list(pool._ask(Stunt("nothing")))
    thread = threading.Thread(target=lambda: list(pool._ask(Stunt("spin"))), daemon=True)
    thread.start()
    while pool._free.qsize() > 1:
        pass
    list(pool._ask(Stunt("nothing")))
    print(*pool.pids, flush=True)
    sys.stdin.read()
"""


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_no_process_outlives_its_parent_idle_or_at_work(how: signal.Signals) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=Path(__file__).parents[2],
    )
    assert parent.stdout
    assert parent.stdin
    with parent.stdout, parent.stdin:
        children = [int(pid) for pid in parent.stdout.readline().split()]
        parent.send_signal(how)
        parent.wait(120)
    assert len(children) == 2
    wait_for(lambda: not any(running(pid) for pid in children))


def running(pid: int) -> bool:
    """Whether the process runs; one that ended and that nobody waited for does not."""
    ps = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, check=False)
    state = ps.stdout.strip()
    return bool(state) and not state.startswith(b"Z")


def wait_for(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 120
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)
