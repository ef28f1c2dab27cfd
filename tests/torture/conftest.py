"""What tests of faults share: the process that runs under faults, and a small archive's life."""

from collections.abc import Iterator

import pytest

from tests.torture.faults import Warm, warm_process
from tests.torture.life import Life


@pytest.fixture(scope="session")
def warm() -> Iterator[Warm]:
    """The process that runs under faults are forked from."""
    with warm_process() as started:
        yield started


@pytest.fixture(scope="session")
def life(warm: Warm, tmp_path_factory: pytest.TempPathFactory) -> Life:
    """The life of a small archive."""
    return Life(tmp_path_factory.mktemp("life"), warm)
