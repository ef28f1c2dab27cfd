"""What Morgue logs: events in lines, and neither secrets nor what readers look for."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from archive.access import Role
from archive.errors import SearchIndexError
from archive.store import FILE, Store
from morgue.noted import noted
from tests.command_line import run_morgue, run_process
from tests.http_server import Web, reply

FEED = """<rss version="2.0"><channel><title>The Gannet</title>
<item><guid>1</guid><title>Bridge shut</title><description>It was shut.</description></item>
</channel></rss>"""


def events(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_an_update_logs_each_source_and_its_end(tmp_path: Path, web: Web) -> None:
    web.pages["/feed?token=s3cr3t-one"] = reply(200, FEED.encode())
    address = f"{web.base}/feed?token=s3cr3t-one"
    assert run_morgue("add", address, "--as-is", site=tmp_path).returncode == 0
    gone = f"{web.base}/gone?api_key=s3cr3t-two"
    assert run_morgue("add", gone, "--as-is", site=tmp_path).returncode == 0
    done = run_process("update", "--log-format", "json", site=tmp_path, MORGUE_LOG_LEVEL="info")
    assert done.returncode == 3
    assert "s3cr3t" not in done.stderr + done.stdout
    told = events(done.stderr)
    named = {(e["event"], e.get("status")): e for e in told}
    assert named["update.source", "ok"]["address"] == f"{web.base}/feed?token=***"
    assert named["update.source", "ok"]["new"] == 1
    assert named["update.source", "failed"]["failed"] == 1
    failure = named["update.failure", None]
    assert failure["address"] == f"{web.base}/gone?api_key=***"
    assert "404" in failure["reason"]
    end = named["update.done", None]
    assert (end["code"], end["new"], end["failed"], end["indexed"]) == (3, 1, 1, 1)
    assert end["took_s"] > 0
    # What is told to people is an event too, so that every line is JSON.
    assert "complaint" in {e["event"] for e in told}
    with Store(tmp_path / FILE) as store:
        (run,) = store.updates()
        reasons = [f.reason for s in store.sources() for f in s.failures]
    assert (run.code, run.new, run.failed) == (3, 1, 1)
    assert not [reason for reason in reasons if "s3cr3t" in reason]


def test_an_update_without_trouble_still_says_nothing(tmp_path: Path, web: Web) -> None:
    web.pages["/feed"] = reply(200, FEED.encode())
    run_morgue("add", f"{web.base}/feed", "--as-is", site=tmp_path)
    done = run_process("update", site=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_bad_usage_is_one_line_in_json(tmp_path: Path) -> None:
    done = run_morgue("--log-format", "json", "update", "--nowhere", site=tmp_path)
    assert done.returncode == 2
    (told,) = events(done.stderr)
    assert "No such option" in told["message"]


def test_an_error_that_ends_a_command_is_one_line_in_json(tmp_path: Path) -> None:
    done = run_morgue("search", "x", "--log-format", "json", site=tmp_path)
    assert done.returncode == 2
    (told,) = events(done.stderr)
    assert (told["level"], told["event"], told["code"]) == ("error", "complaint", 2)
    assert "there is no archive here yet" in told["message"]


@pytest.mark.parametrize(
    ("error", "code", "reason"),
    [
        (SearchIndexError("cannot be written", "index"), 1, "index: cannot be written"),
        (ValueError("https://u:hunter22@h/"), 1, "https://***@h/"),
        (KeyboardInterrupt(), 130, "stopped"),
    ],
)
def test_what_ended_an_update_is_noted(
    tmp_path: Path, error: BaseException, code: int, reason: str
) -> None:
    def ends(store: Store) -> None:
        with noted(store, whole=True) as running:
            running.new = 3
            raise error

    with Store(tmp_path / FILE) as store:
        with pytest.raises(type(error)):
            ends(store)
        (run,) = store.updates()
    assert (run.code, run.reason, run.new) == (code, reason, 3)


def test_a_defect_that_ends_a_command_is_one_line_in_json(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: object) -> None:
        raise ValueError("https://u:hunter22@h/")

    monkeypatch.setattr("morgue.site.Site.open", fail)
    done = run_morgue("status", "--log-format", "json", site=own(tmp_path))
    assert done.returncode == 1
    (told,) = events(done.stderr)
    assert (told["level"], told["event"]) == ("error", "message")
    assert "ValueError" in told["traceback"]
    assert "hunter22" not in done.stderr


def own(folder: Path) -> Path:
    """A site with nothing in it."""
    with Store(folder / FILE):
        return folder


@contextmanager
def served(site: Path, *arguments: str) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Run `morgue serve`; give its address, and a list that has its log in the end."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "morgue", "--site", str(site), "serve", "--port", str(port)]
    server = subprocess.Popen(
        [*command, "--workers", "1", *arguments],
        env={**os.environ, "MORGUE_LOG_LEVEL": "info"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    address, told = f"http://127.0.0.1:{port}", []
    try:
        for _ in range(600):
            with suppress(OSError), urllib.request.urlopen(f"{address}/healthz", timeout=5):
                break
            assert server.poll() is None, server.communicate()
            time.sleep(0.05)
        yield address, told
    finally:
        server.terminate()
        told += events(server.communicate(timeout=30)[1])


def get(address: str, **headers: str) -> int:
    asked = urllib.request.Request(address, headers=headers)
    try:
        with urllib.request.urlopen(asked, timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


def test_requests_are_logged_without_what_was_looked_for_and_by_whom(
    own_sample_site: Path,
) -> None:
    with Store(own_sample_site / FILE) as store:
        token = store.add_token("zotero", Role.READ)
        article = next(store.articles()).id
    with served(own_sample_site, "--log-format", "json") as (address, told):
        assert get(f"{address}/search?q=fentanyl+whistleblower") == 200
        assert get(f"{address}/article/{article}", Authorization=f"Bearer {token}") == 200
        assert get(f"{address}/nowhere/whistleblower?token=s3cr3t-one") == 404
        with socket.create_connection(("127.0.0.1", int(address.rpartition(":")[2]))) as raw:
            raw.sendall(b"GARBAGE whistleblower\r\n\r\n")
            raw.recv(1000)
    asked = [e for e in told if e["event"] == "request" and e.get("route") != "/healthz"]
    # A line is written when its answer is gone, so another thread's may come before it.
    assert Counter((e["method"], e.get("route"), e["status"]) for e in asked) == {
        ("GET", "/search", 200): 1,
        ("GET", "/article/<article_id>", 302): 1,
        ("GET", "/article/<article_id>/<slug>", 200): 1,
        ("GET", None, 404): 1,
    }
    (read,) = [e for e in asked if e.get("route") == "/article/<article_id>/<slug>"]
    assert read["way"] == "token"
    assert all(e["took_ms"] > 0 for e in asked)
    whole = json.dumps(told)
    begun = next(e for e in told if e["event"] == "serve.begun")
    assert begun["address"] == address
    left = whole.replace(address, "").replace(str(own_sample_site), "")
    for hidden in ("whistleblower", "fentanyl", token, article, "s3cr3t", "127.0.0.1", "zotero"):
        assert hidden not in left


def test_a_page_that_fails_is_logged_with_its_traceback_in_one_line(own_sample_site: Path) -> None:
    with served(own_sample_site, "--log-format", "json") as (address, told):
        (own_sample_site / FILE).write_bytes(b"no store" * 1000)
        assert get(f"{address}/search?q=whistleblower") == 503
    request = next(e for e in told if e["event"] == "request" and e["status"] == 503)
    assert request["path"] == "/search"
    assert "whistleblower" not in json.dumps(told)
