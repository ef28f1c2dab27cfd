"""Every page as a reader without JavaScript gets it."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from archive.article import Article
from archive.settings import Search, Settings
from archive.store import FILE, Store
from indexer import location, projection
from tests.command_line import run_morgue
from tests.web.conftest import client_of


def soup(client: FlaskClient, address: str, status: int = 200) -> BeautifulSoup:
    answer = client.get(address, follow_redirects=True)
    assert answer.status_code == status, address
    return BeautifulSoup(answer.text, "html.parser")


def headlines(page: BeautifulSoup) -> list[str]:
    return [link.get_text() for link in page.select(".hit .headline a")]


def facet(page: BeautifulSoup, name: str) -> dict[str, tuple[int, str]]:
    """Label → (count, address) of a facet."""
    found = {}
    for section in page.select("details.facet"):
        if section.summary and section.summary.get_text(strip=True) == name:
            for link in section.select("a.value"):
                label = link.select_one(".label").get_text(strip=True)  # type: ignore[union-attr]
                count = link.select_one(".count").get_text(strip=True)  # type: ignore[union-attr]
                found[label] = (int(count.replace(",", "")), str(link["href"]))
    return found


def test_the_front_page_says_what_the_archive_holds(client: FlaskClient) -> None:
    page = soup(client, "/")
    holds = " ".join(page.select_one(".holds").text.split())  # type: ignore[union-attr]
    assert re.match(r"52 articles of \d+ sources?, published from 2023 to 2025, 4 undated", holds)
    assert len(page.select(".newest section")) == 7
    assert not page.select(".others")


def test_the_front_page_says_how_many_more_sources_there_are(tmp_path: Path) -> None:
    with Store(tmp_path / FILE) as store:
        for number in range(9):
            address, name = f"https://x.example/{number}", f"Paper {number}"
            store.put(Article(f"a{number}", address, name, "Eels", "Eels are back."))
        projection.rebuild(store, tmp_path / location.FOLDER, "english")
    with client_of(tmp_path) as client:
        page = soup(client, "/")
        assert len(page.select(".newest section")) == 6
        assert page.select_one(".others").get_text().startswith("And 3 more")  # type: ignore[union-attr]


def test_a_search_in_an_archive_without_articles_is_no_fault(tmp_path: Path) -> None:
    Store(tmp_path / FILE).close()
    with client_of(tmp_path) as client:
        page = soup(client, "/search?q=eels")
        assert page.h1.get_text() == "Nothing in the archive yet"  # type: ignore[union-attr]
        assert [link["href"] for link in page.select("main a")] == [
            "/sources/add",
            "/sources/upload",
        ]


def test_a_result_shows_date_source_headline_byline_and_marked_passage(
    client: FlaskClient,
) -> None:
    page = soup(client, '/search?q="customs fraud" tramadol')
    hit = page.select(".hit")[0]
    assert "Undated · Meridian" in hit.select_one(".when").get_text()  # type: ignore[union-attr]
    assert hit.select_one(".by").get_text() == "Stellan Okafor · PORT ELLIS"  # type: ignore[union-attr]
    assert "customs fraud" in [m.get_text() for m in hit.select(".passage mark")]


@pytest.mark.parametrize("name", ["Source", "Date", "Topic"])
def test_each_facet_value_leads_to_as_many_articles_as_it_counts(
    client: FlaskClient, name: str
) -> None:
    choices = facet(soup(client, "/search?q=bridge"), name)
    assert choices
    for count, address in choices.values():
        shown = soup(client, address).select_one("#count").get_text()  # type: ignore[union-attr]
        assert re.match(rf"{count} articles? ", shown)


def test_a_narrowing_can_be_taken_back(client: FlaskClient) -> None:
    before = soup(client, "/search?q=bridge")
    _, narrow = facet(before, "Source")["Meridian"]
    narrowed = soup(client, narrow)
    chip = narrowed.select_one(".chips a")
    assert chip is not None
    assert headlines(soup(client, str(chip["href"]))) == headlines(before)


def test_a_chosen_value_stands_beside_its_alternatives_with_their_counts(
    client: FlaskClient,
) -> None:
    before = facet(soup(client, "/search?q=bridge"), "Source")
    first, second, *_ = before
    after = facet(soup(client, before[first][1]), "Source")
    assert {label: count for label, (count, _) in after.items()} == {
        label: count for label, (count, _) in before.items()
    }
    both = soup(client, after[second][1])
    assert list(facet(both, "Source"))[:2] == [first, second]
    total = before[first][0] + before[second][0]
    assert both.select_one("#count").get_text().startswith(f"{total} ")  # type: ignore[union-attr]


def test_a_year_opens_its_months(client: FlaskClient) -> None:
    _, year = facet(soup(client, "/search"), "Date")["2024"]
    assert "June" in facet(soup(client, year), "Date")


def test_a_new_search_keeps_the_narrowing(client: FlaskClient) -> None:
    page = soup(client, "/search?q=bridge&source=Meridian&from=2024&sort=oldest")
    kept = {i["name"]: i["value"] for i in page.select(".box input[type=hidden]")}
    assert kept == {"source": "Meridian", "from": "2024", "sort": "oldest"}


def test_pages_hold_every_article_once(client: FlaskClient) -> None:
    seen: list[str] = []
    for number in range(1, 7):
        seen += headlines(soup(client, f"/search?copies=yes&sort=newest&page={number}"))
    assert len(seen) == 52
    assert len(set(seen)) == 52


def test_a_page_past_the_last_leads_back(client: FlaskClient) -> None:
    assert "There is no page 9" in soup(client, "/search?q=bridge&page=9", 404).get_text()
    assert "No article has all" in soup(client, "/search?q=zeppelin&page=2", 404).get_text()


def test_no_hits_says_which_word_is_to_blame(client: FlaskClient) -> None:
    text = soup(client, "/search?q=bridge+zeppelin").get_text(" ", strip=True)
    assert "0 articles" in text
    assert re.search(r"bridge *: 17 articles", text)
    assert "zeppelin: none" in text
    without = soup(client, "/search?q=bridge+zeppelin&language=en").select_one(".nothing li a")
    assert without is not None
    page = soup(client, str(without["href"]))
    assert page.select_one("#count").get_text().startswith(without.get_text())  # type: ignore[union-attr]


def test_another_spelling_is_a_link_that_keeps_the_narrowing(client: FlaskClient) -> None:
    link = soup(client, "/search?q=brige&source=Meridian").select_one(".meant a")
    assert link is not None
    assert link["href"] == "/search?q=bridge&source=Meridian"
    assert headlines(soup(client, str(link["href"])))


def test_what_was_not_understood_is_named(client: FlaskClient) -> None:
    notice = soup(client, "/search?q=bridge+after:someday").select_one(".notice")
    assert notice is not None
    assert "someday" in notice.get_text()


def test_what_may_have_been_meant_is_a_link(client: FlaskClient) -> None:
    page = soup(client, "/search?q=bridge+or+ferry")
    (said,) = [one for one in page.select(".notice") if "write OR for either" in one.get_text()]
    link = said.select_one("a")
    assert link is not None
    assert link["href"] == "/search?q=bridge+OR+ferry"


def test_no_two_parts_of_a_query_look_alike(client: FlaskClient) -> None:
    page = soup(client, '/search?q=bridge+bridge+"bridge"')
    labels = [part.get_text() for part in page.select(".parts a")]
    assert len(labels) == 2
    assert len(set(labels)) == 2


def test_a_small_archive_says_that_it_has_no_related_words(client: FlaskClient) -> None:
    page = soup(client, "/search?q=bridge+toll&rank=related")
    assert any("too small to learn" in one.get_text() for one in page.select(".notice"))
    assert "question" not in page.select_one(".results").get_text()  # type: ignore[union-attr]
    assert not page.find("a", string=re.compile("Rank by related words"))


def test_a_value_that_cannot_be_is_named_with_those_that_can(client: FlaskClient) -> None:
    said = soup(client, "/search?undated=maybe", 400).get_text()
    assert "undated “maybe”: is none of the values it may have (choose yes, no)" in said
    assert client.get("/search?undated=no").status_code == 200


@pytest.mark.parametrize(
    "address",
    ["/search?from=someday", "/search?page=0", "/search?page=x", "/search?sort=best",
     "/search?limit=5000", "/search.json?to=2024-13", "/search?undated=maybe",
     "/search?copies=1", "/search?newer=perhaps", "/search?why=because", "/search?words=some",
     "/search?rank=best", "/search?telling=x", "/search.json?timeline=x",
     "/search.json?all=maybe", "/search.csv?undated=maybe"],
)  # fmt: skip
def test_an_impossible_address_gets_a_page_that_says_why(
    client: FlaskClient, address: str
) -> None:
    answer = client.get(address)
    assert answer.status_code == 400
    assert "Traceback" not in answer.text


def test_an_unknown_address_gets_a_designed_page(client: FlaskClient) -> None:
    assert "nothing at this address" in soup(client, "/nowhere", 404).get_text()
    assert "nothing at this address" in soup(client, "/article/aaaaaaaaaaaa/x", 404).get_text()


def test_json_answers_as_the_command_line_does(client: FlaskClient, sample_site: Path) -> None:
    page = client.get("/search.json?q=bridge&source=Meridian&sort=oldest").get_json()
    printed = json.loads(
        run_morgue(
            "search", "bridge", "--source", "Meridian", "--sort", "oldest", "--json",
            site=sample_site,
        ).stdout
    )  # fmt: skip
    page.pop("took_ms"), printed.pop("took_ms")
    assert page == printed


def test_an_article_page_keeps_the_marks_and_shows_all_that_is_known(client: FlaskClient) -> None:
    link = soup(client, "/search?q=tramadol").select_one(".hit a")
    assert link is not None
    page = soup(client, str(link["href"]))
    text = page.get_text(" ", strip=True)
    assert [m.get_text() for m in page.select(".text mark")] == ["tramadol"]
    assert "Reporting by Stellan Okafor" in text
    assert "Caption:" in text
    assert "wire: dateline" in text
    assert "crime, law and justice" in text
    assert "File: file://" in text


def test_a_derived_headline_says_so(client: FlaskClient) -> None:
    link = soup(client, "/search?q=consignment+customs").select_one(".hit a")
    assert link is not None
    assert "no headline of its own" in soup(client, str(link["href"])).get_text()


def test_an_old_slug_leads_to_the_article(client: FlaskClient) -> None:
    link = soup(client, "/search?q=tramadol").select_one(".hit a")
    assert link is not None
    address = str(link["href"]).split("?")[0]
    answer = client.get(re.sub(r"/[^/]+$", "/old-slug?q=tramadol", address))
    assert answer.status_code == 302
    assert answer.headers["location"] == str(link["href"])


def test_an_article_leads_back_to_the_very_page_of_results(client: FlaskClient) -> None:
    address = "/search?q=bridge&source=Meridian&from=2023&sort=oldest&page=1"
    link = soup(client, address).select_one(".hit a")
    assert link is not None
    back = soup(client, str(link["href"])).select_one(".found a")
    assert back is not None
    assert back["href"] == "/search?q=bridge&source=Meridian&from=2023&sort=oldest"
    assert "found" not in str(soup(client, str(link["href"]).split("?")[0]).select(".found"))


def test_dates_are_shown_as_exactly_as_they_are_known(client: FlaskClient) -> None:
    def when(query: str) -> str:
        link = soup(client, query).select_one(".hit a")
        assert link is not None
        shown = soup(client, str(link["href"])).select_one(".article .when")
        assert shown is not None
        return " ".join(shown.get_text().split())

    assert "March 2024 (day not known)" in when('/search?q=title:"three ships"')
    assert "12 June 2024" in when('/search?q=title:"holds interest rate" source:meridian')
    assert "3 September 2024, 04:50 (UTC+02:00)" in when('/search?q=title:"signed for the dead"')
    assert "Undated" in when("/search?q=title:keeper+undated:yes")


@pytest.mark.parametrize("address", ["/", "/search?q=bridge", "/nowhere", "/search?page=0"])
def test_every_answer_forbids_what_pages_do_not_need(client: FlaskClient, address: str) -> None:
    headers = client.get(address).headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_no_article_can_bring_markup(tmp_path: Path) -> None:
    attack = '<img src=x onerror=alert(1)> "><script>alert(2)</script> zeppelin'
    with Store(tmp_path / FILE) as store:
        store.put(
            Article(
                id="attack",
                url="https://news.example/x",
                link="javascript:alert(3)",
                source=attack,
                headline=attack,
                text=attack,
                byline=(attack,),
                dateline=attack,
                topics=(attack,),
                caption=attack,
                credits=attack,
                agency=attack,
                section=attack,
                language="en",
            )
        )
        projection.catch_up(store, tmp_path / "index", "english")
    addresses = ("/", "/search?q=zeppelin", f"/search?q={attack}", "/article/attack?q=zeppelin")
    with client_of(tmp_path) as client:
        for address in addresses:
            page = soup(client, address)
            assert not page.select("img, main script, [onerror]")
            assert "javascript:" not in " ".join(str(a.get("href")) for a in page.select("a"))


def test_an_empty_archive_says_how_to_begin(tmp_path: Path) -> None:
    Store(tmp_path / FILE).close()
    with client_of(tmp_path) as client:
        assert "morgue add" in soup(client, "/").get_text()


def test_a_missing_index_is_a_page_that_says_what_to_do(own_sample_site: Path) -> None:
    (own_sample_site / "index" / "CURRENT").unlink()
    with client_of(own_sample_site) as client:
        assert "morgue update" in soup(client, "/search?q=bridge", 503).get_text()


def test_a_broken_store_is_a_page_and_not_a_crash(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"this is no database" * 100)
    with client_of(tmp_path) as client:
        assert "cannot be read just now" in soup(client, "/", 503).get_text()


def test_a_store_that_went_away_is_not_made_anew_by_a_page(tmp_path: Path) -> None:
    with client_of(tmp_path) as client:
        assert "cannot be read" in soup(client, "/", 503).get_text()
        assert client.get("/search.json").status_code == 503
        assert "hint" in client.get("/search.json").get_json()
    assert not list(tmp_path.iterdir())


def test_a_withdrawn_article_is_gone_with_words(own_sample_site: Path) -> None:
    with client_of(own_sample_site) as client:
        found = client.get("/search.json?q=tramadol").get_json()["hits"][0]["id"]
        assert run_morgue("withdraw", found, "--purge", site=own_sample_site).returncode == 0
        assert "was withdrawn" in soup(client, f"/article/{found}", 410).get_text()
        assert client.get("/search.json?q=tramadol").get_json()["total"] == 0


def test_an_article_leads_to_related_coverage_and_says_why(client: FlaskClient) -> None:
    page = soup(client, "/search?q=title:%22bridge+bill+rises%22")
    page = soup(client, str(page.select_one(".hit .headline a")["href"]))  # type: ignore[index]
    listed = page.select("section.copies li")
    assert listed
    assert all("Shares" in one.get_text() for one in listed if one.select_one(".why"))
    soup(client, str(listed[0].select_one("a")["href"]))  # type: ignore[index]


def test_completions_are_json_of_their_own(client: FlaskClient) -> None:
    told = client.get("/complete.json?q=brid").get_json()["completions"]
    assert {"headline", "word"} <= {one["kind"] for one in told}
    for one in told:
        assert set(one) in (
            {"kind", "text", "articles", "url"},
            {"kind", "text", "articles", "query"},
        )
    headline = next(one for one in told if one["kind"] == "headline")
    assert client.get(headline["url"]).status_code == 200
    assert client.get("/complete.json?q=(").get_json() == {"completions": []}
    assert client.get("/complete.json").get_json() == {"completions": []}


def test_what_stands_out_narrows_to_as_many_articles_as_it_says(client: FlaskClient) -> None:
    page = soup(client, "/search?q=bridge")
    link = page.find("a", string="What stands out here")
    page = soup(client, str(link["href"]))  # type: ignore[index]
    words = page.select(".telling span a")
    assert words
    for word in words[:3]:
        count = word.find_next(class_="count").get_text()  # type: ignore[union-attr]
        narrowed = soup(client, str(word["href"])).select_one("#count").get_text()  # type: ignore[union-attr]
        assert narrowed.startswith(f"{count} article")
    assert "telling" not in str(page.select_one(".telling .close")["href"])  # type: ignore[index]


def test_equivalents_are_said_above_the_results_and_marked_in_the_article(
    sample_site: Path,
) -> None:
    known = Settings(search=Search({"klondike": "tramadol"}))
    with client_of(sample_site, known) as client:
        page = soup(client, "/search?q=klondike")
        assert "klondike: also “tramadol”." in page.select_one(".notice").get_text()  # type: ignore[union-attr]
        article = soup(client, str(page.select_one(".hit .headline a")["href"]))  # type: ignore[index]
        assert {mark.get_text().lower() for mark in article.select("mark")} == {"tramadol"}
        assert not soup(client, "/search?q=e-mail").select(".notice")


def test_an_address_and_the_settings_say_whether_the_newer_of_near_equals_come_first(
    sample_site: Path,
) -> None:
    def switch(client: FlaskClient, address: str) -> str:
        links = soup(client, address).select(".together a")
        return next(str(link["href"]) for link in links if "near-equals" in link.get_text())

    with client_of(sample_site, Settings()) as client:
        off = switch(client, "/search?q=bridge&why=yes")
        assert off.endswith("newer=no&why=yes")
        assert switch(client, off).endswith("newer=yes&why=yes")
        kept = soup(client, off).select_one('form input[name="newer"]')
        assert kept is not None
        assert kept["value"] == "no"
    with client_of(sample_site, Settings(search=Search(newer=False))) as client:
        assert "newer=yes" in switch(client, "/search?q=bridge&why=yes")
        assert "newer=yes" not in switch(client, "/search?q=bridge&why=yes&newer=yes")


def test_what_was_understood_is_shown_each_part_with_its_way_out(client: FlaskClient) -> None:
    page = soup(client, "/search?q=bridge+W/9+toll+OR+crown+hd%3Dcouncil+nosuch:&sort=newest")
    (understood,) = page.select(".understood")
    assert "“bridge” within 9 words of “toll”" in understood.get_text()
    normal = understood.select_one("a code")
    assert normal is not None
    assert normal.get_text().startswith("((bridge W/9 toll) OR (bridge W/9 crown)) title:")
    parts = page.select(".parts a")
    assert [part.get_text(" ", strip=True).split(" ×")[0] for part in parts][:3] == [
        "“bridge” within 9 words of “toll”",
        "“bridge” within 9 words of “crown”",
        "“council” in the headline",
    ]
    left = soup(client, str(parts[2]["href"]))
    box = left.select_one("input[type=search]")
    assert box is not None
    assert box["value"] == "((bridge W/9 toll) OR (bridge W/9 crown)) nosuch:"
    assert "sort=newest" in str(parts[2]["href"])


def test_plain_words_need_no_explanation_but_can_be_taken_out(client: FlaskClient) -> None:
    page = soup(client, "/search?q=bridge+toll")
    assert not page.select(".understood")
    assert [str(a["href"]) for a in page.select(".parts a")] == [
        "/search?q=toll",
        "/search?q=bridge",
    ]


def test_the_help_page_has_every_example_as_a_search(client: FlaskClient) -> None:
    page = soup(client, "/help")
    links = {str(a["href"]) for a in page.select(".syntax a")}
    assert len(links) > 50
    assert "/search?q=bridge+W/5+toll" in links
    for link in sorted(links):
        assert client.get(link).status_code == 200
    footer = soup(client, "/").select_one("footer a[href='/help']")
    assert footer is not None


def test_articles_with_a_part_of_the_words_follow_under_a_heading_of_their_own(
    client: FlaskClient,
) -> None:
    page = soup(client, "/search?q=bridge+tramadol")
    assert "0 articles" in page.select_one("#count").get_text()  # type: ignore[union-attr]
    partial = page.select_one(".partial")
    assert partial is not None
    assert re.search(r"\d+ more without some of the words", partial.get_text())
    lacking = {hit.get_text(" ", strip=True) for hit in partial.select(".missing")}
    assert lacking <= {"Without bridge", "Without tramadol"}
    assert not soup(client, "/search?q=bridge").select(".partial")


def test_a_question_says_how_it_was_read_and_leads_to_all_of_its_words(
    client: FlaskClient,
) -> None:
    page = soup(client, "/search?q=why+is+there+a+crack+in+the+bridge+at+pier+four")
    notice = page.select_one(".notice")
    assert notice is not None
    assert "Read as a question: articles with at least 2 of its 4 words" in notice.get_text()
    every = soup(client, str(notice.a["href"]))  # type: ignore[index]
    count = re.search(r"\((\d+)\)", notice.get_text())
    assert count is not None
    total = every.select_one("#count").get_text()  # type: ignore[union-attr]
    assert total.startswith(f"{count.group(1)} article")
    assert not every.select(".missing")


@pytest.fixture
def larger(tmp_path: Path, sample_site: Path) -> Iterator[FlaskClient]:
    """A client over the sample archive among articles that say little."""
    site = Path(shutil.copytree(sample_site, tmp_path / "larger"))
    with Store(site / FILE) as store:
        for n in range(60):
            quiet = f"Nothing at all happened on day {n}."
            store.put(Article(f"q{n}", f"https://q.example/{n}", "Quiet", f"Day {n}", quiet))
        projection.catch_up(store, site / location.FOLDER, "english")
    with client_of(site) as opened:
        yield opened


def test_related_words_are_one_click_away_shown_and_each_can_be_taken_out(
    larger: FlaskClient,
) -> None:
    client = larger
    page = soup(client, "/search?q=bridge")
    link = page.find("a", string="Rank by related words too.")
    related = soup(client, str(link["href"])).select_one(".related")  # type: ignore[index]
    assert related is not None
    words = related.select("a")
    gone = words[0].find("span").get_text()  # type: ignore[union-attr]
    after = soup(client, str(words[0]["href"])).select_one(".related")
    assert gone not in [a.find("span").get_text() for a in after.select("a")[:-1]]  # type: ignore[union-attr]
    assert not soup(client, str(words[-1]["href"])).select(".related")
    quoted = soup(client, '/search?q="bridge"&rank=related')
    assert not quoted.select(".related")
    assert quoted.find("a", string="Rank by related words too.") is None


def test_each_hit_says_why_it_stands_there_when_asked(client: FlaskClient) -> None:
    page = soup(client, "/search?q=bridge")
    assert not page.select(".why")
    link = page.find("a", string="Say why each stands where it does.")
    reasons = soup(client, str(link["href"])).select(".hit .why")  # type: ignore[index]
    assert len(reasons) == len(page.select(".hit"))
    assert "“bridge”" in reasons[0].get_text()
