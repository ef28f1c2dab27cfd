"""What several parts of the suite share: a site over the sample archive, and the corpora."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

SAMPLE = Path(__file__).parent.parent / "morgue" / "sample"

Run = Callable[..., subprocess.CompletedProcess[str]]


def run_morgue(
    *arguments: str, site: Path, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run the real command line as a process of its own, as cron or a person would."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("MORGUE_")}
    return subprocess.run(
        [sys.executable, "-m", "morgue", *arguments],
        env={**inherited, "MORGUE_SITE": str(site), **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


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


@pytest.fixture(scope="session")
def corpora() -> Path:
    """The folder of third-party test material, which is never part of this repository."""
    folder = os.environ.get("MORGUE_CORPORA")
    if not folder:
        pytest.skip("MORGUE_CORPORA is not set: this test reads third-party material")
    return Path(folder)
