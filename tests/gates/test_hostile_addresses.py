"""Whatever is asked of the real server, by gunicorn and its workers: an answer, and soon.

Hostile queries as they are typed, and every route with its parameters filled with them and
with worse. What an answer takes is counted in seconds of the workers' processors, for the
machine that tests run on is busy with other things.
"""

import http.client
import os
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlencode, urlsplit

import pytest

from bench.searching.hostile import MOST_SECONDS, queries
from indexer.request import NARROWING
from tests.conftest import Tally
from tests.web.conftest import csrf_in, running
from tests.web.reach.test_crawl import HOSTILE
from web import create_app

pytestmark = pytest.mark.torture

COUNT: Final = 2_000
FORMS: Final = 60
_TICK: Final = os.sysconf("SC_CLK_TCK")
_LONGEST: Final = 7_000
_NAMES: Final = (
    *("q", "from", "to", "sort", "page", "limit", "undated", "copies", "telling", "timeline"),
    *("words", "rank", "unrelated", "newer", "why", "id", "text", "bom", "find", "show", "before"),
    *("unit", "next", "url", "format", "revision", "cursor", "facet", "source_id", "after"),
    *NARROWING,
    *(f"not-{name}" for name in NARROWING),
)
_YES: Final = {
    "why": "yes",
    "telling": "yes",
    "timeline": "yes",
    "copies": "yes",
    "rank": "related",
}
_ENDINGS: Final = ("csv", "json", "jsonl", "ris", "bib", "csl", "atom", "rss", "opml", "<b>")


def test_no_query_and_no_address_stalls_the_server_or_makes_it_fail(
    ten_thousand: Path, tally: Tally
) -> None:
    draw = random.Random(707)
    wrong: list[str] = []
    slowest = 0.0
    with running(ten_thousand) as (base, server):
        workers = _children(server.pid)
        csrf, cookie = _form(base)
        asked = [*_addresses(ten_thousand, draw)]
        forms = [*_forms(draw, csrf)]
        for method, address, body in (*asked, *forms):
            before = _cpu(workers)
            status = _answered(base, method, address, body, cookie)
            took = _cpu(workers) - before
            slowest = max(slowest, took)
            if status >= 500 or took > MOST_SECONDS:
                wrong.append(f"{status} {took:.2f} s: {method} {address[:300]} {body[:300]!r}")
        assert _children(server.pid) == workers
    assert not wrong, "\n".join(wrong)
    assert len(asked) == COUNT
    tally("queries over HTTP", addresses=len(asked), forms=len(forms), failed=0, longer_than_a_s=0)


def _addresses(site: Path, draw: random.Random) -> Iterator[tuple[str, str, bytes]]:
    """Every second one is a search; the others are all routes by turns."""
    app = create_app(site)
    app.extensions["live_index"].close()
    rules = [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())]
    typed = list(queries(COUNT))
    for number in range(COUNT):
        text = typed[number]
        if number % 2:
            wishes = dict(draw.sample(list(_YES.items()), draw.randint(0, 3)))
            yield "GET", f"/search?{_encoded([('q', text), *wishes.items()])}", b""
            continue
        rule = rules[number // 2 % len(rules)]
        parts = {name: _part(name, draw) for name in rule.arguments}
        path = str(rule.rule)
        for name, value in parts.items():
            for kind in ("", "int:", "path:"):
                path = path.replace(f"<{kind}{name}>", quote(value, safe="", errors="replace"))
        pairs = [(draw.choice(_NAMES), draw.choice(HOSTILE)) for _ in range(draw.randint(0, 4))]
        if path.startswith("/search."):
            # A whole export takes as long as it is large; here it is asked for a part.
            pairs.insert(0, ("limit", "200"))
        if draw.random() < 0.7:
            pairs.append((draw.choice(("q", "q", "find", "source", "topic")), text))
        yield draw.choice(("GET",) * 9 + ("HEAD",)), f"{path}?{_encoded(pairs)}", b""


def _part(name: str, draw: random.Random) -> str:
    if name == "ending":
        return draw.choice(_ENDINGS)
    if name == "facet":
        return draw.choice((*NARROWING, "byline", "nothing"))
    return draw.choice(("1", "2", draw.choice(HOSTILE)[:500] or "x"))


def _encoded(pairs: list[tuple[str, str]]) -> str:
    return urlencode(pairs, errors="replace")[:_LONGEST]


def _forms(draw: random.Random, csrf: str) -> Iterator[tuple[str, str, bytes]]:
    """Searches that are saved, which asks for them at once, and names that sign in."""
    typed = list(queries(FORMS))
    for number in range(FORMS):
        text = typed[number]
        name = f"{number} {draw.choice(HOSTILE)}"[:100]
        fields = {"csrf": csrf, "name": name, "password": draw.choice(HOSTILE), "next": text}
        if number % 6:
            fields["address"] = f"/search?{_encoded([('q', text)])}"
            yield "POST", "/saved", urlencode(fields, errors="replace").encode()
        else:
            yield "POST", "/login", urlencode(fields, errors="replace").encode()[:15_000]


def _form(base: str) -> tuple[str, str]:
    connection = http.client.HTTPConnection(urlsplit(base).netloc, timeout=60)
    connection.request("GET", "/search?q=said")
    answer = connection.getresponse()
    csrf = csrf_in(answer.read().decode())
    cookie = (answer.headers["Set-Cookie"] or "").partition(";")[0]
    connection.close()
    return csrf, cookie


def _answered(base: str, method: str, address: str, body: bytes, cookie: str) -> int:
    """Return the status of an answer that was read to its end."""
    connection = http.client.HTTPConnection(urlsplit(base).netloc, timeout=60)
    headers = {"Cookie": cookie}
    if body:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    try:
        connection.request(method, address, body, headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()


def _children(pid: int) -> list[int]:
    return sorted(map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()))


def _cpu(pids: list[int]) -> float:
    """Seconds of the processor that processes took so far."""
    total = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total / _TICK
