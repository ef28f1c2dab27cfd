"""Signing in, staying, being slowed down, and getting out again."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from archive.access import Role, fingerprint
from archive.store import FILE, Store
from archive.store.access import MOST_FROM_PLACE
from tests.web.conftest import PASSWORDS, client_of, csrf_in, sign_in
from web.refusal import own_path


@pytest.fixture
def site(guarded_site: Path) -> Path:
    return guarded_site


@pytest.fixture
def client(site: Path) -> Iterator[FlaskClient]:
    with client_of(site) as opened:
        yield opened


def attempt(client: FlaskClient, name: str, password: str, target: str = "/") -> TestResponse:
    token = csrf_in(client.get("/login").text)
    form = {"name": name, "password": password, "next": target, "csrf": token}
    return client.post("/login", data=form)


def cookie(client: FlaskClient, what: str) -> str:
    found = [c.value for c in client._cookies.values() if c.key.startswith(f"morgue-{what}-")]
    return found[0] if found else ""


def fill(site: Path, column: str, value: str, count: int) -> None:
    """As if so many attempts had failed just now."""
    with closing(sqlite3.connect(site / FILE)) as db, db:
        columns = {"place": "strange", "account": "strange", column: value}
        db.executemany(
            "INSERT INTO attempt (place, account, at) VALUES (?, ?,"
            " strftime('%Y-%m-%dT%H:%M:%S+00:00', 'now'))",
            [(columns["place"], columns["account"])] * count,
        )


def test_an_old_link_leads_to_signing_in_and_from_there_to_its_page(client: FlaskClient) -> None:
    asked = "/search?q=%22customs+fraud%22&source=Meridian"
    led = client.get(asked)
    assert led.status_code == 303
    form = BeautifulSoup(client.get(led.headers["Location"]).text, "html.parser")
    target = form.select_one("input[name=next]")
    assert target is not None
    answer = attempt(client, "ben", PASSWORDS["ben"], str(target["value"]))
    assert answer.headers["Location"] == asked
    assert client.get(asked).status_code == 200


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        " //evil.example",
        "javascript:alert(1)",
        "evil.example",
        "http:evil.example",
        "/%09/evil.example\r\nSet-Cookie: a=b",
        "//[",
        "",
    ],
)
def test_signing_in_leads_to_no_other_site(target: str, client: FlaskClient) -> None:
    assert own_path(target) == "/"
    assert attempt(client, "ben", PASSWORDS["ben"], target).headers["Location"] == "/"


@pytest.mark.parametrize("path", ["/%09/evil.example", "/%5Cevil.example", "/.//evil.example"])
def test_no_address_of_ours_leads_to_another_site_after_signing_in(
    path: str, client: FlaskClient
) -> None:
    led = client.get(f"/article{path}")
    if led.status_code == 303:
        assert led.headers["Location"].startswith("/login?next=/article/")


def test_a_session_of_the_store_is_new_with_each_sign_in(client: FlaskClient, site: Path) -> None:
    fixed = "x" * 43
    client.get("/login")
    name = next(c.key for c in client._cookies.values()).replace("-form-", "-session-")
    client.set_cookie(name, fixed)
    sign_in(client, "ben")
    first = cookie(client, "session")
    assert first not in ("", fixed)
    with Store(site / FILE) as store:
        assert store.session(fixed) is None
        client.post("/logout", data={"csrf": csrf_in(client.get("/").text)})
        sign_in(client, "ben")
        assert cookie(client, "session") != first
        assert store.session(first) is None


def test_a_session_cookie_is_out_of_reach_of_scripts_and_other_sites(client: FlaskClient) -> None:
    for base, secure in (("http://localhost", False), ("https://localhost", True)):
        token = csrf_in(client.get("/login", base_url=base).text)
        form = {"name": "ben", "password": PASSWORDS["ben"], "csrf": token}
        set_by = client.post("/login", base_url=base, data=form).headers.getlist("Set-Cookie")
        assert len(set_by) == 2
        for line in set_by:
            assert "HttpOnly" in line
            assert "SameSite=Lax" in line
            assert "Path=/" in line
            assert "Domain" not in line
            assert ("Secure" in line) is secure
            assert line.startswith("__Host-") is secure


def test_signing_out_ends_the_session_on_the_server(client: FlaskClient, site: Path) -> None:
    sign_in(client, "ben")
    stolen = cookie(client, "session")
    page = client.get("/").text
    assert client.post("/logout", data={"csrf": csrf_in(page)}).status_code == 303
    assert cookie(client, "session") == ""
    assert client.get("/").status_code == 303
    with Store(site / FILE) as store:
        assert store.session(stolen) is None


def test_signing_out_is_a_form_and_no_link(client: FlaskClient) -> None:
    sign_in(client, "ben")
    assert client.get("/logout").status_code == 405
    page = BeautifulSoup(client.get("/").text, "html.parser")
    form = page.select_one("form.who")
    assert form is not None
    assert "ben" in form.get_text()
    assert form["action"] == "/logout"


def test_a_new_password_ends_all_sessions_of_the_account(client: FlaskClient, site: Path) -> None:
    sign_in(client, "ben")
    with Store(site / FILE) as store:
        store.set_account("ben", "another word of mine", Role.READ)
    assert client.get("/").status_code == 303


def test_a_role_that_was_taken_away_is_gone_at_once(client: FlaskClient, site: Path) -> None:
    client.application.add_url_rule("/probe", "probe", lambda: "done", methods=["POST"])
    sign_in(client, "ana")
    form = {"csrf": csrf_in(client.get("/").text)}
    assert client.post("/probe", data=form).status_code == 200
    with Store(site / FILE) as store:
        store.set_role("ana", Role.READ)
    assert client.post("/probe", data=form).status_code == 403


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("ben", "wrong"),
        ("ben", ""),
        ("ben", PASSWORDS["ana"]),
        ("ben", "x" * 10_000),
        ("nobody", PASSWORDS["ben"]),
        ("", ""),
        ("ben\x00", PASSWORDS["ben"]),
        ("\ud800", "\ud800"),
        ("b" * 10_000, "x"),
    ],
)
def test_a_wrong_name_or_password_says_neither_which(
    name: str, password: str, client: FlaskClient
) -> None:
    token = csrf_in(client.get("/login").text)
    form = {
        "name": name.encode("utf-8", "replace").decode(),
        "password": password.encode("utf-8", "replace").decode(),
        "csrf": token,
    }
    answer = client.post("/login", data=form)
    assert answer.status_code == 403
    assert "Name or password is wrong." in answer.text
    assert cookie(client, "session") == ""


def test_too_many_failures_from_one_address_are_slowed_down_in_every_worker(site: Path) -> None:
    with client_of(site) as one, client_of(site) as other:
        fill(site, "place", "127.0.0.1", MOST_FROM_PLACE - 4)
        for number in range(4):
            worker = one if number % 2 else other
            assert attempt(worker, f"guess{number}", "wrong").status_code == 403
        for worker in (one, other):
            answer = attempt(worker, "ben", PASSWORDS["ben"])
            assert answer.status_code == 429
            assert 0 < int(answer.headers["Retry-After"]) <= 15 * 60
            assert "Try again in 15 minutes." in answer.text


def test_a_browser_that_signed_in_before_is_not_locked_out_by_strangers(
    client: FlaskClient, site: Path
) -> None:
    sign_in(client, "ben")
    client.post("/logout", data={"csrf": csrf_in(client.get("/").text)})
    fill(site, "place", "127.0.0.1", 100)
    fill(site, "account", fingerprint("ben"), 100)
    assert attempt(client.application.test_client(), "ben", PASSWORDS["ben"]).status_code == 429
    sign_in(client, "ben")
    # It is known for Ben alone, and guesses in it are counted too.
    client.post("/logout", data={"csrf": csrf_in(client.get("/").text)})
    assert attempt(client, "ana", PASSWORDS["ana"]).status_code == 429


def test_a_form_without_its_token_is_refused_and_says_to_reload(client: FlaskClient) -> None:
    client.get("/login")
    answer = client.post("/login", data={"name": "ana", "password": PASSWORDS["ana"]})
    assert answer.status_code == 403
    assert "reload the page" in answer.text


def test_while_another_run_writes_a_form_is_answered_in_words(
    client: FlaskClient, site: Path
) -> None:
    client.application.config["PATIENCE"] = 0.05
    token = csrf_in(client.get("/login").text)
    with closing(sqlite3.connect(site / FILE, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        form = {"name": "ben", "password": PASSWORDS["ben"], "csrf": token}
        answer = client.post("/login", data=form)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert "Nothing was changed" in answer.text


def test_where_nobody_has_a_password_the_page_says_how_to_set_one(own_sample_site: Path) -> None:
    with client_of(own_sample_site) as client:
        assert "morgue password NAME" in client.get("/login").text
