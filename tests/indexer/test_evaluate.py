"""Evaluation over arrays against the oracle, and its scores against the rules read plainly."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.store import Change, Position
from indexer.analysis import Analyzer
from indexer.engine import Sort
from indexer.tree import (
    EVERYTHING,
    And,
    AtLeast,
    Boosted,
    Dates,
    Exact,
    Field,
    Fuzzy,
    Near,
    Node,
    Not,
    Or,
    Placed,
    Prefix,
    Some,
    Together,
    Unit,
    Wildcard,
    Words,
)
from indexer.whoosh_engine.cache import Cache
from indexer.whoosh_engine.evaluate import find
from indexer.whoosh_engine.leaf import View
from indexer.whoosh_engine.top import top
from tests.contract.oracle import MemoryEngine
from tests.examples import examples
from tests.indexer.conftest import make_article
from tests.indexer.reference import Reference
from tests.indexer.segments import SegmentEngine
from tests.indexer.test_equality import VOCABULARY, commits, filled, phrases
from tests.indexer.test_equality import leaves as plain_leaves
from tests.indexer.views import view_of

fields = st.sampled_from(tuple(Field))
words = st.sampled_from(VOCABULARY)
patterns = st.sampled_from(
    ("ban*", "*s", "?s", "b*k*", "*a*", "r?t*", "*", "??", "***", "?*?", "U*", "Å?a", "*k?", "京")
)
misspelt = st.sampled_from(("bnak", "rate", "us", "cafe", "Åsb", "ratess", "東京", "x", "thee"))
placed: st.SearchStrategy[Placed] = st.one_of(
    st.builds(Words, phrases, fields),
    st.builds(Exact, phrases, fields),
    st.builds(Prefix, st.sampled_from(("ba", "u", "ås", "o’n", "zz")), fields),
    st.builds(Wildcard, patterns, fields),
    st.builds(Fuzzy, misspelt, st.integers(0, 2), fields),
)
parts = st.lists(placed, min_size=2, max_size=4).map(tuple)
related: st.SearchStrategy[Node] = st.one_of(
    st.builds(Near, parts, st.integers(1, 6), st.booleans(), fields),
    st.builds(Near, parts, st.integers(1, 6), st.booleans()),
    st.builds(Together, parts, st.sampled_from(Unit), fields),
    st.builds(AtLeast, st.integers(0, 4), placed),
)
every_tree: st.SearchStrategy[Node] = st.recursive(
    st.one_of(placed, related, plain_leaves),
    lambda inner: st.one_of(
        st.builds(And, st.lists(inner, max_size=3).map(tuple)),
        st.builds(Or, st.lists(inner, max_size=3).map(tuple)),
        st.builds(Some, st.lists(inner, max_size=4).map(tuple), st.integers(0, 4)),
        st.builds(
            Boosted, placed, st.lists(st.tuples(words, st.floats(0, 1)), max_size=3).map(tuple)
        ),
        st.builds(Not, inner),
    ),
    max_leaves=5,
)


def scores_of(view: View, tree: Node) -> dict[str, float]:
    """What is found, by id, each with its score."""
    return {
        key.decode(): float(score)
        for found in find(view, tree, scored=True, cache=Cache())
        for key, score in zip(
            found.leaf.segment.ids[found.documents].tolist(),
            [0.0] * len(found.documents) if found.scores is None else found.scores.tolist(),
            strict=True,
        )
    }


@settings(deadline=None, max_examples=examples(60))
@given(batches=commits, queries=st.lists(every_tree, min_size=10, max_size=10))
def test_what_is_found_is_what_the_oracle_finds(
    english: Analyzer, batches: list[list[Change]], queries: list[Node]
) -> None:
    view, oracle, cache = view_of(batches, english), filled(MemoryEngine(), batches), Cache()
    for tree in queries:
        for sort in (Sort.NEWEST, Sort.OLDEST):
            found = find(view, tree, scored=False, cache=cache)
            ours = top(found, sort=sort, limit=None)
            assert ours == oracle.match(tree, sort=sort, limit=None, copies=True).hits
        ranked = find(view, tree, scored=True, cache=cache)
        assert [f.documents.tolist() for f in ranked] == [f.documents.tolist() for f in found]


@settings(deadline=None, max_examples=examples(30))
@given(batches=commits, queries=st.lists(every_tree, min_size=5, max_size=5))
def test_scores_are_those_of_the_rules_read_plainly(
    english: Analyzer, batches: list[list[Change]], queries: list[Node]
) -> None:
    reference = Reference(batches, filled(MemoryEngine(), batches))
    view = view_of(batches, english)
    for tree in queries:
        assert scores_of(view, tree) == pytest.approx(reference.scores(tree, pairs=False))


@settings(deadline=None, max_examples=examples(30))
@given(batches=commits, tree=every_tree)
def test_scores_do_not_depend_on_how_the_index_came_to_be(
    english: Analyzer, batches: list[list[Change]], tree: Node
) -> None:
    last = {change.id: change for batch in batches for change in batch}
    anew = view_of([list(last.values())], english)
    assert scores_of(view_of(batches, english), tree) == pytest.approx(scores_of(anew, tree))


def view(english: Analyzer, *texts: str) -> View:
    """Articles named a, b, … with these texts."""
    articles = [make_article(chr(97 + i), "-", text) for i, text in enumerate(texts)]
    return view_of([[Change(0, a.id, a) for a in articles]], english)


def ids(view: View, tree: Node) -> str:
    return "".join(sorted(scores_of(view, tree)))


def near(text: str, within: int, *, ordered: bool = False) -> Near:
    return Near(tuple(map(Words, text.split(", "))), within, ordered)


@pytest.mark.parametrize(
    ("tree", "found"),
    [
        (near("gull, tern", 1), "ab"),
        (near("gull, tern", 1, ordered=True), "a"),
        (near("gull, tern", 3), "abcdf"),
        (near("gull, gull", 9), "e"),
        (near("gull, gulls", 3), "e"),
        (near("gull, tern, crow", 4), "d"),
        (near("gull, tern, crow", 3), ""),
        (near("red gull, crow", 4), "d"),
        (Together((Words("gull"), Words("tern")), Unit.SENTENCE), "abcd"),
        (Together((Words("gull"), Words("tern")), Unit.PARAGRAPH), "abcdf"),
    ],
)
def test_words_are_near_or_together_within_one_paragraph(
    english: Analyzer, tree: Node, found: str
) -> None:
    archive = view(
        english,
        "a gull tern",
        "a tern gull",
        "gull one two tern",
        "red gull one tern two crow",
        "gull one two gulls",
        "A gull. The tern",
        "gull\n\ntern",
    )
    assert ids(archive, tree) == found


@pytest.mark.parametrize(
    ("tree", "found"),
    [
        (Exact("banks"), "b"),
        (Words("banks"), "ab"),
        (AtLeast(2, Words("bank")), "a"),
        (AtLeast(2, Words("of gulls")), "c"),
        (Wildcard("b?nk*"), "ab"),
        (Wildcard("*gull"), "d"),
        (Fuzzy("banc"), "a"),
        (Fuzzy("bnak"), "a"),
        (Fuzzy("bncs", 2), "b"),
        (Words("gulls", Field.LEDE), "c"),
        (Words("gull", Field.LEDE), "c"),
        (Prefix("ba", Field.LEDE), "ab"),
    ],
)
def test_forms_counts_patterns_and_the_lede_find_what_they_say(
    english: Analyzer, tree: Node, found: str
) -> None:
    archive = view(english, "bank bank", "banks", "of gulls of gulls", "x\n\nseagull gull")
    assert ids(archive, tree) == found


def test_what_stands_behind_not_and_in_filters_scores_nothing(english: Analyzer) -> None:
    archive = view(english, "gull", "tern")
    assert set(scores_of(archive, Not(Words("crow"))).values()) == {0.0}
    assert find(archive, EVERYTHING, scored=True, cache=Cache())[0].scores is None


def test_a_word_scores_only_where_its_side_of_or_matches(english: Analyzer) -> None:
    archive = view(english, "gull tern", "gull crow")
    either = Or((And((Words("gull"), Words("tern"))), Words("crow")))
    assert scores_of(archive, either)["b"] == pytest.approx(scores_of(archive, Words("crow"))["b"])


def many(english: Analyzer) -> tuple[View, MemoryEngine]:
    """An archive large enough for tables of documents, wide terms and long frequencies."""
    texts: Sequence[str] = [
        f"{'the ' * (i % 7)}gull{i % 3} bank the tern {'x ' * (i % 11)}bank rates\n\nthe x{i}"
        for i in range(600)
    ]
    batch = [Change(0, f"n{i}", make_article(f"n{i}", text, text)) for i, text in enumerate(texts)]
    batches = [batch, [Change(0, f"n{i}", None) for i in range(0, 600, 17)]]
    oracle = MemoryEngine()
    filled(oracle, batches)
    return view_of(batches, english), oracle


@pytest.mark.parametrize(
    "limits",
    [
        {},
        {"places._WIDE": 3},
        {"places._WIDE": 3, "places._WIDEST": 10, "places._FEW": 1},
        {"places._LOPSIDED": 0, "places._IN_SIGHT": 0},
        {"places._LOPSIDED": 1 << 30, "near._HALF": 0},
    ],
    ids=str,
)
def test_every_way_of_reading_places_finds_the_same(
    english: Analyzer, monkeypatch: pytest.MonkeyPatch, limits: dict[str, int]
) -> None:
    for name, value in limits.items():
        monkeypatch.setattr(f"indexer.whoosh_engine.{name}", value)
    archive, oracle = many(english)
    for tree in (
        Words("the gull1"),
        Words("the tern", quoted=True),
        Words("bank rate"),
        near("gull2, rates", 5),
        near("the, tern, rates", 6, ordered=True),
        near("the, tern, rates", 6),
        Near((Words("the gull1"), Prefix("x")), 4),
        Together((Words("x"), Words("gull0")), Unit.SENTENCE),
        And((Words("the"), Not(Words("gull0 bank")), Wildcard("x1?"))),
    ):
        expected = oracle.match(tree, limit=None, copies=True)
        assert set(scores_of(archive, tree)) == {hit.id for hit in expected.hits}
        assert expected.total


def test_threads_that_share_a_small_cache_find_the_same(english: Analyzer) -> None:
    archive, _ = many(english)
    trees = [
        Words("bank rate"),
        near("the, rates", 9),
        Or((Words("gull1"), Prefix("x1"), Wildcard("*ern"))),
        And((Words("the"), Not(Words("x")), Fuzzy("gul1"))),
        AtLeast(2, Words("bank")),
    ]
    alone = [scores_of(archive, tree) for tree in trees]
    shared = Cache(budget=20_000)

    def ask(number: int) -> list[tuple[list[int], list[float] | None]]:
        found = find(archive, trees[number % len(trees)], scored=True, cache=shared)
        return [
            (f.documents.tolist(), None if f.scores is None else f.scores.tolist()) for f in found
        ]

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(ask, range(200)))
    for number, answer in enumerate(answers):
        assert answer == answers[number % len(trees)]
        assert sum(len(documents) for documents, _ in answer) == len(alone[number % len(trees)])


def test_a_phrase_that_all_documents_have_is_narrowed_as_any_other() -> None:
    engine = filled(
        SegmentEngine(),
        [
            [
                Change(0, "a", make_article("a", "Bank rates", published=None)),
                Change(0, "b", make_article("b", "Bank rates")),
            ]
        ],
    )
    tree = And((Dates(None, None), Words("bank rates")))
    assert [hit.id for hit in engine.match(tree).hits] == ["b"]
    engine.apply([Change(1, "a", None)], Position("here", 1))
    assert [hit.id for hit in engine.match(Words("bank rates")).hits] == ["b"]
