"""A fetch reaches nothing it should not, however its address is written and whoever names it."""

import html
import socket
from collections.abc import Iterator
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from archive.errors import FetchError, FormatError
from archive.ingest.backfill import run as backfills
from archive.ingest.backfill.bounds import Bounds
from archive.ingest.backfill.listings import Found
from archive.ingest.discover import discover
from archive.ingest.fetch import Fetcher
from archive.ingest.pipeline import update
from archive.ingest.run import Run
from archive.ingest.visit import Visitor
from archive.settings import Fetch, Settings
from archive.source import Kind
from archive.store import FILE, Store
from tests.command_line import run_morgue
from tests.conftest import Tally
from tests.http_server import Web, reply
from tests.torture.reach import PUBLIC, Dialled, Secret, hosts, tricks, watching
from tests.web.conftest import client_of, csrf_in

PROMISE = "a fetch reaches nothing it should not"
TODAY = date(2026, 1, 10)
FRONT = "gannet.example"
"""The one name that leads to the test's own server: the settings allow it."""


@pytest.fixture
def secret() -> Iterator[Secret]:
    secret = Secret()
    yield secret
    secret.close()


@pytest.fixture
def dialled(monkeypatch: pytest.MonkeyPatch, web: Web) -> Iterator[Dialled]:
    with watching(monkeypatch) as dialled:
        dialled.expected.add(port_of(web))
        dialled.resolver.answers(FRONT, ["127.0.0.1"])
        yield dialled


EACH = pytest.mark.parametrize(
    "step", [pytest.param(12, id="some"), pytest.param(1, id="all", marks=pytest.mark.torture)]
)
"""Every so manieth of the addresses."""


def port_of(web: Web) -> int:
    return urlsplit(web.base).port or 0


def front(web: Web, path: str) -> str:
    return f"http://{FRONT}:{port_of(web)}{path}"


def settings(**options: Any) -> Fetch:
    return Fetch(timeout=5, pause=0.0, private_hosts=(FRONT,), **options)


def fetcher() -> Fetcher:
    return Fetcher(settings(), "test")


def nobody_came(dialled: Dialled, secret: Secret) -> bool:
    """Whether nothing was dialled but what is public, as some tricks are to a strict reader."""
    return {host for host, _ in dialled.places} <= {PUBLIC} and secret.visitors == 0


def test_no_notation_trick_or_scheme_leads_inside(
    dialled: Dialled, secret: Secret, tally: Tally
) -> None:
    asks = fetcher()
    addresses = [*hosts(secret.port), *tricks(secret.port)]
    for address in addresses:
        with pytest.raises(FetchError):
            asks.get(address)
        assert nobody_came(dialled, secret), address
    tally(PROMISE, addresses=len(addresses), connections=secret.visitors)


def test_no_host_is_dialled_at_all(dialled: Dialled, secret: Secret) -> None:
    for address in [*hosts(secret.port), *hosts(80)]:
        with pytest.raises(FetchError):
            fetcher().get(address)
    assert dialled.places == []


@pytest.mark.parametrize("by", ["environment", "settings"])
def test_no_proxy_is_a_way_around(
    by: str, dialled: Dialled, secret: Secret, tally: Tally, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = f"http://127.0.0.1:{secret.port}"
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "http_proxy", "all_proxy"):
        monkeypatch.setenv(name, proxy)
    asks = Fetcher(settings(proxy=proxy if by == "settings" else ""), "test")
    for address in hosts(80):
        with pytest.raises(FetchError):
            asks.get(address)
    assert (dialled.places, secret.visitors) == ([], 0)
    tally(f"{PROMISE}, with a proxy", addresses=len(hosts(80)), connections=0)
    with pytest.raises(FetchError):
        asks.get("http://kestrel.example/")
    reached = {"environment": (PUBLIC, 80), "settings": ("127.0.0.1", secret.port)}
    assert dialled.places == [reached[by]]


REBINDING = {
    "public, then this machine": ([PUBLIC], ["127.0.0.1"]),
    "public, then the metadata": ([PUBLIC], ["169.254.169.254"]),
    "this machine, then public": (["127.0.0.1"], [PUBLIC]),
    "both at once": ([PUBLIC, "127.0.0.1"],),
    "both at once, the other way": (["127.0.0.1", PUBLIC],),
    "the last of several": ([PUBLIC, "8.8.8.8", "1.1.1.1", "10.0.0.1"],),
    "both kinds": ([PUBLIC, "::1"],),
    "mapped": (["::ffff:127.0.0.1"],),
    "compatible": (["::127.0.0.1"],),
    "with a zone": (["fe80::1%1"],),
    "unspecified": (["0.0.0.0"],),
    "unspecified, IPv6": (["::"],),
    "translated": (["64:ff9b::a00:1"],),
    "shared": (["100.100.100.200"],),
}


@pytest.mark.parametrize("answers", REBINDING.values(), ids=REBINDING.keys())
def test_whatever_a_resolver_answers_only_what_was_checked_is_dialled(
    answers: tuple[list[str], ...], dialled: Dialled, secret: Secret
) -> None:
    dialled.resolver.answers("rebinding.example", *answers)
    asks = fetcher()
    for number, answer in enumerate([*answers, *answers[-1:]], start=1):
        dialled.places.clear()
        with pytest.raises(FetchError):
            asks.get(f"http://rebinding.example:{secret.port}/")
        wanted = [(PUBLIC, secret.port)] if answer == [PUBLIC] else []
        assert dialled.places == wanted
        assert dialled.resolver.asked == ["rebinding.example"] * number, "once for each fetch"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_leads_nowhere_else(
    status: int, web: Web, dialled: Dialled, secret: Secret
) -> None:
    for number, address in enumerate(hosts(secret.port)[:: 25 + status % 7]):
        web.pages[f"/{number}"] = reply(status, Location=written(address))
        with pytest.raises(FetchError):
            fetcher().get(front(web, f"/{number}"))
    assert (dialled.places, secret.visitors) == ([], 0)


@pytest.mark.torture
def test_no_redirect_leads_inside_at_any_step(
    web: Web, dialled: Dialled, secret: Secret, tally: Tally
) -> None:
    asks = fetcher()
    for step in range(1, 5):
        path = front(web, f"/{step + 1}") if step % 2 else f"/{step + 1}"
        web.pages[f"/{step}"] = reply((301, 302, 303, 307)[step - 1], Location=path)
    count = 0
    for number, address in enumerate([*hosts(secret.port), *tricks(secret.port)]):
        for length in range(1, 6):
            status = (301, 302, 303, 307, 308)[(number + length) % 5]
            web.pages["/5"] = reply(status, Location=written(address))
            if urlsplit_or_nothing(address) not in ("", FRONT):
                with pytest.raises(FetchError):
                    asks.get(front(web, f"/{6 - length}"))
                assert nobody_came(dialled, secret), address
                count += 1
    tally(f"{PROMISE}, by redirects", redirects=count, connections=secret.visitors)


def urlsplit_or_nothing(address: str) -> str:
    """The host of what could be followed; a redirect to a path stays where it is."""
    try:
        return urlsplit(address).hostname or ("" if ":" not in address[:12] else "none")
    except ValueError:
        return "none"


def written(address: str) -> str:
    """An address as a header can carry it."""
    return address.encode().decode("latin-1").replace("\r", "%0D").replace("\n", "%0A")


def test_a_feed_leads_its_pages_nowhere_inside(
    web: Web, dialled: Dialled, secret: Secret, tmp_path: Path, tally: Tally
) -> None:
    addresses = [*hosts(secret.port), *tricks(secret.port)]
    own = f"<item><title>Own</title><link>{front(web, '/own')}</link></item>"
    named = "".join(
        f"<item><title>Teaser {number}</title><guid>{number}</guid>"
        f"<link>{html.escape(address)}</link></item>"
        for number, address in enumerate(addresses)
    )
    feed = f"<rss version='2.0'><channel><title>x</title>{own}{named}</channel></rss>"
    web.pages["/feed"] = reply(200, feed.encode())
    web.pages["/own"] = reply(200, b"<p>x</p>", Content_Type="text/html")
    with Store(tmp_path / FILE) as store:
        store.add_source(Kind.FEED, front(web, "/feed"))
        visitor = Visitor(fetcher(), pause=0)
        (report,) = update(
            store, store.sources(), fetcher(), TODAY, visitor=visitor, most_pages=10_000
        )
    assert nobody_came(dialled, secret)
    assert "/own" in [path for path, _ in web.seen]
    inside = [reason for _, reason in report.unread if "not on the public internet" in reason]
    assert len(inside) >= 80
    tally(f"{PROMISE}, by pages of a feed", addresses=len(addresses), connections=0)


def test_a_page_that_redirects_inside_has_no_robots_txt_asked_for_there(
    web: Web, dialled: Dialled, secret: Secret
) -> None:
    web.pages["/a"] = reply(302, Location=f"http://127.0.0.1:{secret.port}/")
    (found,) = Visitor(fetcher(), pause=0).visit([front(web, "/a")])
    assert "not on the public internet" in getattr(found, "reason", "")
    assert (dialled.places, secret.visitors) == ([], 0)


@EACH
def test_no_sitemap_or_older_part_of_a_feed_leads_inside(
    step: int, web: Web, dialled: Dialled, secret: Secret, tmp_path: Path, tally: Tally
) -> None:
    addresses = hosts(secret.port)[::step]
    for number, address in enumerate(addresses[:8]):
        rel = ("next", "prev-archive", "alternate")[number % 3]
        link = f"<a:link rel='{rel}' href='{html.escape(address)}'/>"
        web.pages[f"/feed{number}"] = reply(
            200,
            f"<rss version='2.0' xmlns:a='http://www.w3.org/2005/Atom'><channel><title>x</title>"
            f"{link}<item><title>x</title><guid>{number}</guid></item></channel></rss>".encode(),
        )
    maps = "".join(f"Sitemap: {address}map.xml\n" for address in addresses)
    web.pages["/robots.txt"] = reply(200, f"{maps}Sitemap: {front(web, '/map.xml')}\n".encode())
    listed = "".join(f"<sitemap><loc>{html.escape(a)}s.xml</loc></sitemap>" for a in addresses)
    web.pages["/map.xml"] = reply(200, f"<sitemapindex>{listed}</sitemapindex>".encode())
    with Store(tmp_path / FILE) as store:
        visitor = Visitor(fetcher(), pause=0)
        for number in range(8):
            store.add_source(Kind.FEED, front(web, f"/feed{number}"))
        for source in store.sources():
            backfills.begin(store, source, visitor, Bounds())
        found: list[Found] = []
        backfills.run(store, store.sources(), visitor, Run(TODAY), found)
    assert (dialled.places, secret.visitors) == ([], 0)
    assert "/map.xml" in [path for path, _ in web.seen]
    refused = [reason for one in found for _, reason in one.failed if "public" in reason]
    assert len(refused) >= 80 // step
    tally(f"{PROMISE}, by sitemaps", addresses=len(addresses), connections=0)


def test_no_page_names_a_feed_inside(
    web: Web, dialled: Dialled, secret: Secret, tally: Tally
) -> None:
    addresses = hosts(secret.port)
    for at in range(0, len(addresses), 10):
        links = "".join(
            f'<link rel="alternate" type="application/rss+xml" href="{html.escape(address)}">'
            for address in addresses[at : at + 10]
        )
        web.pages["/"] = reply(200, links.encode(), Content_Type="text/html; charset=utf-8")
        with pytest.raises(FormatError):
            discover(fetcher(), front(web, "/"))
    assert (dialled.places, secret.visitors) == ([], 0)
    tally(f"{PROMISE}, by discovery", addresses=len(addresses), connections=0)


@EACH
def test_the_web_app_asks_nobody_inside(
    step: int,
    dialled: Dialled,
    secret: Secret,
    own_sample_site: Path,
    tally: Tally,
) -> None:
    addresses = [*hosts(secret.port), *tricks(secret.port)][::step]
    listed = "".join(
        f'<outline text="x" xmlUrl="{html.escape(address)}"/>'
        for address in addresses
        if "\x01" not in address
    )
    sent = f"<opml version='2.0'><body>{listed}</body></opml>".encode()
    with client_of(own_sample_site, Settings(fetch=settings())) as client:
        token = csrf_in(client.get("/sources/add").text)
        for address in addresses:
            form = {"csrf": token, "address": address}
            assert client.post("/sources/look", data=form).status_code in (400, 502), address
            assert nobody_came(dialled, secret), address
        opml = {"csrf": token, "list": (BytesIO(sent), "a.opml")}
        assert client.post("/sources/import", data=opml).status_code == 200
    with Store(own_sample_site / FILE) as store:
        feeds = [source for source in store.sources() if source.kind is Kind.FEED]
        assert not [one.address for one in feeds if "//127.0.0.1" in one.address]
        reports = list(update(store, feeds, fetcher(), TODAY))
    assert feeds, "a name that says nothing of itself is looked at when it is asked"
    assert all(report.failures for report in reports)
    assert nobody_came(dialled, secret)
    tally(f"{PROMISE}, by the web app", addresses=len(addresses), connections=0)


def test_a_list_of_feeds_is_not_taken_at_its_word(
    dialled: Dialled, secret: Secret, tmp_path: Path
) -> None:
    listed = "".join(f'<outline text="x" xmlUrl="{html.escape(a)}"/>' for a in hosts(secret.port))
    file = tmp_path / "feeds.opml"
    file.write_text(f"<opml version='2.0'><body>{listed}</body></opml>")
    done = run_morgue("sources", "import", str(file), site=tmp_path)
    assert f"http://127.0.0.1:{secret.port}/: leads to 127.0.0.1, which is not" in done.stderr
    done = run_morgue("update", site=tmp_path)
    assert done.returncode == 3
    assert (dialled.places, secret.visitors) == ([], 0)


@pytest.mark.parametrize("host", ["0x7f.1", "127.1", "2130706433", "two.example"])
def test_what_is_added_by_hand_in_another_notation_is_not_taken_for_meant(
    host: str, dialled: Dialled, secret: Secret, tmp_path: Path
) -> None:
    dialled.resolver.answers("two.example", [PUBLIC, "10.0.0.1"])
    done = run_morgue("add", f"http://{host}:{secret.port}/", site=tmp_path)
    assert done.returncode == 3
    assert "not on the public internet" in done.stderr
    assert "fetch.private_hosts" in done.stderr
    assert (dialled.places, secret.visitors) == ([], 0)


# -- what is allowed on purpose, as docs/settings.md says -------------------------


def site_inside(web: Web, secret: Secret) -> None:
    own = f"http://127.0.0.1:{port_of(web)}/own"
    other = f"http://127.0.0.1:{secret.port}/other"
    items = "".join(f"<item><title>x</title><link>{a}</link></item>" for a in (own, other))
    body = f"<rss version='2.0'><channel><title>x</title>{items}</channel></rss>"
    web.pages["/feed"] = reply(200, body.encode())
    web.pages["/own"] = reply(200, b"<p>x</p>", Content_Type="text/html")


def test_an_address_inside_that_the_operator_wrote_is_asked_and_its_own_pages_are(
    web: Web, dialled: Dialled, secret: Secret, tmp_path: Path
) -> None:
    site_inside(web, secret)
    added = run_morgue("add", f"http://127.0.0.1:{port_of(web)}/feed", site=tmp_path)
    assert added.returncode == 0, added.stderr
    run_morgue("update", site=tmp_path, MORGUE_FETCH_PAUSE="0")
    asked = [path for path, _ in web.seen]
    assert "/own" in asked
    assert (dialled.places, secret.visitors) == ([], 0), "another server of the same machine"


def test_a_host_in_the_settings_is_asked_whoever_names_it(
    web: Web, dialled: Dialled, secret: Secret, tmp_path: Path
) -> None:
    site_inside(web, secret)
    dialled.expected.add(secret.port)
    run_morgue("add", f"http://127.0.0.1:{port_of(web)}/feed", site=tmp_path)
    allowed = {"MORGUE_FETCH_PRIVATE_HOSTS": "127.0.0.1", "MORGUE_FETCH_PAUSE": "0"}
    run_morgue("update", site=tmp_path, **allowed)
    assert secret.visitors > 0


def test_the_hook_notices_a_connection(dialled: Dialled) -> None:
    """Else the others would prove nothing."""
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", 9))
    assert dialled.places == [("127.0.0.1", 9)]
