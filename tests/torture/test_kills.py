"""An article reported as kept survives `kill -9`, anywhere."""

import pytest

from tests.conftest import Tally
from tests.torture.faults import Action, Fault
from tests.torture.life import STAGES, Life, Stage, lost_or_half, unhealed, unnoticed


def killed_at(life: Life, stage: Stage, fault: Fault) -> list[str] | None:
    """Go through *stage*, killed by *fault*; say what is wrong, or None where it was not reached."""
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
    tally("kills", **{f"at operations of {stage.name}": operations}, wrong=len(wrong))
    assert wrong == []
