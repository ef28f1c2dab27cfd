"""The index as it is kept: verified, merged, and mended by the next update."""

import json
from pathlib import Path
from typing import Any

import filelock
import pytest

from tests.conftest import run_morgue


def segments(site: Path) -> list[Path]:
    return sorted((site / "index").glob("*/*.arr"))


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def answer(*arguments: str, site: Path, code: int = 0) -> Any:
    done = run_morgue(*arguments, "--json", site=site)
    assert done.returncode == code, done.stderr
    return json.loads(done.stdout)


def test_a_whole_index_is_said_to_be_whole(sample_site: Path) -> None:
    done = run_morgue("verify", site=sample_site)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "The index is what was written: 52 articles.\n"
    verdict = answer("verify", site=sample_site)
    assert {k: v for k, v in verdict.items() if k != "took_s"} == {
        "ok": True,
        "articles": 52,
        "lag": 0,
        "damages": [],
        "missing": [],
        "surplus": [],
    }


def test_a_damaged_index_is_named_and_the_next_update_mends_it(own_sample_site: Path) -> None:
    (path,) = segments(own_sample_site)
    flip(path)
    done = run_morgue("verify", site=own_sample_site)
    assert done.returncode == 1
    assert f"{path}: is damaged: block" in done.stderr
    assert "morgue update" in done.stdout
    assert answer("verify", site=own_sample_site, code=1)["damages"]
    assert "is damaged" in answer("status", site=own_sample_site)["index"]["rebuild"]
    searched = run_morgue("search", "bridge", site=own_sample_site)
    assert searched.returncode == 1
    assert "is damaged" in searched.stderr
    updated = run_morgue("update", "-v", site=own_sample_site)
    assert updated.returncode == 0
    assert "The index was built anew: the index was found to be wrong" in updated.stdout
    assert "is damaged: block" in updated.stdout
    assert answer("verify", site=own_sample_site)["ok"]
    assert answer("search", "bridge", site=own_sample_site)["articles"] == 17


@pytest.mark.parametrize("left", ["nothing", "a folder"])
def test_without_an_index_there_is_nothing_to_verify(own_sample_site: Path, left: str) -> None:
    for path in sorted((own_sample_site / "index").rglob("*"), reverse=True):
        if path.is_file() and (left == "nothing" or path.name != "CURRENT"):
            path.unlink()
    done = run_morgue("verify", site=own_sample_site)
    assert done.returncode == 1
    assert "there is no index" in done.stderr
    assert run_morgue("update", site=own_sample_site).returncode == 0
    assert run_morgue("verify", site=own_sample_site).returncode == 0


def test_verify_waits_for_no_other_run(sample_site: Path) -> None:
    with filelock.FileLock(sample_site / "morgue.lock"):
        done = run_morgue("verify", site=sample_site)
    assert done.returncode == 4
    assert "another run" in done.stderr


def test_a_full_merge_leaves_one_segment_and_every_answer_as_it_was(
    own_sample_site: Path, tmp_path: Path
) -> None:
    for number in range(3):
        folder = tmp_path / f"more{number}"
        folder.mkdir()
        (folder / "one.txt").write_text(
            f"Zebra crossing {number}\n\nA zebra crossed the bridge.\n"
        )
        run_morgue("add", str(folder), site=own_sample_site)
        assert run_morgue("update", site=own_sample_site).returncode == 0
    assert len(segments(own_sample_site)) > 1
    before = answer("search", "bridge", site=own_sample_site)
    assert answer("update", "--merge", site=own_sample_site)["index"]["applied"] == 0
    assert len(segments(own_sample_site)) == 1
    after = answer("search", "bridge", site=own_sample_site)
    assert {**after, "took_ms": 0} == {**before, "took_ms": 0}
    assert answer("verify", site=own_sample_site)["articles"] == 55
