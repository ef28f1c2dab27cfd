"""The wall between the engines and the rest of the house."""

import ast
from pathlib import Path

import pytest

from archive.errors import SearchIndexError
from archive.store import Position
from indexer.analysis import analyzer_for
from indexer.engines import built_for, create_engine, open_engine
from indexer.location import noted_damage
from indexer.tree import EVERYTHING

HOME = Path(__file__).parents[2]


def imported(path: Path) -> set[str]:
    """The modules that *path* imports, and what it takes from them, dotted."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def test_one_module_alone_names_an_engine() -> None:
    inside = HOME / "indexer" / "whoosh_engine"
    naming = {
        str(path.relative_to(HOME))
        for floor in ("archive", "indexer", "web", "morgue")
        for path in (HOME / floor).rglob("*.py")
        if inside not in path.parents
        and any(name.startswith("indexer.whoosh_engine") for name in imported(path))
    }
    assert naming == {"indexer/engines.py"}


def test_an_index_says_what_it_was_built_for(tmp_path: Path) -> None:
    engine = create_engine(tmp_path / "index", "german")
    engine.apply([], Position("store", 0))
    checkpoint = engine.checkpoint()
    assert checkpoint is not None
    assert checkpoint.built_for == built_for("german") != built_for("english")
    assert analyzer_for(checkpoint.built_for).language == "german"
    engine.close()


def test_an_index_that_is_there_keeps_its_language(tmp_path: Path) -> None:
    create_engine(tmp_path, "german").apply([], Position("store", 0))
    engine = create_engine(tmp_path, "english")
    checkpoint = engine.checkpoint()
    assert checkpoint is not None
    assert checkpoint.built_for == built_for("german")
    engine.close()


def test_only_creating_makes_a_folder(tmp_path: Path) -> None:
    with pytest.raises(SearchIndexError):
        open_engine(tmp_path / "index")
    assert not (tmp_path / "index").exists()


def test_one_analyzer_serves_all_who_read_an_index() -> None:
    assert analyzer_for(built_for("english")) is analyzer_for(built_for("english"))


def test_an_index_of_another_version_is_told_as_that(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as earlier:
        earlier.setattr("indexer.whoosh_engine.schema.FORMAT", "whoosh-0")
        engine = create_engine(tmp_path, "english")
        engine.apply([], Position("store", 0))
        engine.close()
    with pytest.raises(SearchIndexError, match="was built by another version of Morgue"):
        open_engine(tmp_path)


def test_a_facet_that_does_not_exist_is_no_fault_of_the_index(tmp_path: Path) -> None:
    engine = create_engine(tmp_path, "english")
    with pytest.raises(ValueError, match="“colour” is no facet"):
        engine.match(EVERYTHING, facets=("colour",))
    with pytest.raises(ValueError, match="“story” is no facet"):
        engine.match(EVERYTHING, chosen={"story": ("one",)})
    assert noted_damage(tmp_path) is None
    engine.close()
