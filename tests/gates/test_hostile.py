"""Bad input of every kind: read, or refused in one clear line, within bounds, and alone."""

import gzip
import io
import json
import re
import subprocess
import sys
import tarfile
import threading
import tracemalloc
import zipfile
import zlib
from collections.abc import Iterator
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from archive.ingest.formats import registry
from tests.archive.formats import samples
from tests.archive.formats.conftest import place

pytestmark = pytest.mark.gate

MIB = 1024 * 1024
# The bound, and what a reading process takes when it has nothing to do.
MOST_MEMORY = (512 + 160) * MIB
# 20 s as the kernel counts them, and what starting the next reading process takes.
MOST_CPU = 20 + 4
# What the process that keeps may take over one piece.
MOST_OWN_CPU = 10
# What would be a programmer's word, and none of a librarian's.
JARGON = re.compile(
    r"Traceback|File \"|line \d+, in|<class|could not be read \(|crashes"
    r"|\b(?:[A-Z]\w+|Recursion|Unicode)Error\b"
)

RUN = """
import json, resource, sys, time
from datetime import date
from pathlib import Path
from archive.ingest.fetch import Fetcher
from archive.ingest.pipeline import update
from archive.ingest.readers.pool import Pool
from archive.settings import Fetch
from archive.source import Kind
from archive.store import Store

def children_cpu():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    total = usage.ru_utime + usage.ru_stime
    for pid in pool.pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        total += (int(fields[11]) + int(fields[12])) / 100 if fields[0] != "Z" else 0
    return total

site, base, what = Path(sys.argv[1]), sys.argv[2], json.loads(Path(sys.argv[3]).read_text())
found = {}
# One child and one source at a time, so that what each piece takes can be told.
with Pool(1) as pool, Store(site / "articles.db") as store:
    for address in what["files"]:
        store.add_source(Kind.FOLDER, address)
    for name in what["feeds"]:
        store.add_source(Kind.FEED, base + name)
    fetcher = Fetcher(Fetch(private_hosts=("127.0.0.1",)), "gate")
    before, own, since = children_cpu(), time.process_time(), time.monotonic()
    for report in update(
        store, store.sources(), fetcher, date(2030, 1, 1), concurrency=1, per_host=1, readers=pool
    ):
        after, mine, now = children_cpu(), time.process_time(), time.monotonic()
        found[report.source.address.removeprefix(base)] = {
            "kept": sum(report.outcomes.values()),
            "failures": report.failures,
            "refused": report.refused,
            "cpu": after - before,
            "own": mine - own,
            "took": now - since,
        }
        before, own, since = after, mine, now
    kept = sorted(c.article.url for c in store.changes_since(0) if c.article)
print(json.dumps({
    "pieces": found,
    "kept": kept,
    "peak": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024,
    "own peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
}))
"""


def page(body: str) -> bytes:
    return f"<!doctype html><html><head><title>x</title></head><body>{body}</body></html>".encode()


@cache
def bomb(size: int = 256 * MIB) -> bytes:
    """A zip of one text of zeros, packed a thousandfold."""
    data = io.BytesIO()
    with (
        zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("a.txt", "w", force_zip64=True) as member,
    ):
        for _ in range(size // MIB // 16):
            member.write(bytes(16 * MIB))
    return data.getvalue()


def zipped(name: str, data: bytes) -> bytes:
    return samples.zipped({name: data})


def laughs(kind: str) -> bytes:
    lines = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    return (
        f'<?xml version="1.0"?><!DOCTYPE {kind} [<!ENTITY l0 "ha">{lines}]><{kind}>&l11;</{kind}>'
    ).encode()


def quadratic(kind: str) -> bytes:
    entity = "x" * 100_000
    return f'<!DOCTYPE {kind} [<!ENTITY e "{entity}">]><{kind}>{"&e;" * 50_000}</{kind}>'.encode()


def attributes(count: int) -> str:
    return " ".join(f'a{n}="{n}"' for n in range(count))


def hostile_files() -> Iterator[tuple[str, bytes]]:
    for name, data in samples.ALL.items():
        yield f"truncated-{name}", data[: len(data) * 2 // 3]
        yield f"empty-{name}", b""
    picture = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)) * 100
    for ending in ("html", "txt", "md", "json", "csv", "pdf", "eml", "mbox", "zip", "warc", "xml"):
        yield f"picture.{ending}", picture
        yield f"page-named.{ending}", samples.PAGE
        yield f"packed.{ending}", zlib.compress(samples.PAGE)
    text = "Не вся правда. " * 40
    for codec in ("utf-16-le", "utf-16-be", "koi8-r", "cp1251", "utf-7", "utf-32"):
        yield f"encoding-{codec}.html", page(f"<p>{text}").decode().encode(codec)
        yield f"encoding-{codec}.txt", text.encode(codec)
    yield "encoding-lie.html", b"<?xml version='1.0' encoding='utf-16'?>" + page(f"<p>{text}")
    yield "marks.txt", ("e" + "\u0301\u0327" * 2_000_000).encode()
    yield "marks.html", page("<title>e" + "\u0301\u0327" * 1_000_000)
    yield "huge.html", page("<p>word " * (25 * MIB // 8))
    yield "huge.txt", b"word " * (25 * MIB // 5)
    yield "nine-megabytes.html", page("<p>Some words of a page. " * (9_000_000 // 25))
    yield "nine-megabytes-of-one-word.html", page("<p>" + "x" * 9_000_000)
    yield "nineteen-megabytes.txt", b"Some words of a page. \n" * (19_000_000 // 23)
    yield "nineteen-megabytes-of-spaces.txt", b"A" + b" " * 19_000_000 + b"B"
    for kind in ("nitf", "newsItem", "html", "rss"):
        yield f"laughs-{kind}.xml", laughs(kind)
        yield f"quadratic-{kind}.xml", quadratic(kind)
    yield "bomb.zip", bomb()
    yield "bomb-in.zip", zipped("bomb.zip", bomb())
    yield "bomb-in-three.zip", zipped("a.zip", zipped("b.zip", zipped("c.txt", b"x")))
    yield "deep.html", page("<div>" * 100_000 + "x")
    yield "deep-table.html", page("<table><tr><td>" * 5_000 + "x")
    yield "deep-spans.html", page("<p>" + "<span>" * 3_000 + "Some words. " * 50)
    yield "deep-lists.html", page("<ul><li>" * 20_000 + "x")
    yield "deep.json", b"[" * 500_000
    yield "deep.xml", b"<nitf>" + b"<p>" * 200_000
    yield (
        "deep.eml",
        b"MIME-Version: 1.0\nSubject: x\n"
        + b"".join(
            b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(5000)
        ),
    )
    yield "attributes.html", page(f"<p {attributes(16_000)}>Some words. " * 2)
    yield "attributes-often.html", page(f"<p {attributes(500)}>Some words. </p>" * 300)
    yield "attributes.xml", f"<nitf {attributes(16_000)}>x</nitf>".encode()
    yield "links.html", page('<a href="/a">A link of some words</a> ' * 100_000)
    yield "comments.html", page("<!-- " * 500_000)
    yield "brackets.html", page("<" * 1_000_000)
    yield "entities.html", page("&amp;&#x0;&nosuch;" * 200_000)
    yield "script.html", page(f'<script type="application/ld+json">{"[" * 200_000}</script>')
    yield "metas.html", page('<meta property="og:title" content="x">' * 100_000)
    yield "bylines.html", page("<p>By " + "A. " * 300_000)
    yield "times.html", page('<time datetime="99999-99-99">x</time>' * 50_000)
    yield "quotes.csv", b"title,text\n" + b'"' * 1_000_001
    yield "columns.csv", b"title,text," + b"x," * 500_000 + b"\n1,2"
    yield "lines.md", b"---\ntitle: x\n---\n" + b"> " * 100_000 + b"x"
    yield "emphasis.md", b"*_" * 200_000
    yield "brackets.md", b"[" * 100_000
    yield (
        "yaml.md",
        b"---\na: &a [x]\n"
        + b"".join(
            b"a%d: &a%d [%s]\n" % (n, n, b", ".join([b"*a%d" % (n - 1) if n else b"*a"] * 9))
            for n in range(12)
        )
        + b"---\ntext",
    )


@pytest.fixture(scope="module")
def nasty(corpora: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The corpora's own hostile files, unpacked."""
    folder = tmp_path_factory.mktemp("nasty")
    for packed in sorted((corpora / "nasty").glob("*.tar.xz")):
        with tarfile.open(packed) as archive:
            archive.extractall(folder / packed.name.split(".")[0], filter="data")
    found = [path for path in folder.rglob("*") if path.is_file()]
    return sorted([*found, corpora / "nasty" / "xss-payloads.txt"])


def hostile_feeds() -> Iterator[tuple[str, bytes]]:
    entry = "<item><title>x</title><description>{}</description></item>"
    rss = "<rss version='2.0'><channel><title>x</title>{}</channel></rss>"
    yield "laughs", laughs("rss")
    yield "quadratic", quadratic("rss")
    yield "deep", rss.format("<item>" * 100_000).encode()
    yield "attributes", rss.format(f"<item {attributes(16_000)}><title>x</title></item>").encode()
    yield "entries", rss.format("<item><title>x</title></item>" * 100_000).encode()
    yield "large", rss.format(entry.format("Some words. " * 400_000)).encode()
    yield "markup", rss.format(entry.format("&lt;div>" * 50_000)).encode()
    yield "brackets", rss.format(entry.format("&lt;" * 500_000)).encode()
    yield "marks", rss.format(entry.format("e" + "\u0301\u0327" * 1_000_000)).encode()
    yield "picture", b"\x89PNG\0\0" * 1000
    yield "empty", b""
    yield (
        "json-deep",
        (b'{"version": "https://jsonfeed.org/version/1", "items": ' + b"[" * 500_000),
    )
    yield "truncated", rss.format(entry.format("Some words.") * 5).encode()[:200]
    yield "utf-16-lie", b"<?xml version='1.0' encoding='utf-16'?>" + rss.format("").encode()
    yield "bomb.gz", gzip.compress(bytes(256 * MIB))
    yield "bomb-of-feed.gz", gzip.compress(rss.format(entry.format("x " * 50_000_000)).encode())
    yield "cut.gz", gzip.compress(rss.format(entry.format("Some words.")).encode())[:-20]


def good_feed(name: str) -> bytes:
    return (
        f"<rss version='2.0'><channel><title>x</title><item><title>Good {name}</title>"
        f"<link>https://gannet.example/{name}</link><description>{samples.TEXT}</description>"
        "</item></channel></rss>"
    ).encode()


@pytest.fixture(scope="module")
def read(nasty: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Any:
    """One update of all: each bad file a source, some in a folder, each bad feed over HTTP."""
    folder = tmp_path_factory.mktemp("clippings")
    for name, data in hostile_files():
        (folder / name).write_bytes(data)
    feeds = {"good-first": good_feed("good-first"), **dict(hostile_feeds())}
    for number, path in enumerate(nasty):
        data = path.read_bytes()
        for ending in ("html", "xml"):
            (folder / f"nasty-{number}-{path.stem}.{ending}").write_bytes(data)
        feeds[f"nasty-{number}-{path.name}"] = data
    feeds["good-last"] = good_feed("good-last")
    beside = tmp_path_factory.mktemp("beside")
    (beside / "a-good.html").write_bytes(samples.PAGE)
    for name in ("deep.json", "picture.html", "bomb.zip", "huge.txt"):
        (beside / name).write_bytes((folder / name).read_bytes())
    (beside / "z-good.txt").write_text("A good file beside the bad ones.")

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            data = feeds.get(self.path[1:])
            self.send_response(404 if data is None else 200)
            if self.path.endswith(".gz"):
                self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Length", str(len(data or b"")))
            self.end_headers()
            try:
                self.wfile.write(data or b"")
            except OSError:
                # Who asked has had enough.
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=[0.05])
    thread.start()
    site = tmp_path_factory.mktemp("site")
    what = site / "what.json"
    files = [*map(str, sorted(folder.iterdir())), str(beside)]
    what.write_text(json.dumps({"files": files, "feeds": list(feeds)}))
    base = f"http://127.0.0.1:{server.server_address[1]}/"
    try:
        done = subprocess.run(
            [sys.executable, "-c", RUN, str(site), base, str(what)],
            cwd=Path(__file__).parents[2],
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    result = json.loads(done.stdout)
    result["beside"] = str(beside)
    (Path(tmp_path_factory.getbasetemp()) / "hostile.json").write_text(done.stdout)
    return result


def test_the_run_goes_on_to_its_end_and_what_is_good_is_kept(read: Any) -> None:
    for name in ("good-first", "good-last"):
        assert f"https://gannet.example/{name}" in read["kept"]
    for name in ("a-good.html", "z-good.txt"):
        assert Path(read["beside"], name).as_uri() in read["kept"]


def test_every_piece_is_read_or_named_with_one_clear_reason(read: Any) -> None:
    for address, piece in read["pieces"].items():
        lines = [*piece["failures"], *piece["refused"]]
        assert piece["kept"] or lines or is_an_empty_feed(address), address
        assert len(lines) <= 51, address
        for where, reason in lines:
            assert where, (address, reason)
            assert reason, address
            assert "\n" not in reason, (where, reason)
            assert len(reason) < 250, (where, reason)
            assert not JARGON.search(reason), (where, reason)
            if address.startswith("/"):
                assert where.startswith(address), (where, reason)


def is_an_empty_feed(address: str) -> bool:
    """A feed without entries is a good feed."""
    return address in ("utf-16-lie",)


def test_no_piece_takes_more_time_or_memory_than_its_bounds(read: Any) -> None:
    slow = {
        address: (round(piece["cpu"], 1), round(piece["own"], 1))
        for address, piece in read["pieces"].items()
        if piece["cpu"] > MOST_CPU or piece["own"] > MOST_OWN_CPU
    }
    assert not slow
    assert read["peak"] < MOST_MEMORY
    assert read["own peak"] < MOST_MEMORY


@pytest.mark.parametrize("name", ["a.json", "a.csv", "a.zip"])
def test_a_long_container_is_read_in_little_memory(name: str) -> None:
    row = ('"' + "Bridge {0}" + '","' + f"{samples.FIRST} " * 40 + '"').encode()
    record = samples.ALL["a.jsonl"].strip()
    data = {
        "a.json": b"[" + b",".join([record] * 1000) + b"]",
        "a.csv": b"title,text\n" + b"\n".join([row] * 1000),
        "a.zip": samples.zipped({f"{n}.txt": samples.WIRE for n in range(500)}),
    }[name]
    opened = place(data, name)
    tracemalloc.start()
    for _ in registry.read(opened):
        pass
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 12 * MIB
