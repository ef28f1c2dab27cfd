"""A folder's own settings."""

from pathlib import Path

import pytest

from archive.errors import FormatError
from archive.ingest import folders
from archive.ingest.folders import Folders, FolderSettings


def ignored(_address: str, _reason: str) -> None:
    pytest.fail("nothing here is wrong")


def test_a_folder_says_source_and_topics_of_what_lies_in_it(tmp_path: Path) -> None:
    (tmp_path / folders.FILE).write_text('source = "The Gannet"\ntopics = ["labour"]\n')
    said = Folders(tmp_path, ignored).of(tmp_path)
    assert [(c.field, c.value, c.origin) for c in said.claims()] == [
        ("source", "The Gannet", "user: .morgue.toml"),
        ("topics", "labour", "user: .morgue.toml"),
    ]


def test_a_folder_within_may_say_otherwise_and_topics_add_up(tmp_path: Path) -> None:
    inner = tmp_path / "harbour" / "2024"
    inner.mkdir(parents=True)
    (tmp_path / folders.FILE).write_text('source = "The Gannet"\ntopics = ["labour"]\n')
    (tmp_path / "harbour" / folders.FILE).write_text('source = "Quay"\ntopics = ["sea"]\n')
    known = Folders(tmp_path, ignored)
    assert known.of(inner) == FolderSettings("Quay", ("labour", "sea"))
    assert known.of(tmp_path).source == "The Gannet"


def test_what_lies_above_the_root_does_not_count(tmp_path: Path) -> None:
    root = tmp_path / "clips"
    root.mkdir()
    (tmp_path / folders.FILE).write_text('source = "Not meant"\n')
    assert Folders(root, ignored).of(root) == FolderSettings()


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("source = ", "is not TOML"),
        (
            'souce = "The Gannet"',
            "“souce” is no setting of a folder: those are source, topics, language, section",
        ),
        ("topics = 3", "topics must be a list in brackets, not a whole number"),
    ],
)
def test_broken_settings_are_named_and_nothing_else_is_lost(
    tmp_path: Path, written: str, reason: str
) -> None:
    (tmp_path / folders.FILE).write_text(written)
    told: list[tuple[str, str]] = []
    known = Folders(tmp_path, lambda address, why: told.append((address, why)))
    assert known.of(tmp_path) == known.of(tmp_path) == FolderSettings()
    ((address, why),) = told
    assert address.endswith(folders.FILE)
    assert reason in why
    with pytest.raises(FormatError):
        folders.read(tmp_path / folders.FILE)


def test_the_stamp_changes_with_what_is_said() -> None:
    assert FolderSettings().stamp == ""
    assert FolderSettings("A").stamp != FolderSettings("B").stamp
