"""The index as it is kept: verified, merged, and mended by the next update."""

import json
import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import filelock
import pytest

from archive.store import Store
from archive.store.seal import register
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
    assert done.stdout == "Store and index are what was written: 52 articles.\n"
    verdict = answer("verify", site=sample_site)
    assert {k: v for k, v in verdict.items() if k != "took_s"} == {
        "ok": True,
        "store": [],
        "articles": 52,
        "lag": 0,
        "damages": [],
        "missing": [],
        "surplus": [],
        "uploads": [],
        "orphans": [],
        "repaired": None,
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


def spoil(site: Path, words: bytes) -> None:
    """Flip a bit in the text of an article that is kept."""
    path = site / "articles.db"
    data = bytearray(path.read_bytes())
    at = data.rindex(words)
    data[at] ^= 1
    path.write_bytes(data)


def test_a_damaged_article_is_named_never_shown_and_saved_around(own_sample_site: Path) -> None:
    site = own_sample_site
    with Store(site / "articles.db") as store:
        (spoilt,) = [one.id for one in store.articles() if "by 31 to 18 last night" in one.text]
    spoil(site, b"by 31 to 18 last night")
    done = run_morgue("verify", site=site)
    assert done.returncode == 1
    assert f"article {spoilt}, revision 1, is not what was written" in done.stderr
    assert "morgue verify --repair" in done.stdout
    shown = run_morgue("article", spoilt, site=site)
    assert (shown.returncode, shown.stdout) == (1, "")
    assert "`morgue verify --repair` saves what can be read" in shown.stderr
    mended = run_morgue("verify", "--repair", site=site)
    assert mended.returncode == 1
    assert f"lost: {spoilt}: " in mended.stderr
    assert "Saved 51 articles with 51 revisions" in mended.stdout
    (kept,) = site.glob("articles.db.damaged-*")
    assert b"Council approves 412 million crown bridge" in kept.read_bytes()
    assert answer("verify", site=site)["articles"] == 51
    # Its source still has it.
    assert answer("update", site=site)["new"] == 1
    assert answer("verify", site=site)["articles"] == 52


def test_what_is_counted_wrongly_is_counted_anew_and_nothing_is_lost(
    own_sample_site: Path,
) -> None:
    with closing(sqlite3.connect(own_sample_site / "articles.db")) as db, db:
        register(db)
        db.execute("UPDATE holding SET articles = articles + 1 WHERE source = 'Meridian'")
    found = answer("verify", site=own_sample_site, code=1)
    assert all(fault["derived"] for fault in found["store"])
    mended = answer("verify", "--repair", site=own_sample_site)
    assert mended["repaired"]["ok"]
    assert mended["repaired"]["damaged"] is None
    assert answer("verify", site=own_sample_site)["ok"]


def test_what_is_left_over_is_told_and_removed_by_a_repair(own_sample_site: Path) -> None:
    left = own_sample_site / "index" / "20240101-000000-abcdef"
    left.mkdir()
    notes = own_sample_site / "index" / "notes.txt"
    notes.write_text("mine")
    stale = own_sample_site / "uploads" / ".coming-1"
    stale.mkdir(parents=True)
    os.utime(stale, (0, 0))
    assert answer("verify", site=own_sample_site)["orphans"] == list(
        map(str, (left, notes, stale))
    )
    assert run_morgue("verify", "--repair", site=own_sample_site).returncode == 0
    assert not left.exists()
    assert not stale.exists()
    assert notes.exists()


def test_an_upload_that_is_not_what_was_handed_in_is_told(own_sample_site: Path) -> None:
    path = own_sample_site / "uploads" / ("0" * 32) / "Uploads" / "quay.txt"
    path.parent.mkdir(parents=True)
    path.write_text("Quay closed")
    done = run_morgue("verify", site=own_sample_site)
    assert done.returncode == 1
    assert f"{path}: is not what was handed in" in done.stderr


@pytest.mark.parametrize("left", ["nothing", "an empty file"])
@pytest.mark.parametrize("command", ["update", "status", "search"])
def test_a_store_that_is_gone_is_never_begun_anew_over_its_index(
    own_sample_site: Path, left: str, command: str
) -> None:
    path = own_sample_site / "articles.db"
    path.unlink()
    if left != "nothing":
        path.touch()
    done = run_morgue(command, *(["quay"] if command == "search" else []), site=own_sample_site)
    assert done.returncode == 1
    assert "but index/ is that of an archive" in done.stderr
    assert "morgue restore" in done.stderr
    assert path.exists() == (left != "nothing")


def test_a_backup_is_restored_by_one_command_with_its_index(
    sample_site: Path, tmp_path: Path
) -> None:
    made = answer("backup", str(tmp_path), site=sample_site)
    there = tmp_path / "there"
    back = answer("restore", made["file"], site=there)
    assert (back["content"], back["indexed"]) == (made["content"], 52)
    assert answer("search", "bridge", site=there)["articles"] == 17
    assert answer("verify", site=there)["ok"]
    again = run_morgue("restore", made["file"], site=there)
    assert again.returncode == 2
    assert "there is an archive here already" in again.stderr
    cut = tmp_path / "cut.tar"
    cut.write_bytes(Path(made["file"]).read_bytes()[:9_000])
    refused = run_morgue("restore", str(cut), site=tmp_path / "other")
    assert refused.returncode == 1
    assert "nothing was restored" in refused.stderr
    assert not (tmp_path / "other" / "articles.db").exists()


def test_a_backup_says_nothing_into_a_mail_when_all_is_well(
    sample_site: Path, tmp_path: Path
) -> None:
    done = run_morgue("backup", str(tmp_path / "b.tar"), site=sample_site)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    refused = run_morgue("backup", str(tmp_path / "b.tar" / "c.tar"), site=sample_site)
    assert refused.returncode == 1
    assert "nothing was changed" in refused.stderr


def test_an_older_store_put_in_by_hand_is_told_to_whoever_runs_the_update(
    own_sample_site: Path, tmp_path: Path
) -> None:
    before = (own_sample_site / "articles.db").read_bytes()
    (tmp_path / "clip.txt").write_text("Zebra\n\nA zebra crossed the bridge.\n")
    run_morgue("add", str(tmp_path / "clip.txt"), site=own_sample_site)
    run_morgue("update", site=own_sample_site)
    (own_sample_site / "articles.db").write_bytes(before)
    searched = run_morgue("search", "zebra", site=own_sample_site)
    assert searched.returncode == 1
    assert "the store is older than the index" in searched.stderr
    updated = run_morgue("update", site=own_sample_site)
    assert updated.returncode == 0
    assert "was an older articles.db put here?" in updated.stderr
    assert answer("search", "bridge", site=own_sample_site)["articles"] == 17
