"""Commands as functions of a test."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.command_line import invoke

Call = Callable[..., str]


@pytest.fixture
def call(tmp_path: Path) -> Call:
    """Run a command without pauses: what it prints comes back, an error that ends it is raised."""

    def call(*arguments: str, **environment: str) -> str:
        environment = {"MORGUE_FETCH_PAUSE": "0", **environment}
        return invoke(*arguments, site=tmp_path, **environment).stdout

    return call


def listed(call: Call) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(call("sources", "--json"))["sources"]
    return found
