"""Names, proxies and this machine: whose word counts."""

import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
from flask import request
from flask.testing import FlaskClient

from archive.access_settings import Access
from archive.settings import Settings
from tests.web.conftest import client_of, csrf_in, serving
from web import csrf
from web.peers import client_address, is_known_host
from web.permission import who

PROXY = "10.1.2.3"
STRANGER = "203.0.113.9"


@contextmanager
def at(site: Path, access: Access) -> Iterator[FlaskClient]:
    """A client of the app with these settings, and a page that says who asks."""
    with client_of(site, Settings(access=access)) as client:

        def probe() -> dict[str, object]:
            return {"name": who().name, "role": who().role.label, "way": who().way}

        client.application.add_url_rule("/probe", "probe", probe)
        yield client


def asked(
    client: FlaskClient, peer: str, headers: Mapping[str, str] | None = None, host: str = ""
) -> tuple[str | None, str] | None:
    """(name, role) of who asks from *peer*; None where nobody is let in."""
    answer = client.get(
        "/probe",
        headers={"Host": host or "localhost", **(headers or {})},
        environ_overrides={"REMOTE_ADDR": peer},
    )
    if answer.status_code in (303, 401, 421):
        return None
    found = answer.get_json()
    return found["name"], found["role"]


@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "127.0.0.1:8000", "[::1]:80"])
@pytest.mark.parametrize("peer", ["127.0.0.1", "::1", "::ffff:127.0.0.1"])
def test_who_sits_at_this_machine_may_write(peer: str, host: str, sample_site: Path) -> None:
    with at(sample_site, Access()) as client:
        assert asked(client, peer, host=host) == (None, "write")


@pytest.mark.parametrize("peer", [STRANGER, "192.168.1.4", "", "fe80::1", "127.0.0.1.evil"])
def test_from_elsewhere_nobody_comes_in_unasked(peer: str, sample_site: Path) -> None:
    with at(sample_site, Access()) as client:
        assert asked(client, peer) is None


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-For": STRANGER},
        {"X-Forwarded-For": "127.0.0.1"},
        {"X-Forwarded-Host": "localhost"},
        {"X-Real-IP": "127.0.0.1"},
        {"Forwarded": "for=127.0.0.1"},
        {"Via": "1.1 proxy"},
    ],
)
def test_a_proxy_on_this_machine_that_nobody_configured_opens_nothing(
    headers: Mapping[str, str], sample_site: Path
) -> None:
    with at(sample_site, Access()) as client:
        assert asked(client, "127.0.0.1", headers) is None


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "localhost@evil.example",
        "evil.example:8000",
        "archive.example.evil.example",
    ],
)
def test_a_name_that_nobody_set_is_refused_whoever_asks(host: str, sample_site: Path) -> None:
    with at(sample_site, Access(hosts=("archive.example",))) as client:
        for address in ("/", "/search?q=bridge", "/nothing/here"):
            answer = client.get(address, headers={"Host": host})
            assert answer.status_code in (400, 421), address
            assert "Morgue is not known" in answer.text
        assert client.post("/login", headers={"Host": host}).status_code in (400, 421)


@pytest.mark.parametrize(
    "host",
    ["", "[", "[::1", "a:b:c", "a..b", "\xff", "a b", "localhost:99999", "localhost:x", "@", "%"],
)
@pytest.mark.parametrize("header", ["Host", "X-Forwarded-Host", "Origin", "X-Forwarded-For"])
def test_what_can_be_no_name_is_refused_by_a_page(
    header: str, host: str, sample_site: Path
) -> None:
    with at(sample_site, Access(proxies=("127.0.0.1",), anyone="read")) as client:
        for method, path in (("GET", "/"), ("GET", "/login?next=/%FF"), ("POST", "/login")):
            answer = client.open(path, method=method, headers={header: host})
            assert answer.status_code in (200, 403, 421), f"{method} {path}"
            assert "<title>" in answer.text


def test_the_page_for_an_unknown_name_says_how_to_make_it_known(sample_site: Path) -> None:
    with at(sample_site, Access()) as client:
        answer = client.get("/", headers={"Host": "archive.lan:8000"})
        assert answer.status_code == 421
        assert "hosts = [&#34;archive.lan&#34;]" in answer.text
        with client.get("/static/icon.svg", headers={"Host": "archive.lan"}) as icon:
            assert icon.status_code == 200


@pytest.mark.parametrize("host", ["archive.example", "ARCHIVE.example:443", "archive.example."])
def test_a_name_that_was_set_is_known_in_every_spelling(host: str) -> None:
    assert is_known_host(host, Access(hosts=("Archive.Example",)))


def test_this_machine_under_a_public_name_is_not_this_machine(sample_site: Path) -> None:
    with at(sample_site, Access(hosts=("archive.example",))) as client:
        assert asked(client, "127.0.0.1", host="archive.example") is None
        assert asked(client, "127.0.0.1", host="localhost") == (None, "write")


@pytest.mark.parametrize(
    ("anyone", "here", "elsewhere"),
    [
        ("nothing", None, None),
        ("read", (None, "read"), (None, "read")),
        ("write", (None, "write"), (None, "read")),
    ],
)
def test_anyone_may_what_the_setting_says_and_never_write_from_elsewhere(
    anyone: str, here: object, elsewhere: object, sample_site: Path
) -> None:
    with at(sample_site, Access(anyone=anyone)) as client:  # type: ignore[arg-type]
        assert asked(client, "127.0.0.1") == here
        assert asked(client, STRANGER) == elsewhere


def test_what_comes_from_a_proxy_is_nobody_at_this_machine(sample_site: Path) -> None:
    with at(sample_site, Access(anyone="write", proxies=("127.0.0.1",))) as client:
        assert asked(client, "127.0.0.1") == (None, "read")
        assert asked(client, "::1") == (None, "write")
    with at(sample_site, Access(proxies=("127.0.0.1",))) as client:
        assert asked(client, "::1") is None


BEHIND = Access(
    proxies=("10.0.0.0/8", "fd00::/8"), user_header="X-Remote-User", writers=("ana", "Zoë")
)


@pytest.mark.parametrize("peer", [PROXY, "::ffff:10.1.2.3", "fd00::5"])
def test_a_configured_proxy_says_who_signed_in(peer: str, sample_site: Path) -> None:
    with at(sample_site, BEHIND) as client:
        assert asked(client, peer, {"X-Remote-User": "ana"}) == ("ana", "write")
        assert asked(client, peer, {"X-Remote-User": "ben"}) == ("ben", "read")
        utf8 = "Zoë".encode().decode("latin-1")
        assert asked(client, peer, {"X-Remote-User": utf8}) == ("Zoë", "write")
        assert asked(client, peer) is None


@pytest.mark.parametrize("peer", [STRANGER, "127.0.0.1", "11.1.2.3", "::1", "", "10.1.2.3.evil"])
def test_the_same_header_from_anybody_else_is_worth_nothing(peer: str, sample_site: Path) -> None:
    with at(sample_site, BEHIND) as client:
        for name in ("X-Remote-User", "x-remote-user", "X_Remote_User"):
            sent = {name: "ana", "X-Forwarded-For": PROXY}
            assert asked(client, peer, sent) is None


@pytest.mark.parametrize("name", ["", " ", "ana,ben", "ana\x7f", "a" * 200, "\xff"])
def test_a_name_that_cannot_be_one_is_nobodys(name: str, sample_site: Path) -> None:
    with at(sample_site, BEHIND) as client:
        assert asked(client, PROXY, {"X-Remote-User": name}) is None


def test_a_form_behind_a_proxy_is_bound_to_who_saw_it(sample_site: Path) -> None:
    with at(sample_site, msgspec.structs.replace(BEHIND, writers=("*",))) as client:
        add = client.application.add_url_rule
        add("/form", "form", lambda: csrf.field(who().secret))
        add("/change", "change", lambda: "done", methods=["POST"])

        def token_of(name: str) -> str:
            return csrf_in(client.get("/form", **by(name)).text)

        def by(name: str) -> Any:
            return {
                "headers": {"X-Remote-User": name},
                "environ_overrides": {"REMOTE_ADDR": PROXY},
            }

        form = {"csrf": token_of("ana")}
        assert client.post("/change", data=form, **by("ana")).status_code == 200
        assert client.post("/change", data=form, **by("ben")).status_code == 403


def test_what_a_proxy_says_of_address_scheme_and_host_counts_from_the_end(
    sample_site: Path,
) -> None:
    with at(sample_site, BEHIND) as client:

        def seen() -> dict[str, object]:
            return {"from": client_address(request.environ), "url": request.host_url}

        client.application.add_url_rule("/seen", "seen", seen)
        headers = {
            "X-Remote-User": "ben",
            "X-Forwarded-For": f"127.0.0.1, {STRANGER}, 10.9.9.9",
            "X-Forwarded-Proto": "gopher, https",
            "X-Forwarded-Host": "evil.example, 192.0.2.7",
        }
        answer = client.get("/seen", headers=headers, environ_overrides={"REMOTE_ADDR": PROXY})
        assert answer.get_json() == {"from": STRANGER, "url": "https://192.0.2.7/"}
        headers["X-Forwarded-Host"] = "evil.example"
        answer = client.get("/seen", headers=headers, environ_overrides={"REMOTE_ADDR": PROXY})
        assert answer.status_code == 421


def test_one_customer_of_ipv6_is_one_address() -> None:
    one, other = ({"REMOTE_ADDR": f"2001:db8:1:2::{end}"} for end in ("1", "ffff:1"))
    assert client_address(one) == client_address(other) == "2001:db8:1:2::/64"
    assert client_address({"REMOTE_ADDR": "2001:db8:1:3::1"}) != client_address(one)


def test_behind_a_real_server_a_stranger_forges_no_headers(guarded_site: Path) -> None:
    with serving(guarded_site) as address:
        forged = {
            "X-Forwarded-Proto": "https",
            "X-Forwarded-Ssl": "on",
            "X-Forwarded-For": "10.1.2.3",
            "X-Remote-User": "ana",
            "Remote_User": "ana",
        }
        asking = urllib.request.Request(f"{address}/login", headers=forged)
        with urllib.request.urlopen(asking, timeout=30) as answer:
            cookies = answer.headers.get_all("Set-Cookie")
            assert csrf_in(answer.read().decode())
        assert cookies
        assert not any("Secure" in line for line in cookies)
