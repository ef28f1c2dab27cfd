"""Words that stand out in what was found, against the plainest way of counting them."""

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from archive.store import Change, Position
from indexer import query
from indexer.engine import TELLING
from indexer.telling import stands_out
from indexer.tree import And, Node, Words
from tests.contract.oracle import MemoryEngine
from tests.examples import examples
from tests.indexer.conftest import make_article
from tests.indexer.segments import SegmentEngine

VOCABULARY = [
    "bank",
    "banks",
    "Ferry",
    "toll",
    "tolls",
    "gulls",
    "fog",
    "1987",
    "A",
    "U.S.",
    "été",
]


def engines(seed: int, count: int) -> tuple[SegmentEngine, MemoryEngine]:
    """The same articles in both, in three commits, a few of them replaced by later ones."""
    draw = Random(seed)
    array, plain = SegmentEngine(), MemoryEngine()
    for batch in range(3):
        changes = []
        for name in draw.sample(range(count), count // 2):
            article = make_article(
                f"n{name}",
                " ".join(draw.choices(VOCABULARY, weights=range(1, 12), k=3)),
                " ".join(draw.choices(VOCABULARY, k=4)),
                byline=("Ana Bank",) if draw.random() < 0.2 else (),
                source=draw.choice(("Post", "Herald")),
            )
            changes.append(Change(batch, article.id, article))
        for engine in (array, plain):
            engine.apply(changes, Position("here", batch))
    return array, plain


@settings(max_examples=examples(40), deadline=None)
@given(
    seed=st.integers(0, 10_000),
    count=st.integers(2, 60),
    text=st.sampled_from(["bank", "ferry OR fog", "toll -bank", "", "zzz"]),
    sources=st.sampled_from([(), ("Post",)]),
)
def test_words_that_stand_out_are_those_that_counting_anew_finds(
    seed: int, count: int, text: str, sources: tuple[str, ...]
) -> None:
    array, plain = engines(seed, count)
    tree = query.parse(text).tree
    ask = {"facets": (TELLING,), "limit": 0, "chosen": {"source": sources}}
    told, expected = (e.match(tree, **ask).facets[TELLING] for e in (array, plain))  # type: ignore[arg-type]
    assert list(told.items()) == list(expected.items())


@settings(max_examples=examples(20), deadline=None)
@given(seed=st.integers(0, 10_000))
def test_each_word_narrows_to_as_many_articles_as_it_says(seed: int) -> None:
    array, _ = engines(seed, 60)
    tree: Node = query.parse("bank OR ferry").tree
    for word, articles in array.match(tree, facets=(TELLING,)).facets[TELLING].items():
        assert array.match(And((tree, Words(word))), copies=True).total == articles


def test_a_word_stands_out_that_is_much_more_frequent_than_elsewhere() -> None:
    assert stands_out(10, 12, 20, 1000) > stands_out(10, 100, 20, 1000) > 0
    assert stands_out(10, 500, 20, 1000) == 0
    assert stands_out(1, 1, 20, 1000) == 0
    assert stands_out(20, 30, 20, 1000) == 0
