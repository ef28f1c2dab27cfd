"""Who may read what Morgue writes: the owner alone, or the folder's group where it is set so."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from archive.source import Kind
from morgue.site import Site
from tests.conftest import SAMPLE


def run(site: Path, *arguments: str, umask: int = 0o022) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "morgue", "--site", str(site), *arguments],
        env={k: v for k, v in os.environ.items() if not k.startswith("MORGUE_")},
        umask=umask,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def modes(site: Path) -> dict[str, int]:
    return {
        str(path.relative_to(site.parent)): stat.S_IMODE(path.stat().st_mode)
        for path in (site, *site.rglob("*"))
    }


def write(folder: Path, name: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.txt").write_text(f"The {name}\n\nThe bridge was shut.\n", encoding="utf-8")


def test_what_is_made_is_for_its_owner_alone(tmp_path: Path) -> None:
    site, clippings, digests = (tmp_path / name for name in ("archive", "clippings", "digests"))
    write(clippings, "quay")
    run(site, "add", str(clippings), umask=0)
    run(site, "update", umask=0)
    run(site, "saved", "add", "Bridges", "bridge", "--alert", umask=0)
    write(clippings, "ferry")
    run(site, "update", umask=0)
    run(site, "alerts", "--folder", str(digests), umask=0)
    # While somebody writes, the store's log and the note of the lock lie there, too.
    with Site(site).open() as store, Site(site).lock(0):
        store.add_source(Kind.FEED, "https://feeds.example/")
        found = {**modes(site), **modes(digests)}
    assert {
        *("archive/articles.db", "archive/articles.db-wal", "archive/articles.db-shm"),
        *("archive/morgue.lock", "archive/index/CURRENT", "digests/digest-000001.eml"),
    } <= set(found)
    found.pop("archive/morgue.lock.by")  # By this process, as its own mask has it.
    assert {name: oct(mode) for name, mode in found.items() if mode & 0o077} == {}


def test_what_is_taken_away_is_as_the_user_has_files(
    tmp_path: Path, own_sample_site: Path
) -> None:
    out = tmp_path / "all.csv"
    run(own_sample_site, "export", "--output", str(out), umask=0o022)
    assert stat.S_IMODE(out.stat().st_mode) == 0o644


@pytest.mark.torture
def test_with_files_group_the_group_may_read_and_write(tmp_path: Path) -> None:
    site = tmp_path / "archive"
    site.mkdir()
    site.chmod(0o2770)
    (site / "morgue.toml").write_text("[files]\ngroup = true\n", encoding="utf-8")
    (site / "morgue.toml").chmod(0o660)
    run(site, "add", str(SAMPLE))
    run(site, "update")
    found = modes(site)
    wrong = {
        name: oct(mode)
        for name, mode in found.items()
        if mode & 0o007 or (mode & 0o060 != 0o060 and "WRITELOCK" not in name)
    }
    assert wrong == {}
