"""A full disk, an I/O error or a read-only medium does no damage, and is told in plain words."""

import errno
from random import Random
from typing import Final

import pytest

from tests.command_line import Done
from tests.conftest import Tally
from tests.torture.faults import Action, Fault
from archive.store import FILE
from tests.torture.life import STAGES, Life, Stage, kept, lost_or_half, unhealed, unnoticed

ENDS: Final = {0, 1, 2, 3}
"""The exit codes that are documented, but 4: nobody else is at work here."""

FAULTS: Final = (
    (Action.FILL_UP, errno.ENOSPC),
    (Action.FAIL_ON, errno.ENOSPC),
    (Action.FAIL_ON, errno.EDQUOT),
    (Action.FAIL_ON, errno.EIO),
    (Action.FAIL_ON, errno.EROFS),
    (Action.FAIL_ONCE, errno.ENOSPC),
    (Action.FAIL_ONCE, errno.EIO),
)


def badly_told(stage: Stage, done: Done) -> list[str]:
    """Return what is wrong with how a step ended that met a fault."""
    if done.returncode == 0:
        return []
    if stage.name == "upload":
        return [] if done.returncode == 503 else [f"answered {done.returncode}: {done.stderr}"]
    wrong = [] if done.returncode in ENDS else [f"ended with {done.returncode}: {done.stderr}"]
    said = done.stderr.strip().splitlines()
    if not said or "/site" not in said[-1] or "Traceback" in done.stderr:
        wrong.append(f"told so: {done.stderr!r}")
    return wrong


def met(life: Life, stage: Stage, fault: Fault) -> tuple[list[str], bool]:
    """Go through *stage* with *fault*; say what is wrong, and whether it told of the fault."""
    ran = life.warm.run(life.disk, life.set_back(stage), fault)
    assert not ran.killed
    done = ran.said[-1]
    wrong = badly_told(stage, done)
    wrong += lost_or_half(life.site, stage, reported=done.returncode == 0)
    wrong += unnoticed(life.site)
    wrong += unhealed(life, stage)
    return [f"{stage.name}, {fault}: {what}" for what in wrong], done.returncode != 0


@pytest.mark.torture
@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.name)
def test_a_disk_that_fails_does_no_damage_and_is_told_of(
    life: Life, stage: Stage, tally: Tally
) -> None:
    ran = life.warm.run(life.disk, life.set_back(stage))
    assert ran.operations is not None
    random = Random(stage.name)
    wrong: list[str] = []
    cases, told = 0, 0
    for action, error in FAULTS:
        for at in random.sample(range(1, ran.operations + 1), 6):
            found, ended = met(life, stage, Fault(action, at, error))
            wrong += found
            cases += 1
            told += ended
    tally("disk", **{f"faults in {stage.name}": cases}, told_of=told, wrong=len(wrong))
    assert not wrong, "\n".join(wrong)


READING: Final = (
    ("search", "dogwood"),
    ("article", "=Bank"),
    ("status",),
    ("get", "/"),
    ("get", "/search?q=dogwood"),
    ("get", "/sources"),
)
WRITING: Final = (
    ("add", "IN"),
    ("update",),
    ("update", "--merge"),
    ("reindex",),
    ("withdraw", "=Bank"),
    ("upload", "2026-03-07-tide.txt", "Tide\n\nIt turns."),
)


@pytest.mark.parametrize("error", [errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.EIO])
@pytest.mark.parametrize("killed", [False, True], ids=["closed", "killed"])
def test_what_is_kept_is_read_on_a_disk_that_takes_nothing(
    life: Life, error: int, killed: bool, tally: Tally
) -> None:
    life.set_back(STAGES[-1])
    if killed:
        life.set_back(STAGES[2])
        # Killed while the index is written: what the store holds is in its log alone.
        assert life.warm.run(life.disk, life.steps(STAGES[2]), Fault(Action.KILL, 70)).killed
        assert (life.site / f"{FILE}-wal").stat().st_size
    holds = kept(life.site) if not killed else {}
    steps = [*READING, *(step for step in life.meant(WRITING) if error != errno.EIO)]
    ran = life.warm.run(life.disk, life.meant(steps), Fault(Action.FAIL_ON, 1, error))
    for step, done in zip(steps, ran.said, strict=True):
        print(step, done.returncode, done.stderr[-700:] if done.returncode else done.stdout[:100])
    assert 0
