"""What an answer may cost: sizes, bombs, time."""

import gzip
import threading
import time
import zlib
from http.server import BaseHTTPRequestHandler

import pytest

from archive.errors import FetchError
from archive.ingest.fetch import LARGEST_FEED, Fetcher
from archive.settings import Fetch
from tests.http_server import Web, reply

ZEROS = b"\0" * (4 * LARGEST_FEED)


def test_an_answer_that_is_too_large_is_refused(web: Web, fetcher: Fetcher) -> None:
    web.pages["/"] = reply(200, b"x" * (LARGEST_FEED + 1))
    with pytest.raises(FetchError, match="larger than 5 MiB"):
        fetcher.get(web.url("/"))


def test_a_bomb_of_gzip_is_stopped_at_the_same_size(web: Web, fetcher: Fetcher) -> None:
    bomb = gzip.compress(ZEROS)
    assert len(bomb) < LARGEST_FEED
    web.pages["/"] = reply(200, bomb, Content_Encoding="gzip")
    with pytest.raises(FetchError, match="larger than 5 MiB"):
        fetcher.get(web.url("/"))


@pytest.mark.parametrize("raw", [False, True], ids=["zlib", "raw"])
def test_a_bomb_of_deflate_is_stopped_too(web: Web, fetcher: Fetcher, raw: bool) -> None:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS if raw else zlib.MAX_WBITS)
    bomb = packer.compress(ZEROS) + packer.flush()
    web.pages["/"] = reply(200, bomb, Content_Encoding="deflate")
    with pytest.raises(FetchError, match="larger than 5 MiB"):
        fetcher.get(web.url("/"))


def test_a_bomb_within_a_bomb_is_never_unpacked(web: Web, fetcher: Fetcher) -> None:
    bomb = gzip.compress(gzip.compress(ZEROS))
    web.pages["/"] = reply(200, bomb, Content_Encoding="gzip, gzip")
    with pytest.raises(FetchError, match="packed as gzip, gzip, which was not asked for"):
        fetcher.get(web.url("/"))


@pytest.mark.parametrize("name", ["br", "zstd", "gzip, br"])
def test_a_packing_that_was_not_asked_for_is_refused(
    web: Web, fetcher: Fetcher, name: str
) -> None:
    web.pages["/"] = reply(200, b"hello", Content_Encoding=name)
    with pytest.raises(FetchError, match="which was not asked for"):
        fetcher.get(web.url("/"))


def test_the_largest_size_is_the_callers_to_say(web: Web, fetcher: Fetcher) -> None:
    web.pages["/"] = reply(200, b"x" * (LARGEST_FEED + 1))
    body = fetcher.get(web.url("/"), largest=10 * 1024 * 1024).body
    assert body is not None
    assert len(body) == LARGEST_FEED + 1
    with pytest.raises(FetchError, match="larger than 1 MiB"):
        fetcher.get(web.url("/"), largest=1024 * 1024)


def test_the_body_of_a_redirect_is_not_read(web: Web, fetcher: Fetcher) -> None:
    bomb = gzip.compress(ZEROS)
    sent: list[int] = []

    def endless(request: BaseHTTPRequestHandler) -> None:
        request.send_response(302)
        request.send_header("Location", "/here")
        request.send_header("Content-Encoding", "gzip")
        request.end_headers()
        for number in range(10_000):
            request.wfile.write(bomb)
            sent.append(number)

    web.pages["/"] = endless
    web.pages["/here"] = reply(200, b"here")
    assert fetcher.get(web.url("/")).body == b"here"
    assert len(sent) < 1000


def drip(request: BaseHTTPRequestHandler, data: bytes) -> None:
    for _ in range(40):
        request.wfile.write(data)
        request.wfile.flush()
        time.sleep(0.1)


def slow_body(request: BaseHTTPRequestHandler) -> None:
    request.send_response(200)
    request.end_headers()
    drip(request, b"x")


def slow_headers(request: BaseHTTPRequestHandler) -> None:
    request.wfile.write(b"HTTP/1.1 200 OK\r\n")
    drip(request, b"X-Slow: 1\r\n")


def silence(_: BaseHTTPRequestHandler) -> None:
    time.sleep(2)


def then_silence(request: BaseHTTPRequestHandler) -> None:
    request.send_response(200)
    request.end_headers()
    for _ in range(9):
        request.wfile.write(b"x")
        request.wfile.flush()
        time.sleep(0.1)
    time.sleep(3)


FLOODS = {
    "interim answers": (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "trailers": (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n",
        b"X-More: 1\r\n",
    ),
}


@pytest.mark.parametrize(("first", "again"), FLOODS.values(), ids=FLOODS.keys())
def test_a_flood_is_hung_up_on_at_the_timeout(web: Web, first: bytes, again: bytes) -> None:
    """A polite end left the peer sending, and us receiving, for minutes."""
    hung_up = threading.Event()

    def flood(request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(first)
        try:
            for _ in range(100_000):
                request.wfile.write(again * 1000)
        except OSError:
            hung_up.set()

    web.pages["/"] = flood
    fetcher = Fetcher(Fetch(timeout=0.5, private_hosts=("127.0.0.1",)), "test")
    with pytest.raises(FetchError, match=r"longer than 0\.5 seconds"):
        fetcher.get(web.url("/"))
    assert hung_up.wait(10)


@pytest.mark.parametrize("answer", [slow_body, slow_headers, silence, then_silence])
def test_a_slow_answer_is_stopped_at_the_timeout(web: Web, answer: object) -> None:
    web.pages["/"] = answer  # type: ignore[assignment]
    fetcher = Fetcher(Fetch(timeout=1.0, private_hosts=("127.0.0.1",)), "test")
    with pytest.raises(FetchError, match=r"longer than 1 seconds|in time"):
        fetcher.get(web.url("/"))


def test_a_length_of_a_hundred_figures_makes_no_long_message(web: Web, fetcher: Fetcher) -> None:
    def short(request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1" + b"0" * 100 + b"\r\n\r\nx")

    web.pages["/"] = short
    with pytest.raises(FetchError, match="broke off") as caught:
        fetcher.get(web.url("/"))
    assert len(caught.value.reason) < 200
