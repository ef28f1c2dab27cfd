"""The API answers what the pages do, and says in plain words what it cannot."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from archive.access import Role
from archive.store import FILE, Store
from tests.web.conftest import client_of

ROOT = "/api/v1"


@pytest.fixture
def writer(guarded_site: Path) -> Iterator[tuple[FlaskClient, dict[str, str]]]:
    """A client over a site of its own, and the header of a token that may write."""
    with Store(guarded_site / FILE) as store:
        secret = store.add_token("tests", Role.WRITE)
    with client_of(guarded_site) as client:
        yield client, {"Authorization": f"Bearer {secret}"}


def _ids(client: FlaskClient, query: str) -> list[str]:
    ids: list[str] = []
    cursor = ""
    while True:
        said = client.get(f"{ROOT}/search?limit=3&{query}{cursor}").get_json()
        ids += [hit["id"] for hit in said["hits"]]
        if said["next"] is None:
            return ids
        cursor = f"&cursor={said['next']}"


@pytest.mark.parametrize("sort", ["newest", "oldest"])
def test_cursors_lead_through_all_that_a_page_would_list(client: FlaskClient, sort: str) -> None:
    query = f"sort={sort}&copies=yes"
    pages = client.get(f"/search.json?limit=1000&{query}").get_json()["hits"]
    assert _ids(client, query) == [hit["id"] for hit in pages]


def test_a_cursor_of_another_search_is_refused(client: FlaskClient) -> None:
    cursor = client.get(f"{ROOT}/search?limit=1").get_json()["next"]
    answer = client.get(f"{ROOT}/search?q=flood&cursor={cursor}")
    assert answer.status_code == 400
    assert answer.get_json()["errors"] == [
        {"where": "cursor", "reason": "belongs to another search"}
    ]


def test_every_fault_of_a_request_is_named(client: FlaskClient) -> None:
    answer = client.get(f"{ROOT}/search?limit=101&undated=maybe&page=2")
    assert answer.status_code == 400
    assert answer.mimetype == "application/problem+json"
    named = {fault["where"] for fault in answer.get_json()["errors"]}
    assert named == {"limit", "undated", "page"}


def test_an_article_is_given_with_what_each_fact_was_taken_from(client: FlaskClient) -> None:
    hit = client.get(f"{ROOT}/search?limit=1").get_json()["hits"][0]
    found = client.get(f"{ROOT}/articles/{hit['id']}").get_json()
    assert found["headline"] == hit["headline"]
    assert found["provenance"]
    at_address = client.get(f"{ROOT}/articles", query_string={"url": hit["url"]}).get_json()
    assert hit["id"] in {one["id"] for one in at_address["articles"]}
    for more in ("revisions", "related"):
        assert client.get(f"{ROOT}/articles/{hit['id']}/{more}").status_code == 200
    assert client.get(f"{ROOT}/articles/{hit['id']}?revision=999").status_code == 404


@pytest.mark.parametrize(
    ("path", "status"), [("/nothing", 404), ("/articles/nobody", 404), ("/facets/colour", 404)]
)
def test_what_is_not_there_is_a_problem_and_no_page(
    client: FlaskClient, path: str, status: int
) -> None:
    answer = client.get(ROOT + path)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")


def test_a_method_that_is_not_known_is_told_which_are(client: FlaskClient) -> None:
    answer = client.put(f"{ROOT}/search")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


def test_a_withdrawn_article_is_gone(writer: tuple[FlaskClient, dict[str, str]]) -> None:
    client, token = writer
    article_id = client.get(f"{ROOT}/search?limit=1", headers=token).get_json()["hits"][0]["id"]
    with Store(client.application.config["SITE"] / FILE) as store:
        store.withdraw(article_id)
    assert client.get(f"{ROOT}/articles/{article_id}", headers=token).status_code == 410


def test_the_next_part_follows_when_the_last_hit_is_withdrawn(
    writer: tuple[FlaskClient, dict[str, str]],
) -> None:
    client, token = writer
    whole = f"{ROOT}/search?sort=newest&copies=yes"
    every = [hit["id"] for hit in client.get(f"{whole}&limit=9", headers=token).get_json()["hits"]]
    cursor = client.get(f"{whole}&limit=3", headers=token).get_json()["next"]
    with Store(client.application.config["SITE"] / FILE) as store:
        store.withdraw(every[2])
    rest = client.get(f"{whole}&limit=3&cursor={cursor}", headers=token).get_json()["hits"]
    assert [hit["id"] for hit in rest] == every[3:6]


def test_a_saved_search_is_made_changed_followed_and_deleted(
    writer: tuple[FlaskClient, dict[str, str]],
) -> None:
    client, token = writer
    made = client.post(
        f"{ROOT}/saved", json={"name": "All", "search": "/search?sort=newest"}, headers=token
    )
    assert made.status_code == 201
    where = made.headers["Location"]
    changed = client.patch(where, json={"name": "Everything"}, headers=token).get_json()
    assert (changed["name"], changed["search"]) == ("Everything", "/search?sort=newest")
    part = client.get(f"{where}/matches?limit=2", headers=token).get_json()
    older = client.get(f"{where}/matches?cursor={part['next']}", headers=token).get_json()
    assert older["matches"][0]["number"] < part["matches"][-1]["number"]
    assert client.post(f"{where}/seen", json={"number": 1}, headers=token).status_code == 200
    assert client.delete(where, headers=token).status_code == 204
    assert client.get(where, headers=token).status_code == 404


@pytest.mark.parametrize(
    ("body", "content_type", "status", "where"),
    [
        ("name=x", "application/x-www-form-urlencoded", 415, "Content-Type"),
        ("{", "application/json", 400, "body"),
        ('{"name": 5}', "application/json", 400, "name"),
        ('{"name": "x", "colour": 1}', "application/json", 400, "body"),
    ],
)
def test_a_bad_body_is_told_what_is_wrong_with_it(
    writer: tuple[FlaskClient, dict[str, str]],
    body: str,
    content_type: str,
    status: int,
    where: str,
) -> None:
    client, token = writer
    answer = client.post(f"{ROOT}/saved", data=body, content_type=content_type, headers=token)
    assert (answer.status_code, answer.get_json()["errors"][0]["where"]) == (status, where)


def test_who_has_no_token_reads_nothing_and_readers_change_nothing(guarded_site: Path) -> None:
    with Store(guarded_site / FILE) as store:
        secret = store.add_token("reader", Role.READ)
    token = {"Authorization": f"Bearer {secret}"}
    with client_of(guarded_site) as client:
        assert client.get(f"{ROOT}/search").status_code == 401
        assert client.get(f"{ROOT}/search", headers=token).status_code == 200
        assert client.get(f"{ROOT}/sources", headers=token).status_code == 403
        assert client.post(f"{ROOT}/saved", json={"name": "x"}, headers=token).status_code == 403


def test_the_old_json_addresses_give_problem_details_too(client: FlaskClient) -> None:
    answer = client.get("/search.json?sort=best")
    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")


def test_browsers_find_the_search_the_icon_and_robots_the_door(client: FlaskClient) -> None:
    described = client.get("/opensearch.xml")
    assert described.mimetype == "application/opensearchdescription+xml"
    assert "/search?q={searchTerms}" in described.text
    assert "/opensearch.xml" in client.get("/").text
    assert client.get("/robots.txt").text == "User-agent: *\nDisallow: /\n"
    with client.get("/favicon.ico", follow_redirects=True) as icon:
        assert icon.mimetype == "image/svg+xml"
    words, found = json.loads(client.get("/suggestions.json?q=fl").text)
    assert words == "fl"
    assert isinstance(found, list)


_GUIDE = (Path(__file__).parents[2] / "docs/api.md").read_text("utf-8")
_EXAMPLES = re.findall(r"^curl 'http://127\.0\.0\.1:8000(\S+)'$", _GUIDE, re.MULTILINE)


@pytest.mark.parametrize("path", _EXAMPLES)
def test_the_examples_in_the_documentation_are_answered(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 200
