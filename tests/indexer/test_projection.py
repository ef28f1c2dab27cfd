import errno
import multiprocessing
import os
import random
import re
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.article import Article
from archive.errors import Busy, SearchIndexError
from archive.store import Change, Position, Store
from indexer import location, projection
from indexer.engine import Engine, Matches, Sort
from indexer.engines import built_for, create_engine, open_engine
from indexer.live import LiveIndex
from indexer.projection import Report, catch_up, lag, rebuild, why_rebuild
from indexer.query import parse
from indexer.request import Request
from indexer.search import search
from indexer.tree import EVERYTHING
from indexer.whoosh_engine import files
from indexer.whoosh_engine.files import steadily
from tests.indexer.conftest import make_article, put

QUERIES = ('"bank spoke"', "bank news", "ferry OR gulls", "title:ban*", "date:2012 -bank", "")


def answers(root: Path) -> list[Matches]:
    """Everything the index says to a few queries: ids in order, scores, facets."""
    engine = LiveIndex(root).engine()
    try:
        return [
            engine.match(parse(text).tree, sort=sort, limit=None)
            for text in QUERIES
            for sort in Sort
        ]
    finally:
        engine.close()


def ids(engine: Engine, text: str = "") -> set[str]:
    return {hit.id for hit in engine.match(parse(text).tree, limit=None).hits}


def built(engine: Engine) -> str | None:
    checkpoint = engine.checkpoint()
    return checkpoint.built_for if checkpoint else None


@pytest.fixture
def live(root: Path) -> Iterator[LiveIndex]:
    """Readers of the index; whatever engines they were handed are closed."""
    live = LiveIndex(root)
    yield live
    if location.current(root) is not None:
        live.engine().close()


def test_the_first_time_everything_is_built(filled: Store, root: Path) -> None:
    assert lag(filled, root) == 40
    assert catch_up(filled, root, "english") == Report(40, "there was no index")
    assert lag(filled, root) == 0
    assert why_rebuild(filled, root, "english") is None


def test_an_empty_store_has_an_index_that_finds_nothing(store: Store, root: Path) -> None:
    assert catch_up(store, root, "english").applied == 0
    assert catch_up(store, root, "english") == Report(0)
    assert answers(root)[0].total == 0


def test_only_what_changed_is_applied(filled: Store, root: Path, live: LiveIndex) -> None:
    catch_up(filled, root, "english")
    folder = location.current(root)
    filled.put(make_article("new", "Zebra"))
    filled.put(make_article("n03", "Zebra again"))
    filled.withdraw("n04")
    assert lag(filled, root) == 3
    assert catch_up(filled, root, "english") == Report(3)
    assert catch_up(filled, root, "english") == Report(0)
    assert location.current(root) == folder
    assert ids(live.engine(), "zebra") == {"new", "n03"}
    assert live.engine().match(EVERYTHING).total == 40


def test_progress_is_told(filled: Store, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(projection, "_BATCH", 15)
    told: list[tuple[str, int, int]] = []
    catch_up(filled, root, "english", lambda *step: told.append(step))
    assert told == [("index", 15, 40), ("index", 30, 40), ("index", 40, 40)]


def test_many_commits_or_one_make_an_index_that_finds_the_same(
    filled: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rebuild(filled, tmp_path / "one", "english")
    monkeypatch.setattr(projection, "_BATCH", 7)
    rebuild(filled, tmp_path / "many", "english")
    assert answers(tmp_path / "one") == answers(tmp_path / "many")


def test_an_index_that_was_deleted_comes_back_the_same(filled: Store, root: Path) -> None:
    catch_up(filled, root, "english")
    for number in range(5):
        filled.put(make_article(f"n{number:02}", f"Bank again {number}"))
        catch_up(filled, root, "english")
    filled.withdraw("n07")
    catch_up(filled, root, "english")
    before = answers(root)
    shutil.rmtree(root)
    assert catch_up(filled, root, "english").rebuilt == "there was no index"
    assert answers(root) == before


def test_followed_and_rebuilt_indexes_find_the_same(filled: Store, root: Path) -> None:
    catch_up(filled, root, "english")
    for number in range(5):
        filled.put(make_article(f"n{number:02}", f"Bank again {number}"))
        catch_up(filled, root, "english")
    filled.withdraw("n07")
    catch_up(filled, root, "english")
    followed = answers(root)
    rebuild(filled, root, "english")
    assert answers(root) == followed


WORDS = ("bank", "rates", "ferry", "gulls", "fog", "mayor", "bridge", "minister")


def drawn(rng: random.Random, number: int) -> Article:
    """An article of words by chance, of a length by chance."""
    return make_article(
        f"n{number:03}",
        " ".join(rng.choices(WORDS, k=rng.randint(2, 9))),
        "\n\n".join(
            " ".join(rng.choices(WORDS, k=rng.randint(1, 90))) for _ in range(rng.randint(0, 5))
        ),
        rng.choice((None, "2024-01", "2024-02-03", "2023-12-31")),
        topics=tuple(rng.sample(("economy", "sea", "weather"), k=rng.randint(0, 2))),
        byline=("Ana Bank",) if rng.random() < 0.3 else (),
    )


def test_after_revisions_and_withdrawals_a_deleted_index_comes_back_with_the_same_scores(
    store: Store, root: Path
) -> None:
    """The same order, scores, totals, facets and words, to the last digit."""
    rng = random.Random(7)
    for number in range(200):
        store.put(drawn(rng, number))
    catch_up(store, root, "english")
    for start in range(0, 200, 40):
        for number in range(start, start + 20):
            store.put(drawn(rng, number))
        store.withdraw(f"n{start + 30:03}")
        catch_up(store, root, "english")
    queries = (
        *("bank", "bank rates", '"bank rates"', "ferry OR gulls -fog", "title:mayor bridge"),
        *("ba*", "bri* OR mi*", "title:br*", "by:bank", "minister date:2024 topic:sea", ""),
    )
    folder = location.current(root)
    assert folder is not None
    segments = {path.name.split(".")[0] for path in folder.glob("MAIN_*.arr")}
    assert len(segments) > 1, "several segments, or this test shows nothing"
    followed, words = asked(root, queries)
    assert [matches.total > 0 for matches in followed] == [True] * len(followed)
    shutil.rmtree(root)
    catch_up(store, root, "english")
    assert asked(root, queries) == (followed, words)


def asked(root: Path, queries: tuple[str, ...]) -> tuple[list[Matches], list[tuple[str, int]]]:
    engine = LiveIndex(root).engine()
    try:
        return [
            engine.match(parse(text).tree, sort=sort, limit=None)
            for text in queries
            for sort in Sort
        ], [*engine.terms(""), *engine.terms("b", limit=1)]
    finally:
        engine.close()


def test_another_language_is_built_aside_while_the_old_index_serves(
    filled: Store, root: Path, live: LiveIndex
) -> None:
    catch_up(filled, root, "english")
    old = live.engine()
    seen: list[tuple[int, str]] = []

    def look(*_: object) -> None:
        engine = live.engine()
        seen.append((engine.match(parse("bank").tree).total, built(engine)))

    report = catch_up(filled, root, "german", look)
    assert report == Report(
        40, f"the index was built for “{built_for('english')}”, not “{built_for('german')}”"
    )
    assert seen == [(40, built_for("english"))]
    assert built(live.engine()) == built_for("german")
    assert live.engine().match(parse("bank").tree).total == 40
    # Whoever is in the old one still may finish.
    assert old.match(parse("bank").tree).total == 40
    old.close()
    assert catch_up(filled, root, "german") == Report(0)


def test_an_index_of_another_store_is_rebuilt(filled: Store, root: Path, tmp_path: Path) -> None:
    catch_up(filled, root, "english")
    with Store(tmp_path / "other.db") as other:
        other.put(make_article("only", "Zebra"))
        assert lag(other, root) == 1
        assert catch_up(other, root, "english") == Report(1, "the index belongs to another store")
        assert answers(root)[-1].total == 1


def test_an_index_ahead_of_its_store_is_rebuilt(filled: Store, root: Path, tmp_path: Path) -> None:
    filled.close()
    shutil.copy(filled.path, tmp_path / "backup.db")
    with Store(filled.path) as store:
        store.put(make_article("lost", "Zebra"))
        catch_up(store, root, "english")
    with Store(tmp_path / "backup.db") as restored:
        assert catch_up(restored, root, "english") == Report(
            40, "the store is older than the index"
        )
    assert answers(root)[-1].total == 40


def damaged(folder: Path, pattern: str, *, remove: bool) -> None:
    victim = next(iter(sorted(folder.glob(pattern))))
    if remove:
        victim.unlink()
    else:
        victim.write_bytes(victim.read_bytes()[: victim.stat().st_size // 2])


@pytest.mark.parametrize("remove", [False, True])
@pytest.mark.parametrize("pattern", ["*.toc", "*.sums", "*.arr"])
def test_a_damaged_index_is_rebuilt(filled: Store, root: Path, pattern: str, remove: bool) -> None:
    catch_up(filled, root, "english")
    before = answers(root)
    folder = location.current(root)
    assert folder is not None
    damaged(folder, pattern, remove=remove)
    with pytest.raises(SearchIndexError, match="morgue reindex"):
        LiveIndex(root).engine().match(EVERYTHING)
    reason = why_rebuild(filled, root, "english")
    assert reason is not None
    assert re.match("the index (is damaged: |cannot be opened: |has no checksums: )", reason)
    assert lag(filled, root) in {0, 40}
    assert catch_up(filled, root, "english") == Report(40, reason)
    assert answers(root) == before


def test_an_index_half_built_is_ignored_and_swept_away(
    filled: Store, root: Path, live: LiveIndex
) -> None:
    catch_up(filled, root, "english")
    half = location.fresh(root)
    engine = create_engine(half, "english")
    engine.close()
    assert ids(live.engine()) == {f"n{number:02}" for number in range(40)}
    live.engine().close()
    assert why_rebuild(filled, root, "english") is None
    rebuild(filled, root, "english")
    assert not half.exists()


def test_a_rebuild_that_fails_leaves_the_old_index_serving(
    filled: Store, root: Path, live: LiveIndex
) -> None:
    catch_up(filled, root, "english")
    before = answers(root)

    def fail(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rebuild(filled, root, "english", fail)
    assert answers(root) == before
    assert [path for path in root.iterdir() if path.is_dir()] == [location.current(root)]
    assert catch_up(filled, root, "english") == Report(0)
    assert live.engine().match(EVERYTHING).total == 40


def left_over(root: Path) -> Path:
    """What a build leaves behind that is killed."""
    half = location.fresh(root)
    create_engine(half, "english").close()
    (root / ".CURRENT-0a1b2c").touch()
    return half


def test_a_switch_that_fails_leaves_the_old_index_serving_and_nothing_else(
    filled: Store, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rebuild(filled, root, "english")
    names = set(os.listdir(root))

    def fail(_folder: Path) -> None:
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as broken:
        broken.setattr(location, "sync", fail)
        with pytest.raises(SearchIndexError, match=r"cannot be built anew .*the system's log"):
            rebuild(filled, root, "english")
    assert set(os.listdir(root)) == names
    assert catch_up(filled, root, "english") == Report(0)


def test_what_a_killed_rebuild_left_is_swept_away_by_the_next_update(
    filled: Store, root: Path
) -> None:
    catch_up(filled, root, "english")
    left_over(root)
    catch_up(filled, root, "english")
    serving = location.current(root)
    assert serving is not None
    assert {path.name for path in root.iterdir()} == {"CURRENT", serving.name}


def test_what_is_not_an_index_is_never_swept_away(filled: Store, root: Path) -> None:
    (root / "photographs").mkdir(parents=True)
    (root / "notes.txt").touch()
    rebuild(filled, root, "english", forget=True)
    rebuild(filled, root, "english", forget=True)
    assert (root / "photographs").exists()
    assert (root / "notes.txt").exists()


def test_the_index_before_goes_when_no_reader_can_be_in_it(filled: Store, root: Path) -> None:
    rebuild(filled, root, "english")
    before = location.current(root)
    rebuild(filled, root, "english")
    catch_up(filled, root, "english")
    assert before is not None
    assert before.exists()
    switched = (root / "CURRENT").stat().st_mtime - location.GRACE - 1
    os.utime(root / "CURRENT", (switched, switched))
    catch_up(filled, root, "english")
    assert not before.exists()


def holding(root: Path, word: bytes) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file() and word in path.read_bytes()]


def test_a_word_of_a_purged_article_is_in_no_file_of_the_index(filled: Store, root: Path) -> None:
    filled.put(make_article("rare", text="The xylophagous beetle of Quennevais."))
    catch_up(filled, root, "english")
    rebuild(filled, root, "english")
    assert holding(root, b"quennevai")
    filled.withdraw("rare", purge=True)
    rebuild(filled, root, "english", forget=True)
    assert [path for path in root.iterdir() if path.is_dir()] == [location.current(root)]
    assert holding(root, b"quennevai") == holding(root, b"xylophag") == []
    assert holding(root, b"gull")


def write_and_die(folder: Path, syncs: int) -> None:
    """Commit an article, and end like a killed process when so many files were synced."""
    sync, left = os.fsync, syncs

    def die(file: int) -> None:
        nonlocal left
        sync(file)
        left -= 1
        if not left:
            os._exit(9)

    engine = open_engine(folder)
    os.fsync = die
    engine.apply([Change(41, "x", make_article("x"))], Position("store", 41))


# A segment, the manifest, the table of contents, the folder before that has its name and after.
@pytest.mark.parametrize(
    ("syncs", "committed"), [(1, False), (2, False), (3, False), (4, False), (5, True)]
)
def test_a_killed_writer_has_committed_all_or_nothing_and_what_it_left_is_swept_away(
    filled: Store, root: Path, syncs: int, committed: bool
) -> None:
    catch_up(filled, root, "english")
    folder = location.current(root)
    assert folder is not None
    whole = set(folder.iterdir())
    process = multiprocessing.get_context("spawn").Process(
        target=write_and_die, args=(folder, syncs)
    )
    process.start()
    process.join(60)
    assert process.exitcode == 9
    (folder / "_MAIN_9.toc.unfinished").touch()
    left = set(folder.iterdir()) - whole
    assert len(left) >= 2
    engine = open_engine(folder)
    assert engine.damages() == []
    assert engine.match(EVERYTHING).total == 40 + committed
    position = Position(filled.position().store_id, 40)
    engine.apply([], position)
    assert engine.match(EVERYTHING).total == 40 + committed
    assert engine.damages() == []
    assert len(list(folder.glob("*.toc"))) == len(list(folder.glob("*.sums"))) == 1
    assert not list(folder.glob("*.unfinished"))
    segments = {path.name for path in folder.glob("*.arr")}
    assert len(segments) == 1 + committed
    engine.close()


def test_the_index_before_stays_for_those_still_in_it(filled: Store, root: Path) -> None:
    folders: list[Path | None] = []
    for _ in range(3):
        rebuild(filled, root, "english")
        folders.append(location.current(root))
    assert {path for path in root.iterdir() if path.is_dir()} == set(folders[1:])


@pytest.mark.parametrize("pointer", ["", "nowhere", "..", "/", "../index"])
def test_a_pointer_to_no_index_is_no_index(filled: Store, root: Path, pointer: str) -> None:
    catch_up(filled, root, "english")
    (root / "CURRENT").write_text(pointer)
    assert location.current(root) is None
    with pytest.raises(SearchIndexError, match="there is no index yet"):
        LiveIndex(root).engine()
    assert catch_up(filled, root, "english").rebuilt == "there was no index"


def test_a_reader_never_makes_an_index(tmp_path: Path) -> None:
    with pytest.raises(SearchIndexError, match="cannot be opened"):
        open_engine(tmp_path / "nothing")
    assert not (tmp_path / "nothing").exists()


def test_an_open_index_sees_what_another_engine_committed(
    filled: Store, root: Path, live: LiveIndex
) -> None:
    catch_up(filled, root, "english")
    assert ids(live.engine(), "zebra") == set()
    filled.put(make_article("new", "Zebra"))
    catch_up(filled, root, "english")
    assert ids(live.engine(), "zebra") == {"new"}
    filled.withdraw("new")
    catch_up(filled, root, "english")
    assert ids(live.engine(), "zebra") == set()


def write_elsewhere(database: Path, root: Path) -> None:
    with Store(database) as store:
        store.put(make_article("new", "Zebra"))
        catch_up(store, root, "english")


def test_an_open_index_sees_what_another_process_committed(
    filled: Store, root: Path, live: LiveIndex
) -> None:
    catch_up(filled, root, "english")
    assert ids(live.engine(), "zebra") == set()
    process = multiprocessing.get_context("spawn").Process(
        target=write_elsewhere, args=(filled.path, root)
    )
    process.start()
    process.join(60)
    assert process.exitcode == 0
    assert ids(live.engine(), "zebra") == {"new"}
    assert search(Request("zebra"), live.engine(), filled).total == 1


def test_only_one_writes_at_a_time(engine: Engine, tmp_path: Path) -> None:
    put(engine, make_article("a"))
    with files.locked(tmp_path / "engine"), pytest.raises(Busy):
        put(engine, make_article("b"))
    assert ids(engine) == {"a"}
    put(engine, make_article("b"))
    assert ids(engine) == {"a", "b"}


def test_a_write_that_fails_changes_nothing_and_blocks_nothing(engine: Engine) -> None:
    put(engine, make_article("a"))
    before = engine.checkpoint()
    with pytest.raises(SearchIndexError, match="cannot be written"):
        put(engine, make_article("b"), make_article("c", source="no UTF-8: \ud800"))
    assert engine.checkpoint() == before
    assert ids(engine) == {"a"}
    put(engine, make_article("b"), make_article("c"))
    assert ids(engine) == {"a", "b", "c"}


def test_threads_search_while_commits_come(engine: Engine) -> None:
    """Each commit adds one article of each of two words, and changes what was there."""
    put(engine, make_article("base", "Zebra and gnu"))
    done = threading.Event()
    errors: list[BaseException] = []
    searched: list[int] = []

    def read() -> None:
        least = 0
        try:
            while not done.is_set():
                matches = engine.match(parse("zebra").tree, limit=None)
                assert matches.total == len(matches.hits) == len({h.id for h in matches.hits})
                assert all(hit.id for hit in matches.hits)
                assert sum(matches.facets["source"].values()) == matches.total
                # Nothing is withdrawn, so what was found once is found again.
                assert least <= matches.total <= 16
                least = matches.total
                together = engine.match(parse("zebra gnu").tree, limit=0).total
                assert together >= least
                searched.append(least)
            engine.close()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(15):
        engine.apply(
            [
                Change(number, f"z{number}", make_article(f"z{number}", "Zebra and gnu")),
                Change(number, "base", make_article("base", f"Zebra and gnu {number}")),
            ],
            Position("store", number),
        )
    done.set()
    for thread in threads:
        thread.join()
    assert errors == []
    assert searched
    assert engine.match(parse("zebra gnu").tree).total == 16


def commit_often(folder: Path, times: int) -> None:
    engine = open_engine(folder)
    for number in range(times):
        engine.apply([], Position("store", 2 + number))
    engine.close()


def test_engines_are_opened_and_checkpoints_read_while_another_process_commits(
    engine: Engine, tmp_path: Path
) -> None:
    put(engine, make_article("base", "Zebra"))
    process = multiprocessing.get_context("spawn").Process(
        target=commit_often, args=(tmp_path / "engine", 300)
    )
    process.start()
    seen: list[int] = []
    while process.is_alive():
        fresh = open_engine(tmp_path / "engine")
        for one in (fresh, engine, fresh):
            checkpoint = one.checkpoint()
            assert checkpoint is not None
            seen.append(checkpoint.position.seq)
        fresh.close()
    process.join(60)
    assert process.exitcode == 0
    assert len(set(seen)) > 5
    assert seen == sorted(seen)
    assert ids(engine, "zebra") == {"base"}


@pytest.mark.parametrize("moves", [1, 3])
def test_reading_begins_anew_when_a_commit_takes_its_files_away(
    tmp_path: Path, moves: int
) -> None:
    tries: list[int] = []

    def read() -> str:
        tries.append(len(tries))
        if len(tries) <= moves:
            (tmp_path / f"_MAIN_{len(tries)}.toc").touch()
            raise FileNotFoundError("_MAIN_0.toc")
        return "read"

    assert steadily(tmp_path, read) == "read"
    assert len(tries) == moves + 1


def test_an_error_without_a_commit_is_a_true_one(tmp_path: Path) -> None:
    def read() -> str:
        raise FileNotFoundError("_MAIN_0.toc")

    with pytest.raises(FileNotFoundError):
        steadily(tmp_path, read)


def test_threads_share_an_index_as_it_is_switched(filled: Store, root: Path) -> None:
    catch_up(filled, root, "english")
    live = LiveIndex(root)
    done = threading.Event()
    totals: set[int] = set()
    errors: list[BaseException] = []

    def read() -> None:
        try:
            while not done.is_set():
                totals.add(live.engine().steady().match(parse("bank").tree).total)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    for _ in range(4):
        rebuild(filled, root, "english")
    done.set()
    for thread in threads:
        thread.join()
    assert errors == []
    assert totals == {40}


def test_the_index_before_answers_while_the_new_one_cannot_be_opened(
    filled: Store, root: Path, live: LiveIndex
) -> None:
    catch_up(filled, root, "english")
    before = live.engine()
    known = ids(before)
    rebuild(filled, root, "english")
    folder = location.current(root)
    assert folder is not None
    tables = {path: path.read_bytes() for path in folder.glob("*.toc")}
    for path in tables:
        path.write_bytes(b"written by another version")
    assert live.engine() is before
    assert ids(live.engine()) == known
    for path, data in tables.items():
        path.write_bytes(data)
    assert live.engine() is not before
    assert ids(live.engine()) == known


def test_an_engine_handed_out_before_a_switch_answers_after_its_folder_is_gone(
    filled: Store, root: Path, live: LiveIndex
) -> None:
    catch_up(filled, root, "english")
    before = live.engine()
    rebuild(filled, root, "english", forget=True)
    assert live.engine() is not before
    assert before.match(EVERYTHING).total == 40
    before.close()


def test_an_index_switched_away_while_it_is_opened_is_not_missed(
    filled: Store, root: Path, live: LiveIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    catch_up(filled, root, "english")
    gone = location.current(root)
    rebuild(filled, root, "english", forget=True)
    serving = location.current(root)
    asked = iter([gone])
    monkeypatch.setattr(location, "current", lambda _root: next(asked, serving))
    assert live.engine().match(EVERYTHING).total == 40


def test_the_pointer_is_read_again_where_what_it_named_is_gone(
    filled: Store, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    catch_up(filled, root, "english")
    gone = location.current(root)
    rebuild(filled, root, "english", forget=True)
    named, serving = location._named, location.current(root)
    assert gone is not None
    read = iter([[gone]])
    monkeypatch.setattr(location, "_named", lambda root: next(read, None) or named(root))
    assert location.current(root) == serving
