"""Strangers change nothing: every route × every kind of stranger × every way to ask.

The store is compared before and after by a digest of all that it holds. What is asked with a
form of ours, so that only who asks is wrong, is in `test_access`; here is what is forged.
"""

import shutil
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from archive import access as hashing
from archive.access import Role, hashed_password
from archive.access_settings import Access
from archive.settings import Settings
from archive.store import FILE, Store
from archive.store.access import MOST_FROM_PLACE
from tests.conftest import Tally
from tests.web.conftest import PASSWORDS, client_of, csrf_in, sign_in
from tests.web.test_access import (
    FOREIGN,
    OPEN,
    SAFE,
    Guarded,
    addresses,
    ask,
    needed,
    proper_form,
)
from tests.web.test_access_signing_in import fill
from web import create_app, policy
from web.csrf import cookie_name
from web.refusal import own_path

METHODS: Final = (
    *("GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT"),
    *("PROPFIND", "MKCOL", "MOVE", "FOO"),
)
OVERRIDES: Final[tuple[Mapping[str, str], ...]] = tuple(
    {name: method}
    for name in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override")
    for method in ("POST", "DELETE")
)
FORGED: Final[tuple[Mapping[str, str], ...]] = (
    {"X-Forwarded-For": "127.0.0.1"},
    {"X-Forwarded-For": "10.1.2.3", "X-Remote-User": "ana"},
    {"X-Remote-User": "ana"},
    {"Remote-User": "ana"},
    {"X-Forwarded-User": "ana"},
    {"X-Authenticated-User": "ana", "X-Webauth-User": "ana"},
    {"Forwarded": "for=127.0.0.1;host=localhost;proto=https"},
    {"X-Real-IP": "127.0.0.1", "X-Client-IP": "127.0.0.1", "True-Client-IP": "127.0.0.1"},
    {"X-Forwarded-Host": "localhost", "X-Forwarded-Proto": "https", "X-Forwarded-Prefix": "/x"},
    {"X-Original-URL": "/saved", "X-Rewrite-URL": "/saved"},
    {"X-Forwarded-For": "127.0.0.1, 127.0.0.1", "X-Remote-User": "ana, ana"},
    {"X-Remote-User": " ana ", "X_Remote_User": "ana"},
)
BEHIND: Final = Access(proxies=("10.0.0.0/8",), user_header="X-Remote-User", writers=("ana",))
BODIES: Final[tuple[tuple[str, bytes], ...]] = (
    ("text/plain", b'{"name": "x", "query": "y", "csrf": "z"}'),
    ("application/json", b'{"name": "x", "query": "y"}'),
    ("application/x-www-form-urlencoded", b"name=x&address=/search?q=y&csrf="),
    ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="csrf"'),
    ("application/xml", b"<a/>"),
    ("", b"name=x"),
)


@pytest.fixture
def guarded(guarded_site: Path) -> Guarded:
    with Store(guarded_site / FILE) as store:
        store.save_search("Bridges", "{}")
        tokens = {role: store.add_token(role.label, role) for role in (Role.READ, Role.WRITE)}
        article = next(store.articles()).id
    return Guarded(guarded_site, article, tokens)


def routes(app: Flask, article: str) -> list[tuple[Any, str]]:
    """Every rule once, with an address of it."""
    known = {address: rule for rule, _, address in addresses(app, article)}
    return [(rule, address) for address, rule in known.items()]


def refused(client: FlaskClient, guarded: Guarded, headers: Mapping[str, str]) -> int:
    """Ask for all routes by all of their methods: nothing is shown, nothing done."""
    asked = 0
    before = guarded.content()
    for rule, method, address in addresses(client.application, guarded.article):
        if rule.endpoint in OPEN or method == "OPTIONS":
            continue
        answer = ask(client, method, address, headers)
        led = answer.status_code == 303 and method in SAFE
        assert answer.status_code == 401 or led, f"{answer.status_code} {method} {address}"
        if led:
            assert urlsplit(answer.headers["Location"]).path == "/login"
        asked += 1
    assert guarded.content() == before
    return asked


@pytest.mark.torture
def test_what_ran_out_or_was_revoked_is_worth_nothing(guarded: Guarded, tally: Tally) -> None:
    with Store(guarded.folder / FILE) as store:
        expired = store.add_token("expired", Role.WRITE, timedelta(days=1))
        revoked = store.add_token("revoked", Role.WRITE)
        store.revoke_token("revoked")
    with closing(sqlite3.connect(guarded.folder / FILE)) as db, db:
        past = (datetime.now(UTC) - timedelta(seconds=5)).isoformat(timespec="seconds")
        db.execute("UPDATE token SET expires = ? WHERE name = 'expired'", [past])
    asked = 0
    with client_of(guarded.folder) as client:
        for token in (expired, revoked, guarded.tokens[Role.WRITE] + "x", expired.upper()):
            asked += refused(client, guarded, {"Authorization": f"Bearer {token}"})
    tally("strangers: tokens that are none", requests=asked, changes=0)


@pytest.mark.parametrize("how", ["signed out", "new password", "account removed", "expired"])
def test_a_session_that_ended_is_worth_nothing_though_its_cookie_is_kept(
    how: str, guarded: Guarded
) -> None:
    with client_of(guarded.folder) as client:
        sign_in(client, "ana")
        kept = {c.key: c.value for c in (client._cookies or {}).values()}
        if how == "signed out":
            client.post("/logout", data={"csrf": csrf_in(client.get("/saved").text)})
        with Store(guarded.folder / FILE) as store:
            if how == "new password":
                store.set_account("ana", "another word of hers", Role.WRITE)
            elif how == "account removed":
                store.remove_account("ana")
        if how == "expired":
            with closing(sqlite3.connect(guarded.folder / FILE)) as db, db:
                db.execute("UPDATE session SET expires = '2001-01-01T00:00:00+00:00'")
        stolen = client.application.test_client()
        for name, value in kept.items():
            stolen.set_cookie(name, value)
        refused(stolen, guarded, {})


def test_a_header_that_only_a_proxy_may_send_opens_nothing(guarded: Guarded) -> None:
    with client_of(guarded.folder, Settings(access=BEHIND)) as client:
        assert refused(client, guarded, FORGED[1])


@pytest.mark.torture
def test_headers_that_only_a_proxy_may_send_open_nothing(guarded: Guarded, tally: Tally) -> None:
    asked = 0
    for access in (Access(), BEHIND):
        with client_of(guarded.folder, Settings(access=access)) as client:
            for headers in FORGED:
                asked += refused(client, guarded, headers)
    tally("strangers: forged proxy headers", requests=asked, changes=0)


def test_from_a_proxy_a_name_that_was_sent_twice_is_nobodys(guarded: Guarded) -> None:
    behind = Access(proxies=("10.0.0.0/8",), user_header="X-Remote-User", writers=("*",))
    with client_of(guarded.folder, Settings(access=behind)) as client:
        for name in ("ana,ana", "ana, ", ",ana", "ana,evil"):
            answer = client.post(
                "/saved",
                headers={"X-Remote-User": name},
                environ_overrides={"REMOTE_ADDR": "10.1.2.3"},
            )
            assert answer.status_code == 401


@pytest.mark.torture
@pytest.mark.parametrize("who", ["nobody", "ben", "ana"])
def test_no_method_and_no_override_changes_anything(
    who: str, guarded: Guarded, tally: Tally
) -> None:
    """Also as who may write, for a browser can be made to ask, but never with a token of ours."""
    with client_of(guarded.folder) as client:
        if who in PASSWORDS:
            sign_in(client, who)
        before = guarded.content()
        asked = 0
        for rule, address in routes(client.application, guarded.article):
            for method in METHODS:
                if rule.endpoint == "login.sign_out":
                    continue
                answer = ask(client, method, address)
                asked += 1
                assert answer.status_code < 500, f"{method} {address}"
                if method not in SAFE:
                    assert answer.status_code >= 400, f"{method} {address}"
            for override in OVERRIDES[:: 1 if who == "ana" else 3]:
                tunnel = f"{address}?_method=DELETE&csrf=x"
                asked += 2
                assert ask(client, "GET", tunnel, override).status_code < 500
                answer = ask(client, "POST", tunnel, override, {"_method": "DELETE"})
                assert answer.status_code >= 400, address
            assert guarded.content() == before, address
    tally(f"strangers: methods and overrides, {who}", requests=asked, changes=0)


@pytest.mark.torture
def test_no_content_type_gets_a_browser_past_the_form(guarded: Guarded, tally: Tally) -> None:
    asked = 0
    with client_of(guarded.folder) as client:
        sign_in(client, "ana")
        before = guarded.content()
        for rule, method, address in addresses(client.application, guarded.article):
            if method in SAFE:
                continue
            for kind, body in BODIES:
                for headers in ({}, *FOREIGN[:1]):
                    answer = client.open(
                        address, method=method, data=body, content_type=kind, headers=headers
                    )
                    assert answer.status_code == 403, f"{method} {address} {kind}"
                    asked += 1
            assert guarded.content() == before, rule.endpoint
    tally("strangers: bodies of every type", requests=asked, changes=0)


@pytest.mark.torture
def test_a_token_of_another_session_is_no_token(guarded: Guarded) -> None:
    """Of the same person in another browser, of another person, and of the time before."""
    with client_of(guarded.folder) as client:
        early = proper_form(client)
        sign_in(client, "ana")
        own = proper_form(client)
        other = client.application.test_client()
        sign_in(other, "ana")
        reader = client.application.test_client()
        sign_in(reader, "ben")
        before = guarded.content()
        for form in (early, proper_form(other), proper_form(reader), {"csrf": own["csrf"][::-1]}):
            for rule, method, address in addresses(client.application, guarded.article):
                if method not in SAFE:
                    assert ask(client, method, address, form=form).status_code == 403, address
                    assert guarded.content() == before, rule.endpoint
        # The cookie of the form taken from elsewhere does not help: the session is in it, too.
        with client.application.test_request_context("/"):
            name = cookie_name("form")
        theirs = other.get_cookie(name)
        assert theirs
        client.set_cookie(name, theirs.value)
        answer = client.post("/saved", data={**proper_form(other), "name": "x"})
        assert answer.status_code == 403


@pytest.mark.torture
def test_every_answer_says_what_the_browser_may_do_with_it(guarded: Guarded, tally: Tally) -> None:
    """Pages, files, feeds, errors and refusals alike: no frame, no guess of a type, no script."""
    answers = 0
    with client_of(guarded.folder) as client:
        client.application.add_url_rule("/fails", "fails", lambda: str(1 / 0))
        for who in (None, "ana"):
            if who:
                sign_in(client, who)
            asked = [
                (method, address)
                for rule, method, address in addresses(client.application, guarded.article)
                if rule.endpoint != "login.sign_out"
            ]
            extra = [("GET", "/nowhere"), ("PUT", "/help"), ("GET", "/fails"), ("POST", "/%ff")]
            for method, address in (*asked, *extra):
                answer = ask(client, method, address)
                for name, value in policy.HEADERS.items():
                    assert answer.headers.getlist(name) == [value], f"{method} {address}"
                assert "Access-Control-Allow-Origin" not in answer.headers
                answers += 1
        strange = client.get("/", headers={"Host": "evil.example"})
        assert strange.headers["X-Frame-Options"] == "DENY"
        big = client.post("/login", data=b"x" * 2_000_000)
        assert big.headers["X-Frame-Options"] == "DENY"
    tally("strangers: headers of answers", answers=answers)


@pytest.mark.parametrize(
    "path",
    [
        "../__init__.py",
        "..%2f__init__.py",
        "%2e%2e/__init__.py",
        "..\\__init__.py",
        "%2e%2e%5c__init__.py",
        "/etc/passwd",
        "%2fetc/passwd",
        "....//__init__.py",
        "icon.svg/../../__init__.py",
        "icon.svg%00.py",
        "%c0%ae%c0%ae/__init__.py",
        "C:/windows/win.ini",
        "file:///etc/passwd",
    ],
)
def test_no_path_leads_out_of_what_is_served(path: str, guarded: Guarded) -> None:
    with client_of(guarded.folder) as client:
        sign_in(client, "ana")
        for start in (
            *("/static/", "/assets/x/", "/article/", f"/article/{guarded.article}/"),
            *("/search.", "/search/facet/", "/saved/", "/sources/", "/api/v1/articles/"),
        ):
            answer = client.get(start + path, buffered=True)
            assert answer.status_code in (200, 301, 308, 404, 405), start + path
            if answer.status_code == 200:
                # An article's address may end in any headline, also in one of long ago.
                assert start.startswith("/article/"), start + path
            for secret in ("create_app", "root:", "SQLite format", "[fonts]"):
                assert secret not in answer.text
            if "Location" in answer.headers:
                assert urlsplit(answer.headers["Location"]).netloc in ("", "localhost")


REDIRECTS: Final = tuple(
    f"{start}{host}"
    for start in (
        *("//", "///", "////", "/\\", "\\/", "\\\\", "/\t/", "/\n/", "/\r\n/", "\t//", " //"),
        *("https:", "https:/", "https://", "HTTPS://", "http:////", "ftp://", "//@", "//a@"),
        *("javascript:", "data:text/html,", "vbscript:", "/\x00/", "/\x0b/", "\x01//", "//%2f"),
        *("/\\\\", "/;//", "//\\", "/%0a/\n/", "\ufeff//", "\u2028//", "/\u3000//\\", "//\u3002"),
    )
    for host in ("evil.example", "evil.example/%2f..", "[::1]", "localhost:8000@evil.example")
)


def test_no_target_leads_elsewhere_after_signing_in(guarded: Guarded) -> None:
    """As the browser would read it: by its own rules a backslash is a slash, a tab is nothing."""
    with client_of(guarded.folder) as client:
        for target in REDIRECTS:
            led = own_path(target)
            read = "".join(c for c in led.replace("\\", "/") if c > " ")
            assert read.startswith("/"), target
            assert not read.startswith("//"), target
        for target in REDIRECTS[::24]:
            client.get("/login")
            form = {"name": "ben", "password": PASSWORDS["ben"], "next": target}
            form["csrf"] = csrf_in(client.get("/login").text)
            where = client.post("/login", data=form).headers["Location"]
            assert where.startswith("/"), target
            assert not where.startswith("//"), target
            for page in (client.get(f"/login?next={quote(target)}"),):
                assert page.status_code == 303
                assert not page.headers["Location"].startswith(("//", "/\\"))
            client.post("/logout", data={"csrf": csrf_in(client.get("/saved").text)})


def test_forged_addresses_and_names_do_not_reset_the_count_of_failures(guarded: Guarded) -> None:
    with client_of(guarded.folder) as client:
        statuses = []
        fill(guarded.folder, "place", "127.0.0.1", MOST_FROM_PLACE - 2)
        for number in range(4):
            form = {"name": f"guess{number}", "password": "wrong"}
            form["csrf"] = csrf_in(client.get("/login").text)
            forged = {
                "X-Forwarded-For": f"198.51.100.{number}",
                "X-Real-IP": f"198.51.100.{number}",
                "Forwarded": f"for=198.51.100.{number}",
            }
            statuses.append(client.post("/login", data=form, headers=forged).status_code)
        assert statuses == [403, 403, 429, 429]
        # Who comes from elsewhere is not kept out by it.
        form = {"name": "ben", "password": PASSWORDS["ben"]}
        form["csrf"] = csrf_in(client.get("/login").text)
        away = {"REMOTE_ADDR": "203.0.113.7"}
        assert client.post("/login", data=form, environ_overrides=away).status_code == 303


def test_behind_a_proxy_each_reader_has_a_count_of_failures(guarded: Guarded) -> None:
    """One stranger does not lock out all who come through the same proxy."""
    behind = Settings(access=Access(proxies=("127.0.0.1",)))
    with client_of(guarded.folder, behind) as client:

        def attempt(name: str, password: str, come_from: str) -> int:
            form = {"name": name, "password": password}
            form["csrf"] = csrf_in(client.get("/login").text)
            headers = {"X-Forwarded-For": come_from}
            return client.post("/login", data=form, headers=headers).status_code

        fill(guarded.folder, "place", "198.51.100.1", MOST_FROM_PLACE - 1)
        for number in range(2):
            # What stands before the proxy's own word was written by the stranger.
            status = attempt("x", "wrong", f"192.0.2.{number}, 198.51.100.1")
        assert status == 429
        assert attempt("ben", PASSWORDS["ben"], "198.51.100.2") == 303


def test_an_unknown_account_takes_the_same_work_as_a_known_one(
    guarded: Guarded, monkeypatch: pytest.MonkeyPatch
) -> None:
    work: list[tuple[int, int, int]] = []
    scrypt = hashing._scrypt

    def counted(password: str, salt: bytes, log_n: int, r: int, p: int) -> bytes:
        work.append((log_n, r, p))
        return scrypt(password, salt, log_n, r, p)

    with closing(sqlite3.connect(guarded.folder / FILE)) as db, db:
        # As hashes are made for people, not for tests.
        usual = hashed_password(PASSWORDS["ana"])
        db.execute("UPDATE account SET password = ? WHERE name = 'ana'", [usual])
    monkeypatch.setattr(hashing, "_scrypt", counted)
    with client_of(guarded.folder) as client:
        for name in ("ana", "nobody", "", "a\x00", "x" * 500):
            work.clear()
            form = {"name": name, "password": "wrong, and long enough"}
            form["csrf"] = csrf_in(client.get("/login").text)
            assert client.post("/login", data=form).status_code == 403
            assert work == [(15, 8, 3)], name


def test_an_answer_under_one_name_is_none_for_another(own_sample_site: Path) -> None:
    """What holds its own address says by which name it was asked, or is refused."""
    with client_of(own_sample_site, Settings(access=Access(hosts=("archive.example",)))) as client:
        for host in (
            "evil.example",
            "archive.example.evil.example",
            "archive.example@evil.example",
        ):
            for address in ("/search.atom", "/opensearch.xml", "/saved", "/login"):
                answer = client.get(address, headers={"Host": host}, buffered=True)
                assert answer.status_code in (400, 421)
                assert "no-store" in answer.headers["Cache-Control"]
                assert "evil.example/" not in answer.text
        away = {"X-Forwarded-Host": "evil.example", "X-Host": "evil.example"}
        answer = client.get("/opensearch.xml", headers=away, buffered=True)
        assert "evil.example" not in answer.text


def test_an_address_of_ours_cannot_be_made_to_write_headers(guarded: Guarded) -> None:
    with client_of(guarded.folder) as client:
        sign_in(client, "ana")
        evil = quote("x\r\nSet-Cookie: evil=1\r\n\r\n<script>")
        for address in (
            f"/search.csv?q={evil}",
            f"/search.atom?q={evil}",
            f"/article/{guarded.article}/{evil}",
            f"/article/{guarded.article}/{evil}.ris",
            f"/article?url={evil}",
            f"/saved/1.atom?x={evil}",
            f"/login?next=/{evil}",
            f"/nowhere/{evil}",
        ):
            answer = client.get(address, buffered=True)
            assert answer.status_code < 500, address
            assert not any("\r" in value or "\n" in value for _, value in answer.headers)
            assert "evil" not in str(answer.headers.getlist("Set-Cookie"))


def test_every_route_is_in_the_matrix(guarded: Guarded) -> None:
    app = create_app(guarded.folder)
    known = {rule.endpoint for rule, *_ in addresses(app, guarded.article)}
    assert known == set(app.view_functions)
    changing = [
        rule
        for rule, method, _ in addresses(app, guarded.article)
        if method not in SAFE and rule.endpoint not in OPEN
    ]
    assert len(changing) >= 15
    for rule in changing:
        method = next(one for one in rule.methods or () if one not in SAFE)
        assert needed(app, rule, method) is Role.WRITE, rule
    app.extensions["live_index"].close()


def test_a_copy_of_the_store_signs_nobody_in(guarded: Guarded, tmp_path: Path) -> None:
    """What a backup holds of sessions and tokens are digests."""
    with client_of(guarded.folder) as client:
        sign_in(client, "ana")
        secret = next(c.value for c in (client._cookies or {}).values() if "-session-" in c.key)
    copy = Path(shutil.copytree(guarded.folder, tmp_path / "copy"))
    held = b"".join(path.read_bytes() for path in copy.glob(f"{FILE}*"))
    for known in (secret, *guarded.tokens.values(), *PASSWORDS.values()):
        assert known.encode() not in held
