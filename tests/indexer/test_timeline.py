from collections import Counter
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.article import Published
from indexer.days import period
from indexer.timeline import MOST_DAYS, Bar, Timeline, Unit, timeline, unit_for

#
DAYS = st.dates(date(1, 1, 1), date(9999, 12, 31))


def counted(told: list[str | None]) -> tuple[dict[str, int], dict[str, int]]:
    """The facets ``date`` and ``day`` of articles that were published then."""
    dates: Counter[str] = Counter()
    for iso in told:
        dates.update({"undated"} if iso is None else {iso[:4], iso[:7]})
    return dates, Counter(iso for iso in told if iso and len(iso) > 7)


def test_three_months_are_shown_by_day_and_what_has_no_day_is_told_apart() -> None:
    told = ["2024-06-20", "2024-06-20", "2024-06", "2024-08-01", None]
    found = timeline(*counted(told))
    assert (found.unit, found.undated, found.unplaced) == (Unit.DAY, 1, 1)
    assert (found.bars[0].period, found.bars[-1].period) == ("2024-06-01", "2024-08-31")
    assert len(found.bars) == 92
    assert [bar for bar in found.bars if bar.count] == [
        Bar("2024-06-20", "2024-06-20", "2024-06-20", 2),
        Bar("2024-08-01", "2024-08-01", "2024-08-01", 1),
    ]
    assert found.most == 2


def test_a_month_holds_what_is_dated_to_the_month() -> None:
    found = timeline(*counted(["2023-01-02", "2023-11", "2023-11-30"]))
    assert found.unit is Unit.MONTH
    assert [bar.count for bar in found.bars] == [1, *[0] * 9, 2]
    assert found.unplaced == 0


def test_long_spans_are_shown_by_year_and_very_long_ones_by_decade() -> None:
    found = timeline(*counted(["1999-12-31", "2024-06"]))
    assert (found.unit, len(found.bars)) == (Unit.YEAR, 26)
    found = timeline(*counted(["0007-01-01", "1821-05", "1829-05"]))
    assert (found.unit, len(found.bars)) == (Unit.DECADE, 183)
    assert found.bars[0] == Bar("0000", "0007-01-01", "0009-12-31", 1)
    assert found.bars[-1] == Bar("1820", "1820-01-01", "1829-05-31", 2)


def test_the_span_asked_for_is_shown_whole_and_no_bar_leads_out_of_it() -> None:
    found = timeline(*counted(["2024-06-20"]), date(2024, 1, 15), date(2024, 12, 31))
    assert found.unit is Unit.MONTH
    assert found.bars[0] == Bar("2024-01", "2024-01-15", "2024-01-31", 0)
    assert found.bars[5] == Bar("2024-06", "2024-06", "2024-06", 1)
    assert found.bars[-1] == Bar("2024-12", "2024-12", "2024-12", 0)


def test_nothing_dated_has_no_bars() -> None:
    assert timeline(*counted([None, None])) == Timeline(Unit.YEAR, (), undated=2)
    assert timeline({}, {}, date(2024, 1, 2), date(2024, 1, 1)).bars == ()
    assert timeline({}, {}, date(2024, 1, 2)).bars == ()
    assert len(timeline({}, {}, date(2024, 1, 2), date(2024, 1, 3)).bars) == 2


@pytest.mark.parametrize(
    ("days", "unit"),
    [(0, "day"), (MOST_DAYS - 1, "day"), (MOST_DAYS, "month"), (3000, "year"), (80000, "decade")],
)
def test_the_unit_follows_the_span(days: int, unit: str) -> None:
    assert unit_for(date(1800, 1, 1), date(1800, 1, 1) + timedelta(days)) == unit


@given(
    told=st.lists(st.builds(lambda d, n: d.isoformat()[:n], DAYS, st.sampled_from((7, 10)))),
    ends=st.tuples(st.none() | DAYS, st.none() | DAYS),
)
def test_every_article_found_is_in_one_bar_or_unplaced_and_bars_cover_the_span(
    told: list[str], ends: tuple[date | None, date | None]
) -> None:
    first, last = ends
    found = [
        iso
        for iso in told
        for earliest, latest in [Published(iso).days]
        if (first is None or latest >= first) and (last is None or earliest <= last)
    ]
    line = timeline(*counted(list(found)), first, last)
    assert len(line.bars) <= 1000
    assert line.unplaced == 0 or line.unit is Unit.DAY
    if line.bars:
        assert sum(bar.count for bar in line.bars) + line.unplaced == len(found)
    days = [(period(bar.first), period(bar.last)) for bar in line.bars]
    for before, after in pairwise(days):
        assert before[1]
        assert after[0]
        assert before[1][1] + timedelta(1) == after[0][0]
    if days and days[0][0] and days[-1][1]:
        assert first in (None, days[0][0][0])
        assert last in (None, days[-1][1][1])
