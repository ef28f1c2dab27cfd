"""The timeline above the results: what is drawn, what it says and where it leads."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect

from indexer.request import Request
from indexer.timeline import Timeline, Unit, timeline
from web.address import Address
from web.timeline import HIGHEST, LOWEST, MOST_BARS, drawing, way_out


def months(count: int) -> Timeline:
    return timeline({f"{2000 + i // 12}-{i % 12 + 1:02}": i + 1 for i in range(count)}, {})


def test_bars_stand_side_by_side_and_gaps_are_left_empty() -> None:
    drawn = drawing(timeline({"2023-01": 400, "2023-12": 1}, {}), Address(Request("bank")))
    assert drawn is not None
    first, last = drawn.bars
    assert (first.start, round(last.start + last.slot)) == (0, 100)
    assert (first.height, last.height) == (HIGHEST, LOWEST)
    assert drawn.counts == "400 0 0 0 0 0 0 0 0 0 0 1"
    assert drawn.most == "By month, most in January 2023: 400"


def test_a_bar_leads_to_its_period_and_keeps_what_was_typed() -> None:
    asked = Address(Request("from=FIRST&to=LAST", sources=("A & B",), page=3))
    drawn = drawing(timeline({"2023-01": 4, "2023-12": 1}, {}), asked)
    assert drawn is not None
    assert drawn.bars[0].url == asked.with_period("2023-01", "2023-01").url()
    assert parse_qs(urlsplit(drawn.bars[1].url).query) == {
        "q": ["from=FIRST&to=LAST"],
        "source": ["A & B"],
        "from": ["2023-12"],
        "to": ["2023-12"],
    }


@pytest.mark.parametrize("count", [2, 7, 13, 30, 50, 96])
def test_labels_are_few_enough_for_a_phone_and_a_wide_screen(count: int) -> None:
    drawn = drawing(months(max(count, 4)), Address(Request()))
    assert drawn is not None
    assert 0 < sum(not label.minor for label in drawn.labels) <= 6
    assert len(drawn.labels) <= 12


def test_a_span_of_all_time_is_drawn_in_centuries() -> None:
    found = timeline({"0007-01": 1, "2024-06": 2, "0007": 1, "2024": 2}, {})
    assert (found.unit, len(found.bars) > MOST_BARS) == (Unit.DECADE, True)
    drawn = drawing(found, Address(Request()))
    assert drawn is not None
    assert drawn.unit == "century"
    assert [bar.count for bar in drawn.bars] == [1, 2]
    assert "from=0007-01-01" in drawn.bars[0].url or "from=0001" in drawn.bars[0].url


def test_the_way_out_is_one_level_at_a_time() -> None:
    def way(first: str | None, last: str | None) -> list[str]:
        return [step.label for step in way_out(Address(Request(first=first, last=last)))]

    assert way(None, None) == ["All dates"]
    assert way("2024", "2024") == ["All dates", "2024"]
    assert way("2024-06", "2024-06") == ["All dates", "2024", "June 2024"]
    assert way("2024-06-20", "2024-06-20") == ["All dates", "2024", "June 2024", "20 June 2024"]
    assert way("2024-01-01", "2024-02-10")[-1] == "1 January 2024 to 10 February 2024"
    assert way("2023", "2024-06") == ["All dates", "January 2023 to June 2024"]
    assert way("2023-02", None) == ["All dates", "From February 2023"]
    assert way(None, "2023-12") == ["All dates", "Up to 2023"]


def test_the_search_page_draws_without_style_attributes(client: FlaskClient) -> None:
    page = client.get("/search").text
    assert "<svg" in page
    assert " style=" not in page
    assert "4 undated" in page
    assert "<svg" not in client.get("/search?q=zebraquagga").text
    nothing = client.get("/search?q=zebraquagga&from=2024").text
    assert "All dates" in nothing


@pytest.mark.browser
def test_bars_zoom_in_and_words_lead_back_out(page: Page) -> None:
    page.goto("/search?q=bridge")
    page.locator(".timeline svg a").last.click()
    page.wait_for_url(re.compile(r"from=2\d\d\d-\d\d&"))
    expect(page.locator(".timeline svg")).to_have_attribute("aria-label", "Articles by day")
    page.locator(".scale a").last.click()
    page.wait_for_url(re.compile(r"from=2\d\d\d&"))
    page.locator(".scale a").first.click()
    expect(page.locator("#count")).to_have_text(re.compile(r"^17 articles"))


@pytest.mark.browser
def test_a_drag_over_bars_narrows_and_escape_gives_up(page: Page) -> None:
    page.goto("/search")
    box = page.locator(".timeline svg").bounding_box()
    assert box is not None
    spans = (page.locator(".timeline svg").get_attribute("data-spans") or "").split()

    def press_and_drag() -> None:
        page.mouse.move(box["x"] + 2, box["y"] + 30)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 30, steps=4)

    press_and_drag()
    expect(page.locator(".brush")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator(".brush")).to_have_count(0)
    page.mouse.up()
    assert urlsplit(page.url).query == ""
    press_and_drag()
    page.mouse.up()
    page.wait_for_url("**from=*")
    asked = parse_qs(urlsplit(page.url).query)
    assert asked == {"from": [spans[0]], "to": [spans[len(spans) // 2]]}


@pytest.mark.browser
def test_the_timeline_is_one_stop_and_arrows_step_over_it(page: Page) -> None:
    page.goto("/search")
    assert page.locator('.timeline svg a[tabindex="0"]').count() == 1
    page.locator('.timeline svg a[tabindex="0"]').focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".timeline svg a").nth(1)).to_be_focused()
    page.keyboard.press("Shift+ArrowRight")
    expect(page.locator(".brush")).to_have_count(1)
    page.keyboard.press("Enter")
    page.wait_for_url("**from=*")


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 768])
def test_no_page_is_wider_than_its_screen(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    for state in ("", "?q=bridge", "?from=2024-06&to=2024-06", f"?q={'unbroken' * 40}"):
        page.goto(f"/search{state}")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), state
