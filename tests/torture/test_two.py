"""Two of anything do no damage: runs that overlap, are stopped, killed, or lose their site."""

import http.client
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from archive.store import FILE, Store
from tests.command_line import answer, run_morgue, run_process
from tests.conftest import Tally
from tests.http_server import Handler, Web, reply
from tests.indexer.conftest import make_article
from tests.web.conftest import serving


def feed(*names: str) -> bytes:
    items = "".join(
        f"<item><title>{name}</title><link>http://quay.example/{name}</link>"
        f"<description>{name} came to the quay on Thursday, said the harbour master.</description>"
        "</item>"
        for name in names
    )
    return f"<rss version='2.0'><channel><title>Quay</title>{items}</channel></rss>".encode()


class Slow:
    """A feed that answers when it is told to; *asked* says that somebody waits for it."""

    def __init__(self, *names: str) -> None:
        self.asked = threading.Event()
        self.go_on = threading.Event()
        self._answer: Handler = reply(200, feed(*names), content_type="application/rss+xml")

    def __call__(self, request: BaseHTTPRequestHandler) -> None:
        self.asked.set()
        self.go_on.wait(60)
        with suppress(OSError):
            self._answer(request)


def begun(*arguments: str, site: Path, **environment: str) -> subprocess.Popen[str]:
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("MORGUE_")}
    return subprocess.Popen(
        [sys.executable, "-m", "morgue", "--site", str(site), *arguments],
        env={**inherited, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    _, said = process.communicate(timeout=120)
    return process.returncode, said


@contextmanager
def an_update_at_work(web: Web, site: Path) -> Iterator[tuple[subprocess.Popen[str], Slow]]:
    """Give an update that waits for its feed, and what lets it go on."""
    slow = Slow("Ferry", "Gulls")
    web.pages["/slow"] = reply(200, feed("Ferry", "Gulls"), content_type="application/rss+xml")
    assert run_morgue("add", web.url("/slow"), site=site).returncode == 0
    web.pages["/slow"] = slow
    process = begun("update", site=site)
    try:
        assert slow.asked.wait(60)
        yield process, slow
    finally:
        slow.go_on.set()
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGCONT)
        if process.poll() is None:
            process.kill()
        process.communicate()


def whole(site: Path, articles: int) -> None:
    """The archive holds so many articles, and store and index are what they should be."""
    assert answer("status", site=site)["articles"] == articles
    done = run_morgue("verify", site=site)
    assert done.returncode == 0, done.stderr
    found = answer("search", site=site)
    assert found["articles"] == articles


def test_a_second_run_says_who_works_since_when_and_leaves_with_4(
    web: Web, tmp_path: Path, tally: Tally
) -> None:
    with an_update_at_work(web, tmp_path) as (first, slow):
        for command in ("update", "reindex", "verify"):
            done = run_morgue(command, site=tmp_path)
            assert done.returncode == 4, command
            assert "another run of Morgue is at work here: “morgue update” since 20" in done.stderr
            assert f"(process {first.pid})" in done.stderr
        # Who waits is served when the first is done.
        waits = begun("update", "--now", site=tmp_path, MORGUE_LOCK_TIMEOUT="60")
        adds = begun("add", "--name", "Clippings", str(tmp_path / "none"), site=tmp_path)
        slow.go_on.set()
        assert ended(first) == (0, "")
        assert ended(waits) == (0, "")
        assert ended(adds)[0] == 2
    whole(tmp_path, 2)
    assert not (tmp_path / "morgue.lock.by").exists()
    tally("overlapping runs", refused=3, waited=2, damage=0)


def test_a_lock_left_behind_by_a_killed_run_holds_nobody_up(web: Web, tmp_path: Path) -> None:
    with an_update_at_work(web, tmp_path) as (first, _):
        first.kill()
        first.wait()
        assert (tmp_path / "morgue.lock.by").exists()
    assert run_morgue("update", "--now", site=tmp_path).returncode == 0
    whole(tmp_path, 2)


@pytest.mark.torture
def test_many_runs_at_once_on_one_site_do_no_damage(
    own_sample_site: Path, tmp_path: Path, tally: Tally
) -> None:
    articles = answer("status", site=own_sample_site)["articles"]
    clippings = tmp_path / "clippings"
    clippings.mkdir()
    codes: list[int] = []
    added = 0
    for turn in range(2):
        for number in range(4):
            text = f"Report {turn} {number}\n\nThe quay of {turn * 4 + number} was closed.\n"
            (clippings / f"{turn}-{number}.txt").write_text(text)
            added += 1
        runs = [
            begun("add", str(clippings), site=own_sample_site),
            begun("update", site=own_sample_site, MORGUE_LOCK_TIMEOUT="60"),
            begun("update", site=own_sample_site),
            begun("reindex", site=own_sample_site, MORGUE_LOCK_TIMEOUT="60"),
            begun("reindex", site=own_sample_site),
            begun("search", "quay", site=own_sample_site),
            begun("export", "-o", str(tmp_path / "all.json"), site=own_sample_site),
        ]
        for run in runs:
            code, said = ended(run)
            codes.append(code)
            assert code in (0, 4), said
            assert code == 0 or "at work here" in said
    assert run_morgue("update", site=own_sample_site).returncode == 0
    whole(own_sample_site, articles + added)
    tally("runs at once", runs=len(codes), done=codes.count(0), refused=codes.count(4), damage=0)


@pytest.mark.torture
def test_a_run_that_was_suspended_goes_on_or_says_what_it_lost(
    web: Web, tmp_path: Path, tally: Tally
) -> None:
    """Its server hung up meanwhile, or its patience ran out: the feed is asked again."""
    with an_update_at_work(web, tmp_path) as (first, slow):
        first.send_signal(signal.SIGSTOP)
        done = run_morgue("update", site=tmp_path)
        assert done.returncode == 4
        assert f"(process {first.pid})" in done.stderr
        slow.go_on.set()
        time.sleep(2)
        first.send_signal(signal.SIGCONT)
        assert ended(first)[0] == 0
    whole(tmp_path, 2)
    web.pages["/slow"] = slow = Slow("Ferry", "Gulls", "Fog")
    first = begun("update", "--now", site=tmp_path, MORGUE_FETCH_TIMEOUT="2")
    assert slow.asked.wait(60)
    first.send_signal(signal.SIGSTOP)
    time.sleep(4)
    first.send_signal(signal.SIGCONT)
    code, said = ended(first)
    slow.go_on.set()
    assert code == 3
    assert "/slow: " in said
    whole(tmp_path, 2)
    assert run_morgue("update", "--now", site=tmp_path).returncode == 0
    whole(tmp_path, 3)
    tally("suspended runs", runs=2, damage=0)


def get(address: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(address, timeout=60) as answered:
            return answered.status, answered.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


@pytest.mark.torture
def test_two_servers_on_one_site_both_see_what_comes_in(
    own_sample_site: Path, tmp_path: Path, tally: Tally
) -> None:
    with serving(own_sample_site) as one, serving(own_sample_site) as other:
        port = one.rpartition(":")[2]
        third = run_process("serve", "--port", port, site=own_sample_site)
        assert third.returncode == 2
        assert f"127.0.0.1:{port}: cannot listen there: Address already in use" in third.stderr
        (tmp_path / "news.txt").write_text("A xebec in the harbour\n\nIt came at noon.\n")
        assert run_morgue("add", str(tmp_path / "news.txt"), site=own_sample_site).returncode == 0
        assert run_morgue("update", site=own_sample_site).returncode == 0
        for address in (one, other):
            status, page = get(f"{address}/search?q=xebec")
            assert status == 200
            assert "A <mark>xebec</mark> in the harbour" in page
    tally("servers", on_one_site=2, on_one_port_refused=1)


@pytest.mark.torture
def test_a_server_that_was_suspended_answers_those_who_waited(own_sample_site: Path) -> None:
    with serving(own_sample_site) as address:
        port = int(address.rpartition(":")[2])
        held = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        held.request("GET", "/search?q=bridge")
        held.getresponse().read()
        found = subprocess.run(
            ["pgrep", "-f", f"morgue .*{own_sample_site}.*--port {port}"],
            capture_output=True,
            text=True,
            check=True,
        )
        own = [int(pid) for pid in found.stdout.split()]
        for pid in own:
            os.kill(pid, signal.SIGSTOP)
        waits = threading.Timer(3, lambda: [os.kill(pid, signal.SIGCONT) for pid in own])
        waits.start()
        assert get(f"{address}/search?q=bridge")[0] == 200
        waits.join()
        with suppress(http.client.HTTPException, OSError):
            held.request("GET", "/search?q=bridge")
            assert held.getresponse().status == 200
        held.close()
        assert get(f"{address}/search?q=bridge")[0] == 200


def test_a_site_that_is_moved_while_it_is_served_is_missed_in_clear_words_and_found_again(
    own_sample_site: Path,
) -> None:
    from tests.web.conftest import client_of

    elsewhere = own_sample_site.with_name("elsewhere")
    with client_of(own_sample_site) as client:
        assert client.get("/search?q=bridge").status_code == 200
        own_sample_site.rename(elsewhere)
        for address in ("/", "/search?q=bridge", "/sources"):
            answered = client.get(address)
            assert answered.status_code == 503, address
            assert "articles.db, is not there" in answered.text
        assert not own_sample_site.exists(), "a page must make nothing where a site was"
        elsewhere.rename(own_sample_site)
        assert client.get("/search?q=bridge").status_code == 200


def test_a_store_that_is_replaced_while_it_is_served_gives_no_answers_from_the_old_index(
    own_sample_site: Path, tmp_path: Path
) -> None:
    from tests.web.conftest import client_of

    with Store(tmp_path / "other.db") as other:
        other.put(make_article("xebec", "A xebec in the harbour"))
    with client_of(own_sample_site) as client:
        assert client.get("/search?q=bridge").status_code == 200
        os.replace(tmp_path / "other.db", own_sample_site / FILE)
        answered = client.get("/search?q=bridge")
        assert answered.status_code == 503
        assert "Nothing can be searched until" in answered.text
        assert client.get("/article/xebec", follow_redirects=True).status_code == 200
        assert answer("update", site=own_sample_site)["index"]["rebuilt"] is not None
        assert "1 article" in client.get("/search?q=xebec").text


def test_an_older_copy_of_the_store_put_back_while_it_is_served_is_noticed(
    own_sample_site: Path, tmp_path: Path
) -> None:
    from tests.web.conftest import client_of

    shutil.copy(own_sample_site / FILE, tmp_path / FILE)
    (tmp_path / "news.txt").write_text("A xebec in the harbour\n\nIt came at noon.\n")
    run_morgue("add", str(tmp_path / "news.txt"), site=own_sample_site)
    run_morgue("update", site=own_sample_site)
    with client_of(own_sample_site) as client:
        assert "1 article" in client.get("/search?q=xebec").text
        os.replace(tmp_path / FILE, own_sample_site / FILE)
        answered = client.get("/search?q=xebec")
        assert answered.status_code in (200, 503)
        assert "It came at noon" not in answered.text
        assert (
            answer("update", site=own_sample_site)["index"]["rebuilt"]
            == "the store is older than the index"
        )
        assert client.get("/search?q=bridge").status_code == 200
