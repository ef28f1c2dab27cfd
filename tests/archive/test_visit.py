"""Visits over real HTTP: what robots.txt allows, at what pace, and when a host is left alone."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from archive.ingest import visit as visits
from archive.ingest.fetch import Fetcher
from archive.ingest.robots import RobotsFiles, address_of
from archive.ingest.visit import LARGEST_PAGE, Failed, Had, Left, Validators, Visited, Visitor
from archive.settings import Fetch
from tests.http_server import Web, reply

HTML = "text/html; charset=utf-8"
Visit = Callable[..., list[Visited]]


def robots(web: Web, text: str) -> None:
    web.pages["/robots.txt"] = reply(200, text.encode(), Content_Type="text/plain")


def pages(web: Web, *paths: str) -> list[str]:
    for path in paths:
        web.pages[path] = reply(200, b"<p>here</p>", Content_Type=HTML)
    return [web.url(path) for path in paths]


def asked(web: Web) -> list[str]:
    return [path for path, _ in web.seen if path != "/robots.txt"]


class Clock:
    """Time that passes only in sleep."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def visit(fetcher: Fetcher, clock: Clock) -> Visit:
    def visit(addresses: list[str], **options: Any) -> list[Visited]:
        return list(Visitor(fetcher, clock=clock, sleep=clock.sleep, **options).visit(addresses))

    return visit


def test_pages_are_had_in_the_order_given_and_asked_for_as_pages(web: Web, visit: Visit) -> None:
    addresses = pages(web, "/a", "/b", "/c")
    found = visit(addresses)
    assert [one.address for one in found] == addresses
    assert all(isinstance(one, Had) and one.answer.body == b"<p>here</p>" for one in found)
    assert web.seen[-1][1]["accept"].startswith("text/html")


def test_a_page_may_be_larger_than_a_feed_but_not_than_ten_mebibytes(
    web: Web, visit: Visit
) -> None:
    web.pages["/six"] = reply(200, b"x" * (6 * 1024 * 1024), Content_Type=HTML)
    web.pages["/eleven"] = reply(200, b"x" * (LARGEST_PAGE + 1), Content_Type=HTML)
    six, eleven = visit([web.url("/six"), web.url("/eleven")])
    assert isinstance(six, Had)
    assert isinstance(eleven, Failed)
    assert eleven.reason == "is larger than 10 MiB"


# -- robots.txt --------------------------------------------------------------


def test_what_robots_txt_disallows_is_never_asked(web: Web, visit: Visit) -> None:
    robots(web, "User-agent: *\nDisallow: /private\nAllow: /private/press\n")
    addresses = pages(web, "/private/a", "/private/press", "/b")
    first, second, third = visit(addresses)
    assert first == Failed(addresses[0], "robots.txt does not allow it", lasting=True)
    assert isinstance(second, Had)
    assert isinstance(third, Had)
    assert asked(web) == ["/private/press", "/b"]


def test_rules_for_morgue_go_before_rules_for_all(web: Web, visit: Visit) -> None:
    robots(web, "User-agent: *\nDisallow: /\n\nUser-agent: morgue\nDisallow: /no\n")
    yes, no = visit(pages(web, "/yes", "/no"))
    assert isinstance(yes, Had)
    assert isinstance(no, Failed)


def test_robots_txt_is_asked_once_in_a_run(web: Web, visit: Visit) -> None:
    visit(pages(web, "/a", "/b", "/c"))
    assert [path for path, _ in web.seen].count("/robots.txt") == 1


@pytest.mark.parametrize("status", [204, 401, 403, 404, 410])
def test_a_robots_txt_that_is_not_there_allows_everything(
    web: Web, visit: Visit, status: int
) -> None:
    web.pages["/robots.txt"] = reply(status)
    (found,) = visit(pages(web, "/a"))
    assert isinstance(found, Had)


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_robots_txt_that_cannot_be_had_now_allows_nothing_now(
    web: Web, visit: Visit, status: int
) -> None:
    web.pages["/robots.txt"] = reply(status)
    (found,) = visit(pages(web, "/a"))
    assert isinstance(found, Failed)
    assert found.reason.startswith("its site's robots.txt cannot be read now")
    assert not found.lasting
    assert asked(web) == []


def test_a_redirect_into_what_robots_txt_disallows_is_not_followed(web: Web, visit: Visit) -> None:
    robots(web, "User-agent: *\nDisallow: /private\n")
    pages(web, "/private")
    web.pages["/a"] = reply(302, Location="/private")
    (found,) = visit([web.url("/a")])
    assert isinstance(found, Failed)
    assert "robots.txt does not allow it" in found.reason
    assert asked(web) == ["/a"]


@pytest.mark.parametrize(
    "body", [b"\xff\xfe\0garbage\0", b"<!doctype html><title>Not found</title>", b""]
)
def test_a_robots_txt_that_is_none_forbids_nothing(web: Web, visit: Visit, body: bytes) -> None:
    web.pages["/robots.txt"] = reply(200, body)
    (found,) = visit(pages(web, "/a"))
    assert isinstance(found, Had)


def test_a_robots_txt_names_sitemaps_and_its_delay(web: Web, fetcher: Fetcher) -> None:
    robots(web, "Sitemap: http://127.0.0.1/map.xml\nUser-agent: *\nCrawl-delay: 2.5\n")
    rules = RobotsFiles(fetcher).of(web.url("/any/page?x=1"))
    assert rules.sitemaps == ("http://127.0.0.1/map.xml",)
    assert rules.delay == 2.5


def test_each_port_and_scheme_has_a_robots_txt_of_its_own() -> None:
    assert address_of("https://a@gannet.example:8443/x?y#z") == (
        "https://gannet.example:8443/robots.txt"
    )


# -- pace --------------------------------------------------------------------


def test_there_is_a_pause_between_two_pages_of_a_host(
    web: Web, visit: Visit, clock: Clock
) -> None:
    visit(pages(web, "/a", "/b", "/c"), pause=1.5)
    assert clock.slept == [1.5, 1.5]


def test_a_crawl_delay_makes_the_pause_longer(web: Web, visit: Visit, clock: Clock) -> None:
    robots(web, "User-agent: *\nCrawl-delay: 10\n")
    visit(pages(web, "/a", "/b"), pause=1.0)
    assert clock.slept == [10.0]


def test_a_site_that_wants_very_long_pauses_gives_one_page_in_a_run(
    web: Web, visit: Visit, clock: Clock
) -> None:
    robots(web, "User-agent: *\nCrawl-delay: 3600\n")
    first, second, third = visit(pages(web, "/a", "/b", "/c"))
    assert isinstance(first, Had)
    assert isinstance(second, Left)
    assert isinstance(third, Left)
    assert "3600 seconds" in second.reason
    assert (second.wait, third.wait) == (3600.0, 3600.0), "so long they wait for a later run"
    assert clock.slept == []


def test_a_run_spends_only_so_long_on_the_pauses_of_one_host(
    web: Web, visit: Visit, clock: Clock
) -> None:
    found = visit(pages(web, "/a", "/b", "/c", "/d"), pause=10, patience=25)
    assert [type(one) for one in found] == [Had, Had, Had, Left]
    assert sum(clock.slept) <= 25


def test_hosts_are_visited_side_by_side_and_one_host_one_page_at_a_time(web: Web) -> None:
    """Two names of this machine meet in the middle of their pages; one never meets itself."""
    both = threading.Barrier(2, timeout=30)
    busy: dict[str, int] = {}

    def meet(request: Any) -> None:
        host = request.headers["Host"]
        busy[host] = busy.get(host, 0) + 1
        assert busy[host] == 1
        both.wait()
        busy[host] -= 1
        reply(200, b"<p>here</p>", Content_Type=HTML)(request)

    web.pages["/a"] = web.pages["/b"] = meet
    other = web.base.replace("127.0.0.1", "localhost")
    addresses = [f"{base}{path}" for base in (web.base, other) for path in ("/a", "/b")]
    found = list(
        Visitor(
            Fetcher(Fetch(timeout=20, private_hosts=("127.0.0.1", "localhost")), "test"), pause=0
        ).visit(addresses)
    )
    assert [type(one) for one in found] == [Had] * 4


# -- what goes wrong ---------------------------------------------------------


@pytest.mark.parametrize("status", [429, 503])
def test_a_host_that_asks_for_fewer_requests_is_left_alone(
    web: Web, visit: Visit, status: int
) -> None:
    addresses = pages(web, "/a", "/b", "/c")
    web.pages["/a"] = reply(status, Retry_After="120")
    first, second, third = visit(addresses)
    assert isinstance(first, Failed)
    assert isinstance(second, Left)
    assert isinstance(third, Left)
    assert (first.wait, second.wait) == (120.0, 120.0)
    assert asked(web) == ["/a"]


@pytest.mark.parametrize("said", ["soon", "-", "9" * 400, "Fri, 99 Foo 2026"])
def test_a_retry_after_that_cannot_be_read_does_no_harm(web: Web, visit: Visit, said: str) -> None:
    web.pages["/a"] = reply(429, Retry_After=said)
    first, second = visit([web.url("/a"), web.url("/b")])
    assert isinstance(first, Failed)
    assert isinstance(second, Left)


def test_a_host_that_does_not_answer_is_left_alone_after_three_pages(
    web: Web, visit: Visit
) -> None:
    addresses = [web.url(f"/{n}") for n in range(5)]
    for number in range(5):
        web.pages[f"/{number}"] = lambda request: request.wfile.write(b"\0\r\n\r\n") and None
    found = visit(addresses)
    assert [type(one) for one in found] == [Failed, Failed, Failed, Left, Left]


def test_pages_that_are_not_there_leave_a_host_in_good_standing(web: Web, visit: Visit) -> None:
    found = visit([web.url(f"/{n}") for n in range(5)])
    assert [type(one) for one in found] == [Failed] * 5


@pytest.mark.parametrize(
    ("handler", "reason"),
    [
        (reply(404), "is not there (HTTP 404)"),
        (reply(200, b"%PDF", Content_Type="application/pdf"), "is not a web page, but appl"),
        (reply(302, Location="/"), "leads to a site's front page"),
        (reply(304), "did not answer with a page"),
    ],
)
def test_what_is_no_page_has_failed_in_words(
    web: Web, visit: Visit, handler: Any, reason: str
) -> None:
    pages(web, "/")
    web.pages["/a"] = handler
    (found,) = visit([web.url("/a")])
    assert isinstance(found, Failed)
    assert found.reason.startswith(reason)


@pytest.mark.parametrize("address", ["ftp://gannet.example/a", "gannet", "http://[::1/", ""])
def test_what_is_no_web_address_has_failed(visit: Visit, address: str) -> None:
    (found,) = visit([address])
    assert isinstance(found, Failed)


def test_ending_early_ends_the_visits_at_once(web: Web, fetcher: Fetcher) -> None:
    visits = Visitor(fetcher, pause=50).visit(pages(web, "/a", "/b"))
    next(visits)
    visits.close()  # type: ignore[attr-defined]
    ours = [thread for thread in threading.enumerate() if thread.name.startswith("visit")]
    for thread in ours:
        thread.join(20)
        assert not thread.is_alive(), "nothing waits for the pause"
    assert asked(web) == ["/a"]


# -- known pages, and hosts that rest ----------------------------------------


def test_a_known_page_is_asked_whether_it_changed(
    web: Web, visit: Visit, fetcher: Fetcher
) -> None:
    address = web.url("/a")
    web.pages["/a"] = reply(304)
    known = {address: Validators('"1"', "Sat, 10 Jan 2026 11:00:00 GMT")}
    (same,) = Visitor(fetcher, pause=0).visit([address], known)
    assert isinstance(same, Had)
    assert same.answer.body is None
    assert web.seen[-1][1]["if-none-match"] == '"1"'
    assert web.seen[-1][1]["if-modified-since"] == "Sat, 10 Jan 2026 11:00:00 GMT"
    (unasked,) = visit([address])
    assert isinstance(unasked, Failed), "nobody asked whether it changed"


@pytest.mark.parametrize(("status", "gone"), [(404, True), (410, True), (403, False)])
def test_a_page_that_is_not_there_is_gone(web: Web, visit: Visit, status: int, gone: bool) -> None:
    web.pages["/a"] = reply(status)
    (one,) = visit([web.url("/a")])
    assert isinstance(one, Failed)
    assert one.gone is gone


def test_a_long_crawl_delay_outlasts_the_run(web: Web, fetcher: Fetcher, clock: Clock) -> None:
    robots(web, "User-agent: *\nCrawl-delay: 3600\n")
    (address,) = pages(web, "/a")
    visitor = Visitor(fetcher, clock=clock, sleep=clock.sleep)
    list(visitor.visit([address]))
    clock.now += 600
    assert visitor.resting == {"127.0.0.1": 3000.0}
    later = Visitor(fetcher, clock=clock, sleep=clock.sleep, resting=visitor.resting)
    (left,) = later.visit([address])
    assert left == Left(address, "its site asked to be left alone for longer", 3000.0)
    assert asked(web) == ["/a"]
    clock.now += 2000
    assert later.resting == {"127.0.0.1": 1000.0}, "a run in between does not lengthen it"
    clock.now += 2000
    assert later.resting == {}


@pytest.mark.parametrize(
    ("said", "rest"), [("120", 120.0), (None, None), ("999999999", 7 * 86400.0)]
)
def test_a_host_that_says_how_long_rests_as_long_but_a_week_at_most(
    web: Web, fetcher: Fetcher, clock: Clock, said: str | None, rest: float | None
) -> None:
    web.pages["/a"] = reply(429, **({"Retry_After": said} if said else {}))
    visitor = Visitor(fetcher, clock=clock, sleep=clock.sleep)
    list(visitor.visit([web.url("/a")]))
    assert visitor.resting == ({"127.0.0.1": rest} if rest else {})


def test_a_short_crawl_delay_is_no_matter_of_later_runs(
    web: Web, fetcher: Fetcher, clock: Clock
) -> None:
    robots(web, "User-agent: *\nCrawl-delay: 60\n")
    visitor = Visitor(fetcher, clock=clock, sleep=clock.sleep)
    list(visitor.visit(pages(web, "/a")))
    assert visitor.resting == {}


def test_a_source_whose_pages_are_slow_has_no_more_of_them_asked(
    web: Web, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visits, "_USUAL", 0.0)
    addresses = pages(web, "/a", "/b", "/c")
    sources = {addresses[0]: web.url("/slow"), addresses[1]: web.url("/slow")}
    visitor = Visitor(fetcher, pause=0, slow=0.0)
    first, second, third = visitor.visit(addresses, meant=sources)
    assert [type(one) for one in (first, second, third)] == [Had, Left, Had]
    assert getattr(second, "wait", 0) is None, "its site asked for nothing"
