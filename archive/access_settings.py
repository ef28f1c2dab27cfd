"""The settings below ``[access]``: who may do what in the web app."""

import ipaddress
import re
from typing import Final, Literal

import msgspec

from archive.errors import SettingsError

# RFC 9110 allows more; gunicorn drops what has an underscore, for it reads like a hyphen.
_HEADER: Final = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
_NOT_FOR_NAMES: Final = ("authorization", "cookie", "host", "origin", "content-length")
_HOST: Final = re.compile(
    r"(?:[\w-]+(?:\.[\w-]+)*\.?|\[[0-9a-f:.]+\])(?::(\d{1,5}))?", re.ASCII | re.IGNORECASE
)
_LONGEST_HOST: Final = 261


class Access(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who may do what in the web app."""

    anyone: Literal["", "nothing", "read", "write"] = ""
    """What is allowed without signing in; empty: at this machine all, while nobody can sign in.

    ``write`` counts only for who sits at this machine; from elsewhere it means ``read``.
    """
    hosts: tuple[str, ...] = ()
    """The names under which the web app is reached, beside ``localhost`` and plain addresses."""
    session_days: int = 30
    """Days after which one has to sign in again."""
    proxies: tuple[str, ...] = ()
    """Addresses and networks of proxies whose ``X-Forwarded-*`` headers are believed."""
    user_header: str = ""
    """The header in which these proxies, and nobody else, say who signed in with them."""
    writers: tuple[str, ...] = ()
    """Which of these users may write; ``*``: all. The others read."""


def is_host(text: str) -> bool:
    """Whether *text* can be a ``Host``: a name or address, and maybe a port (RFC 9110, 7.2)."""
    found = _HOST.fullmatch(text)
    return found is not None and len(text) <= _LONGEST_HOST and int(found[1] or 0) <= 65535


def check(access: Access, where: str) -> None:
    """Raise SettingsError, with the file *where*, for what cannot be or would let anybody in."""
    if not 1 <= access.session_days <= 3650:
        raise SettingsError("access.session_days must lie between 1 and 3650", where)
    for host in access.hosts:
        if not is_host(host):
            raise SettingsError(
                f"access.hosts: “{host}” is no name of a host",
                where,
                "write archive.example.org, without https:// and without a path, and letters "
                "beyond a to z as the address bar's xn-- form",
            )
    for proxy in access.proxies:
        try:
            network = ipaddress.ip_network(proxy, strict=False)
        except ValueError:
            raise SettingsError(
                f"access.proxies: “{proxy}” is no address or network",
                where,
                "write 127.0.0.1 or 10.0.0.0/8",
            ) from None
        if network.prefixlen == 0:
            raise SettingsError(
                f"access.proxies: “{proxy}” would believe everybody", where, "name your proxies"
            )
    if not access.user_header:
        if access.writers:
            raise SettingsError("access.writers says nothing without access.user_header", where)
        return
    header = access.user_header
    if not _HEADER.fullmatch(header) or header.lower() in _NOT_FOR_NAMES:
        raise SettingsError(
            f"access.user_header: “{header}” cannot be a header with a user's name",
            where,
            "write one such as X-Remote-User",
        )
    if not access.proxies:
        raise SettingsError(
            "access.user_header needs access.proxies",
            where,
            "else anybody could send that header; name the addresses of your proxies",
        )
