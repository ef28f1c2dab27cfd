"""A clock that jumps: between two runs, in the middle of one, by hours and by years."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive import access
from archive.access import Role
from archive.errors import TooManyAttempts
from archive.source import Kind
from archive.store import FILE, Store
from archive.store.access import MOST_FROM_PLACE, WINDOW
from archive.store.frontier import Sort, Wanted, Way
from archive.store.pages import SeenPage
from indexer import location, projection
from indexer.live import LiveIndex
from indexer.request import Request
from indexer.saved import follow, kept
from morgue.site import Site
from tests.command_line import answer, run_morgue
from tests.conftest import Tally
from tests.http_server import Web, reply
from tests.indexer.conftest import make_article

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
JUMPS = (
    timedelta(minutes=-5),
    timedelta(hours=-3),
    timedelta(days=-4000),
    timedelta(hours=3),
    timedelta(days=3),
    timedelta(days=4000),
)
SOME = [
    pytest.param(jump, marks=() if abs(jump.days) >= 4000 else pytest.mark.torture)
    for jump in JUMPS
]
DAY = timedelta(days=1)
QUARTER = timedelta(minutes=15)


class Clock:
    """A clock that says what it is told to; *after* so many looks it is set to another time."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now
        self.looks = 0
        self.jumps: dict[int, timedelta] = {}

    def __call__(self) -> datetime:
        self.looks += 1
        self.now += self.jumps.pop(self.looks, timedelta())
        return self.now

    def jump_in_the_middle(self, by: timedelta) -> None:
        self.jumps[self.looks + 2] = by


@contextmanager
def told_by(clock: Clock) -> Iterator[None]:
    """All stores of a site go by *clock*."""

    def open_by(site: Site, *, create: bool = False) -> Store:
        if create:
            site.folder.mkdir(parents=True, exist_ok=True)
        return Store(site.folder / FILE, clock)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Site, "open", open_by)
        yield


FEED = b"""<rss version='2.0'><channel><title>Quay News</title>
<item><title>Quay closed</title><link>http://quay.example/1</link>
<description>The quay was closed on Thursday, said the harbour master, for good.</description>
<pubDate>Thu, 20 Jun 2024 14:05:00 +0200</pubDate></item></channel></rss>"""


def polled(web: Web, site: Path, clock: Clock, runs: int) -> list[bool]:
    """Run an update every quarter of an hour; say of each whether the feed was asked."""
    asked = []
    for _ in range(runs):
        before = len(web.seen)
        done = run_morgue("update", site=site)
        assert done.returncode in (0, 3), done.stderr
        asked.append(any(path == "/feed" for path, _ in web.seen[before:]))
        clock.now += QUARTER
    return asked


@pytest.mark.torture
@pytest.mark.parametrize("in_the_middle", [False, True])
@pytest.mark.parametrize("jump", JUMPS, ids=str)
def test_a_clock_that_jumps_by_anything_neither_stalls_the_polling_nor_makes_it_hammer(
    web: Web, tmp_path: Path, jump: timedelta, in_the_middle: bool, tally: Tally
) -> None:
    there_and_back(web, tmp_path, jump, in_the_middle)
    tally("clock jumps", jumps=2, runs=14, stalled=0, hammered=0)


def test_a_clock_that_was_years_ahead_in_one_run_does_not_stall_the_polling(
    web: Web, tmp_path: Path
) -> None:
    there_and_back(web, tmp_path, timedelta(days=4000), True)


def there_and_back(web: Web, tmp_path: Path, jump: timedelta, in_the_middle: bool) -> None:
    """There and back again: each time the feed is asked at the next run or the one after."""
    web.pages["/feed"] = reply(200, FEED, content_type="application/rss+xml")
    clock = Clock()
    with told_by(clock):
        assert run_morgue("add", web.url("/feed"), site=tmp_path).returncode == 0
        assert polled(web, tmp_path, clock, 2) == [True, True]
        for by in (jump, -jump):
            if in_the_middle:
                clock.jump_in_the_middle(by)
            else:
                clock.now += by
            asked = polled(web, tmp_path, clock, 4)
            assert sum(asked) >= 3, asked
        clock.now += timedelta(days=7)
        assert polled(web, tmp_path, clock, 2) == [True, True]
        assert answer("status", site=tmp_path)["articles"] == 1


@pytest.mark.parametrize("jump", SOME, ids=str)
def test_what_a_server_asked_for_holds_for_a_week_at_most_whatever_the_clock_does(
    web: Web, tmp_path: Path, jump: timedelta
) -> None:
    web.pages["/feed"] = reply(429, b"", retry_after="7200")
    clock = Clock()
    with told_by(clock):
        run_morgue("add", web.url("/feed"), site=tmp_path, MORGUE_FETCH_TIMEOUT="5")
        with Store(tmp_path / FILE, clock) as store:
            store.add_source(Kind.FEED, web.url("/feed"))
        clock.now += jump
        assert polled(web, tmp_path, clock, 1) == [True]
        assert polled(web, tmp_path, clock, 3) == [False, False, False]
        clock.now -= jump
        clock.now += timedelta(days=8)
        assert polled(web, tmp_path, clock, 1) == [True]


def attempt(store: Store) -> int:
    """Try to sign in with a wrong password; return for how many seconds nobody may try again."""
    try:
        store.sign_in("ana", "wrong", "127.0.0.1", DAY)
    except TooManyAttempts as error:
        return error.seconds
    return 0


@pytest.mark.parametrize("jump", SOME, ids=str)
def test_failed_attempts_lock_nobody_out_for_longer_than_twice_the_window(
    tmp_path: Path, jump: timedelta, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As much work for who is not there as a test can wait for.
    monkeypatch.setattr(access, "_NOBODY", access.hashed_password("x", log_n=4))
    clock = Clock()
    with Store(tmp_path / FILE, clock) as store:
        clock.now += jump
        for _ in range(MOST_FROM_PLACE):
            assert store.sign_in("ana", "wrong", "127.0.0.1", DAY) is None
        with pytest.raises(TooManyAttempts):
            store.sign_in("ana", "wrong", "127.0.0.1", DAY)
        clock.now -= jump
        assert attempt(store) <= 2 * WINDOW.total_seconds()
        clock.now += 2 * WINDOW
        assert store.sign_in("ana", "wrong", "127.0.0.1", DAY) is None


@pytest.mark.parametrize("jump", SOME, ids=str)
def test_a_session_outlives_a_small_jump_and_none_lasts_for_years(
    tmp_path: Path, jump: timedelta
) -> None:
    clock = Clock()
    with Store(tmp_path / FILE, clock) as store:
        store.set_account("ana", "correct horse battery", Role.WRITE)
        clock.now += jump
        signed_in = store.sign_in("ana", "correct horse battery", "127.0.0.1", 2 * DAY)
        assert signed_in is not None
        assert store.session(signed_in.session) is not None
        clock.now -= jump
        if abs(jump) < 2 * DAY:
            assert store.session(signed_in.session) is not None
        for _ in range(5):
            clock.now += DAY
        assert store.session(signed_in.session) is None
        again = store.sign_in("ana", "correct horse battery", "127.0.0.1", 2 * DAY)
        assert again is not None
        assert store.session(again.session) is not None


@pytest.mark.parametrize("jump", SOME, ids=str)
def test_hosts_and_pages_left_alone_by_a_wrong_clock_are_asked_again(
    tmp_path: Path, jump: timedelta
) -> None:
    clock = Clock(NOW + jump)
    with Store(tmp_path / FILE, clock) as store:
        source, _ = store.add_source(Kind.FEED, "https://quay.example/feed")
        store.rest_hosts({"quay.example": 3600.0})
        page = "https://quay.example/1"
        store.want([Wanted(source.id, page, "quay.example", Way.UPDATE, Sort.PAGE, "1")])
        (row,) = store.wanted(source.id, Way.UPDATE, (Sort.PAGE,))
        store.postpone(row, "not now", 3600.0, tried=True)
        moment = clock.now.isoformat(timespec="seconds")
        later = (clock.now + timedelta(hours=1)).isoformat(timespec="seconds")
        store.note_page(
            SeenPage(source.id, "https://quay.example/2", "2", moment, moment, due=later)
        )
        clock.now = NOW
        if abs(jump) > timedelta(days=7):
            assert store.hosts_left_alone() == {}
            assert len(store.wanted(source.id, Way.UPDATE, (Sort.PAGE,))) == 1
        assert store.sources_with_pages_due(
            (NOW + timedelta(minutes=1)).isoformat(timespec="seconds")
        ) == ({source.id} if jump > timedelta() or jump < timedelta(hours=-1) else set())
        clock.now += timedelta(days=8)
        assert store.hosts_left_alone() == {}
        assert len(store.wanted(source.id, Way.UPDATE, (Sort.PAGE,))) == 1
        store.rest_hosts({})
        assert store._value("SELECT count(*) FROM resting_host") == 0


@pytest.mark.parametrize("jump", SOME, ids=str)
def test_what_is_new_since_goes_by_numbers_and_no_clock(tmp_path: Path, jump: timedelta) -> None:
    """Also of a search that asks for the last days: each article is new once."""
    clock = Clock()
    root = tmp_path / "index"
    new: list[int] = []
    with Store(tmp_path / FILE, clock) as store:
        store.save_search("All", kept(Request("fog")), alert=True)
        store.save_search("Lately", kept(Request("fog since:7d")), alert=True)
        digests = 0
        for number in range(6):
            clock.now += (jump, -jump, DAY)[number % 3]
            day = NOW.date().isoformat()
            store.put(make_article(f"a{number}", "Fog", f"Fog {number}.", day))
            projection.catch_up(store, root, "english")
            live = LiveIndex(root)
            found = follow(store, live.engine(), (), clock.now.date())
            live.close()
            new.append(found.get("All", 0))
            digest = store.make_digest()
            digests += (
                len(digest.parts[0].article_ids) if digest and digest.parts[0].name == "All" else 0
            )
        # The first run takes stock.
        assert new == [0, 1, 1, 1, 1, 1]
        assert digests == 5
        for one in store.saved_searches():
            matches = [m.article_id for m in store.saved_matches(one.id, limit=99)]
            assert len(matches) == len(set(matches))
        assert len(store.saved_matches(store.saved_searches()[0].id, limit=99)) == 6


def test_revisions_stay_in_their_order_when_the_clock_goes_back(tmp_path: Path) -> None:
    clock = Clock()
    with Store(tmp_path / FILE, clock) as store:
        for number in range(4):
            clock.now -= timedelta(days=400)
            store.put(make_article("a", text=f"Text {number}."))
        assert [one.article.text for one in store.revisions("a")] == [
            f"Text {number}." for number in range(4)
        ]


@pytest.mark.parametrize("hours", [-4000, 4000])
def test_an_index_that_served_before_goes_though_the_clock_was_set(
    tmp_path: Path, hours: int
) -> None:
    root = tmp_path / "index"
    with Store(tmp_path / FILE) as store:
        store.put(make_article("a"))
        for _ in range(2):
            projection.rebuild(store, root, "english")
        assert len([path for path in root.iterdir() if path.is_dir()]) == 2
        at = time.time() + hours * 3600
        os.utime(root / "CURRENT", (at, at))
        location.sweep(root)
        assert [path for path in root.iterdir() if path.is_dir()] == [location.current(root)]
