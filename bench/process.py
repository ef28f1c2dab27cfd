"""Run `morgue` as its users do, in a process of its own, and measure that process."""

import os
import platform
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

_MAXRSS_UNIT = 1 if sys.platform == "darwin" else 1024


class Failed(Exception):
    """A command ended in a way that no benchmark expects."""


@dataclass(frozen=True, slots=True)
class Run:
    """A command that ended: its exit code, its output, and what it took.

    *cpu* is its processor time in seconds and *peak* its largest resident size
    in bytes, both by the kernel's own count for this process alone (``wait4``).
    """

    code: int
    out: str
    err: str
    seconds: float
    cpu: float
    peak: int

    @property
    def json(self) -> Any:
        """What it printed, decoded."""
        return msgspec.json.decode(self.out)


def morgue(site: Path, *arguments: str, codes: tuple[int, ...] = (0,)) -> Run:
    """Run ``morgue`` with *arguments* on *site*. Raises Failed for an exit code not in *codes*.

    No ``MORGUE_*`` variable of the caller reaches it.
    """
    command = [sys.executable, "-m", "morgue", "--site", str(site), *arguments]
    environ = {name: v for name, v in os.environ.items() if not name.startswith("MORGUE_")}
    # Into files: a full pipe would hold the command up.
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        started = time.perf_counter()
        process = subprocess.Popen(command, stdout=out, stderr=err, env=environ)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        run = Run(
            process.returncode,
            out.read().decode("utf-8", "replace"),
            err.read().decode("utf-8", "replace"),
            seconds,
            usage.ru_utime + usage.ru_stime,
            usage.ru_maxrss * _MAXRSS_UNIT,
        )
    if run.code not in codes:
        said = run.err.strip()[-2000:] or "nothing"
        raise Failed(f"morgue {' '.join(arguments)} returned {run.code} and said: {said}")
    return run


@dataclass(frozen=True, slots=True)
class Machine:
    """What the figures were measured on, and its load (of one minute) before they were."""

    cpus: int
    load: float
    python: str


def machine() -> Machine:
    """Return what this machine is, and how busy it is now."""
    return Machine(os.cpu_count() or 1, round(os.getloadavg()[0], 1), platform.python_version())


def told(on: Machine) -> str:
    """Say what a machine is in a few words."""
    return f"{on.cpus} processors, load {on.load} at the start, Python {on.python}"


def size(path: Path) -> int:
    """Return the bytes that a file, or all files in a folder, hold."""
    if path.is_dir():
        return sum(found.stat().st_size for found in path.rglob("*") if found.is_file())
    return path.stat().st_size if path.exists() else 0


def store_size(file: Path) -> int:
    """Return the bytes of a SQLite file with its write-ahead log."""
    return size(file) + size(file.with_name(file.name + "-wal"))
