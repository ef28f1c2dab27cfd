"""Facets: several values at once, values left out, one found among hundreds."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, Page, expect
from werkzeug.datastructures import MultiDict

from archive.article import Article, Published
from archive.store import FILE, Store
from indexer import projection
from indexer.engine import Sort
from indexer.request import NARROWING, Request
from tests.examples import examples
from tests.web.conftest import client_of, serving
from web.address import NOT, Address, read
from web.facets import MOST_LISTED

#
COUNT = 320


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Authors by the hundred, twelve sources, two agencies, some topics and languages."""
    site = tmp_path_factory.mktemp("facets")
    with Store(site / FILE) as store:
        for i in range(COUNT):
            article = Article(
                f"a{i:03}",
                f"https://example.org/{i}",
                f"Harbour Post {i % 12}" if i % 3 else "Straits Monitor",
                f"Ferry number {i}",
                f"The {i}th ferry sailed.",
                agency=("Elm Wire", "Ostwind", None)[i % 3],
                byline=(f"Renée Dubois {i}",) if i else ("Staff",),
                published=Published(f"2024-0{i % 9 + 1}-11") if i % 10 else None,
                language=("en", "de")[i % 2],
                topics=("transport", "weather")[: i % 3],
            )
            store.put(article)
        projection.catch_up(store, site / "index", "english")
    return site


@pytest.fixture
def client(site: Path) -> Iterator[FlaskClient]:
    with client_of(site) as opened:
        yield opened


@pytest.fixture(scope="module")
def server(site: Path) -> Iterator[str]:
    with serving(site) as address:
        yield address


def soup(client: FlaskClient, address: str, status: int = 200) -> BeautifulSoup:
    answer = client.get(address)
    assert answer.status_code == status, address
    return BeautifulSoup(answer.text, "html.parser")


def found(page: BeautifulSoup) -> int:
    heading = page.select_one("#count")
    assert heading is not None
    return int(heading.get_text().split()[0].replace(",", ""))


def told(client: FlaskClient, query: str) -> int:
    data = client.get(f"/search.json?{query}").get_json()
    return int(data["articles"])


def column(page: BeautifulSoup, name: str) -> Tag:
    (section,) = (
        section
        for section in page.select("details.facet")
        if section.summary and section.summary.get_text(strip=True) == name
    )
    return section


@pytest.mark.parametrize("name", ["Source", "Topic", "Agency", "Language", "Byline"])
def test_each_value_can_be_chosen_or_left_out_and_is_as_many_articles_as_it_counts(
    client: FlaskClient, name: str
) -> None:
    whole = soup(client, "/search?q=ferry")
    rows = column(whole, name).select("li")
    assert 0 < len(rows) <= 8
    for row in rows:
        choose, leave_out = row.select("a")
        count = int(choose.select_one(".count").get_text())  # type: ignore[union-attr]
        assert found(soup(client, str(choose["href"]))) == count
        assert found(soup(client, str(leave_out["href"]))) == COUNT - count


def test_what_is_left_out_is_a_chip_and_struck_in_its_facet_and_can_be_let_in(
    client: FlaskClient,
) -> None:
    page = soup(client, "/search?q=ferry&not-agency=Ostwind&agency=Elm+Wire&not-topic=weather")
    chips = [" ".join(c.get_text(" ", strip=True).split()) for c in page.select(".chips li")]
    assert chips == [
        f"{name} × (take back)" for name in ("Elm Wire", "not weather", "not Ostwind")
    ]
    (struck,) = column(page, "Agency").select(".left-out a")
    assert struck["href"] == "/search?q=ferry&agency=Elm+Wire&not-topic=weather"
    assert column(page, "Agency").select_one(".chosen .label").get_text() == "Elm Wire"  # type: ignore[union-attr]


def test_values_of_one_facet_are_one_group_of_chips(client: FlaskClient) -> None:
    page = soup(client, "/search?agency=Ostwind&agency=Elm+Wire&language=de")
    assert [len(group.select("a")) for group in page.select(".chips li")] == [2, 1]
    assert found(page) == told(client, "agency=Ostwind&language=de") + told(
        client, "agency=Elm+Wire&language=de"
    )


def test_to_choose_a_value_lets_it_in_and_to_leave_one_out_takes_the_choice_back() -> None:
    chosen = Address(Request(agencies=("Ostwind",)))
    left_out = chosen.leave_out("agency", "Ostwind")
    assert left_out.request == Request(left_out=(("agency", "Ostwind"),))
    assert left_out.with_value("agency", "Ostwind") == chosen


def test_the_undated_are_in_sight_and_can_be_chosen(client: FlaskClient) -> None:
    (undated,) = (
        a for a in column(soup(client, "/search"), "Date").select("a") if "Undated" in a.get_text()
    )
    page = soup(client, str(undated["href"]))
    assert found(page) == COUNT // 10
    assert "Undated" in page.select_one(".chips").get_text()  # type: ignore[union-attr]


def test_a_new_search_keeps_what_is_chosen_and_left_out(client: FlaskClient) -> None:
    query = "agency=Ostwind&byline=Staff&not-source=Straits+Monitor&limit=20"
    form = soup(client, f"/search?{query}").select_one("form.box")
    assert form is not None
    assert [(i["name"], i["value"]) for i in form.select("[type=hidden]")] == parse_qsl(query)


def test_topics_of_a_hit_narrow_to_it(client: FlaskClient) -> None:
    page = soup(client, "/search?q=ferry&topic=transport&copies=yes&sort=newest")
    (topics,) = {str(line) for line in page.select(".hit .topics") if line.a}
    line = BeautifulSoup(topics, "html.parser")
    assert [a.get_text() for a in line.select("a")] == ["weather"], "one is chosen already"
    narrowed = str(line.a["href"])  # type: ignore[index]
    assert narrowed == "/search?q=ferry&topic=transport&topic=weather&copies=yes&sort=newest"


def test_the_other_values_are_on_a_page_that_lists_all_or_finds_one(client: FlaskClient) -> None:
    more = column(soup(client, "/search?q=ferry&language=de"), "Byline").select_one(".more a")
    assert more is not None
    assert more.get_text() == f"{COUNT // 2 - 8} more of byline"
    page = soup(client, str(more["href"]))
    assert len(page.select(".values li")) == COUNT // 2
    one = soup(client, f"{more['href']}&find=DUBOIS+renee+31")
    names = [label.get_text() for label in one.select(".values li .label")]
    assert set(names) == {f"Renée Dubois {n}" for n in (31, 131, 231, *range(311, 320, 2))}
    assert one.select_one(".told").get_text() == f"8 of {COUNT // 2}."  # type: ignore[union-attr]
    none = soup(client, f"{more['href']}&find=zeppelin")
    assert none.select(".values li") == []
    assert "None of them" in none.select_one(".told").get_text()  # type: ignore[union-attr]


def test_of_very_many_values_the_first_are_listed_and_that_is_said(client: FlaskClient) -> None:
    page = soup(client, "/search/facet/byline")
    assert len(page.select(".values li")) == MOST_LISTED
    assert f"first {MOST_LISTED} of {COUNT}" in page.select_one(".told").get_text()  # type: ignore[union-attr]


def test_what_is_decided_stays_on_the_list_whatever_is_looked_for(client: FlaskClient) -> None:
    page = soup(client, "/search/facet/language?language=fr&not-language=de&find=engl")
    rows = page.select(".values li")
    assert [row.select_one(".label").get_text() for row in rows] == ["French", "German", "English"]  # type: ignore[union-attr]
    ticked = [(i["name"], i["value"]) for i in page.select("input[checked]")]
    assert ticked == [("language", "fr"), ("not-language", "de")]


def test_all_values_are_had_as_json(client: FlaskClient) -> None:
    data = client.get("/search/facet/byline.json?q=ferry").get_json()
    assert data["facet"] == "byline"
    assert len(data["values"]) == COUNT
    results = client.get("/search.json?q=ferry").get_json()
    assert results["more_values"] == {"byline": COUNT - 100}
    assert list(results["facets"]["byline"].items()) == list(data["values"].items())[:100]
    assert client.get("/search/facet/byline.json?page=x").status_code == 400
    assert (
        client.get("/search/facet/colour.json").get_json()["detail"].startswith("“colour”: is no")
    )


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/search/facet/colour", 404),
        ("/search/facet/date", 404),
        ("/search/facet/source?sort=best", 400),
        ("/search?page=1000000", 400),
        ("/search?page=-1", 400),
        ("/search?limit=1001", 400),
        ("/search?page=999999", 404),
        ("/search?sort=newest&sort=best", 200),
    ],
)
def test_what_cannot_be_asked_for_gets_a_designed_page(
    client: FlaskClient, address: str, status: int
) -> None:
    page = soup(client, address, status)
    assert page.select_one("main h1") is not None
    assert page.select_one("main a") is not None


#
VALUES = st.lists(st.text(min_size=1, max_size=6), max_size=3, unique=True).map(tuple)
REQUESTS = st.builds(
    Request,
    text=st.text(max_size=8).map(str.strip),
    sources=VALUES,
    topics=VALUES,
    agencies=VALUES,
    languages=VALUES,
    bylines=VALUES,
    first=st.sampled_from((None, "2024", "2024-06-20")),
    last=st.sampled_from((None, "2024-06")),
    undated=st.booleans(),
    copies=st.booleans(),
    timeline=st.booleans(),
    every=st.booleans(),
    explain=st.booleans(),
    sort=st.sampled_from(Sort),
    limit=st.sampled_from((10, 50)),
    page=st.sampled_from((1, 7)),
    left_out=st.tuples(
        *(VALUES.map(lambda v, f=f: [(f, one) for one in v]) for f in NARROWING)
    ).map(lambda groups: tuple(one for group in groups for one in group)),
)


@given(REQUESTS)
def test_every_state_is_an_address_and_back_again(request: Request) -> None:
    pairs = parse_qsl(urlsplit(Address(request).url()).query, keep_blank_values=True)
    assert read(MultiDict(pairs)) == Address(request)


@given(REQUESTS, st.sampled_from(list(NARROWING)), st.text(min_size=1, max_size=6))
def test_a_link_made_fast_is_the_link_made_plainly(
    request: Request, facet: str, value: str
) -> None:
    address = Address(request).with_page(3)
    if value not in {*address.chosen(facet), *address.left_out(facet)}:
        assert address.adding(facet)(value) == address.with_value(facet, value).url()
        plainly = read(MultiDict(parse_qsl(urlsplit(address.leave_out(facet, value).url()).query)))
        assert address.adding(f"{NOT}{facet}")(value) == plainly.url()


NAMES = st.sampled_from(
    ["q", "from", "to", "undated", "sort", "page", "limit", "find", "timeline", "rank", "words"]
    + [f"{no}{facet}" for facet in NARROWING for no in ("", NOT)]
)
SAID = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["yes", "0", "-1", "9" * 7, "2024", "0000", "9999-12-31", "2024-02-30", "newest"]
    ),
)


@settings(
    deadline=None,
    max_examples=examples(150),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    path=st.sampled_from(["/search", "/search.json", "/search/facet/source", "/search/facet/x"]),
    said=st.lists(st.tuples(NAMES, SAID), max_size=5),
)
def test_no_address_of_a_search_is_a_fault_of_ours(
    client: FlaskClient, path: str, said: list[tuple[str, str]]
) -> None:
    answer = client.get(path, query_string=MultiDict(said))
    assert answer.status_code in {200, 400, 404}, (path, said)


# -- in a browser ------------------------------------------------------------


@pytest.mark.browser
def test_several_are_found_and_chosen_without_javascript(browser: Browser, server: str) -> None:
    context = browser.new_context(base_url=server, java_script_enabled=False)
    page = context.new_page()
    page.goto("/search?q=ferry")
    page.get_by_role("link", name="more of byline").click()
    page.get_by_label("Renée Dubois 17", exact=False).first.check()
    page.get_by_label(f"Find among {COUNT} bylines").fill("dubois 319")
    page.keyboard.press("Enter")
    expect(page.locator(".values li")).to_have_count(2)
    page.get_by_role("checkbox", name=re.compile(r"^Renée Dubois 319")).check()
    page.get_by_role("button", name="Show articles").click()
    expect(page.locator("#count")).to_have_text(re.compile("^2 articles"))
    expect(page.locator(".chips li")).to_have_text(re.compile("or"))
    context.close()


@pytest.mark.browser
def test_the_list_opens_in_place_and_follows_what_is_typed(page: Page) -> None:
    page.goto("/search?q=ferry")
    page.get_by_role("link", name="more of source").click()
    box = page.get_by_label("Find among 9 sources")
    expect(box).to_be_focused()
    rows = page.locator(".values li")
    expect(rows).to_have_count(9)
    page.get_by_role("checkbox", name=re.compile("^Straits")).check()
    box.press_sequentially("post 11")
    expect(rows).to_have_count(2)
    expect(page.get_by_role("checkbox", name=re.compile("^Straits"))).to_be_checked()
    page.get_by_role("checkbox", name="not Harbour Post 11").check()
    page.get_by_role("button", name="Show articles").click()
    page.wait_for_url("**/search?q=ferry&source=Straits+Monitor&not-source=Harbour+Post+11")
    expect(page.locator(".chips")).to_contain_text("not Harbour Post 11")


@pytest.mark.browser
def test_the_page_of_a_facet_works_by_keyboard(page: Page) -> None:
    page.goto("/search/facet/agency?q=ferry")
    page.get_by_label("Find among 2 agencies").focus()
    page.keyboard.type("ost")
    expect(page.locator(".values li")).to_have_count(1)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.get_by_role("button", name="Show articles").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=ferry&agency=Ostwind")


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 768, 1440])
def test_facets_are_no_wider_than_the_screen(browser: Browser, server: str, width: int) -> None:
    context = browser.new_context(base_url=server, viewport={"width": width, "height": 900})
    page = context.new_page()
    for address in ("/search?q=ferry&not-agency=Ostwind", "/search/facet/byline?q=ferry"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()
