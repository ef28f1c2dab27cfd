"""Whatever is typed is answered, within a second of the processor's time."""

from pathlib import Path

import pytest

from archive.store import Change, Position
from bench.articles.generated import articles
from bench.searching.hostile import COUNT, MOST_SECONDS, TODAY, queries, seconds
from indexer.engines import create_engine
from indexer.query import parse

pytestmark = pytest.mark.gate

ARTICLES = 10_000


def test_no_hostile_query_takes_more_than_a_second(tmp_path: Path) -> None:
    engine = create_engine(tmp_path, "english")
    engine.apply((Change(0, a.id, a) for a in articles(ARTICLES)), Position("here", 1))
    asked = list(queries())
    taken = {text: seconds(lambda q=text: engine.match(parse(q, TODAY).tree)) for text in asked}
    engine.close()
    assert len(asked) == COUNT
    slow = {text[:200]: took for text, took in taken.items() if took > MOST_SECONDS}
    assert not slow
