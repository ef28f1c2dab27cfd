"""Where files lie on the server is told to whoever may write, and to nobody else."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from archive.access import Role
from archive.store import FILE, Store
from tests.web.conftest import client_of, sign_in


@pytest.fixture
def guarded(guarded_site: Path) -> Iterator[FlaskClient]:
    with client_of(guarded_site) as client:
        yield client


def addresses(client: FlaskClient) -> list[str]:
    """Every address that shows an article which was read from a file."""
    hits = client.get("/search.json?q=bridge").get_json()["hits"]
    article = hits[0]["id"]
    shown = [f"/article/{article}/x", f"/api/v1/articles/{article}", "/api/v1/search?q=bridge"]
    endings = ("json", "csv", "jsonl", "ris", "bib", "csl", "atom", "rss")
    exports = [f"/search.{ending}?q=bridge&all=yes&text=yes" for ending in endings]
    return [*shown, *exports, f"/article/{article}.json", "/search.json?q=bridge", "/coverage"]


def test_readers_learn_only_what_a_file_is_called(
    guarded: FlaskClient, guarded_site: Path
) -> None:
    with Store(guarded_site / FILE) as store:
        folder = Path(next(iter(store.articles())).url.removeprefix("file://")).parent.parent
    sign_in(guarded, "ben")
    for address in addresses(guarded):
        shown = guarded.get(address, follow_redirects=True)
        assert shown.status_code == 200, address
        assert str(folder) not in shown.text, address
        assert "file:///" not in shown.text, address
    hits = guarded.get("/search.json?q=bridge").get_json()["hits"]
    assert all(hit["url"].startswith("file:") and "/" not in hit["url"] for hit in hits)


def test_a_token_that_reads_learns_no_more(guarded_site: Path) -> None:
    with Store(guarded_site / FILE) as store:
        secret = store.add_token("reader", Role.READ)
    with client_of(guarded_site) as client:
        header = {"Authorization": f"Bearer {secret}"}
        assert "file:///" not in client.get("/search.jsonl?q=bridge", headers=header).text


def test_who_may_write_sees_where_a_file_lies(guarded: FlaskClient) -> None:
    sign_in(guarded, "ana")
    hits = guarded.get("/search.json?q=bridge").get_json()["hits"]
    assert all(hit["url"].startswith("file:///") for hit in hits)
    assert hits[0]["url"] in guarded.get("/search.csv?q=bridge").text
