"""A hostile peer costs an update little time and memory, and its neighbours nothing."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from archive.ingest.backfill import run as backfills
from archive.ingest.backfill.bounds import Bounds
from archive.ingest.backfill.listings import Found
from archive.ingest.fetch import Fetcher
from archive.ingest.readers.work import Bounds as Work
from archive.ingest.readers.work import FeedTask, PageTask
from archive.ingest.run import Run
from archive.ingest.visit import Visitor
from archive.settings import Fetch
from archive.source import Kind
from archive.store import FILE, Store
from tests.conftest import Tally
from tests.torture.peers import MIB, Hostile, endless, greedy, hostile, plain, raw, silent, slow

pytestmark = pytest.mark.torture

PROMISE = "hostile peers cost little"
MOST_SECONDS = 30
MOST_MEMORY = 200 * MIB
_HASTY = 3.0
ROOT = Path(__file__).parents[2]

RUN = """
import json, os, resource, sys, threading, time
from datetime import date
from pathlib import Path
from archive.ingest.fetch import Fetcher
from archive.ingest.pipeline import update
from archive.ingest.readers.pool import Pool
from archive.settings import Fetch
from archive.source import Kind
from archive.store import Store

site, what = Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text())
page = os.sysconf("SC_PAGE_SIZE")
most = {}

def cpu():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    total = time.process_time() + usage.ru_utime + usage.ru_stime
    for pid in pool.pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        total += (int(fields[11]) + int(fields[12])) / 100 if fields[0] != "Z" else 0
    return total

def resident(pid):
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * page
    except OSError:
        return 0

def watch():
    while True:
        each = [resident(pid) for pid in (os.getpid(), *pool.pids)]
        most["each"] = max(most["each"], *each)
        most["all"] = max(most["all"], sum(each))
        time.sleep(0.02)

found = {}
with Pool(2) as pool, Store(site / "articles.db") as store:
    most.update(each=0, all=0)
    threading.Thread(target=watch, daemon=True).start()
    fetcher = Fetcher(Fetch(timeout=what["timeout"]), "torture")
    for name, addresses in what["runs"]:
        ids = {store.add_source(Kind.FEED, address)[0].id for address in addresses}
        sources = [source for source in store.sources() if source.id in ids]
        most.update(each=0, all=0)
        began = cpu()
        reports = list(update(store, sources, fetcher, date(2030, 1, 1), readers=pool))
        found[name] = {
            "cpu": cpu() - began,
            "each": most["each"],
            "all": most["all"],
            "new": {r.source.address: r.outcomes["new"] for r in reports},
            "wrong": {r.source.address: [*r.failures, *r.refused] for r in reports},
        }
print(json.dumps(found))
"""


def healthy(name: str) -> bytes:
    items = "".join(
        f"<item><title>{name} {n}</title><link>https://{name}.example/{n}</link>"
        f"<description>The harbour board of {name} met on day {n}.</description></item>"
        for n in range(5)
    )
    return f"<rss version='2.0'><channel><title>{name}</title>{items}</channel></rss>".encode()


@pytest.fixture(scope="module")
def server() -> Iterator[Hostile]:
    peers = {**dict(greedy()), **dict(slow())}
    # The two that are well are asked in each run, and each time have something new.
    for number in range(len(peers) + 1):
        for side in ("before", "after"):
            peers[f"{side} {number}"] = plain(healthy(f"{side}-{number}"))
    with hostile(peers) as server:
        yield server


@pytest.fixture(scope="module")
def ran(server: Hostile, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A run for each peer, between two feeds that are well; the first is without any."""
    names = ["nobody", *dict(greedy()), *dict(slow())]
    runs = []
    for number, name in enumerate(names):
        bad = [] if name == "nobody" else [server.url(name)]
        runs.append((name, [server.url(f"before {number}"), *bad, server.url(f"after {number}")]))
    site = tmp_path_factory.mktemp("site")
    what = site / "what.json"
    what.write_text(json.dumps({"timeout": _HASTY, "runs": runs}))
    done = subprocess.run(
        [sys.executable, "-c", RUN, str(site), str(what)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_each_costs_little_time_and_memory(
    ran: Any, server: Hostile, tally: Tally, tmp_path_factory: pytest.TempPathFactory
) -> None:
    # The time of a processor, and that for which a connection was held: by default it may be
    # held longer than here.
    rest = Fetch().timeout - _HASTY
    took = {
        name: run["cpu"]
        + (server.held[name] + rest * (name in dict(slow())) if name in server.held else 0.0)
        for name, run in ran.items()
    }
    (tmp_path_factory.getbasetemp() / "peers.json").write_text(
        json.dumps({n: {**r, "took": took[n]} for n, r in ran.items()})
    )
    assert not {name: s for name, s in took.items() if s > MOST_SECONDS}
    idle = ran["nobody"]["all"]
    assert not {
        n: (r["all"] - idle) // MIB for n, r in ran.items() if r["all"] - idle > MOST_MEMORY
    }
    tally(
        PROMISE,
        peers=len(ran) - 1,
        longest=f"{max(took.values()):.0f} s",
        largest_process=f"{max(r['each'] for r in ran.values()) // MIB} MiB",
        beyond_a_run_without=f"{max(r['all'] - idle for r in ran.values()) // MIB} MiB",
    )


def test_the_feeds_beside_each_are_read_as_ever(ran: Any, server: Hostile) -> None:
    for number, (name, run) in enumerate(ran.items()):
        for side in ("before", "after"):
            assert run["new"][server.url(f"{side} {number}")] == 5, name
            assert run["wrong"][server.url(f"{side} {number}")] == [], name


def test_each_is_named_with_one_clear_reason_or_read_as_far_as_it_goes(
    ran: Any, server: Hostile
) -> None:
    for name, run in ran.items():
        if name == "nobody":
            continue
        wrong, new = run["wrong"][server.url(name)], run["new"][server.url(name)]
        # Without its hundred thousand elements it is a feed of nothing.
        assert wrong or new or name == "deep", name
        assert not any("Traceback" in reason or len(reason) > 300 for _, reason in wrong), wrong


def test_the_default_limits_add_up_to_thirty_seconds() -> None:
    for task in (FeedTask(b"", "", ""), PageTask(b"", "", "")):
        assert Fetch().timeout + Work().seconds_for(task) <= MOST_SECONDS


def test_slow_peers_are_left_within_the_default_limits_and_side_by_side(
    tmp_path: Path, tally: Tally
) -> None:
    peers = {**dict(slow()), "tls silence": silent, "well": plain(healthy("well"))}
    with hostile(peers) as server, Store(tmp_path / FILE) as store:
        for name in peers:
            secure = name == "tls silence"
            address = server.url(name, scheme="https" if secure else "http")
            store.add_source(Kind.FEED, address)
        began = time.monotonic()
        update = subprocess.run(
            [sys.executable, "-m", "morgue", "--site", str(tmp_path), "update"],
            cwd=ROOT,
            env={k: v for k, v in os.environ.items() if not k.startswith("MORGUE_")}
            | {"MORGUE_FETCH_CONCURRENCY": str(len(peers))},
            capture_output=True,
            text=True,
            check=False,
        )
        took = time.monotonic() - began
        said = update.stderr
        assert update.returncode == 3, said
        assert store.by_url("https://well.example/1") is not None
        # Beside the waiting it takes what starting the program and its readers does.
        assert max(server.held.values()) <= Fetch().timeout + 2
        for name in peers.keys() - {"well"}:
            address = server.url(name, scheme="https" if name == "tls silence" else "http")
            assert f"{address}: took longer than 20 seconds" in said or f"{address}: did" in said
    tally(f"{PROMISE}, in time", peers=len(peers) - 1, run=f"{took:.0f} s")


# -- pages, robots.txt, listings ---------------------------------------------------


def teasers(addresses: list[str]) -> bytes:
    items = "".join(
        f"<item><title>{n}</title><link>{address}</link></item>"
        for n, address in enumerate(addresses)
    )
    return f"<rss version='2.0'><channel><title>x</title>{items}</channel></rss>".encode()


def run_of(
    server: Hostile, feed: str, site: Path, timeout: float, slow: float
) -> tuple[float, Any]:
    """Update a feed and the pages it leads to; the time that it took, and its report."""
    from archive.ingest.pipeline import update

    hosts = tuple(
        {address.split("/")[2].split(":")[0] for address in map(server.url, server.held)}
    )
    fetcher = Fetcher(Fetch(timeout=timeout, private_hosts=hosts), "torture")
    with Store(site / FILE) as store:
        store.add_source(Kind.FEED, feed)
        visitor = Visitor(fetcher, pause=0, slow=slow)
        began = time.monotonic()
        (report,) = update(store, store.sources(), fetcher, date(2030, 1, 1), visitor=visitor)
        return time.monotonic() - began, report


@pytest.mark.parametrize("where", ["pages", "robots.txt"])
def test_a_feed_of_fifty_hosts_that_never_end_holds_a_run_up_once(
    where: str, tmp_path: Path, tally: Tally
) -> None:
    drip = endless(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n", b"x", 10**9, 0.2)

    def page(connection: Any, path: str) -> None:
        (silent if (path == "/robots.txt") == (where == "robots.txt") else drip)(connection, path)

    def quick_robots(connection: Any, path: str) -> None:
        (plain(b"") if path == "/robots.txt" else page)(connection, path)

    peers = {f"host {n}": page if where == "robots.txt" else quick_robots for n in range(50)}
    with hostile({**peers, "feed": lambda c, p: plain(feed)(c, p)}) as server:
        feed = teasers([server.url(name, "/a") for name in peers])
        took, report = run_of(server, server.url("feed"), tmp_path, timeout=3.0, slow=0.5)
        asked = {name for name, _ in server.asked if name != "feed"}
    # By default that is 20 s of waiting at most twice over.
    assert took < 3 * 3.0
    assert len(asked) <= 16
    assert sum(report.outcomes.values()) == 50, "what the feed said is kept"
    tally(f"{PROMISE}, slow {where}", hosts=50, asked=len(asked))


def test_a_chain_of_redirects_and_their_robots_txt_has_one_deadline(tmp_path: Path) -> None:
    names = [f"hop {n}" for n in range(6)]

    def hop(number: int) -> Any:
        def answer(connection: Any, path: str) -> None:
            time.sleep(1.5)
            onwards = server.url(names[number + 1], "/a") if number < 5 else "/b"
            head = f"HTTP/1.1 302 Found\r\nLocation: {onwards}\r\n\r\n".encode()
            (plain(b"") if path == "/robots.txt" else raw(head))(connection, path)

        return answer

    peers: Any = {name: hop(number) for number, name in enumerate(names)}
    with hostile({**peers, "feed": lambda c, p: plain(feed)(c, p)}) as server:
        feed = teasers([server.url(names[0], "/a")])
        took, report = run_of(server, server.url("feed"), tmp_path, timeout=4.0, slow=60.0)
    assert took < 4.0 + 2.0
    assert report.unread


def test_a_robots_txt_of_300_megabytes_is_not_read_on(tmp_path: Path) -> None:
    body = endless(b"HTTP/1.1 200 OK\r\n\r\n", b"Disallow: /x\n" * 80_000, 300 * MIB)

    def site(connection: Any, path: str) -> None:
        (body if path == "/robots.txt" else plain(b"<p>x</p>"))(connection, path)

    with hostile({"site": site, "feed": lambda c, p: plain(feed)(c, p)}) as server:
        feed = teasers([server.url("site", f"/{n}") for n in range(5)])
        took, report = run_of(server, server.url("feed"), tmp_path, timeout=5.0, slow=60.0)
    assert took < MOST_SECONDS
    assert "robots.txt cannot be read" in report.unread[0][1]


def backfilled(server: Hostile, feed: str, site: Path, **options: Any) -> Found:
    hosts = tuple({server.url(name).split("/")[2].split(":")[0] for name in server.held})
    fetcher = Fetcher(Fetch(timeout=5, private_hosts=hosts), "torture")
    found: list[Found] = []
    with Store(site / FILE) as store:
        store.add_source(Kind.FEED, feed)
        visitor = Visitor(fetcher, pause=0)
        backfills.begin(store, store.sources()[0], visitor, Bounds())
        backfills.run(store, store.sources(), visitor, Run(date(2030, 1, 1)), found, **options)
    return found[0]


@pytest.mark.parametrize("kind", ["next", "sitemap", "loop"])
def test_listings_without_end_come_to_one(
    kind: str, tmp_path: Path, tally: Tally, monkeypatch: pytest.MonkeyPatch
) -> None:
    # With a thousand the test would take as many requests.
    monkeypatch.setattr(backfills, "MOST_FRUITLESS", 50)

    def site(connection: Any, path: str) -> None:
        number = int(path.rpartition("-")[2]) if "-" in path else 0
        if path == "/robots.txt":
            body = f"Sitemap: {server.url('site', '/map-0')}\n".encode()
        elif path.startswith("/map"):
            names = [f"/map-{number * 3 + n}" for n in range(1, 4)] if kind == "sitemap" else []
            names = ["/map-0", "/map-1", "/map-2"] if kind == "loop" else names
            inside = "".join(
                f"<sitemap><loc>{server.url('site', n)}</loc></sitemap>" for n in names
            )
            body = f"<sitemapindex>{inside}</sitemapindex>".encode()
        else:
            link = f"<a:link rel='next' href='/feed-{number + 1}'/>" if kind == "next" else ""
            body = (
                "<rss version='2.0' xmlns:a='http://www.w3.org/2005/Atom'><channel>"
                f"<title>x</title>{link}<item><title>x</title><guid>same</guid></item>"
                f"<item><title>x</title><guid>{number % 2}</guid></item></channel></rss>"
            ).encode()
        plain(body)(connection, path)

    with hostile({"site": site}) as server:
        found = backfilled(server, server.url("site", "/feed-0"), tmp_path)
        asked = len(server.asked)
    assert asked < 200
    assert found.source
    tally(f"{PROMISE}, listings without end", asked=asked)
