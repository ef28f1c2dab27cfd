"""Updates of folders and files, from the disk into the store."""

import os
from pathlib import Path
from typing import Any

import pytest

from archive.article import Article
from archive.ingest.compose import compose
from archive.ingest.item import Item
from archive.source import Kind
from archive.store import Store
from tests.archive.conftest import TEXT, Update, outcomes


@pytest.fixture
def files(store: Store, folder: Path) -> Path:
    store.add_source(Kind.FOLDER, str(folder))
    for name in ("a.txt", "b.txt"):
        (folder / name).write_text(f"{name} {TEXT}")
    return folder


def test_a_folder_walked_again_reads_only_what_changed(
    files: Path, run: Update, store: Store
) -> None:
    assert [outcomes(report) for report in run()] == [{"new": 2}]
    before = store.position()
    read: list[tuple[str, int, int]] = []
    (report,) = run(progress=lambda *step: read.append(step))
    assert outcomes(report) == {"unchanged": 2}
    assert read == []
    assert store.position() == before
    (files / "c.txt").write_text("c.txt " + TEXT)
    (report,) = run(progress=lambda *step: read.append(step))
    assert outcomes(report) == {"new": 1, "unchanged": 2}
    assert read == [(str(files), 1, 1)]


def test_a_file_that_changes_becomes_a_revision(files: Path, run: Update, store: Store) -> None:
    run()
    (files / "a.txt").write_text("a.txt has another text now than it had before.")
    (report,) = run()
    assert outcomes(report) == {"revised": 1, "unchanged": 1}
    kept = store.by_url((files / "a.txt").as_uri())
    assert kept is not None
    assert [r.article.text for r in store.revisions(kept.article.id)][1].startswith("a.txt has")
    assert store.original(kept.article.id, 1) == ("text/plain", f"a.txt {TEXT}".encode())


def test_a_file_that_is_touched_but_the_same_is_unchanged(files: Path, run: Update) -> None:
    run()
    os.utime(files / "a.txt", (1, 1))
    (report,) = run()
    assert outcomes(report) == {"unchanged": 2}


def test_a_file_that_vanishes_leaves_its_article(files: Path, run: Update, store: Store) -> None:
    run()
    (files / "a.txt").unlink()
    (report,) = run()
    assert report.ok
    assert store.counts().articles == 2


def test_a_broken_file_is_reported_and_the_others_are_kept(
    files: Path, run: Update, store: Store
) -> None:
    (files / "broken.txt").write_bytes(b"\0\1\2")
    (files / "empty.md").write_text("")
    (files / "picture.html").write_bytes(b"\x89PNG\0\0")
    (report,) = run()
    broken = ["broken.txt", "empty.md", "picture.html"]
    assert not report.ok
    assert [Path(where).name for where, _ in report.failures] == broken
    (report,) = run()
    assert report.ok, "what was told of once is not told of again"
    assert [Path(where).name for where, _ in report.still_failing] == broken
    assert store.counts().articles == 2
    assert len(store.sources()[0].failures) == 3
    (files / "broken.txt").write_text("broken.txt is mended. " + TEXT)
    (files / "empty.md").unlink()
    (files / "picture.html").unlink()
    (report,) = run()
    assert report.ok
    assert store.sources()[0].failures == ()


def test_a_file_name_that_is_not_utf8_is_read_like_any_other(
    files: Path, run: Update, store: Store
) -> None:
    Path(os.fsdecode(os.fsencode(files) + b"/caf\xe9.txt")).write_text("café " + TEXT)
    (report,) = run()
    assert outcomes(report) == {"new": 3}
    (report,) = run()
    assert outcomes(report) == {"unchanged": 3}
    assert store.counts().articles == 3


def test_hidden_files_and_unknown_endings_are_passed_over(files: Path, run: Update) -> None:
    (files / ".hidden.txt").write_text(TEXT)
    (files / "picture.png").write_bytes(b"\x89PNG")
    (files / ".git").mkdir()
    (files / ".git" / "c.txt").write_text(TEXT)
    (report,) = run()
    assert outcomes(report) == {"new": 2}


def test_a_folder_that_is_gone_is_reported(files: Path, run: Update, store: Store) -> None:
    store.add_source(Kind.FOLDER, str(files / "gone"))
    reports = run()
    assert [report.ok for report in reports] == [True, False]
    assert reports[1].failures == [(str(files / "gone"), "is not there any more")]


def test_a_single_file_is_a_source_too(folder: Path, run: Update, store: Store) -> None:
    (folder / "a.md").write_text(TEXT)
    store.add_source(Kind.FILE, str(folder / "a.md"))
    assert [outcomes(report) for report in run()] == [{"new": 1}]


def test_a_new_name_for_a_source_is_no_revision_of_its_articles(
    files: Path, run: Update, store: Store
) -> None:
    run()
    store.add_source(Kind.FOLDER, str(files), "The Tern")
    (report,) = run()
    assert outcomes(report) == {"relabelled": 2}
    assert {c.article.source for c in store.changes_since(0) if c.article} == {"The Tern"}
    assert store.counts().revisions == 2


def test_a_source_that_comes_back_owns_its_articles_again(
    files: Path, run: Update, store: Store
) -> None:
    run()
    store.remove_source(str(files))
    assert store.counts().articles == 2
    store.add_source(Kind.FOLDER, str(files))
    run()
    assert store.sources()[0].articles == 2


def test_a_pipe_among_the_files_is_passed_over(files: Path, run: Update, store: Store) -> None:
    os.mkfifo(files / "pipe.txt")
    (report,) = run()
    assert report.ok
    assert store.counts().articles == 2


def test_a_defect_in_one_article_costs_that_article_alone(
    files: Path, run: Update, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def defect(item: Item, *rest: Any) -> Article:
        if item.key.endswith("broken.txt"):
            raise RuntimeError("a defect")
        return compose(item, *rest)

    (files / "broken.txt").write_text(TEXT)
    monkeypatch.setattr("archive.ingest.keep.compose", defect)
    (report,) = run()
    reason = "could not be read (RuntimeError: a defect)"
    assert report.failures == [(str(files / "broken.txt"), reason)]
    assert store.counts().articles == 2
    assert [f.reason for f in store.sources()[0].failures] == [reason]
