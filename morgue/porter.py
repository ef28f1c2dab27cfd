"""At the door of `morgue serve`: a thread is called when a request lies there whole.

Gunicorn's threads read a request while it comes and wait for it without end, so a few
connections with half a request each would keep all others out (Slowloris). Here one
thread looks after all whose request is still coming, and sends away who takes too long.
It only peeks: what has come stays with the kernel until it is read by who answers.
"""

import fcntl
import re
import selectors
import socket
import struct
import termios
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any, Final

PATIENCE: Final = 10.0
"""Seconds that a request may take to come, and that nothing may come at all."""
LARGEST_HEAD: Final = 48 * 1024
"""Bytes of a request's line and headers."""
SMALL_BODY: Final = 16 * 1024
"""Bytes of a body that is waited for; who may send a larger one, `web.permission` decides."""
LONGEST_LINE: Final = 8190
_TICK: Final = 0.05
_FAREWELL: Final = 2.0
_MOST_LEAVING: Final = 200
_LENGTH: Final = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,18})[ \t]*\r", re.IGNORECASE)
_BARE_LF: Final = re.compile(rb"(?<!\r)\n")


def is_whole(seen: bytes) -> bool:
    """Whether a request can be answered without waiting, be it to refuse it."""
    head, end, body = seen.partition(b"\r\n\r\n")
    if _BARE_LF.search(head) or (b"\n" not in head and len(head) > LONGEST_LINE + 2):
        return True
    if not end:
        return False
    length = _LENGTH.search(head + b"\r")
    return length is None or int(length[1]) > SMALL_BODY or len(body) >= int(length[1])


@dataclass(slots=True, eq=False)
class _Guest:
    """A connection whose request is coming; *before* was read of it already."""

    sock: socket.socket
    let_in: Callable[[], object]
    before: bytes
    until: float
    seen: int = -1


class Porter:
    """Looks after connections in a thread of its own, and hands on whose request is there.

    *refuse* writes to a socket why its request is not answered, for an HTTP status;
    *patience* is in seconds.
    """

    def __init__(
        self, refuse: Callable[[socket.socket, int], object], patience: float = PATIENCE
    ) -> None:
        self._refuse = refuse
        self._patience = patience
        self._asked: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._selector = selectors.DefaultSelector()
        self._bell, ring = socket.socketpair()
        self._ring = ring
        self._ring.setblocking(False)
        self._bell.setblocking(False)
        self._selector.register(self._bell, selectors.EVENT_READ)
        self._silent: dict[_Guest, None] = {}
        self._begun: dict[_Guest, None] = {}
        self._leaving: dict[socket.socket, float] = {}
        self._closing = False
        threading.Thread(target=self._run, name="porter", daemon=True).start()

    def receive(self, sock: socket.socket, let_in: Callable[[], object], before: bytes) -> None:
        """Call *let_in* once the request on *sock* is there, or will not come."""
        guest = _Guest(sock, let_in, before, time.monotonic() + self._patience)
        if not self._look(guest):
            self._tell(lambda: self._wait(guest))

    def see_off(self, sock: socket.socket) -> None:
        """Close *sock* once the other side has read what was sent (RFC 9112, 9.6)."""
        self._tell(lambda: self._part(sock))

    def close(self) -> None:
        """Wait for nobody any more who has said nothing, and not for long for the others."""

        def closing() -> None:
            self._closing = True
            for guest in self._begun:
                guest.until = min(guest.until, time.monotonic() + _FAREWELL)

        self._tell(closing)

    def _tell(self, what: Callable[[], None]) -> None:
        self._asked.put(what)
        with suppress(OSError):
            self._ring.send(b"\0")

    # -- in the thread -------------------------------------------------------

    def _run(self) -> None:
        while True:
            waits = self._begun or self._silent or self._leaving
            for key, _ in self._selector.select(_TICK if waits else None):
                if key.fileobj is self._bell:
                    with suppress(OSError):
                        self._bell.recv(4096)
                elif isinstance(key.data, _Guest):
                    self._came(key.data)
                else:
                    self._drain(key.data)
            with suppress(Empty):
                while True:
                    self._asked.get_nowait()()
            for guest in list(self._begun):
                if self._look(guest):
                    del self._begun[guest]
            self._send_away_the_late()

    def _wait(self, guest: _Guest) -> None:
        if guest.before:
            self._begun[guest] = None
            return
        try:
            self._selector.register(guest.sock, selectors.EVENT_READ, guest)
        except (OSError, ValueError, KeyError):
            guest.let_in()
            return
        self._silent[guest] = None

    def _came(self, guest: _Guest) -> None:
        self._forget(guest)
        # What is half there would be said to be readable again and again.
        if not self._look(guest):
            self._begun[guest] = None

    def _look(self, guest: _Guest) -> bool:
        """Let in a guest whose request is there; say whether this one waits no more."""
        try:
            size = _size(guest.sock)
            if size == guest.seen:
                return False
            came = guest.sock.recv(
                LARGEST_HEAD + SMALL_BODY, socket.MSG_PEEK | socket.MSG_DONTWAIT
            )
        except BlockingIOError:
            return False
        except OSError:
            guest.let_in()
            return True
        guest.seen = size
        seen = guest.before + came
        if came and not is_whole(seen):
            if b"\r\n\r\n" in seen or len(seen) < LARGEST_HEAD:
                return False
            self._turn_away(guest, 431)
            return True
        guest.let_in()
        return True

    def _send_away_the_late(self) -> None:
        now = time.monotonic()
        for guest in [g for g in self._silent if g.until < now or self._closing]:
            self._forget(guest)
            self._turn_away(guest, 0)
        for guest in [g for g in self._begun if g.until < now]:
            del self._begun[guest]
            self._turn_away(guest, 408)
        for sock in [sock for sock, until in self._leaving.items() if until < now]:
            self._gone(sock)

    def _turn_away(self, guest: _Guest, status: int) -> None:
        """Say why, where anything was asked; who keeps count of connections finds its end."""
        with suppress(OSError):
            if status:
                self._refuse(guest.sock, status)
            guest.sock.shutdown(socket.SHUT_RD)
        guest.let_in()

    def _forget(self, guest: _Guest) -> None:
        self._silent.pop(guest, None)
        with suppress(OSError, ValueError, KeyError):
            self._selector.unregister(guest.sock)

    def _part(self, sock: socket.socket) -> None:
        try:
            sock.setblocking(False)
            sock.shutdown(socket.SHUT_WR)
            if len(self._leaving) >= _MOST_LEAVING:
                sock.close()
                return
            self._selector.register(sock, selectors.EVENT_READ, sock)
        except (OSError, ValueError, KeyError):
            sock.close()
            return
        self._leaving[sock] = time.monotonic() + _FAREWELL

    def _drain(self, sock: socket.socket) -> None:
        try:
            if sock.recv(64 * 1024):
                return
        except BlockingIOError:
            return
        except OSError:
            pass
        self._gone(sock)

    def _gone(self, sock: socket.socket) -> None:
        self._leaving.pop(sock, None)
        with suppress(OSError, ValueError, KeyError):
            self._selector.unregister(sock)
        sock.close()


def _size(sock: socket.socket) -> int:
    """How many bytes have come and were not read."""
    told: Any = fcntl.ioctl(sock.fileno(), termios.FIONREAD, bytes(4))
    size: int = struct.unpack("i", told)[0]
    return size
