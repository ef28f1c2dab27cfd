"""Taking articles away over HTTP: all that was found, what was chosen, or one."""

import csv
import io
import json
from pathlib import Path
from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest
import rispy
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from playwright.sync_api import Page

from archive.export.registry import BY_ENDING, FORMATS
from archive.store import FILE, Store
from tests.web.conftest import client_of


def rows(client: FlaskClient, address: str) -> list[dict[str, str]]:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return list(csv.DictReader(io.StringIO(answer.get_data(as_text=True), newline="")))


def ids(client: FlaskClient, query: str) -> list[str]:
    return [row["id"] for row in rows(client, f"/search.csv?q={query}")]


@pytest.mark.parametrize("ending", BY_ENDING)
def test_each_format_comes_by_its_ending_with_its_type(client: FlaskClient, ending: str) -> None:
    form = BY_ENDING[ending]
    every = "&all=yes" if ending == "json" else ""
    for address in (
        f"/search.{ending}?q=bridge{every}",
        f"/article/{ids(client, 'tramadol')[0]}.{ending}",
    ):
        answer = client.get(address)
        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == form.content_type
        assert ("Content-Disposition" in answer.headers) is not form.feed
        assert answer.get_data()


def test_an_export_holds_every_article_that_a_search_counts(client: FlaskClient) -> None:
    counted = client.get("/search.json?q=bridge").json["articles"]  # type: ignore[index]
    found = rows(client, "/search.csv?q=bridge")
    assert len(found) == counted == 17
    assert {row["export_articles"] for row in found} == {"17"}
    assert {row["export_query"] for row in found} == {"bridge"}
    records = rispy.loads(client.get("/search.ris?q=bridge").text)
    assert [record["id"] for record in records] == [row["id"] for row in found]
    whole = json.loads(client.get("/search.json?q=bridge&all=yes").text)
    assert whole["export"]["articles"] == len(whole["articles"]) == 17
    assert whole["export"]["address"] == "http://localhost/search?q=bridge"


def test_without_a_word_for_it_the_json_answer_stays_a_page(client: FlaskClient) -> None:
    page = client.get("/search.json?q=bridge").json
    assert page is not None
    assert len(page["hits"]) == 10
    assert "facets" in page


def test_narrowing_order_and_number_hold_for_an_export_too(client: FlaskClient) -> None:
    found = rows(client, "/search.csv?q=bridge&source=Meridian&sort=oldest&limit=3")
    assert {row["source"] for row in found} == {"Meridian"}
    assert [row["published"] for row in found] == sorted(row["published"] for row in found)
    assert {row["export_articles"] for row in found} == {"3"}
    assert found[0]["export_query"] == "bridge; source: Meridian"


@pytest.mark.parametrize(
    "query",
    [
        "q=why is there a crack in the bridge at pier four",
        "q=why is there a crack in the bridge at pier four&words=all",
        "q=bridge toll&rank=related",
        "undated=yes",
        "",
        "q=copies:yes bridge&topic=politics",
    ],
)
def test_it_holds_as_many_as_the_page_counts_however_words_are_read(
    client: FlaskClient, query: str
) -> None:
    counted = client.get(f"/search.json?{query}").json["articles"]  # type: ignore[index]
    page = BeautifulSoup(client.get(f"/search?{query}").text, "html.parser")
    form = page.select_one("form#export")
    asked = form.select("input[type=hidden]") if form else []
    kept = [(str(one["name"]), str(one["value"])) for one in asked]
    assert len(rows(client, f"/search.csv?{urlencode(kept)}")) == counted


def test_an_export_has_no_pages_and_no_bound_of_theirs(client: FlaskClient) -> None:
    assert len(rows(client, "/search.csv?q=bridge&limit=99999&page=7")) == 17


def test_text_comes_on_request(client: FlaskClient) -> None:
    assert "text" not in rows(client, "/search.csv?q=tramadol")[0]
    assert "Tramadol" in rows(client, "/search.csv?q=tramadol&text=yes")[0]["text"].title()
    (line,) = client.get("/search.jsonl?q=tramadol").text.splitlines()
    assert json.loads(line)["text"]
    (line,) = client.get("/search.jsonl?q=tramadol&text=no").text.splitlines()
    assert "text" not in json.loads(line)


def test_what_was_chosen_comes_in_the_order_of_choice(client: FlaskClient) -> None:
    first, second, *_ = ids(client, "bridge")
    found = rows(client, f"/search.csv?q=bridge&id={second}&id={first}&id={second}&id=")
    assert [row["id"] for row in found] == [second, first]
    assert found[0]["export_query"] == "2 chosen; from: bridge"


def test_a_feed_holds_the_newest_and_says_how_many_there_are(client: FlaskClient) -> None:
    root = ElementTree.fromstring(client.get("/search.atom?q=bridge&limit=5").text)
    total = root.findtext("{http://a9.com/-/spec/opensearch/1.1/}totalResults")
    assert (len(root.findall("{http://www.w3.org/2005/Atom}entry")), total) == (5, "17")


def test_a_feed_that_did_not_change_is_not_sent_again(own_sample_site: Path) -> None:
    with client_of(own_sample_site) as client:
        before = client.get("/search.atom?q=bridge")
        known = {"If-None-Match": before.headers["ETag"]}
        assert client.get("/search.atom?q=bridge", headers=known).status_code == 304
        assert client.get("/search.atom?q=ferry", headers=known).status_code == 200
        with Store(own_sample_site / FILE) as store:
            store.withdraw(ids(client, "bridge")[0])
        assert client.get("/search.atom?q=bridge", headers=known).status_code == 200


def test_a_file_is_named_for_its_search_and_day(client: FlaskClient) -> None:
    said = client.get('/search.csv?q="customs fraud"/../\r\nx').headers["Content-Disposition"]
    assert said.startswith("attachment; filename=morgue-customs-fraud-x-")
    said = client.get("/search.csl?q=银行").headers["Content-Disposition"]
    assert said.endswith(".csl.json")


def test_csl_json_has_the_ending_of_its_files_too(client: FlaskClient) -> None:
    plain, named = (client.get(f"/search.{end}?q=bridge") for end in ("csl", "csl.json"))
    assert [one["id"] for one in named.get_json()] == [one["id"] for one in plain.get_json()]
    article_id = ids(client, "bridge")[0]
    for stem in (article_id, f"{article_id}/a-headline"):
        shown = client.get(f"/article/{stem}.csl.json")
        assert shown.mimetype == "application/vnd.citationstyles.csl+json"
        assert "articles" in client.get(f"/article/{stem}.json").get_json()


def test_a_table_for_excel_begins_with_its_mark(client: FlaskClient) -> None:
    assert client.get("/search.csv?q=bridge&bom=yes").get_data().startswith(b"\xef\xbb\xbfid,")
    assert client.get("/search.csv?q=bridge").get_data().startswith(b"id,")


def test_what_was_withdrawn_is_in_no_export(own_sample_site: Path) -> None:
    with client_of(own_sample_site) as client:
        gone, other, *_ = ids(client, "bridge")
        with Store(own_sample_site / FILE) as store:
            store.withdraw(gone)
        # The index does not know yet.
        assert gone not in ids(client, "bridge")
        assert rows(client, "/search.csv?q=bridge")[0]["export_articles"] == "16"
        found = rows(client, f"/search.csv?id={gone}&id={other}")
        assert [row["id"] for row in found] == [other]
        assert found[0]["export_query"] == "1 of 2 chosen, the others withdrawn or unknown"
        for form in FORMATS:
            assert client.get(f"/article/{gone}.{form.ending}").status_code == 410
            assert client.get(f"/search.{form.ending}?id={gone}").status_code == 410
        assert client.get(f"/unapi?id={gone}&format=ris").status_code == 410
        assert client.get(f"/unapi?id={gone}").status_code == 410


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("/search.pdf?q=bridge", 404, "no format .pdf"),
        ("/article/unknown.ris", 404, "nothing at this address"),
        ("/article/unknown/x.docx", 404, "csv, json, jsonl"),
        ("/search.csv?id=unknown", 404, "nothing at this address"),
        ("/search.csv?text=maybe", 400, "neither yes nor no"),
        ("/search.csv?bom=1", 400, "neither yes nor no"),
        ("/search.csv?limit=0", 400, "no number"),
        ("/search.ris?from=2024-99", 400, "is not a date"),
        ("/search.csv?sort=best", 400, "is none of the values"),
        ("/search.<b>", 404, "no format .&lt;b&gt;"),
    ],
)
def test_a_bad_address_gets_a_page_that_says_why(
    client: FlaskClient, address: str, status: int, words: str
) -> None:
    answer = client.get(address)
    assert answer.status_code == status
    assert words in answer.text
    assert "<h1>" in answer.text


def test_an_old_headline_in_the_address_does_not_matter(client: FlaskClient) -> None:
    (one,) = ids(client, "tramadol")
    assert client.get(f"/article/{one}/an-old-headline.ris").status_code == 200


def test_the_boxes_on_a_page_choose_without_a_script(client: FlaskClient) -> None:
    page = BeautifulSoup(client.get("/search?q=bridge&source=Meridian").text, "html.parser")
    form = page.select_one("form#export")
    assert form is not None
    assert form.get("method", "get") == "get"
    assert {str(box["form"]) for box in page.select("input[name=id]")} == {"export"}
    kept = {str(one["name"]): str(one["value"]) for one in form.select("input[type=hidden]")}
    assert kept == {"q": "bridge", "source": "Meridian"}
    actions = {str(button["formaction"]) for button in form.select("button")}
    assert actions == {f"/search.{form.ending}" for form in FORMATS}


def test_ticked_articles_are_downloaded(page: Page) -> None:
    page.goto("/search?q=bridge")
    boxes = page.locator("input[name=id]")
    chosen = [boxes.nth(n).get_attribute("value") for n in (0, 2)]
    boxes.nth(0).check()
    boxes.nth(2).check()
    with page.expect_download() as download:
        page.get_by_role("button", name="RIS").click()
    records = rispy.loads(download.value.path().read_text("utf-8"))
    assert [record["id"] for record in records] == chosen
    assert download.value.suggested_filename.startswith("morgue-2-chosen-from-bridge-")


def test_a_citation_is_copied_and_can_be_marked_without_a_script(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/search?q=tramadol")
    page.locator(".hit .headline a").first.click()
    page.locator("details.cite summary").click()
    page.get_by_role("button", name="Copy as MLA").click()
    page.get_by_text("Copied.").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.locator("#cite-mla").text_content()
    assert copied.startswith("Okafor, Stellan. “")
