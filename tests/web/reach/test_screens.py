"""Every screen answers as designed: its status, a title, a heading, a way on."""

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from tests.web.reach.houses import House
from tests.web.reach.screens import SCREENS, Screen, answer


def is_designed(page: str) -> bool:
    """Whether a page has a title, one main landmark, one heading in it, and a way on."""
    main = re.findall(r"<main\b.*?</main>", page, re.DOTALL)
    return (
        re.search(r"<title>[^<]+</title>", page) is not None
        and len(main) == 1
        and len(re.findall(r"<h1\b", main[0])) == 1
        and re.search(r'<a href="|<a class="name" href="|<button', page) is not None
    )


def test_results_say_how_far_the_index_lags(houses: dict[str, House]) -> None:
    """As while it is built anew: the one before serves, and knows nothing newer."""
    client = houses["lagging"].app.test_client()
    assert "1 article is newer than the index" in client.get("/search?q=bridge").text
    assert "newer than the index" not in houses["full"].app.test_client().get("/search").text


def test_a_missing_index_says_that_nothing_is_lost_and_when_to_come_back(
    houses: dict[str, House],
) -> None:
    shown = houses["unindexed"].app.test_client().get("/search?q=bridge")
    assert "No article is lost" in shown.text
    assert "morgue update" in shown.text
    assert shown.headers["Retry-After"] == "60"


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.name)
def test_every_screen_is_a_designed_page(
    screen: Screen, houses: dict[str, House], client_for: Callable[[Screen], FlaskClient]
) -> None:
    shown = answer(client_for(screen), screen, houses[screen.house].names)
    assert shown.status_code == screen.status
    assert is_designed(shown.text), shown.text
