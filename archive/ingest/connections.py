"""Connections: one request to one address that was checked, directly or through a proxy.

Each goes to the address itself and never to a name that might resolve anew;
the name stays in the Host header and in the check of the certificate. Through
a proxy it is the same: the proxy is asked for a tunnel (CONNECT, RFC 9110
§9.3.6) to the address, for plain http too, since a proxy that is handed a name
would resolve it itself, and reach what we may not.
"""

import ipaddress
import socket
import ssl
from functools import cached_property, partial
from http.client import HTTPResponse
from typing import Any, BinaryIO, NamedTuple, cast
from urllib.parse import unquote, urlsplit

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.util.ssl_ import create_urllib3_context

from archive.ingest.addresses import is_public
from archive.ingest.watchdog import Watch

_CONNECT_SECONDS = 10.0


class _Tunnel(NamedTuple):
    """Where a proxy is to lead to, and what it is told."""

    host: str
    port: int
    headers: dict[str, str]


class _Timed:
    """What a connection sends, until its deadline.

    A connection that was hung up still gives what has come: http.client would read a
    flood of interim answers (RFC 9110 §15.2) or trailers as long as there is any.
    """

    def __init__(self, stream: BinaryIO, watch: Watch) -> None:
        self._stream = stream
        self._watch = watch
        self.close = stream.close
        self.flush = stream.flush

    @property
    def closed(self) -> bool:
        return self._stream.closed

    def read(self, size: int = -1) -> bytes:
        return cast(bytes, self._timed().read(size))

    def read1(self, size: int = -1) -> bytes:
        return cast(bytes, self._timed().read1(size))

    def readinto(self, buffer: bytearray) -> int:
        return cast(int, self._timed().readinto(buffer))

    def readline(self, size: int = -1) -> bytes:
        return cast(bytes, self._timed().readline(size))

    def peek(self, size: int = 0) -> bytes:
        return cast(bytes, self._timed().peek(size))

    def _timed(self) -> Any:
        if self._watch.is_over:
            raise TimeoutError("the deadline has passed")
        return self._stream


class _Response(HTTPResponse):
    def __init__(self, *args: Any, watch: Watch, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fp = cast(Any, _Timed(self.fp, watch))


class _Connection(HTTPConnection):
    def __init__(
        self, *args: Any, watch: Watch, tunnel: _Tunnel | None = None, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self._watch = watch
        self.response_class = cast(Any, partial(_Response, watch=watch))
        if tunnel:
            self.set_tunnel(*tunnel)

    def _new_conn(self) -> socket.socket:
        sock = super()._new_conn()
        self._watch.add(sock)
        return sock


class _TlsConnection(_Connection, HTTPSConnection):
    pass


class _Pool(urllib3.HTTPConnectionPool):
    ConnectionCls = _Connection


class _TlsPool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


class Connections:
    """Makes connections, through *proxy* (``http://[user:password@]host:port``) if one is set.

    What is not on the public internet is always reached directly: to the proxy,
    127.0.0.1 is another machine.
    """

    def __init__(self, proxy: str = "") -> None:
        self._proxy = urlsplit(proxy) if proxy else None

    def pool(
        self, reached: str, port: int, host: str, secure: bool, watch: Watch
    ) -> urllib3.HTTPConnectionPool:
        """Return a pool for one request to *host* at the address *reached*; close it after."""
        place, at = reached, port
        options: dict[str, Any] = {"watch": watch}
        if self._proxy and is_public(ipaddress.ip_address(reached.split("%")[0])):
            place, at = self._proxy.hostname or "", self._proxy.port or 3128
            options["tunnel"] = _Tunnel(reached, port, self._introduction)
        if not secure:
            return _Pool(place, at, **options)
        return _TlsPool(
            place,
            at,
            server_hostname=host,
            assert_hostname=host,
            ssl_context=self._trust,
            **options,
        )

    @cached_property
    def _introduction(self) -> dict[str, str]:
        """The headers by which the proxy knows us."""
        if self._proxy is None or self._proxy.username is None:
            return {}
        name, password = unquote(self._proxy.username), unquote(self._proxy.password or "")
        return dict(urllib3.make_headers(proxy_basic_auth=f"{name}:{password}"))

    @cached_property
    def _trust(self) -> ssl.SSLContext:
        """The certificates that this machine trusts: read once, for that takes long."""
        context = create_urllib3_context()
        context.load_default_certs()
        return context


def timeout(seconds: float) -> urllib3.Timeout:
    """How long connecting may take, and all of it, when *seconds* are left."""
    return urllib3.Timeout(connect=min(_CONNECT_SECONDS, seconds), total=seconds)


def reason(error: urllib3.exceptions.HTTPError) -> str:
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
    if "Tunnel connection failed" in str(error):
        return "cannot be reached: fetch.proxy opens no tunnel to it"
    # Peers have a say in its words: a length of a hundred figures, a header of theirs.
    return f"broke off: {' '.join(str(error).split())[:160]}"
