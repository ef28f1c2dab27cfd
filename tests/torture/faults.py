"""Runs of Morgue under faults of the disk: killed, refused or noted at any of its file operations.

A shim in C (`faults.c`) is preloaded into a process that has Morgue loaded (`warm`); for each
run it forks, and the shim comes to life in the child: all that child does to the files of its
site, SQLite's part of it too, is counted, and at a given operation the fault happens.
"""

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import pytest

from tests.command_line import Done

_SOURCE = Path(__file__).with_name("faults.c")
Step = Sequence[str]
"""``("update", "--json")``, a command; ``("write", path, text)``; ``("upload", name, text)``;
``("get", address)``, a page; ``("mend",)``: from here on the disk works."""


class Action(IntEnum):
    """What happens at an operation, as `faults.c` knows it."""

    WATCH = 0
    KILL = 1
    """The process is killed before it."""
    TEAR = 2
    """Half of what should be written is, then the process is killed."""
    FAIL_ONCE = 3
    FAIL_ON = 4
    """It fails, and so does what comes after it; without room, only what takes room."""
    FILL_UP = 5
    """Half of what should be written is, and there is no room for more."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens at the operation number *at*, counted from 1; *error* is its errno."""

    action: Action = Action.WATCH
    at: int = 0
    error: int = 0

    def __str__(self) -> str:
        name = errno.errorcode.get(self.error, "")
        return f"{self.action.name} {name} at operation {self.at}"


@dataclass(frozen=True, slots=True)
class Ran:
    """How a run ended: what its finished steps said, and how many operations there were.

    Where the run was killed, *operations* is None.
    """

    killed: bool
    operations: int | None
    said: tuple[Done, ...]


class Warm:
    """The process that forks; see `warm`."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def run(
        self, root: Path, steps: Sequence[Step], fault: Fault = Fault(), notes: Path | None = None
    ) -> Ran:
        """Take *steps* over the archive ``root/site``, with *fault* among what is below *root*."""
        request = {
            "root": str(root),
            "site": str(root / "site"),
            "steps": [list(step) for step in steps],
            "fault": [int(fault.action), fault.at, fault.error],
            "notes": str(notes) if notes else None,
        }
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        assert answer["signal"] in (0, signal.SIGKILL), answer
        return Ran(
            killed=answer["signal"] == signal.SIGKILL,
            operations=answer["counted"],
            said=tuple(Done(s["code"], s["stdout"], s["stderr"]) for s in answer["steps"]),
        )


@contextmanager
def warm_process() -> Iterator[Warm]:
    """Start a process that runs under faults are forked from."""
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith("MORGUE_")},
        "LD_PRELOAD": str(_shim()),
        # What starts threads could not be forked.
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "PYTHONWARNINGS": "ignore",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.torture.warm"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
        cwd=Path(__file__).parents[2],
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == '"ready"\n'
        yield Warm(process)
    finally:
        process.stdin.close()
        process.wait(30)
        process.stdout.close()


@cache
def _shim() -> Path:
    """The shim, compiled; the test is skipped where nothing compiles C.

    MORGUE_COMPILER=required makes that a failure.
    """
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None or not sys.platform.startswith("linux"):
        reason = "faults of the disk need Linux and a C compiler: install gcc"
        if os.environ.get("MORGUE_COMPILER") == "required":
            pytest.fail(reason)
        pytest.skip(reason)
    made = Path(mkdtemp(prefix="morgue-faults-")) / "faults.so"
    subprocess.run(
        [compiler, "-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o", made, _SOURCE, "-ldl"],
        check=True,
    )
    return made
