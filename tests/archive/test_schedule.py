"""When a feed is asked again, as data."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.article import Published
from archive.errors import FetchError, FormatError
from archive.ingest import schedule
from archive.source import Kind, Source

NOON = datetime(2026, 1, 10, 12, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = 60, 3600, 86400


def feed(
    interval: int | None = None,
    period: int | None = None,
    failing: int = 0,
    due: str | None = None,
    held: str | None = None,
    retired: str | None = None,
) -> Source:
    return Source(
        1,
        Kind.FEED,
        "https://gannet.example/feed",
        interval=interval,
        period=period,
        failing=failing,
        due=due,
        held=held,
        retired=retired,
    )


def seconds(due: str | None) -> float:
    assert due is not None
    return (datetime.fromisoformat(due) - NOON).total_seconds()


@pytest.mark.parametrize(
    ("interval", "period", "fresh", "wait"),
    [
        (None, None, None, 15 * MINUTE),
        (None, None, 0, 15 * MINUTE),
        (None, None, 5 * MINUTE, 15 * MINUTE),
        (None, None, HOUR, HOUR),
        (None, 2 * HOUR, HOUR, 2 * HOUR),
        (None, 365 * DAY, None, 6 * HOUR),
        (None, None, 365 * DAY, 6 * HOUR),
        (2 * MINUTE, None, None, 2 * MINUTE),
        (2 * MINUTE, None, HOUR, HOUR),
        (DAY, HOUR, HOUR, DAY),
    ],
)
def test_the_longest_of_what_user_server_and_feed_say_counts(
    interval: int | None, period: int | None, fresh: int | None, wait: int
) -> None:
    plan = schedule.after_answer(feed(interval, period, failing=3), NOON, fresh)
    assert seconds(plan.due) == wait
    assert (plan.failing, plan.held, plan.retired) == (0, None, None)


@pytest.mark.parametrize(
    ("failing", "interval", "wait"),
    [
        (0, None, 15 * MINUTE),
        (1, None, 30 * MINUTE),
        (4, None, 4 * HOUR),
        (9, None, DAY),
        (10_000, None, DAY),
        (0, 2 * DAY, 2 * DAY),
        (5, 2 * DAY, 2 * DAY),
    ],
)
def test_a_failing_feed_is_asked_less_and_less_but_once_a_day(
    failing: int, interval: int | None, wait: int
) -> None:
    error = FormatError("is a web page, not a feed")
    plan = schedule.after_failure(feed(interval, failing=failing), NOON, error)
    assert seconds(plan.due) == wait
    assert (plan.failing, plan.held, plan.retired) == (failing + 1, None, None)


@pytest.mark.parametrize(
    ("status", "asked", "due", "held"),
    [
        (429, 2 * HOUR, 2 * HOUR, 2 * HOUR),
        (503, 30, 15 * MINUTE, 30),
        (503, 365 * DAY, 7 * DAY, 7 * DAY),
        (429, None, HOUR, None),
        (503, None, 15 * MINUTE, None),
    ],
)
def test_what_a_server_asks_for_is_granted_within_a_week(
    status: int, asked: int | None, due: int, held: int | None
) -> None:
    error = FetchError("asks for fewer requests", status=status, retry_after=asked)
    plan = schedule.after_failure(feed(), NOON, error)
    assert seconds(plan.due) == due
    assert (None if plan.held is None else seconds(plan.held)) == held


def test_a_feed_that_is_gone_is_retired() -> None:
    plan = schedule.after_failure(feed(), NOON, FetchError("is gone", status=410, gone=True))
    assert (plan.retired, plan.due) == (NOON.isoformat(), None)


def test_a_feed_that_leads_to_what_is_gone_is_not() -> None:
    plan = schedule.after_failure(feed(), NOON, FetchError("is gone", status=410))
    assert plan.retired is None


def at(**later: int) -> str:
    return (NOON + timedelta(**later)).isoformat()


def parted(source: Source, *, regardless: bool) -> str:
    turn = schedule.turn([source], NOON, regardless=regardless)
    (name,) = [n for n in ("asked", "waiting", "held", "retired") if getattr(turn, n)]
    return name


@pytest.mark.parametrize(
    ("source", "by_schedule", "regardless"),
    [
        (feed(), "asked", "asked"),
        (feed(due=at(minutes=-1)), "asked", "asked"),
        (feed(due=at(seconds=59)), "asked", "asked"),
        (feed(due=at(minutes=2)), "waiting", "asked"),
        (feed(due=at(hours=1), held=at(seconds=1)), "held", "held"),
        (feed(due=at(hours=1), held=at(hours=-1)), "waiting", "asked"),
        (feed(retired=at(days=-1)), "retired", "retired"),
    ],
)
def test_now_goes_over_the_schedule_but_not_over_what_servers_said(
    source: Source, by_schedule: str, regardless: str
) -> None:
    assert parted(source, regardless=False) == by_schedule
    assert parted(source, regardless=True) == regardless


def test_cron_every_quarter_of_an_hour_asks_every_time() -> None:
    started = NOON + timedelta(seconds=4)
    plan = schedule.after_answer(feed(), started, None)
    next_run = schedule.turn([feed(due=plan.due)], NOON + timedelta(minutes=15, seconds=1))
    assert len(next_run.asked) == 1


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        ("120", 120),
        (" 0 ", 0),
        # White space to Python, and no digit.
        ("0\x1f", 0),
        ("Sat, 10 Jan 2026 12:05:00 GMT", 300),
        ("Saturday, 10-Jan-26 12:05:00 GMT", 300),
        ("Sat, 10 Jan 2026 11:00:00 GMT", 0),
        ("soon", None),
        ("-5", None),
        ("1e9", None),
        ("9" * 40, None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_is_seconds_or_a_date(header: str | None, wait: int | None) -> None:
    assert schedule.retry_after(header, NOON) == wait


EXPIRES = "Sat, 10 Jan 2026 13:00:00 GMT"


@pytest.mark.parametrize(
    ("cache_control", "expires", "age", "date", "fresh"),
    [
        ("max-age=600", None, None, None, 600),
        ("public, Max-Age=600", EXPIRES, None, None, 600),
        ('max-age="600"', None, "100", None, 500),
        ("max-age=600", None, "9999", None, 0),
        ("max-age=600, no-cache", None, None, None, 0),
        ("no-store", EXPIRES, None, None, 0),
        ("s-maxage=600", None, None, None, None),
        ("max-age=ten", None, None, None, None),
        ("max-age=" + "9" * 5000, None, None, None, schedule.LONGEST),
        (None, EXPIRES, None, None, 3600),
        (None, EXPIRES, None, "Sat, 10 Jan 2026 12:30:00 GMT", 1800),
        (None, "0", None, None, 0),
        (None, "-1", None, None, 0),
        (None, None, None, None, None),
        ("", None, "x", "x", None),
    ],
)
def test_how_long_an_answer_is_fresh(
    cache_control: str | None,
    expires: str | None,
    age: str | None,
    date: str | None,
    fresh: int | None,
) -> None:
    assert schedule.fresh_for(cache_control, expires, age, date, NOON) == fresh


@given(st.text(), st.text(), st.text(), st.text())
def test_no_header_is_an_error(one: str, two: str, three: str, four: str) -> None:
    found = schedule.fresh_for(one, two, three, four, NOON)
    assert found is None or found >= 0
    asked = schedule.retry_after(one, NOON)
    assert asked is None or asked >= 0


@given(st.datetimes(min_value=datetime(2026, 1, 11), max_value=datetime(2100, 1, 1)))
def test_a_date_is_as_good_as_its_seconds(moment: datetime) -> None:
    moment = moment.replace(microsecond=0, tzinfo=UTC)
    written = format_datetime(moment, usegmt=True)
    assert schedule.retry_after(written, NOON) == int((moment - NOON).total_seconds())


@pytest.mark.parametrize(
    ("text", "meant"),
    [("90s", 90), ("15m", 900), (" 2H ", 7200), ("1d", DAY), ("1w", 7 * DAY)]
    + [(bad, None) for bad in ("", "15", "m", "1.5h", "-1h", "1h30m", "١h", "15 min")],
)
def test_an_interval_is_a_number_and_a_unit(text: str, meant: int | None) -> None:
    assert schedule.duration(text) == meant


@given(st.integers(min_value=1, max_value=999_999))
def test_an_interval_that_is_written_reads_the_same(length: int) -> None:
    assert schedule.duration(schedule.written(length)) == length


@pytest.mark.parametrize(
    ("skips", "wait"),
    [
        ((), 15 * MINUTE),
        ((5 * 24 + 11, 5 * 24 + 13), 15 * MINUTE),
        ((5 * 24 + 12,), HOUR),
        ((5 * 24 + 12, 5 * 24 + 13), 2 * HOUR),
        (tuple(range(5 * 24, 6 * 24)), 6 * HOUR),
        (tuple(range(7 * 24)), 6 * HOUR),
    ],
)
def test_a_feed_is_not_asked_in_hours_that_it_excludes_but_after_six_hours_it_is(
    skips: tuple[int, ...], wait: int
) -> None:
    source = replace(feed(), skips=skips)
    assert NOON.weekday() == 5
    assert seconds(schedule.after_answer(source, NOON, None).due) == wait
    slow = replace(feed(interval=DAY), skips=tuple(range(7 * 24)))
    assert seconds(schedule.after_answer(slow, NOON, None).due) == DAY, "the user's word counts"


@pytest.mark.parametrize(
    ("hours", "days", "count"),
    [
        ([], [], 0),
        ([" 0 ", "24", "00"], [], 7),
        (["23", "7", "07"], [], 14),
        ([], ["Saturday", " sunday "], 48),
        (["1"], ["Monday"], 24 + 6),
        (["25", "-1", "noon", "", "1.5", "١"], ["Lundi", ""], 0),
    ],
)
def test_skip_hours_and_days_are_hours_of_the_week(
    hours: list[str], days: list[str], count: int
) -> None:
    found = schedule.skipped(hours, days)
    assert len(found) == count
    assert all(0 <= hour < 7 * 24 for hour in found)


# -- pages that are looked at again ------------------------------------------


@pytest.mark.parametrize(
    ("published", "since"),
    [
        (None, NOON),
        ("2026-01-10T09:00:00+01:00", NOON - timedelta(hours=4)),
        ("2026-01-10T09:00", NOON),
        ("2026-01-09T09:00", NOON - timedelta(hours=15)),
        ("2026-01-10T15:00:00+00:00", NOON),
        ("2026-01-10", NOON),
        ("2026-01-09", NOON),
        ("2026-01-08", datetime(2026, 1, 9, 12, tzinfo=UTC)),
        ("2026-01", NOON),
        ("2025-12", datetime(2026, 1, 1, 12, tzinfo=UTC)),
        ("2026-01-11T01:00:00+14:00", NOON - timedelta(hours=1)),
        ("9999-12-31", NOON),
        ("9999-12-31T23:59:59-11:00", NOON),
        ("0001-01-01T00:00:00+11:00", NOON - timedelta(days=366)),
        ("0001-01-01", NOON - timedelta(days=366)),
    ],
)
def test_an_article_is_young_since_its_publication_or_since_its_page_was_first_had(
    published: str | None, since: datetime
) -> None:
    assert schedule.young_since(Published(published) if published else None, NOON) == since


@pytest.mark.parametrize(
    ("age", "due"),
    [
        (0, HOUR),
        (HOUR, DAY),
        (HOUR - 10 * MINUTE, DAY),
        (5 * HOUR, DAY),
        (DAY, 3 * DAY),
        (2 * DAY, 3 * DAY),
        (3 * DAY, 7 * DAY),
        (7 * DAY, None),
        (400 * DAY, None),
    ],
)
def test_a_page_is_looked_at_again_after_an_hour_a_day_three_days_and_a_week(
    age: int, due: int | None
) -> None:
    found = schedule.next_look(NOON - timedelta(seconds=age), NOON)
    assert found == (None if due is None else NOON + timedelta(seconds=due - age))


@given(st.lists(st.integers(min_value=0, max_value=DAY), max_size=40))
def test_however_often_a_run_comes_a_page_is_looked_at_four_times_at_most(
    pauses: list[int],
) -> None:
    now, looks = NOON, 0
    due = schedule.next_look(NOON, now)
    last = now
    for pause in pauses:
        now += timedelta(seconds=pause)
        if due is not None and due <= now:
            assert (now - last).total_seconds() >= schedule.APART
            last, looks = now, looks + 1
            due = schedule.next_look(NOON, now)
    assert looks <= len(schedule.LOOKS)
