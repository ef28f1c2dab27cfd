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


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.name)
def test_every_screen_is_a_designed_page(
    screen: Screen, houses: dict[str, House], client_for: Callable[[Screen], FlaskClient]
) -> None:
    shown = answer(client_for(screen), screen, houses[screen.house].names)
    assert shown.status_code == screen.status
    assert is_designed(shown.text), shown.text
