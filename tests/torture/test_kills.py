"""An article reported as kept survives `kill -9`, anywhere."""

import os
import subprocess
import sys
import time
from pathlib import Path
from random import Random
from typing import Final

import pytest

from tests.command_line import run_morgue
from tests.conftest import Tally
from tests.torture.faults import Action, Fault
from tests.torture.life import (
    STAGES,
    Kept,
    Life,
    Stage,
    index_faults,
    kept,
    leftovers,
    lost_or_half,
    text_of,
    unhealed,
    unnoticed,
)

TIMED: Final = 40
"""How many processes are killed by the clock; a few end before."""
TORN: Final = 8
"""How many are killed in the middle of what they write, of each stage."""


def killed_at(life: Life, stage: Stage, fault: Fault) -> list[str] | None:
    """Go through *stage*, killed by *fault*; say what is wrong, None where it ended before."""
    ran = life.warm.run(life.disk, life.set_back(stage), fault)
    if not ran.killed:
        return None
    wrong = lost_or_half(life.site, stage, reported=False)
    wrong += unnoticed(life.site)
    wrong += unhealed(life, stage)
    return [f"{stage.name}, {fault}: {what}" for what in wrong]


@pytest.mark.torture
@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.name)
def test_whoever_is_killed_at_any_file_operation_loses_nothing_that_was_reported(
    life: Life, stage: Stage, tally: Tally
) -> None:
    wrong: list[str] = []
    operations = 0
    while (found := killed_at(life, stage, Fault(Action.KILL, operations + 1))) is not None:
        operations += 1
        wrong += found
    torn = Random(7).sample(range(1, operations + 1), TORN)
    for at in torn:
        wrong += killed_at(life, stage, Fault(Action.TEAR, at)) or []
    counts = {f"at operations of “{stage.name}”": operations, "in mid-write": len(torn)}
    tally("kills", **counts, lost_half_or_unhealed=len(wrong))
    assert not wrong, "\n".join(wrong)


def test_an_update_killed_here_and_there_loses_nothing_that_was_reported(
    life: Life, tally: Tally
) -> None:
    stage = STAGES[2]
    wrong: list[str] = []
    for at in (20, 45, 70, 90):
        found = killed_at(life, stage, Fault(Action.KILL, at))
        assert found is not None
        wrong += found
    tally("kills", here_and_there=4, lost_half_or_unhealed=len(wrong))
    assert not wrong, "\n".join(wrong)


COMMANDS: Final = (("update",), ("update", "--merge"), ("reindex",), ("update",))


def killed_after(seconds: float, *command: str, site: Path) -> bool:
    """Run a command as its own process, and kill it; say whether it had ended well before."""
    process = subprocess.Popen(
        [sys.executable, "-m", "morgue", "--site", str(site), *command, "--json"],
        stdout=subprocess.PIPE,
        start_new_session=True,
        text=True,
    )
    try:
        said, _ = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        said = ""
    # Those who read for it end by themselves when it is gone.
    for _ in range(1000):
        try:
            os.killpg(process.pid, 0)
        except ProcessLookupError:
            return process.returncode == 0 and said.endswith("}\n")
        time.sleep(0.01)
    raise AssertionError("a child lives on")


@pytest.mark.torture
def test_real_processes_killed_at_any_time_lose_nothing_that_was_reported(
    tmp_path: Path, tally: Tally
) -> None:
    random = Random(7)
    clippings, site = tmp_path / "clippings", tmp_path / "site"
    clippings.mkdir()
    assert run_morgue("add", str(clippings), site=site).returncode == 0
    began = time.monotonic()
    assert killed_after(120, "update", site=site)
    usual = time.monotonic() - began
    there: Kept = {}
    reported: Kept = {}
    kills = 0
    for number in range(TIMED):
        there[f"Notice {number}"] = "alder"
        path = clippings / f"2026-03-01-notice-{number}.txt"
        path.write_text(f"Notice {number}\n\n{text_of(f'Notice {number}', 'alder')}")
        command = COMMANDS[number % len(COMMANDS)]
        if killed_after(random.uniform(0.2, 1.2) * usual, *command, site=site):
            reported = dict(there) if command[0] == "update" else reported
        else:
            kills += 1
        assert reported.items() <= kept(site).items() <= there.items()
        assert unnoticed(site) == []
    assert run_morgue("update", site=site).returncode == 0
    assert kept(site) == there
    assert index_faults(site) == []
    assert leftovers(site) == []
    tally("kills", timed=kills, lost_half_or_unhealed=0)
