"""Where strangers would like a fetch to lead, and what notices every connection that is made."""

import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import pytest

PUBLIC = "93.184.216.34"
"""What the names of the test resolve to, unless they say otherwise. It is never dialled."""

THIS_MACHINE = (
    "127.0.0.1", "127.0.0.2", "127.255.255.254", "127.0.0.1.", "127.1", "127.0.1", "2130706433",
    "0x7f000001", "0x7F000001", "0X7f.0x0.0x0.0x1", "0x7f.1", "0177.0.0.1", "017700000001",
    "0000000177.0.0.1", "127.0.0.0x1", "0", "0.0", "0.0.0.0", "0x0", "00000000",
    "localhost", "LocalHost", "localhost.", "foo.localhost", "localhost.localdomain",
    "ip6-localhost", "１２７.０.０.１", "127。0。0。1", "①②⑦.⓪.⓪.①", "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ",
    "127%2e0%2e0%2e1", "%31%32%37.0.0.1", "127.0.0.1%00.kestrel.example",
    "[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[0000::0001]", "[::1%25lo]", "[::1%lo]",
    "[::127.0.0.1]", "[::7f00:1]", "[::ffff:127.0.0.1]", "[::FFFF:7F00:1]",
    "[0:0:0:0:0:ffff:127.0.0.1]", "[::ffff:0:127.0.0.1]", "[::ffff:0.0.0.0]",
    "[64:ff9b::127.0.0.1]", "[64:ff9b:1::7f00:1]", "[2002:7f00:1::]", "[2002:7f00:1::7f00:1]",
    "[2001:0:7f00:1::]", "[2001:0:4136:e378:8000:63bf:80ff:fffe]", "[2600::5efe:127.0.0.1]",
    "[2600::200:5efe:7f00:1]",
)  # fmt: skip
"""This machine, in the notations that some resolver, browser or library takes for it."""

OTHER_NETWORKS = (
    "10.0.0.1", "10.255.255.255", "012.0.0.1", "167772161", "0xa.1", "172.16.0.1",
    "172.31.255.255", "192.168.0.1", "192.168.1", "3232235777", "0xc0a80101",
    "169.254.0.1", "169.254.169.254", "2852039166", "0xa9fea9fe", "0251.0376.0251.0376",
    "169.254.170.2", "100.64.0.1", "100.100.100.200", "100.127.255.255", "168.63.129.16",
    "192.0.0.1", "192.0.0.192", "192.0.2.1", "192.88.99.1", "198.18.0.1", "198.51.100.7",
    "203.0.113.9", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "4294967295",
    "[fe80::1]", "[fe80::1%25eth0]", "[febf::1]", "[fec0::1]", "[fc00::1]", "[fd12:3456::1]",
    "[fd00:ec2::254]", "[ff02::1]", "[ff0e::1]", "[100::1]", "[2001:db8::1]", "[3fff::1]",
    "[5f00::1]", "[4000::1]", "[2001:10::1]", "[::ffff:10.0.0.1]", "[::ffff:169.254.169.254]",
    "[::10.0.0.1]", "[64:ff9b::10.0.0.1]", "[64:ff9b::a9fe:a9fe]", "[2002:a00:1::]",
    "[2002:a9fe:a9fe::1]", "[2600::5efe:10.0.0.1]",
)  # fmt: skip
"""Private networks, other special ones, and where machines of clouds ask for their secrets."""

TRICKS = (
    "http://kestrel.example@127.1:{port}/", "http://kestrel.example:80@127.1:{port}/",
    "http://kestrel.example%40@127.1:{port}/", "http://127.1:{port}#@kestrel.example/",
    "http://127.1:{port}?@kestrel.example/", "http://127.1:{port}\\@kestrel.example/",
    "http://127.1:{port}/@kestrel.example/", "http://kestrel.example\t@127.1:{port}/",
    "http://127.\t1:{port}/", "http://127.\n1:{port}/", "ht\ntp://127.1:{port}/",
    "\x01http://127.1:{port}/", " http://127.1:{port}/", "http:\\\\127.1:{port}/",
    "http:/\\127.1:{port}/", "\\\\127.1:{port}\\", "//127.1:{port}/", "///127.1:{port}/",
    "http:127.1:{port}/", "http:/127.1:{port}/", "http:///127.1:{port}/", "HTTP://127.1:{port}/",
    "hTTpS://127.1:{port}/", "http://[::ffff:127.0.0.1]:{port}\\.kestrel.example/",
    "http://127.1:{port}\r\nHost:kestrel.example/", "http://127.1 :{port}/",
    "http://\u200b127.1:{port}/", "http://127.1\u3000:{port}/", "http://[127.0.0.1]:{port}/",
    "http://[v1.127.0.0.1]:{port}/", "http://127.1:{port}:80/", "http://a b@127.1:{port}/",
)  # fmt: skip
"""Whole addresses on which parsers disagree, or that show one host and mean another."""

SCHEMES = (
    "file:///etc/passwd", "file://localhost/etc/passwd", "file:/etc/passwd", "FILE:///etc/passwd",
    "ftp://127.0.0.1:{port}/", "gopher://127.0.0.1:{port}/_GET%20/", "dict://127.0.0.1:{port}/x",
    "ldap://127.0.0.1:{port}/", "tftp://127.0.0.1:{port}/x", "ws://127.0.0.1:{port}/",
    "data:text/html,<p>x", "javascript:alert(1)", "jar:http://127.1:{port}/a.jar!/a",
    "view-source:http://127.1:{port}/", "feed:http://127.1:{port}/", "feed://127.1:{port}/",
    "blob:http://127.1:{port}/x", "mailto:a@kestrel.example", "about:blank", "netdoc:///etc/passwd",
    "smb://127.0.0.1:{port}/x", "sftp://127.0.0.1:{port}/", "unix:///run/docker.sock",
    "http+unix://%2Frun%2Fdocker.sock/info", "/etc/passwd", "", "http://", "https://:{port}/",
)  # fmt: skip
"""What is no web address at all."""

PORTS = (0, 21, 22, 23, 25, 53, 110, 143, 389, 465, 587, 993, 2049, 6000, 6667)
"""Ports of services that a request could be smuggled to, on a machine that is public."""


def hosts(port: int) -> list[str]:
    """Web addresses at *port* of this machine and of other networks."""
    both = (*THIS_MACHINE, *OTHER_NETWORKS)
    return [f"http://{host}:{port}/" for host in both]


def tricks(port: int) -> list[str]:
    """Addresses that are tricks, or of other schemes, or lead to other services."""
    written = [one.format(port=port) for one in (*TRICKS, *SCHEMES)]
    return [*written, *(f"http://kestrel.example:{one}/" for one in PORTS)]


@dataclass
class Resolver:
    """Names that the test knows; what a name resolves to changes from one question to the next."""

    known: dict[str, list[list[str]]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def answers(self, host: str, *each: list[str]) -> None:
        """Say what is answered, question by question; the last answer stands."""
        self.known[host] = list(each)

    def __call__(self, host: Any, port: Any = 0, *_: Any, **__: Any) -> list[Any]:
        name = (host.decode() if isinstance(host, bytes) else host or "").lower().rstrip(".")
        if name in self.known:
            self.asked.append(name)
            its = self.known[name]
            found = its.pop(0) if len(its) > 1 else its[0]
        elif name == "localhost" or name.endswith(".localhost") or name.startswith("ip6-local"):
            found = ["127.0.0.1", "::1"]
        elif name.endswith(".example"):
            found = [PUBLIC]
        else:
            # As the system's resolver reads figures: 0x7f.1 is 127.0.0.1.
            return _REAL(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
        return [
            (socket.AF_INET6, socket.SOCK_STREAM, 6, "", (one, port, 0, 0))
            if ":" in one
            else (socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port))
            for one in found
        ]


_REAL = socket.getaddrinfo


class _Hook:
    """Hears of every connection that this process makes; an audit hook can never be removed."""

    listening: "Dialled | None" = None
    installed = False

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self.listening is None or event not in ("socket.connect", "socket.sendto"):
            return
        place = arguments[1]
        self.listening.heard(place if isinstance(place, tuple) else (str(place), 0))


_HOOK = _Hook()


class Dialled:
    """The places that this process connected to, but for the *expected* ones.

    A place that is not on this machine is noted and then not dialled after all.
    """

    def __init__(self) -> None:
        self.expected: set[int] = set()
        self.places: list[tuple[Any, ...]] = []
        self.resolver = Resolver()
        self._lock = threading.Lock()

    def heard(self, place: tuple[Any, ...]) -> None:
        """Note a connection that is about to be made."""
        host, port = place[0], place[1]
        if host == "127.0.0.1" and port in self.expected:
            return
        with self._lock:
            self.places.append((host, port))
        raise ConnectionRefusedError(f"{host}:{port} is not dialled by a test")


@contextmanager
def watching(monkeypatch: pytest.MonkeyPatch) -> Iterator[Dialled]:
    """Note, and refuse, each connection of this process; names resolve as the test says."""
    if not _HOOK.installed:
        sys.addaudithook(_HOOK)
        _Hook.installed = True
    dialled = Dialled()
    monkeypatch.setattr(socket, "getaddrinfo", dialled.resolver)
    _HOOK.listening = dialled
    try:
        yield dialled
    finally:
        _HOOK.listening = None


class Secret:
    """A server inside that nobody may reach: it counts who comes, on IPv4 and IPv6."""

    def __init__(self) -> None:
        self.visitors = 0
        first = socket.create_server(("127.0.0.1", 0))
        self.port: int = first.getsockname()[1]
        self._listeners = [first]
        if socket.has_ipv6:
            # There are machines without it.
            with suppress(OSError):
                second = socket.create_server(("::1", self.port), family=socket.AF_INET6)
                self._listeners.append(second)
        for listener in self._listeners:
            threading.Thread(target=self._serve, args=[listener], daemon=True).start()

    def _serve(self, listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            self.visitors += 1
            connection.close()

    def close(self) -> None:
        """Stop listening."""
        for listener in self._listeners:
            listener.shutdown(socket.SHUT_RDWR)
            listener.close()
