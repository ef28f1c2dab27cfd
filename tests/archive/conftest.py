"""Fixtures of the archive's tests: a store, a folder, a fetcher, and the day."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from archive.article import Article
from archive.ingest.compose import compose
from archive.ingest.fetch import Fetcher
from archive.ingest.item import Item
from archive.ingest.pipeline import SourceReport, update
from archive.settings import Fetch
from archive.source import Kind, Source
from archive.store import Store

TODAY = date(2026, 1, 10)
NOON = datetime(2026, 1, 10, 12, 0, tzinfo=UTC)
TEXT = "The bank cut its rate.\n\nNobody in Port Ellis could say why it had done so."

Update = Callable[..., list[SourceReport]]


@pytest.fixture
def today() -> date:
    return TODAY


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "articles.db", clock=lambda: NOON) as store:
        yield store


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "The Gannet"
    path.mkdir()
    return path


@pytest.fixture
def fetcher() -> Fetcher:
    return Fetcher(Fetch(timeout=20, private_hosts=("127.0.0.1",)), "test")


@pytest.fixture
def run(store: Store, fetcher: Fetcher, today: date) -> Update:
    """Update all sources of the store; the reports come back."""

    def run(**options: Any) -> list[SourceReport]:
        return list(update(store, store.sources(), fetcher, today, **options))

    return run


def composed(item: Item, *, kind: Kind = Kind.FOLDER, name: str | None = None) -> Article:
    return compose(item, Source(1, kind, "/somewhere", name), TODAY)


def outcomes(report: SourceReport) -> dict[str, int]:
    return {str(outcome): count for outcome, count in report.outcomes.items() if count}


def texts(store: Store) -> set[str]:
    return {c.article.text for c in store.changes_since(0) if c.article}
