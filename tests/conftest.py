"""What several parts of the suite share: a sample archive, a web server, and the corpora."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.command_line import run_morgue
from tests.http_server import Web, serving_web

# How long an example takes says more of the machine than of us. CI tries the same examples each
# time, so that what it says is about the change; each run elsewhere tries others.
settings.register_profile("untimed", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("untimed")

SAMPLE = Path(__file__).parent.parent / "morgue" / "sample"


@pytest.fixture(scope="session")
def _sample_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    site = tmp_path_factory.mktemp("sample-site")
    for arguments in (("add", str(SAMPLE)), ("update",)):
        done = run_morgue(*arguments, site=site)
        assert done.returncode == 0, done.stderr
    return site


@pytest.fixture(scope="session")
def sample_site(_sample_site: Path) -> Path:
    """A site over the sample archive, for tests that only read it."""
    return _sample_site


@pytest.fixture
def own_sample_site(_sample_site: Path, tmp_path: Path) -> Path:
    """A copy of the site over the sample archive, for tests that change it."""
    return Path(shutil.copytree(_sample_site, tmp_path / "site"))


@pytest.fixture
def web() -> Iterator[Web]:
    """A web server of the test's own."""
    with serving_web() as web:
        yield web


@pytest.fixture(scope="session")
def corpora() -> Path:
    """The folder of third-party test material, which is never part of this repository."""
    folder = os.environ.get("MORGUE_CORPORA")
    if not folder:
        pytest.skip("MORGUE_CORPORA is not set: this test reads third-party material")
    return Path(folder)


Tally = Callable[..., None]
"""Says what a test went through: a promise, and counts by what was counted."""


@pytest.fixture
def tally(record_property: Callable[[str, object], None]) -> Tally:
    """Note what this test went through: `tally("kills", at_operations=160, lost=0)`."""

    def note(promise: str, **counts: object) -> None:
        told = ", ".join(f"{name.replace('_', ' ')} {count}" for name, count in counts.items())
        record_property("tally", f"{promise}: {told}")

    return note


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what the tests of promises went through."""
    told = sorted(
        str(value)
        for report in terminalreporter.getreports("passed") + terminalreporter.getreports("failed")
        for name, value in report.user_properties
        if name == "tally" and report.when == "call"
    )
    if told:
        terminalreporter.section("promises")
        for line in told:
            terminalreporter.write_line(line)
