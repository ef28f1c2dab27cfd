"""A client for one page at a time, and a real server for a real browser."""

import os
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache
from playwright.sync_api import Browser, Page, sync_playwright

from archive.access import Role, hashed_password
from archive.ingest.readers.reading import Here, Readers
from archive.settings import Settings
from archive.store import FILE, Store
from web import create_app
from web.intake import Intake


class NearIntake(Intake):
    """An intake that reads what is brought in this process, which takes a tenth of the time."""

    def readers(self) -> AbstractContextManager[Readers]:
        """Give what reads here."""
        return nullcontext(Here())


@contextmanager
def client_of(
    site: Path, settings: Settings | None = None, intake: Intake | None = None
) -> Iterator[FlaskClient]:
    """Give a client of the app over *site*, and let go of its index in the end."""
    app = create_app(site, settings, intake or NearIntake(settings or Settings()))
    yield app.test_client()
    app.extensions["live_index"].close()


@pytest.fixture(scope="session", autouse=True)
def _compiled_templates(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Templates are compiled once, and not for every app."""
    compiled = FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))
    with pytest.MonkeyPatch.context() as changed:
        changed.setitem(Flask.jinja_options, "bytecode_cache", compiled)
        yield


@pytest.fixture
def client(sample_site: Path) -> Iterator[FlaskClient]:
    with client_of(sample_site) as opened:
        yield opened


def csrf_in(page: str) -> str:
    """The token of a form on a page; ``client.post(address, data={"csrf": csrf_in(page), …})``."""
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found, page
    return found[1]


PASSWORDS = {"ana": "correct horse battery", "ben": "staple of the quay"}


@pytest.fixture(scope="session")
def _guarded_site(_sample_site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    site = Path(shutil.copytree(_sample_site, tmp_path_factory.mktemp("guarded") / "site"))
    with Store(site / FILE) as store:
        store.set_account("ana", PASSWORDS["ana"], Role.WRITE)
        store.set_account("ben", PASSWORDS["ben"], Role.READ)
    with closing(sqlite3.connect(site / FILE)) as db, db:
        # As strong hashes as a test can wait for.
        for name, password in PASSWORDS.items():
            weak = hashed_password(password, log_n=4)
            db.execute("UPDATE account SET password = ? WHERE name = ?", [weak, name])
    return site


@pytest.fixture
def guarded_site(_guarded_site: Path, tmp_path: Path) -> Path:
    """A site of the test's own where Ana may write and Ben may read."""
    return Path(shutil.copytree(_guarded_site, tmp_path / "guarded"))


def sign_in(client: FlaskClient, name: str) -> None:
    """Sign in as *name*, whose password is the one above."""
    form = {"name": name, "password": PASSWORDS[name], "csrf": csrf_in(client.get("/login").text)}
    assert client.post("/login", data=form).status_code == 303


@contextmanager
def serving(site: Path) -> Iterator[str]:
    """Run `morgue serve` over *site* with two workers; give its address."""
    with running(site) as (address, _):
        yield address


@contextmanager
def running(site: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Run `morgue serve` as `serving` does; give its address and its process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "morgue", "--site", str(site), "serve", "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(2400):
            try:
                urllib.request.urlopen(address, timeout=5).close()
                break
            except urllib.error.HTTPError:
                break
            except OSError:
                assert server.poll() is None, server.stderr and server.stderr.read()
                time.sleep(0.05)
        yield address, server
    finally:
        server.terminate()
        server.wait(timeout=20)
        if server.stderr:
            server.stderr.close()


@pytest.fixture(scope="session")
def server(sample_site: Path) -> Iterator[str]:
    """The address of a real server over the sample archive."""
    with serving(sample_site) as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A real Chromium; without one the tests skip, unless MORGUE_BROWSER says it is required."""
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
    if program is None:
        reason = "there is no Chromium here: apt-get install chromium"
        if os.environ.get("MORGUE_BROWSER") == "required":
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=program,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser, server: str) -> Iterator[Page]:
    """A page that fails its test when anything is loaded from elsewhere or a script fails."""
    context = browser.new_context(base_url=server, viewport={"width": 1440, "height": 900})
    opened = context.new_page()
    wrong: list[str] = []
    opened.on("pageerror", lambda error: wrong.append(f"script: {error}"))
    opened.on(
        "request",
        lambda request: None if request.url.startswith(server) else wrong.append(request.url),
    )
    yield opened
    context.close()
    assert not wrong
