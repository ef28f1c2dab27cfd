"""Which network addresses a fetch may reach: public ones, and hosts that the operator named.

A name is resolved once, every address it gives is checked, and the connection
goes to an address that was checked: what the name resolves to a moment later
(DNS rebinding) does not matter. Private and special ranges are those of the
IANA registries (RFC 6890), also where IPv6 carries an IPv4 address inside.
"""

import ipaddress
import socket
import threading
from collections.abc import Collection
from contextlib import suppress

from archive.errors import FetchError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_LOCAL_NAMES = frozenset({"localhost", "localhost.localdomain", "ip6-localhost"})


def is_public(address: Address) -> bool:
    """Whether *address* is on the public internet, and so is what it carries inside."""
    if isinstance(address, ipaddress.IPv6Address):
        inside = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
        if address in _NAT64:
            inside.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
        if address.ipv4_mapped:
            return is_public(address.ipv4_mapped)
        if any(carried is not None and not is_public(carried) for carried in inside):
            return False
    return address.is_global and not address.is_multicast


def names_itself_private(host: str) -> bool:
    """Whether *host*, as written, is this machine or a private address, without asking anyone."""
    if host.rstrip(".").lower() in _LOCAL_NAMES:
        return True
    try:
        return not is_public(ipaddress.ip_address(host.split("%")[0]))
    except ValueError:
        return False


def checked(
    host: str, port: int, seconds: float, private_hosts: Collection[str], where: str
) -> list[str]:
    """Return the addresses of *host* that may be connected to, in the resolver's order.

    Raises FetchError when the name is unknown, does not resolve within *seconds*,
    or gives any address that is not public, unless *host* is one of
    *private_hosts*.
    """
    found = _resolved(host, port, seconds, where)
    if host.lower() not in private_hosts:
        for address in found:
            if not is_public(ipaddress.ip_address(address.split("%")[0])):
                raise FetchError(
                    f"leads to {address}, which is not on the public internet",
                    where,
                    f"if you mean it, set fetch.private_hosts = [{host!r}] in morgue.toml",
                )
    return found


def _resolved(host: str, port: int, seconds: float, where: str) -> list[str]:
    """Ask the resolver, in a thread of its own: it knows no timeout."""
    with suppress(ValueError):
        return [str(ipaddress.ip_address(host))]
    answer: list[str] = []
    trouble: list[Exception] = []

    def ask() -> None:
        try:
            for *_, sockaddr in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
                answer.append(str(sockaddr[0]))
        except (OSError, UnicodeError) as error:
            trouble.append(error)

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        raise FetchError("its host name was not resolved in time", where)
    if trouble or not answer:
        raise FetchError("its host name is not known", where)
    return list(dict.fromkeys(answer))
