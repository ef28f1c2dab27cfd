"""What helps is tried while there is time, and what was not tried is told."""

from itertools import count

from archive.store import Store
from indexer.engine import Engine
from indexer.patience import Patience
from indexer.request import Request
from indexer.results import Results
from indexer.search import search
from tests.indexer.conftest import make_article, put

NOTICE = "it takes long to answer; not all that might find more was tried"


def after(steps: int) -> Patience:
    """Patience whose clock goes on by one each time it is looked at."""
    return Patience(steps, clock=count().__next__)


def test_no_more_are_tried_than_there_is_time_for() -> None:
    patience = after(3)
    assert list(patience.each("abc")) == ["a", "b"]
    assert patience.ended
    assert list(patience.each("de")) == []


def test_what_was_tried_to_its_end_is_not_told_as_cut() -> None:
    patience = after(9)
    assert list(patience.each("abc")) == ["a", "b", "c"]
    assert not patience.ended


def asked(text: str, engine: Engine, store: Store, patience: Patience) -> Results:
    articles = [make_article("a", "Harbour bridge opens"), make_article("b", "Ferry strike ends")]
    for article in articles:
        store.put(article)
    put(engine, *articles)
    return search(Request(text), engine, store, (), patience)


def test_a_search_without_time_for_help_answers_and_says_so(engine: Engine, store: Store) -> None:
    found = asked("harbour ferrry", engine, store, after(0))
    assert found.total == 0
    assert found.ways_on.suggestion is None
    assert found.ways_on.loosened == ()
    assert found.words == {}
    assert found.query.notices == (NOTICE,)


def test_a_search_with_time_for_some_of_it_gives_that(engine: Engine, store: Store) -> None:
    found = asked("harbour ferrry", engine, store, after(3))
    assert [one.text for one in found.ways_on.loosened] == ["harbour"]
    assert found.ways_on.suggestion is None
    assert found.query.notices == (NOTICE,)


def test_a_search_that_finds_enough_says_nothing_of_time(engine: Engine, store: Store) -> None:
    patience = Patience(1000)
    assert asked("harbour ferrry", engine, store, patience).query.notices == ()
    assert not patience.ended
