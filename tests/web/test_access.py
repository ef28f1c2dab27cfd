"""Who may do what: all routes, by everybody who may ask."""

import sqlite3
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from archive.access import Role
from archive.store import FILE, Store
from tests.web.conftest import client_of, csrf_in

PASSWORDS = {"ana": "correct horse battery", "ben": "staple of the quay"}
PROXY = "10.1.2.3"


@pytest.fixture
def site(own_sample_site: Path) -> Path:
    """A site where Ana may write and Ben may read."""
    with Store(own_sample_site / FILE) as store:
        store.set_account("ana", PASSWORDS["ana"], Role.WRITE)
        store.set_account("ben", PASSWORDS["ben"], Role.READ)
    return own_sample_site


@pytest.fixture
def client(site: Path) -> Iterator[FlaskClient]:
    with client_of(site) as opened:
        yield opened


def sign_in(client: FlaskClient, name: str, target: str = "/") -> None:
    token = csrf_in(client.get("/login").text)
    form = {"name": name, "password": PASSWORDS[name], "next": target, "csrf": token}
    answer = client.post("/login", data=form)
    assert answer.status_code == 303


def content(site: Path) -> str:
    """A digest of all that the store holds."""
    with sqlite3.connect(site / FILE) as db:
        digest = sha256("\n".join(db.iterdump()).encode()).hexdigest()
    db.close()
    return digest


def test_at_this_machine_who_sits_there_reads_and_writes(own_sample_site: Path) -> None:
    with client_of(own_sample_site) as client:
        assert client.get("/").status_code == 200
        assert "Sign out" not in client.get("/").text


def test_a_form_without_its_token_is_refused_and_says_to_reload(client: FlaskClient) -> None:
    client.get("/login")
    answer = client.post("/login", data={"name": "ana", "password": PASSWORDS["ana"]})
    assert answer.status_code == 403
    assert "reload the page" in answer.text
