"""Updates of feeds, over real HTTP into the store: what is kept, and when they are asked again."""

from pathlib import Path

import pytest

from archive.ingest import feed_run
from archive.ingest.decide import Outcome
from archive.source import Kind
from archive.store import Store
from tests.archive.conftest import TEXT, Update, outcomes, texts
from tests.http_server import Web, reply


def rss(*items: str) -> bytes:
    channel = f"<title>The Gannet</title>{''.join(items)}"
    return f'<rss version="2.0"><channel>{channel}</channel></rss>'.encode()


def item(name: str, text: str = TEXT, link: str | None = None) -> str:
    link = link or f"https://gannet.example/{name}"
    parts = f"<title>{name}</title><link>{link}</link><guid>{name}</guid>"
    return f"<item>{parts}<description>{text}</description></item>"


def test_a_feed_is_read_kept_and_asked_conditionally(web: Web, run: Update, store: Store) -> None:
    web.pages["/feed"] = reply(200, rss(item("a"), item("b")), ETag='"1"', Last_Modified="Mon")
    store.add_source(Kind.FEED, web.url("/feed"))
    assert [outcomes(report) for report in run()] == [{"new": 2}]
    assert store.sources()[0].title == "The Gannet"
    web.pages["/feed"] = reply(304)
    for _ in range(2):
        (report,) = run()
        assert outcomes(report) == {"unchanged": 2}
        headers = web.seen[-1][1]
        assert (headers["if-none-match"], headers["if-modified-since"]) == ('"1"', "Mon")


def test_an_edited_item_becomes_a_revision_and_a_vanished_one_stays(
    web: Web, run: Update, store: Store
) -> None:
    web.pages["/feed"] = reply(200, rss(item("a"), item("b")))
    store.add_source(Kind.FEED, web.url("/feed"))
    run()
    web.pages["/feed"] = reply(200, rss(item("a", "The bank raised its rate.")))
    (report,) = run()
    assert outcomes(report) == {"revised": 1}
    assert store.counts().articles == 2
    assert "The bank raised its rate." in texts(store)


def test_an_item_that_moves_to_another_address_stays_the_same_article(
    web: Web, run: Update, store: Store
) -> None:
    web.pages["/feed"] = reply(200, rss(item("a")))
    store.add_source(Kind.FEED, web.url("/feed"))
    run()
    web.pages["/feed"] = reply(200, rss(item("a", link="https://gannet.example/moved")))
    (report,) = run()
    assert outcomes(report) == {"unchanged": 1}
    assert store.counts().articles == 1


def test_one_address_in_two_feeds_is_a_copy_and_never_goes_back_and_forth(
    web: Web, run: Update, store: Store
) -> None:
    web.pages["/one"] = reply(200, rss(item("a", "First teaser.")))
    web.pages["/two"] = reply(200, rss(item("a", "Second teaser.")))
    store.add_source(Kind.FEED, web.url("/one"))
    store.add_source(Kind.FEED, web.url("/two"))
    assert [outcomes(report) for report in run()] == [{"new": 1}, {"copy": 1}]
    after = store.position()
    for _ in range(3):
        assert [outcomes(report) for report in run()] == [{"unchanged": 1}] * 2
    assert store.position() == after
    assert texts(store) == {"First teaser."}


@pytest.mark.parametrize("purge", [False, True], ids=["withdrawn", "purged"])
def test_a_withdrawn_article_does_not_come_back(
    web: Web, run: Update, store: Store, folder: Path, purge: bool
) -> None:
    for name in ("a.txt", "b.txt"):
        (folder / name).write_text(f"{name} {TEXT}")
    store.add_source(Kind.FOLDER, str(folder))
    web.pages["/feed"] = reply(200, rss(item("a")))
    store.add_source(Kind.FEED, web.url("/feed"))
    run()
    for change in list(store.changes_since(0)):
        store.withdraw(change.id, purge=purge)
    web.pages["/feed"] = reply(200, rss(item("a", "The bank raised its rate.")))
    (folder / "a.txt").write_text("a.txt has another text now.")
    run()
    assert texts(store) == set()
    assert store.counts().withdrawn == 3
    assert {Outcome.NEW, Outcome.REVISED} & {
        o for r in run() for o, n in r.outcomes.items() if n
    } == set()


def test_one_bad_feed_stops_no_other(web: Web, run: Update, store: Store) -> None:
    web.pages["/gone"] = reply(410)
    web.pages["/page"] = reply(200, b"<!doctype html><html></html>")
    web.pages["/good"] = reply(200, rss(item("a")))
    for path in ("/gone", "/page", "/good", "/nowhere"):
        store.add_source(Kind.FEED, web.url(path))
    store.add_source(Kind.FEED, "not an address")
    reports = run()
    assert [report.ok for report in reports] == [False, False, True, False, False]
    reasons = [reason for report in reports for _, reason in report.failures]
    assert reasons == [
        "is gone for good (HTTP 410): retired, not asked any more",
        "is a web page, not a feed",
        "is not there (HTTP 404)",
        "leads to what is not an http or https address",
    ]
    assert [len(source.failures) for source in store.sources()] == [1, 1, 0, 1, 1]


def test_a_feed_that_answers_again_has_failed_no_more(web: Web, run: Update, store: Store) -> None:
    store.add_source(Kind.FEED, web.url("/feed"))
    run()
    assert len(store.sources()[0].failures) == 1
    web.pages["/feed"] = reply(200, rss(item("a")))
    run()
    assert store.sources()[0].failures == ()


def test_an_unusable_entry_is_noted_and_the_feed_is_well(
    web: Web, run: Update, store: Store
) -> None:
    web.pages["/feed"] = reply(200, rss(item("a"), "<item><guid>x</guid></item>"))
    store.add_source(Kind.FEED, web.url("/feed"))
    (report,) = run()
    assert report.ok
    assert len(report.refused) == 1
    assert outcomes(report) == {"new": 1}


def test_a_feed_is_known_by_the_name_the_user_gave_it(web: Web, run: Update, store: Store) -> None:
    web.pages["/feed"] = reply(200, rss(item("a")))
    store.add_source(Kind.FEED, web.url("/feed"), "My Gannet", ["harbour"])
    run()
    (change,) = store.changes_since(0)
    assert change.article is not None
    assert change.article.source == "My Gannet"
    assert "harbour" in change.article.topics


def test_an_answer_sets_when_the_feed_is_due(web: Web, run: Update, store: Store) -> None:
    web.pages["/plain"] = reply(200, rss(item("a")))
    web.pages["/fresh"] = reply(200, rss(item("b")), Cache_Control="max-age=3600")
    web.pages["/ttl"] = reply(200, rss("<ttl>120</ttl>", item("c")), ETag='"1"')
    skips = "<skipHours><hour>12</hour><hour>13</hour></skipHours>"
    web.pages["/skips"] = reply(200, rss(skips, item("d")), ETag='"1"')
    for path in ("/plain", "/fresh", "/ttl", "/skips"):
        store.add_source(Kind.FEED, web.url(path))
    run()
    due = [source.due for source in store.sources()]
    assert due == [f"2026-01-10T{time}:00+00:00" for time in ("12:15", "13:00", "14:00", "14:00")]
    web.pages["/ttl"] = web.pages["/skips"] = reply(304, Cache_Control="max-age=60")
    run()
    assert [source.due for source in store.sources()][2:] == due[2:], "what feeds said still holds"


def test_a_failing_feed_is_asked_later_each_time_until_it_answers(
    web: Web, run: Update, store: Store
) -> None:
    store.add_source(Kind.FEED, web.url("/feed"))
    waits = []
    for body in (None, b"<html></html>", None):
        web.pages["/feed"] = reply(404) if body is None else reply(200, body)
        run()
        waits.append(store.sources()[0].due)
    assert waits == [f"2026-01-10T{time}:00+00:00" for time in ("12:15", "12:30", "13:00")]
    assert store.sources()[0].failing == 3
    web.pages["/feed"] = reply(200, rss(item("a")))
    run()
    assert store.sources()[0].failing == 0


def test_a_server_that_is_too_busy_is_left_alone_as_long_as_it_asks(
    web: Web, run: Update, store: Store
) -> None:
    web.pages["/busy"] = reply(503, Retry_After="7200")
    web.pages["/well"] = reply(200, rss(item("a")))
    for path in ("/busy", "/well"):
        store.add_source(Kind.FEED, web.url(path))
    run()
    busy, well = store.sources()
    assert (busy.held, busy.due) == ("2026-01-10T14:00:00+00:00",) * 2
    assert well.held is None, "that of one feed holds for no other on its host"


def test_a_feed_that_is_gone_is_retired_until_it_is_added_again(
    web: Web, run: Update, store: Store
) -> None:
    web.pages["/feed"] = reply(410)
    store.add_source(Kind.FEED, web.url("/feed"))
    (report,) = run()
    assert not report.ok
    assert store.sources()[0].retired == "2026-01-10T12:00:00+00:00"
    store.add_source(Kind.FEED, web.url("/feed"))
    assert store.sources()[0].retired is None


def test_a_feed_that_moved_for_good_is_asked_at_its_new_address(
    web: Web, run: Update, store: Store
) -> None:
    web.pages["/old"] = reply(301, Location="/new")
    web.pages["/new"] = reply(200, rss(item("a")))
    store.add_source(Kind.FEED, web.url("/old"))
    (report,) = run()
    assert report.notes == [f"moved for good to {web.url('/new')}, and is asked there from now on"]
    (source,) = store.sources()
    assert (source.address, source.articles) == (web.url("/new"), 1)
    (report,) = run()
    assert (outcomes(report), report.notes) == ({"unchanged": 1}, [])
    assert [path for path, _ in web.seen] == ["/old", "/new", "/new"]


@pytest.mark.parametrize("status", [302, 307])
def test_a_feed_that_moved_for_now_keeps_its_address(
    web: Web, run: Update, store: Store, status: int
) -> None:
    web.pages["/old"] = reply(status, Location="/new")
    web.pages["/new"] = reply(200, rss(item("a")))
    store.add_source(Kind.FEED, web.url("/old"))
    (report,) = run()
    assert (report.notes, store.sources()[0].address) == ([], web.url("/old"))


def test_a_move_to_what_is_no_feed_is_not_believed(web: Web, run: Update, store: Store) -> None:
    web.pages["/old"] = reply(301, Location="/login")
    web.pages["/login"] = reply(200, b"<!doctype html><html>Sign in</html>")
    store.add_source(Kind.FEED, web.url("/old"))
    (report,) = run()
    assert not report.ok
    assert store.sources()[0].address == web.url("/old")


def test_a_move_to_another_source_is_told_and_changes_neither(
    web: Web, run: Update, store: Store
) -> None:
    web.pages["/old"] = reply(301, Location="/new")
    web.pages["/new"] = reply(200, rss(item("a")))
    for path in ("/old", "/new"):
        store.add_source(Kind.FEED, web.url(path))
    old, _ = run()
    assert len(old.notes) == 1
    assert "is a source of its own" in old.notes[0]
    assert [source.address for source in store.sources()] == [web.url("/old"), web.url("/new")]


def test_feeds_that_are_as_they_were_are_reported_in_their_place(
    web: Web, run: Update, store: Store
) -> None:
    for number in range(6):
        web.pages[f"/{number}"] = reply(200, rss(item(f"a{number}")))
        store.add_source(Kind.FEED, web.url(f"/{number}"))
    run()
    for number in (0, 1, 3, 4):
        web.pages[f"/{number}"] = reply(304)
    web.pages["/5"] = reply(404)
    steps: list[tuple[str, int, int]] = []
    reports = run(progress=lambda *step: steps.append(step))
    assert [report.source.address for report in reports] == [web.url(f"/{n}") for n in range(6)]
    assert [report.ok for report in reports] == [True] * 5 + [False]
    assert steps[-1] == ("feeds", 6, 6)


def test_a_304_heals_the_feed_and_leaves_what_its_entries_lacked(
    web: Web, run: Update, store: Store
) -> None:
    web.pages["/feed"] = reply(200, rss(item("a"), "<item><guid>x</guid></item>"))
    source, _ = store.add_source(Kind.FEED, web.url("/feed"))
    run()
    entry = store.sources()[0].failures
    assert len(entry) == 1
    store.record_failures(source.id, [(source.address, "is not there"), ("x", "is broken")])
    web.pages["/feed"] = reply(304)
    run()
    assert [failure.reason for failure in store.sources()[0].failures] == ["is broken"]


def test_a_long_feed_comes_in_over_several_runs(
    web: Web, run: Update, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One feed of 10,000 entries kept all others waiting for minutes."""
    monkeypatch.setattr(feed_run, "MOST_CHANGED", 2)
    web.pages["/feed"] = reply(200, rss(*(item(name) for name in "abcde")), ETag='"1"')
    store.add_source(Kind.FEED, web.url("/feed"))
    (report,) = run()
    assert report.notes == ["3 more of its entries come with the next updates"]
    assert [outcomes(report)["new"] for report in (report, *run(), *run())] == [2, 2, 1]
    assert not any("if-none-match" in headers for _, headers in web.seen), "it is had in full"
    run()
    assert web.seen[-1][1]["if-none-match"] == '"1"', "until all of it is here"
