"""Who may do what: every route of the app, by everybody who may ask."""

import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from archive.access import TOKEN_PREFIX, Role
from archive.access_settings import Access
from archive.settings import Settings
from archive.store import FILE, Store
from tests.web.conftest import PASSWORDS, client_of, sign_in
from web import create_app
from web.csrf import cookie_name, token
from web.permission import may_write

# A page that is open to everybody is so on purpose; name it here.
OPEN = {
    "static",
    "browsers.opensearch",
    "browsers.robots",
    "browsers.favicon",
    "assets.asset",
    "login.login",
    "login.sign_in",
    "login.sign_out",
    "watch.healthz",
}
SAFE = {"GET", "HEAD", "OPTIONS"}
FOREIGN: list[Mapping[str, str]] = [
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://localhost.evil.example"},
    {"Origin": "http://localhost:1"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
]


@dataclass(frozen=True)
class Guarded:
    """A site where Ana may write and Ben may read, with a token for each role."""

    folder: Path
    article: str
    tokens: dict[Role, str]

    def content(self) -> str:
        """A digest of all that the store holds."""
        store = self.folder / FILE
        parts = [part for part in (store, store.with_name(f"{FILE}-wal")) if part.exists()]
        return _content(store, sha256(b"".join(part.read_bytes() for part in parts)).digest())


@cache
def _content(store: Path, written: bytes) -> str:
    """A digest of what a store holds whose files are *written* so: the same bytes, the same."""
    del written
    with closing(sqlite3.connect(store)) as db:
        return sha256("\n".join(db.iterdump()).encode()).hexdigest()


@pytest.fixture(scope="module")
def guarded(_guarded_site: Path, tmp_path_factory: pytest.TempPathFactory) -> Guarded:
    folder = tmp_path_factory.mktemp("routes") / "site"
    shutil.copytree(_guarded_site, folder)
    with Store(folder / FILE) as store:
        tokens = {role: store.add_token(role.label, role) for role in (Role.READ, Role.WRITE)}
        article = next(store.articles()).id
    return Guarded(folder, article, tokens)


@pytest.fixture
def client(guarded: Guarded) -> Iterator[FlaskClient]:
    with client_of(guarded.folder) as opened:
        yield opened


def needed(app: Flask, rule: Rule, method: str) -> Role:
    usual = Role.READ if method in SAFE else Role.WRITE
    found: Role = getattr(app.view_functions[rule.endpoint], "needs", usual)
    return found


def addresses(app: Flask, article: str) -> list[tuple[Rule, str, str]]:
    """Every route of the app by each of its methods, so that none that comes is left out."""
    values = {
        "article_id": article,
        "number": 1,
        "filename": "icon.svg",
        "digest": "x",
        "name": "morgue.css",
    }
    adapter = app.url_map.bind("localhost")
    return [
        (
            rule,
            method,
            adapter.build(rule.endpoint, {name: values.get(name, 1) for name in rule.arguments}),
        )
        for rule in app.url_map.iter_rules()
        for method in sorted(rule.methods or ())
    ]


def proper_form(client: FlaskClient) -> dict[str, str]:
    """A form as a page that this client sees would have it."""
    client.get("/login")
    app = client.application
    with app.test_request_context("/"):
        names = {what: cookie_name(what) for what in ("form", "session")}
    sent = {what: client.get_cookie(name) for what, name in names.items()}
    headers = {"Cookie": "; ".join(f"{names[w]}={c.value}" for w, c in sent.items() if c)}
    with app.test_request_context("/", headers=headers):
        session = sent["session"]
        return {"csrf": token(session.value if session else "")}


def ask(
    client: FlaskClient,
    method: str,
    address: str,
    headers: Mapping[str, str] | None = None,
    form: Mapping[str, str] | None = None,
) -> TestResponse:
    return client.open(
        address, method=method, headers=dict(headers or {}), data=form, buffered=True
    )


def test_only_what_is_named_here_is_open_to_everybody(client: FlaskClient) -> None:
    app = client.application
    marked = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        for method in rule.methods or ()
        if needed(app, rule, method) == Role.NOTHING
    }
    assert marked <= OPEN
    assert OPEN - marked <= {"static"}


@pytest.mark.parametrize("who", ["at this machine", "ana", "ben", "reading token", "nobody"])
def test_no_get_changes_anything(who: str, guarded: Guarded, own_sample_site: Path) -> None:
    at_home = who == "at this machine"
    folder = own_sample_site if at_home else guarded.folder
    site = Guarded(folder, guarded.article, guarded.tokens)
    with client_of(folder) as client:
        if who in PASSWORDS:
            sign_in(client, who)
        bearer = {"Authorization": f"Bearer {guarded.tokens[Role.READ]}"}
        headers = bearer if who == "reading token" else {}
        before = site.content()
        for _, method, address in addresses(client.application, site.article):
            if method in SAFE:
                assert ask(client, method, address, headers).status_code < 500, address
                assert site.content() == before, f"{method} {address}"


def test_without_credentials_nothing_is_shown_and_nothing_done(
    client: FlaskClient, guarded: Guarded
) -> None:
    before = guarded.content()
    form = proper_form(client)
    for rule, method, address in addresses(client.application, guarded.article):
        if rule.endpoint in OPEN or method == "OPTIONS":
            continue
        answer = ask(client, method, address, form=form if method not in SAFE else None)
        if method in SAFE and answer.status_code == 303:
            assert urlsplit(answer.headers["Location"]).path == "/login", address
        else:
            assert answer.status_code == 401, f"{method} {address}"
            assert "WWW-Authenticate" in answer.headers
        assert "no-store" in answer.headers["Cache-Control"]
    assert guarded.content() == before


@pytest.mark.parametrize(
    "authorization",
    [
        "Bearer {}",
        "bearer {}x",
        "Bearer",
        "Basic bW9yZ3VlOm1vcmd1ZV94",
        "Bearer {} {}",
        "Basic é",
        "Basic ",
        "\xff",
    ],
)
def test_wrong_credentials_are_worth_nothing(
    authorization: str, client: FlaskClient, guarded: Guarded
) -> None:
    headers = {"Authorization": authorization.format(f"{TOKEN_PREFIX}x", "y")}
    before = guarded.content()
    for rule, method, address in addresses(client.application, guarded.article):
        if method == "OPTIONS":
            continue
        status = ask(client, method, address, headers).status_code
        if rule.endpoint in OPEN:
            assert status < 500, f"{method} {address}"
            continue
        assert status == 401 or (status == 303 and method in SAFE), f"{method} {address}"
    assert guarded.content() == before


@pytest.mark.parametrize("way", ["session", "token"])
def test_who_may_read_reads_and_changes_nothing(
    way: str, client: FlaskClient, guarded: Guarded
) -> None:
    headers = {}
    if way == "session":
        sign_in(client, "ben")
    else:
        headers = {"Authorization": f"Bearer {guarded.tokens[Role.READ]}"}
    form = proper_form(client)
    before = guarded.content()
    for rule, method, address in addresses(client.application, guarded.article):
        if rule.endpoint in OPEN:
            continue
        status = ask(
            client, method, address, headers, form if method not in SAFE else None
        ).status_code
        if needed(client.application, rule, method) > Role.READ:
            assert status == 403, f"{method} {address}"
            assert guarded.content() == before
        else:
            assert status not in (303, 401, 403), f"{method} {address}"


@pytest.mark.parametrize("way", ["session", "token"])
def test_who_may_write_is_stopped_nowhere(way: str, guarded: Guarded, guarded_site: Path) -> None:
    with Store(guarded_site / FILE) as store:
        bearer = {"Authorization": f"Bearer {store.add_token('own', Role.WRITE)}"}
    with client_of(guarded_site) as client:
        if way == "session":
            sign_in(client, "ana")
        form = proper_form(client) if way == "session" else {}
        headers = bearer if way == "token" else {}
        for rule, method, address in addresses(client.application, guarded.article):
            if rule.endpoint in OPEN:
                continue
            sent = None if method in SAFE else form
            status = ask(client, method, address, headers, sent).status_code
            assert status not in (401, 403), f"{method} {address}"
            assert status < 500, f"{method} {address}"


@pytest.mark.parametrize("wrong", ["no token", "another's token", *range(len(FOREIGN))])
def test_a_change_that_no_page_of_ours_sent_is_refused(
    wrong: str | int, client: FlaskClient, guarded: Guarded
) -> None:
    stranger = client.application.test_client()
    others = proper_form(stranger)
    sign_in(client, "ana")
    form = proper_form(client)
    headers: Mapping[str, str] = {}
    if wrong == "no token":
        form = {}
    elif wrong == "another's token":
        form = others
    else:
        headers = FOREIGN[int(wrong)]
    before = guarded.content()
    for rule, method, address in addresses(client.application, guarded.article):
        if method in SAFE:
            continue
        answer = ask(client, method, address, headers, form)
        assert answer.status_code == 403, f"{method} {address}"
        assert guarded.content() == before, rule.endpoint


def test_a_page_that_may_be_written_to_takes_the_form_it_showed(client: FlaskClient) -> None:
    sign_in(client, "ana")
    form = proper_form(client)
    for headers in ({}, {"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://localhost"}):
        answer = ask(client, "POST", "/login", headers, form)
        assert "Name or password is wrong" in answer.text
    by_header = {"X-CSRF-Token": form["csrf"]}
    assert "Name or password" in ask(client, "POST", "/login", by_header).text


def test_a_writing_token_needs_no_form(client: FlaskClient, guarded: Guarded) -> None:
    headers = {"Authorization": f"Bearer {guarded.tokens[Role.WRITE]}"}
    assert client.post("/logout", headers=headers).status_code == 303


def test_a_feed_reader_signs_in_with_a_token_as_password_to_read_only(
    client: FlaskClient, guarded: Guarded
) -> None:
    writing = ("anyone", guarded.tokens[Role.WRITE])
    assert client.get("/search?q=bridge", auth=writing).status_code == 200
    assert client.post("/logout", auth=writing).status_code == 403


def test_pages_behind_a_sign_in_are_kept_by_no_cache(client: FlaskClient) -> None:
    sign_in(client, "ben")
    answer = client.get("/search?q=bridge")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "Cookie" in answer.vary


def test_forms_are_shown_only_to_who_may_write(guarded: Guarded, own_sample_site: Path) -> None:
    def seen_by(folder: Path, name: str | None, **access: Literal["read"]) -> bool:
        app = create_app(folder, Settings(access=Access(**access)))
        app.add_url_rule("/probe", "probe", lambda: {"may": may_write()})
        client = app.test_client()
        if name:
            sign_in(client, name)
        may: bool = client.get("/probe").get_json()["may"]
        app.extensions["live_index"].close()
        return may

    assert seen_by(guarded.folder, "ana")
    assert not seen_by(guarded.folder, "ben")
    assert not seen_by(guarded.folder, None, anyone="read")
    assert seen_by(own_sample_site, None)


def test_what_is_refused_says_who_one_is_and_what_is_needed(client: FlaskClient) -> None:
    app = client.application
    app.add_url_rule("/probe", "probe", lambda: "done", methods=["POST"])
    sign_in(client, "ben")
    answer = client.post("/probe", data=proper_form(client))
    assert answer.status_code == 403
    assert "signed in as ben" in answer.text
    assert "“write”" in answer.text
    api = client.post("/probe", headers={"Accept": "application/json"})
    assert api.mimetype == "application/problem+json"
    assert api.get_json()["status"] == 403


def test_a_body_larger_than_a_form_is_refused_where_none_was_announced(
    client: FlaskClient,
) -> None:
    sign_in(client, "ana")
    form = {**proper_form(client), "name": "x" * 2_000_000}
    assert client.post("/login", data=form).status_code == 413
