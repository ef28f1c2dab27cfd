"""Who is at the other end: this machine, a stranger, or a proxy that speaks for others.

`Peers` stands before the app and leaves in a request only what can be believed: what
``X-Forwarded-*`` and the header with a user's name say counts from configured proxies alone,
and is dropped where anybody else sends it.
"""

import ipaddress
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

from archive.access import checked_name
from archive.access_settings import Access, is_host
from archive.errors import UsageError

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_USER: Final = "morgue.user"
_FORWARDED: Final = "morgue.forwarded"
_HEADERS: Final = (
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PORT",
    "HTTP_X_FORWARDED_PREFIX",
    "HTTP_X_FORWARDED_SSL",
    "HTTP_X_REAL_IP",
    "HTTP_FORWARDED",
    "HTTP_VIA",
)
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


class Peers:
    """WSGI middleware: who asks and how, as far as it can be believed."""

    def __init__(self, app: "WSGIApplication", access: Access) -> None:
        self._app = app
        self._proxies = [ipaddress.ip_network(text, strict=False) for text in access.proxies]
        self._user = f"HTTP_{access.user_header.upper().replace('-', '_')}"

    def __call__(self, environ: "WSGIEnvironment", respond: "StartResponse") -> Iterable[bytes]:
        """Hand the request on."""
        sent: dict[str, str] = {name: environ.pop(name) for name in _HEADERS if name in environ}
        user = environ.pop(self._user, "")
        believed = _is_in(_address(environ.get("REMOTE_ADDR", "")), self._proxies)
        if believed:
            self._believe(environ, sent, user)
        if not is_host(environ.get("HTTP_HOST", "localhost")):
            # Nothing that could be a name; this one is nobody's (RFC 6761), and is told so.
            environ["HTTP_HOST"] = "name.invalid"
        environ[_FORWARDED] = believed or bool(sent)
        return self._app(environ, respond)

    def _believe(self, environ: "WSGIEnvironment", sent: dict[str, str], user: str) -> None:
        hops = sent.get("HTTP_X_FORWARDED_FOR", "").split(",")
        # From the end, where the nearest proxy wrote: what stands before a stranger is hearsay.
        for hop in reversed(hops):
            if (address := _address(hop.strip())) is None:
                break
            environ["REMOTE_ADDR"] = str(address)
            if not _is_in(address, self._proxies):
                break
        scheme = sent.get("HTTP_X_FORWARDED_PROTO", "").rpartition(",")[2].strip().lower()
        if scheme in ("http", "https"):
            environ["wsgi.url_scheme"] = scheme
        if host := sent.get("HTTP_X_FORWARDED_HOST", "").rpartition(",")[2].strip():
            environ["HTTP_HOST"] = host
        if user:
            try:
                # WSGI hands on bytes as Latin-1 (PEP 3333); names are UTF-8.
                environ[_USER] = checked_name(user.encode("latin-1").decode("utf-8"))
            except (UsageError, UnicodeError):
                return


def proxy_user(environ: "WSGIEnvironment") -> str | None:
    """Return who signed in at a proxy that we believe."""
    user: str | None = environ.get(_USER)
    return user


def is_at_this_machine(environ: "WSGIEnvironment") -> bool:
    """Whether somebody at this machine asks, under its own name and through nobody.

    A proxy on this machine asks from here as well, for strangers; most say so in a header.
    """
    address = _address(environ.get("REMOTE_ADDR", ""))
    if address is None or not _plain(address).is_loopback or environ.get(_FORWARDED):
        return False
    return _is_loopback(_host(environ.get("HTTP_HOST", "")))


def client_address(environ: "WSGIEnvironment") -> str:
    """Return where a request comes from; of IPv6 the network of 64 bits that one customer has."""
    address = _address(environ.get("REMOTE_ADDR", ""))
    if address is None:
        return "unknown"
    address = _plain(address)
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((int(address), 64), strict=False))
    return str(address)


def is_known_host(host: str, access: Access) -> bool:
    """Whether this is a name of ours: one set, ``localhost``, or an address in figures.

    Any other may be a stranger's name that was made to lead here (DNS rebinding), whose pages
    the browser would let read ours.
    """
    name = _host(host)
    return _is_loopback(name) or _address(name) is not None or has_host(host, access.hosts)


def has_host(host: str, hosts: Sequence[str]) -> bool:
    """Whether *host*, with or without a port, is one of *hosts*."""
    return _host(host) in {_host(known) for known in hosts}


def is_loopback(host: str) -> bool:
    """Whether a server that listens at *host* is heard by this machine alone."""
    return _is_loopback(_host(host))


def _is_loopback(name: str) -> bool:
    address = _address(name)
    return name == "localhost" or (address is not None and _plain(address).is_loopback)


def _host(host: str) -> str:
    """Return the name in ``name:port`` or ``[::1]:port``, in its one form."""
    host = host.strip().casefold()
    if host.startswith("["):
        return host[1:].partition("]")[0]
    if host.count(":") > 1:
        return host
    return host.partition(":")[0].removesuffix(".")


def _address(text: str) -> IPAddress | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _plain(address: IPAddress) -> IPAddress:
    """Return the IPv4 address that an IPv6 one stands for, where it does."""
    mapped: Any = getattr(address, "ipv4_mapped", None)
    return address if mapped is None else mapped


def _is_in(address: IPAddress | None, networks: Sequence[Network]) -> bool:
    return address is not None and any(_plain(address) in network for network in networks)
