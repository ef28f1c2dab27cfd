"""The coverage page: numbers that lead to their articles, and what is missing."""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect

from archive.article import Article, Published
from archive.holdings import Cell, Period
from archive.source import FailureSpan
from archive.store import FILE, Store
from tests.web.conftest import client_of
from web.holdings import words


def soup(client: FlaskClient, address: str) -> BeautifulSoup:
    answer = client.get(address)
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, "html.parser")


def test_each_cell_leads_to_as_many_articles_as_it_counts(client: FlaskClient) -> None:
    cells = soup(client, "/coverage?unit=month&from=2024-01&to=2024-12").select(".calendar td a")
    counted = [cell for cell in cells if cell.get_text().split()[0].isdigit()]
    assert counted
    for cell in counted[:12]:
        number = cell.get_text().split()[0]
        found = soup(client, str(cell["href"])).select_one("#count")
        assert found is not None
        assert found.get_text().startswith(f"{number} article")


@pytest.mark.parametrize(
    ("every", "unit"), [(1, "day"), (7, "week"), (31, "month")], ids=["daily", "weekly", "monthly"]
)
def test_the_calendar_begins_by_the_rhythm_of_the_archive(
    every: int, unit: str, tmp_path: Path
) -> None:
    with Store(tmp_path / FILE) as store, store.transaction():
        for number in range(30):
            day = date.today() - timedelta(every * number)
            store.put(
                Article(
                    f"a{number}",
                    f"https://x.example/{number}",
                    "Gull",
                    f"No. {number}",
                    "Eels.",
                    published=Published(day.isoformat()),
                )
            )
    with client_of(tmp_path) as client:
        shown = soup(client, "/coverage")
        (current,) = shown.select("nav.steps [aria-current]")
        assert current.get_text().strip().lower().startswith(unit)
        # Who says from when is shown days.
        asked = f"/coverage?from={date.today() - timedelta(20)}"
        (current,) = soup(client, asked).select("nav.steps [aria-current]")
        assert current.get_text().strip().lower().startswith("day")


def test_undated_articles_are_counted_by_source_and_lead_to_their_search(
    client: FlaskClient,
) -> None:
    links = soup(client, "/coverage").select("section[aria-labelledby=undated] a")
    total = 0
    for link in links:
        found = soup(client, str(link["href"])).select_one("#count")
        assert found is not None
        total += int(found.get_text().split()[0])
    assert total == 4


@pytest.mark.parametrize(
    "asked",
    ["unit=q", "from=x", "from=9999", "from=2024-02&to=2024-01", "page=0", "from=2001&to=2024"],
)
def test_what_cannot_be_shown_is_a_bad_address(client: FlaskClient, asked: str) -> None:
    assert client.get(f"/coverage?{asked}").status_code == 400


def test_an_old_gap_tells_when_its_feed_failed_and_why() -> None:
    march = Period(date(2024, 3, 4), date(2024, 3, 4))
    over = FailureSpan("2024-03-03T10:00:00+00:00", "2024-03-05T10:00:00+00:00", "HTTP 503")
    lasting = FailureSpan("2024-03-09T10:00:00+00:00", "", "HTTP 410")
    told = words(Cell(0, 1), march, [over, lasting])
    assert told == "gap, its feed failed 2024-03-03 to 2024-03-05: HTTP 503"
    assert words(Cell(0, 1), march, [lasting]) == "gap"
    assert words(Cell(3), march, [over]) == ""
    later = Period(date(2024, 4, 1), date(2024, 4, 30))
    assert words(Cell(3, 2), later, [over, lasting]) == (
        "2 missing, its feed fails since 2024-03-09: HTTP 410"
    )


@pytest.mark.browser
def test_from_the_calendar_to_the_articles_by_keyboard(page: Page) -> None:
    page.goto("/coverage?unit=month&from=2024-01&to=2024-12")
    cell = page.locator(".calendar td a").filter(has_text=re.compile(r"^\d")).first
    number = cell.inner_text().split()[0]
    cell.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#count")).to_have_text(re.compile(rf"^{number} article"))
