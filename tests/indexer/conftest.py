"""What the tests of this floor share: articles in one line, and a site with store and index."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.article import Article, Published
from archive.store import Change, Position, Store
from indexer import projection
from indexer.analysis import Analyzer
from indexer.engine import Engine
from indexer.engines import create_engine

Make = Callable[..., Article]


def make_article(
    name: str = "a1",
    headline: str = "A quiet day",
    text: str = "Nothing happened.",
    published: str | None = "2024-06-20",
    **facts: object,
) -> Article:
    """An invented article; *facts* are any other fields."""
    values: dict[str, object] = {
        "id": name,
        "url": f"https://kettle.example/{name}",
        "source": "Kettle Bay Post",
        "headline": headline,
        "text": text,
        "published": Published(published) if published else None,
        **facts,
    }
    return Article(**values)  # type: ignore[arg-type]


@pytest.fixture
def make() -> Make:
    return make_article


@pytest.fixture(scope="session")
def english() -> Analyzer:
    return Analyzer("english")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "index"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "articles.db", clock=lambda: datetime(2024, 7, 1, tzinfo=UTC)) as store:
        yield store


@pytest.fixture
def filled(store: Store) -> Store:
    """A store of forty articles of a few kinds."""
    for number in range(40):
        store.put(
            make_article(
                f"n{number:02}",
                headline=f"{'Bank' if number % 2 else 'Ferry'} news {number}",
                text=f"The bank spoke of rates.\n\nNumber {number} of many; gulls cried.",
                published=None if number % 10 == 9 else f"20{10 + number % 4}-0{1 + number % 9}",
                topics=("economy",) if number % 3 else ("sea", "weather"),
                byline=("Ana Lindqvist",) if number % 4 else (),
            )
        )
    return store


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = create_engine(tmp_path / "engine", "english")
    yield engine
    engine.close()


def put(engine: Engine, *articles: Article) -> None:
    """Index *articles* in one commit."""
    engine.apply(
        [Change(number, a.id, a) for number, a in enumerate(articles, 1)],
        Position("store", len(articles)),
    )


def built(store: Store, root: Path) -> None:
    projection.catch_up(store, root, "english")
