"""A backup is restored as it was: of one moment, whole or not at all, and checked."""

import io
import random
import shutil
import sqlite3
import stat
import tarfile
import threading
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive import backup as backups
from archive.access import Role
from archive.errors import BackupError, MorgueError, UsageError
from archive.source import Kind
from archive.store import FILE, Store
from archive.store.copy import content_digest
from indexer import location, projection
from tests.conftest import Tally
from tests.torture.damaged_site import answers, article, flip, make_site

NOW = datetime(2026, 3, 1, 3, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site with all that a backup has to hold."""
    site = make_site(tmp_path_factory.mktemp("backup") / "site", articles=30)
    (site / "morgue.toml").write_text('title = "Harbour"\n', encoding="utf-8")
    upload = site / "uploads" / ("0" * 32) / "Uploads" / "Čtení — quay.txt"
    upload.parent.mkdir(parents=True)
    upload.write_text("Quay closed\n\nIt was closed.\n", encoding="utf-8")
    with Store(site / FILE) as store:
        source, _ = store.add_source(Kind.FOLDER, str(site / "uploads"))
        store.remember_item(source.id, str(upload), "1", next(store.every()).article.id)
        store.set_account("ana", "correct horse battery", Role.WRITE)
    with closing(sqlite3.connect(site / FILE)) as db, db:
        db.execute("INSERT INTO session VALUES ('s', 'ana', '2026-03-01', '2027-03-01')")
    return site


@pytest.fixture
def made(site: Path, tmp_path: Path) -> Path:
    backups.backup(site, tmp_path / "b.tar", NOW, "1")
    return tmp_path / "b.tar"


def test_a_restored_site_is_as_it_was(site: Path, made: Path, tmp_path: Path) -> None:
    there = tmp_path / "there"
    told = backups.restore(made, there)
    assert told.content == content_digest(site / FILE)
    assert (told.articles, told.made) == (29, "2026-03-01T03:30:00+00:00")
    assert sorted(p.name for p in there.iterdir()) == ["articles.db", "morgue.toml", "uploads"]
    with Store(there / FILE) as store:
        ids = [name for name, _, _ in store.states()]
        projection.catch_up(store, there / location.FOLDER, "english")
        # What was handed in is looked for where it lies now.
        assert str(there / "uploads") in [source.address for source in store.sources()]
        assert store.items(2).keys() == {
            str(there / "uploads" / ("0" * 32) / "Uploads" / "Čtení — quay.txt")
        }
    before, after = answers(site, ids), answers(there, ids)
    assert {k: v for k, v in before.items() if k != "sources"} == {
        k: v for k, v in after.items() if k != "sources"
    }


def test_only_its_owner_can_read_a_backup_and_nobody_stays_signed_in(
    made: Path, tmp_path: Path
) -> None:
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    backups.restore(made, tmp_path / "there")
    assert stat.S_IMODE((tmp_path / "there" / FILE).stat().st_mode) == 0o600
    with closing(sqlite3.connect(tmp_path / "there" / FILE)) as db:
        assert db.execute("SELECT count(*) FROM session").fetchone() == (0,)
        assert db.execute("SELECT name FROM account").fetchall() == [("ana",)]
        assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert [path.name for path in made.parent.iterdir() if path.name.startswith(".")] == []


def test_a_place_that_is_not_empty_is_refused(made: Path, tmp_path: Path) -> None:
    there = tmp_path / "there"
    there.mkdir()
    (there / "notes.txt").write_text("mine")
    with pytest.raises(UsageError, match="is not empty: notes"):
        backups.restore(made, there)
    assert [path.name for path in there.iterdir()] == ["notes.txt"]


def test_a_restore_that_was_cut_off_is_begun_anew(made: Path, tmp_path: Path) -> None:
    there = tmp_path / "there"
    (there / ".restoring-x").mkdir(parents=True)
    (there / "morgue.toml").write_text("title = 1")
    (there / "uploads").mkdir()
    backups.restore(made, there)
    assert sorted(p.name for p in there.iterdir()) == ["articles.db", "morgue.toml", "uploads"]
    assert "Harbour" in (there / "morgue.toml").read_text()


def test_a_backup_of_a_newer_morgue_is_refused(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backups, "FORMAT", 0)
    with pytest.raises(BackupError, match=r"newer Morgue \(format 1 of backups, this one knows 0"):
        backups.restore(made, tmp_path / "there")
    monkeypatch.undo()
    monkeypatch.setattr(backups, "newest_format", lambda: 3)
    with pytest.raises(BackupError, match="of the store, this one knows 3"):
        backups.restore(made, tmp_path / "there")


@pytest.mark.parametrize("name", ["../evil", "/tmp/evil", "uploads/../../evil", "index/CURRENT"])
def test_nothing_is_written_outside_the_site(made: Path, tmp_path: Path, name: str) -> None:
    with tarfile.open(made, "r:") as old, tarfile.open(tmp_path / "evil.tar", "w:") as new:
        header = tarfile.TarInfo(name)
        header.size = 4
        new.addfile(header, io.BytesIO(b"evil"))
        for member in old:
            new.addfile(member, old.extractfile(member))
    with pytest.raises(BackupError, match="does not belong in it"):
        backups.restore(tmp_path / "evil.tar", tmp_path / "there")
    assert not list(tmp_path.rglob("*evil"))
    assert not list((tmp_path / "there").iterdir())


def test_no_backup_is_made_of_a_damaged_store_and_the_one_before_stays(
    site: Path, made: Path, tmp_path: Path
) -> None:
    before = made.read_bytes()
    own = Path(shutil.copytree(site, tmp_path / "own"))
    data = bytearray((own / FILE).read_bytes())
    data[data.find(b"lantern ledger", len(data) // 3)] ^= 1
    (own / FILE).write_bytes(data)
    with pytest.raises(MorgueError, match="no backup is made of it"):
        backups.backup(own, made, NOW, "1")
    assert made.read_bytes() == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["b.tar", "own"]


def refused(made: Path, tmp_path: Path, count: int, seed: int) -> int:
    """Damage a backup so often; each is refused or, where no bit of a file changed, as it was."""
    chance, told = random.Random(seed), 0
    whole = made.read_bytes()
    content = backups.restore(made, tmp_path / "whole").content
    for number in range(count):
        copy, there = tmp_path / "damaged.tar", tmp_path / "there"
        copy.write_bytes(whole)
        if number % 3:
            flip(copy, chance)
        else:
            copy.write_bytes(whole[: chance.randrange(len(whole) - 10_240)])
        shutil.rmtree(there, ignore_errors=True)
        try:
            assert backups.restore(copy, there).content == content
        except BackupError:
            told += 1
            assert list(there.iterdir()) == []
        else:
            # A bit of what says when a file was changed, or of what fills a block.
            for path in (there / "uploads").rglob("*.txt"):
                assert path.read_text(encoding="utf-8").startswith("Quay closed")
            assert "Harbour" in (there / "morgue.toml").read_text(encoding="utf-8")
    return told


def test_a_damaged_or_cut_off_backup_is_refused(made: Path, tmp_path: Path, tally: Tally) -> None:
    told = refused(made, tmp_path, 12, 1)
    assert told >= 10
    tally("damaged backups", mutations=12, refused=told, wrongly_restored=0)


@pytest.mark.torture
def test_many_damaged_backups_are_refused(made: Path, tmp_path: Path, tally: Tally) -> None:
    told = refused(made, tmp_path, 120, 2)
    tally("damaged backups", mutations=120, refused=told, wrongly_restored=0)


def moments(folder: Path, count: int) -> int:
    """Make so many backups while articles come; each is of one moment. Return how many differ."""
    chance = random.Random(4)
    come = [article(number, chance) for number in range(400)]
    folder.mkdir()
    stop = threading.Event()

    def write() -> None:
        with Store(folder / FILE) as store:
            for one in come:
                if stop.is_set():
                    return
                with store.transaction():
                    store.put(one)
                    store.put(replace(one, headline=f"{one.headline}, again"))

    with Store(folder / FILE):
        pass
    writer = threading.Thread(target=write)
    writer.start()
    found = []
    try:
        for number in range(count):
            made = backups.backup(folder, folder / f"{number}.tar", NOW, "1")
            there = folder / f"there{number}"
            backups.restore(folder / f"{number}.tar", there)
            with Store(there / FILE) as store:
                ids = {one.article.id for one in store.every()}
                # Both revisions of what came first, and nothing of what came later.
                assert ids == {one.id for one in come[: len(ids)]}
                assert store.counts().revisions == 2 * len(ids) == made.revisions
            assert content_digest(there / FILE) == made.content
            found.append(len(ids))
    finally:
        stop.set()
        writer.join()
    return len(set(found))


def test_a_backup_made_during_an_update_is_of_one_moment(tmp_path: Path) -> None:
    assert moments(tmp_path / "site", 3) > 1


@pytest.mark.torture
def test_many_backups_made_during_an_update_are_each_of_one_moment(
    tmp_path: Path, tally: Tally
) -> None:
    different = moments(tmp_path / "site", 12)
    tally("backups during an update", made=12, moments=different, torn=0)


# -- a store that went back in time ------------------------------------------------


@pytest.fixture
def back(tmp_path: Path) -> tuple[Path, Path]:
    """A site, and the file of its store of before the last ten articles came."""
    site = make_site(tmp_path / "site", articles=20)
    shutil.copy(site / FILE, tmp_path / "before.db")
    chance = random.Random(5)
    with Store(site / FILE) as store:
        for number in range(100, 110):
            store.put(article(number, chance))
        projection.catch_up(store, site / location.FOLDER, "english")
    return site, tmp_path / "before.db"


@pytest.mark.parametrize("more", [0, 5, 10, 11, 30])
def test_an_older_store_put_in_by_hand_is_noticed_however_far_it_went_on(
    back: tuple[Path, Path], more: int
) -> None:
    site, before = back
    shutil.copy(before, site / FILE)
    chance = random.Random(6)
    with Store(site / FILE) as store:
        for number in range(200, 200 + more):
            store.put(article(number, chance))
        ids = [name for name, _, _ in store.states()]
        told = answers(site, ids)
        assert all(said.startswith("! ") for q, said in told.items() if q.startswith("search"))
        why = projection.why_rebuild(store, site / location.FOLDER, "english")
        assert why == (projection.ANOTHER_WAY if more >= 10 else projection.OLDER)
        report = projection.catch_up(store, site / location.FOLDER, "english")
        assert report.rebuilt == why
        assert projection.verify(store, site / location.FOLDER).ok
        # And then it follows as ever.
        store.put(article(300, chance))
        assert projection.catch_up(store, site / location.FOLDER, "english").rebuilt is None
    assert not any(said.startswith("!") for said in answers(site, ids).values())


def test_an_index_of_before_there_were_marks_is_followed(back: tuple[Path, Path]) -> None:
    site, _ = back
    with Store(site / FILE) as store:
        position = store.position()
        assert position.mark
        older = type(position)("x", 7)
        older.__setstate__(["x", 7])
        assert (older.store_id, older.seq, older.mark) == ("x", 7, "")
