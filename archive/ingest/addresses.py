"""Which network addresses a fetch may reach: public ones, and hosts that the operator named.

A name is resolved once, every address it gives is checked, and the connection
goes to an address that was checked: what the name resolves to a moment later
(DNS rebinding) does not matter. Private and special ranges are those of the
IANA registries (RFC 6890), also where IPv6 carries an IPv4 address inside.

An address that says itself that it is private (``http://10.0.0.7/``) is taken
for meant when the operator wrote it. What a feed, a page, a sitemap or a
redirect names is nobody's word: it may only lead to where the operator's own
address lies.
"""

import ipaddress
import socket
import threading
from collections.abc import Collection, Iterable
from contextlib import suppress
from urllib.parse import urlsplit

from archive.errors import FetchError
from archive.identity import web_url

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_GLOBAL = ipaddress.ip_network("2000::/3")
"""All of IPv6 that was given out for use by anyone (RFC 4291 §2.4); the rest of it is special."""
_ISATAP = frozenset({0x00005EFE, 0x02005EFE})
# What older releases of the standard library take for global, and what is so only by its number:
# protocol assignments, relays for 6to4 (RFC 7526), the metadata of a large host's machines,
# documentation (RFC 9637).
_SPECIAL = (
    *map(ipaddress.ip_network, ("192.0.0.0/24", "192.88.99.0/24", "168.63.129.16/32")),
    *map(ipaddress.ip_network, ("2001::/23", "3fff::/20")),
)
_LOCAL_NAMES = frozenset({"localhost", "localhost.localdomain", "ip6-localhost", "ip6-loopback"})
_PORTS = {"http": 80, "https": 443}
# Ports on which other services listen, who might take a request for something of theirs:
# the list by which browsers go (WHATWG Fetch §2.9).
_OTHER_SERVICES = frozenset(
    {
        *(0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87),
        *(95, 101, 102, 103, 104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143),
        *(161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556),
        *(563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190),
        *(5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080),
    }
)


def is_public(address: Address) -> bool:
    """Whether *address* is on the public internet, and so is what it carries inside."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return is_public(address.ipv4_mapped)
        low = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if address in _NAT64:
            return is_public(low)
        if address not in _GLOBAL:
            return False
        inside = [address.sixtofour, *(address.teredo or ())]
        if int(address) >> 32 & 0xFFFFFFFF in _ISATAP:
            inside.append(low)
        if any(carried is not None and not is_public(carried) for carried in inside):
            return False
    special = any(address in network for network in _SPECIAL if network.version == address.version)
    return address.is_global and not address.is_multicast and not special


def may_name(meant: str, address: str) -> bool:
    """Whether what the operator wrote, *meant*, may have led to *address*, both web addresses.

    An *address* that says itself that it is private may be named only at the host of
    *meant*, and at its port: other servers of that machine are not meant.
    """
    host, port = _place(address)
    if not names_itself_private(host):
        return True
    meant_host, meant_port = _place(meant)
    usual = _PORTS.values()
    return host == meant_host and (port == meant_port or (port in usual and meant_port in usual))


def meant_by(addresses: Iterable[str], address: str) -> str:
    """Return the first of the operator's *addresses* that may name *address*, or nothing."""
    return next((meant for meant in addresses if may_name(meant, address)), "")


def _place(address: str) -> tuple[str, int]:
    """The host and port of a web address, both empty for what is none."""
    whole = web_url(address)
    if whole is None:
        return "", 0
    parts = urlsplit(whole)
    port = parts.port if parts.port is not None else _PORTS[parts.scheme.lower()]
    return (parts.hostname or "").rstrip("."), port


def is_of_another_service(address: str) -> bool:
    """Whether a web address leads to the port of a service that speaks no HTTP."""
    return _place(address)[1] in _OTHER_SERVICES


def names_itself_private(host: str) -> bool:
    """Whether *host*, as written, is this machine or a private address, without asking anyone."""
    name = host.rstrip(".").lower()
    if name in _LOCAL_NAMES or name.endswith(".localhost"):
        return True
    try:
        return not is_public(ipaddress.ip_address(name.split("%")[0]))
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
