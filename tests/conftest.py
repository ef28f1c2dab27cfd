"""What several parts of the suite share: a sample archive, a web server, and the corpora."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.command_line import run_morgue
from tests.http_server import Web, serving_web

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
