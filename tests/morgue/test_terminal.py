"""What strangers wrote steers no terminal, forges no line, and breaks no command."""

import io
import json
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest
from rich.console import Console

from archive.article import Article
from archive.identity import article_id
from archive.source import Kind
from archive.store import FILE, Store
from morgue import output
from tests.command_line import run_morgue
from tests.http_server import Web, reply

EVIL: Final = (
    "\x1b]0;title\x07\x1b[2J\x1b[31mred\x9b31m\x90q\x9d0;x\x9c "
    "\u202edlrow\u202c \u2066isolated\u2069 \x7f\x08\x08 \r\x0b\x0c\x85 [/red] [bold]x :smile:"
)
STEERING: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@pytest.fixture(scope="module")
def evil_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    site = tmp_path_factory.mktemp("evil") / "site"
    site.mkdir()
    made = [
        Article(
            id=article_id(f"https://evil.example/{number}"),
            url=f"https://evil.example/{number}?{EVIL}",
            source=f"Source {EVIL}",
            headline=f"Bridge {number} {EVIL}",
            text=f"The bridge {EVIL} is open.\n\n{EVIL}",
            byline=(f"Ana {EVIL}",),
            agency=EVIL,
            dateline=EVIL,
            section=EVIL,
            topics=(f"topic {EVIL}",),
            credits=EVIL,
            caption=EVIL,
            language="en",
        )
        for number in range(3)
    ]
    with Store(site / FILE) as store:
        for article in made:
            store.put(article)
        store.put(replace(made[0], text=f"The bridge {EVIL} is shut."))
        store.add_source(Kind.FEED, "http://127.0.0.1:9/feed", f"Feed {EVIL}")
        store.save_search("Bridges", '{"text": "bridge"}')
    run_morgue("update", site=site)
    return site


@pytest.mark.parametrize(
    "arguments",
    [
        ("search", "bridge"),
        ("search", "bridge", "--explain", "--telling", "--timeline", "--copies", "--related"),
        ("search", "bridge", "--facet", "topic"),
        ("search", EVIL.replace("\x00", "")),
        ("search", "bridge", "--from", EVIL),
        ("article", "ID"),
        ("article", "ID", "--changes"),
        ("article", EVIL),
        ("sources",),
        ("status",),
        ("coverage",),
        ("coverage", "--dates"),
        ("topics",),
        ("saved",),
        ("verify",),
        ("update", "-v"),
        ("update", EVIL),
        ("withdraw", EVIL),
    ],
    ids=lambda arguments: " ".join(arguments)[:30].encode("ascii", "replace").decode(),
)
@pytest.mark.parametrize("as_json", [False, True], ids=["words", "json"])
def test_no_command_says_what_steers_a_terminal(
    arguments: tuple[str, ...], as_json: bool, evil_site: Path
) -> None:
    known = article_id("https://evil.example/0")
    asked = [known if one == "ID" else one for one in arguments]
    done = run_morgue(*asked, *(["--json"] if as_json else []), site=evil_site)
    # Rich's own bold and colours are for terminals; here there is none.
    assert not STEERING.search(done.stdout), done.stdout
    assert not STEERING.search(done.stderr), done.stderr
    if as_json and done.returncode == 0 and done.stdout:
        for line in done.stdout.splitlines():
            json.loads(line)


def test_what_json_escapes_for_the_terminal_is_the_same_to_programs(
    capsys: pytest.CaptureFixture[str],
) -> None:
    output.print_json({"headline": EVIL})
    said = capsys.readouterr().out
    assert not STEERING.search(said)
    assert json.loads(said) == {"headline": EVIL}


def test_a_failure_is_one_line_whatever_its_address_says(
    capsys: pytest.CaptureFixture[str],
) -> None:
    output.complain(
        f"https://evil.example/\nmorgue: all is well\u2028\x85: {EVIL}", output.State()
    )
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert len(said.splitlines()) == 1


def test_a_bar_of_progress_shows_names_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not as markup: ``[/b]`` in a feed's title ended an update that was watched."""
    shown = io.StringIO()
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setattr(
        output, "Console", lambda **_: Console(file=shown, force_terminal=True, width=200)
    )
    monkeypatch.setattr(output, "state", output.State)
    with output.progress() as show:
        show(f"News [/b] {EVIL}", 1, 2)
        show(f"News [/b] {EVIL}", 2, 2)
    assert "[/b]" in shown.getvalue()
    assert "\x1b]0;title" not in shown.getvalue()
    assert "\u202e" not in shown.getvalue()


def test_a_feed_that_fails_with_evil_words_is_told_harmlessly(web: Web, tmp_path: Path) -> None:
    web.pages["/feed"] = reply(body=f"<x>{EVIL}".encode(), content_type="text/\x1bxml")
    web.pages["/gone"] = reply(302, location="http://evil.example\x1b[31m/\u202e")
    for path in ("/feed", "/gone"):
        run_morgue("add", web.url(path), site=tmp_path)
    done = run_morgue("update", "-v", site=tmp_path)
    for said in (done.stdout, done.stderr, run_morgue("status", site=tmp_path).stdout):
        assert not STEERING.search(said), said


@pytest.fixture
def logged(sample_site: Path, tmp_path: Path) -> Iterator[tuple[int, Path]]:
    """A server, its port, and the file of its log."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = tmp_path / "log.txt"
    with log.open("wb") as file:
        server = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "morgue",
                "--site",
                str(sample_site),
                "serve",
                "--port",
                f"{port}",
            ],
            stdout=file,
            stderr=file,
        )
    try:
        for _ in range(1200):
            with closing(socket.socket()) as probe:
                if not probe.connect_ex(("127.0.0.1", port)):
                    break
            time.sleep(0.05)
        yield port, log
        server.terminate()
        assert server.wait(timeout=20) == 0
    finally:
        server.kill()
        server.wait()


def test_no_request_forges_a_line_of_the_log(logged: tuple[int, Path]) -> None:
    port, log = logged
    evil = b"\x1b[31m\r forged\x9b31m"
    for sent in (
        b"GET /\x1b[31m HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"\x1b]0;x\x07 / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + evil + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nX\x1b[31m: y\r\n\r\n",
        b"GET /%0aforged%1b[31m?q=%0d%0aforged HTTP/1.1\r\nHost: a\xc2\x9bb\r\n\r\n",
        b"GET / HTTP/\x1b[31m\r\n\r\n",
        b"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: \x1b[31m\r\n\r\n",
        b"POST /login HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: \x1b[31m\r\n\r\n",
    ):
        with closing(socket.create_connection(("127.0.0.1", port), timeout=20)) as asked:
            asked.sendall(sent)
            asked.recv(65536)
    said = log.read_bytes().decode("utf-8", "replace")
    assert not STEERING.search(said), said
    for line in said.splitlines():
        assert not line.strip().startswith("forged"), said
