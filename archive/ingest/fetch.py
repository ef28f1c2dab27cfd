"""Polite, bounded HTTP: one address in, one answer or a clear error out.

Conditional requests (RFC 9110 §13), only addresses that may be reached (see
`addresses`), redirects followed by hand and their bodies left unread, the
decoded size and the whole time capped whatever the peer does, no cookies, no
proxies from the environment.
"""

import time
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import unquote, urljoin, urlsplit, urlunsplit

import urllib3

from archive.errors import FetchError
from archive.identity import web_url
from archive.ingest import connections, schedule
from archive.ingest.addresses import (
    checked,
    is_of_another_service,
    may_name,
    names_itself_private,
)
from archive.ingest.connections import Connections
from archive.ingest.watchdog import Watch, Watchdog
from archive.settings import Fetch

LARGEST_FEED = 5 * 1024 * 1024
_MOST_REDIRECTS = 5
_CHUNK = 64 * 1024
_PERMANENT = frozenset({301, 308})
_REDIRECTS = _PERMANENT | {302, 303, 307}
_GONE = 410
_UNPACKED = frozenset({"gzip", "x-gzip", "deflate"})
_PACKED = _UNPACKED | {"br", "compress", "x-compress", "dcb", "dcz", "exi", "zstd"}
_HINT = "if you mean it, set fetch.private_hosts = [{!r}] in morgue.toml"
_WORDS = {
    400: "did not understand the request",
    401: "asks for a password",
    403: "refuses access",
    404: "is not there",
    410: "is gone for good",
    429: "asks for fewer requests",
    503: "cannot answer now",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What an address answered. *body* is None when nothing changed since the last time.

    *moved* is the address that it redirects to for good (by nothing but 301 and
    308); *fresh* for how many seconds the answer says it stays so.
    """

    url: str
    body: bytes | None
    content_type: str = ""
    etag: str | None = None
    last_modified: str | None = None
    status: int = 200
    moved: str | None = None
    fresh: int | None = None


@dataclass(frozen=True, slots=True)
class _Asking:
    """A request under way: the address it began with, and the bounds on all of it."""

    url: str
    deadline: float
    watch: Watch
    meant: str

    @property
    def left(self) -> float:
        return max(0.1, self.deadline - time.monotonic())


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
        self._connections = Connections(settings.proxy)
        self._watchdog = Watchdog()

    def get(
        self,
        url: str,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        largest: int = LARGEST_FEED,
        accept: str | None = None,
        meant: str = "",
        seconds: float | None = None,
        admit: Callable[[str], None] = lambda _address: None,
    ) -> Answer:
        """Return what *url* answers, or an Answer without body when it is unchanged.

        *etag* and *last_modified* are those of the answer known so far; *largest*
        bounds the body's bytes when unpacked, *accept* asks for another kind than a
        feed. *meant* is the address that the operator gave and that led to *url*: there
        it may be private (see `addresses.may_name`). All of it may take *seconds*, where
        they are fewer than the settings allow. *admit* hears of each address before it is
        asked, those of redirects too; what it raises ends the fetch. A name and password in
        *url* are sent to its own host (RFC 7617) and to no other. Raises FetchError for
        anything but 200 and 304, and past any limit.
        """
        headers = dict(self._headers)
        if accept:
            headers["Accept"] = accept
        if etag:
            headers["If-None-Match"] = etag
        if last_modified:
            headers["If-Modified-Since"] = last_modified
        deadline = time.monotonic() + min(
            self.timeout, self.timeout if seconds is None else seconds
        )
        address, permanent = url, True
        with self._watchdog.until(deadline) as watch:
            asking = _Asking(url, deadline, watch, meant)
            for hops in range(_MOST_REDIRECTS + 1):
                if web_url(address) is None:
                    raise FetchError("leads to what is not an http or https address", url)
                if reason := self.refusal(address, meant):
                    raise FetchError(reason, url, _HINT.format(urlsplit(address).hostname))
                admit(address)
                self._check_time(asking)
                pool, response = self._ask(address, headers, asking)
                try:
                    target = response.headers.get("location")
                    if response.status not in _REDIRECTS or not target:
                        moved = address if hops and permanent else None
                        self._accept(response, asking, permanent)
                        return self._answer(response, address, moved, asking, headers, largest)
                    permanent &= response.status in _PERMANENT
                    address = _joined(address, target)
                finally:
                    # Not read to its end: the connection cannot be used again.
                    response.close()
                    pool.close()
                    watch.release()
        raise FetchError(f"redirects more than {_MOST_REDIRECTS} times", url)

    @property
    def timeout(self) -> float:
        """Seconds that one address may take in all."""
        return self._settings.timeout

    def refusal(self, address: str, meant: str = "") -> str | None:
        """Return why *address*, a web address, is not asked, as far as it says so itself.

        *meant* as in `get`.
        """
        host = urlsplit(address).hostname or ""
        if is_of_another_service(address):
            return f"leads to port {urlsplit(address).port}, where other services than the web are"
        if host in self._private_hosts or may_name(meant, address):
            return None
        return f"leads to {host}, which is not on the public internet"

    def _allowed(self, host: str, address: str, meant: str) -> frozenset[str]:
        """The hosts that may have private addresses."""
        written = names_itself_private(host) and may_name(meant, address)
        return self._private_hosts | {host} if written else self._private_hosts

    def _ask(
        self, address: str, headers: dict[str, str], asking: _Asking
    ) -> tuple[urllib3.HTTPConnectionPool, urllib3.BaseHTTPResponse]:
        """Ask the addresses of one host in turn until one can be reached."""
        parts = urlsplit(address)
        host, secure = parts.hostname or "", parts.scheme.lower() == "https"
        port = parts.port or (443 if secure else 80)
        headers = {**headers, "Host": parts.netloc.rpartition("@")[2]}
        if parts.username is not None:
            named = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            headers["Authorization"] = f"Basic {b64encode(named.encode()).decode()}"
        allowed = self._allowed(host, address, asking.meant)
        found = checked(host, port, asking.left, allowed, asking.url)
        for number, reached in enumerate(found, start=1):
            pool = self._connections.pool(reached, port, host, secure, asking.watch)
            try:
                return pool, pool.urlopen(
                    "GET",
                    urlunsplit(("", "", parts.path or "/", parts.query, "")),
                    headers=headers,
                    retries=False,
                    redirect=False,
                    preload_content=False,
                    timeout=connections.timeout(asking.left),
                )
            except urllib3.exceptions.HTTPError as error:
                pool.close()
                self._check_time(asking)
                unreached = isinstance(
                    error,
                    urllib3.exceptions.NewConnectionError | urllib3.exceptions.ConnectTimeoutError,
                )
                if not unreached or number == len(found):
                    raise FetchError(connections.reason(error), asking.url) from error
            except (ValueError, UnicodeError) as error:
                pool.close()
                raise FetchError(
                    f"is not an address that can be asked: {error}", asking.url
                ) from error
        raise FetchError("cannot be reached", asking.url)

    def _accept(
        self, response: urllib3.BaseHTTPResponse, asking: _Asking, permanent: bool
    ) -> None:
        """Raise FetchError for an answer that brings nothing."""
        # Headers that were cut off look like headers that end.
        self._check_time(asking)
        if response.status in (200, 304):
            return
        words = _WORDS.get(response.status, "did not answer as it should")
        raise FetchError(
            f"{words} (HTTP {response.status})",
            asking.url,
            status=response.status,
            retry_after=schedule.retry_after(
                response.headers.get("retry-after"), datetime.now(UTC)
            ),
            gone=response.status == _GONE and permanent,
        )

    def _answer(
        self,
        response: urllib3.BaseHTTPResponse,
        address: str,
        moved: str | None,
        asking: _Asking,
        asked: dict[str, str],
        largest: int,
    ) -> Answer:
        said = response.headers
        same = response.status == 304
        return Answer(
            address,
            None if same else self._body(response, asking, largest),
            said.get("content-type", ""),
            said.get("etag", asked.get("If-None-Match") if same else None),
            said.get("last-modified", asked.get("If-Modified-Since") if same else None),
            response.status,
            moved,
            schedule.fresh_for(
                said.get("cache-control"),
                said.get("expires"),
                said.get("age"),
                said.get("date"),
                datetime.now(UTC),
            ),
        )

    def _body(self, response: urllib3.BaseHTTPResponse, asking: _Asking, largest: int) -> bytes:
        said = response.headers.get("content-encoding", "").lower()
        # What else is said there, such as a charset, is a mistake that does no harm.
        packed = [name for part in said.split(",") if (name := part.strip()) in _PACKED]
        if len(packed) > 1 or not _UNPACKED.issuperset(packed):
            raise FetchError(f"sent a body packed as {said}, which was not asked for", asking.url)
        body = bytearray()
        try:
            # read1 returns what has come, so a slow drip meets the deadline too.
            while chunk := response.read1(_CHUNK, decode_content=True):
                body += chunk
                if len(body) > largest:
                    raise FetchError(f"is larger than {largest / 1024**2:g} MiB", asking.url)
                self._check_time(asking)
        except urllib3.exceptions.HTTPError as error:
            self._check_time(asking)
            raise FetchError(connections.reason(error), asking.url) from error
        # A connection that was hung up looks like a body that ends.
        self._check_time(asking)
        return bytes(body)

    def _check_time(self, asking: _Asking) -> None:
        if time.monotonic() > asking.deadline:
            raise FetchError(f"took longer than {self._settings.timeout:g} seconds", asking.url)


def _joined(address: str, target: str) -> str:
    """Where a redirect leads; an address that cannot be read leads nowhere."""
    try:
        return urljoin(address, target)
    except ValueError:
        return ""
