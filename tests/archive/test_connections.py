"""Whom a connection leads to and trusts: passwords, proxies, certificates."""

import base64
import socket
import ssl
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import trustme

from archive.errors import FetchError
from archive.ingest.fetch import Fetcher
from archive.settings import Fetch
from tests.http_server import Web, reply


def test_a_password_is_sent_to_its_own_host_only(web: Web) -> None:
    port = web.url("/").rsplit(":", 1)[1].rstrip("/")
    named = web.url("/mine").replace("://", "://ada:s%C3%A9cret@")
    web.pages["/mine"] = reply(302, Location="/mine-too")
    web.pages["/mine-too"] = reply(302, Location=f"http://localhost:{port}/other")
    web.pages["/other"] = reply(200, b"other")
    fetcher = Fetcher(Fetch(timeout=20, private_hosts=("localhost", "127.0.0.1")), "test")
    assert fetcher.get(named).body == b"other"
    basic = "Basic " + base64.b64encode("ada:sécret".encode()).decode()
    sent = [headers.get("authorization") for _, headers in web.seen]
    assert sent == [basic, basic, None]


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
        try:
            connection, _ = self.listener.accept()
        except OSError:
            # The listener was closed, and nobody had come.
            return
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
    settings = Fetch(timeout=20, proxy=f"http://ada:secret@{proxy.address}")
    assert Fetcher(settings, "test").get(f"http://{public_name}/feed").body == b"hi"
    tunnel, request = proxy.heard
    assert tunnel.startswith(b"CONNECT 8.8.8.8:80 HTTP/1.")
    assert base64.b64encode(b"ada:secret") in tunnel
    assert request.startswith(b"GET /feed HTTP/1.1")
    assert b"Host: gannet.example" in request
    assert base64.b64encode(b"ada:secret") not in request


def test_a_proxy_makes_no_private_address_reachable(proxy: Proxy) -> None:
    fetcher = Fetcher(Fetch(timeout=20, proxy=f"http://{proxy.address}"), "test")
    with pytest.raises(FetchError, match="not on the public internet"):
        fetcher.get("http://0x7f000001/")
    assert proxy.heard == []


def test_a_private_host_is_reached_past_the_proxy(web: Web, proxy: Proxy) -> None:
    web.pages["/"] = reply(200, b"direct")
    fetcher = Fetcher(
        Fetch(timeout=20, private_hosts=("127.0.0.1",), proxy=f"http://{proxy.address}"), "test"
    )
    assert fetcher.get(web.url("/")).body == b"direct"
    assert proxy.heard == []


def test_a_proxy_that_refuses_is_named(public_name: str) -> None:
    proxy = Proxy(b"403 Forbidden")
    proxy.start()
    fetcher = Fetcher(Fetch(timeout=20, proxy=f"http://{proxy.address}"), "test")
    with pytest.raises(FetchError, match=r"fetch\.proxy opens no tunnel"):
        fetcher.get(f"http://{public_name}/")
    proxy.listener.close()


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
    fetcher = Fetcher(Fetch(timeout=20, private_hosts=("localhost", "127.0.0.1")), "test")
    with pytest.raises(FetchError, match="cannot be trusted"):
        fetcher.get(f"https://localhost:{tls[0]}/")


def test_a_certificate_is_checked_against_the_name_not_the_address(
    tls: tuple[int, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", tls[1])
    fetcher = Fetcher(Fetch(timeout=20, private_hosts=("localhost", "127.0.0.1")), "test")
    assert fetcher.get(f"https://localhost:{tls[0]}/").body == b"hi"
    with pytest.raises(FetchError, match="cannot be trusted"):
        fetcher.get(f"https://127.0.0.1:{tls[0]}/")


def test_a_slow_handshake_is_stopped_at_the_timeout() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        fetcher = Fetcher(Fetch(timeout=1.0, private_hosts=("127.0.0.1",)), "test")
        with pytest.raises(FetchError, match=r"longer than 1 seconds|in time"):
            fetcher.get(f"https://127.0.0.1:{listener.getsockname()[1]}/")
