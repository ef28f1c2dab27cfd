"""A story that several outlets ran: one result, and a way to every copy."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from archive.article import Article, Published
from archive.identity import article_id
from archive.store import FILE, Store
from indexer import projection
from tests.archive.test_syndication import HEADLINE, STORY
from tests.web.conftest import client_of


def article(name: str, day: str, **facts: object) -> Article:
    url = f"https://{name}.example/ferry"
    base = Article(
        article_id(url),
        url,
        name.title(),
        HEADLINE,
        STORY,
        published=Published(day),
        language="en",
    )
    return replace(base, **facts)  # type: ignore[arg-type]


FIRST, SECOND, THIRD = (
    article("gannet", "2024-03-05"),
    article("herald", "2024-03-06"),
    article("ledger", "2024-03-07"),
)
GERMAN = article(
    "anzeiger", "2024-03-08", headline="Fähre sitzt fest", text="Die Fähre sitzt.", language="de"
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    site = tmp_path_factory.mktemp("copies")
    with Store(site / FILE) as store:
        for one in (THIRD, FIRST, SECOND, GERMAN):
            store.put(one)
        store.note_addresses(FIRST.id, ["https://m.gannet.example/ferry", "file:///srv/b.html"])
        projection.catch_up(store, site / "index", "english")
    return site


@pytest.fixture
def client(site: Path) -> Iterator[FlaskClient]:
    with client_of(site) as opened:
        yield opened


def soup(client: FlaskClient, address: str) -> BeautifulSoup:
    answer = client.get(address, follow_redirects=True)
    assert answer.status_code == 200, address
    return BeautifulSoup(answer.text, "html.parser")


def test_a_story_is_one_result_its_earliest_copy_and_names_the_others(client: FlaskClient) -> None:
    page = soup(client, "/search?q=ferry")
    (hit,) = page.select(".hit")
    assert "Gannet" in hit.select_one(".when").get_text()  # type: ignore[union-attr]
    assert hit.select_one(".copies summary").get_text() == "Also in 2 outlets"  # type: ignore[union-attr]
    links = [a["href"] for a in hit.select(".copies a")]
    assert f"/article/{SECOND.id}" in links
    assert "https://ledger.example/ferry" in links
    assert page.select_one("#count").get_text().startswith("3 articles as 1 result ")  # type: ignore[union-attr]


def test_every_copy_can_be_listed_and_put_together_again(client: FlaskClient) -> None:
    more = soup(client, "/search?q=ferry").select_one(".together a")
    assert more is not None
    page = soup(client, str(more["href"]))
    assert len(page.select(".hit")) == 3
    (back,) = page.select(".chips a")
    assert back["href"] == "/search?q=ferry"


def test_a_facet_counts_every_copy_and_leads_to_each(client: FlaskClient) -> None:
    page = soup(client, "/search?q=ferry")
    sources = {a.select_one(".label").get_text(): a for a in page.select(".facet a.value")}  # type: ignore[union-attr]
    assert {"Gannet", "Herald", "Ledger"} <= set(sources)
    (hit,) = soup(client, str(sources["Ledger"]["href"])).select(".hit")
    assert "Ledger" in hit.select_one(".when").get_text()  # type: ignore[union-attr]


def test_the_article_page_lists_copies_and_other_addresses(client: FlaskClient) -> None:
    page = soup(client, f"/article/{FIRST.id}")
    copies = page.select_one("section.beside")
    assert copies is not None
    assert "6 March 2024 · Herald" in " ".join(copies.get_text().split())
    assert page.find("a", href="https://herald.example/ferry")
    assert page.find("a", href="https://m.gannet.example/ferry")
    assert page.find("a", href="file:///srv/b.html") is None, "no browser may open it"
    assert soup(client, f"/article/{GERMAN.id}").select_one("section.beside") is None


def test_any_address_of_an_article_leads_to_it(client: FlaskClient) -> None:
    for url in ("https://gannet.example/ferry", "http://www.gannet.example/ferry/?amp=1"):
        answer = client.get("/article", query_string={"url": url})
        assert answer.status_code == 302
        assert answer.location == f"/article/{FIRST.id}"
    assert client.get("/article?url=https://gannet.example/other").status_code == 404
    assert client.get("/article").status_code == 404


def test_the_language_is_a_facet_in_words(client: FlaskClient) -> None:
    page = soup(client, "/search")
    labels = {a.select_one(".label").get_text(): a["href"] for a in page.select(".facet a.value")}  # type: ignore[union-attr]
    assert labels["German"] == "/search?language=de"
    narrowed = soup(client, "/search?language=de")
    assert [h.get_text() for h in narrowed.select(".hit .headline a")] == ["Fähre sitzt fest"]
    assert "German" in narrowed.select_one(".chips").get_text()  # type: ignore[union-attr]


def test_search_json_tells_of_copies(client: FlaskClient) -> None:
    data = client.get("/search.json?q=ferry").json
    assert data is not None
    assert (data["total"], data["articles"]) == (1, 3)
    assert data["facets"]["language"] == {"en": 3}
    (hit,) = data["hits"]
    assert [copy["source"] for copy in hit["copies"]] == ["Herald", "Ledger"]
    assert hit["copies"][0]["link"] == "https://herald.example/ferry"
    apart = client.get("/search.json?q=ferry&copies=yes").json
    assert apart is not None
    assert apart["total"] == 3
