"""What is found of how news writes its words, as data, for every engine and the marks."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from archive.article import Article
from archive.store import Change, Position
from indexer import query
from indexer.analysis import Analyzer
from indexer.engine import Engine
from indexer.engines import create_engine
from indexer.marking import Marker
from indexer.question import read
from indexer.search import Request, all_ids
from indexer.tree import Node
from indexer.widening import widened
from tests.contract.oracle import MemoryEngine

TEXTS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "analysis.json").read_text("utf-8")
)
LANGUAGES = sorted({case.get("language", "english") for case in TEXTS})
CASES = [
    (number, asked, found)
    for number, case in enumerate(TEXTS)
    for found in ("finds", "misses")
    for asked in case[found]
]


def language_of(number: int) -> str:
    return str(TEXTS[number].get("language", "english"))


def equivalents_of(number: int) -> tuple[tuple[str, ...], ...]:
    return tuple(map(tuple, TEXTS[number].get("equivalents", ())))


@pytest.fixture(scope="module", params=("whoosh", "memory"))
def engines(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Engine]]:
    """An engine for each language, over the texts in it."""
    engines: dict[str, Engine] = {}
    for language in LANGUAGES:
        folder = tmp_path_factory.mktemp(language)
        engine: Engine = (
            create_engine(folder, language)
            if request.param == "whoosh"
            else MemoryEngine(language=language)
        )
        changes = [
            Change(number, str(number), Article(str(number), "x:", "x", "", case["text"]))
            for number, case in enumerate(TEXTS)
            if language_of(number) == language
        ]
        engine.apply(changes, Position("here", len(TEXTS)))
        engines[language] = engine
    yield engines
    for engine in engines.values():
        engine.close()


@pytest.mark.parametrize(
    ("number", "asked", "found"), CASES, ids=lambda value: str(value) if value else ""
)
def test_a_text_is_found_as_the_table_says(
    engines: dict[str, Engine], number: int, asked: str, found: str
) -> None:
    engine = engines[language_of(number)]
    ids = set(all_ids(Request(asked), engine, equivalents_of(number)))
    assert (str(number) in ids) == (found == "finds")


def meant(number: int, asked: str) -> tuple[Node, Analyzer]:
    analyzer = Analyzer(language_of(number))
    tree = read(query.parse(asked).tree, analyzer).tree
    return widened(tree, analyzer, equivalents_of(number)).tree, analyzer


@pytest.mark.parametrize("number", range(len(TEXTS)))
def test_what_is_found_is_marked_at_whole_words(number: int) -> None:
    case = TEXTS[number]
    for asked in case["finds"]:
        tree, analyzer = meant(number, asked)
        tokens = list(analyzer.tokens(case["text"]))
        marks = Marker(tree, analyzer).marks(case["text"])
        assert marks, asked
        assert {mark.start for mark in marks} <= {token.start for token in tokens}
        assert {mark.end for mark in marks} <= {token.end for token in tokens}
    for asked, marked in case.get("marks", {}).items():
        marks = Marker(*meant(number, asked)).marks(case["text"])
        assert [case["text"][mark.start : mark.end] for mark in marks] == marked


def test_the_table_is_as_long_as_it_should_be_and_says_nothing_twice() -> None:
    assert len(CASES) >= 150
    assert len({(TEXTS[number]["text"], asked) for number, asked, _ in CASES}) == len(CASES)
