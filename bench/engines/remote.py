"""The other end of a worker's pipe."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Self

import msgspec

from bench.engines.ask import Ask
from bench.process import Failed


class Remote:
    """An engine in a new process; ready when this returns. Raises Failed when it ends early."""

    def __init__(self, name: str, site: Path, folder: Path) -> None:
        self.name = name
        command = [sys.executable, "-m", "bench.engines.worker", name, str(site), str(folder)]
        environ = {key: v for key, v in os.environ.items() if not key.startswith("MORGUE_")}
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environ
        )
        self.can_near: bool = self._read("start")["near"]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the process."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._process.wait()

    def __call__(self, verb: str, *arguments: object) -> Any:
        """Have it obey a command of `worker.Held`; return the answer. Raises Failed."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(msgspec.json.encode([verb, *arguments]) + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            pass
        return self._read(verb)

    def ask(self, ask: Ask) -> Any:
        """Have it answer a page."""
        return self("ask", ask)

    def _read(self, verb: str) -> Any:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise Failed(f"{self.name} ended at “{verb}” with {self._process.wait()}; see above")
        return msgspec.json.decode(line)
