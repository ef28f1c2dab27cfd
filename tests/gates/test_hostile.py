"""Bad input of every kind: read, or refused in one clear line, within bounds, and alone."""

import io
import json
import subprocess
import sys
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.archive.formats import samples

pytestmark = pytest.mark.gate

MIB = 1024 * 1024
# The bound, and what a reading process takes when it has nothing to do.
MOST_MEMORY = (512 + 160) * MIB

RUN = """
import json, resource, sys, time
from datetime import date
from pathlib import Path
from archive.errors import FormatError
from archive.ingest.fetch import Fetcher
from archive.ingest.pipeline import update
from archive.ingest.readers.pool import Pool
from archive.settings import Fetch
from archive.source import Kind
from archive.store import Store

folder, site, what = map(Path, sys.argv[1:])
lines, outcomes = [], {}
if what.name == "files":
    # One process, so that what each file takes can be told.
    with Pool(1) as pool, Store(site / "articles.db") as store:
        store.add_source(Kind.FOLDER, str(folder))
        for report in update(
            store, store.sources(), Fetcher(Fetch(), "gate"), date(2030, 1, 1), readers=pool
        ):
            lines += report.failures
            outcomes = {str(k): n for k, n in report.outcomes.items()}
        kept = sorted(c.article.url for c in store.changes_since(0) if c.article)
else:
    kept = []
    with Pool(1) as pool:
        for path in sorted(folder.iterdir()):
            try:
                pool.feed(path.read_bytes(), f"https://x.example/{path.name}")
                kept.append(path.name)
            except FormatError as error:
                lines.append((error.where, error.reason))
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps({
    "lines": lines, "kept": kept, "outcomes": outcomes,
    "peak": usage.ru_maxrss * 1024, "cpu": usage.ru_utime + usage.ru_stime,
}))
"""


def run(folder: Path, site: Path, what: str) -> Any:
    site.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", RUN, str(folder), str(site), what],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def page(body: str) -> bytes:
    return f"<!doctype html><html><head><title>x</title></head><body>{body}</body></html>".encode()


def bomb(size: int = 1024 * MIB) -> bytes:
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
    yield "huge.html", page("<p>word " * (25 * MIB // 8))
    yield "huge.txt", b"word " * (25 * MIB // 5)
    yield "twenty-megabytes.html", page("<p>Some words of a page. " * (20_000_000 // 25))
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


@pytest.fixture(scope="module")
def clippings(nasty: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clippings")
    for name, data in hostile_files():
        (folder / name).write_bytes(data)
    for number, path in enumerate(nasty):
        data = path.read_bytes()
        (folder / f"nasty-{number}-{path.name}").write_bytes(data)
        for ending in ("html", "txt", "xml", "md"):
            (folder / f"nasty-{number}.{ending}").write_bytes(data)
    (folder / "good-first.html").write_bytes(samples.PAGE)
    (folder / "zz-good-last.txt").write_text("A good file beside the bad ones.")
    return folder


@pytest.fixture(scope="module")
def read(clippings: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    return run(clippings, tmp_path_factory.mktemp("run") / "site", "files")


def test_the_good_files_beside_the_bad_ones_are_kept(read: Any, clippings: Path) -> None:
    for name in ("good-first.html", "zz-good-last.txt"):
        assert (clippings / name).as_uri() in read["kept"]


def test_every_file_is_read_or_named_with_one_clear_reason(
    read: Any, clippings: Path, record_property: Any
) -> None:
    record_property("read", len(read["kept"]))
    record_property("refused", read["lines"])
    for path in clippings.iterdir():
        lines = [line for line in read["lines"] if line[0].startswith(str(path))]
        kept = any(url.startswith(path.as_uri()) for url in read["kept"])
        seen = path.suffix in (".dat", ".xsl", ".xsd") or not path.suffix
        assert kept or lines or seen, path.name
    for where, reason in read["lines"]:
        assert reason, where
        assert "\n" not in reason, where
        assert len(reason) < 250, where
        assert "could not be read (" not in reason, (where, reason)
        assert "crashes" not in reason, (where, reason)


def test_no_file_takes_more_than_its_bounds(read: Any, record_property: Any) -> None:
    record_property("peak of the reading process in MiB", read["peak"] // MIB)
    record_property("CPU seconds in all", round(read["cpu"]))
    assert read["peak"] < MOST_MEMORY


@pytest.fixture(scope="module")
def feeds(nasty: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("feeds")
    entry = "<item><title>x</title><description>{}</description></item>"
    rss = "<rss version='2.0'><channel><title>x</title>{}</channel></rss>"
    made = {
        "laughs": laughs("rss"),
        "quadratic": quadratic("rss"),
        "deep": rss.format("<item>" * 100_000).encode(),
        "attributes": rss.format(f"<item {attributes(16_000)}><title>x</title></item>").encode(),
        "entries": rss.format(entry.format("Some words.") * 20_000).encode(),
        "large": rss.format(entry.format("Some words. " * 400_000)).encode(),
        "markup": rss.format(entry.format("&lt;div>" * 50_000)).encode(),
        "brackets": rss.format(entry.format("&lt;" * 500_000)).encode(),
        "picture": b"\x89PNG\0\0" * 1000,
        "json-deep": b'{"version": "https://jsonfeed.org/version/1", "items": ' + b"[" * 500_000,
        "truncated": rss.format(entry.format("Some words.") * 5).encode()[:200],
        "good": rss.format(entry.format("Some words.")).encode(),
        **{f"nasty-{n}": path.read_bytes() for n, path in enumerate(nasty)},
    }
    for name, data in made.items():
        (folder / name).write_bytes(data[: 5 * MIB])
    return run(folder, tmp_path_factory.mktemp("run") / "site", "feeds")


def test_a_hostile_feed_is_read_or_named_within_its_bounds(
    feeds: Any, record_property: Any
) -> None:
    record_property("refused", feeds["lines"])
    record_property("peak of the reading process in MiB", feeds["peak"] // MIB)
    assert "good" in feeds["kept"]
    assert feeds["peak"] < MOST_MEMORY
    for where, reason in feeds["lines"]:
        assert "\n" not in reason, where
        assert len(reason) < 250, where
        assert "could not be read (" not in reason, (where, reason)
