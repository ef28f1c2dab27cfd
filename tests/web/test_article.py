"""The article's page: its matches, its copies, its language, its revisions."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from archive.article import Article, Published
from archive.store import FILE, Store
from indexer import projection
from tests.archive.test_syndication import HEADLINE, STORY
from tests.web.conftest import client_of

ATTACK = '<script>alert(1)</script><img src=x onerror="alert(2)">'
FIRST = Article(
    "first", "https://gannet.example/a", "Gannet", HEADLINE, STORY, published=Published("2024-03")
)
SECOND = replace(
    FIRST,
    id="second",
    url="https://herald.example/a",
    source="Herald <b>",
    headline=ATTACK,
    text=f"{STORY} {ATTACK}",
)
ARABIC = Article(
    "arabic",
    "https://marfa.example/a",
    "صوت المرفأ",
    "COVID-19 يغلق الجسر",
    "أغلقت السلطات الجسر.",
    byline=("Ada Moor", "ليلى حداد"),
    language="ar",
)
LISTED = Article(
    "listed",
    "https://gannet.example/list",
    "Gannet",
    "Quay times change",
    "The quay opens at other times.\n\nWhat changes\n\n- The quay opens at six.\n\n"
    "- It closes at ten.\n\nThe quay was asked, said Ada Moor of the quay.",
    byline=("Ada Quay", "Bea Moor"),
    caption="A quay",
    link="https://web.archive.org/web/20230501/http://old.example/quay",
)
REVISED = Article("revised", "file:///srv/a.txt", "Gannet", "Pier", "A pier.\n\nIt is old.")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    site = tmp_path_factory.mktemp("article")
    with Store(site / FILE) as store:
        for one in (FIRST, SECOND, ARABIC, LISTED, REVISED):
            store.put(one)
        store.put(replace(REVISED, headline="The pier", text="A pier.\n\nIt is old.\n\nIt fell."))
        gone = replace(REVISED, id="gone", url="https://gannet.example/gone", text="Zanzibar.")
        store.put(gone)
        store.withdraw(gone.id)
        projection.catch_up(store, site / "index", "english")
    return site


@pytest.fixture
def client(site: Path) -> Iterator[FlaskClient]:
    with client_of(site) as opened:
        yield opened


def soup(client: FlaskClient, address: str, status: int = 200) -> BeautifulSoup:
    answer = client.get(address, follow_redirects=True)
    assert answer.status_code == status, address
    return BeautifulSoup(answer.text, "html.parser")


def test_matches_are_numbered_in_reading_order_and_counted_once(client: FlaskClient) -> None:
    page = soup(client, "/article/listed?q=quay")
    marks = page.select(".article mark")
    assert [mark["id"] for mark in marks] == [f"m{n}" for n in range(1, len(marks) + 1)]
    assert marks[0].find_parent("h1")
    assert marks[-1].find_parent(class_="caption")
    assert f"{len(marks)} matches" in page.select_one(".found").get_text()  # type: ignore[union-attr]
    links = [a["href"] for a in page.select(".matches a")]
    assert links == [f"#{mark['id']}" for mark in marks]


def test_lists_of_a_text_are_lists_and_keep_their_marks(client: FlaskClient) -> None:
    page = soup(client, "/article/listed?q=quay")
    items = [item.get_text() for item in page.select(".text li")]
    assert items == ["The quay opens at six.", "It closes at ten."]
    assert [mark.get_text() for mark in page.select(".text li mark")] == ["quay"]


def test_a_text_from_right_to_left_is_set_so_whatever_it_begins_with(client: FlaskClient) -> None:
    page = soup(client, "/article/arabic")
    for part in (page.h1, page.select_one(".text"), page.select_one(".by")):
        assert part is not None
        assert (part["lang"], part["dir"]) == ("ar", "rtl")
    assert [name.get_text() for name in page.select(".by bdi")] == list(ARABIC.byline)


def test_a_copy_from_a_web_archive_leads_to_both(client: FlaskClient) -> None:
    page = soup(client, "/article/listed")
    told = [line.get_text(" ", strip=True) for line in page.select(".original")]
    assert told[0] == "Original: http://old.example/quay"
    assert any("web archive, captured on 1 May 2023" in line for line in told)
    assert not page.find("a", string="Look for a copy in the Internet Archive")
    look = soup(client, "/article/first").find(
        "a", string="Look for a copy in the Internet Archive"
    )
    assert look["href"] == "https://web.archive.org/web/202403/https://gannet.example/a"  # type: ignore[index]
    assert look["rel"] == ["noreferrer"]  # type: ignore[index]
    assert not soup(client, "/article/revised").select("a[href*='archive.org']")


def test_a_copy_leads_to_what_differs_and_nothing_becomes_markup(client: FlaskClient) -> None:
    page = soup(client, "/article/first")
    link = page.select_one(".beside a[href*='/beside/']")
    assert link is not None
    beside = soup(client, str(link["href"]))
    assert beside.h1.get_text() == "What differs between two copies"  # type: ignore[union-attr]
    assert "alert" in beside.select_one(".text ins").get_text()  # type: ignore[union-attr]
    assert not beside.select("main script, main img, main b")
    assert "the same" in beside.select_one(".text summary").get_text()  # type: ignore[union-attr]
    turned = beside.find("a", string="The other way round")
    assert soup(client, str(turned["href"])).select(".text del")  # type: ignore[index]


@pytest.mark.parametrize(
    ("address", "status"),
    [("first/beside/first", 404), ("first/beside/nobody", 404), ("first/beside/gone", 410)],
)
def test_what_cannot_be_compared_gets_a_page(
    client: FlaskClient, address: str, status: int
) -> None:
    assert "Zanzibar" not in soup(client, f"/article/{address}", status).get_text()


def test_revisions_are_listed_with_what_changed_in_short(client: FlaskClient) -> None:
    page = soup(client, "/article/revised")
    latest, first = page.select(".revisions li")
    assert "headline, 1 added" in " ".join(latest.get_text().split())
    assert latest.select_one("a[href$='/changes/2']")
    old = soup(client, str(first.a["href"]))  # type: ignore[index]
    assert "This is not what the article says now" in old.select_one(".old").get_text()  # type: ignore[union-attr]


def test_a_revision_that_never_was_leads_to_the_latest(client: FlaskClient) -> None:
    page = soup(client, "/article/revised/x?revision=9", 404)
    assert "has 2 revisions" in page.get_text()
    assert page.find("a", string="Read the latest")
