"""The command line as tests run it: in this process, or as a process of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from archive.ingest.readers.reading import Here
from morgue.cli import main, morgue
from morgue.site import Site


@dataclass(frozen=True, slots=True)
class Done:
    """How a command ended, and what it said."""

    returncode: int
    stdout: str
    stderr: str


def run_morgue(*arguments: str, site: Path, **environment: str) -> Done:
    """Run the whole command line in this process, with the folder *site* as the archive.

    What it reads is read in this process, too. That takes a tenth of the time, and any
    warning fails the test.
    """
    with (
        _in_this_process(site, **environment),
        redirect_stdout(StringIO()) as stdout,
        redirect_stderr(StringIO()) as stderr,
        pytest.raises(SystemExit) as ended,
    ):
        main(arguments)
    code = ended.value.code
    assert isinstance(code, int)
    return Done(code, stdout.getvalue(), stderr.getvalue())


def invoke(*arguments: str, site: Path, **environment: str) -> Done:
    """Run a command as `run_morgue` does, but raise the error that ends it."""
    with _in_this_process(site, **environment):
        done = CliRunner().invoke(morgue, arguments)
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return Done(done.exit_code, done.stdout, done.stderr)


def run_process(*arguments: str, site: Path, **environment: str) -> Done:
    """Run the command line as a process of its own, as cron or a person would."""
    inherited = {k: v for k, v in os.environ.items() if k not in _settings(os.environ)}
    done = subprocess.run(
        [sys.executable, "-m", "morgue", *arguments],
        env={**inherited, "MORGUE_SITE": str(site), **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return Done(done.returncode, done.stdout, done.stderr)


def answer(*arguments: str, site: Path) -> Any:
    """What a command that succeeds answers to programs."""
    done = run_morgue(*arguments, "--json", site=site)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@contextmanager
def _in_this_process(site: Path, **environment: str) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as changed:
        for name in _settings(os.environ):
            changed.delenv(name)
        for name, value in {**environment, "MORGUE_SITE": str(site)}.items():
            changed.setenv(name, value)
        changed.setattr(Site, "readers", lambda _site: nullcontext(Here()))
        yield


def _settings(environment: Mapping[str, str]) -> list[str]:
    return [name for name in environment if name.startswith("MORGUE_")]
