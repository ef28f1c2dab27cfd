"""Who holds the site's lock: a note beside it, for who waits and for `morgue doctor`.

The lock itself is the operating system's, and goes with the process that holds it. The
note only says who that is; one that was left behind says which run was cut off. It is
three lines: process and host, since when, and the command.
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

NOTE: Final = "morgue.lock.by"


@dataclass(frozen=True, slots=True)
class Holder:
    """A process that holds the lock: its number on a *host*, and *since* when (ISO 8601, UTC)."""

    pid: int
    host: str
    command: str
    since: str

    def __str__(self) -> str:
        begun = datetime.fromisoformat(self.since).astimezone()
        return f"“{self.command}” since {begun:%Y-%m-%d %H:%M:%S} (process {self.pid})"


@contextmanager
def noted(folder: Path) -> Iterator[None]:
    """Note in the site's *folder* that this process holds the lock; the note goes with it.

    The caller holds it. What cannot be noted, on a full disk, keeps nobody from working.
    """
    now = datetime.now(UTC).isoformat(timespec="seconds")
    note = folder / NOTE
    with suppress(OSError):
        who = f"{os.getpid()}@{socket.gethostname()}"
        note.write_text("\n".join([who, now, _command()]), encoding="utf-8")
    try:
        yield
    finally:
        with suppress(OSError):
            note.unlink(missing_ok=True)


def read(folder: Path) -> Holder | None:
    """Return who noted that they hold the lock of the site in *folder*, as far as that is read."""
    try:
        who, since, command = (folder / NOTE).read_text(encoding="utf-8").split("\n")
        pid, _, host = who.partition("@")
        if datetime.fromisoformat(since).tzinfo is None:
            return None
        return Holder(int(pid), host, command, since)
    except (OSError, ValueError):
        return None


def is_at_work(holder: Holder) -> bool | None:
    """Whether the process still runs; None where it is, or was, on another machine."""
    if holder.host != socket.gethostname():
        return None
    try:
        os.kill(holder.pid, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True


def _command() -> str:
    """What was typed, without its arguments: ``morgue topics train``."""
    names: list[str] = []
    context = click.get_current_context(silent=True)
    while context is not None and context.parent is not None:
        names.insert(0, context.info_name or "")
        context = context.parent
    return " ".join(["morgue", *names])
