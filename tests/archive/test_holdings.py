"""What is held, what is a gap, what is silent, what looks cut."""

import itertools
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.article import Article, Evidence, Published
from archive.cut import looks_cut
from archive.holdings import Unit, holdings, periods, row
from archive.rhythm import gaps, rhythm, silent_since
from archive.store import FILE, Store

MONDAY = date(2024, 1, 1)
TODAY = date(2024, 7, 1)


def every(step: int, days: int = 120) -> list[date]:
    return [MONDAY + timedelta(i) for i in range(0, days, step)]


def test_a_missing_day_of_a_daily_is_a_gap() -> None:
    days = every(1)
    missing = days.pop(60)
    assert gaps(days, MONDAY, days[-1], days[-1]) == {missing}


def test_a_weekly_has_no_gap_between_its_days_but_a_missing_one_is_one() -> None:
    days = every(7)
    assert gaps(days, MONDAY, days[-1], days[-1]) == set()
    missing = days.pop(8)
    assert gaps(days, MONDAY, days[-1], days[-1]) == {missing}


def test_every_day_of_a_long_outage_is_a_gap() -> None:
    days = every(1)
    outage = days[30:80]
    assert gaps(days[:30] + days[80:], MONDAY, days[-1], days[-1]) == set(outage)


def test_a_source_that_stopped_is_silent_since_its_last_day_and_has_gaps_until_yesterday() -> None:
    days = every(1, 60)
    assert silent_since(days, TODAY) == days[-1]
    assert max(gaps(days, MONDAY, TODAY, TODAY)) == TODAY - timedelta(1)
    assert silent_since(days, days[-1] + timedelta(3)) is None
    assert str(rhythm(dict.fromkeys(days, 5))) == "usually 5 a day"


@given(st.sets(st.integers(0, 150), max_size=90), st.integers(0, 160), st.integers(0, 160))
def test_a_gap_is_an_empty_day_in_the_window_after_the_first_and_before_today(
    numbers: set[int], begin: int, length: int
) -> None:
    days = sorted(MONDAY + timedelta(n) for n in numbers)
    first, last = MONDAY + timedelta(begin), MONDAY + timedelta(begin + length)
    today = MONDAY + timedelta(151)
    found = gaps(days, first, last, today)
    assert not found & set(days)
    assert all(days[0] < day < today and first <= day <= last for day in found)
    assert found == {d for d in gaps(days, MONDAY, today, today) if first <= d <= last}


@given(st.dates(date(1700, 1, 1), date(2900, 1, 1)), st.integers(0, 800), st.sampled_from(Unit))
def test_periods_follow_each_other_and_hold_every_day(
    first: date, length: int, unit: Unit
) -> None:
    last = first + timedelta(length)
    found = periods(unit, first, last)
    assert found[0].first <= first
    assert found[-1].last >= last
    steps = itertools.pairwise(found)
    assert all(a.last + timedelta(1) == b.first for a, b in steps)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("It was said.", None),
        ("Results:\n\nA 1", None),
        ("It was said that …", "ends in dots"),
        ("It was said [...]", "ends in dots"),
        ("All is well.\n\nRead more", "ends in “read more”"),
        (
            "The mayor of the town said on Monday that he would never again go",
            "ends in mid-sentence",
        ),
        ("", None),
    ],
)
def test_how_a_text_ends_says_whether_it_looks_cut(text: str, why: str | None) -> None:
    assert looks_cut(text) == why


def _article(number: int, published: str | None, text: str = "All of it.") -> Article:
    doubt = Evidence("date not used", "9999-01-01", "claimed by meta", chosen=False)
    return Article(
        id=f"a{number}",
        url=f"https://example.org/{number}",
        source="Gazette",
        headline=f"Number {number}",
        text=text,
        published=Published(published) if published else None,
        evidence=() if published else (doubt,),
    )


def test_the_store_counts_what_is_shown_as_it_is_now(tmp_path: Path) -> None:
    with Store(tmp_path / FILE) as store:
        store.put(_article(1, "2024-06-01"))
        store.put(_article(1, "2024-06-02", "All of it, and more."))
        store.put(_article(2, "2024-06"))
        store.put(_article(3, None, "It was said that …"))
        store.put(_article(4, "2024-06-02"))
        store.withdraw("a4")
        gazette = holdings(store.held())["Gazette"]
        assert gazette.days == {date(2024, 6, 2): 1}
        assert (gazette.months, gazette.undated) == ({"2024-06": 1}, 1)
        june = periods(Unit.MONTH, date(2024, 6, 1), date(2024, 6, 30))
        assert row(gazette, june, TODAY)[0].articles == 2
        assert [doubt.why for doubt in store.dates_not_used()] == ["9999-01-01, claimed by meta"]
        assert [doubt.why for doubt in store.cut_texts()] == ["ends in dots"]
