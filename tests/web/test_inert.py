"""The text of feeds and files is inert: shown as it is written, on every page, run nowhere.

A real Chromium looks at an archive whose every field is an attack (`hostile_texts`). It
notes each script that runs, dialog that opens, request that leaves our own origin, and
violation of the policy that it had to stop; and each document is searched for what could
not be ours: handlers, styles, frames, addresses of other schemes.
"""

import csv
import email
import email.policy
import io
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit
from xml.etree import ElementTree

import bibtexparser
import pytest
import rispy
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Dialog, Page, Route
from playwright.sync_api import Error as BrowserError
from werkzeug.datastructures import Headers

from archive.export.registry import FORMATS
from archive.export.tables import guarded
from archive.store import FILE, Store
from tests.command_line import run_morgue
from tests.conftest import Tally
from tests.http_server import serving_web
from tests.web.conftest import client_of, csrf_in
from tests.web.hostile_texts import OWN, WORD, build, chunks, payloads
from tests.web.reach.houses import served
from tests.web.reach.screens import SCREENS
from web import create_app, policy

pytestmark = pytest.mark.browser

_IN_A_LINE: Final = 15
"""Payloads in one address, which has its longest line."""


@dataclass
class Hostile:
    """An archive of attacks, served at *base*."""

    site: Path
    base: str
    attacks: Sequence[str]
    names: dict[str, str]
    articles: list[str]
    uncleaned: list[str]


@contextmanager
def hostile(site: Path, attacks: Sequence[str]) -> Iterator[Hostile]:
    with serving_web() as web:
        names = build(site, web, attacks)
    with Store(site / FILE) as store:
        kept = list(store.articles())
        articles = [one.id for one in kept]
        uncleaned = [one.id for one in kept if one.text.startswith(f"{WORD} first.")]
    app = create_app(site)
    with served(app) as base:
        yield Hostile(site, base, attacks, names, articles, uncleaned)


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hostile]:
    with hostile(tmp_path_factory.mktemp("few") / "site", OWN) as made:
        yield made


@pytest.fixture(scope="module")
def every(tmp_path_factory: pytest.TempPathFactory, corpora: Path) -> Iterator[Hostile]:
    with hostile(tmp_path_factory.mktemp("every") / "site", payloads(corpora)) as made:
        yield made


@dataclass
class Watch:
    """A page of a real browser, and all that happened in it that must not."""

    page: Page
    base: str
    wrong: list[str] = field(default_factory=list)
    documents: int = 0

    def begin(self) -> None:
        self.page.expose_function("toldOf", lambda what: self._stopped(what))
        self.page.add_init_script(_LISTEN)
        self.page.on("dialog", self._dialog)
        self.page.on("pageerror", lambda error: self.wrong.append(f"script: {error}"))
        self.page.on("popup", lambda popup: self.wrong.append(f"window: {popup.url}"))
        self.page.on("request", self._request)

    def _stopped(self, what: dict[str, str]) -> None:
        # Chromium shows XML by a page of its own, whose style our policy forbids, too.
        if what["kind"] == "text/html" or not what["directive"].startswith("style-src"):
            self.wrong.append(f"violation: {what}")

    def _dialog(self, dialog: Any) -> None:
        self.wrong.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _request(self, request: Any) -> None:
        if not request.url.startswith((f"{self.base}/", "about:blank")):
            self.wrong.append(f"request: {request.url}")

    def look(self, address: str) -> None:
        """Open a page, wait for all that it loads, and search it."""
        try:
            self.page.goto(self.base + address, wait_until="load")
        except BrowserError as error:
            if "Download is starting" not in error.message:
                raise
            return
        self.documents += 1
        self.wrong += [f"{address[:200]}: {odd}" for odd in self.page.evaluate(_SEARCH, None)]

    def read(self, addresses: Sequence[str]) -> None:
        """Read pages as the browser's parser does, without opening them, and search them."""
        for some in chunks(addresses, 50):
            found = self.page.evaluate(_READ, list(some))
            self.wrong += found
            self.documents += len(some)


@pytest.fixture
def watch(browser: Browser) -> Iterator[Callable[[str], Watch]]:
    contexts = []

    def begin(base: str) -> Watch:
        context = browser.new_context(base_url=base, viewport={"width": 1440, "height": 900})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)
        begun = Watch(page, base)
        begun.begin()
        return begun

    yield begin
    for context in contexts:
        context.close()


def screens(names: dict[str, str]) -> list[str]:
    """Every screen that shows what the archive holds."""
    shown = [one.address for one in SCREENS if one.house == "full" and one.form is None]
    return [
        *(address.format_map(names) for address in shown),
        f"/search?q={WORD}&copies=yes&telling=yes&timeline=yes&why=yes&limit=50",
        *(f"/search/facet/{facet}?q={WORD}" for facet in ("topic", "byline", "source", "agency")),
        "/search/facet/language",
        f"/article/{names['article']}/changes/2",
        f"/article/{names['article']}/beside/{names['arabic']}",
        *("/sources", "/sources/1", "/sources/2", "/sources/1/remove", "/sources/add"),
        *("/sources/upload", "/saved/3", "/saved/4", "/sources.opml", "/opensearch.xml"),
        f"/search.atom?q={WORD}&text=yes&limit=1000",
        f"/search.rss?q={WORD}&text=yes&limit=1000",
        *("/saved/1.atom", f"/unapi?id={names['article']}", "/api/v1/openapi.json"),
        *(f"/api/v1/search?q={WORD}", "/api/v1/sources", "/api/v1/saved", "/complete.json?q=al"),
    ]


def quoted(attacks: Sequence[str]) -> list[str]:
    """Addresses that ask for payloads in every parameter, and in paths that are none."""
    asked: list[str] = []
    for some in chunks(attacks, _IN_A_LINE):
        text = " ".join(some).encode("utf-8", "replace").decode()[:2000]
        ways = (
            *((name, "/search") for name in ("from", "sort", "limit", "source", "not-topic")),
            *(("find", "/search/facet/topic"), ("next", "/login"), ("url", "/article")),
            *(("show", "/sources"), ("find", "/sources"), ("unit", "/coverage")),
        )
        name, path = ways[len(asked) // 4 % len(ways)]
        asked += [
            f"/search?{urlencode({'q': text})}",
            f"/nowhere/{quote(text[:700], safe='')}",
            f"{path}?{urlencode({name: text[:1500]})}",
            f"/search.{quote(text[:100], safe='')}",
        ]
    return asked


def look_at_all(made: Hostile, watch: Callable[[str], Watch], every: int = 1) -> tuple[int, int]:
    """Open every screen (or each *every*-th), and read all; say how many of each."""
    seen = watch(made.base)
    shown = screens(made.names)
    for address in shown[::every]:
        seen.look(address)
    for article in made.uncleaned:
        seen.look(f"/article/{article}?q={WORD}")
    asked = quoted(made.attacks)
    for address in asked[:: max(every, len(asked) // 25)]:
        seen.look(address)
    opened = seen.documents
    seen.look("/help")
    cleaned = [one for one in made.articles if one not in made.uncleaned]
    seen.read([*shown, *asked, *(f"/article/{one}" for one in cleaned[::2])])
    _type(seen)
    assert not seen.wrong, "\n".join(Counter(seen.wrong))
    return opened, seen.documents - opened


def _type(seen: Watch) -> None:
    """Have the type-ahead show what it finds in articles."""
    seen.look("/search")
    shown = 0
    for text in ("a", "al", "scr", "img", "svg", "jav", "on", "hos"):
        seen.page.locator("input[type=search]").fill("")
        seen.page.locator("input[type=search]").press_sequentially(text)
        seen.page.wait_for_timeout(250)
        shown += seen.page.locator(".completions li").count()
        seen.wrong += seen.page.evaluate(_SEARCH, None)
    assert shown


def test_no_text_of_ours_runs_on_any_page(few: Hostile, watch: Callable[[str], Watch]) -> None:
    opened, read = look_at_all(few, watch, every=5)
    assert opened > 12
    assert read > 60


@pytest.mark.torture
def test_no_payload_runs_on_any_page(
    every: Hostile, watch: Callable[[str], Watch], tally: Tally
) -> None:
    opened, read = look_at_all(every, watch)
    tally(
        "inert text",
        payloads=len(every.attacks),
        articles=len(every.articles),
        pages_opened=opened,
        pages_searched=opened + read,
        scripts_run=0,
        requests_elsewhere=0,
        dialogs=0,
        violations=0,
    )


@pytest.mark.torture
def test_the_watch_notes_what_it_is_to_note(few: Hostile, watch: Callable[[str], Watch]) -> None:
    """That nothing was found says something only where something would be."""
    for attack in (
        "<script>alert(1)</script>",
        "<img src=//evil.example/x.png>",
        "<p onclick=alert(1)>x</p>",
        "<a href='javascript:alert(1)'>x</a>",
        "<style>p { color: red }</style>",
    ):
        seen = watch(few.base)
        page = f"<!doctype html><title>x</title><main>{attack}</main>"
        headers = {**policy.HEADERS, "Content-Type": "text/html"}
        seen.page.route("**/help", partial(_fulfil, page, headers))
        seen.look("/help")
        assert seen.wrong, attack


def _fulfil(page: str, headers: dict[str, str], route: Route) -> None:
    route.fulfill(body=page, headers=headers)


def test_no_export_holds_what_its_reader_would_run(few: Hostile) -> None:
    check_exports(few)


@pytest.mark.torture
def test_no_payload_breaks_an_export(every: Hostile, tally: Tally) -> None:
    formats, records = check_exports(every)
    tally("inert exports", payloads=len(every.attacks), formats=formats, records=records, broken=0)


def check_exports(made: Hostile) -> tuple[int, int]:
    """Read each export with a parser that is not ours: as many records as there are articles."""
    records = 0
    with client_of(made.site) as client:
        found = client.get(f"/api/v1/search?q={WORD}&copies=yes").get_json()
        for form in FORMATS:
            answer = client.get(f"/search.{form.ending}?q={WORD}&text=yes&limit=1000")
            assert answer.status_code == 200, (form.name, answer.text)
            check_headers(answer.headers)
            assert answer.headers["Content-Type"] == form.content_type
            if not form.feed and form.ending != "json":  # The results are at that address.
                said = answer.headers["Content-Disposition"]
                assert re.fullmatch(r"attachment; filename=[\w.-]+", said), said
            count = _READERS[form.ending](answer.text)
            assert count > 0, form.name
            records += count
            for article in made.articles[::10]:
                one = client.get(f"/article/{article}.{form.ending}?text=yes")
                if one.status_code == 200:
                    assert _READERS[form.ending](one.text) == 1, (form.name, article)
                    records += 1
        for attack in made.attacks[:: max(1, len(made.attacks) // 200)]:
            text = attack.encode("utf-8", "replace").decode()
            answer = client.get(f"/search.csv?{urlencode({'q': text})}", buffered=True)
            check_headers(answer.headers)
            if answer.status_code == 200:
                said = answer.headers["Content-Disposition"]
                assert re.fullmatch(r"attachment; filename=[\w.-]+", said), said
        assert found
    return len(FORMATS), records


def check_headers(headers: Headers) -> None:
    for name, value in policy.HEADERS.items():
        assert headers.getlist(name) == [value]
    for name, value in headers:
        assert not re.search(r"[\x00-\x1f\x7f]", name + value)


def _rows(text: str) -> int:
    rows = list(csv.reader(io.StringIO(text)))
    for row in rows:
        assert len(row) == len(rows[0])
        for cell in row:
            assert not guarded(cell).startswith("'") or cell.startswith("'"), cell
    return len(rows) - 1


def _ris(text: str) -> int:
    lines = text.split("\r\n")
    assert all(not one or re.match(r"[A-Z][A-Z0-9]  - ", one) for one in lines)
    assert {one for one in lines if one.startswith("TY  - ")} == {"TY  - NEWS"}
    return len(rispy.loads(text))


def _bibtex(text: str) -> int:
    read = bibtexparser.parse_string(text)
    assert not read.failed_blocks
    assert {one.entry_type for one in read.entries} == {"article"}
    return len(read.entries)


def _xml(text: str) -> int:
    root = ElementTree.fromstring(text)
    names = {one.tag.rpartition("}")[2] for one in root.iter()}
    assert names <= _ELEMENTS, names - _ELEMENTS
    assert "<?" not in text.partition("?>")[2].replace("&lt;?", "")
    for one in root.iter():
        for name, value in one.attrib.items():
            if name == "href":
                assert urlsplit(value).scheme in ("http", "https"), value
        if one.tag.rpartition("}")[2] in ("content", "encoded", "description") and one.text:
            assert not re.search(r"<(?!/?p>)", one.text), one.text[:200]
    return sum(one.tag.rpartition("}")[2] in ("entry", "item") for one in root.iter())


def _json(text: str) -> int:
    read = json.loads(text)
    return len(read if isinstance(read, list) else read.get("hits", read["articles"]))


_READERS: Final[dict[str, Callable[[str], int]]] = {
    "csv": _rows,
    "json": _json,
    "jsonl": lambda text: sum("headline" in json.loads(line) for line in text.split("\n") if line),
    "ris": _ris,
    "bib": _bibtex,
    "csl": _json,
    "atom": _xml,
    "rss": _xml,
}
_ELEMENTS: Final = frozenset(
    (
        *("feed", "entry", "id", "title", "updated", "published", "author", "name", "generator"),
        *("link", "category", "summary", "content", "totalResults", "Query", "rss", "channel"),
        *("item", "description", "lastBuildDate", "guid", "pubDate", "creator", "encoded", "date"),
        *("source", "contributor", "coverage", "language", "identifier"),
    )
)


def test_what_programs_are_told_is_never_taken_for_a_page(few: Hostile) -> None:
    """JSON and XML come as such, whatever they say, and no browser looks for itself."""
    with client_of(few.site) as client:
        for address, kind in (
            (f"/api/v1/search?q={WORD}", "application/json"),
            (f"/api/v1/articles/{few.names['article']}", "application/json"),
            ("/api/v1/articles/%3Cscript%3E", "application/problem+json"),
            (
                f"/api/v1/search?q=x&from={quote('<script>alert(1)</script>')}",
                "application/problem",
            ),
            ("/api/v1/facets/topic?q=" + WORD, "application/json"),
            ("/api/v1/complete?q=al", "application/json"),
            ("/complete.json?q=al", "application/json"),
            ("/suggestions.json?q=al", "application/"),
            (f"/search.json?q={WORD}", "application/json"),
            (f"/search/facet/topic.json?q={WORD}", "application/json"),
            ("/sources.opml", "text/x-opml"),
            (f"/unapi?id={few.names['article']}", "application/xml"),
            ("/opensearch.xml", "application/"),
        ):
            answer = client.get(address, buffered=True)
            assert answer.headers["Content-Type"].startswith(kind), address
            check_headers(answer.headers)


@pytest.mark.torture
def test_no_payload_runs_in_a_mail(
    every: Hostile, browser: Browser, tmp_path: Path, tally: Tally
) -> None:
    """A digest is opened where no policy of ours protects its reader."""
    done = run_morgue("alerts", "--folder", str(tmp_path / "mails"), site=every.site, **_MAIL)
    assert done.returncode == 0, done.stderr
    tally("inert mail", mails=check_mails(tmp_path / "mails", browser), scripts_run=0, requests=0)


def test_no_text_of_ours_runs_in_a_mail(few: Hostile, browser: Browser, tmp_path: Path) -> None:
    done = run_morgue("alerts", "--folder", str(tmp_path / "mails"), site=few.site, **_MAIL)
    assert done.returncode == 0, done.stderr
    assert check_mails(tmp_path / "mails", browser)


_MAIL: Final = {
    "MORGUE_ALERTS_SENDER": "morgue@example.org",
    "MORGUE_ALERTS_TO": "desk@example.org",
    "MORGUE_ALERTS_ADDRESS": "https://archive.example.org/",
}


def check_mails(folder: Path, browser: Browser) -> int:
    mails = sorted(folder.iterdir())
    for path in mails:
        mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        assert set(mail.keys()) <= {
            *("Subject", "From", "To", "Date", "Message-ID", "Auto-Submitted", "MIME-Version"),
            "Content-Type",
        }
        part = mail.get_body(("html",))
        assert part is not None
        wrong = opened_mail(part.get_content(), browser)
        assert not wrong, wrong
    return len(mails)


def opened_mail(text: str, browser: Browser) -> list[str]:
    """Return what happens in a mail that is opened, of what must not."""
    wrong: list[str] = []
    context = browser.new_context()
    page = context.new_page()

    def answered(dialog: Dialog) -> None:
        wrong.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    page.on("dialog", answered)
    page.on("request", lambda request: wrong.append(request.url))
    page.set_content(text, wait_until="load")
    wrong += page.evaluate(_SEARCH, "https://archive.example.org")
    context.close()
    return wrong


@pytest.mark.torture
def test_a_form_that_is_refused_shows_what_was_typed_and_runs_nothing(
    few: Hostile, watch: Callable[[str], Watch]
) -> None:
    """Names of searches, sources, files and accounts, as forms send them."""
    seen = watch(few.base)
    bad = " ".join(OWN[:8])
    for address, fields in (
        ("/saved", {"name": bad * 9, "address": f"/search?q={quote(bad)}"}),
        ("/saved", {"name": bad[:60], "address": bad}),
        ("/login", {"name": bad, "password": bad, "next": bad}),
        ("/sources/look", {"address": bad}),
        ("/sources/add", {"address": bad, "name": bad, "topics": bad}),
        ("/sources/1", {"name": bad * 9, "topics": bad}),
        ("/saved/1/seen", {"number": bad}),
    ):
        seen.look("/saved")
        with seen.page.expect_navigation(wait_until="load"):
            seen.page.evaluate(_SEND, [address, fields])
        seen.documents += 1
        seen.wrong += seen.page.evaluate(_SEARCH, None)
    for name in OWN[:6]:
        seen.look("/sources/upload")
        with seen.page.expect_navigation(wait_until="load"):
            seen.page.evaluate(_UPLOAD, name)
        seen.wrong += seen.page.evaluate(_SEARCH, None)
        assert "exact" not in seen.page.title()
    outline = f'<opml version="2.0"><body><outline text="x" xmlUrl="{OWN[10]}"/></body></opml>'
    with client_of(few.site) as client:
        answer = _import(client, outline)
        assert "<script>alert" not in answer
    assert not seen.wrong, "\n".join(seen.wrong)


def _import(client: FlaskClient, outline: str) -> str:
    form = {
        "csrf": csrf_in(client.get("/sources/add").text),
        "file": (io.BytesIO(outline.encode()), "<script>alert(1)</script>.opml"),
    }
    return client.post("/sources/import", data=form, content_type="multipart/form-data").text


# What the page itself tells before any script of the page runs.
_LISTEN: Final = """
addEventListener('securitypolicyviolation', event =>
  window.toldOf({ kind: document.contentType, directive: event.violatedDirective,
    blocked: event.blockedURI, sample: event.sample, at: location.href }));
"""

_ODD: Final = """(document, base) => {
  const own = new URL(base).origin;
  const found = [];
  const known = new Set(`html head body meta title link script a header form input button nav
    main footer details summary p h1 h2 h3 h4 ul ol li dl dt dd div span bdi mark time table
    thead tbody tr th td caption svg g rect text line path select option label fieldset legend
    textarea small strong em code kbd pre ins del abbr br aside section article dialog noscript
    i s output`.split(/\\s+/));
  const addresses = ['href', 'src', 'action', 'formaction', 'xlink:href', 'srcdoc', 'data',
    'poster', 'background', 'ping', 'srcset', 'cite', 'manifest'];
  for (const element of document.querySelectorAll('*')) {
    const name = element.localName;
    const shown = element.outerHTML.slice(0, 120);
    if (!known.has(name)) found.push(`element ${name}: ${shown}`);
    if (name === 'script') {
      if (element.type === 'application/ld+json') {
        try { JSON.parse(element.textContent); } catch { found.push(`no JSON: ${shown}`); }
      } else if (!element.src || element.textContent) found.push(`script: ${shown}`);
    }
    if (name === 'meta' && element.httpEquiv) found.push(`meta: ${shown}`);
    for (const { name: attribute, value } of element.attributes) {
      if (/^on|^style$|^nonce$/i.test(attribute)) found.push(`${attribute}: ${shown}`);
      if (!addresses.includes(attribute)) continue;
      let url;
      try { url = new URL(value, base); } catch { found.push(`address: ${shown}`); continue; }
      const away = url.origin !== own;
      const read = name === 'a' || (name === 'link' && !/style|icon|search/.test(element.rel));
      if (!/^https?:$/.test(url.protocol) || (away && !read && name !== 'meta'))
        found.push(`leads away: ${shown}`);
    }
  }
  return found;
}"""

_SEARCH: Final = f"""base => {{
  if (document.contentType !== 'text/html') return document.querySelector('html') &&
    !/json|plain/.test(document.contentType) &&
    document.documentElement.namespaceURI === 'http://www.w3.org/1999/xhtml' &&
    document.contentType === 'application/xhtml+xml' ? ['taken for a page'] : [];
  return ({_ODD})(document, base || location.href);
}}"""

_READ: Final = f"""async addresses => {{
  const odd = {_ODD};
  const found = [];
  for (const address of addresses) {{
    const answer = await fetch(address);
    const text = await answer.text();
    if (answer.status >= 500) found.push(`${{answer.status}}: ${{address}}`);
    if (!/^text\\/html/.test(answer.headers.get('content-type'))) continue;
    const read = new DOMParser().parseFromString(text, 'text/html');
    const at = address.slice(0, 200);
    for (const each of odd(read, location.origin + '/')) found.push(`${{at}}: ${{each}}`);
  }}
  return found;
}}"""

_SEND: Final = """([address, fields]) => {
  const form = document.createElement('form');
  form.method = 'post';
  form.action = address;
  const token = document.querySelector('input[name=csrf]');
  for (const [name, value] of Object.entries({ csrf: token.value, ...fields })) {
    const input = document.createElement('textarea');
    Object.assign(input, { name, value });
    form.append(input);
  }
  document.body.append(form);
  form.submit();
}"""

_UPLOAD: Final = """name => {
  const form = document.querySelector('form[enctype="multipart/form-data"]');
  const files = new DataTransfer();
  files.items.add(new File(['A headline\\n\\nSome words of a text.'], `${name}.txt`));
  form.querySelector('input[type=file]').files = files.files;
  form.submit();
}"""
