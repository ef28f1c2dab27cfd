"""Who holds the site's lock: a note beside it, for `morgue doctor` to read.

The lock itself is the operating system's, and goes with the process that holds it. The
note only says who that is; one that was left behind says which run was cut off.
"""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click
import msgspec

NOTE: Final = "morgue.lock.json"


@dataclass(frozen=True, slots=True)
class Holder:
    """A process that holds the lock: its number on a *host*, and *since* when (ISO 8601, UTC)."""

    pid: int
    host: str
    command: str
    since: str


@contextmanager
def noted(folder: Path) -> Iterator[None]:
    """Note in the site's *folder* that this process holds the lock; the note goes with it.

    The caller holds it. What cannot be noted stops nothing.
    """
    context = click.get_current_context(silent=True)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    this = Holder(os.getpid(), socket.gethostname(), context.command_path if context else "", now)
    note = folder / NOTE
    aside = note.with_suffix(f".{this.pid}")
    with suppress(OSError):
        try:
            aside.write_bytes(msgspec.json.encode(this))
            aside.replace(note)
        finally:
            aside.unlink(missing_ok=True)
    try:
        yield
    finally:
        with suppress(OSError):
            note.unlink(missing_ok=True)


def read(folder: Path) -> Holder | None:
    """Return who noted that they hold the lock of the site in *folder*, if anybody did."""
    try:
        return msgspec.json.decode((folder / NOTE).read_bytes(), type=Holder)
    except (OSError, msgspec.MsgspecError):
        return None


def is_at_work(holder: Holder) -> bool | None:
    """Whether the process still runs; None where it is, or was, on another machine."""
    if holder.host != socket.gethostname():
        return None
    try:
        os.kill(holder.pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
