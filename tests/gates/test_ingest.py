"""Quality on thousands of real articles and all real feeds; a floor only ever rises."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.gate

# Share of the stated values that come out right, and how many wrong ones are borne.
FLOORS = {
    ("Reuters", "headline"): (0.995, 5),
    ("Reuters", "day"): (0.98, 0),
    ("Reuters", "place"): (0.985, 5),
    ("Wikinews", "headline"): (1.0, 0),
    ("Wikinews", "day"): (1.0, 0),
}
# A web page and four other kinds of XML lie among the feeds of the corpora.
NO_FEEDS = 5


def bench(corpora: Path, *arguments: str) -> Any:
    done = subprocess.run(
        [sys.executable, "-m", "bench", *arguments, "--json"],
        env={**os.environ, "MORGUE_CORPORA": str(corpora)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr + done.stdout
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def ingest(corpora: Path) -> Any:
    return bench(corpora, "ingest", "--articles", "all")


def test_every_file_comes_in_and_every_change_is_found(ingest: Any) -> None:
    assert [check for check in ingest["checks"] if not check["ok"]] == []


@pytest.mark.parametrize(("corpus", "name"), FLOORS, ids=" ".join)
def test_what_was_read_is_right(ingest: Any, corpus: str, name: str) -> None:
    share, wrong = FLOORS[corpus, name]
    score = next(q for q in ingest["quality"] if (q["corpus"], q["name"]) == (corpus, name))
    assert score["right"] >= share * score["stated"], score
    assert score["wrong"] <= wrong, score


def test_no_date_is_invented(ingest: Any) -> None:
    assert sum(q["invented"] for q in ingest["quality"] if q["name"] == "day") == 0


def test_every_real_feed_gives_entries_or_a_clear_reason(corpora: Path) -> None:
    figures = bench(corpora, "feeds")
    failures = {feed["name"]: feed["failure"] for feed in figures["feeds"] if feed["failure"]}
    assert len(failures) <= NO_FEEDS, failures
    assert not [reason for reason in failures.values() if "could not be read (" in reason]
