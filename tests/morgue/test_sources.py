"""What the commands about sources, and the schedule, look like to the user."""

import json
from pathlib import Path

import pytest

from archive.errors import FetchError, FormatError, UsageError
from tests.http_server import Web, reply
from tests.morgue.conftest import Call, listed

RSS = (
    b"<rss version='2.0'><channel><title>Quay News</title><item><title>Quay closed</title>"
    b"<link>http://quay.example/1</link><description>The quay was closed.</description>"
    b"</item></channel></rss>"
)


@pytest.fixture
def site(web: Web) -> str:
    """The address of a site whose page names its feeds."""
    web.pages["/"] = reply(
        200,
        b"<link rel=alternate type=application/rss+xml href=/comments/feed title=Comments>"
        b"<link rel=alternate type=application/rss+xml href=/feed title=News>",
        Content_Type="text/html",
    )
    web.pages["/feed"] = reply(200, RSS)
    return web.url("/")


def test_a_site_is_added_by_its_ordinary_address(call: Call, site: str) -> None:
    said = call("add", site)
    assert f"Added: feed {site}feed" in said
    assert "“Quay News”, declared by the page" in said
    assert f"not taken: {site}comments/feed “Comments”" in said
    assert [source["address"] for source in listed(call)] == [f"{site}feed"]
    assert "Already there" in call("add", site)


def test_what_was_found_is_told_to_programs(call: Call, site: str) -> None:
    said = json.loads(call("add", site, "--source", "The Quay", "--json"))
    assert (said["added"], said["source"]["name"]) == (True, "The Quay")
    assert said["how"] == "declared by the page"
    assert [other["address"] for other in said["others"]] == [f"{site}comments/feed"]


def test_a_known_address_and_one_taken_as_it_is_are_not_asked(call: Call, web: Web) -> None:
    call("add", "--as-is", web.url("/feed"))
    call("add", web.url("/feed"), "--topic", "harbours")
    assert web.seen == []
    assert listed(call)[0]["topics"] == ["harbours"]


def test_a_site_that_does_not_answer_is_not_added_and_told_what_to_do(
    call: Call, web: Web
) -> None:
    with pytest.raises(FetchError, match="is not there") as caught:
        call("add", web.url("/nothing"))
    assert "--as-is" in caught.value.hint
    web.pages["/"] = reply(200, b"<p>Nothing here", Content_Type="text/html")
    with pytest.raises(FormatError, match="no feed that could be found"):
        call("add", web.url("/"))


def test_a_source_is_set_and_shows_it(call: Call, web: Web) -> None:
    feed = web.url("/feed")
    call("add", "--as-is", feed, "--topic", "harbours")
    said = call(
        *("sources", "set", feed, "--name", "The Quay", "--topic", "ports"),
        *("--full-text", "yes", "--interval", "2h"),
    )
    assert said == f"Set: feed {feed} · “The Quay” · topic ports · full text yes · every 2h\n"
    (source,) = listed(call)
    assert (source["name"], source["topics"]) == ("The Quay", ["ports"])
    assert (source["full_text"], source["interval"]) == ("yes", 7200)
    assert "every 2h" in call("sources")
    call("sources", "set", feed, "--name", "", "--no-topics", "--interval", "auto")
    (source,) = listed(call)
    assert (source["name"], source["topics"], source["interval"]) == (None, [], None)
    assert source["full_text"] == "yes", "what is not named stays"


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ((), "nothing to set"),
        (("--interval", "often"), "no interval"),
        (("--interval", "5s"), "between 1m and 30d"),
        (("--interval", "52w"), "between 1m and 30d"),
        (("--topic", "x", "--no-topics"), "contradict"),
        (("--pause", "--resume"), "contradict"),
    ],
)
def test_settings_that_make_no_sense_are_refused(
    call: Call, web: Web, options: tuple[str, ...], reason: str
) -> None:
    call("add", "--as-is", web.url("/feed"))
    with pytest.raises(UsageError, match=reason):
        call("sources", "set", web.url("/feed"), *options)


def test_only_a_feed_has_an_interval_and_only_a_source_is_set(
    call: Call, web: Web, tmp_path: Path
) -> None:
    call("add", str(tmp_path))
    with pytest.raises(UsageError, match="is no feed"):
        call("sources", "set", str(tmp_path), "--interval", "1h")
    call("sources", "set", str(tmp_path), "--name", "Clippings")
    with pytest.raises(UsageError, match="is no source"):
        call("sources", "set", web.url("/feed"), "--name", "x")


def test_an_eager_update_asks_nobody_and_says_so(call: Call, web: Web) -> None:
    web.pages["/feed"] = reply(200, RSS)
    feed = web.url("/feed")
    call("add", "--as-is", feed)
    call("update")
    assert "1 feed is not due yet, the next at " in call("update", "-v")
    assert len(web.seen) == 1
    said = json.loads(call("update", "--now", "--json"))
    assert (said["not_due"], len(said["sources"])) == (0, 1)
    call("update", feed)
    assert len(web.seen) == 3
    assert json.loads(call("update", "--json"))["not_due"] == 1


def test_an_update_of_one_source_leaves_the_others(call: Call, web: Web) -> None:
    for path in ("/one", "/two"):
        web.pages[path] = reply(200, RSS)
        call("add", "--as-is", web.url(path))
    call("update", web.url("/two"))
    assert [path for path, _ in web.seen] == ["/two"]
    with pytest.raises(UsageError, match="is no source"):
        call("update", web.url("/three"))


def test_a_server_that_asked_to_be_left_alone_is_until_the_user_resumes_it(
    call: Call, web: Web
) -> None:
    web.pages["/feed"] = reply(429, Retry_After="3600")
    feed = web.url("/feed")
    call("add", "--as-is", feed)
    call("update")
    assert "as its server wishes" in call("update", feed)
    assert "by its server's word" in call("sources")
    assert len(web.seen) == 1
    call("sources", "set", feed, "--resume")
    call("update")
    assert len(web.seen) == 2


def test_a_feed_that_is_gone_is_shown_as_retired_and_asked_no_more(call: Call, web: Web) -> None:
    web.pages["/feed"] = reply(410)
    feed = web.url("/feed")
    call("add", "--as-is", feed)
    call("update")
    assert f"{feed}: gone for good, retired since" in call("update", "--now", "-v")
    assert len(web.seen) == 1
    assert "--resume" in call("sources")
    assert "retired since" in call("status")
    assert json.loads(call("status", "--json"))["retired"] == [feed]
    web.pages["/feed"] = reply(200, RSS)
    call("add", feed)
    assert json.loads(call("update", "--json"))["new"] == 1


def test_a_feed_that_moved_is_told_of(call: Call, web: Web) -> None:
    web.pages["/old"] = reply(301, Location="/new")
    web.pages["/new"] = reply(200, RSS)
    call("add", "--as-is", web.url("/old"))
    assert f"moved for good to {web.url('/new')}" in call("update", "-v")
    assert listed(call)[0]["address"] == web.url("/new")


def test_a_paused_source_is_not_read_and_that_is_said(call: Call, web: Web) -> None:
    web.pages["/feed"] = reply(200, RSS)
    address = web.url("/feed")
    call("add", "--as-is", address)
    assert call("sources", "set", address, "--pause").startswith("Set: ")
    assert f"{address}: paused since" in call("update", address)
    assert f"{address}: paused since" in call("update", "-v", "--now")
    assert web.seen == []
    assert "--resume" in call("sources")
    assert json.loads(call("status", "--json"))["paused"] == [address]
    assert f": {address}: not read until it is resumed" in call("status")
    call("sources", "set", address, "--resume")
    assert json.loads(call("update", "--json"))["paused"] == 0
    assert len(web.seen) == 1


def test_a_folder_can_be_paused_too(call: Call, tmp_path: Path) -> None:
    call("add", str(tmp_path))
    call("sources", "set", str(tmp_path), "--pause")
    assert json.loads(call("update", "--json"))["paused"] == 1
    call("add", str(tmp_path))
    assert json.loads(call("update", "--json"))["paused"] == 0
