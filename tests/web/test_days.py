"""A day is a day in the source's own zone, from feed and page to facet, filter and web page."""

from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from bs4 import BeautifulSoup

from archive.ingest import feeds, pages
from archive.ingest.compose import compose
from archive.ingest.item import Item
from archive.source import Kind, Source
from archive.store import FILE, Store
from indexer import projection
from tests.web.conftest import client_of

TEXT = "The quay was closed for the night, the harbour master said. Nobody knew why it was so."
ZONES = ("Pacific/Auckland", "Europe/Berlin", "America/Los_Angeles")


def by_feed(moment: datetime, url: str) -> Item:
    feed = f"""<feed xmlns="http://www.w3.org/2005/Atom"><title>Gannet</title><entry>
        <title>Quay closed</title><id>{url}</id><link href="{url}"/>
        <published>{moment.isoformat()}</published><content>{TEXT}</content></entry></feed>"""
    return feeds.read(feed.encode(), "https://gannet.example/feed").entries[0].item


def by_page(moment: datetime, url: str) -> Item:
    html = f"""<html><head><title>Quay closed</title></head><body><article><h1>Quay closed</h1>
        <time datetime="{moment.isoformat()}">{moment:%d.%m.%Y}</time>
        {f"<p>{TEXT}</p>" * 6}</article></body></html>"""
    return pages.read(html.encode(), url, url)


@pytest.mark.parametrize("zone", ZONES)
def test_around_midnight_the_day_is_the_sources_own_everywhere(tmp_path: Path, zone: str) -> None:
    own = ZoneInfo(zone)
    # The last of a month and the first of the next: half an hour before and after midnight.
    moments = [datetime(2024, 5, 31, 23, 30, tzinfo=own), datetime(2024, 6, 1, 0, 30, tzinfo=own)]
    source = Source(1, Kind.FEED, "https://gannet.example/feed", "Gannet")
    with Store(tmp_path / FILE) as store:
        for moment in moments:
            for read in (by_feed, by_page):
                url = f"https://gannet.example/{read.__name__}/{moment.day}"
                article = compose(read(moment, url), source, date(2026, 1, 1))
                assert article.published is not None
                assert article.published.iso == moment.isoformat()
                store.put(article)
        projection.catch_up(store, tmp_path / "index", "english")
    with client_of(tmp_path) as client:
        everything = client.get("/search.json?q=quay").get_json()
        assert everything["facets"]["date"] == {"2024": 4, "2024-05": 2, "2024-06": 2}
        for moment, shown in zip(moments, ("31 May 2024", "1 June 2024"), strict=True):
            day = f"{moment:%Y-%m-%d}"
            for query in (f"q=quay&from={day}&to={day}", f"q=quay+date:{day}"):
                found = client.get(f"/search.json?{query}&copies=yes").get_json()
                assert found["total"] == 2
                assert {hit["published"][:10] for hit in found["hits"]} == {day}
            results = BeautifulSoup(client.get(f"/search?q=date:{day}").text, "html.parser")
            links = results.select(".hit a")
            assert links
            page = BeautifulSoup(client.get(str(links[0]["href"])).text, "html.parser")
            when = page.select_one(".article .when")
            assert when is not None
            assert " ".join(when.get_text().split()).startswith(f"{shown}, {moment:%H:%M}")


def test_a_page_shows_what_was_claimed_and_not_chosen_folded_away(tmp_path: Path) -> None:
    html = f"""<html><head><title>Gannet: all the news</title></head><body><article>
        <h1>Quay closed at night</h1><p class=date>20 June 2024</p>
        <p class=date>Updated 22 June 2024</p>{f"<p>{TEXT}</p>" * 6}</article></body></html>"""
    url = "https://gannet.example/quay"
    source = Source(1, Kind.FEED, "https://gannet.example/feed", "The Gannet")
    with Store(tmp_path / FILE) as store:
        article = compose(pages.read(html.encode(), url, url), source, date(2026, 1, 1))
        store.put(article)
        projection.catch_up(store, tmp_path / "index", "english")
    with client_of(tmp_path) as client:
        page = BeautifulSoup(client.get(f"/article/{article.id}/x", follow_redirects=True).text,
                             "html.parser")  # fmt: skip
    others = page.select_one("details.known details.others")
    assert others is not None
    assert "Gannet: all the news" in others.get_text()
    when = page.select_one(".article .when")
    assert when is not None
    assert "updated 22 June 2024" in " ".join(when.get_text().split())
