"""A connection is hung up at its deadline, and at no other time."""

import socket
import time

from archive.ingest.watchdog import Watchdog


def test_a_connection_is_hung_up_at_its_deadline_whatever_drips() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs, Watchdog().until(time.monotonic() + 0.05) as watch:
        watch.add(ours)
        theirs.sendall(b"drip")
        assert ours.recv(4) == b"drip"
        assert ours.recv(1) == b"", "waits for ever unless it is hung up"


def test_an_earlier_deadline_that_comes_later_is_met() -> None:
    watchdog = Watchdog()
    patient, other = socket.socketpair()
    hasty, theirs = socket.socketpair()
    with patient, other, hasty, theirs, watchdog.until(time.monotonic() + 3600) as first:
        first.add(patient)
        with watchdog.until(time.monotonic() + 0.05) as second:
            second.add(hasty)
            assert hasty.recv(1) == b""
        other.sendall(b"x")
        assert patient.recv(1) == b"x"


def test_a_connection_whose_request_is_done_is_left_alone() -> None:
    watchdog = Watchdog()
    done, theirs = socket.socketpair()
    late, other = socket.socketpair()
    with done, theirs, late, other:
        deadline = time.monotonic() + 0.05
        with watchdog.until(deadline) as watch:
            watch.add(done)
        with watchdog.until(deadline) as watch:
            watch.add(late)
            assert late.recv(1) == b""
        theirs.sendall(b"x")
        assert done.recv(1) == b"x"
