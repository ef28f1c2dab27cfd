"""What pairs of words add to scores, against a plain reading of the rules."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.store import Change
from indexer.analysis import Analyzer
from indexer.tree import And, Field, Node, Or, Prefix, Some, Words
from indexer.whoosh_engine.cache import Cache
from indexer.whoosh_engine.leaf import View
from tests.contract.oracle import MemoryEngine
from tests.examples import examples
from tests.indexer.conftest import make_article
from tests.indexer.reference import Reference
from tests.indexer.test_equality import VOCABULARY, commits, filled
from tests.indexer.test_evaluate import every_tree
from tests.indexer.views import ranked, view_of

plain = st.lists(st.sampled_from(VOCABULARY).map(Words), min_size=2, max_size=6).map(tuple)
questions: st.SearchStrategy[Node] = st.one_of(
    st.builds(Or, plain), st.builds(Some, plain, st.integers(1, 3)), every_tree
)


def scored(view: View, tree: Node, cache: Cache | None = None) -> dict[str, float]:
    """What is found, the best first, each with its score."""
    return {hit.id: hit.score for hit in ranked(view, tree, cache)}


def archive(english: Analyzer, *texts: str) -> View:
    """Articles named a, b, … with these texts."""
    articles = [make_article(chr(97 + i), "-", text) for i, text in enumerate(texts)]
    return view_of([[Change(0, a.id, a) for a in articles]], english)


@settings(deadline=None, max_examples=examples(30))
@given(batches=commits, queries=st.lists(questions, min_size=3, max_size=3))
def test_pairs_add_what_the_rules_read_plainly_say(
    english: Analyzer, batches: list[list[Change]], queries: list[Node]
) -> None:
    reference = Reference(batches, filled(MemoryEngine(), batches))
    view, cache = view_of(batches, english), Cache()
    for tree in (*queries, *queries):
        expected = reference.scores(tree, pairs=True)
        assert scored(view, tree, cache) == pytest.approx(expected, abs=2e-6)


@settings(deadline=None, max_examples=examples(30))
@given(batches=commits, tree=questions)
def test_order_does_not_depend_on_how_the_index_came_to_be(
    english: Analyzer, batches: list[list[Change]], tree: Node
) -> None:
    last = {change.id: change for batch in batches for change in batch}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("indexer.whoosh_engine.pairs.BEST", 2)
        ours = scored(view_of(batches, english), tree)
        anew = scored(view_of([list(last.values())], english), tree)
    assert list(ours.items()) == list(anew.items())


def test_of_articles_with_the_same_words_the_one_that_has_them_together_is_first(
    english: Analyzer,
) -> None:
    view = archive(
        english,
        "gull one two three four five six seven eight tern",
        "tern one two three four five six seven eight gull",
        "tern gull one two three four five six seven eight",
        "gull tern one two three four five six seven eight",
        "tern one two three four five six seven gull eight",
    )
    scores = scored(view, And((Words("gull"), Words("tern"))))
    assert next(iter(scores)) == "d"
    assert scores["d"] > scores["c"] == scores["e"] > scores["a"] == scores["b"]


def test_no_pair_reaches_over_the_end_of_a_paragraph(english: Analyzer) -> None:
    view = archive(english, "gull\n\ntern", "gull tern")
    scores = scored(view, And((Words("gull"), Words("tern"))))
    assert scores["b"] > scores["a"]


@pytest.mark.parametrize(
    "tree",
    [
        And((Words("gull"), Words("the"))),
        And((Words("gull"), Words("gulls"))),
        And((Words("gull"), Prefix("te"))),
        And((Words("gull", Field.TITLE), Words("tern", Field.TITLE))),
    ],
    ids=str,
)
def test_stop_words_patterns_and_words_of_a_field_make_no_pairs(
    english: Analyzer, tree: Node
) -> None:
    texts = ("the gull tern", "gull one the two gulls tern", "tern")
    articles = [make_article(chr(97 + i), text, text) for i, text in enumerate(texts)]
    batches = [[Change(0, a.id, a) for a in articles]]
    reference = Reference(batches, filled(MemoryEngine(), batches))
    expected = reference.scores(tree, pairs=False)
    assert scored(view_of(batches, english), tree) == pytest.approx(expected, abs=1e-6)


def test_only_the_best_by_their_words_are_looked_at(
    english: Analyzer, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = archive(english, "gull tern", "gull gull one two tern", "gull gull gull one two tern")
    tree = And((Words("gull"), Words("tern")))
    alone = scored(view, tree)
    monkeypatch.setattr("indexer.whoosh_engine.pairs.BEST", 1)
    bounded = scored(view, tree)
    assert sum(bounded[name] < alone[name] for name in "abc") == 2
