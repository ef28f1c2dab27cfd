"""Whatever is typed is answered, within a second of the processor's time."""

from pathlib import Path

import pytest

from archive import store as stores
from archive.store import Position, Store
from bench.articles.generated import articles
from bench.articles.kept import hold
from bench.searching.hostile import COUNT, MOST_BYTES, MOST_SECONDS, asked, peak, queries
from indexer.engines import create_engine

pytestmark = pytest.mark.gate

ARTICLES = 10_000


def test_no_hostile_query_fails_or_takes_more_than_a_second(tmp_path: Path) -> None:
    hold(tmp_path, articles(ARTICLES))
    engine = create_engine(tmp_path / "index", "english")
    with Store(tmp_path / stores.FILE, create=False) as store:
        engine.apply(store.changes_since(0), Position("here", ARTICLES))
        found = asked(queries(), engine, store)
    engine.close()
    assert len(found) == COUNT
    assert not {one.text[:200]: one.error for one in found if one.error}
    assert not {one.text[:200]: one.seconds for one in found if one.seconds > MOST_SECONDS}
    assert peak() < MOST_BYTES
