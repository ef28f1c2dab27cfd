"""The houses that the tests of reach walk through, and who is signed in where."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.web.conftest import sign_in
from tests.web.reach.houses import House, serving_houses
from tests.web.reach.screens import Screen


@pytest.fixture(scope="session")
def houses(
    _sample_site: Path, _guarded_site: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, House]]:
    """Every house by its name, served until the tests end."""
    room = tmp_path_factory.mktemp("houses")
    with serving_houses(_sample_site, _guarded_site, room) as served:
        yield served


@pytest.fixture(scope="session")
def client_for(houses: dict[str, House]) -> Callable[[Screen], FlaskClient]:
    """Give a client of a screen's house, signed in as the screen says."""
    known: dict[tuple[str, str | None], FlaskClient] = {}

    def client(screen: Screen) -> FlaskClient:
        key = (screen.house, screen.who)
        if key not in known:
            known[key] = houses[screen.house].app.test_client()
            if screen.who:
                sign_in(known[key], screen.who)
        return known[key]

    return client
