"""Where a backfill finds past coverage: older pages of feeds, and sitemaps."""

import pytest

from tests.archive.backfill_site import Site, site
from tests.http_server import reply

__all__ = ["site"]


@pytest.mark.parametrize("rel", ["next", "prev-archive"])
def test_a_feeds_older_parts_are_followed_to_the_last(site: Site, rel: str) -> None:
    site.feed("/feed", "ab", site.link(rel, "/feed/2"))
    site.feed("/feed/2", "cd", site.link(rel, "/feed/3"))
    site.feed("/feed/3", "e")
    found = site.backfill()
    assert site.kept() == {"/a", "/b", "/c", "/d", "/e"}
    assert found.failed == []
    state = site.store.backfill(site.source.id)
    assert state is not None
    assert state.finished


def test_parts_that_lead_in_a_circle_end(site: Site) -> None:
    site.feed("/feed", "a", site.link("next", "/feed/2"))
    site.feed("/feed/2", "b", site.link("next", "/feed"))
    site.backfill()
    assert site.kept() == {"/a", "/b"}


def test_wordpress_is_paged_until_it_has_no_more(site: Site) -> None:
    generator = "<generator>https://wordpress.org/?v=6.4</generator>"
    site.feed("/feed", "ab", generator)
    site.feed("/feed?paged=2", "cd", generator)
    site.feed("/feed?paged=3", "e", generator)
    found = site.backfill()
    assert site.kept() == {"/a", "/b", "/c", "/d", "/e"}
    assert found.failed == [], "the 404 behind the last page is no failure"


def test_a_site_that_does_not_page_is_asked_once_in_vain(site: Site) -> None:
    generator = "<generator>WordPress</generator>"
    for path in ("/feed", "/feed?paged=2", "/feed?paged=3"):
        site.feed(path, "ab", generator)
    site.backfill()
    assert site.visits("/feed?paged=2") == 1
    assert site.visits("/feed?paged=3") == 0


def test_only_a_feed_by_wordpress_is_paged(site: Site) -> None:
    site.feed("/feed", "a", "<generator>Hugo</generator>")
    site.backfill()
    assert not [path for path, _ in site.web.seen if "paged" in path]


def test_what_lies_behind_the_days_asked_for_is_not_asked(site: Site) -> None:
    site.feed("/feed", "a", site.link("next", "/2"), year=2025)
    site.feed("/2", "b", site.link("next", "/3"), year=2023)
    site.feed("/3", "c", year=2021)
    site.backfill(after="2024")
    assert site.kept() == {"/a"}
    assert site.visits("/3") == 0


def test_teasers_in_older_parts_are_followed_to_their_pages(site: Site) -> None:
    site.feed("/feed", "a", site.link("next", "/2"))
    site.feed("/2", "b", text="Short.")
    site.page("/b")
    found = site.backfill()
    assert found.visited == 1
    kept = site.store.by_url(site.web.url("/b"))
    assert kept is not None
    assert len(kept.article.text) > 400


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_a_sitemap_where_it_usually_lies_is_found_and_its_pages_visited(
    site: Site, packed: bool
) -> None:
    site.sitemap("/sitemap.xml", site.loc("/one"), site.loc("/two"), packed=packed)
    site.page("/one")
    site.page("/two")
    found = site.backfill()
    assert site.kept() == {"/a", "/one", "/two"}
    assert found.visited == 2
    article = site.store.by_url(site.web.url("/one"))
    assert article is not None
    assert article.source_id == site.source.id
    assert article.article.source == "The Gannet", "as the articles of its feed"


def test_robots_txt_names_the_sitemaps_and_an_index_leads_to_more(site: Site) -> None:
    robots = f"Sitemap: {site.web.url('/maps/index.xml')}\n"
    site.web.pages["/robots.txt"] = reply(200, robots.encode())
    site.sitemap(
        "/maps/index.xml",
        site.loc("/maps/1.xml.gz"),
        site.loc("/maps/post_tag-sitemap.xml"),
        site.loc("/maps/old.xml", lastmod="2020-01-01"),
        index=True,
    )
    site.sitemap("/maps/1.xml.gz", site.loc("/one"), packed=True)
    site.page("/one")
    site.backfill(after="2024")
    assert site.kept() == {"/a", "/one"}
    assert site.visits("/sitemap.xml") == 0
    assert site.visits("/maps/post_tag-sitemap.xml") == 0
    assert site.visits("/maps/old.xml") == 0


def test_days_bound_what_is_visited_by_news_date_change_and_address(site: Site) -> None:
    names = {
        "/news-in": site.loc("/news-in", published="2024-06-20T10:00:00+02:00"),
        "/news-out": site.loc("/news-out", published="2025-01-02"),
        "/changed-before": site.loc("/changed-before", lastmod="2023-12-31"),
        "/changed-after": site.loc("/changed-after", lastmod="2025-06-01"),
        "/2024/06/20/in": site.loc("/2024/06/20/in", lastmod="2025-06-01"),
        "/2022/06/out": site.loc("/2022/06/out", lastmod="2025-06-01"),
        "/unknown": site.loc("/unknown"),
    }
    site.sitemap("/sitemap.xml", *names.values())
    for path in names:
        site.page(path, "2024-05-05")
    site.page("/unknown", "2021-05-05")
    site.backfill(after="2024", before="2024")
    assert site.kept() == {"/news-in", "/changed-after", "/2024/06/20/in"}
    assert site.visits("/unknown") == 1, "its date is known only from the page"
    for path in ("/news-out", "/changed-before", "/2022/06/out"):
        assert site.visits(path) == 0


def test_listing_pages_other_sites_and_known_articles_are_not_visited(site: Site) -> None:
    site.sitemap(
        "/sitemap.xml",
        *(site.loc(path) for path in ("/", "/tag/quay/", "/page/2/", "/a", "/one")),
        "<loc>https://tern.example/story</loc>",
    )
    site.page("/one")
    found = site.backfill()
    assert site.kept() == {"/a", "/one"}
    assert (found.visited, found.already, found.passed_over) == (1, 1, 4)


def test_a_broken_sitemap_is_named_and_gives_what_came_before(site: Site) -> None:
    robots = "".join(f"Sitemap: {site.web.url(p)}\n" for p in ("/cut.xml", "/page", "/none.gz"))
    site.web.pages["/robots.txt"] = reply(200, robots.encode())
    site.web.pages["/cut.xml"] = reply(
        200, f"<urlset><url>{site.loc('/one')}</url><url><loc>ht".encode()
    )
    site.page("/page")
    site.web.pages["/none.gz"] = reply(200, b"\x1f\x8bnot gzip")
    site.page("/one")
    found = site.backfill()
    assert "/one" in site.kept()
    assert dict(found.failed) == {
        site.web.url("/page"): "is a web page, not a sitemap",
        site.web.url("/none.gz"): "is not the gzip it looks like",
    }


def test_sitemaps_that_lead_in_a_circle_end(site: Site) -> None:
    site.sitemap("/sitemap.xml", site.loc("/b.xml"), index=True)
    site.sitemap("/b.xml", site.loc("/sitemap.xml"), index=True)
    site.backfill()
    assert site.visits("/sitemap.xml") == 1
