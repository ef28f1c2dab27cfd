"""No address, parameter or form makes Morgue fail: a crawl that changes all that it finds.

Links and forms of the full sample are followed from the front page. Then addresses are
drawn from what was found and changed: a parameter left out, doubled, filled with something
hostile, a path cut, stretched or swapped. An answer may refuse, with a designed page; it
may not fail.
"""

import http.client
import random
import re
from collections.abc import Iterator, Mapping
from html import unescape
from typing import Final
from urllib.parse import parse_qsl, quote, urlencode, urljoin, urlsplit

import pytest

from tests.web.reach.houses import House
from tests.web.reach.test_screens import is_designed

_LINK: Final = re.compile(r'<(?:a|link)\b[^>]*?\bhref="([^"]+)"')
_FORM: Final = re.compile(r"<form\b([^>]*)>(.*?)</form>", re.DOTALL)
_NAME: Final = re.compile(r'name="([^"]+)"(?:[^>]*?value="([^"]*)")?')
_ACTION: Final = re.compile(r'\b(?:form)?action="([^"]+)"')

HOSTILE: Final = (
    *("", " ", "0", "-1", "1e9", "99999999999999999999999", "NaN", "٣", "½", "yes", "None"),
    *("\x00", "\x1b[0m", "\ud800", "\u202e", "é" * 2000, "桥", "a" * 9000, "%", "%ff", "%00"),
    *("'", '"', "<script>", "{{7*7}}", "../../etc/passwd", "//example.org", "javascript:1"),
    *("*", "?", "~", '"', "((((", "a" + " OR a" * 200, "NOT", "a W/99999 b", "/.*/", "-", ":"),
    *("0000-00-00", "9999-12-31", "2024-02-30", "2024-13", "2024..2023", "-2024", "since:0d"),
    *("9" * 400, "2147483648", "9223372036854775808", "[]", "a=b&c=d", "a\r\nSet-Cookie: x=1"),
)


def test_no_changed_address_or_form_makes_it_fail(houses: dict[str, House]) -> None:
    _crawl(houses["full"], pages=25, changed=150, seed=6)


@pytest.mark.gate
def test_no_changed_address_or_form_of_thousands_makes_it_fail(houses: dict[str, House]) -> None:
    _crawl(houses["full"], pages=150, changed=2500, seed=66)


@pytest.mark.gate
@pytest.mark.parametrize("house", ["new", "waiting", "unindexed", "away", "guarded"])
def test_in_no_state_does_a_changed_address_make_it_fail(
    house: str, houses: dict[str, House]
) -> None:
    known = _Known()
    _follow(houses["full"], known, pages=40)
    _ask_changed(houses[house], known, changed=150, seed=7, allowed=frozenset({503}))


class _Known:
    """Addresses and forms that pages of Morgue lead to."""

    def __init__(self) -> None:
        self.addresses: list[str] = ["/"]
        self.forms: list[tuple[str, dict[str, str]]] = []

    def learn(self, at: str, page: str) -> None:
        for link in _LINK.findall(page):
            self._add(urljoin(at, unescape(link)))
        for attributes, inside in _FORM.findall(page):
            fields = {unescape(name): unescape(value) for name, value in _NAME.findall(inside)}
            for action in _ACTION.findall(attributes + inside):
                where = urljoin(at, unescape(action))
                if 'method="post"' in attributes:
                    self.forms.append((where, fields))
                else:
                    self._add(f"{urlsplit(where).path}?{urlencode(fields)}")

    def _add(self, address: str) -> None:
        parts = urlsplit(address)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        if not parts.netloc and path.startswith("/") and path not in self.addresses:
            self.addresses.append(path)


def _crawl(house: House, *, pages: int, changed: int, seed: int) -> None:
    known = _Known()
    _follow(house, known, pages)
    assert len(known.addresses) > pages
    assert known.forms
    _ask_changed(house, known, changed, seed)


def _follow(house: House, known: _Known, pages: int) -> None:
    """Read *pages* pages, each kind of address before a second one of its kind."""
    read: dict[str, int] = {}
    done: set[str] = set()
    for _ in range(pages):
        left = [address for address in known.addresses if address not in done]
        if not left:
            break
        address = min(left, key=lambda one: read.get(_kind(one), 0))
        done.add(address)
        read[_kind(address)] = read.get(_kind(address), 0) + 1
        status, kind, body = _asked(house, "GET", address)
        assert status < 400 or status in (404, 410), (status, address)
        if kind.startswith("text/html"):
            known.learn(address, body)


def _kind(address: str) -> str:
    parts = urlsplit(address)
    path = re.sub(r"/(article|saved|assets)/[^/.]+(/[^/.]+)?", r"/\1/x", parts.path)
    return f"{path}?{sorted({name for name, _ in parse_qsl(parts.query)})}"


def _ask_changed(
    house: House,
    known: _Known,
    changed: int,
    seed: int,
    allowed: frozenset[int] = frozenset(),
) -> None:
    draw = random.Random(seed)
    wrong = []
    for method, address, form in _changed(known, draw, changed):
        status, kind, body = _asked(house, method, address, form)
        if status >= 500 and status not in allowed:
            wrong.append(f"{status}: {method} {address[:300]} {form}")
        elif status >= 400 and kind.startswith("text/html") and not is_designed(body):
            wrong.append(f"{status}, no designed page: {method} {address[:300]} {body[:200]}")
    assert not wrong, "\n".join(wrong)


def _changed(
    known: _Known, draw: random.Random, count: int
) -> Iterator[tuple[str, str, dict[str, str] | None]]:
    kinds: dict[str, list[str]] = {}
    for address in known.addresses:
        kinds.setdefault(_kind(address), []).append(address)
    for number in range(count):
        if known.forms and number % 6 == 0:
            where, fields = draw.choice(known.forms)
            form = {
                name: value if name == "csrf" and draw.random() < 0.9 else _value(draw, value)
                for name, value in fields.items()
                if draw.random() < 0.9
            }
            if not urlsplit(where).path.endswith(("/logout", "/delete")):
                yield "POST", where if draw.random() < 0.8 else _path(draw, where), form
            continue
        address = draw.choice(kinds[draw.choice(list(kinds))])
        for _ in range(draw.randint(1, 3)):
            address = _parameter(draw, address) if draw.random() < 0.7 else _path(draw, address)
        yield "HEAD" if draw.random() < 0.05 else "GET", address, None


def _value(draw: random.Random, value: str) -> str:
    way = draw.random()
    if way < 0.6:
        return draw.choice(HOSTILE)
    if way < 0.8:
        return value[: draw.randint(0, len(value))] + draw.choice(HOSTILE)
    return value


def _parameter(draw: random.Random, address: str) -> str:
    path, _, query = address.partition("?")
    pairs = parse_qsl(query, keep_blank_values=True, errors="surrogateescape")
    pairs = pairs or [(draw.choice(("q", "page", "from", "source", "sort", "before")), "")]
    at = draw.randrange(len(pairs))
    name, value = pairs[at]
    way = draw.random()
    if way < 0.1:
        del pairs[at]
    elif way < 0.2:
        pairs.append((name, _value(draw, value)))
    elif way < 0.3:
        pairs[at] = (f"-{name}", value)
    elif way < 0.35:
        pairs[at] = (draw.choice(HOSTILE), value)
    elif way < 0.4:
        return f"{path}?{query}&{draw.choice(('%', '%zz', '=&=', ';;', '%ff=%fe', 'q'))}"
    else:
        pairs[at] = (name, _value(draw, value))
    return f"{path}?{urlencode(pairs, errors='surrogatepass')}"


def _path(draw: random.Random, address: str) -> str:
    path, mark, query = address.partition("?")
    parts = path.split("/")
    at = draw.randrange(1, len(parts))
    way = draw.random()
    if way < 0.4:
        parts[at] = quote(draw.choice(HOSTILE)[:2000], safe="", errors="surrogatepass")
    elif way < 0.6:
        parts[at] = parts[at][: draw.randint(0, len(parts[at]))]
    elif way < 0.75:
        parts.insert(at, parts[at])
    elif way < 0.9:
        parts[at] += draw.choice((".csv", ".atom", ".json", ".bib", ".nothing", ".", "%00"))
    else:
        del parts[at]
    return ("/".join(parts) or "/") + mark + query


def _asked(
    house: House, method: str, address: str, form: Mapping[str, str] | None = None
) -> tuple[int, str, str]:
    """Return status, kind and text of an answer, asked for as the address is written."""
    connection = http.client.HTTPConnection(urlsplit(house.base).netloc, timeout=60)
    body = None if form is None else urlencode(form, errors="surrogatepass").encode()
    headers = {} if body is None else {"Content-Type": "application/x-www-form-urlencoded"}
    try:
        connection.request(method, address if address[:1] == "/" else f"/{address}", body, headers)
        answer = connection.getresponse()
        text = answer.read().decode("utf-8", "replace")
        if method == "HEAD":
            return answer.status, "", ""
        return answer.status, answer.headers.get("Content-Type", ""), text
    finally:
        connection.close()
