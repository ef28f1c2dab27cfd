"""Signing in and being refused, as a real browser does it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.http_server import Web, reply
from tests.web.conftest import PASSWORDS, serving

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def guarded_server(_guarded_site: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    # Signing in leaves traces that other tests must not meet.
    site = tmp_path_factory.mktemp("served") / "site"
    with serving(Path(shutil.copytree(_guarded_site, site))) as address:
        yield address


@pytest.fixture
def guarded(browser: Browser, guarded_server: str) -> Iterator[Page]:
    context = browser.new_context(base_url=guarded_server)
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(f"script: {error}"))
    page.on(
        "console", lambda said: wrong.append(said.text) if "Security Policy" in said.text else None
    )
    yield page
    context.close()
    assert not wrong


def sign_in(page: Page, name: str, password: str) -> None:
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.keyboard.press("Enter")


def test_a_reader_signs_in_by_keyboard_reads_and_signs_out(guarded: Page) -> None:
    guarded.goto("/search?q=bridge")
    expect(guarded).to_have_title("Sign in – Morgue")
    expect(guarded.get_by_label("Name")).to_be_focused()
    sign_in(guarded, "ben", "wrong")
    expect(guarded.get_by_role("alert")).to_have_text("Name or password is wrong.")
    expect(guarded.get_by_label("Password")).to_be_focused()
    sign_in(guarded, "ben", PASSWORDS["ben"])
    guarded.wait_for_url("**/search?q=bridge")
    expect(guarded.locator("header")).to_contain_text("Signed in as ben")
    guarded.get_by_role("button", name="Sign out").click()
    expect(guarded).to_have_title("Sign in – Morgue")
    guarded.go_back()
    guarded.reload()
    expect(guarded).to_have_title("Sign in – Morgue")


def test_another_site_can_send_no_form_in_a_readers_name(guarded: Page, web: Web) -> None:
    guarded.goto("/login")
    sign_in(guarded, "ben", PASSWORDS["ben"])
    expect(guarded.locator("header")).to_contain_text("Signed in as ben")
    here = guarded.url
    attack = f'<form method="post" action="{here}logout"><button>Win</button></form>'
    web.pages["/"] = reply(body=attack.encode(), content_type="text/html")
    # Another port is another origin, but the same site: cookies are sent along.
    guarded.goto(web.base)
    guarded.get_by_role("button").click()
    expect(guarded.get_by_role("heading", level=1)).to_have_text("This form was not accepted")
    guarded.goto(here)
    expect(guarded.locator("header")).to_contain_text("Signed in as ben")
