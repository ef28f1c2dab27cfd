from datetime import date, datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.article import Precision, Published
from archive.ingest import dates
from tests.examples import examples

QUICK = settings(max_examples=examples(100), deadline=None)


@pytest.mark.parametrize(
    ("written", "iso"),
    [
        ("2024-06-20", "2024-06-20"),
        ("2024-06", "2024-06"),
        ("2024-06-20T14:05:09+02:00", "2024-06-20T14:05:09+02:00"),
        ("2024-06-20 14:05", "2024-06-20T14:05"),
        ("2024-06-20T14:05:09.123Z", "2024-06-20T14:05:09+00:00"),
        ("2024-06-20T14:05:09-0330", "2024-06-20T14:05:09-03:30"),
        ("2024-06-20T14:05:09+05", "2024-06-20T14:05:09+05:00"),
        ("2024-06-20 14:05 UTC", "2024-06-20T14:05+00:00"),
        ("Thu, 20 Jun 2024 14:05:00 +0200", "2024-06-20T14:05:00+02:00"),
        ("Thu, 20 Jun 2024 14:05:00 GMT", "2024-06-20T14:05:00+00:00"),
        ("20 Jun 24 14:05:00 +0200", "2024-06-20T14:05:00+02:00"),
        ("Thu, 20 Jun 2024 14:05:00 EST", "2024-06-20T14:05:00-05:00"),
        ("June 20, 2024", "2024-06-20"),
        ("Jun. 20 2024", "2024-06-20"),
        ("Thursday, June 20th, 2024", "2024-06-20"),
        ("20 June 2024", "2024-06-20"),
        ("20-Jun-2024", "2024-06-20"),
        ("1st Sept 2024", "2024-09-01"),
        ("June 20, 2024 at 9:05", "2024-06-20T09:05:00"),
        ("20 June 2024, 14:05 UTC", "2024-06-20T14:05:00+00:00"),
        ("June 2024", "2024-06"),
        ("  20   June\n2024 ", "2024-06-20"),
    ],
)
def test_a_date_is_read_as_written(written: str, iso: str) -> None:
    published = dates.read(written)
    assert published is not None
    assert published.iso == iso


@pytest.mark.parametrize(
    "written",
    [
        "",
        "yesterday",
        "June 20",
        "20 June",
        "Thursday",
        "2024",
        "2024-02-30",
        "2024-13",
        "2024-13-01",
        "2023-02-29",
        "0000-06-20",
        "0000-06",
        "99999-06-20",
        "31 June 2024",
        "June 0, 2024",
        "2024-06-20T25:00",
        "2024-06-20T14:61:00Z",
        "2024-06-20T14:05:00+99:00",
        "Thu, 31 Jun 2024 14:05:00 +0200",
        "Thu, 20 Jun 99999 14:05:00 +0200",
        "Thu, 20 Jun 0000 14:05:00 +0200",
        "06/07/2024",
        "٢٠٢٤-٠٦-٢٠",
        "June 20, 2024 was a Thursday",
    ],
)
def test_what_is_no_whole_and_possible_date_is_none(written: str) -> None:
    assert dates.read(written) is None


@QUICK
@given(st.text(max_size=40))
def test_reading_never_raises(text: str) -> None:
    dates.read(text)


@QUICK
@given(st.dates())
def test_a_day_reads_back_however_it_is_written(day: date) -> None:
    written = [
        day.isoformat(),
        f"{day:%B} {day.day}, {day.year:04}",
        f"{day.day} {day:%b} {day.year:04}",
    ]
    assert {dates.read(text) for text in written} == {Published(day.isoformat())}


@QUICK
@given(
    st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2100, 1, 1)),
    st.integers(-14 * 60, 14 * 60),
)
def test_a_feeds_date_keeps_day_and_offset(moment: datetime, minutes: int) -> None:
    moment = moment.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=minutes)))
    for written in (moment.isoformat(), format_datetime(moment)):
        published = dates.read(written)
        assert published is not None
        assert datetime.fromisoformat(published.iso) == moment
        assert published.days == (moment.date(), moment.date())
        assert published.moment == pytest.approx(moment.timestamp())


@QUICK
@given(
    st.one_of(
        st.dates().map(date.isoformat),
        st.dates().map(lambda d: d.isoformat()[:7]),
        st.datetimes().map(lambda t: t.isoformat(timespec="seconds")),
    )
)
def test_a_published_date_round_trips(iso: str) -> None:
    published = Published(iso)
    assert dates.read(published.iso) == published
    first, last = published.days
    assert first <= last
    assert first.isoformat().startswith(published.month)
    expected = {7: Precision.MONTH, 10: Precision.DAY}.get(len(iso), Precision.MINUTE)
    assert published.precision is expected


def test_a_month_spans_its_days() -> None:
    assert Published("2024-02").days == (date(2024, 2, 1), date(2024, 2, 29))
    assert Published("2023-12").days == (date(2023, 12, 1), date(2023, 12, 31))


@pytest.mark.parametrize(
    "iso", ["", "2024", "2024-6", "2024-06-2", "2024-06-20T", "20240620", "2024-W25-4", "junk"]
)
def test_published_refuses_what_is_not_iso(iso: str) -> None:
    with pytest.raises(ValueError, match=r"date|day|month|format|out of range"):
        Published(iso)


@pytest.mark.parametrize(
    ("iso", "expected"),
    [
        ("2024-06-20", True),
        ("2024-06-21", True),
        ("2024-06-22", False),
        ("2024-07", False),
        ("1600-01-01", True),
        ("1599-12-31", False),
        ("0001-01-01", False),
        ("9999-12", False),
    ],
)
def test_believable_is_from_the_first_printed_news_to_tomorrow(iso: str, expected: bool) -> None:
    assert dates.believable(Published(iso), date(2024, 6, 20)) is expected


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("12.05.2023", "2023-05-12"),
        ("5.5.1999", "1999-05-05"),
        ("13/05/1999", "1999-05-13"),
        ("05/13/1999", "1999-05-13"),
        ("05/05/1999", "1999-05-05"),
        ("03/04/2021", None),
        ("12. Mai 1999", "1999-05-12"),
        ("12 mai 1999", "1999-05-12"),
        ("1er mars 2023", "2023-03-01"),
        ("3 de octubre de 2022", "2022-10-03"),
        ("3 ottobre 2022", "2022-10-03"),
        ("31. Februar 2022", None),
        ("März 2024", "2024-03"),
        ("8.5.12", "2012-05-08"),
        ("8.13.12", None),
    ],
)
def test_dates_of_other_languages_are_read_where_one_reading_is_possible(
    text: str, iso: str | None
) -> None:
    published = dates.read(text)
    assert (published.iso if published else None) == iso


@pytest.mark.parametrize("text", ["Version 3.12.21 is out", "10.3.12.21", "chapter 3.12.21.4"])
def test_the_number_of_a_version_is_no_date(text: str) -> None:
    assert dates.find(text) is None


@pytest.mark.parametrize(
    "sentence",
    [
        "12 May 2019 14:30 Police arrested three men in the harbour.",
        "12 May 2019 1.5 million people fled the storm.",
        "Thu, 20 Jun 2024 14:05:00 +0200 was when it began.",
    ],
)
def test_a_sentence_that_begins_with_a_date_is_no_date(sentence: str) -> None:
    assert dates.read(sentence) is None
