"""`morgue backfill` as people and scripts run it, against a real web server."""

import json
from pathlib import Path
from typing import Any

import click
import filelock
import pytest

from archive.errors import FormatError, UsageError
from archive.source import Kind
from archive.store import Store
from morgue.cli import morgue
from tests.command_line import Done, answer, invoke, run_morgue, run_process
from tests.http_server import Web, reply

PARAGRAPHS = "".join(
    f"<p>The harbour board of Port Ellis met for the {n} time and agreed on nothing at all.</p>"
    for n in ("first", "second", "third", "fourth")
)


TALES = {
    "one": "Lighthouse keepers counted puffins while fog hid the northern skerries",
    "two": "Bakers in Lowmoor raised prices because flour had grown dear since autumn",
    "three": "A violin stolen from the conservatory turned up inside a ferry's lifeboat",
}


def html(name: str) -> Any:
    """A page of its own story, for articles that tell the same are shown as one."""
    tale = TALES.get(name, "Nobody knows what became of the clock on the corn exchange")
    body = "".join(f"<p>{tale}, said the {n} witness by the harbour.</p>" for n in tale.split())
    text = (
        f"<!doctype html><html><head><title>x</title><meta property='article:published_time'"
        f" content='2024-05-05'></head><body><article><h1>Page {name}</h1>{body}"
        f"</article></body></html>"
    )
    return reply(200, text.encode(), Content_Type="text/html")


@pytest.fixture
def site(web: Web, tmp_path: Path) -> Path:
    entry = f"<item><title>Now</title><link>{web.url('/now')}</link><guid>now</guid>"
    feed = f"<rss version='2.0'><channel><title>The Gannet</title>{entry}"
    long = f"<description>{PARAGRAPHS * 6}</description></item></channel></rss>"
    web.pages["/feed"] = reply(200, (feed + long).replace("<p>", "").replace("</p>", "").encode())
    with Store(tmp_path / "articles.db") as store:
        store.add_source(Kind.FEED, web.url("/feed"))
    return tmp_path


def sitemap(web: Web, *paths: str) -> None:
    urls = "".join(f"<url><loc>{web.url(path)}</loc></url>" for path in paths)
    web.pages["/sitemap.xml"] = reply(200, f"<urlset>{urls}</urlset>".encode())


def backfill(*arguments: str, site: Path) -> Done:
    return run_morgue("backfill", *arguments, site=site, MORGUE_FETCH_PAUSE="0")


def search(site: Path, *words: str) -> int:
    return int(answer("search", *words, site=site)["total"])


def test_past_coverage_comes_in_is_searchable_and_a_limited_run_goes_on(
    web: Web, site: Path
) -> None:
    sitemap(web, "/one", "/two", "/three")
    for name in ("one", "two", "three"):
        web.pages[f"/{name}"] = html(name)
    done = backfill(web.url("/feed"), "--limit", "1", "--json", site=site)
    assert done.returncode == 0, done.stderr
    (one,) = json.loads(done.stdout)["sources"]
    assert (one["visited"], one["new"], one["left"]["pages"]) == (1, 2, 2)
    assert search(site, "harbour") == 2
    status = answer("status", site=site)
    assert status["pages_left"]["backfill"] == 2
    assert "2 pages left" in backfill("--status", site=site).stdout
    done = backfill(site=site)
    assert done.returncode == 0, done.stderr
    assert "2 new articles, 2 pages visited" in done.stdout
    assert search(site, "harbour") == 4
    (said,) = json.loads(backfill("--status", "--json", site=site).stdout)["backfills"]
    assert (said["pages"], said["done"]) == (0, 3)
    assert said["finished"]
    assert backfill(site=site).returncode == 2, "nothing is left to go on with"


def test_days_bound_a_backfill(web: Web, site: Path) -> None:
    sitemap(web, "/2024/05/05/in", "/2022/05/05/out")
    web.pages["/2024/05/05/in"] = html("in")
    arguments = (web.url("/feed"), "--after", "2024", "--before", "2024-05", "--json")
    done = backfill(*arguments, site=site)
    (one,) = json.loads(done.stdout)["sources"]
    assert (one["visited"], one["passed_over"]) == (1, 1)


def test_a_list_of_addresses_is_read_from_a_file_or_standard_input(
    web: Web, site: Path, tmp_path: Path
) -> None:
    web.pages["/one"] = html("one")
    listed = tmp_path / "list.txt"
    listed.write_text(f"# past\n{web.url('/one')}\nnot an address\n")
    done = backfill(web.url("/feed"), "--urls", str(listed), site=site)
    assert done.returncode == 3
    assert done.stderr == f"{listed} line 3: is not an http or https address\n"
    assert search(site, "harbour") == 1


def test_what_cannot_be_had_is_named_and_ends_with_3(web: Web, site: Path) -> None:
    sitemap(web, "/gone", "/one")
    web.pages["/one"] = html("one")
    done = backfill(web.url("/feed"), site=site)
    assert done.returncode == 3
    assert done.stderr == f"{web.url('/gone')}: is not there (HTTP 404)\n"
    assert "1 failure" in done.stdout


def test_the_feed_of_a_site_that_is_no_source_yet_is_added(
    web: Web, site: Path, tmp_path: Path
) -> None:
    with Store(site / "articles.db") as store:
        store.remove_source(web.url("/feed"))
    link = b"<link rel=alternate type=application/rss+xml href=/feed>"
    web.pages["/"] = reply(200, link, Content_Type="text/html")
    web.pages["/one"] = html("one")
    listed = tmp_path / "list.txt"
    listed.write_text(web.url("/one"))
    done = invoke("backfill", web.url("/"), "--urls", str(listed), site=site)
    assert done.returncode == 0, done.stderr
    assert f"Added: feed {web.url('/feed')}" in done.stderr
    with Store(site / "articles.db") as store:
        assert [source.address for source in store.sources()] == [web.url("/feed")]
    again = invoke("backfill", web.url("/"), "--urls", str(listed), "--json", site=site)
    assert "Added" not in again.stderr
    assert json.loads(again.stdout)["sources"][0]["known"] == 1


def test_a_site_without_a_feed_is_refused_with_what_to_do(web: Web, site: Path) -> None:
    web.pages["/other"] = reply(200, b"<p>No feed here", Content_Type="text/html")
    del web.pages["/feed"]
    with pytest.raises(FormatError, match="has no feed that could be found") as caught:
        invoke("backfill", web.url("/other"), site=site)
    assert "can be added as a folder" in caught.value.hint


def test_nothing_found_says_what_was_looked_at(web: Web, site: Path) -> None:
    web.pages["/feed"] = reply(
        200, b"<rss version='2.0'><channel><title>x</title></channel></rss>"
    )
    done = backfill(web.url("/feed"), site=site)
    assert done.returncode == 3
    assert "no past coverage was found" in done.stderr
    assert f"{web.url('/feed')}: 0 entries" in done.stderr
    assert f"{web.url('/sitemap.xml')}: is not there (HTTP 404)" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("The Nowhere",), "is no source"),
        (("http://nowhere.example/feed", "--status"), "is no source"),
        (("FOLDER",), "only feeds"),
        (("FEED", "--after", "someday"), "no year, month or day"),
        (("FEED", "--after", "2024", "--before", "2023"), "later than"),
        (("FEED", "--limit", "0"), "not in the range"),
        (("FEED", "--urls", "/dev/null"), "holds no web address"),
        (("FEED", "--urls", "/nowhere/list.txt"), "No such file"),
        (("--urls", "/dev/null"), "needs a source"),
        (("--after", "2024"), "which source"),
        ((), "anything left to do"),
    ],
)
def test_bad_usage_ends_with_2_and_a_reason(
    web: Web, site: Path, tmp_path: Path, arguments: tuple[str, ...], words: str
) -> None:
    with Store(site / "articles.db") as store:
        store.add_source(Kind.FOLDER, str(tmp_path))
    names = {"FEED": web.url("/feed"), "FOLDER": str(tmp_path)}
    given = ["--site", str(site), "backfill", *(names.get(one, one) for one in arguments)]
    with pytest.raises((UsageError, click.UsageError, click.FileError), match=words) as caught:
        morgue.main(given, standalone_mode=False)
    code = 1 if isinstance(caught.value, click.FileError) else 2
    assert caught.value.exit_code == code


def test_an_overlapping_backfill_leaves_with_4(web: Web, site: Path) -> None:
    with filelock.FileLock(site / "morgue.lock"):
        done = run_process("backfill", web.url("/feed"), site=site)
    assert done.returncode == 4
    assert "another run" in done.stderr


def test_before_any_backfill_its_status_says_how_to_begin(site: Path) -> None:
    done = backfill("--status", site=site)
    assert done.returncode == 0
    assert "`morgue backfill SOURCE` begins one" in done.stdout


def test_an_update_follows_teasers_and_tells_cron_nothing(web: Web, site: Path) -> None:
    entry = f"<item><title>Now</title><link>{web.url('/now')}</link><guid>now</guid>"
    feed = f"<rss version='2.0'><channel><title>The Gannet</title>{entry}</item></channel></rss>"
    web.pages["/feed"] = reply(200, feed.encode())
    gone = run_morgue("update", site=site, MORGUE_FETCH_PAUSE="0")
    assert (gone.returncode, gone.stdout, gone.stderr) == (0, "", "")
    assert "1 page of teasers still to be visited" in run_morgue("status", site=site).stdout
