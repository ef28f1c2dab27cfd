"""A full disk, an I/O error or a read-only medium does no damage, and is told in plain words."""

import errno
import shutil
from pathlib import Path
from random import Random
from typing import Final

import pytest

from archive.store import FILE
from tests.command_line import Done
from tests.conftest import Tally
from tests.torture.faults import Action, Fault
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
    tally("disk", **{f"faults in “{stage.name}”": cases}, told_of=told, wrong=len(wrong))
    assert not wrong, "\n".join(wrong)


def test_a_disk_that_fills_up_in_an_update_does_no_damage_and_is_told_of(life: Life) -> None:
    wrong, told = met(life, STAGES[2], Fault(Action.FILL_UP, 40, errno.ENOSPC))
    assert told
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
    ("add", "IN", "--source", "The Gannet"),
    ("update",),
    ("update", "--merge"),
    ("reindex",),
    ("withdraw", "=Bank"),
    ("upload", "2026-03-07-tide.txt", "Tide\n\nIt turns."),
)
NOTHING_MORE: Final = (errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.EIO)


def read_only_damage(life: Life, error: int) -> list[str]:
    """Read all and write all on a disk that takes nothing any more; return what is wrong."""
    holds = kept(life.site)
    files = contents(life.site)
    steps = life.meant([*READING, *WRITING, *READING])
    ran = life.warm.run(life.disk, steps, Fault(Action.FAIL_ON, 1, error))
    wrong = []
    for at, (step, done) in enumerate(zip(steps, ran.said, strict=True)):
        reads = at < len(READING) or at >= len(READING) + len(WRITING)
        if reads and done.returncode:
            wrong.append(f"{step} failed: {done}")
        if reads and step[-1].endswith("dogwood") and "Bank" not in done.stdout:
            wrong.append(f"{step} found nothing")
        if not reads:
            stage = Stage(step[0], {}, (), {})
            wrong += [f"{step} {told}" for told in badly_told(stage, done)]
            if not done.returncode:
                wrong.append(f"{step} said that it was done: {done.stdout}")
    if error == errno.EROFS and contents(life.site) != files:
        wrong.append("something was written")
    if kept(life.site) != holds:
        wrong.append(f"{kept(life.site)} is left of {holds}")
    return [f"{errno.errorcode[error]}: {what}" for what in wrong]


def contents(site: Path) -> dict[str, bytes]:
    """Return what lies in *site*, but for SQLite's index of its log."""
    paths = [path for path in site.rglob("*") if path.is_file()]
    return {str(path): path.read_bytes() for path in paths if not path.name.endswith("-shm")}


@pytest.mark.parametrize("error", NOTHING_MORE, ids=errno.errorcode.get)
def test_what_is_kept_is_read_on_a_disk_that_takes_nothing(
    life: Life, error: int, tally: Tally
) -> None:
    stage = STAGES[-1]
    life.set_back(stage)
    wrong = read_only_damage(life, error) + unhealed(life, stage)
    tally(
        "disk", commands_where_it_takes_nothing=2 * len(READING) + len(WRITING), wrong=len(wrong)
    )
    assert not wrong, "\n".join(wrong)


@pytest.mark.torture
@pytest.mark.parametrize("error", NOTHING_MORE, ids=errno.errorcode.get)
def test_what_is_only_in_the_log_is_read_there_too(life: Life, error: int, tmp_path: Path) -> None:
    stage = STAGES[2]
    # Killed when all is in the store, but nothing of it in the index.
    for at in range(50, 100):
        assert life.warm.run(life.disk, life.set_back(stage), Fault(Action.KILL, at)).killed
        copy = shutil.copytree(life.site, tmp_path / str(at))
        if kept(copy) == stage.after:
            break
    assert (life.site / f"{FILE}-wal").stat().st_size
    reading = [("article", "=Market"), ("get", "/")]
    ran = life.warm.run(life.disk, reading, Fault(Action.FAIL_ON, 1, error))
    assert [done.returncode for done in ran.said] == [0, 0]
    assert "elm" in ran.said[0].stdout
    assert not unhealed(life, stage)
