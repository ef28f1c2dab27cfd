"""No score of `python -m bench quality` may fall under its pinned floor."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.gate


def test_no_score_falls_under_its_floor(corpora: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bench", "quality", "--no-peers", "--json"],
        env={**os.environ, "MORGUE_CORPORA": str(corpora)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr + done.stdout
    figures = json.loads(done.stdout)
    assert figures["below"] == []
    assert figures["ok"]
