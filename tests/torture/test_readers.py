"""Readers never notice writers: over HTTP, from several workers, while everything changes."""

import multiprocessing
from pathlib import Path

import pytest

from tests.conftest import Tally
from tests.torture import states
from tests.torture.reading import Seen, read_all
from tests.web.conftest import serving


def read_while_writing(site: Path, answers: int, readers: int, in_states: int) -> Seen:
    """Serve a site that goes from state to state, and read from it."""
    site.mkdir()
    states.begin(site)
    context = multiprocessing.get_context("spawn")
    stop = context.Event()
    writer = context.Process(target=states.go_on, args=(site, stop, 100_000, 0.02))
    with serving(site) as address:
        writer.start()
        seen = read_all(int(address.rpartition(":")[2]), readers, answers, in_states)
        stop.set()
        writer.join(120)
    assert writer.exitcode == 0
    return seen


def test_readers_over_http_see_one_state_or_the_next_and_no_error(
    tmp_path: Path, tally: Tally
) -> None:
    seen = read_while_writing(tmp_path / "site", 60, 3, 4)
    assert seen.errors == []
    assert seen.mixed == []
    assert len(seen.states) > 3
    tally("readers beside writers", answers=sum(seen.answers.values()), errors=0, mixed=0)


@pytest.mark.torture
def test_thousands_of_searches_over_http_never_notice_writers(
    tmp_path: Path, tally: Tally
) -> None:
    seen = read_while_writing(tmp_path / "site", 2_000, 6, 40)
    assert seen.errors == []
    assert seen.mixed == []
    assert len(seen.states) >= 40
    tally(
        "readers beside writers",
        answers=sum(seen.answers.values()),
        states_seen=len(seen.states),
        cursors_moved=seen.moved,
        **dict(sorted(seen.answers.items())),
        errors=len(seen.errors),
        mixed=len(seen.mixed),
    )
