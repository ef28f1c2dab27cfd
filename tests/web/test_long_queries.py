"""Queries longer than any that is read: they reach the server, and what is cut is told."""

import urllib.error
import urllib.request
from email.message import Message
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect

from web.errors import LONGEST_ADDRESS

READ = "Only the first 2,000 characters were read."


def fetched(address: str) -> tuple[int, str, Message]:
    try:
        with urllib.request.urlopen(address, timeout=60) as answer:
            return answer.status, answer.read().decode(), answer.headers
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode(), error.headers


@pytest.mark.parametrize("letter", ["a", "é", "ש", "銀", "🏦", "%", "\n"])
def test_ten_thousand_characters_of_any_script_are_answered_and_the_cut_is_told(
    server: str, letter: str
) -> None:
    text = "bridge " + letter * 9_992 + "!"
    status, page, _ = fetched(f"{server}/search?{urlencode({'q': text})}")
    assert status == 200
    assert READ in page


def test_an_address_beyond_that_gets_a_page_that_says_what_to_do(server: str) -> None:
    status, page, headers = fetched(f"{server}/search?q={'a' * LONGEST_ADDRESS}")
    assert status == 414
    assert "This is too long for an address" in page
    assert "the first 2,000 characters are read" in page
    assert "Content-Security-Policy" in headers


def test_a_line_that_no_page_answers_is_refused_and_the_server_goes_on(server: str) -> None:
    try:
        status, _, _ = fetched(f"{server}/search?q={'a' * 2_000_000}")
    except OSError:
        status = 414  # It hung up before all of it was sent.
    assert status == 414
    assert fetched(f"{server}/search?q=bridge")[0] == 200


def test_links_carry_what_is_read_and_no_more(client: FlaskClient) -> None:
    page = client.get("/search", query_string={"q": "bridge " * 1_500}).text
    assert READ in page
    assert "bridge+" * 300 not in page


def test_the_box_takes_all_that_is_pasted_and_says_when_it_cannot_be_sent(page: Page) -> None:
    page.goto("/search")
    box = page.get_by_role("combobox", name="Search the archive")
    box.fill("銀" * 10_000)
    box.press("Enter")
    expect(page.get_by_text(READ)).to_be_visible()
    box.fill("銀" * 20_000)
    assert "too long to be sent" in box.evaluate("box => box.validationMessage")
    box.fill("bridge")
    assert box.evaluate("box => box.validationMessage") == ""
