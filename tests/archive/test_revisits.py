"""What a look at a young page finds, over real HTTP, through the whole pipeline."""

import pytest

from archive.ingest.item import Item
from archive.ingest.readers.reading import Here
from tests.archive.teaser_site import (
    BODY,
    CORRECTED,
    DAY,
    HOUR,
    Site,
    counted,
    outcomes,
    page_now,
    read,
    site,
)
from tests.http_server import reply

__all__ = ["read", "site"]


def test_a_correction_made_only_on_the_page_becomes_a_revision_that_keeps_what_the_feed_said(
    read: Site,
) -> None:
    before = read.kept().article
    read.page("a", CORRECTED)
    report = read.run()
    assert outcomes(report) == {"unchanged": 1, "revised": 1}
    assert counted(report) == (1, 1, 0)
    kept = read.kept()
    assert (kept.revision, kept.edits) == (2, 1)
    assert kept.article.text == "\n\n".join(CORRECTED)
    assert kept.article.published == before.published
    assert kept.article.topics == before.topics == ("politics", "Pilots")
    assert kept.article.source == before.source == "The Gannet"


def test_a_page_that_did_not_change_is_asked_for_conditionally_and_only_noted(read: Site) -> None:
    position = read.store.position()
    report = read.run()
    assert read.visits() == 2
    assert read.asked()["if-none-match"] == read.seen().etag
    assert outcomes(report) == {"unchanged": 1}, "the feed's entry; a look is counted apart"
    assert counted(report) == (1, 0, 0)
    assert read.store.position() == position, "nothing for the index to follow"
    assert read.seen().looked == "2026-01-10T13:00:00+00:00"


def test_last_modified_is_remembered_too(site: Site) -> None:
    site.entry("a")
    when = "Sat, 10 Jan 2026 11:00:00 GMT"
    html = "".join(f"<p>{part}</p>" for part in BODY)
    page = f"<html><body><article><h1>Page</h1>{html}</article></body></html>".encode()
    site.web.pages["/a"] = reply(200, page, Content_Type="text/html", Last_Modified=when)
    site.run()
    site.now += HOUR
    site.web.pages["/a"] = reply(304)
    assert counted(site.run()) == (1, 0, 0)
    assert site.asked()["if-modified-since"] == when
    assert site.seen().last_modified == when


def test_a_change_of_furniture_is_no_revision(read: Site) -> None:
    read.page("a", read=4711)
    assert counted(read.run()) == (1, 0, 0)
    assert read.kept().revision == 1


def test_a_page_without_validators_is_read_again_and_compared(site: Site) -> None:
    site.entry("a")
    site.page("a", etag=False)
    site.run()
    site.now += HOUR
    assert counted(site.run()) == (1, 0, 0)
    assert "if-none-match" not in site.asked()
    site.page("a", CORRECTED, etag=False)
    site.now += DAY
    assert counted(site.run()) == (1, 1, 0)


@pytest.mark.parametrize("status", [404, 410])
def test_a_page_that_is_gone_keeps_its_article_says_so_and_is_asked_no_more(
    read: Site, status: int
) -> None:
    read.web.pages["/a"] = reply(status)
    report = read.run()
    assert report.ok
    assert counted(report) == (1, 0, 1)
    kept = read.kept()
    assert (kept.article.text, kept.revision) == ("\n\n".join(BODY), 1)
    ((note),) = page_now(kept)
    assert f"HTTP {status}" in note.value
    assert note.origin == f"visit: {read.web.url('/a')}, 2026-01-10"
    assert read.seen().gone == "2026-01-10T13:00:00+00:00"
    assert read.store.page_counts().gone == 1
    read.now += 3 * DAY
    assert counted(read.run()) == (0, 0, 0)
    assert read.visits() == 2


def failing(site: Site, how: str) -> None:
    match how:
        case "error":
            site.web.pages["/a"] = reply(500)
        case "binary":
            site.web.pages["/a"] = reply(200, b"\0\1\2\3", Content_Type="text/html")
        case "picture":
            site.web.pages["/a"] = reply(200, b"\x89PNG\0\0", Content_Type="image/png")
        case "front page":
            site.web.pages["/a"] = reply(302, Location="/")
            site.web.pages["/"] = reply(200, b"<p>All the news</p>", Content_Type="text/html")
        case "paywall":
            site.page("a", ("Subscribe to read about the harbour board.",))
        case "robots":
            robots = b"User-agent: *\nDisallow: /a\n"
            site.web.pages["/robots.txt"] = reply(200, robots)


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ("error", "HTTP 500"),
        ("binary", "is not HTML"),
        ("picture", "is not a web page, but image/png"),
        ("front page", "leads to a site's front page"),
        ("paywall", "shows much less than was kept"),
        ("robots", "robots.txt does not allow it"),
    ],
)
def test_a_look_that_fails_loses_nothing_and_the_next_one_sees_the_correction(
    read: Site, how: str, reason: str
) -> None:
    failing(read, how)
    report = read.run()
    assert counted(report) == (1, 0, 1)
    assert reason in report.missed[0][1]
    assert reason in (read.seen().reason or "")
    assert read.kept().article.text == "\n\n".join(BODY)
    assert read.kept().revision == 1
    read.web.pages.pop("/robots.txt", None)
    read.page("a", CORRECTED)
    read.now += DAY
    assert counted(read.run()) == (1, 1, 0)
    assert read.seen().reason is None
    assert page_now(read.kept()) == []


class Defective(Here):
    """Readers with a defect that pages meet."""

    def page(self, data: bytes, key: str, url: str) -> Item:
        raise ZeroDivisionError(f"{len(data)} bytes of {key} at {url}")


def test_a_defect_of_ours_costs_a_look_and_nothing_else(read: Site) -> None:
    read.page("a", CORRECTED)
    report = read.run(readers=Defective())
    assert "could not be read (ZeroDivisionError" in report.missed[0][1]
    assert read.kept().revision == 1
    read.now += DAY
    assert counted(read.run()) == (1, 1, 0)


def test_a_notice_in_the_place_of_the_article_is_quoted_until_the_article_is_back(
    read: Site,
) -> None:
    read.page("a", ("This article was taken down at the request of the board.",))
    read.run()
    ((note),) = page_now(read.kept())
    assert "“This article was taken down" in note.value
    position = read.store.position()
    read.now += DAY
    read.run()
    assert read.store.position() == position, "the same notice is noted once"
    assert page_now(read.kept()) == [note]
    read.page("a")
    read.now += 2 * DAY
    assert counted(read.run()) == (1, 0, 0)
    assert page_now(read.kept()) == []
    assert read.kept().revision == 1


def test_a_teaser_longer_than_its_page_is_no_reason_to_shorten_the_article(site: Site) -> None:
    site.entry("a", " ".join(BODY[:2]))
    site.page("a")
    site.run()
    site.page("a", (BODY[0], BODY[1][:50]))
    site.now += HOUR
    report = site.run()
    assert report.missed[0][1].startswith("shows less than the feed")
    assert site.kept().revision == 1
