"""Saved searches in the web app: saved, listed, read, fed, edited, ordered and deleted."""

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import feedparser
import pytest
from flask.testing import FlaskClient

from archive.store import FILE, Store
from tests.command_line import run_morgue
from tests.web.conftest import client_of


@pytest.fixture
def own(own_sample_site: Path) -> Iterator[FlaskClient]:
    """A client over a sample archive that may be changed."""
    with client_of(own_sample_site) as opened:
        yield opened


def token(client: FlaskClient, address: str = "/search?q=bridge") -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', client.get(address).text)
    assert found
    return found[1]


def post(client: FlaskClient, where: str, **form: str) -> str:
    """Send a form; return where its answer leads to."""
    answer = client.post(where, data={"csrf": token(client), **form})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def save(client: FlaskClient, name: str = "Bridges", address: str = "/search?q=bridge") -> str:
    return post(client, "/saved", name=name, address=address)


def bring(site: Path, name: str, text: str) -> None:
    folder = site / "clips"
    folder.mkdir(exist_ok=True)
    (folder / f"2026-03-04-{name}.txt").write_text(f"News of the {name}\n\n{text}\n")
    run_morgue("add", str(folder), site=site)
    assert run_morgue("update", site=site).returncode == 0


def test_a_search_is_saved_with_all_that_narrows_it(own: FlaskClient) -> None:
    where = save(own, "Gazette", "/search?q=bridge&source=The+Harbour+Gazette&sort=newest&page=2")
    page = own.get(where).text
    assert '<h1 dir="auto">Gazette</h1>' in page
    assert "bridge; source: The Harbour Gazette" in page
    assert "/search?q=bridge&amp;source=The+Harbour+Gazette&amp;sort=newest" in page
    assert "Found before" in page


def test_what_comes_later_is_new_until_somebody_says_it_was_seen(
    own: FlaskClient, own_sample_site: Path
) -> None:
    where = save(own)
    assert " new</strong>" not in own.get("/saved").text
    bring(own_sample_site, "strike", "The bridge is closed by a strike.")
    for _ in range(2):
        assert "<strong>1 new</strong>" in own.get("/saved").text
        assert "News of the strike" in own.get(where).text
    number = re.search(r'name="number" value="(\d+)"', own.get(where).text)
    assert number
    assert post(own, f"{where}/seen", number=number[1]) == "/saved"
    assert " new</strong>" not in own.get("/saved").text


def test_a_feed_has_each_article_as_one_entry_for_ever(
    own: FlaskClient, own_sample_site: Path
) -> None:
    where = save(own)
    before = feedparser.parse(own.get(f"{where}.atom").data)
    assert (before.bozo, before.feed.title) == (0, "Bridges – Morgue")
    bring(own_sample_site, "strike", "The bridge is closed by a strike.")
    bring(own_sample_site, "strike", "The bridge is closed by a long strike.")
    after = feedparser.parse(own.get(f"{where}.atom").data)
    ids = [entry.id for entry in after.entries]
    assert after.entries[0].title == "News of the strike"
    assert ids[1:] == [entry.id for entry in before.entries]
    assert len(set(ids)) == len(ids)


def test_all_that_was_found_is_reached_page_by_page(own: FlaskClient) -> None:
    where = address = save(own, "Everything", "/search")
    seen: list[str] = []
    for _ in range(9):
        page = own.get(address).text
        seen += re.findall(r'class="headline"><a href="/article/([^/]+)', page)
        older = re.search(rf'href="({where}\?before=\d+)">Older', page)
        if not older:
            break
        address = older[1]
    assert len(seen) == len(set(seen)) == 52


def test_names_words_and_alerts_are_edited(own: FlaskClient, own_sample_site: Path) -> None:
    where = save(own)
    post(own, where, name="Ferries", q="ferry", alert="yes")
    page = own.get(where).text
    assert ("Ferries</h1>" in page, 'value="ferry"' in page) == (True, True)
    with closing(Store(own_sample_site / FILE)) as store:
        (kept,) = store.saved_searches()
    assert (kept.name, kept.alert, kept.new) == ("Ferries", True, 0)


def test_order_and_deletion_are_the_readers(own: FlaskClient) -> None:
    for name in ("One", "Two", "Three"):
        save(own, name)

    def names() -> list[str]:
        return re.findall(r'href="/saved/\d+" dir="auto">(\w+)', own.get("/saved").text)

    assert post(own, "/saved/3/move", to="up") == "/saved#saved-3"
    assert names() == ["One", "Three", "Two"]
    assert "No article is lost" in own.get("/saved/1/delete").text
    assert names() == ["One", "Three", "Two"]
    assert post(own, "/saved/1/delete") == "/saved"
    assert names() == ["Three", "Two"]
    assert own.get("/saved/1").status_code == 404


@pytest.mark.parametrize(
    ("address", "form"),
    [
        ("/saved", {"name": "", "address": "/search?q=x"}),
        ("/saved", {"name": "x" * 81, "address": "/search?q=x"}),
        ("/saved", {"name": "A", "address": "/search?from=nonsense"}),
        ("/saved", {"name": "A", "address": "/search?sort=nonsense"}),
        ("/saved/1/seen", {"number": "many"}),
    ],
)
def test_a_form_that_makes_no_sense_is_refused_in_words(
    own: FlaskClient, address: str, form: dict[str, str]
) -> None:
    save(own)
    answer = own.post(address, data={"csrf": token(own), **form})
    assert answer.status_code == 400
    assert "This form asks for something that cannot be" in answer.text


def test_a_name_is_of_one_saved_search(own: FlaskClient) -> None:
    save(own)
    answer = own.post("/saved", data={"csrf": token(own), "name": "Bridges", "address": "?q=x"})
    assert answer.status_code == 400
    assert "is the name of another saved search" in answer.text


@pytest.mark.parametrize("path", ["/saved/99", "/saved/99.atom", f"/saved/{10**30}"])
def test_an_unknown_saved_search_is_not_found(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404
