"""A backfill that is limited, cut off, begun again or given a list."""

from datetime import timedelta

import pytest

from archive.ingest.backfill import run as backfills
from archive.ingest.backfill.bounds import Bounds, day_said
from tests.archive.backfill_site import Site, site
from tests.http_server import reply

__all__ = ["site"]


def five_pages(site: Site) -> None:
    days = [f"2025-01-0{n}" for n in range(1, 6)]
    site.sitemap("/sitemap.xml", *(site.loc(f"/p{d[-1]}", published=d) for d in days))
    for day in days:
        site.page(f"/p{day[-1]}", day)


def test_a_limited_run_takes_the_newest_and_the_next_goes_on_where_it_was(site: Site) -> None:
    five_pages(site)
    found = site.backfill(limit=2)
    assert site.kept() == {"/a", "/p5", "/p4"}
    assert (found.visited, site.counts().waiting, site.counts().done) == (2, 3, 2)
    site.go_on(limit=2)
    site.go_on()
    assert site.kept() == {"/a", *(f"/p{n}" for n in range(1, 6))}
    assert all(site.visits(f"/p{n}") == 1 for n in range(1, 6))
    assert site.visits("/sitemap.xml") == 1
    state = site.store.backfill(site.source.id)
    assert state is not None
    assert state.finished


def test_a_run_that_is_cut_off_in_the_middle_goes_on(site: Site) -> None:
    five_pages(site)

    def stop(what: str, done: int, _total: int) -> None:
        if (what, done) == ("pages", 2):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        site.backfill(progress=stop)
    assert len(site.kept()) == 3
    site.go_on()
    assert len(site.kept()) == 6


def test_a_backfill_begun_again_visits_only_what_is_new(site: Site) -> None:
    five_pages(site)
    site.backfill()
    site.sitemap("/sitemap.xml", site.loc("/p1"), site.loc("/new"))
    site.page("/new")
    site.backfill()
    assert "/new" in site.kept()
    assert site.visits("/p1") == 1


def test_a_page_that_fails_is_named_and_tried_again_later(site: Site) -> None:
    site.sitemap("/sitemap.xml", site.loc("/one"), site.loc("/gone"))
    site.web.pages["/one"] = reply(500)
    told: list[tuple[str, str]] = []
    found = site.backfill(tell=lambda *what: told.append(what))
    assert found.failed == told
    assert {where for where, _ in told} == {site.web.url("/one"), site.web.url("/gone")}
    assert (site.counts().waiting, site.counts().failed) == (1, 1)
    assert site.counts().next_due is not None
    site.page("/one")
    site.go_on()
    assert site.visits("/one") == 1
    site.now += timedelta(hours=2)
    site.go_on()
    assert "/one" in site.kept()


def test_a_host_that_asks_for_patience_gets_it_and_the_rest_is_left(site: Site) -> None:
    five_pages(site)
    site.web.pages["/p5"] = reply(429, Retry_After="600")
    found = site.backfill()
    assert found.visited == 1
    assert site.counts().waiting == 5
    site.now += timedelta(hours=2)
    site.page("/p5")
    site.go_on()
    assert len(site.kept()) == 6


def test_the_pages_of_a_list_belong_to_the_source(site: Site) -> None:
    site.page("/one", "2024-02-02")
    site.page("/old", "2010-02-02")
    addresses = [site.web.url(path) for path in ("/one", "/old", "/2011/01/01/older")]
    bounds = Bounds(after=day_said("2020"))
    taken = backfills.add_list(site.store, site.source, addresses, bounds)
    assert (taken.wanted, taken.known) == (2, 0)
    site.go_on()
    assert site.kept() == {"/one"}
    taken = backfills.add_list(site.store, site.source, addresses[:1], Bounds())
    assert (taken.wanted, taken.known) == (0, 1)


def test_a_list_is_not_lost_when_a_backfill_begins(site: Site) -> None:
    site.page("/one")
    backfills.add_list(site.store, site.source, [site.web.url("/one")], Bounds())
    site.backfill()
    assert "/one" in site.kept()


def test_where_a_page_fails_its_feeds_text_is_kept_and_told_of(site: Site) -> None:
    site.feed("/feed", "a", text="The harbour board met.")
    found = site.backfill()
    assert site.kept() == {"/a"}
    assert found.teasers == 1
    ((address, reason),) = found.failed
    assert address == site.web.url("/a")
    assert reason == "is not there (HTTP 404); its feed's text is kept"


@pytest.mark.parametrize(
    ("day", "stamp", "young"),
    [
        ("2026-01-10", "sitemap", True),
        ("", "sitemap", False),
        ("", "lastmod", True),
        ("2020-01-01", "sitemap", False),
        ("", "list", True),
        ("2020-01-01", "list", False),
    ],
)
def test_a_page_that_a_backfill_brought_is_young_by_its_date_or_where_the_user_named_it(
    site: Site, day: str, stamp: str, young: bool
) -> None:
    site.page("/one", day)
    if stamp == "list":
        backfills.add_list(site.store, site.source, [site.web.url("/one")], Bounds())
        site.go_on()
    else:
        changed = "2026-01-10" if stamp == "lastmod" else ""
        site.sitemap("/sitemap.xml", site.loc("/one", changed))
        site.backfill()
    assert site.store.page_counts().young == young
    assert site.store.seen_page(1, site.web.url("/one")) is not None
