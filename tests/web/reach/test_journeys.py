"""The main journeys from end to end: without JavaScript, and by keyboard alone."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.web.conftest import PASSWORDS, serving

pytestmark = pytest.mark.browser


# With scripts the same once more: that is for `make gates`.
WAYS = pytest.mark.parametrize(
    "script",
    [
        pytest.param(False, id="without-javascript"),
        pytest.param(True, id="with-javascript", marks=pytest.mark.gate),
    ],
)


@pytest.fixture(scope="module")
def guarded_server(_guarded_site: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server over an archive where Ana may write, which these tests may change."""
    site = Path(shutil.copytree(_guarded_site, tmp_path_factory.mktemp("journeys") / "site"))
    with serving(site) as address:
        yield address


@WAYS
def test_from_signing_in_to_taking_away(
    script: bool, browser: Browser, guarded_server: str
) -> None:
    """Sign in, search, narrow, undo, zoom, save, export, read, cite, look at coverage, leave."""
    context = browser.new_context(base_url=guarded_server, java_script_enabled=script)
    page = context.new_page()
    page.goto("/search?q=bridge")
    _sign_in(page, "ana")
    found = int(re.sub(r" .*", "", page.locator("#count").inner_text()))
    page.locator(".facet").filter(has_text="Source").get_by_role("link").first.click()
    expect(page.locator(".chips")).to_be_visible()
    page.locator(".chips a").first.click()
    expect(page.locator("#count")).to_have_text(re.compile(f"^{found} articles"))
    page.get_by_text("As a table").click()
    page.locator(".timeline table a").first.click()
    expect(page.locator(".chips")).to_be_visible()
    narrowed = page.url
    page.get_by_text("Save this search").click()
    page.get_by_label("Name").fill(f"Bridges {script}")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Bridges {script}")
    page.goto(narrowed)
    with page.expect_download() as taken:
        page.get_by_role("button", name="RIS").click()
    assert b"TY  - " in Path(taken.value.path()).read_bytes()
    page.locator(".hit .headline a").first.click()
    expect(page.locator(".article mark").first).to_be_visible()
    page.get_by_text("Cite and export").click()
    expect(page.locator("#cite-apa")).to_be_visible()
    page.get_by_role("link", name="Coverage").first.click()
    page.locator(".calendar td a").first.click()
    expect(page.locator("#count")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_title("Sign in – Morgue")
    context.close()


def test_who_may_only_read_is_refused_what_changes(browser: Browser, guarded_server: str) -> None:
    context = browser.new_context(base_url=guarded_server, java_script_enabled=False)
    page = context.new_page()
    page.goto("/search?q=bridge")
    _sign_in(page, "ben")
    expect(page.get_by_text("Save this search")).to_have_count(0)
    refused = context.request.post("/saved", form={"name": "x", "address": "/search?q=x"})
    assert refused.status == 403
    assert "You may not do this" in refused.text()
    context.close()


def test_a_search_is_narrowed_and_saved_by_keyboard_alone(page: Page) -> None:
    page.goto("/search?q=bridge")
    _tab_to(page, ".facet a.value")
    page.keyboard.press("Enter")
    expect(page.locator(".chips")).to_be_visible()
    _tab_to(page, ".chips a")
    page.keyboard.press("Enter")
    expect(page.locator(".chips")).to_have_count(0)
    _tab_to(page, ".timeline svg a")
    page.keyboard.press("Enter")
    expect(page.locator(".chips")).to_be_visible()
    _tab_to(page, ".hit .headline a")
    page.keyboard.press("Enter")
    page.wait_for_url("**/article/**")
    _tab_to(page, ".cite summary")
    page.keyboard.press("Enter")
    expect(page.locator("#cite-apa")).to_be_visible()
    _tab_to(page, ".cite a")


@WAYS
def test_an_alert_is_set_followed_and_taken_back_by_keyboard_alone(
    script: bool, browser: Browser, guarded_server: str
) -> None:
    context = browser.new_context(base_url=guarded_server, java_script_enabled=script)
    page = context.new_page()
    page.goto("/search?q=ferry")
    _sign_in(page, "ana")
    _tab_to(page, ".save summary")
    page.keyboard.press("Enter")
    _tab_to(page, "#save-name")
    page.keyboard.press("Control+a")
    page.keyboard.type(f"Ferries {script}")
    _tab_to(page, ".save [name=alert]")
    page.keyboard.press("Space")
    _tab_to(page, ".save button")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Ferries {script}")
    expect(page.locator(".ways").first).to_contain_text("go into the digest")
    feed = page.get_by_role("link", name="Atom feed").get_attribute("href")
    _tab_to(page, f'.ways a[href="{feed}"]')
    told = context.request.get(feed or "")
    assert told.headers["content-type"].startswith("application/atom+xml")
    assert b"<entry" in told.body()
    _tab_to(page, ".edit summary")
    page.keyboard.press("Enter")
    _tab_to(page, ".edit [name=alert]")
    page.keyboard.press("Space")
    _tab_to(page, ".edit button")
    page.keyboard.press("Enter")
    expect(page.locator(".ways").first).not_to_contain_text("go into the digest")
    context.close()


@WAYS
def test_a_file_is_uploaded_and_read_by_keyboard_alone(
    script: bool, browser: Browser, guarded_server: str, tmp_path: Path
) -> None:
    clipping = tmp_path / "eels.txt"
    clipping.write_text(f"Eels {script} are back\n\nThey were gone for nine years.\n", "utf-8")
    context = browser.new_context(base_url=guarded_server, java_script_enabled=script)
    page = context.new_page()
    page.goto("/sources")
    _sign_in(page, "ana")
    _tab_to(page, 'a[href="/sources/upload"]')
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Upload files")
    _tab_to(page, "#files")
    # The dialog that a key opens here is the browser's own, and no part of the page.
    page.locator("#files:focus").set_input_files(clipping)
    _tab_to(page, "#name")
    page.keyboard.type("The Gannet")
    _tab_to(page, ".upload button")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("1 new article", timeout=60_000)
    _tab_to(page, ".told a")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Eels {script} are back")
    expect(page.locator(".article .source")).to_have_text("The Gannet")
    context.close()


def test_the_first_stop_leads_to_the_articles_found(page: Page) -> None:
    page.goto("/search?q=bridge")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Skip to the articles found")
    page.keyboard.press("Enter")
    _tab_to(page, ".hit .headline a", within=3)


def _sign_in(page: Page, name: str) -> None:
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(PASSWORDS[name])
    page.keyboard.press("Enter")
    expect(page.locator("header")).to_contain_text(f"Signed in as {name}")


def _tab_to(page: Page, selector: str, within: int = 300) -> None:
    """Press Tab until what *selector* names has the focus."""
    for _ in range(within):
        page.keyboard.press("Tab")
        if page.locator(f"{selector}:focus").count():
            return
    raise AssertionError(f"no key leads to {selector}")
