"""Polite, bounded HTTP: one address in, one answer or a clear error out.

Conditional requests (RFC 9110 §13), only addresses that may be reached (see
`addresses`), redirects followed by hand and their bodies left unread, the
decoded size and the whole time capped whatever the peer does, no cookies, no
proxies from the environment.
"""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit, urlunsplit

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection

from archive.errors import FetchError
from archive.identity import web_url
from archive.ingest.addresses import checked, names_itself_private
from archive.settings import Fetch

LARGEST_FEED = 5 * 1024 * 1024
_MOST_REDIRECTS = 5
_CHUNK = 64 * 1024
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_WORDS = {
    400: "did not understand the request",
    401: "asks for a password",
    403: "refuses access",
    404: "is not there",
    410: "is gone for good",
    429: "asks for fewer requests",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What an address answered. *body* is None when nothing changed since the last time."""

    url: str
    body: bytes | None
    content_type: str = ""
    etag: str | None = None
    last_modified: str | None = None


@contextmanager
def _cut_off(sock: socket.socket | None, seconds: float | None) -> Iterator[None]:
    """Hang up when the work inside takes more than *seconds*.

    A socket's own timeout starts anew with every byte, so a peer that drips
    headers would never meet it.
    """

    def hang_up() -> None:
        if sock is not None:
            with suppress(OSError):
                socket.socket.shutdown(sock, socket.SHUT_RDWR)

    watchdog = threading.Timer(seconds or 0.0, hang_up)
    watchdog.daemon = True
    watchdog.start()
    try:
        yield
    finally:
        watchdog.cancel()


class _Connection(HTTPConnection):
    def getresponse(self) -> urllib3.HTTPResponse:  # type: ignore[override]
        with _cut_off(self.sock, self.timeout):
            return super().getresponse()


class _TlsConnection(HTTPSConnection):
    def getresponse(self) -> urllib3.HTTPResponse:  # type: ignore[override]
        with _cut_off(self.sock, self.timeout):
            return super().getresponse()


class _Pool(urllib3.HTTPConnectionPool):
    ConnectionCls = _Connection


class _TlsPool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


class Fetcher:
    """Fetches addresses with one set of *settings*; safe to share between threads."""

    def __init__(self, settings: Fetch, version: str) -> None:
        self._settings = settings
        contact = f"; +{settings.contact}" if settings.contact else ""
        self._headers = {
            "User-Agent": f"Morgue/{version} (news archive{contact})",
            "Accept": "application/atom+xml, application/rss+xml, application/xml;q=0.9, "
            "text/xml;q=0.9, */*;q=0.5",
            "Accept-Encoding": "gzip, deflate",
        }
        self._private_hosts = frozenset(host.lower() for host in settings.private_hosts)

    def get(
        self,
        url: str,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        largest: int = LARGEST_FEED,
        accept: str | None = None,
        admit: Callable[[str], None] = lambda _address: None,
    ) -> Answer:
        """Return what *url* answers, or an Answer without body when it is unchanged.

        *etag* and *last_modified* are those of the answer known so far; *largest* is
        the most bytes of the decoded body; *accept* asks for another kind than a feed.
        *admit* hears of each address before it is asked, those of redirects too; what
        it raises ends the fetch. Raises FetchError for anything but 200 and 304, and
        past any limit.
        """
        headers = dict(self._headers)
        if accept:
            headers["Accept"] = accept
        if etag:
            headers["If-None-Match"] = etag
        if last_modified:
            headers["If-Modified-Since"] = last_modified
        deadline = time.monotonic() + self._settings.timeout
        address = url
        named = urlsplit(url).hostname or ""
        private_hosts = self._private_hosts
        if names_itself_private(named):
            # Whoever wrote 127.0.0.1 or 10.0.0.7 meant it; a redirect may not lead elsewhere.
            private_hosts |= {named.lower()}
        for _ in range(_MOST_REDIRECTS + 1):
            if web_url(address) is None:
                raise FetchError("leads to what is not an http or https address", url)
            admit(address)
            pool, response = self._ask(address, headers, deadline, private_hosts, url)
            try:
                if response.status in _REDIRECTS and (target := response.headers.get("location")):
                    address = _joined(address, target)
                    continue
                return self._answer(response, address, deadline, url, etag, last_modified, largest)
            finally:
                # Not read to its end: the connection cannot be used again.
                response.close()
                pool.close()
        raise FetchError(f"redirects more than {_MOST_REDIRECTS} times", url)

    def _ask(
        self,
        address: str,
        headers: dict[str, str],
        deadline: float,
        private_hosts: frozenset[str],
        url: str,
    ) -> tuple[urllib3.HTTPConnectionPool, urllib3.BaseHTTPResponse]:
        """Ask the addresses of one host in turn until one can be reached."""
        parts = urlsplit(address)
        host, secure = parts.hostname or "", parts.scheme.lower() == "https"
        port = parts.port or (443 if secure else 80)
        left = max(0.1, deadline - time.monotonic())
        found = checked(host, port, left, private_hosts, url)
        for number, reached in enumerate(found, start=1):
            pool = (
                _TlsPool(reached, port, server_hostname=host, assert_hostname=host)
                if secure
                else _Pool(reached, port)
            )
            left = max(0.1, deadline - time.monotonic())
            try:
                return pool, pool.urlopen(
                    "GET",
                    urlunsplit(("", "", parts.path or "/", parts.query, "")),
                    headers={**headers, "Host": parts.netloc.rpartition("@")[2]},
                    retries=False,
                    redirect=False,
                    preload_content=False,
                    timeout=urllib3.Timeout(connect=min(10.0, left), total=left),
                )
            except urllib3.exceptions.HTTPError as error:
                pool.close()
                self._check_time(deadline, url)
                unreached = isinstance(
                    error,
                    urllib3.exceptions.NewConnectionError | urllib3.exceptions.ConnectTimeoutError,
                )
                if not unreached or number == len(found):
                    raise FetchError(_reason(error), url) from error
            except (ValueError, UnicodeError) as error:
                pool.close()
                raise FetchError(f"is not an address that can be asked: {error}", url) from error
        raise FetchError("cannot be reached", url)

    def _answer(
        self,
        response: urllib3.BaseHTTPResponse,
        address: str,
        deadline: float,
        url: str,
        etag: str | None,
        last_modified: str | None,
        largest: int,
    ) -> Answer:
        # Headers that were cut off look like headers that end.
        self._check_time(deadline, url)
        if response.status == 304:
            return Answer(address, None, etag=etag, last_modified=last_modified)
        if response.status != 200:
            words = _WORDS.get(response.status, "did not answer with a feed")
            raise FetchError(
                f"{words} (HTTP {response.status})",
                url,
                status=response.status,
                retry_after=response.headers.get("retry-after"),
            )
        return Answer(
            address,
            self._body(response, deadline, url, largest),
            response.headers.get("content-type", ""),
            response.headers.get("etag"),
            response.headers.get("last-modified"),
        )

    def _body(
        self, response: urllib3.BaseHTTPResponse, deadline: float, url: str, largest: int
    ) -> bytes:
        body = bytearray()
        try:
            # read1 returns what has come, so a slow drip meets the deadline too.
            while chunk := response.read1(_CHUNK, decode_content=True):
                body += chunk
                if len(body) > largest:
                    raise FetchError(f"is larger than {largest // 1024 // 1024} MiB", url)
                self._check_time(deadline, url)
        except urllib3.exceptions.HTTPError as error:
            raise FetchError(_reason(error), url) from error
        return bytes(body)

    def _check_time(self, deadline: float, url: str) -> None:
        if time.monotonic() > deadline:
            raise FetchError(f"took longer than {self._settings.timeout:g} seconds", url)


def _joined(address: str, target: str) -> str:
    """Where a redirect leads; an address that cannot be read leads nowhere."""
    try:
        return urljoin(address, target)
    except ValueError:
        return ""


def _reason(error: urllib3.exceptions.HTTPError) -> str:
    """Say in plain words what went wrong with a connection."""
    if isinstance(error, urllib3.exceptions.NameResolutionError):
        return "its host name is not known"
    if isinstance(error, urllib3.exceptions.SSLError):
        return f"its certificate or encryption cannot be trusted: {error}"
    if isinstance(error, urllib3.exceptions.NewConnectionError):
        # Asked before the timeouts, of which urllib3 takes it for one.
        return "cannot be reached: the connection was refused"
    if isinstance(error, urllib3.exceptions.TimeoutError):
        return "did not answer in time"
    if isinstance(error, urllib3.exceptions.DecodeError):
        return "sent a body that cannot be unpacked"
    return f"broke off: {error}"
