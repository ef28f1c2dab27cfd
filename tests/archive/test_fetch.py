import base64
import gzip
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
import trustme

from archive.errors import FetchError
from archive.ingest.fetch import LARGEST_FEED, Fetcher
from archive.settings import Fetch
from tests.http_server import Web, reply

ZEROS = b"\0" * (4 * LARGEST_FEED)


def test_an_answer_brings_body_type_and_validators(web: Web, fetcher: Fetcher) -> None:
    web.pages["/"] = reply(200, b"hello", Content_Type="text/xml", ETag='"1"', Last_Modified="Mon")
    answer = fetcher.get(web.url("/"))
    assert (answer.url, answer.body) == (web.url("/"), b"hello")
    assert (answer.content_type, answer.etag, answer.last_modified) == ("text/xml", '"1"', "Mon")


def test_the_request_says_who_asks_and_sends_no_cookies(web: Web) -> None:
    web.pages["/"] = reply(200, b"", Set_Cookie="a=b")
    fetcher = Fetcher(Fetch(contact="mailto:ada@gannet.example"), "1.2")
    fetcher.get(web.url("/"))
    fetcher.get(web.url("/"))
    _, headers = web.seen[-1]
    assert headers["user-agent"] == "Morgue/1.2 (news archive; +mailto:ada@gannet.example)"
    assert "cookie" not in headers


def test_both_validators_are_sent_and_304_has_no_body(web: Web, fetcher: Fetcher) -> None:
    web.pages["/"] = reply(304)
    answer = fetcher.get(web.url("/"), etag='"1"', last_modified="Mon")
    _, headers = web.seen[0]
    assert (headers["if-none-match"], headers["if-modified-since"]) == ('"1"', "Mon")
    assert answer.body is None
    assert (answer.etag, answer.last_modified) == ('"1"', "Mon")


def test_a_compressed_answer_is_unpacked(web: Web, fetcher: Fetcher) -> None:
    web.pages["/"] = reply(200, gzip.compress(b"hello" * 9), Content_Encoding="gzip")
    assert fetcher.get(web.url("/")).body == b"hello" * 9


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (401, "asks for a password"),
        (403, "refuses access"),
        (404, "is not there"),
        (410, "is gone for good"),
        (429, "fewer requests"),
        (500, "HTTP 500"),
        (204, "HTTP 204"),
        (301, "HTTP 301"),
    ],
)
def test_any_other_status_is_an_error_in_words(
    web: Web, fetcher: Fetcher, status: int, words: str
) -> None:
    web.pages["/"] = reply(status)
    with pytest.raises(FetchError, match=words) as caught:
        fetcher.get(web.url("/"))
    assert caught.value.where == web.url("/")


def chain(web: Web, length: int) -> str:
    for number in range(length):
        web.pages[f"/{number}"] = reply(302, b"moved", Location=f"/{number + 1}")
    web.pages[f"/{length}"] = reply(200, b"here")
    return web.url("/0")


def test_five_redirects_are_followed(web: Web, fetcher: Fetcher) -> None:
    answer = fetcher.get(chain(web, 5))
    assert (answer.url, answer.body) == (web.url("/5"), b"here")


def test_six_redirects_are_too_many(web: Web, fetcher: Fetcher) -> None:
    with pytest.raises(FetchError, match="redirects more than 5 times"):
        fetcher.get(chain(web, 6))


def test_a_loop_of_redirects_ends(web: Web, fetcher: Fetcher) -> None:
    web.pages["/"] = reply(307, Location="/")
    with pytest.raises(FetchError, match="redirects more than 5 times"):
        fetcher.get(web.url("/"))


@pytest.mark.parametrize(
    "target", ["file:///etc/passwd", "ftp://x.example/", "javascript:1", "http://[::1/"]
)
def test_a_redirect_out_of_the_web_is_not_followed(
    web: Web, fetcher: Fetcher, target: str
) -> None:
    web.pages["/"] = reply(302, Location=target)
    with pytest.raises(FetchError, match="address"):
        fetcher.get(web.url("/"))


@pytest.mark.parametrize("url", ["file:///etc/passwd", "", "gannet", "http://"])
def test_what_is_no_web_address_is_never_asked(fetcher: Fetcher, url: str) -> None:
    with pytest.raises(FetchError, match="not an http or https address"):
        fetcher.get(url)


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


@pytest.mark.parametrize("name", ["identity", "UTF-8", "none"])
def test_what_is_no_packing_does_no_harm(web: Web, fetcher: Fetcher, name: str) -> None:
    web.pages["/"] = reply(200, b"hello", Content_Encoding=name)
    assert fetcher.get(web.url("/")).body == b"hello"


def test_a_password_is_sent_to_its_own_host_only(web: Web) -> None:
    port = web.url("/").rsplit(":", 1)[1].rstrip("/")
    named = web.url("/mine").replace("://", "://ada:s%C3%A9cret@")
    web.pages["/mine"] = reply(302, Location="/mine-too")
    web.pages["/mine-too"] = reply(302, Location=f"http://localhost:{port}/other")
    web.pages["/other"] = reply(200, b"other")
    fetcher = Fetcher(Fetch(timeout=5, private_hosts=("localhost",)), "test")
    assert fetcher.get(named).body == b"other"
    basic = "Basic " + base64.b64encode("ada:sécret".encode()).decode()
    sent = [headers.get("authorization") for _, headers in web.seen]
    assert sent == [basic, basic, None]


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


def test_a_body_that_is_not_the_gzip_it_claims_is_refused(web: Web, fetcher: Fetcher) -> None:
    web.pages["/"] = reply(200, b"not gzip at all", Content_Encoding="gzip")
    with pytest.raises(FetchError, match="cannot be unpacked"):
        fetcher.get(web.url("/"))


def test_a_body_that_breaks_off_is_an_error(web: Web, fetcher: Fetcher) -> None:
    def cut(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Length", "100")
        request.end_headers()
        request.wfile.write(b"only this")

    web.pages["/"] = cut
    with pytest.raises(FetchError, match="broke off"):
        fetcher.get(web.url("/"))


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


@pytest.mark.parametrize("answer", [slow_body, slow_headers, silence, then_silence])
def test_a_slow_answer_is_stopped_at_the_timeout(web: Web, answer: object) -> None:
    web.pages["/"] = answer  # type: ignore[assignment]
    fetcher = Fetcher(Fetch(timeout=1.0), "test")
    with pytest.raises(FetchError, match=r"longer than 1 seconds|in time"):
        fetcher.get(web.url("/"))


def test_a_refused_connection_is_said_in_words(fetcher: Fetcher) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    with pytest.raises(FetchError, match="cannot be reached"):
        fetcher.get(f"http://127.0.0.1:{port}/")


def test_an_unknown_host_is_said_in_words(fetcher: Fetcher) -> None:
    with pytest.raises(FetchError, match="host name is not known"):
        fetcher.get("http://nowhere.invalid/")


def test_garbage_for_http_is_an_error(web: Web, fetcher: Fetcher) -> None:
    web.pages["/"] = lambda request: request.wfile.write(b"\0\1\2 hello\r\n\r\n") and None
    with pytest.raises(FetchError):
        fetcher.get(web.url("/"))


# -- etiquette ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statuses", "moved"),
    [
        ((301,), True),
        ((308, 301), True),
        ((302,), False),
        ((301, 302), False),
        ((307, 308), False),
    ],
)
def test_only_a_redirect_that_is_permanent_all_the_way_has_moved(
    web: Web, fetcher: Fetcher, statuses: tuple[int, ...], moved: bool
) -> None:
    for number, status in enumerate(statuses):
        web.pages[f"/{number}"] = reply(status, Location=f"/{number + 1}")
    web.pages[f"/{len(statuses)}"] = reply(200, b"here")
    answer = fetcher.get(web.url("/0"))
    assert answer.moved == (answer.url if moved else None)
    assert fetcher.get(answer.url).moved is None


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_comes_with_the_error(web: Web, fetcher: Fetcher, status: int) -> None:
    web.pages["/"] = reply(status, Retry_After="120")
    with pytest.raises(FetchError) as caught:
        fetcher.get(web.url("/"))
    assert (caught.value.status, caught.value.retry_after) == (status, 120)


def test_gone_is_what_redirects_to_it_for_good(web: Web, fetcher: Fetcher) -> None:
    web.pages["/gone"] = reply(410)
    web.pages["/moved"] = reply(301, Location="/gone")
    web.pages["/for-now"] = reply(302, Location="/gone")
    for path, gone in (("/gone", True), ("/moved", True), ("/for-now", False)):
        with pytest.raises(FetchError) as caught:
            fetcher.get(web.url(path))
        assert (caught.value.status, caught.value.gone) == (410, gone)


def test_an_answer_tells_how_long_it_is_fresh(web: Web, fetcher: Fetcher) -> None:
    web.pages["/"] = reply(304, Cache_Control="max-age=600", Age="100", ETag='"2"')
    answer = fetcher.get(web.url("/"), etag='"1"')
    assert (answer.status, answer.fresh, answer.etag) == (304, 500, '"2"')


# -- proxies --------------------------------------------------------------------


def test_proxies_of_the_environment_are_ignored(
    web: Web, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    web.pages["/"] = reply(200, b"direct")
    assert fetcher.get(web.url("/")).body == b"direct"


class Proxy(threading.Thread):
    """A proxy that says what it was asked, and leads nowhere but to itself."""

    def __init__(self, status: bytes = b"200 OK") -> None:
        super().__init__(daemon=True)
        self.status = status
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self.listener.getsockname()[1]}"
        self.heard: list[bytes] = []

    def run(self) -> None:
        connection, _ = self.listener.accept()
        with connection, connection.makefile("rwb") as stream:
            self.heard.append(self._head(stream))
            stream.write(b"HTTP/1.1 " + self.status + b"\r\n\r\n")
            stream.flush()
            if self.status.startswith(b"200"):
                self.heard.append(self._head(stream))
                stream.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")

    @staticmethod
    def _head(stream: object) -> bytes:
        lines = iter(stream.readline, b"\r\n")  # type: ignore[attr-defined]
        return b"".join(lines)


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    proxy = Proxy()
    proxy.start()
    yield proxy
    proxy.listener.close()


@pytest.fixture
def public_name(monkeypatch: pytest.MonkeyPatch) -> str:
    """A name that resolves to a public address."""

    ask = socket.getaddrinfo

    def resolver(host: str, *rest: Any, **options: Any) -> list[Any]:
        if host == "gannet.example":
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("8.8.8.8", 80))]
        return list(ask(host, *rest, **options))

    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    return "gannet.example"


def test_a_proxy_is_led_to_the_address_that_was_checked(proxy: Proxy, public_name: str) -> None:
    settings = Fetch(timeout=5, proxy=f"http://ada:secret@{proxy.address}")
    assert Fetcher(settings, "test").get(f"http://{public_name}/feed").body == b"hi"
    tunnel, request = proxy.heard
    assert tunnel.startswith(b"CONNECT 8.8.8.8:80 HTTP/1.")
    assert base64.b64encode(b"ada:secret") in tunnel
    assert request.startswith(b"GET /feed HTTP/1.1")
    assert b"Host: gannet.example" in request
    assert base64.b64encode(b"ada:secret") not in request


def test_a_proxy_makes_no_private_address_reachable(proxy: Proxy) -> None:
    fetcher = Fetcher(Fetch(timeout=5, proxy=f"http://{proxy.address}"), "test")
    with pytest.raises(FetchError, match="not on the public internet"):
        fetcher.get("http://0x7f000001/")
    assert proxy.heard == []


def test_a_private_host_is_reached_past_the_proxy(web: Web, proxy: Proxy) -> None:
    web.pages["/"] = reply(200, b"direct")
    fetcher = Fetcher(Fetch(timeout=5, proxy=f"http://{proxy.address}"), "test")
    assert fetcher.get(web.url("/")).body == b"direct"
    assert proxy.heard == []


def test_a_proxy_that_refuses_is_named(public_name: str) -> None:
    proxy = Proxy(b"403 Forbidden")
    proxy.start()
    fetcher = Fetcher(Fetch(timeout=5, proxy=f"http://{proxy.address}"), "test")
    with pytest.raises(FetchError, match=r"fetch\.proxy opens no tunnel"):
        fetcher.get(f"http://{public_name}/")
    proxy.listener.close()


# -- encryption -----------------------------------------------------------------


@pytest.fixture
def tls() -> Iterator[tuple[int, str]]:
    """The port of a server whose certificate is for localhost, and the file to trust it by."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority = trustme.CA()
    authority.issue_cert("localhost").configure_cert(context)
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    raw, _ = listener.accept()
                except OSError:
                    return
                try:
                    with context.wrap_socket(raw, server_side=True) as connection:
                        connection.recv(4096)
                        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")
                except OSError:
                    raw.close()

        threading.Thread(target=serve, daemon=True).start()
        with authority.cert_pem.tempfile() as trusted:
            yield listener.getsockname()[1], trusted
        listener.shutdown(socket.SHUT_RDWR)


def test_a_certificate_of_nobody_is_refused(tls: tuple[int, str]) -> None:
    fetcher = Fetcher(Fetch(timeout=5, private_hosts=("localhost",)), "test")
    with pytest.raises(FetchError, match="cannot be trusted"):
        fetcher.get(f"https://localhost:{tls[0]}/")


def test_a_certificate_is_checked_against_the_name_not_the_address(
    tls: tuple[int, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", tls[1])
    fetcher = Fetcher(Fetch(timeout=5, private_hosts=("localhost",)), "test")
    assert fetcher.get(f"https://localhost:{tls[0]}/").body == b"hi"
    with pytest.raises(FetchError, match="cannot be trusted"):
        fetcher.get(f"https://127.0.0.1:{tls[0]}/")


def test_a_slow_handshake_is_stopped_at_the_timeout() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        fetcher = Fetcher(Fetch(timeout=1.0), "test")
        with pytest.raises(FetchError, match=r"longer than 1 seconds|in time"):
            fetcher.get(f"https://127.0.0.1:{listener.getsockname()[1]}/")
