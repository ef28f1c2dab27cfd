"""Servers that mean harm: each a way to answer, and what keeps count of them."""

import gzip
import socket
import struct
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

Peer = Callable[[socket.socket, str], None]
"""Answers one request for a path on a connection, whatever it says."""

MIB = 1024 * 1024
_OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n"
_DRIPS = 120.0
"""Seconds that a drip goes on, unless who asked hangs up."""


def plain(body: bytes, head: bytes = b"") -> Peer:
    """A peer that answers as it should."""

    def answer(connection: socket.socket, _path: str) -> None:
        length = f"Content-Length: {len(body)}\r\n\r\n".encode()
        connection.sendall(_OK + head + length + body)

    return answer


def raw(*parts: bytes) -> Peer:
    """A peer that sends just this, and hangs up."""

    def answer(connection: socket.socket, _path: str) -> None:
        for part in parts:
            connection.sendall(part)

    return answer


def endless(first: bytes, again: bytes, most: int, every: float = 0.0) -> Peer:
    """A peer that sends *again* and again, *most* bytes in all, *every* so many seconds."""

    def answer(connection: socket.socket, _path: str) -> None:
        connection.sendall(first)
        until = time.monotonic() + _DRIPS
        sent = 0
        while sent < most and time.monotonic() < until:
            connection.sendall(again)
            sent += len(again)
            time.sleep(every)

    return answer


def silent(connection: socket.socket, _path: str) -> None:
    """Say nothing at all until the other end hangs up."""
    connection.settimeout(_DRIPS)
    while connection.recv(65536):
        pass


def reset(first: bytes) -> Peer:
    """A peer that breaks off in the middle, with a reset."""

    def answer(connection: socket.socket, _path: str) -> None:
        connection.sendall(first)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    return answer


def _deflated(size: int, raw_stream: bool) -> bytes:
    packer = zlib.compressobj(9, wbits=-15 if raw_stream else 15)
    return packer.compress(bytes(size)) + packer.flush()


def _rss(inside: str) -> bytes:
    return f"<rss version='2.0'><channel><title>x</title>{inside}</channel></rss>".encode()


def _items(count: int) -> str:
    return "".join(f"<item><title>{n}</title><guid>{n}</guid></item>" for n in range(count))


def _articles(count: int) -> str:
    text = "The harbour board of Port Ellis met. " * 4
    return "".join(
        f"<item><title>Headline {n}</title><link>http://gannet.example/{n}</link>"
        f"<description>{n} {text}</description></item>"
        for n in range(count)
    )


def greedy() -> Iterator[tuple[str, Peer]]:
    """Peers that send too much, or lie about what they send."""
    zeros = gzip.compress(bytes(256 * MIB), 9)
    yield "gzip bomb", plain(zeros, b"Content-Encoding: gzip\r\n")
    yield "gzip bomb in a gzip", plain(gzip.compress(zeros), b"Content-Encoding: gzip\r\n")
    yield "gzip twice said", plain(gzip.compress(zeros), b"Content-Encoding: gzip, gzip\r\n")
    yield "deflate bomb", plain(_deflated(256 * MIB, False), b"Content-Encoding: deflate\r\n")
    yield "raw deflate bomb", plain(_deflated(256 * MIB, True), b"Content-Encoding: deflate\r\n")
    yield "brotli said", plain(zeros, b"Content-Encoding: br\r\n")
    yield "zstd said", plain(zeros, b"Content-Encoding: zstd\r\n")
    yield "untold gzip bomb", plain(zeros)
    yield "many gzip members", plain(gzip.compress(b"x") * 100_000, b"Content-Encoding: gzip\r\n")
    yield "300 MB body", endless(_OK + b"\r\n", b"x" * MIB, 300 * MIB)
    yield (
        "300 MB body told",
        endless(_OK + b"Content-Length: 314572800\r\n\r\n", b"x" * MIB, 300 * MIB),
    )
    chunk = b"100000\r\n" + b"x" * MIB + b"\r\n"
    yield (
        "300 MB in chunks",
        endless(_OK + b"Transfer-Encoding: chunked\r\n\r\n", chunk, 300 * MIB),
    )
    yield (
        "chunks of one byte",
        endless(_OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n" * 10_000, 300 * MIB),
    )
    yield "a chunk of 2^64", raw(_OK + b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nx")
    yield (
        "chunk size of MBs",
        endless(_OK + b"Transfer-Encoding: chunked\r\n\r\n", b"0" * MIB, 300 * MIB),
    )
    yield "endless headers", endless(b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n" * 10_000, 300 * MIB)
    yield "a header line of 300 MB", endless(b"HTTP/1.1 200 OK\r\nX: ", b"x" * MIB, 300 * MIB)
    yield "a status line of 300 MB", endless(b"HTTP/1.1 200 ", b"x" * MIB, 300 * MIB)
    yield (
        "endless interim answers",
        endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 1000, 10**10),
    )
    yield (
        "endless trailers",
        endless(
            _OK + b"Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n",
            b"X-A: b\r\n" * 10_000,
            10**10,
        ),
    )
    yield "no HTTP at all", endless(b"", b"\x16\x03\x01\x02\x00" * 100_000, 300 * MIB)
    yield "too short", raw(_OK + b"Content-Length: 1000000\r\n\r\n<rss>")
    yield "too long", raw(_OK + b"Content-Length: 3\r\n\r\n" + _rss(_items(3)))
    yield "length of minus one", raw(_OK + b"Content-Length: -1\r\n\r\n" + _rss(_items(1)))
    yield "two lengths", raw(_OK + b"Content-Length: 3\r\nContent-Length: 9\r\n\r\nabcdefghi")
    yield "length of a googol", raw(_OK + b"Content-Length: 1" + b"0" * 100 + b"\r\n\r\nx")
    yield "a picture as a feed", plain(b"\x89PNG\r\n\x1a\n" + bytes(100_000))
    yield "reset in headers", reset(b"HTTP/1.1 200 OK\r\nX-")
    yield "reset in the body", reset(_OK + b"Content-Length: 100000\r\n\r\n" + b"<rss>" * 100)
    yield "100,000 items", plain(_rss(_items(100_000)))
    yield (
        "100,000 items in gzip",
        plain(gzip.compress(_rss(_items(100_000))), b"Content-Encoding: gzip\r\n"),
    )
    yield "as many articles as fit", plain(_rss(_articles(20_000)))
    yield (
        "5 MiB in one entry",
        plain(
            _rss(f"<item><title>x</title><description>{'word ' * 1_000_000}</description></item>")
        ),
    )
    yield "redirect to itself", raw(b"HTTP/1.1 302 Found\r\nLocation: ?\r\n\r\n")

    def onwards(connection: socket.socket, path: str) -> None:
        head = f"HTTP/1.1 302 Found\r\nLocation: {path}x\r\n\r\n".encode()
        with suppress(OSError):
            connection.sendall(head + bytes(16 * MIB))

    yield "redirects for ever, with bodies", onwards
    yield (
        "a Location of 60 kB",
        raw(b"HTTP/1.1 302 Found\r\nLocation: /" + b"x" * 60_000 + b"\r\n\r\n"),
    )
    yield "laughs", plain(_laughs())
    yield (
        "attributes",
        plain(_rss(f"<item {' '.join(f'a{n}={chr(34)}b{chr(34)}' for n in range(16_000))}/>")),
    )
    yield "deep", plain(_rss("<a>" * 100_000))


def _laughs() -> bytes:
    lines = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    head = f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY l0 "ha">{lines}]>'
    return f"{head}<rss><channel><title>&l11;</title></channel></rss>".encode()


def slow() -> Iterator[tuple[str, Peer]]:
    """Peers that never come to an end."""
    yield "silence", silent
    yield "a byte a second", endless(_OK + b"\r\n", b"x", 10**9, 1.0)
    yield (
        "a byte a second in gzip",
        endless(
            _OK + b"Content-Encoding: gzip\r\n\r\n\x1f\x8b\x08\0\0\0\0\0\0\3",
            b"\0\0\0\xff\xff",
            10**9,
            1.0,
        ),
    )
    yield (
        "a chunk a second",
        endless(_OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n", 10**9, 1.0),
    )
    yield "a header a second", endless(b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n", 10**9, 1.0)
    yield "a letter of a header a second", endless(b"HTTP/1.1 200 OK\r\nX: ", b"x", 10**9, 1.0)
    yield "a letter of the status a second", endless(b"HTTP", b"/", 10**9, 1.0)
    yield (
        "an interim answer a second",
        endless(b"", b"HTTP/1.1 102 Processing\r\n\r\n", 10**9, 1.0),
    )


class Hostile:
    """A server for each of some *peers*, each at an address of this machine of its own.

    *held* is the longest that a connection of each was kept, in seconds; *asked* are
    (peer, path).
    """

    def __init__(self, peers: dict[str, Peer]) -> None:
        self.held: dict[str, float] = dict.fromkeys(peers, 0.0)
        self.asked: list[tuple[str, str]] = []
        self._peers = peers
        self._lock = threading.Lock()
        self._listeners: dict[str, socket.socket] = {}
        for number, name in enumerate(peers):
            place = f"127.0.{number // 250}.{number % 250 + 2}"
            self._listeners[name] = socket.create_server((place, 0), backlog=50)
            threading.Thread(target=self._accept, args=[name], daemon=True).start()

    def url(self, name: str, path: str = "/feed", scheme: str = "http") -> str:
        """An address at a peer."""
        host, port = self._listeners[name].getsockname()
        return f"{scheme}://{host}:{port}{path}"

    def _accept(self, name: str) -> None:
        while True:
            try:
                connection, _ = self._listeners[name].accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=[name, connection], daemon=True).start()

    def _serve(self, name: str, connection: socket.socket) -> None:
        began = time.monotonic()
        with connection, suppress(OSError):
            path = self._path(connection)
            with self._lock:
                self.asked.append((name, path))
            self._peers[name](connection, path)
        with self._lock:
            self.held[name] = max(time.monotonic() - began, self.held[name])

    @staticmethod
    def _path(connection: socket.socket) -> str:
        head = b""
        while b"\r\n\r\n" not in head:
            part = connection.recv(65536)
            if not part:
                break
            head += part
        return head.split(b" ")[1].decode("latin-1") if b" " in head else ""

    def close(self) -> None:
        """Stop listening."""
        for listener in self._listeners.values():
            listener.shutdown(socket.SHUT_RDWR)
            listener.close()


@contextmanager
def hostile(peers: dict[str, Peer]) -> Iterator[Hostile]:
    """Run a server of each of *peers*."""
    server = Hostile(peers)
    yield server
    server.close()
