"""What the pages say of an article's revisions."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from archive.article import Article
from archive.store import FILE, Store
from indexer import projection
from tests.web.conftest import client_of

HOSTILE = "The ferry <script>alert(1)</script> & \"its\" <img src=x onerror=alert('2')> crew."
EDITED = Article(
    "edited", "https://gannet.example/a", "Gannet", "<b>Ferry</b> late", "The ferry came late."
)
TEASER = Article("teaser", "https://gannet.example/b", "Gannet", "Quay", "A quay was built.")
GONE = Article("gone", "https://gannet.example/c", "Gannet", "Pier", "Zanzibar had a pier.")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    site = tmp_path_factory.mktemp("changes")
    with Store(site / FILE) as store:
        for one in (EDITED, TEASER, GONE):
            store.put(one)
        store.put(replace(EDITED, headline="<i>Ferry</i> lost", text=HOSTILE))
        store.put(replace(TEASER, text="A quay was built. It is of stone."), edit=False)
        store.put(replace(GONE, text="Zanzibar has a pier."))
        store.withdraw(GONE.id)
        projection.catch_up(store, site / "index", "english")
    return site


@pytest.fixture
def client(site: Path) -> Iterator[FlaskClient]:
    with client_of(site) as opened:
        yield opened


def test_changes_are_shown_as_text_whatever_they_hold(client: FlaskClient) -> None:
    page = client.get("/article/edited/changes/2")
    assert page.status_code == 200
    assert "<ins>" in page.text
    assert "<del>" in page.text
    assert "&lt;script&gt;" in page.text
    for markup in ("<script>alert", "<img", "<b>Ferry", "<i>Ferry", "onerror=alert('"):
        assert markup not in page.text


@pytest.mark.parametrize("purge", [False, True])
def test_what_was_withdrawn_shows_no_changes(site: Path, client: FlaskClient, purge: bool) -> None:
    if purge:
        with Store(site / FILE) as store:
            store.withdraw(GONE.id, purge=True)
    page = client.get("/article/gone/changes/2")
    assert page.status_code == 410
    assert "Zanzibar" not in page.text


@pytest.mark.parametrize("address", ["edited/changes/1", "edited/changes/3", "nobody/changes/2"])
def test_changes_that_never_were_are_not_found(client: FlaskClient, address: str) -> None:
    assert client.get(f"/article/{address}").status_code == 404


def test_a_teaser_completed_from_its_page_is_not_called_revised(client: FlaskClient) -> None:
    page = client.get("/article/teaser/quay").text
    assert "Revised on" not in page
    assert "Known by its feed at first" in page
    assert "Revised on" in client.get("/article/edited", follow_redirects=True).text


def test_results_mark_as_revised_what_its_newsroom_changed(client: FlaskClient) -> None:
    assert 'changes/2">revised</a>' in client.get("/search?q=ferry").text
    assert "revised<" not in client.get("/search?q=quay").text
