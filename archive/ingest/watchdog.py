"""Connections that are hung up at their deadline, whatever the peer drips.

A socket's own timeout starts anew with every byte that comes, so a peer that
sends one now and then, in a handshake, in headers or in a body, never meets it.
One thread watches all connections: a timer for each would cost more than many
of the answers that it guards.
"""

import socket
import struct
import threading
import time
from contextlib import suppress
from itertools import count
from typing import Final, Self

_AT_ONCE: Final = struct.pack("ii", 1, 0)


class Watchdog:
    """Watches connections; safe to share between threads."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._open: dict[int, tuple[float, socket.socket]] = {}
        self._numbers = count()
        self._next = float("inf")
        self._running = False

    def until(self, deadline: float) -> "Watch":
        """Return a watch that hangs up its connections at *deadline* (of ``time.monotonic``)."""
        return Watch(self, deadline)

    def add(self, deadline: float, sock: socket.socket) -> int:
        """Watch *sock* until it is removed by the number returned."""
        with self._changed:
            number = next(self._numbers)
            # A second handle of the same connection: TLS takes the first one over.
            self._open[number] = (deadline, sock.dup())
            if not self._running:
                self._running = True
                threading.Thread(target=self._watch, name="watchdog", daemon=True).start()
            elif deadline < self._next:
                self._changed.notify()
            return number

    def remove(self, number: int) -> None:
        """Watch a connection no more."""
        with self._changed:
            _, sock = self._open.pop(number)
            sock.close()

    def _watch(self) -> None:
        """Sleep until the earliest deadline; end when nothing is left to watch then."""
        with self._changed:
            while self._open:
                now = time.monotonic()
                for deadline, sock in self._open.values():
                    if deadline <= now:
                        with suppress(OSError):
                            # With a reset when it is closed: to a polite end a flood goes on.
                            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
                            sock.shutdown(socket.SHUT_RDWR)
                # One that was hung up stays until its owner has noticed and removes it.
                waiting = [deadline for deadline, _ in self._open.values() if deadline > now]
                self._next = min(waiting, default=now + 1.0)
                self._changed.wait(self._next - now)
            self._running = False
            self._next = float("inf")


class Watch:
    """The connections of one request, let go of when the block ends."""

    def __init__(self, watchdog: Watchdog, deadline: float) -> None:
        self._watchdog = watchdog
        self._deadline = deadline
        self._numbers: list[int] = []

    @property
    def is_over(self) -> bool:
        """Whether the deadline has passed."""
        return time.monotonic() > self._deadline

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()

    def release(self) -> None:
        """Watch none of them any more: they are done with."""
        while self._numbers:
            self._watchdog.remove(self._numbers.pop())

    def add(self, sock: socket.socket) -> None:
        """Watch one more connection."""
        self._numbers.append(self._watchdog.add(self._deadline, sock))
