"""Commits on the disk: all or nothing, whatever the disk does, and damage is told."""

import os
import pickle
import resource
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import whoosh.index
from whoosh.fields import TEXT, Schema
from whoosh.query import And, Term

from archive.errors import IndexDamaged, SearchIndexError
from archive.store import Change, Position, Store
from indexer import location, projection
from indexer.analysis import analyzer_for
from indexer.engine import Checkpoint, Engine
from indexer.engines import built_for, create_engine, open_engine
from indexer.query import parse
from indexer.tree import EVERYTHING
from indexer.whoosh_engine import commit, generation, manifest
from indexer.whoosh_engine.codec import ArrayCodec, ArraySegment
from indexer.whoosh_engine.layout import EXTENSION
from tests.indexer.conftest import make_article, put

TEXT_OF_BLOCKS = "\n\n".join(
    f"The bank spoke of rate {number}; gulls cried." for number in range(9_000)
)


def with_a_long_article(filled: Store, root: Path) -> Path:
    """An index that has an article of many blocks too; its folder."""
    filled.put(make_article("long", text=TEXT_OF_BLOCKS))
    projection.catch_up(filled, root, "english")
    folder = location.current(root)
    assert folder is not None
    return folder


def ids(engine: Engine, text: str = "") -> set[str]:
    return {hit.id for hit in engine.match(parse(text).tree, limit=None).hits}


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def flip_late(folder: Path) -> None:
    """Flip a byte of the largest segment's last posting list."""
    path = max(folder.glob(f"*{EXTENSION}"), key=lambda path: path.stat().st_size)
    data = bytearray(path.read_bytes())
    blocks = len(data) // (1 << 16) + 1
    data[-4 * (blocks + 2) - 100] ^= 1
    path.write_bytes(data)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the fixture `engine` is."""
    return tmp_path / "engine"


def test_a_batch_becomes_segments_of_a_bounded_size(
    engine: Engine, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commit, "_MOST_AT_ONCE", 3)
    monkeypatch.setattr("indexer.whoosh_engine.policy.BUDGET", 0)
    put(engine, *(make_article(f"n{number}") for number in range(8)))
    assert [leaf.count for leaf in generation.newest(folder).leaves] == [3, 3, 2]
    assert ids(engine) == {f"n{number}" for number in range(8)}


def test_much_text_becomes_several_segments(
    engine: Engine, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commit, "_MOST_TEXT", 30)
    monkeypatch.setattr("indexer.whoosh_engine.policy.BUDGET", 0)
    put(engine, *(make_article(f"n{number}") for number in range(5)))
    assert [leaf.count for leaf in generation.newest(folder).leaves] == [2, 2, 1]


def test_a_new_generation_opens_only_its_new_segments(engine: Engine, folder: Path) -> None:
    put(engine, *(make_article(f"n{number}") for number in range(30)))
    before = generation.newest(folder)
    put(engine, make_article("new"), make_article("n3", "Zebra"))
    after = generation.newest(folder, before)
    assert [leaf.segment.count for leaf in after.leaves] == [30, 2]
    assert after.leaves[0].segment is before.leaves[0].segment
    assert after.leaves[0].deleted.tolist() == [3]
    assert before.leaves[0].deleted.tolist() == []


def test_a_segment_of_which_nothing_lives_is_removed(engine: Engine, folder: Path) -> None:
    put(engine, make_article("a"))
    engine.apply([Change(2, "a", None)], Position("store", 2))
    assert generation.newest(folder).members == ()
    assert not list(folder.glob(f"*{EXTENSION}"))
    assert ids(engine) == set()


def test_an_article_is_replaced_whatever_its_id_is_made_of(engine: Engine, folder: Path) -> None:
    names = ["a", "東京", "é" * 200, "z z"]
    for _ in range(2):
        put(engine, *(make_article(name) for name in names))
    assert ids(engine) == set(names)
    assert sum(leaf.count for leaf in generation.newest(folder).leaves) == 4
    engine.apply([Change(9, name, None) for name in names], Position("store", 9))
    engine.apply([], Position("store", 10))
    assert ids(engine) == set()


def test_many_small_commits_leave_few_segments(engine: Engine, folder: Path) -> None:
    for number in range(40):
        put(engine, make_article(f"n{number}"), make_article("same", f"Version {number}"))
    assert len(generation.newest(folder).members) <= 5
    assert len(ids(engine)) == 41
    assert ids(engine, "version") == {"same"}


def test_a_full_merge_leaves_one_segment_that_answers_the_same(
    engine: Engine, folder: Path
) -> None:
    put(engine, *(make_article(f"n{number}", f"Bank {number}") for number in range(30)))
    put(engine, make_article("n3", "Bank again"), make_article("new", "Ferry"))
    engine.apply([Change(9, "n4", None)], Position("store", 9))
    before = engine.match(parse("bank").tree, limit=None)
    checkpoint = engine.checkpoint()
    engine.merge()
    (leaf,) = generation.newest(folder).leaves
    assert (leaf.count, len(leaf.deleted)) == (30, 0)
    assert engine.match(parse("bank").tree, limit=None) == before
    assert engine.checkpoint() == checkpoint
    merged = contents(folder)
    engine.merge()
    assert contents(folder) == merged


@contextmanager
def full_disk(room: int) -> Iterator[None]:
    """No file may be larger than *room*, as if the disk were full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("room", [0, 100, 20_000])
def test_a_full_disk_in_mid_commit_leaves_the_index_as_it_was(
    engine: Engine, folder: Path, room: int
) -> None:
    put(engine, *(make_article(f"n{number}") for number in range(30)))
    before = contents(folder)
    with full_disk(room), pytest.raises(SearchIndexError, match=r"cannot be written .*as it was"):
        put(engine, make_article("new", text=TEXT_OF_BLOCKS))
    assert contents(folder) == before
    assert len(ids(engine)) == 30
    assert engine.damages() == []
    put(engine, make_article("new", text=TEXT_OF_BLOCKS))
    assert len(ids(engine)) == 31


def test_a_full_disk_lets_nothing_begin_and_leaves_nothing(tmp_path: Path) -> None:
    with full_disk(0), pytest.raises(SearchIndexError, match="cannot be opened"):
        create_engine(tmp_path / "new", "english")
    assert set(contents(tmp_path / "new")) <= {"MAIN_WRITELOCK"}
    create_engine(tmp_path / "new", "english").close()


def test_reading_changes_no_file_and_makes_none(engine: Engine, folder: Path) -> None:
    put(engine, make_article("a"))
    before = contents(folder)
    changed = folder.stat().st_mtime_ns
    reader = open_engine(folder)
    assert ids(reader) == {"a"}
    assert list(reader.terms("qui")) == [("quiet", 1)]
    assert reader.damages() == []
    reader.close()
    assert contents(folder) == before
    assert folder.stat().st_mtime_ns == changed


@pytest.mark.skipif(os.geteuid() == 0, reason="whoever is root may write anywhere")
def test_a_read_only_folder_is_read_and_not_written(engine: Engine, folder: Path) -> None:
    put(engine, make_article("a"))
    folder.chmod(0o555)
    try:
        assert ids(open_engine(folder)) == {"a"}
        with pytest.raises(SearchIndexError, match="cannot be written"):
            put(engine, make_article("b"))
    finally:
        folder.chmod(0o755)


def test_a_closed_engine_opens_again_when_it_is_asked(engine: Engine) -> None:
    put(engine, make_article("a"))
    engine.close()
    assert ids(engine) == {"a"}


def test_who_reads_an_old_generation_reads_it_to_its_end(engine: Engine, folder: Path) -> None:
    put(engine, make_article("a", "Zebra"))
    old = generation.newest(folder)
    put(engine, make_article("a", "Gnu"))
    engine.merge()
    (leaf,) = old.leaves
    part = leaf.segment.parts["headline"]
    assert part.postings(part.entries_with_stem(b"zebra")).ids.tolist() == [0]


# -- damage ------------------------------------------------------------------


def test_damage_met_by_a_search_is_told_and_noted_and_the_next_update_rebuilds(
    filled: Store, root: Path
) -> None:
    folder = with_a_long_article(filled, root)
    flip_late(folder)
    reader = open_engine(folder)
    assert reader.match(EVERYTHING, limit=0).total == 41
    assert projection.why_rebuild(filled, root, "english") is None
    assert reader.match(parse("title:bank").tree, limit=0).total == 20
    with pytest.raises(IndexDamaged, match=r"MAIN_\w+\.arr: is damaged: .*morgue update"):
        reader.match(parse('"the bank spoke"').tree)
    reader.close()
    reason = projection.why_rebuild(filled, root, "english")
    assert reason is not None
    assert reason.startswith("the index is damaged: block ")
    assert projection.catch_up(filled, root, "english") == projection.Report(41, reason)
    assert projection.why_rebuild(filled, root, "english") is None
    assert projection.verify(filled, root).ok


def test_a_file_cut_short_under_a_reader_is_told_and_noted(filled: Store, root: Path) -> None:
    folder = with_a_long_article(filled, root)
    reader = open_engine(folder)
    assert reader.match(parse("title:bank").tree).total == 20
    (path,) = folder.glob(f"*{EXTENSION}")
    os.truncate(path, 4096)
    with pytest.raises(IndexDamaged, match=r"MAIN_\w+\.arr: is damaged: it was cut short"):
        reader.match(parse("title:bank").tree)
    with pytest.raises(IndexDamaged, match="it was cut short"):
        reader.terms("ba")
    reader.close()
    reason = "the index is damaged: it was cut short"
    assert projection.catch_up(filled, root, "english") == projection.Report(41, reason)


def test_damage_met_by_a_merge_leads_to_a_rebuild_at_once(filled: Store, root: Path) -> None:
    folder = with_a_long_article(filled, root)
    flip_late(folder)
    for number in range(25):
        filled.put(make_article(f"new{number}"))
    done = projection.catch_up(filled, root, "english")
    assert done.applied == 66
    assert done.rebuilt is not None
    assert projection.verify(filled, root).ok


def test_the_last_good_generation_answers_while_the_newest_is_damaged(
    engine: Engine, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    put(engine, make_article("a"))
    reader = open_engine(folder)
    assert ids(reader) == {"a"}
    put(engine, make_article("b"))
    table = next(folder.glob("*.toc"))
    whole = table.read_bytes()
    table.write_bytes(whole[:-1])
    for _ in range(3):
        assert ids(reader) == {"a"}
    assert caplog.text.count("the one before it goes on answering") == 1
    with pytest.raises(IndexDamaged):
        open_engine(folder)
    with pytest.raises(IndexDamaged):
        reader.apply([], Position("store", 3))
    reader.close()


@contextmanager
def few_files(room: int) -> Iterator[None]:
    """Only *room* more files may be open."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    highest = max(int(name) for name in os.listdir("/dev/fd"))
    opened = [os.open(os.devnull, os.O_RDONLY) for _ in range(highest)]
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(opened) + 1 + room, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        for number in opened:
            os.close(number)


def test_what_cannot_be_opened_for_a_while_is_opened_later(engine: Engine, folder: Path) -> None:
    put(engine, make_article("a"))
    reader = open_engine(folder)
    put(engine, make_article("b"))
    with few_files(1):
        assert ids(reader) == {"a"}
    with few_files(0), pytest.raises(SearchIndexError, match="Too many open files"):
        ids(reader)
    assert ids(reader) == {"a", "b"}
    reader.close()


class Bomb:
    """A pickle that makes a file when it is read."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> object:
        return Path.touch, (self.path,)


def test_a_table_of_contents_that_was_not_written_here_is_never_read(
    engine: Engine, folder: Path, tmp_path: Path
) -> None:
    put(engine, make_article("a"))
    table = next(folder.glob("*.toc"))
    table.write_bytes(table.read_bytes() + pickle.dumps(Bomb(tmp_path / "exploded")))
    with pytest.raises(IndexDamaged, match="is not what was written"):
        open_engine(folder)
    assert not (tmp_path / "exploded").exists()


def test_an_older_table_under_a_newer_name_is_told(engine: Engine, folder: Path) -> None:
    put(engine, make_article("a"))
    older = next(folder.glob("*.toc")).read_bytes()
    put(engine, make_article("b"))
    next(folder.glob("*.toc")).write_bytes(older)
    with pytest.raises(IndexDamaged, match="is not what was written"):
        open_engine(folder)


def test_an_index_of_stock_whoosh_is_told(tmp_path: Path) -> None:
    index = whoosh.index.create_in(str(tmp_path), Schema(text=TEXT))
    with index.writer() as writer:
        writer.add_document(text="Zebra")
    index.close()
    with pytest.raises(IndexDamaged, match="was built by another version of Morgue"):
        open_engine(tmp_path)


def test_a_codec_that_cannot_be_found_is_told(
    engine: Engine, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(engine, make_article("a"))
    monkeypatch.delattr("indexer.whoosh_engine.codec.ArraySegment")
    with pytest.raises(IndexDamaged, match="was built by another version of Morgue"):
        open_engine(folder)


def test_the_classes_in_a_table_of_contents_keep_their_import_paths() -> None:
    for cls in (ArrayCodec, ArraySegment):
        assert cls.__module__ == "indexer.whoosh_engine.codec"
    assert pickle.loads(pickle.dumps(ArrayCodec())).__class__ is ArrayCodec


def test_a_segment_of_another_index_under_the_same_name_is_told(
    engine: Engine, folder: Path, tmp_path: Path
) -> None:
    put(engine, make_article("a"))
    other = create_engine(tmp_path / "other", "english")
    put(other, make_article("b"))
    other.close()
    (theirs,) = (tmp_path / "other").glob(f"*{EXTENSION}")
    (ours,) = folder.glob(f"*{EXTENSION}")
    shutil.copy(theirs, ours)
    with pytest.raises(IndexDamaged, match="another file than the one that was written"):
        open_engine(folder)


def test_whoosh_itself_opens_the_index_and_finds_what_is_in_it(
    engine: Engine, folder: Path
) -> None:
    put(engine, *(make_article(f"n{number}", f"Bank {number}") for number in range(9)))
    put(engine, make_article("n3", "Ferry"), make_article("new", "Bank and ferry"))
    index = whoosh.index.open_dir(str(folder))
    with index.searcher() as searcher:
        assert searcher.doc_count() == 10
        found = searcher.docs_for_query(And([Term("headline", "bank"), Term("body", "happen")]))
        ids = searcher.reader().column_reader("id", translate=False)
        assert sorted(ids[i].decode() for i in found) == sorted(
            hit.id for hit in engine.match(parse("title:bank happened").tree).hits
        )
    index.close()


def test_a_manifest_is_read_as_it_was_written(tmp_path: Path) -> None:
    seals = {"MAIN_a.arr": manifest.seal(b"arrays"), "MAIN_b.arr": manifest.seal(b"")}
    written = manifest.Manifest(manifest.seal(b"table"), seals)
    path = tmp_path / manifest.name_of(7)
    path.write_bytes(manifest.encode(written))
    assert manifest.read(tmp_path, 7) == written
    for at in range(path.stat().st_size):
        data = bytearray(manifest.encode(written))
        data[at] ^= 1
        path.write_bytes(data)
        with pytest.raises(IndexDamaged):
            manifest.read(tmp_path, 7)


# -- verify ------------------------------------------------------------------


def test_verify_finds_what_the_store_and_the_index_do_not_share(filled: Store, root: Path) -> None:
    projection.catch_up(filled, root, "english")
    assert projection.verify(filled, root) == projection.Verdict(40, 0, [], [], [])
    filled.put(make_article("later"))
    filled.withdraw("n05")
    assert projection.verify(filled, root) == projection.Verdict(40, 2, [], [], [])
    folder = location.current(root)
    assert folder is not None
    checkpoint = Checkpoint(Position(filled.id, 40, filled.mark_at(40)), built_for("english"))
    changes = {
        "n07": Change(40, "n07", None),
        "stray": Change(40, "stray", make_article("stray")),
    }
    commit.apply(folder, changes, checkpoint, analyzer_for(checkpoint.built_for))
    verdict = projection.verify(filled, root)
    assert verdict == projection.Verdict(40, 2, [], ["n07"], ["stray"])
    reason = projection.why_rebuild(filled, root, "english")
    assert reason == "the index was found to be wrong by `morgue verify`: n07"
    assert projection.catch_up(filled, root, "english").rebuilt == reason
    assert projection.verify(filled, root).ok


def test_verify_names_each_damaged_file(filled: Store, root: Path) -> None:
    folder = with_a_long_article(filled, root)
    flip_late(folder)
    verdict = projection.verify(filled, root)
    assert not verdict.ok
    (damage,) = verdict.damages
    assert EXTENSION in damage
    assert "is damaged: not what was written: block " in damage
    next(folder.glob("*.toc")).unlink()
    (damage,) = projection.verify(filled, root).damages
    assert "there is no index in it" in damage


def test_threads_open_a_generation_once(engine: Engine, folder: Path) -> None:
    put(engine, *(make_article(f"n{number}") for number in range(30)))
    reader = open_engine(folder)
    put(engine, make_article("new"))
    views: list[object] = []

    def read() -> None:
        with reader._read() as view:  # type: ignore[attr-defined]
            views.append(view)

    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(views) == 8
    assert len({id(view) for view in views}) == 1
    reader.close()
