"""What is no proper HTTP, and what comes too slowly: as the real server hears it."""

import re
import socket
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import pytest

from morgue.porter import LARGEST_HEAD, SMALL_BODY, Porter, is_whole
from tests.web.conftest import csrf_in, serving
from tests.web.reach.test_screens import is_designed
from web import policy


@pytest.fixture(scope="module")
def guarded_server(_guarded_site: Path) -> Iterator[str]:
    with serving(_guarded_site) as address:
        yield address


def connected(server: str) -> socket.socket:
    sock = socket.create_connection(("127.0.0.1", urlsplit(server).port or 80), timeout=30)
    sock.settimeout(30)
    return sock


def said(server: str, *parts: bytes) -> bytes:
    """All that the server answers to these bytes before it hangs up."""
    with closing(connected(server)) as sock:
        for part in parts:
            sock.sendall(part)
        heard = b""
        try:
            while piece := sock.recv(65536):
                heard += piece
        except (ConnectionResetError, TimeoutError):
            pass
        return heard


HOST: Final = b"Host: localhost\r\n"
BROKEN: Final = {
    "no-http": (b"\x16\x03\x01\x02\x00\x01\r\n\r\n", 400),
    "no-version": (b"GET /\r\n\r\n", 400),
    "version-9": (b"GET / HTTP/9.9\r\n" + HOST + b"\r\n", 400),
    "script": (b"<script>alert(1)</script> / HTTP/1.1\r\n\r\n", 400),
    "long-line": (b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\n\r\n", 414),
    "endless-line": (b"a" * 9000, 414),
    "many-headers": (b"GET / HTTP/1.1\r\n" + HOST + b"X-A: b\r\n" * 200 + b"\r\n", 431),
    "long-header": (b"GET / HTTP/1.1\r\nX: " + b"a" * 9000 + b"\r\n\r\n", 431),
    "endless-headers": (b"GET / HTTP/1.1\r\n" + b"X-A: b\r\n" * 7000, 431),
    "folded": (b"GET / HTTP/1.1\r\n" + HOST + b"X: a\r\n b\r\n\r\n", 400),
    "bare-lf": (b"GET / HTTP/1.1\nHost: localhost\n\n", 400),
    "nul": (b"GET / HTTP/1.1\r\n" + HOST + b"X: a\0b\r\n\r\n", 400),
    "space-before-colon": (b"GET / HTTP/1.1\r\n" + HOST + b"Content-Length : 5\r\n\r\nabcde", 400),
    "both-lengths": (
        b"POST /login HTTP/1.1\r\n" + HOST + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n"
        b"\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\n" + HOST + b"\r\n",
        400,
    ),
    "two-lengths": (
        b"POST /login HTTP/1.1\r\n" + HOST + b"Content-Length: 4\r\nContent-Length: 0\r\n\r\n"
        b"abcdGET /smuggled HTTP/1.1\r\n" + HOST + b"\r\n",
        400,
    ),
    "signed-length": (b"POST /login HTTP/1.1\r\n" + HOST + b"Content-Length: +4\r\n\r\nabcd", 400),
    "odd-coding": (
        b"POST /login HTTP/1.1\r\n"
        + HOST
        + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        400,
    ),
    "hidden-coding": (
        b"POST /login HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n",
        400,
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_no_http_is_refused_once_by_a_page_of_ours(name: str, guarded_server: str) -> None:
    sent, status = BROKEN[name]
    heard = said(guarded_server, sent)
    head, _, page = heard.decode().partition("\r\n\r\n")
    assert heard.count(b"HTTP/1.1 ") == 1
    assert int(head.split()[1]) == status
    assert "Connection: close" in head
    for header, value in policy.HEADERS.items():
        assert f"{header}: {value}" in head
    assert is_designed(page)
    assert "alert" not in page


def test_what_is_coded_in_an_unknown_way_is_not_taken_for_another_request(
    guarded_server: str,
) -> None:
    heard = said(
        guarded_server,
        b"POST /login HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: xchunked\r\n\r\n"
        b"0\r\n\r\nGET /smuggled HTTP/1.1\r\n" + HOST + b"\r\n",
    )
    assert heard.startswith(b"HTTP/1.1 501 ")
    assert heard.count(b"HTTP/1.1 ") == 1


def test_a_strangers_body_is_short_and_its_length_is_said(guarded_server: str) -> None:
    for headers, status in (
        (b"Transfer-Encoding: chunked", 411),
        (b"Content-Length: 20000", 413),
        (b"Content-Length: 999999999999", 413),
    ):
        heard = said(guarded_server, b"POST /login HTTP/1.1\r\n" + HOST + headers + b"\r\n\r\n")
        assert heard.startswith(b"HTTP/1.1 %d " % status), heard[:200]
        assert is_designed(heard.partition(b"\r\n\r\n")[2].decode())


def test_too_many_fields_and_parts_are_refused_by_a_page(guarded_server: str) -> None:
    fields = b"&".join(b"a%d=b" % n for n in range(1500))
    parts = b"".join(
        b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n\r\n' for _ in range(300)
    )
    for kind, body in (
        (b"application/x-www-form-urlencoded", fields),
        (b"multipart/form-data; boundary=x", parts + b"--x--\r\n"),
        (b"multipart/form-data", parts),
        (b"multipart/form-data; boundary=" + b"y" * 5000, parts),
        (b"text/plain", b'{"csrf": "x"}'),
        (b"application/json", b'{"csrf": "x"}'),
    ):
        request = b"POST /login HTTP/1.1\r\n%sContent-Type: %s\r\nContent-Length: %d\r\n"
        heard = said(
            guarded_server,
            request % (HOST, kind, len(body)) + b"Connection: close\r\n\r\n" + body,
        )
        assert re.match(rb"HTTP/1.1 4\d\d ", heard), heard[:200]
        assert is_designed(heard.partition(b"\r\n\r\n")[2].decode())


def test_half_requests_and_half_farewells_keep_nobody_out(guarded_server: str) -> None:
    """Many times as many as there are threads, of every kind; a page comes all the same."""
    halves = (
        b"",
        b"GET / HT",
        b"GET / HTTP/1.1\r\n" + HOST,
        b"POST /login HTTP/1.1\r\n" + HOST + b"Content-Length: 100\r\n\r\nname=",
        b"GET /robots.txt HTTP/1.1\r\n" + HOST + b"\r\nGET /",
        b"POST /login HTTP/1.1\r\n" + HOST + b"Content-Length: 0\r\n\r\nPOST /lo",
        b"POST /login HTTP/1.1\r\n" + HOST + b"Content-Length: 20000\r\n\r\nname=",
        b"POST /saved HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n5\r\nna",
        b"no http\r\n\r\n",
        b"GET /robots.txt HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n",
    )
    with ExitStack() as stack:
        for _ in range(12):
            for half in halves:
                stack.enter_context(closing(connected(guarded_server))).sendall(half)
        for _ in range(8):
            with urllib.request.urlopen(f"{guarded_server}/login", timeout=5) as shown:
                assert csrf_in(shown.read().decode())


def test_who_takes_too_long_is_told_and_who_says_nothing_is_let_go() -> None:
    let_in = threading.Event()
    refused: list[int] = []
    porter = Porter(lambda _, status: refused.append(status), patience=0.1)
    half, other = socket.socketpair()
    silent, quiet = socket.socketpair()
    with half, other, silent, quiet:
        other.sendall(b"GET / HTTP/1.1\r\n")
        gone = threading.Event()
        porter.receive(half, let_in.set, b"")
        porter.receive(silent, gone.set, b"")
        assert let_in.wait(10)
        assert gone.wait(10)
        assert refused == [408]
        assert half.recv(100) == b"GET / HTTP/1.1\r\n"
        assert half.recv(100) == silent.recv(100) == b""


def test_a_server_that_ends_waits_for_no_halves() -> None:
    let_in = threading.Event()
    gone = threading.Event()
    porter = Porter(lambda *_: None, patience=600)
    half, other = socket.socketpair()
    silent, quiet = socket.socketpair()
    with half, other, silent, quiet:
        other.sendall(b"GET / HTTP/1.1\r\n")
        porter.receive(half, let_in.set, b"")
        porter.receive(silent, gone.set, b"")
        time.sleep(0.1)
        porter.close()
        assert gone.wait(60)
        assert let_in.wait(60)


def test_a_request_that_comes_in_pieces_is_handed_on_whole() -> None:
    let_in = threading.Event()
    porter = Porter(lambda *_: None)
    here, there = socket.socketpair()
    with here, there:
        porter.receive(here, let_in.set, b"POST / HTTP/1.1\r\nContent-")
        for piece in (b"Length: 5\r", b"\n\r\nab", b"cde"):
            assert not let_in.is_set()
            there.sendall(piece)
            time.sleep(0.02)
        assert let_in.wait(10)
        assert here.recv(100) == b"Length: 5\r\n\r\nabcde"


@pytest.mark.parametrize(
    ("seen", "whole"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", True),
        (b"GET / HTTP/1.1\r\nHost: a\r\n", False),
        (b"P / HTTP/1.1\r\ncontent-LENGTH: 3\r\n\r\nab", False),
        (b"P / HTTP/1.1\r\nContent-Length:3\r\n\r\nabc", True),
        (b"P / HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % (SMALL_BODY + 1), True),
        (b"P / HTTP/1.1\r\nContent-Length: nine\r\n\r\n", True),
        (b"a" * 9000, True),
        (b"GET /\n", True),
        (b"G" + b"X: y\r\n" * (LARGEST_HEAD // 10), False),
    ],
)
def test_a_request_is_whole_when_nobody_need_wait_for_more(seen: bytes, whole: bool) -> None:
    assert is_whole(seen) is whole
