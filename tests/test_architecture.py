"""The rules of the house, held by the standard `ast` module: who may import what, and how long."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

HOME = Path(__file__).parents[1]
FLOORS = ("archive", "indexer", "web", "morgue")
LONGEST = 400

# A library, and the places that may know it: a folder with all below it, or a module.
MAY_IMPORT: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("flask", "jinja2", "werkzeug", "markupsafe"), ("web",)),
    **dict.fromkeys(("gunicorn", "click", "rich"), ("morgue",)),
    "sqlite3": ("archive.store",),
    "whoosh": ("indexer.whoosh_engine",),
    "Stemmer": ("indexer.analysis",),
    **dict.fromkeys(("sklearn", "scipy"), ("archive.ingest.topics.training",)),
    "pypdf": ("archive.ingest.formats",),
    **dict.fromkeys(
        (
            *("feedparser", "bs4", "trafilatura", "lxml", "urllib3", "yaml"),
            *("markdown_it", "chardet", "dateparser", "protego"),
        ),
        ("archive.ingest",),
    ),
    # Names of languages, countries and cities in the reader's words (CLDR).
    "babel": ("archive.ingest", "web"),
}


@dataclass(frozen=True)
class Import:
    path: Path
    line: int
    name: str

    @property
    def module(self) -> str:
        """The importing module, dotted, without the root: `archive.store`."""
        return ".".join(self.path.relative_to(HOME).with_suffix("").parts)

    def __str__(self) -> str:
        return f"{self.path.relative_to(HOME)}:{self.line} imports {self.name}"


def modules() -> list[Path]:
    return sorted(path for floor in FLOORS for path in (HOME / floor).rglob("*.py"))


def imports(source: str, path: Path) -> Iterator[Import]:
    """Every import in *source*, also those inside functions and by `import_module`."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names):
                yield from (Import(path, node.lineno, alias.name) for alias in names)
            case ast.ImportFrom(module=name, level=level):
                yield Import(path, node.lineno, "." * level + (name or ""))
            case ast.Call(
                func=ast.Attribute(attr="import_module")
                | ast.Name(id="import_module" | "__import__"),
                args=[ast.Constant(value=str(name)), *_],
            ):
                yield Import(path, node.lineno, name)


def everything() -> list[Import]:
    return [found for path in modules() for found in imports(path.read_text("utf-8"), path)]


def upward(found: Import) -> bool:
    floor, other = found.module.split(".")[0], found.name.split(".")[0]
    return other in FLOORS and FLOORS.index(other) > FLOORS.index(floor)


def misplaced(found: Import) -> bool:
    """Whether this module has no business with that library."""
    library = found.name.split(".")[0]
    homes = MAY_IMPORT.get(library)
    return homes is not None and not any(
        found.module == home or found.module.startswith(f"{home}.") for home in homes
    )


def test_every_floor_is_looked_at() -> None:
    assert {"archive", "indexer"} <= {path.relative_to(HOME).parts[0] for path in modules()}


def test_imports_only_point_down() -> None:
    assert [str(found) for found in everything() if upward(found)] == []


def test_each_library_is_known_only_where_it_belongs() -> None:
    assert [str(found) for found in everything() if misplaced(found)] == []


def test_imports_name_the_whole_path() -> None:
    assert [str(found) for found in everything() if found.name.startswith(".")] == []


def test_no_module_is_too_long_to_read_at_one_sitting() -> None:
    long = {
        f"{path.relative_to(HOME)}:{LONGEST + 1} (of {lines} lines)"
        for path in modules()
        if (lines := len(path.read_text("utf-8").splitlines())) > LONGEST
    }
    assert long == set()


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("archive/store/store.py", "import indexer"),
        ("archive/ingest/pages.py", "def f():\n    from web.pages import x"),
        ("indexer/search.py", "import importlib\nimportlib.import_module('web')"),
        ("web/app.py", "from morgue.site import Site"),
        ("indexer/search.py", "import whoosh.query"),
        ("web/app.py", "from whoosh import index"),
        ("archive/wire.py", "import bs4"),
        ("archive/ingest/pages.py", "import sqlite3"),
        ("archive/storey.py", "import sqlite3"),
        ("indexer/store.py", "import sqlite3"),
        ("morgue/serve.py", "import flask"),
        ("web/app.py", "import click"),
    ],
)
def test_a_breach_is_seen_and_named(module: str, source: str) -> None:
    (breach,) = [
        found for found in imports(source, HOME / module) if upward(found) or misplaced(found)
    ]
    assert str(breach).startswith(f"{module}:{breach.line} imports ")


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("morgue/site.py", "import archive, indexer, web, click"),
        ("indexer/whoosh_engine/engine.py", "from whoosh.query import Term"),
        ("archive/store/store.py", "import sqlite3"),
        ("archive/store/database.py", "import sqlite3"),
        ("archive/ingest/feeds.py", "import feedparser"),
        ("web/__init__.py", "from flask import Flask"),
    ],
)
def test_what_is_allowed_is_no_breach(module: str, source: str) -> None:
    found = list(imports(source, HOME / module))
    assert found
    assert not any(upward(one) or misplaced(one) for one in found)
