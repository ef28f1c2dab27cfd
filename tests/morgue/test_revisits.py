"""Pages looked at again, and pages kept from robots, as `morgue` tells of them."""

import json
from pathlib import Path

import pytest

from archive.errors import UsageError
from archive.store import Store
from tests.http_server import Web, reply
from tests.morgue.conftest import Call, listed

PARTS = (
    "The harbour board of Port Ellis met on Monday and could agree on nothing at all.",
    "Its chair, Odile Renwick, said that the pilots had asked for the impossible again.",
    "The next meeting was set for the spring, when the ferries return to the old quay.",
)


def page(web: Web, *parts: str) -> None:
    inside = "".join(f"<p>{part}</p>" for part in parts)
    html = f"<!doctype html><body><article><h1>Board meets</h1>{inside}</article></body>"
    web.pages["/a"] = reply(200, html.encode(), Content_Type="text/html")


@pytest.fixture
def feed(call: Call, web: Web) -> str:
    """The address of a feed with one teaser, added and not read yet."""
    entry = f"<item><title>Board meets</title><link>{web.url('/a')}</link><guid>a</guid></item>"
    body = f"<rss version='2.0'><channel><title>The Gannet</title>{entry}</channel></rss>"
    web.pages["/feed"] = reply(200, body.encode())
    page(web, *PARTS)
    call("add", "--as-is", web.url("/feed"))
    return web.url("/feed")


def age(site: Path, hours: int) -> None:
    """Let all pages of a site have been had so many hours earlier than they were."""
    with Store(site / "articles.db") as store:
        for name in ("since", "looked", "due"):
            earlier = f"strftime('%Y-%m-%dT%H:%M:%S+00:00', {name}, '-{hours} hours')"
            store._run(f"UPDATE page SET {name} = {earlier}")


def test_an_update_tells_how_many_pages_it_looked_at_again(
    call: Call, feed: str, web: Web, tmp_path: Path
) -> None:
    assert json.loads(call("update", "--json"))["new"] == 1
    assert "1 young page to be looked at again" in call("status")
    assert "looked at again" not in call("update", feed, "-v")
    age(tmp_path, 1)
    page(web, *PARTS[:2], "The next meeting was set for the autumn.")
    assert "1 page looked at again, 1 changed." in call("update", feed, "-v")
    age(tmp_path, 24)
    web.pages["/a"] = reply(404)
    said = json.loads(call("update", feed, "--json"))
    assert (said["looked_again"], said["corrected"], said["unchanged"]) == (1, 0, 1)
    (missed,) = said["sources"][0]["missed"]
    assert missed == {"address": web.url("/a"), "reason": "is not there (HTTP 404)"}
    assert "1 page found gone when looked at again: the articles are kept" in call("status")
    status = json.loads(call("status", "--json"))
    assert (status["pages_young"], status["pages_gone"], status["articles"]) == (0, 1, 1)


def test_now_looks_at_young_pages_at_once_and_cron_hears_nothing_of_it(
    call: Call, feed: str, web: Web, tmp_path: Path
) -> None:
    call("update")
    with Store(tmp_path / "articles.db") as store:
        store._run("UPDATE page SET looked = '2026-01-01T00:00:00+00:00'")
    web.pages["/a"] = reply(500)
    assert json.loads(call("update", feed, "--json"))["looked_again"] == 0
    assert call("update", feed, "--now") == ""
    assert [path for path, _ in web.seen].count("/a") == 2


def test_looks_are_switched_off_for_a_source_or_for_all(
    call: Call, feed: str, tmp_path: Path
) -> None:
    call("update")
    age(tmp_path, 1)
    assert "pages not looked at again" in call("sources", "set", feed, "--revisit", "no")
    assert listed(call)[0]["revisit"] is False
    assert "young" not in call("status")
    assert json.loads(call("update", feed, "--json"))["looked_again"] == 0
    call("sources", "set", feed, "--revisit", "yes")
    said = call("update", feed, "--json", MORGUE_FETCH_REVISITS="0")
    assert json.loads(said)["looked_again"] == 0
    assert json.loads(call("update", feed, "--json"))["looked_again"] == 1


def test_only_feeds_have_pages_to_look_at_again(call: Call, tmp_path: Path) -> None:
    call("add", str(tmp_path))
    with pytest.raises(UsageError, match="is no feed"):
        call("sources", "set", str(tmp_path), "--revisit", "no")


def test_a_page_kept_from_robots_is_told_as_that_and_not_as_still_to_be_visited(
    call: Call, feed: str, web: Web
) -> None:
    robots = b"User-agent: *\nDisallow: /a\n"
    web.pages["/robots.txt"] = reply(200, robots, Content_Type="text/plain")
    call("update", feed)
    status = call("status")
    assert "1 page of teasers not allowed by robots.txt: their feeds' text is kept" in status
    assert "still to be visited" not in status
    said = json.loads(call("status", "--json"))
    assert said["pages_left"] == {"update": 0, "backfill": 0}
    assert said["pages_not_allowed"] == {"update": 1, "backfill": 0}


def test_a_host_that_rests_is_named_and_the_user_can_lift_it(
    call: Call, feed: str, web: Web
) -> None:
    robots = b"User-agent: *\nCrawl-delay: 3600\n"
    web.pages["/robots.txt"] = reply(200, robots, Content_Type="text/plain")
    assert "127.0.0.1 asks to be left alone until 2" in call("backfill", feed)
    said = json.loads(call("backfill", feed, "--json"))
    assert list(said["resting"]) == ["127.0.0.1"]
    assert said["sources"][0]["visited"] == 0
    assert "127.0.0.1 asks to be left alone until 2" in call("status")
    assert json.loads(call("status", "--json"))["resting"] == said["resting"]
    call("sources", "set", feed, "--resume")
    call("update")
    assert [path for path, _ in web.seen].count("/a") == 1


def test_a_list_is_read_anew_when_the_user_says_so(
    call: Call, feed: str, web: Web, tmp_path: Path
) -> None:
    call("update")
    page(web, *PARTS[:2], "The next meeting was set for the autumn.")
    listing = tmp_path / "list.txt"
    listing.write_text(web.url("/a"))
    arguments = ("backfill", feed, "--urls", str(listing))
    assert "0 pages visited, 1 known already" in call(*arguments)
    assert "1 changed, 1 page visited" in call(*arguments, "--anew")
    web.pages["/a"] = reply(500)
    (said,) = json.loads(call(*arguments, "--anew", "--json"))["sources"]
    assert said["failures"][0]["reason"].endswith("; its article stays as it was")
    assert said["teasers_kept"] == 0
