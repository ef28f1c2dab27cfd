"""Related coverage is found once for each state of store and index."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from archive.store import Store
from archive.store.kept import Kept
from indexer import coverages
from indexer.analysis import Analyzer
from indexer.coverage import coverage_of
from indexer.coverages import Coverages
from indexer.engine import Engine
from tests.indexer.conftest import put
from tests.indexer.test_coverage import ARTICLES

ENGLISH = Analyzer("english")


class CountingStore(Store):
    """A store that counts how often articles are read from it."""

    reads = 0

    def get_many(self, ids: Collection[str]) -> Mapping[str, Kept]:
        self.reads += 1
        return super().get_many(ids)


@pytest.fixture
def counting(tmp_path: Path) -> Iterator[CountingStore]:
    with CountingStore(tmp_path / "counting.db") as counting:
        for article in ARTICLES:
            counting.put(article)
        yield counting


def test_what_was_found_is_not_looked_for_again(engine: Engine, counting: CountingStore) -> None:
    put(engine, *ARTICLES)
    kept = Coverages()
    first = kept.of(ARTICLES[0], engine, counting, ENGLISH)
    assert first == coverage_of(ARTICLES[0], engine, counting, ENGLISH)
    reads = counting.reads
    assert kept.of(ARTICLES[0], engine, counting, ENGLISH) is first
    assert counting.reads == reads


def test_a_change_of_the_store_or_the_index_has_it_found_anew(
    engine: Engine, counting: CountingStore
) -> None:
    put(engine, *ARTICLES)
    kept = Coverages()
    kept.of(ARTICLES[0], engine, counting, ENGLISH)
    counting.withdraw("again")
    withdrawn = kept.of(ARTICLES[0], engine, counting, ENGLISH)
    assert "again" not in [told.article.id for told in withdrawn.same]
    reads = counting.reads
    put(engine, replace(ARTICLES[2], headline="Tolls"))
    kept.of(ARTICLES[0], engine, counting, ENGLISH)
    assert counting.reads > reads


def test_it_is_kept_of_so_many_articles_only(
    engine: Engine, counting: CountingStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(coverages, "MOST", 2)
    put(engine, *ARTICLES)
    kept = Coverages()
    for article in ARTICLES[:3]:
        kept.of(article, engine, counting, ENGLISH)
    reads = counting.reads
    kept.of(ARTICLES[2], engine, counting, ENGLISH)
    assert counting.reads == reads
    kept.of(ARTICLES[0], engine, counting, ENGLISH)
    assert counting.reads > reads
