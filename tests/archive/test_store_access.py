"""What the store keeps of people and programs, and how it slows down who guesses."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive.access import (
    LONGEST_PASSWORD,
    Role,
    checked_name,
    fingerprint,
    hashed_password,
    is_password,
)
from archive.errors import StoreBusy, TooManyAttempts, UsageError
from archive.store import FILE, Store
from archive.store.access import KNOWN_FOR, MOST_FOR_ACCOUNT, MOST_FROM_PLACE, WINDOW

PASSWORD = "correct horse battery"
STAY = timedelta(days=30)
START = datetime(2024, 6, 1, 12, tzinfo=UTC)


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[Store]:
    with Store(tmp_path / FILE, clock) as opened:
        opened.set_account("ana", PASSWORD, Role.WRITE)
        weaken(tmp_path)
        yield opened


def weaken(site: Path) -> None:
    """Make the hash as strong as a test can wait for."""
    with closing(sqlite3.connect(site / FILE)) as db, db:
        db.execute("UPDATE account SET password = ?", [hashed_password(PASSWORD, log_n=2)])


def fail(store: Store, address: str, name: str = "ana", browser: str = "") -> None:
    assert store.sign_in(name, "wrong", address, STAY, browser) is None


def test_a_password_is_kept_as_a_hash_that_tells_it_from_others() -> None:
    kept = hashed_password(PASSWORD, log_n=4)
    assert PASSWORD not in kept
    assert kept != hashed_password(PASSWORD, log_n=4)
    assert is_password(PASSWORD, kept)
    assert not is_password(PASSWORD + " ", kept)
    assert not is_password("", kept)
    assert not is_password("x" * (LONGEST_PASSWORD + 1), kept)


def test_a_password_is_the_same_however_a_keyboard_composes_it() -> None:
    assert is_password("cafe\u0301 noir, please", hashed_password("café noir, please", log_n=4))


@pytest.mark.parametrize(
    "kept",
    [None, "", "scrypt", "plain$4$8$3$AA==$AA==", "scrypt$40$8$3$AA==$AA==", "scrypt$4$8$3$?$?"],
)
def test_what_is_no_hash_of_ours_lets_nobody_in(kept: str | None) -> None:
    assert not is_password("", kept)
    assert not is_password(PASSWORD, kept)


@pytest.mark.parametrize("name", ["", "  ", "a,b", "a\nb", "a\x00", "x" * 81, "\u202eana"])
def test_a_name_that_cannot_be_seen_or_told_apart_is_refused(name: str) -> None:
    with pytest.raises(UsageError):
        checked_name(name)


def test_short_passwords_are_refused_with_a_way_to_a_better_one(store: Store) -> None:
    with pytest.raises(UsageError, match="at least 10 characters") as caught:
        store.set_account("ben", "short", Role.READ)
    assert "words" in caught.value.hint


def test_no_secret_lies_in_the_store(store: Store, tmp_path: Path) -> None:
    signed_in = store.sign_in("ana", PASSWORD, "192.0.2.1", STAY)
    token = store.add_token("zotero", Role.READ)
    assert signed_in is not None
    with closing(sqlite3.connect(tmp_path / FILE)) as db:
        dump = "\n".join(db.iterdump())
    for secret in (PASSWORD, signed_in.session, signed_in.browser, token, token[7:]):
        assert secret not in dump


def test_a_session_ends_by_itself(store: Store, clock: Clock) -> None:
    signed_in = store.sign_in("ana", PASSWORD, "192.0.2.1", STAY)
    assert signed_in is not None
    clock.now += STAY - timedelta(seconds=1)
    assert store.session(signed_in.session) is not None
    clock.now += timedelta(seconds=1)
    assert store.session(signed_in.session) is None


def test_failures_from_one_address_count_for_a_quarter_of_an_hour(
    store: Store, clock: Clock
) -> None:
    for number in range(MOST_FROM_PLACE):
        clock.now = START + timedelta(minutes=number)
        fail(store, "192.0.2.1")
    with pytest.raises(TooManyAttempts) as caught:
        store.sign_in("ana", PASSWORD, "192.0.2.1", STAY)
    assert timedelta(seconds=caught.value.seconds) == START + WINDOW - clock.now
    assert store.sign_in("ana", PASSWORD, "192.0.2.2", STAY) is not None
    clock.now = START + WINDOW
    assert store.sign_in("ana", PASSWORD, "192.0.2.1", STAY) is not None


def test_failures_for_one_account_count_wherever_they_come_from(store: Store) -> None:
    for number in range(MOST_FOR_ACCOUNT):
        fail(store, f"192.0.2.{number}")
    with pytest.raises(TooManyAttempts):
        store.sign_in("ana", PASSWORD, "198.51.100.1", STAY)


def test_strangers_do_not_keep_out_a_browser_that_is_known(store: Store, clock: Clock) -> None:
    known = store.sign_in("ana", PASSWORD, "203.0.113.1", STAY)
    assert known is not None
    for number in range(MOST_FOR_ACCOUNT):
        fail(store, f"192.0.2.{number}")
    again = store.sign_in("ana", PASSWORD, "192.0.2.1", STAY, known.browser)
    assert again is not None
    assert again.browser == known.browser
    for _ in range(MOST_FROM_PLACE):
        fail(store, "192.0.2.1", browser=known.browser)
    with pytest.raises(TooManyAttempts):
        store.sign_in("ana", PASSWORD, "192.0.2.1", STAY, known.browser)
    clock.now += KNOWN_FOR + WINDOW
    for _ in range(MOST_FROM_PLACE):
        fail(store, "192.0.2.9")
    with pytest.raises(TooManyAttempts):
        store.sign_in("ana", PASSWORD, "192.0.2.9", STAY, known.browser)


def test_what_is_refused_for_failing_too_often_does_not_count_further(
    store: Store, clock: Clock
) -> None:
    for _ in range(MOST_FROM_PLACE):
        fail(store, "192.0.2.1")
    for minute in range(14):
        clock.now = START + timedelta(minutes=minute)
        with pytest.raises(TooManyAttempts):
            store.sign_in("ana", "wrong", "192.0.2.1", STAY)
    clock.now = START + WINDOW
    assert store.sign_in("ana", PASSWORD, "192.0.2.1", STAY) is not None


def test_a_new_password_lets_in_whoever_was_kept_out(store: Store, tmp_path: Path) -> None:
    for _ in range(MOST_FROM_PLACE):
        fail(store, "192.0.2.1")
    store.set_account("ana", PASSWORD, Role.WRITE)
    weaken(tmp_path)
    assert store.sign_in("ana", PASSWORD, "192.0.2.1", STAY) is not None


def test_many_guesses_at_once_gain_nothing(store: Store, tmp_path: Path) -> None:
    heard = []
    start = threading.Barrier(8)

    def guess() -> None:
        with Store(tmp_path / FILE, Clock()) as own:
            start.wait()
            for _ in range(5):
                with suppress(TooManyAttempts):
                    fail(own, "192.0.2.1")
                    heard.append(1)

    guessing = [threading.Thread(target=guess) for _ in range(8)]
    for thread in guessing:
        thread.start()
    for thread in guessing:
        thread.join()
    assert len(heard) == MOST_FROM_PLACE
    with pytest.raises(TooManyAttempts):
        store.sign_in("ana", PASSWORD, "192.0.2.1", STAY)


def test_what_was_typed_as_a_name_is_kept_by_no_attempt(store: Store, tmp_path: Path) -> None:
    fail(store, "192.0.2.1", name=PASSWORD)
    with closing(sqlite3.connect(tmp_path / FILE)) as db:
        (account,) = db.execute("SELECT account FROM attempt").fetchone()
    assert account == fingerprint(PASSWORD)


def test_an_account_goes_with_its_sessions(store: Store) -> None:
    signed_in = store.sign_in("ana", PASSWORD, "192.0.2.1", STAY)
    assert signed_in is not None
    assert store.remove_account("ana")
    assert not store.remove_account("ana")
    assert store.session(signed_in.session) is None
    assert not store.has_accounts()


def test_a_token_is_worth_something_until_it_is_revoked_or_runs_out(
    store: Store, clock: Clock
) -> None:
    lasting = store.add_token("zotero", Role.READ)
    passing = store.add_token("import", Role.WRITE, timedelta(days=2))
    found = store.token(lasting), store.token(passing)
    assert [holder and (holder.name, holder.role) for holder in found] == [
        ("zotero", Role.READ),
        ("import", Role.WRITE),
    ]
    with pytest.raises(UsageError, match="there is a token of this name"):
        store.add_token("zotero", Role.WRITE)
    clock.now += timedelta(days=2)
    assert store.token(passing) is None
    assert store.revoke_token("zotero")
    assert not store.revoke_token("zotero")
    assert store.token(lasting) is None
    assert store.token("") is None


def test_a_change_that_waits_too_long_for_another_says_so(store: Store, tmp_path: Path) -> None:
    with (
        closing(sqlite3.connect(tmp_path / FILE, isolation_level=None)) as writer,
        Store(tmp_path / FILE, patience=0.01) as hasty,
    ):
        writer.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreBusy, match="another run of Morgue is writing"):
            hasty.add_token("x", Role.READ)
        with pytest.raises(StoreBusy):
            hasty.revoke_token("x")
        assert hasty.tokens() == []
    assert store.tokens() == []
