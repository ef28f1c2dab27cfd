"""How claims are weighed: titles, and dates around midnight."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.article import Evidence
from archive.ingest.weigh.headline import squash, without_site
from archive.ingest.weigh.published import published

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


@settings(max_examples=100, deadline=None)
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


@pytest.mark.parametrize("claimed", ["0000-01-01", "99999-01-01", "2024-02-30", "2031-05-05"])
def test_what_is_no_believable_date_is_noted_and_never_used(claimed: str) -> None:
    found, evidence = published([Evidence("published", claimed, "meta: date")], TODAY)
    assert found is None
    assert [(e.field, e.value, e.chosen) for e in evidence] == [("date not used", claimed, False)]
