"""Related coverage: what is found, how it is grouped, and why."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.store import Store
from indexer.analysis import Analyzer
from indexer.coverage import Coverage, coverage_of, linked
from indexer.engine import Engine
from indexer.profile import profile_of
from tests.examples import examples
from tests.indexer.conftest import make_article, put

ENGLISH = Analyzer("english")
SEIZED = (
    "Customs officers in Port Ellis seized 40 kilograms of fentanyl hidden in a cargo of tiles. "
    "The captain, Stellan Okafor, was arrested on the quay, said prosecutor Ines Varga."
)
TOLD_AGAIN = (
    "A captain is in custody after fentanyl weighing 40 kilograms turned up among tiles at Port "
    "Ellis. Stellan Okafor denied it all; prosecutor Ines Varga called the customs find a record."
)
LATER = (
    "Hauliers asked the council to drop the tolls on the harbour road, which were raised twice "
    "in a year. Customs at Port Ellis took the most of it, said Mette Okafor, a prosecutor, "
    "and queues reached the market. A vote is due when members return from their holidays."
)
ARTICLES = (
    make_article("own", "Fentanyl seized at Port Ellis", SEIZED, "2024-06-20", source="Herald"),
    make_article("again", "Okafor held over fentanyl", TOLD_AGAIN, "2024-06-22", source="Post"),
    make_article("later", "Tolls for Port Ellis", LATER, "2024-09-20"),
    make_article("old", "Okafor held over fentanyl", TOLD_AGAIN + " So it was.", "2004-06-22"),
    *(
        make_article(
            f"x{i}", f"Notes {i}", f"On day {i} hauliers in Port Ellis said of {words}: it was on."
        )
        for i, words in enumerate(
            ["tolls and queues at the market", "a vote after the holidays", "the harbour road"] * 7
        )
    ),
)


@pytest.fixture
def archive(engine: Engine, store: Store) -> tuple[Engine, Store]:
    for article in ARTICLES:
        if article.id != "old":
            store.put(article)
    put(engine, *(article for article in ARTICLES if article.id != "old"))
    return engine, store


def of(name: str, archive: tuple[Engine, Store]) -> Coverage:
    article = next(article for article in ARTICLES if article.id == name)
    return coverage_of(article, *archive, ENGLISH)


def test_the_same_story_told_by_others_is_named_apart_from_what_is_similar(
    archive: tuple[Engine, Store],
) -> None:
    found = of("own", archive)
    assert [told.article.id for told in found.same] == ["again"]
    assert next(told.article.id for told in found.similar) == "later"


def test_what_two_articles_share_and_how_far_apart_they_are_is_told(
    archive: tuple[Engine, Store],
) -> None:
    (told,) = of("own", archive).same
    assert told.days == 2
    assert 0.22 <= told.likeness <= 1
    assert {"Fentanyl", "Okafor"} & set(told.shared)
    assert of("again", archive).same[0].days == -2
    assert told.as_json()["id"] == "again"


def test_an_article_that_shares_nothing_has_nothing_related(engine: Engine, store: Store) -> None:
    alone = make_article("alone", "Gulls", "Gulls cried all night.")
    put(engine, alone, ARTICLES[0])
    assert coverage_of(alone, engine, store, ENGLISH) == Coverage((), (), ())


def test_copies_are_named_as_copies_and_nowhere_else(engine: Engine, store: Store) -> None:
    body = " ".join([SEIZED, TOLD_AGAIN, LATER])
    one = make_article("one", "Fentanyl seized", body)
    copy = make_article("two", "Fentanyl seized", body, source="Elsewhere")
    for article in (one, copy, ARTICLES[1]):
        store.put(article)
    put(engine, one, copy, ARTICLES[1])
    found = coverage_of(one, engine, store, ENGLISH)
    assert [copy.id for copy in found.copies] == ["two"]
    assert "two" not in [told.article.id for told in (*found.same, *found.similar)]


def test_twenty_years_apart_counts_half(engine: Engine, store: Store) -> None:
    for article in ARTICLES:
        store.put(article)
    put(engine, *ARTICLES)
    found = of("own", (engine, store))
    likeness = {t.article.id: t.likeness for t in (*found.same, *found.similar)}
    assert likeness["old"] < 0.6 * likeness["again"]


def test_names_within_sentences_and_headlines_weigh_more() -> None:
    profile = profile_of(
        make_article("a", "Quay shut", "Police said Varga spoke. Then the quay and the road."),
        ENGLISH,
    )
    weights = {profile.written[term]: weight for term, weight in profile.weights.items()}
    assert weights["Varga"] > weights["spoke"] == weights["Police"]
    assert weights["Quay"] > weights["road"]


def _by_brute_force(alike: np.ndarray, least: float) -> set[frozenset[int]]:  # type: ignore[type-arg]
    groups = [frozenset({i}) for i in range(len(alike))]
    while len(groups) > 1:
        mean, one, other = max(
            (
                (float(np.mean([alike[i, j] for i in a for j in b])), a, b)
                for a, b in combinations(groups, 2)
            ),
            key=lambda found: found[0],
        )
        if mean < least:
            break
        groups = [group for group in groups if group not in (one, other)] + [one | other]
    return set(groups)


@settings(max_examples=examples(50), deadline=None)
@given(seed=st.integers(0, 9999), count=st.integers(1, 9), least=st.floats(0.2, 0.9))
def test_groups_are_those_of_average_linkage(seed: int, count: int, least: float) -> None:
    vectors = np.random.default_rng(seed).random((count, 3)) ** 3
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    alike = vectors @ vectors.T
    groups = linked(alike, least)
    assert 0 in groups[0]
    assert set(groups) == _by_brute_force(alike, least)
