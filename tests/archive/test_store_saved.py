"""Saved searches in the store: what is new to readers, and what goes out, each once."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.article import Article
from archive.errors import UsageError
from archive.saved_search import DigestState, SavedSearch
from archive.store import Store
from tests.archive.test_store import article


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "articles.db") as opened:
        for number in range(6):
            opened.put(named(number))
        yield opened


def named(number: int) -> Article:
    return article(f"a{number}", f"Story number {number}: the bank cut its rate by {number}.")


def ids(*numbers: int) -> list[str]:
    return [named(number).id for number in numbers]


def again(store: Store, saved: SavedSearch) -> SavedSearch:
    now = store.saved_search(saved.id)
    assert now is not None
    return now


def run(store: Store, saved: SavedSearch, *numbers: int) -> int:
    return store.keep_matches(again(store, saved), ids(*numbers), "as one", 1)


def numbers(store: Store, saved: SavedSearch) -> list[tuple[str, int]]:
    return [(m.article_id, m.number) for m in store.saved_matches(saved.id, limit=100)]


def test_the_first_run_takes_stock_and_only_later_matches_are_new(store: Store) -> None:
    saved = store.save_search("Rates", "{}")
    assert run(store, saved, 0, 1) == 0
    assert (again(store, saved).new, again(store, saved).matches) == (0, 2)
    assert run(store, saved, 0, 1, 2) == 1
    assert (again(store, saved).new, again(store, saved).matches) == (1, 3)


def test_an_article_that_leaves_the_result_and_comes_back_is_not_new_again(store: Store) -> None:
    saved = store.save_search("Rates", "{}")
    run(store, saved, 0)
    run(store, saved, 0, 1)
    run(store, saved)
    assert run(store, saved, 0, 1) == 0
    a0, a1 = ids(0, 1)
    assert numbers(store, saved) == [(a1, 2), (a0, 1)]


def test_seen_goes_up_to_what_was_shown_and_never_back(store: Store) -> None:
    saved = store.save_search("Rates", "{}")
    run(store, saved)
    run(store, saved, 0, 1, 2)
    assert again(store, saved).new == 3
    store.note_seen(saved.id, 2)
    assert again(store, saved).new == 1
    store.note_seen(saved.id, 1)
    assert again(store, saved).new == 1
    store.note_seen(saved.id, 99)
    run(store, saved, 0, 1, 2, 3)
    assert again(store, saved).new == 1
    assert not store.note_seen(99, 1)


def test_a_withdrawn_article_is_counted_and_listed_no_more(store: Store) -> None:
    saved = store.save_search("Rates", "{}", alert=True)
    run(store, saved)
    run(store, saved, 0, 1)
    store.withdraw(ids(1)[0])
    assert again(store, saved).new == 1
    assert numbers(store, saved) == [(ids(0)[0], 1)]
    digest = store.make_digest()
    assert digest is not None
    assert digest.parts[0].article_ids == (ids(0)[0],)


def test_each_match_is_in_one_digest_and_only_of_alerts(store: Store) -> None:
    alert = store.save_search("Rates", "{}", alert=True)
    quiet = store.save_search("Quiet", "{}")
    for saved in (alert, quiet):
        run(store, saved, 0)
        run(store, saved, 0, 1, 2)
    digest = store.make_digest()
    assert digest is not None
    assert [(p.name, p.article_ids) for p in digest.parts] == [("Rates", tuple(ids(1, 2)))]
    assert store.make_digest() is None
    run(store, alert, 0, 1, 2, 3)
    later = store.make_digest()
    assert later is not None
    assert later.parts[0].article_ids == tuple(ids(3))


def test_what_was_found_before_an_alert_was_wanted_does_not_go_out(store: Store) -> None:
    saved = store.save_search("Rates", "{}")
    run(store, saved)
    run(store, saved, 0)
    store.change_saved(saved.id, alert=True)
    assert store.make_digest() is None
    run(store, saved, 0, 1)
    assert store.make_digest() is not None


def test_a_changed_request_takes_stock_anew(store: Store) -> None:
    saved = store.save_search("Rates", "{}", alert=True)
    run(store, saved, 0)
    store.change_saved(saved.id, asked='{"text":"bank"}')
    assert store.keep_matches(saved, ids(1), "as one", 1) == 0, "it ran as what it was before"
    assert run(store, saved, 1, 2, 3) == 0
    assert (again(store, saved).new, store.make_digest()) == (0, None)


def test_a_digest_moves_only_from_the_state_that_it_is_in(store: Store) -> None:
    saved = store.save_search("Rates", "{}", alert=True)
    run(store, saved)
    run(store, saved, 0)
    digest = store.make_digest()
    assert digest is not None
    assert store.move_digest(digest.id, DigestState.WAITING, DigestState.SENDING)
    assert not store.move_digest(digest.id, DigestState.WAITING, DigestState.SENDING)
    assert [d.id for d in store.digests(DigestState.SENDING)] == [digest.id]
    assert store.digests(DigestState.WAITING, DigestState.SENT) == []


def test_names_are_one_line_and_of_one_search(store: Store) -> None:
    saved = store.save_search("  Bank \n rates ", "{}")
    assert saved.name == "Bank rates"
    for wrong in ("", " ", "x" * 81, "a\x00b", "Bank rates"):
        with pytest.raises(UsageError):
            store.save_search(wrong, "{}")
    other = store.save_search("Other", "{}")
    with pytest.raises(UsageError, match="name of another"):
        store.change_saved(other.id, name="Bank rates")
    assert store.change_saved(saved.id, name="Bank rates")
    assert not store.change_saved(99, name="None")


def test_the_order_is_the_readers_own(store: Store) -> None:
    one, two, three = (store.save_search(name, "{}") for name in ("1", "2", "3"))

    def names() -> list[str]:
        return [saved.name for saved in store.saved_searches()]

    store.move_saved(three.id, -1)
    assert names() == ["1", "3", "2"]
    store.move_saved(one.id, 99)
    assert names() == ["3", "2", "1"]
    store.move_saved(two.id, -99)
    assert names() == ["2", "3", "1"]
    assert not store.move_saved(99, 1)
    assert store.forget_saved(three.id)
    assert names() == ["2", "1"]
