"""A commit is all or nothing, also when power fails."""

import shutil
from collections import Counter
from pathlib import Path
from random import Random
from typing import Final

import pytest

from tests.conftest import Tally
from tests.torture.life import STAGES, Life, lost_or_half, unhealed, unnoticed
from tests.torture.power import Disk, build, read_notes

_HEALED: Final = 4
"""Of so many disks one is updated, too."""


def after_power_losses(life: Life, notes: Path, every: int, counts: Counter[str]) -> list[str]:
    """Lose power after every *every*-th operation of the life that *notes* tell of.

    Return what is wrong then.
    """
    random = Random(7)
    disk = Disk(life.disk)
    wrong: list[str] = []
    seen: set[int] = set()
    ends = [len(life.steps(stage)) for stage in STAGES]
    at, steps = 0, 0
    for note in read_notes(notes):
        disk.take(note)
        counts["operations"] += note.kind != "m"
        if steps == ends[at]:
            at, steps = at + 1, 0
        steps += note.kind == "m"
        reported = steps == ends[at]
        if counts["operations"] % every and not reported:
            continue
        stage = STAGES[at]
        for chance in (None, random):
            found = disk.after_power_loss(chance)
            counts["losses"] += 1
            known = hash((at, reported, frozenset(found.items())))
            if known in seen:
                continue
            seen.add(known)
            counts["different disks"] += 1
            shutil.rmtree(life.disk)
            life.disk.mkdir()
            build(life.disk, found)
            told = lost_or_half(life.site, stage, reported=reported) + unnoticed(life.site)
            if counts["different disks"] % _HEALED == 0:
                counts["healed"] += 1
                life.clip(STAGES[: at + 1])
                told += unhealed(life, stage)
            how = "some of what was not synced" if chance else "nothing that was not synced"
            where = f"{stage.name}, operation {counts['operations']}, {how} is left"
            wrong += [f"{where}: {what}" for what in told]
    assert at == len(STAGES) - 1
    return wrong


def power_is_lost(life: Life, notes: Path, every: int, tally: Tally) -> None:
    """Go through the whole life once, and then lose power in it again and again."""
    shutil.rmtree(life.disk)
    life.disk.mkdir()
    life.clip([])
    steps = [step for stage in STAGES for step in life.steps(stage)]
    ran = life.warm.run(life.disk, steps, notes=notes)
    assert all(done.returncode == 0 for done in ran.said), ran
    counts: Counter[str] = Counter()
    wrong = after_power_losses(life, notes, every, counts)
    tally("power", **counts, lost_half_or_unhealed=len(wrong))
    assert not wrong, "\n".join(wrong)


@pytest.mark.torture
def test_whatever_power_takes_what_was_reported_is_there_and_nothing_is_half(
    life: Life, tmp_path: Path, tally: Tally
) -> None:
    power_is_lost(life, tmp_path / "notes", 1, tally)


def test_power_that_fails_here_and_there_takes_nothing_that_was_reported(
    life: Life, tmp_path: Path, tally: Tally
) -> None:
    power_is_lost(life, tmp_path / "notes", 60, tally)
