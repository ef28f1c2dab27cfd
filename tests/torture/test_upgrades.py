"""Upgrades lose nothing: a store and index of every released format open in this Morgue."""

import json
import multiprocessing
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from archive.errors import StoreError
from archive.source import Kind
from archive.store import FILE, Store
from archive.store import file as store_file
from archive.store.formats import newest_format
from indexer import projection
from indexer.live import LiveIndex
from indexer.query import parse
from morgue import cli
from tests.command_line import answer, run_morgue
from tests.conftest import Tally
from tests.torture import upgrades
from tests.torture.upgrades import FORMATS, INDEXES
from tests.web.conftest import client_of

NEWEST = newest_format()


def test_every_released_format_has_a_store_to_test_with() -> None:
    """Formats 3 to 5 and 14 were never released alone: they came with 6 and 15.

    Of a format that another follows, `tests/data/upgrades/make.py` makes a store, by its commit.
    """
    assert {n for n in range(1, NEWEST) if n not in (3, 4, 5, 14)} <= set(FORMATS)


@pytest.mark.parametrize("number", FORMATS)
def test_a_store_of_a_released_format_is_brought_to_the_newest_without_loss(
    number: int, tmp_path: Path
) -> None:
    path = upgrades.old_store(number, tmp_path / FILE)
    before = upgrades.contents(path)
    assert upgrades.version(path) == number
    with Store(path) as store:
        articles = list(store.articles())
        assert len(articles) == store.counts().articles == 5
        assert store.counts().withdrawn == 1
        assert [s.articles for s in store.sources()] == [3, 2]
        assert sum(sum(one.days.values()) for one in store.held()) == 5
        bridge = next(a for a in articles if a.url.endswith("bridge.txt"))
        assert "5,000" in bridge.text
        assert [r.article.text.count("4,000") for r in store.revisions(bridge.id)] == [1, 0]
        assert store.kept(bridge.id) == store.by_url(bridge.url)
        assert store.original(bridge.id, 1) is not None
    assert upgrades.version(path) == NEWEST
    after = upgrades.contents(path)
    assert upgrades.lost(before, after) == []
    assert {table: len(rows) for table, rows in before.items() if table != "page"} == {
        table: len(after[table]) for table in before if table != "page"
    }
    # Once: the next to open it changes nothing.
    Store(path).close()
    assert upgrades.contents(path) == after


@pytest.mark.parametrize("name", INDEXES)
def test_an_index_of_a_released_format_is_rebuilt_once(name: str, tmp_path: Path) -> None:
    upgrades.old_store(INDEXES[name], tmp_path / FILE)
    upgrades.old_index(name, tmp_path)
    with Store(tmp_path / FILE) as store:
        report = projection.catch_up(store, tmp_path / "index", "english")
        if report.rebuilt is None:
            assert projection.built_for("english").startswith(name)
        assert projection.catch_up(store, tmp_path / "index", "english").rebuilt is None
        verdict = projection.verify(store, tmp_path / "index")
        assert (verdict.ok, verdict.articles, verdict.lag) == (True, 5, 0)
    live = LiveIndex(tmp_path / "index")
    assert live.engine().match(parse("quay").tree, copies=True).articles == 2
    live.close()


def test_a_site_of_an_earlier_release_is_told_what_comes_and_then_served(tmp_path: Path) -> None:
    upgrades.old_store(9, tmp_path / FILE)
    upgrades.old_index("arrays-2", tmp_path)
    with client_of(tmp_path) as client:
        answered = client.get("/search?q=fog")
        assert answered.status_code == 503
        assert "Nothing can be searched until" in answered.text
        assert client.get("/sources").status_code == 200
    assert "built anew" in run_morgue("status", site=tmp_path).stdout
    assert answer("reindex", site=tmp_path)["indexed"] == 6
    assert run_morgue("verify", site=tmp_path).returncode == 0
    with client_of(tmp_path) as client:
        assert "Fog closes the port" in client.get("/search?q=fog").text


def killed_everywhere(number: int, folder: Path) -> dict[str, object]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.torture.migrating", str(number), str(folder)],
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(json.loads(done.stdout))


def test_a_migration_killed_at_any_statement_is_whole_before_and_after(
    tmp_path: Path, tally: Tally
) -> None:
    """From the last format but one, at each statement."""
    told = killed_everywhere(FORMATS[-1], tmp_path)
    assert told["wrong"] == []
    assert isinstance(told["kills"], int)
    assert told["kills"] > 10
    tally("migrations", kills=told["kills"], lost=0)


@pytest.mark.torture
@pytest.mark.parametrize("number", [1, 2, 6, 8])
def test_all_migrations_killed_at_every_statement_lose_nothing(
    number: int, tmp_path: Path, tally: Tally
) -> None:
    told = killed_everywhere(number, tmp_path)
    assert told["wrong"] == []
    assert isinstance(told["kills"], int)
    assert isinstance(told["left"], dict)
    # Every format between was one that a kill left behind, and went on from.
    assert [int(one) for one in told["left"]] == list(range(number, NEWEST))
    tally(
        f"migrations from format {number}",
        kills=told["kills"],
        formats_between=NEWEST - number,
        lost=0,
        half=0,
    )


def open_at_once(path: Path, number: int) -> None:
    with Store(path) as store:
        assert store.counts().articles == 5
        store.add_source(Kind.FOLDER, f"/opened/by/{number}")


@pytest.mark.torture
def test_processes_that_migrate_at_once_do_it_once(tmp_path: Path) -> None:
    path = upgrades.old_store(1, tmp_path / FILE)
    before = upgrades.contents(path)
    spawn = multiprocessing.get_context("spawn")
    processes = [spawn.Process(target=open_at_once, args=(path, n)) for n in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(120)
    assert [process.exitcode for process in processes] == [0, 0, 0, 0]
    assert upgrades.lost(before, upgrades.contents(path)) == []
    assert upgrades.version(path) == NEWEST


def of_the_future(path: Path) -> None:
    """Bring a store to the format after this one's, as a newer Morgue would."""
    with closing(sqlite3.connect(path)) as newer, newer:
        newer.execute("ALTER TABLE article ADD COLUMN mood TEXT")
        newer.execute(f"PRAGMA user_version = {NEWEST + 1}")


ASKED = {
    "alerts": ("--folder", "out"),
    "add": ("https://kettle.example/feed.xml",),
    "search": ("fog",),
    "article": ("a1",),
    "export": ("-o", "out.json"),
    "withdraw": ("a1",),
    "password": ("ana",),
    "token": ("list",),
    "backup": ("copy",),
    "backfill": ("https://kettle.example/feed.xml",),
    "serve": ("--port", "18764"),
}


def test_a_newer_store_is_refused_by_every_command_in_clear_words(
    own_sample_site: Path, monkeypatch: pytest.MonkeyPatch, tally: Tally
) -> None:
    monkeypatch.chdir(own_sample_site)
    of_the_future(own_sample_site / FILE)
    before = upgrades.contents(own_sample_site / FILE)
    refused = 0
    for command in cli._COMMANDS:
        if command in ("doctor", "restore"):
            continue
        done = run_morgue(command, *ASKED.get(command, ()), site=own_sample_site)
        said = done.stderr + done.stdout
        assert "written by a newer Morgue" in said, (command, said)
        assert f"format {NEWEST + 1}, this one knows {NEWEST}" in said
        assert done.returncode == 1, (command, said)
        refused += 1
    assert upgrades.contents(own_sample_site / FILE) == before
    tally("a newer store", commands_that_refuse=refused)


def test_a_server_whose_store_a_newer_morgue_migrates_says_so_and_answers_nothing(
    own_sample_site: Path,
) -> None:
    with client_of(own_sample_site) as client:
        assert client.get("/search?q=bridge").status_code == 200
        of_the_future(own_sample_site / FILE)
        for address in ("/", "/search?q=bridge", "/api/v1/search?q=bridge", "/coverage"):
            answered = client.get(address)
            assert answered.status_code == 503, address
            assert "was written by a newer Morgue" in answered.text, address


def test_a_run_at_work_writes_nothing_into_a_store_that_a_newer_morgue_migrated(
    own_sample_site: Path,
) -> None:
    with Store(own_sample_site / FILE) as store:
        of_the_future(own_sample_site / FILE)
        before = upgrades.contents(own_sample_site / FILE)
        articles = list(store.articles())
        with pytest.raises(StoreError, match=f"brought to format {NEWEST + 1} by a newer Morgue"):
            store.put(articles[0])
        with pytest.raises(StoreError, match="start this command again"):
            store.revoke_token("robot")
    assert upgrades.contents(own_sample_site / FILE) == before


def test_an_older_store_that_may_only_be_read_is_told_as_that(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = upgrades.old_store(8, tmp_path / FILE)
    monkeypatch.setattr(store_file.os, "access", lambda *_: False)
    with pytest.raises(StoreError, match=f"format 8, this one needs {NEWEST}.* only be read"):
        Store(path)
    assert upgrades.version(path) == 8


def test_an_index_of_a_newer_format_is_told_as_that_and_rebuilt(own_sample_site: Path) -> None:
    folder = own_sample_site / "index"
    shutil.rmtree(folder)
    with pytest.MonkeyPatch.context() as future:
        future.setattr("indexer.whoosh_engine.schema.FORMAT", "arrays-99")
        assert run_morgue("reindex", site=own_sample_site).returncode == 0
    done = run_morgue("search", "bridge", site=own_sample_site)
    assert done.returncode == 1
    assert "another version of Morgue" in done.stderr
    assert "morgue reindex" in done.stderr
    assert answer("update", site=own_sample_site)["index"]["rebuilt"] is not None
    assert run_morgue("search", "bridge", site=own_sample_site).returncode == 0
