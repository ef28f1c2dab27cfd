"""Related words: which they are, what they weigh, and what they do to the order."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.store import Store
from indexer import projection
from indexer.analysis import Analyzer
from indexer.engine import Engine, Frequencies, Sort
from indexer.live import LiveIndex
from indexer.related_words import FEWEST_ARTICLES, related_words
from indexer.request import Request
from indexer.results import Results
from indexer.search import search
from indexer.tree import Words
from tests.indexer.conftest import make_article


def counted(words: object) -> Frequencies:
    """Of a hundred articles, as many have a word as it has letters."""
    return Frequencies(100, tuple(len(word) for word in words))  # type: ignore[attr-defined]


BEST = (
    (make_article("a", "Ferries", "Ferries sail to harbour and the harbour waits."), 2.0),
    (make_article("b", "Fog", "Fog on an unprecedented harbour."), 1.0),
)


def test_related_words_are_telling_words_of_the_best_in_their_commonest_form(
    english: Analyzer,
) -> None:
    found = related_words(BEST, (Words("ferry"),), (), english, counted)
    words = [word.word for word in found]
    assert words[0] == "harbour"
    assert {"ferries", "and", "unprecedented"}.isdisjoint(words)
    assert words.index("sail") < words.index("fog")
    assert sum(word.weight for word in found) == pytest.approx(0.43)


def test_a_related_word_is_no_bare_figure(english: Analyzer) -> None:
    article = make_article(
        "a", "Growth", "Harbour growth of 2.3 after 64 in 1998, 1,200 of the G7."
    )
    best = ((article, 1.0),)
    words = {found.word for found in related_words(best, (Words("ferry"),), (), english, counted)}
    assert words == {"harbour", "growth", "g7"}


def test_a_related_word_can_be_taken_out_and_weights_grow_with_the_query(
    english: Analyzer,
) -> None:
    asked = (Words("ferry"), Words("fog"))
    found = related_words(BEST, asked, ("harbours",), english, counted)
    assert "harbour" not in [word.word for word in found]
    assert sum(word.weight for word in found) == pytest.approx(2 * 0.43)
    assert related_words((), asked, (), english, counted) == ()


@pytest.fixture
def site(store: Store, root: Path) -> Iterator[tuple[Engine, Store]]:
    for number in range(100):
        store.put(make_article(f"other{number}", "Quiet", f"Nothing happened, day {number}."))
    store.put(make_article("whales", "Whales", "Whales and krill in the strait."))
    store.put(make_article("krill", "Strait", "A whale ate krill in the strait, krill again."))
    store.put(make_article("far", "Town", "A whale of a time was had in the town hall."))
    store.put(make_article("lone", "Strait of krill", "Krill in the strait, without any of them."))
    projection.catch_up(store, root, "english")
    engine = LiveIndex(root).engine()
    yield engine, store
    engine.close()


def ask(site: tuple[Engine, Store], text: str, **asked: object) -> Results:
    return search(Request(text, related=True, **asked), *site)  # type: ignore[arg-type]


def test_articles_with_related_words_come_first_but_a_word_asked_for_must_be_there(
    site: tuple[Engine, Store],
) -> None:
    results = ask(site, "whale")
    assert {"krill", "strait"} <= {found.word for found in results.related}
    assert [hit.kept.article.id for hit in results.hits][-1] == "far"
    assert results.total == 3
    assert results.as_json()["related"] == {f.word: f.weight for f in results.related}


def test_related_words_find_what_has_any_word_and_name_what_is_missing(
    site: tuple[Engine, Store],
) -> None:
    results = ask(site, "whale hall")
    assert {hit.kept.article.id: hit.missing for hit in results.hits} == {
        "far": (),
        "whales": ("hall",),
        "krill": ("hall",),
    }


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ('"whale"', {}),
        ("title:whales", {}),
        ("whale OR town", {}),
        ("whale", {"sort": Sort.NEWEST}),
        ("zeppelin", {}),
        ("", {}),
    ],
)
def test_quoted_fielded_and_dated_searches_have_no_related_words(
    site: tuple[Engine, Store], text: str, asked: dict[str, object]
) -> None:
    assert ask(site, text, **asked).related == ()


def test_a_related_word_that_was_taken_out_is_not_ranked_by(site: tuple[Engine, Store]) -> None:
    results = ask(site, "whale", unrelated=("krill",))
    assert "krill" not in {found.word for found in results.related}


def test_a_search_with_related_words_is_no_question(site: tuple[Engine, Store]) -> None:
    results = ask(site, "whale hall")
    assert results.related
    assert not results.reading.is_question
    assert results.having_all is None
    assert "question" not in results.as_json()


def test_an_archive_too_small_to_learn_from_says_so(store: Store, root: Path) -> None:
    for number in range(FEWEST_ARTICLES - 1):
        store.put(make_article(f"a{number}", "Ferry", f"A ferry, whale {number % 9} and krill."))
    projection.catch_up(store, root, "english")
    engine = LiveIndex(root).engine()
    small = ask((engine, store), "whale")
    assert (small.related, small.can_relate) == ((), False)
    assert small.query.notices == (
        "an archive of 99 articles is too small to learn related words from; it takes 100",
    )
    store.put(make_article("more", "Whale", "Whale and krill."))
    projection.catch_up(store, root, "english")
    engine.close()
    engine = LiveIndex(root).engine()
    assert search(Request("whale"), engine, store).can_relate
    engine.close()


@pytest.mark.parametrize("text", ['"whale"', "title:whales"])
def test_where_related_words_rank_nothing_that_is_told(
    site: tuple[Engine, Store], text: str
) -> None:
    assert "plain words by relevance only" in ask(site, text).query.notices[0]
