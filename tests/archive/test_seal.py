"""What was written is known by its seal, and nothing else is shown."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from archive.article import Article, Evidence, Published
from archive.errors import StoreDamaged
from archive.source import Kind
from archive.store import FILE, Store
from archive.store.check import check_store
from archive.store.kept import SEALED, SEALED_REVISION
from archive.store.seal import register, seal
from archive.store.topics import RuleRun

ONE = Article(
    id="a1",
    url="https://example.org/1",
    source="Gazette",
    headline="Quay closed",
    text="The quay was closed.",
    published=Published("2024-06-20"),
    evidence=(Evidence("topics", "labour", "feed: category"),),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / FILE
    with Store(path) as store:
        store.add_source(Kind.FEED, "https://example.org/feed", "Gazette")
        store.put(ONE, original=b"<p>The quay was closed.</p>")
        store.put(replace(ONE, headline="Quay closed again"))
        store.put(replace(ONE, id="a2", url="https://example.org/2", text="Other words here."))
        store.keep_rule_runs({"quays": RuleRun("1", {"a1"})}, {"quays"}, 0)
    return path


def behind_its_back(path: Path, *statements: str) -> None:
    """Change a store as damage would: no trigger sees it."""
    with closing(sqlite3.connect(path)) as db, db:
        register(db)
        triggers = db.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall()
        for name, _ in triggers:
            db.execute(f"DROP TRIGGER {name}")
        for statement in (*statements, *(sql for _, sql in triggers)):
            db.execute(statement)


def test_a_seal_is_the_same_for_ever() -> None:
    assert seal("quay", 7, None, b"\0", 1.5) == 2730050098591074950
    assert seal() != seal(None) != seal("")
    assert seal("a", "b") != seal("ab", "") != seal("ab")
    assert seal(1) != seal("1") != seal(b"1")


def test_a_whole_store_has_no_fault(path: Path) -> None:
    assert check_store(path) == []


@pytest.mark.parametrize(
    "column", [c for c in SEALED_REVISION if c not in ("article_id", "number")]
)
def test_no_revision_is_shown_that_is_not_what_was_written(path: Path, column: str) -> None:
    behind_its_back(
        path,
        f"UPDATE revision SET {column} = coalesce({column}, '') || ' ' WHERE article_id = 'a1'"
        " AND number = 2",
    )
    with Store(path) as store:
        for ask in (
            lambda: store.kept("a1"),
            lambda: store.revisions("a1"),
            lambda: store.get_many(["a1"]),
            lambda: list(store.every()),
            lambda: list(store.changes_since(0)),
            store.topic_counts,
        ):
            with pytest.raises(StoreDamaged, match="a1, revision 2, is not what was written"):
                ask()
        assert store.kept("a2")
    assert "a1" in {fault.article for fault in check_store(path)}


@pytest.mark.parametrize("column", [c for c in SEALED if c not in ("id", "revision")])
def test_nothing_is_shown_of_an_article_whose_row_is_another(path: Path, column: str) -> None:
    value = "'withdrawn'" if column == "state" else "7"
    behind_its_back(path, f"UPDATE article SET {column} = {value} WHERE id = 'a1'")
    with Store(path) as store, pytest.raises(StoreDamaged, match="article a1"):
        store.get_many(["a1"])
    assert "a1" in {fault.article for fault in check_store(path)}


@pytest.mark.parametrize(
    ("statements", "asks"),
    [
        (["DELETE FROM article WHERE id = 'a1'"], lambda store: store.kept("a1")),
        (["DELETE FROM article WHERE id = 'a1'"], lambda store: list(store.every())),
        (["DELETE FROM article WHERE id = 'a1'"], lambda store: list(store.states())),
        (["DELETE FROM article WHERE id = 'a1'"], lambda store: store.get_many(["a1"])),
        (["DELETE FROM revision WHERE number = 2"], lambda store: store.kept("a1")),
        (["DELETE FROM revision WHERE number = 1"], lambda store: store.revisions("a1")),
        (["DELETE FROM revision WHERE number = 1"], lambda store: store.counts()),
        (["UPDATE revision SET original = x'00'"], lambda store: store.original("a1", 1)),
        (["DELETE FROM topic_match"], lambda store: store.kept("a1")),
        (["DELETE FROM holding WHERE source = 'Gazette'"], lambda store: store.held()),
        (["UPDATE holding SET articles = 9"], lambda store: store.counts()),
        (["UPDATE source SET name = 'Gazettf'"], lambda store: store.sources()),
        (["DELETE FROM source"], lambda store: store.sources()),
        (["DELETE FROM identity"], lambda store: store.position()),
    ],
)
def test_what_is_missing_or_changed_is_told(
    path: Path, statements: list[str], asks: Callable[[Store], object]
) -> None:
    behind_its_back(path, "PRAGMA foreign_keys = OFF", *statements)
    with Store(path) as store, pytest.raises(StoreDamaged):
        asks(store)
    assert check_store(path)


def test_what_never_was_is_no_damage(path: Path) -> None:
    with Store(path) as store:
        assert store.kept("a9") is None
        assert store.by_url("https://example.org/9") is None
        assert store.get_many(["a9"]) == {}
        assert store.revisions("a9") == []
        assert store.original("a1", 2) is None
        assert store.original("a1", 9) is None


def test_a_text_that_is_none_is_told(path: Path) -> None:
    behind_its_back(path, "UPDATE revision SET headline = CAST(x'ff41' AS TEXT) WHERE number = 2")
    with Store(path) as store, pytest.raises(StoreDamaged):
        store.kept("a1")
