"""How claims are weighed: titles, and dates around midnight."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.article import Evidence
from archive.ingest.weigh.byline import byline
from archive.ingest.weigh.headline import squash, without_site
from archive.ingest.weigh.published import published
from tests.examples import examples

TODAY = date(2026, 1, 1)
SITES = frozenset({"thegannet", "gannet"})


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Rates fall | The Gannet", "Rates fall"),
        ("Rates fall - Gannet", "Rates fall"),
        ("Rates fall | The Gannet | All the news", "Rates fall"),
        ("The Gannet: Rates fall", "Rates fall"),
        ("Rates fall - again", "Rates fall - again"),
        ("The Gannet", "The Gannet"),
        ("Gannet-watching for all", "Gannet-watching for all"),
    ],
)
def test_only_the_sites_own_name_is_cut_from_a_title(title: str, expected: str) -> None:
    assert without_site(title, SITES) == expected


def test_names_are_compared_without_spaces_and_signs() -> None:
    assert squash("The Gannet!") == squash("the-gannet")


@settings(max_examples=examples(100), deadline=None)
@given(
    moment=st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2025, 1, 1)),
    minutes=st.integers(-11 * 4, 14 * 4).map(lambda quarter: quarter * 15),
)
def test_of_one_instant_in_two_zones_the_sources_own_counts(
    moment: datetime, minutes: int
) -> None:
    own = moment.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=minutes)))
    in_utc = own.astimezone(UTC)
    claims = [
        Evidence("published", in_utc.isoformat(), "json-ld: datePublished"),
        Evidence("published", own.isoformat(), "page: time element"),
    ]
    found, _ = published(claims, TODAY)
    assert found is not None
    if own.minute or own.hour:  # midnight sharp is how a day without a time is written
        assert found.iso[:10] == own.date().isoformat()


@settings(max_examples=examples(100), deadline=None)
@given(
    moment=st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2025, 1, 1)),
    hours=st.integers(-11, 14),
)
def test_a_clock_without_a_zone_is_read_in_the_zone_of_a_stated_instant(
    moment: datetime, hours: int
) -> None:
    own = moment.replace(second=0, microsecond=0, tzinfo=timezone(timedelta(hours=hours)))
    stated = (own + timedelta(seconds=52)).astimezone(UTC).isoformat()
    claims = [
        Evidence("published", stated, "json-ld: datePublished"),
        Evidence("published", own.replace(tzinfo=None).isoformat(), "page: shown date"),
    ]
    found, _ = published(claims, TODAY)
    assert found is not None
    if own.minute or own.hour:  # midnight sharp is how a day without a time is written
        assert found.iso[:10] == own.date().isoformat()
    if hours and (own.minute or own.hour):
        assert found.offset == timedelta(hours=hours)


def test_a_clock_that_tells_no_stated_instant_in_any_zone_stays_without_one() -> None:
    claims = [
        Evidence("published", "2024-06-20T09:17:00", "page: time element"),
        Evidence("published", "2024-06-20T12:04:00+00:00", "meta: date"),
    ]
    assert next(e.value for e in published(claims, TODAY)[1]) == "2024-06-20T12:04:00+00:00"


def test_a_day_worked_out_from_the_page_does_not_move_an_instant_to_the_next_day() -> None:
    claims = [
        Evidence("published", "2024-06-20T12:25:36+00:00", "json-ld: datePublished"),
        Evidence("published", "2024-06-21T09:49:32+00:00", "meta: sailthru.date"),
        Evidence("published", "2024-06-21", "page: htmldate"),
    ]
    found, _ = published(claims, TODAY)
    assert found is not None
    assert found.iso == "2024-06-20T12:25:36+00:00"


def test_an_accounts_name_is_written_as_others_write_it() -> None:
    claims = [
        Evidence("byline", "ada-moor", "json-ld: author"),
        Evidence("byline", "Ada Moor", "page: byline"),
    ]
    assert [e.value for e in byline(claims, SITES)[0]] == ["Ada Moor"]


@pytest.mark.parametrize("claimed", ["0000-01-01", "99999-01-01", "2024-02-30", "2031-05-05"])
def test_what_is_no_believable_date_is_noted_and_never_used(claimed: str) -> None:
    found, evidence = published([Evidence("published", claimed, "meta: date")], TODAY)
    assert found is None
    assert [(e.field, e.value, e.chosen) for e in evidence] == [("date not used", claimed, False)]
