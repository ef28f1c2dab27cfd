"""Hostile queries over a real index: each is answered, and found again by its normal form."""

from pathlib import Path

from archive.store import Position
from bench.searching.hostile import TODAY, queries
from indexer.engines import create_engine
from indexer.explain import parts, sentence
from indexer.query import parse
from tests.contract.test_engine_contract import ARTICLES, puts


def test_hostile_queries_are_answered_as_their_normal_forms_are(tmp_path: Path) -> None:
    engine = create_engine(tmp_path, "english")
    engine.apply(puts(ARTICLES), Position("here", 1))
    for text in queries(200):
        query = parse(text, TODAY)
        assert engine.match(query.tree) == engine.match(parse(query.normal).tree), query.normal
        assert sentence(query)
        assert query.normal == "" or parts(query)
    engine.close()
