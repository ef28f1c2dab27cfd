"""Type-ahead: what is offered, and that it finds what it says."""

from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.article import Article
from archive.store import Position
from archive.store.kept import Kept
from indexer import query
from indexer.completion import LONGEST, Completer, Completion, Kind
from indexer.engine import Engine
from tests.contract.oracle import MemoryEngine
from tests.examples import examples
from tests.indexer.conftest import make_article, put


class Held:
    """Articles in a dictionary."""

    def __init__(self, *articles: Article) -> None:
        self._articles = articles

    def get_many(self, ids: object) -> dict[str, Kept]:
        return {
            a.id: Kept(a, 1, "2024-07-01T00:00:00Z", 1, "kept", "")
            for a in self._articles
            if a.id in ids  # type: ignore[operator]
        }


ARTICLES = (
    *(
        make_article(
            f"r{i}", f"Interest rates of {bank} rise", f"On day {i}.", f"2024-06-0{i + 1}"
        )
        for i, bank in enumerate(("Varda", "Norland", "Elm", "Ferrol"))
    ),
    *(make_article(f"x{i}", "Notes", "Of no matter.") for i in range(20)),
    make_article("b", "Bridge opens", "Interested.", byline=("Ana Lindqvist", "Inte Rast")),
    make_article("s", "Fog", "Gulls.", source="The Interior Post", topics=("international",)),
    make_article("l", "Linden trees", "Felled.", byline=("Ana Lindqvist",)),
)


@pytest.fixture
def engine() -> Engine:
    engine = MemoryEngine()
    put(engine, *ARTICLES)
    return engine


def offered(engine: Engine, typed: str) -> list[Completion]:
    return Completer().complete(typed, engine, Held(*ARTICLES))


def of(kind: Kind, found: list[Completion]) -> list[tuple[str, int]]:
    return [(one.text, one.articles) for one in found if one.kind is kind]


def test_names_headlines_phrases_and_words_are_offered_in_this_order(engine: Engine) -> None:
    found = offered(engine, "inte")
    kinds = list(dict.fromkeys(one.kind for one in found))
    assert set(kinds[:3]) == {Kind.BYLINE, Kind.SOURCE, Kind.TOPIC}
    assert kinds[3:] == [Kind.HEADLINE, Kind.PHRASE, Kind.WORD]
    assert of(Kind.BYLINE, found) == [("Inte Rast", 1)]
    assert of(Kind.SOURCE, found) == [("The Interior Post", 1)]
    assert of(Kind.WORD, found)[0] == ("interest", 5)


def test_a_name_is_known_by_any_of_its_words_in_their_order(engine: Engine) -> None:
    assert of(Kind.BYLINE, offered(engine, "LINDq")) == [("Ana Lindqvist", 2)]
    assert of(Kind.BYLINE, offered(engine, "ana lind")) == [("Ana Lindqvist", 2)]
    assert of(Kind.BYLINE, offered(engine, "lindqvist ana")) == []


def test_the_newest_headlines_come_first_and_bring_their_article(engine: Engine) -> None:
    found = [one for one in offered(engine, "interest ra") if one.kind is Kind.HEADLINE]
    assert [one.kept.article.id for one in found if one.kept] == ["r3", "r2", "r1", "r0"]


def test_a_phrase_stands_in_several_headlines_and_ends_in_no_word_of_every_article(
    engine: Engine,
) -> None:
    # "of" ends none, for it is in most articles.
    assert of(Kind.PHRASE, offered(engine, "inter")) == [("interest rates", 4)]
    assert of(Kind.PHRASE, offered(engine, "bridge")) == []


def test_the_last_word_is_completed_beside_those_before_it(engine: Engine) -> None:
    assert ("Interest rates", 4) in of(Kind.WORD, offered(engine, "Interest ra"))
    assert of(Kind.WORD, offered(engine, "fog inte")) == []


@pytest.mark.parametrize(
    "typed", ["", " ", "i", "(", 'by:"', "a OR (b", "-x", "x" * (LONGEST + 1)]
)
def test_what_is_short_long_or_no_plain_words_is_not_completed(engine: Engine, typed: str) -> None:
    assert offered(engine, typed) == []


def test_new_names_are_offered_once_they_are_in_the_index(engine: Engine) -> None:
    completer = Completer()
    assert of(Kind.BYLINE, completer.complete("bea", engine, Held())) == []
    new = make_article("n", "x", "y", byline=("Bea Ruiz",))
    put(engine, *ARTICLES, new)
    assert engine.checkpoint().position == Position("store", len(ARTICLES) + 1)  # type: ignore[union-attr]
    assert of(Kind.BYLINE, completer.complete("bea", engine, Held())) == [("Bea Ruiz", 1)]


VOCABULARY = ["bank", "banks", "bankrupt", "ferry", "ferries", "Été", "fog", "toll", "U.S."]


@settings(
    max_examples=examples(40),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(seed=st.integers(0, 9999), typed=st.sampled_from(["ba", "fer", "ete", "bank fe", "Fog "]))
def test_each_word_and_phrase_finds_as_many_articles_as_it_says(seed: int, typed: str) -> None:
    draw = Random(seed)
    articles = [
        make_article(
            f"n{i}",
            " ".join(draw.choices(VOCABULARY, k=4)),
            " ".join(draw.choices(VOCABULARY, k=2)),
        )
        for i in range(20)
    ]
    engine = MemoryEngine()
    put(engine, *articles)
    for one in Completer().complete(typed, engine, Held(*articles)):
        text = f'"{one.text}"' if one.kind is Kind.PHRASE else one.text
        found = engine.match(query.parse(text).tree).articles
        if one.kind in (Kind.PHRASE, Kind.WORD):
            assert found == one.articles > 0
