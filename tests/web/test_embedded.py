"""What a page says of its article to programs, read as Zotero and search engines read it."""

import json
from pathlib import Path

from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from hypothesis import given
from playwright.sync_api import Browser

from archive.article import Article
from archive.store import FILE, Store
from indexer import projection
from tests.archive.export.samples import BARE, STRIKE, articles
from tests.web.conftest import client_of, serving
from web import embedded

# Zotero's translators Embedded Metadata and RDF: where each field of an item comes from, the
# first that is there. The item's type is z:itemType, else the DC.type that names one of its
# types; only then citation_title makes it a journal's article.
ZOTERO = {
    "itemType": ("z:itemType", "DC.type"),
    "title": ("citation_title", "DC.title"),
    "creators": ("citation_author", "DC.creator"),
    "publicationTitle": ("citation_journal_title", "DC.source"),
    "date": ("citation_publication_date", "DC.date"),
    "language": ("citation_language", "DC.language"),
    "url": ("citation_public_url",),
    "abstractNote": ("DC.description", "description"),
}


def as_zotero_reads(metadata: list[tuple[str, str]]) -> dict[str, list[str]]:
    item = {}
    for field, names in ZOTERO.items():
        for name in names:
            if found := [content for said, content in metadata if said == name]:
                item[field] = found
                break
    return item


def test_zotero_sees_a_newspaper_article() -> None:
    assert as_zotero_reads(embedded.meta(STRIKE, STRIKE.url)) == {
        "itemType": ["newspaperArticle"],
        "title": ["Harbour strike ends after 12 weeks"],
        "creators": ["Renck, Tobias", "Marsh-Avery, Judith"],
        "publicationTitle": ["The Harbour Gazette"],
        "date": ["2024/06/20"],
        "language": ["en"],
        "url": ["https://gazette.example/strike"],
        "abstractNote": ["The strike is over."],
    }


def test_what_is_not_known_is_not_said() -> None:
    found = as_zotero_reads(embedded.meta(BARE, None))
    assert not found.keys() & {"creators", "date", "language", "url"}
    linked = json.loads(embedded.linked_data(BARE, "https://news.example/a", None))
    assert not linked.keys() & {"author", "datePublished", "dateModified", "inLanguage"}


@given(articles())
def test_linked_data_stays_within_its_script(article: Article) -> None:
    linked = embedded.linked_data(article, "https://news.example/a", None)
    page = BeautifulSoup(f"<script type='x'>{linked}</script><p>after</p>", "html.parser")
    assert not set("<>&") & set(linked)
    assert json.loads(page.script.string or "").get("headline", "") == article.headline  # type: ignore[union-attr]
    assert page.p is not None


def test_the_page_leads_to_every_form_of_its_article(client: FlaskClient) -> None:
    found = client.get("/search.json?q=tramadol").json["hits"][0]["id"]  # type: ignore[index]
    page = BeautifulSoup(
        client.get(f"/article/{found}", follow_redirects=True).text, "html.parser"
    )
    links = {link["type"]: str(link["href"]) for link in page.select("link[rel=alternate]")}
    assert len(links) == 4
    for media_type, address in links.items():
        answer = client.get(address)
        assert (answer.status_code, answer.mimetype) == (200, media_type)
    server = page.select_one("link[rel=unapi-server]")
    (named,) = page.select("abbr.unapi-id")
    assert server is not None
    offered = client.get(f"{server['href']}?id={named['title']}")
    assert offered.status_code == 300
    assert '<format name="ris"' in offered.text
    ris = client.get(f"{server['href']}?id={named['title']}&format=ris").text
    assert ris.startswith("TY  - NEWS\r\n")
    assert client.get(f"{server['href']}?id={named['title']}&format=mods").status_code == 406
    assert client.get(f"{server['href']}?id=nothing").status_code == 404


def test_linked_data_stays_in_the_page_though_no_script_may_stand_there(
    browser: Browser, tmp_path: Path
) -> None:
    hostile = "</script><script>document.title='run'</script><!--"
    with Store(tmp_path / FILE) as store:
        store.put(Article("hostile", "https://a.example/h", "Gazette", hostile, hostile))
        projection.catch_up(store, tmp_path / "index", "english")
    with serving(tmp_path) as server:
        page = browser.new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.goto(f"{server}/article/hostile")
        text = page.text_content('script[type="application/ld+json"]')
        title = page.title()
        page.close()
    assert json.loads(text or "")["headline"] == hostile
    assert title != "run"
    assert said == []


def test_a_page_of_results_offers_each_article_to_zotero(sample_site: Path) -> None:
    with client_of(sample_site) as client:
        page = BeautifulSoup(client.get("/search?q=bridge").text, "html.parser")
        ids = [str(box["value"]) for box in page.select("input[name=id]")]
        assert ids == [str(abbr["title"]) for abbr in page.select("abbr.unapi-id")]
        assert len(ids) == 10
