"""Known pages read anew because the user lists them, over real HTTP."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from archive.ingest.backfill import run as backfills
from archive.ingest.backfill.bounds import Bounds
from archive.ingest.backfill.listings import Found
from archive.ingest.backfill.run import Taken
from archive.ingest.fetch import Fetcher
from archive.ingest.run import Run
from archive.ingest.visit import Visitor
from archive.source import Kind
from tests.archive.teaser_site import BODY, CORRECTED, DAY, TEASER, Site, opened, page_now
from tests.http_server import Web, reply


@pytest.fixture
def site(web: Web, tmp_path: Path, fetcher: Fetcher) -> Iterator[Site]:
    """A site whose one teaser was followed to its page long ago."""
    with opened(Site, web, tmp_path, fetcher) as site:
        site.entry("a")
        site.page("a")
        site.run()
        site.now += 30 * DAY
        yield site


def take(site: Site, *names: str, anew: bool = True) -> Taken:
    addresses = [site.web.url(f"/{name}") for name in names]
    source = site.store.sources()[0]
    return backfills.add_list(site.store, source, addresses, Bounds(), anew=anew)


def go_on(site: Site) -> Found:
    found: list[Found] = []
    visitor = Visitor(site.fetcher, pause=0)
    source = site.store.sources()[0]
    backfills.run(site.store, [source], visitor, Run(site.now.date()), found)
    return found[0]


def test_a_listed_page_is_read_anew_without_losing_what_the_feed_said(site: Site) -> None:
    before = site.kept().article
    site.page("a", CORRECTED)
    assert take(site, "a", anew=False) == Taken(wanted=0, known=1)
    assert take(site, "a") == Taken(wanted=1, known=1)
    found = go_on(site)
    assert (found.visited, found.failed) == (1, [])
    after = site.kept()
    assert (after.revision, after.edits) == (2, 1)
    assert after.article.text == "\n\n".join(CORRECTED)
    assert (after.article.topics, after.article.published) == (before.topics, before.published)
    assert after.article.source == before.source
    assert "if-none-match" not in site.asked(), "anew means: whatever its server thinks"
    before_run = site.store.position()
    site.run()
    assert site.store.position() == before_run, "nor is the feed's entry taken for a new one"


def test_what_the_feed_said_is_found_in_the_evidence_where_the_store_did_not_keep_it(
    site: Site,
) -> None:
    before = site.kept().article
    site.store._run("DELETE FROM page")
    site.page("a", CORRECTED)
    take(site, "a")
    go_on(site)
    after = site.kept().article
    assert after.text == "\n\n".join(CORRECTED)
    assert (after.topics, after.published, after.source) == (
        *(before.topics, before.published),
        before.source,
    )
    feed = "feed: category"
    assert [(e.value, e.origin) for e in after.evidence if e.field == "topics"] == [
        ("politics", f"{feed} “Politics”"),
        ("Pilots", feed),
    ]


def test_a_page_that_did_not_change_makes_no_revision(site: Site) -> None:
    take(site, "a")
    assert go_on(site).visited == 1
    assert site.kept().revision == 1


@pytest.mark.parametrize("how", ["gone", "paywall"])
def test_a_listed_page_that_is_not_had_leaves_its_article(site: Site, how: str) -> None:
    site.web.pages["/a"] = reply(410)
    if how == "paywall":
        site.page("a", ("Subscribe to read about the harbour board.",))
    take(site, "a")
    ((_, reason),) = go_on(site).failed
    assert reason.endswith("; its article stays as it was")
    assert site.kept().article.text == "\n\n".join(BODY)
    assert site.kept().revision == 1


def test_an_article_that_had_only_its_feeds_text_is_completed(site: Site) -> None:
    site.entry("b")
    site.web.pages["/b"] = reply(404)
    site.run()
    assert site.kept("b").article.text == TEASER
    site.page("b")
    take(site, "b")
    go_on(site)
    kept = site.kept("b")
    assert kept.article.text == "\n\n".join(BODY)
    assert (kept.revision, kept.edits) == (2, 0)
    assert kept.article.topics == ("politics", "Pilots")


def test_a_failed_page_of_an_article_with_its_feeds_text_leaves_that(site: Site) -> None:
    site.entry("b")
    site.web.pages["/b"] = reply(404)
    site.run()
    take(site, "b")
    found = go_on(site)
    assert found.failed[0][1].endswith("; its feed's text is kept")
    assert found.teasers == 1
    assert site.kept("b").revision == 1


def test_what_cannot_be_read_anew_is_refused_with_the_reason(site: Site, folder: Path) -> None:
    site.entry("b")
    site.page("b")
    site.run()
    site.store.withdraw(site.kept("b").article.id)
    site.store.add_source(Kind.FEED, site.web.url("/other"))
    site.store.add_source(Kind.FOLDER, str(folder))
    for number, words in ((2, "belongs to"), (3, f"came from {folder}")):
        site.store._run("UPDATE article SET source_id = ? WHERE state = 'kept'", [number])
        taken = take(site, "a", "b")
        (first, why), (second, withdrawn) = taken.refused
        assert (first, second) == (site.web.url("/a"), site.web.url("/b"))
        assert words in why
        assert "was withdrawn" in withdrawn
        assert (taken.wanted, taken.known) == (0, 0)


def test_an_article_whose_source_was_removed_is_read_anew_for_the_source_that_asks(
    site: Site,
) -> None:
    site.store.remove_source(site.web.url("/feed"))
    site.store.add_source(Kind.FEED, site.web.url("/feed"))
    site.page("a", CORRECTED)
    take(site, "a")
    go_on(site)
    kept = site.kept()
    assert kept.source_id == site.store.sources()[0].id
    assert kept.article.text == "\n\n".join(CORRECTED)
    assert kept.article.topics == ("politics", "Pilots")


def test_reading_anew_takes_back_the_note_that_the_page_was_gone(site: Site) -> None:
    site.entry("b", date=site.now.strftime("%d %b %Y %H:%M:%S"))
    site.page("b")
    site.run()
    site.web.pages["/b"] = reply(404)
    site.now += timedelta(hours=1)
    site.run()
    assert page_now(site.kept("b"))
    site.page("b")
    take(site, "b")
    go_on(site)
    assert page_now(site.kept("b")) == []
    assert site.kept("b").revision == 1
    assert site.seen("b").gone is None
