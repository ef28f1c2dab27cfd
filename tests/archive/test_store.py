import multiprocessing
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.article import Article, Evidence, Published
from archive.errors import StoreBusy, StoreError, UsageError
from archive.identity import article_id, fingerprint
from archive.source import FullText, Kind, Plan
from archive.store import Position, Store
from tests.examples import examples


def article(name: str, text: str = "The bank cut its rate.") -> Article:
    url = f"https://gannet.example/{name}"
    return Article(article_id(url), url, "The Gannet", f"Headline {name}", text)


TEXT = st.text(st.characters(codec="utf-8"), max_size=40)
NAMES = st.lists(TEXT, max_size=3).map(tuple)
MAYBE = st.none() | TEXT
ARTICLES = st.builds(
    Article,
    id=st.just("a"),
    url=st.just("https://gannet.example/a"),
    source=TEXT,
    headline=TEXT,
    text=TEXT,
    agency=MAYBE,
    byline=NAMES,
    dateline=MAYBE,
    published=st.none() | st.dates().map(lambda d: Published(d.isoformat())),
    language=MAYBE,
    section=MAYBE,
    topics=NAMES,
    caption=MAYBE,
    credits=MAYBE,
    link=MAYBE,
    evidence=st.lists(st.builds(Evidence, TEXT, TEXT, TEXT), max_size=3).map(tuple),
)


@settings(
    max_examples=examples(60),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(given_article=ARTICLES, original=st.none() | st.binary(max_size=50))
def test_an_article_comes_back_as_it_was_put(
    store: Store, given_article: Article, original: bytes | None
) -> None:
    number = store.put(given_article, media_type="text/plain", original=original)
    kept = store.kept("a")
    assert kept is not None
    assert kept.article == given_article
    assert kept.fingerprint == fingerprint(given_article)
    assert store.revisions("a")[-1].article == given_article
    expected = ("text/plain", original) if original is not None else None
    assert store.original("a", number) == expected


def test_an_unknown_id_or_address_is_none(store: Store) -> None:
    assert store.kept("x") is None
    assert store.by_url("x") is None
    assert store.original("x", 1) is None
    assert store.revisions("x") == []
    assert store.get_many(["x"]) == {}
    assert store.get_many([]) == {}


def test_every_change_moves_its_article_to_the_end_of_the_sequence(store: Store) -> None:
    one, two = article("1"), article("2")
    store.put(one)
    store.put(two)
    assert [(c.id, c.revised) for c in store.changes_since(0)] == [
        (one.id, False),
        (two.id, False),
    ]
    cursor = store.position().seq
    store.put(replace(one, text="Edited."))
    (change,) = store.changes_since(cursor)
    assert (change.id, change.article and change.article.text) == (one.id, "Edited.")
    assert change.revised
    assert change.seq == store.position().seq == cursor + 1
    assert store.count_changes_since(cursor) == 1
    assert [c.id for c in store.changes_since(0)] == [two.id, one.id]


def test_changes_are_read_whole_over_many_batches(store: Store) -> None:
    with store.transaction():
        for number in range(1200):
            store.put(article(str(number)))
    sequence = [change.seq for change in store.changes_since(0)]
    assert sequence == list(range(1, 1201))


def test_revisions_are_numbered_from_one_and_all_kept(store: Store) -> None:
    first, second = article("1", "One."), article("1", "Two.")
    assert (store.put(first), store.put(second)) == (1, 2)
    revisions = store.revisions(first.id)
    assert [(r.number, r.article.text) for r in revisions] == [(1, "One."), (2, "Two.")]
    assert revisions[0].seen == "2026-01-10T12:00:00+00:00"
    assert store.counts().articles == 1
    assert store.counts().revisions == 2


def test_counts_tell_undated_and_the_span_of_dates(store: Store) -> None:
    store.put(article("1"))
    store.put(replace(article("2"), published=Published("2024-06")))
    store.put(replace(article("3"), published=Published("2023-01-12")))
    counts = store.counts()
    assert (counts.articles, counts.undated) == (3, 1)
    assert (counts.earliest, counts.latest) == ("2023-01-12", "2024-06")


def test_a_withdrawn_article_is_a_change_and_is_shown_no_more(store: Store) -> None:
    one = article("1")
    store.put(one)
    cursor = store.position().seq
    assert store.withdraw(one.id)
    assert not store.withdraw(one.id)
    assert [(c.id, c.article) for c in store.changes_since(cursor)] == [(one.id, None)]
    assert store.get_many([one.id]) == {}
    kept = store.kept(one.id)
    assert kept is not None
    assert (kept.state, kept.article.text) == ("withdrawn", one.text)
    assert store.counts().withdrawn == 1


def test_an_unknown_article_cannot_be_withdrawn(store: Store) -> None:
    with pytest.raises(UsageError, match="no article has this id"):
        store.withdraw("x")


SECRET = "Unmistakable"


def test_purging_removes_every_trace_of_the_text_from_the_file(tmp_path: Path) -> None:
    path = tmp_path / "articles.db"
    bystander = article("2")
    with Store(path) as store:
        secret = replace(
            article("1", f"{SECRET} text. " * 400),
            headline=f"{SECRET} headline",
            byline=(f"{SECRET} Moor",),
            topics=(SECRET,),
            caption=SECRET,
            credits=SECRET,
            evidence=(Evidence("headline", SECRET, "page: h1"),),
        )
        store.put(secret, original=SECRET.encode() * 3)
        store.put(replace(secret, text=f"{SECRET} again"), original=SECRET.encode())
        store.put(bystander)
        assert store.withdraw(secret.id, purge=True)
        assert not store.withdraw(secret.id, purge=True)
        store.overwrite()
        for file in tmp_path.iterdir():
            assert SECRET.encode() not in file.read_bytes(), file.name
        assert store.original(secret.id, 1) is None
        kept = store.kept(secret.id)
        assert kept is not None
        assert (kept.state, kept.revision) == ("purged", 2)
        assert store.get_many([bystander.id])[bystander.id].article == bystander


def test_what_was_withdrawn_can_be_purged_but_not_the_other_way_round(store: Store) -> None:
    one = article("1")
    store.put(one)
    assert store.withdraw(one.id)
    assert store.withdraw(one.id, purge=True)
    assert not store.withdraw(one.id)
    kept = store.kept(one.id)
    assert kept is not None
    assert kept.state == "purged"


def test_a_purge_that_cannot_wipe_the_file_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("archive.store.database._BUSY_SECONDS", 0.1)
    one = article("1")
    with Store(tmp_path / "articles.db") as store:
        store.put(one)
        reader = sqlite3.connect(tmp_path / "articles.db", isolation_level=None)
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM article").fetchall()
        store.withdraw(one.id, purge=True)
        with pytest.raises(StoreError, match="may still lie in the file"):
            store.overwrite()
        reader.close()
        store.overwrite()


def test_a_damaged_file_is_said_in_words_whatever_is_asked(tmp_path: Path) -> None:
    path = tmp_path / "articles.db"
    with Store(path) as store:
        for number in range(50):
            store.put(article(str(number)))
    data = bytearray(path.read_bytes())
    data[8192:] = b"\xff" * len(data[8192:])
    path.write_bytes(data)
    with Store(path) as store:
        for ask in (store.counts, lambda: list(store.changes_since(0))):
            with pytest.raises(StoreError, match=str(path)):
                ask()


def test_a_store_that_is_not_there_is_not_made_by_a_reader(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="is not there"):
        Store(tmp_path / "articles.db", create=False)
    assert not list(tmp_path.iterdir())


def test_an_article_that_changes_while_all_are_read_comes_once(tmp_path: Path) -> None:
    with Store(tmp_path / "articles.db") as store, Store(tmp_path / "articles.db") as other:
        for number in range(700):
            store.put(article(f"{number:04}"))
        seen = []
        for one in store.articles():
            seen.append(one.id)
            if len(seen) == 10:
                other.put(article("0003"))
                other.put(article("0699"))
    assert len(seen) == len(set(seen)) == 700


def test_a_failed_transaction_leaves_nothing(store: Store) -> None:

    def cut_off() -> None:
        with store.transaction():
            store.put(article("1"))
            store.add_source(Kind.FEED, "https://gannet.example/feed")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        cut_off()
    assert store.counts().articles == 0
    assert store.position().seq == 0
    assert store.sources() == []


def test_a_failed_write_is_said_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archive.store.database._BUSY_SECONDS", 0.05)
    path = tmp_path / "articles.db"
    with Store(path) as one, Store(path) as other, one.transaction():
        one.put(article("1"))
        with pytest.raises(StoreBusy, match="another run of Morgue is writing"):
            other.put(article("2"))


def test_a_reader_sees_the_state_before_while_another_writes(tmp_path: Path) -> None:
    path = tmp_path / "articles.db"
    with Store(path) as writer, Store(path) as reader:
        with writer.transaction():
            writer.put(article("1"))
            assert reader.counts().articles == 0
        assert reader.counts().articles == 1


def newer(path: Path) -> None:
    Store(path).close()
    db = sqlite3.connect(path)
    db.execute("PRAGMA user_version = 999")
    db.close()


def another_programs(path: Path) -> None:
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE recipe (name TEXT)")
    db.close()


def no_database(path: Path) -> None:
    path.write_text("Dear diary, " * 100)


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (newer, "newer Morgue"),
        (another_programs, "another program"),
        (no_database, "not a database"),
        (Path.mkdir, "cannot be opened"),
    ],
    ids=["newer", "another program's", "no database", "folder"],
)
def test_a_file_that_is_not_ours_is_refused_and_left_alone(
    tmp_path: Path, make: Callable[[Path], None], reason: str
) -> None:
    path = tmp_path / "articles.db"
    make(path)
    before = path.read_bytes() if path.is_file() else b""
    with pytest.raises(StoreError, match=reason) as caught:
        Store(path)
    assert caught.value.where == str(path)
    assert (path.read_bytes() if path.is_file() else b"") == before


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be opened"):
        Store(tmp_path / "nowhere" / "articles.db")


def _open(path: Path, ready: object, answers: object) -> None:
    ready.wait()  # type: ignore[attr-defined]
    with Store(path) as store:
        answers.put(store.position())  # type: ignore[attr-defined]


def test_processes_that_open_a_new_file_at_once_agree_on_it(tmp_path: Path) -> None:
    spawn = multiprocessing.get_context("spawn")
    ready, answers = spawn.Barrier(3), spawn.Queue()
    path = tmp_path / "articles.db"
    processes = [spawn.Process(target=_open, args=(path, ready, answers)) for _ in range(3)]
    for process in processes:
        process.start()
    positions: set[Position] = {answers.get(timeout=60) for _ in processes}
    for process in processes:
        process.join()
    assert len(positions) == 1
    assert all(process.exitcode == 0 for process in processes)


def test_a_store_keeps_its_identity(tmp_path: Path) -> None:
    with Store(tmp_path / "articles.db") as store:
        first = store.position()
    with Store(tmp_path / "articles.db") as store:
        assert store.position() == first
    with Store(tmp_path / "other.db") as store:
        assert store.position().store_id != first.store_id


FEED = "https://gannet.example/feed"


def test_a_source_is_added_once_and_changed_when_added_again(store: Store) -> None:
    first, new = store.add_source(Kind.FEED, FEED)
    again, newly = store.add_source(Kind.FEED, FEED, "Gannet", ["sport"])
    assert (new, newly) == (True, False)
    assert (again.id, again.name, again.topics) == (first.id, "Gannet", ("sport",))
    assert (first.label, again.label) == (FEED, "Gannet")


def test_a_new_name_makes_the_whole_source_be_read_again(store: Store) -> None:
    source, _ = store.add_source(Kind.FEED, FEED)
    one = article("1")
    store.put(one, source_id=source.id)
    store.remember_item(source.id, "1", "stamp", one.id)
    store.record_success(source.id, title="The Gannet", etag='"1"', last_modified="Mon")
    source, _ = store.add_source(Kind.FEED, FEED, "Gannet")
    assert store.items(source.id)["1"].stamp == ""
    assert (source.title, source.etag, source.last_modified) == ("The Gannet", None, None)
    assert source.articles == 1


def test_settings_of_a_source_are_kept_and_make_it_due(store: Store) -> None:
    source, _ = store.add_source(Kind.FEED, FEED, "Gannet", ["sport"])
    store.schedule(source.id, Plan(due="2026-02-01T00:00:00+00:00"))
    store.change_source(replace(source, interval=7200))
    assert (store.source(FEED).interval, store.source(FEED).due) == (7200, None)
    store.change_source(replace(store.source(FEED), name=None, topics=()))
    assert (store.source(FEED).name, store.source(FEED).topics) == (None, ())
    assert store.source(FEED).interval == 7200


def test_another_full_text_makes_the_whole_feed_be_read_again(store: Store) -> None:
    source, _ = store.add_source(Kind.FEED, FEED)
    one = article("1")
    store.put(one, source_id=source.id)
    store.remember_item(source.id, "1", "stamp", one.id)
    store.record_success(source.id, etag='"1"')
    store.change_source(replace(source, interval=60))
    assert store.items(source.id)["1"].stamp == "stamp"
    store.change_source(replace(source, full_text=FullText.YES))
    assert store.items(source.id)["1"].stamp == ""
    assert (store.source(FEED).etag, store.source(FEED).full_text) == (None, FullText.YES)


def test_an_unknown_source_is_refused_and_a_taken_address_too(store: Store) -> None:
    source, _ = store.add_source(Kind.FEED, FEED)
    store.add_source(Kind.FEED, f"{FEED}/2")
    with pytest.raises(UsageError, match="no source of this archive"):
        store.source(f"{FEED}/3")
    assert not store.move_source(source.id, f"{FEED}/2")
    assert store.move_source(source.id, f"{FEED}/3")
    assert store.source(f"{FEED}/3").id == source.id


def test_a_failure_keeps_its_first_date_and_goes_with_success(tmp_path: Path) -> None:
    day = 1
    with Store(tmp_path / "a.db", clock=lambda: datetime(2026, 1, day, tzinfo=UTC)) as store:
        source, _ = store.add_source(Kind.FEED, FEED)
        store.record_failures(source.id, [(FEED, "is gone")])
        day = 2
        store.record_failures(source.id, [(FEED, "is still gone")])
        (failure,) = store.sources()[0].failures
        assert failure.reason == "is still gone"
        assert (failure.since[:10], failure.last[:10]) == ("2026-01-01", "2026-01-02")
        store.record_failures(source.id, [])
        assert store.sources()[0].failures == ()


def test_what_is_read_steadily_is_of_one_moment(store: Store) -> None:
    store.put(article("a"))
    with store.steady(), Store(store.path) as other:
        before = store.position()
        other.put(article("b"))
        other.put(article("a", "Another text."))
        assert store.position() == before
        assert {one.text for one in store.articles()} == {"The bank cut its rate."}
        with pytest.raises(StoreError, match="readonly"):
            store.put(article("c"))
    assert len(list(store.articles())) == 2
    store.put(article("c"))


def test_what_is_reported_waits_for_the_disk_whatever_sqlite_was_built_for(store: Store) -> None:
    (setting,) = store._db.execute("PRAGMA synchronous").fetchone()
    assert setting == 2, "FULL"
