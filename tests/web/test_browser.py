"""The journeys that matter, in a real Chromium against a real server."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.command_line import run_morgue
from tests.web.conftest import serving

pytestmark = pytest.mark.browser


def test_search_narrow_undo_and_read(page: Page) -> None:
    page.goto("/")
    page.get_by_role("combobox").fill("bridge")
    page.keyboard.press("Enter")
    expect(page.locator("#count")).to_have_text(re.compile(r"^17 articles"))
    page.locator(".facet").filter(has_text="Source").get_by_role(
        "link", name=re.compile("^Meridian")
    ).click()
    expect(page.locator(".chips")).to_contain_text("Meridian")
    narrowed = page.locator(".hit").count()
    assert 0 < narrowed < 17
    page.locator(".chips a").first.click()
    expect(page.locator("#count")).to_have_text(re.compile(r"^17 articles"))
    page.locator(".hit .headline a").first.click()
    expect(page.locator(".article mark").first).to_be_visible()


def test_everything_by_keyboard(page: Page) -> None:
    page.goto("/")
    page.keyboard.press("/")
    page.keyboard.type("bridge")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=bridge*")
    page.keyboard.press("j")
    page.keyboard.press("j")
    second = page.locator(".hit .headline a").nth(1)
    expect(second).to_be_focused()
    page.keyboard.press("o")
    page.wait_for_url("**/article/**")
    page.keyboard.press("n")
    expect(page.locator("[data-match-count]")).to_have_text(re.compile(r"^1 of \d+"))
    page.keyboard.press("n")
    expect(page.locator("mark:target")).to_have_count(1)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.keyboard.press("g")
    page.keyboard.press("h")
    expect(page.locator(".holds")).to_be_visible()


def test_an_article_opens_at_its_first_match(browser: Browser, server: str) -> None:
    context = browser.new_context(base_url=server, viewport={"width": 600, "height": 300})
    page = context.new_page()
    page.goto("/search?q=compensation+ferry+company+Pender")
    page.locator(".hit .headline a").first.click()
    expect(page.locator(".article mark").first).to_be_in_viewport()
    context.close()


def test_stepping_through_matches_adds_no_page_to_go_back_through(page: Page) -> None:
    page.goto("/search?q=bridge")
    page.locator(".hit .headline a").first.click()
    total = page.locator(".article mark").count()
    page.get_by_role("button", name="Next match").click()
    page.keyboard.press("n")
    told = page.locator("[data-match-count]")
    expect(told).to_have_text(f"2 of {total}")
    expect(told).to_have_attribute("aria-live", "polite")
    page.keyboard.press("p")
    page.keyboard.press("p")
    expect(told).to_have_text(f"{total} of {total}")
    expect(page.locator("mark:target")).to_be_in_viewport()
    page.go_back()
    expect(page).to_have_url(re.compile("/search"))


def test_without_javascript_every_match_is_a_link(browser: Browser, server: str) -> None:
    context = browser.new_context(base_url=server, java_script_enabled=False)
    page = context.new_page()
    page.goto("/search?q=bridge")
    page.locator(".hit .headline a").first.click()
    expect(page.get_by_role("button", name="Next match")).to_be_hidden()
    page.locator(".matches a").nth(1).click()
    expect(page.locator("mark:target")).to_have_id("m2")
    expect(page.locator("mark:target")).to_be_in_viewport()
    context.close()


def test_on_paper_an_article_keeps_its_address_and_drops_the_rest(page: Page) -> None:
    page.goto("/search?q=bridge")
    page.locator(".hit .headline a").first.click()
    expect(page.locator(".printed")).to_be_hidden()
    page.emulate_media(media="print")
    expect(page.locator(".printed")).to_contain_text("/article/")
    expect(page.locator(".printed")).to_contain_text("read on")
    for gone in (".found", ".box", ".rooms", ".bottom", ".known"):
        expect(page.locator(gone)).to_be_hidden()
    ground = "element => getComputedStyle(element).backgroundColor"
    assert page.locator(".article mark").first.evaluate(ground) == "rgba(0, 0, 0, 0)"


def test_escape_leaves_the_box_and_keeps_its_words(page: Page) -> None:
    page.goto("/search?q=bridge")
    page.keyboard.press("/")
    page.keyboard.press("Escape")
    expect(page.get_by_role("combobox")).to_have_value("bridge")
    expect(page.get_by_role("combobox")).not_to_be_focused()


def test_what_is_typed_is_completed_by_keyboard(page: Page) -> None:
    page.goto("/")
    box = page.get_by_role("combobox")
    box.press_sequentially("bri")
    options = page.get_by_role("option")
    expect(options.first).to_be_visible()
    expect(box).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    expect(box).to_have_attribute("aria-activedescendant", "completion-0")
    page.keyboard.press("Escape")
    expect(options).to_have_count(0)
    expect(box).to_be_focused()
    expect(box).to_have_value("bri")
    page.keyboard.type("dg")
    expect(page.get_by_role("option", name="bridge word")).to_be_visible()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=bridge*")


def test_a_completed_name_or_headline_leads_to_it_by_mouse(page: Page) -> None:
    page.goto("/search?q=bridge&source=Meridian")
    box = page.get_by_role("combobox")
    box.fill("renck")
    page.get_by_role("option", name="byline").first.click()
    page.wait_for_url("**/search?q=by%3A%22*source=Meridian")
    page.goto("/")
    page.get_by_role("combobox").fill("crack found")
    page.get_by_role("option", name="headline").first.click()
    expect(page.locator(".article h1")).to_contain_text("Crack found")


def test_enter_searches_for_what_was_typed_where_nothing_is_chosen(page: Page) -> None:
    page.goto("/")
    page.get_by_role("combobox").press_sequentially("bri")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=bri")


def test_the_longest_query_the_box_holds_is_answered(page: Page) -> None:
    page.goto("/")
    page.get_by_role("combobox").fill("桥" * 3000)
    page.keyboard.press("Enter")
    expect(page.locator("#count")).to_have_text(re.compile("^0 articles"))


def test_without_javascript_everything_still_works(browser: Browser, server: str) -> None:
    context = browser.new_context(base_url=server, java_script_enabled=False)
    page = context.new_page()
    page.goto("/")
    page.get_by_role("searchbox").fill("strike")
    page.get_by_role("button", name="Search").click()
    expect(page.locator(".hit mark").first).to_be_visible()
    page.locator(".facet").filter(has_text="Topic").get_by_role("link").first.click()
    expect(page.locator(".chips")).to_be_visible()
    page.locator(".parts a").click()
    expect(page.get_by_role("searchbox")).to_have_value("")
    page.go_back()
    page.locator(".hit .headline a").first.click()
    expect(page.locator(".article h1")).to_be_visible()
    page.get_by_text("What is known, and from where").click()
    expect(page.locator(".known table")).to_be_visible()
    context.close()


@pytest.mark.parametrize("width", [360, 768, 1440])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/search?q=bridge+OR+strike",
        "/search?q=(bridge+OR+ferry)+W/9+toll+hd%3D(council+OR+crew*)+since:2021+nosuch:field",
        "/help",
        "/nowhere",
    ],
)
def test_no_page_is_wider_than_its_screen(
    browser: Browser, server: str, width: int, scheme: str, address: str
) -> None:
    context = browser.new_context(
        base_url=server,
        viewport={"width": width, "height": 900},
        color_scheme=scheme,  # type: ignore[arg-type]
    )
    page = context.new_page()
    page.goto(address)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()


def test_the_chosen_colours_stay(page: Page) -> None:
    page.goto("/")
    switch = page.locator("[data-theme-switch]")
    switch.click()
    switch.click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_text_and_marks_have_enough_contrast(page: Page) -> None:
    page.goto("/search?q=bridge")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        for selector in (".hit .when", ".passage", "mark", ".topics", ".count", ".sort a"):
            assert page.locator(selector).first.evaluate(_CONTRAST) >= 4.5, (scheme, selector)


def test_new_articles_show_on_the_next_request_in_every_worker(
    browser: Browser, own_sample_site: Path, tmp_path: Path
) -> None:
    clippings = tmp_path / "clippings"
    clippings.mkdir()
    with serving(own_sample_site) as address:
        context = browser.new_context(base_url=address)
        page = context.new_page()
        page.goto("/search?q=zeppelin")
        expect(page.locator("#count")).to_have_text(re.compile("^0 articles"))
        (clippings / "airship.txt").write_text(
            "Zeppelin moored at Hallam Point\n\nA zeppelin was moored at Hallam Point at noon.\n"
        )
        run_morgue("add", str(clippings), site=own_sample_site)
        assert run_morgue("update", site=own_sample_site).returncode == 0
        for _ in range(12):
            page.goto("/search?q=zeppelin")
            expect(page.locator("#count")).to_have_text(re.compile("^1 article"))
        context.close()


# The contrast of an element's text with what lies behind it (WCAG 2.2, relative luminance).
_CONTRAST = """element => {
  const channels = colour => colour.match(/[\\d.]+/g).map(Number);
  const luminance = ([r, g, b]) => {
    const part = value => {
      value /= 255;
      return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    };
    return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  };
  let behind = element;
  const clear = node => (channels(getComputedStyle(node).backgroundColor)[3] ?? 1) === 0;
  while (behind.parentElement && clear(behind)) behind = behind.parentElement;
  const text = luminance(channels(getComputedStyle(element).color));
  const ground = luminance(channels(getComputedStyle(behind).backgroundColor));
  return (Math.max(text, ground) + 0.05) / (Math.min(text, ground) + 0.05);
}"""
