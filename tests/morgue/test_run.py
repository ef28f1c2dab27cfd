"""The commands that keep an archive going: what is added, `update` and `reindex`."""

import json
from pathlib import Path
from typing import Any

import filelock

from tests.command_line import answer, run_morgue, run_process
from tests.conftest import SAMPLE
from tests.http_server import Web, reply
from tests.web.conftest import client_of


def test_a_path_has_one_spelling(tmp_path: Path) -> None:
    folder = tmp_path / "clippings"
    folder.mkdir()
    answer("add", str(folder), site=tmp_path)
    again = answer("add", f"{folder}/../clippings/", site=tmp_path)
    assert again["added"] is False
    assert again["source"]["address"] == str(folder)


def test_cron_hears_nothing_when_all_is_well(own_sample_site: Path) -> None:
    done = run_process("update", site=own_sample_site)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_broken_file_is_named_and_the_rest_is_kept(tmp_path: Path) -> None:
    folder = tmp_path / "clippings"
    folder.mkdir()
    (folder / "good.txt").write_text("Ferry resumes\n\nThe ferry resumed service at noon today.\n")
    (folder / "binary.txt").write_bytes(b"\x00\x01\x02" * 50)
    (folder / "empty.html").write_bytes(b"")
    assert run_morgue("add", str(folder), site=tmp_path).returncode == 0
    done = run_process("update", "--json", site=tmp_path)
    assert done.returncode == 3
    assert len(done.stderr.splitlines()) == 2
    assert str(folder / "binary.txt") in done.stderr
    assert json.loads(done.stdout)["new"] == 1
    assert answer("search", "ferry", site=tmp_path)["total"] == 1
    assert run_morgue("update", site=tmp_path).returncode == 0, "told of once"
    status = answer("status", site=tmp_path)
    assert {Path(f["address"]).name for f in status["failures"]} == {"binary.txt", "empty.html"}


def test_broken_settings_of_a_folder_are_told_once_and_say_what_is_known(tmp_path: Path) -> None:
    folder = tmp_path / "clippings"
    folder.mkdir()
    (folder / "good.txt").write_text("Ferry resumes\n\nThe ferry resumed service at noon today.\n")
    (folder / ".morgue.toml").write_text('sorce = "The Gazette"\n')
    assert run_morgue("add", str(folder), "--source", "Mine", site=tmp_path).returncode == 0
    done = run_morgue("update", site=tmp_path)
    assert done.returncode == 3
    assert "“sorce” is no setting of a folder: those are source, topics" in done.stderr
    again = run_morgue("update", site=tmp_path)
    assert (again.returncode, again.stderr) == (0, ""), "told of once"
    assert len(answer("status", site=tmp_path)["failures"]) == 1
    assert answer("search", "--source", "Mine", site=tmp_path)["total"] == 1
    (folder / ".morgue.toml").write_text('source = "The Gazette"\n')
    assert run_morgue("update", site=tmp_path).returncode == 0
    assert answer("status", site=tmp_path)["failures"] == []
    assert answer("search", "--source", "The Gazette", site=tmp_path)["total"] == 1, (
        "the nearer word"
    )


def test_a_date_that_cannot_be_is_shown_as_claimed_and_not_used(tmp_path: Path) -> None:
    folder = tmp_path / "clippings"
    folder.mkdir()
    (folder / "ferry.md").write_text(
        "---\ntitle: Ferry resumes\ndate: 2024-02-30\n---\n\nThe ferry resumed service at noon.\n"
    )
    run_morgue("add", str(folder), site=tmp_path)
    run_morgue("update", site=tmp_path)
    (hit,) = answer("search", "ferry", site=tmp_path)["hits"]
    assert hit["published"] is None
    with client_of(tmp_path) as client:
        page = client.get(f"/article/{hit['id']}", follow_redirects=True).text
    assert "(claimed and not used: <bdi>2024-02-30</bdi>)" in page


def test_an_overlapping_update_leaves_with_4(own_sample_site: Path) -> None:
    with filelock.FileLock(own_sample_site / "morgue.lock"):
        done = run_process("update", site=own_sample_site)
    assert done.returncode == 4
    assert "another run" in done.stderr


FEED = (
    b"<rss version='2.0'><channel><title>Quay News</title><item><title>Quay closed</title>"
    b"<link>http://quay.example/1</link><description>The quay was closed.</description>"
    b"<pubDate>Thu, 20 Jun 2024 14:05:00 +0200</pubDate><category>Politics</category>"
    b"</item></channel></rss>"
)


def test_a_feed_comes_in_and_a_failing_one_is_named(web: Web, tmp_path: Path) -> None:
    web.pages["/news.xml"] = reply(200, FEED, Content_Type="application/rss+xml")
    run_morgue("add", web.url("/news.xml"), "--topic", "harbours", site=tmp_path)
    run_morgue("add", "--as-is", web.url("/gone.xml"), site=tmp_path)
    done = run_morgue("update", site=tmp_path)
    assert done.returncode == 3
    assert done.stderr == f"{web.url('/gone.xml')}: is not there (HTTP 404)\n"
    hit = answer("search", "quay", site=tmp_path)["hits"][0]
    assert hit["source"] == "Quay News"
    assert hit["published"] == "2024-06-20T14:05:00+02:00"
    assert hit["topics"] == ["harbours", "politics"]


def test_adding_an_address_again_changes_its_name_and_its_articles(tmp_path: Path) -> None:
    folder = tmp_path / "paper"
    folder.mkdir()
    (folder / "one.txt").write_text("Ferry resumes\n\nThe ferry resumed service at noon today.\n")
    assert answer("add", str(folder), site=tmp_path)["added"] is True
    run_morgue("update", site=tmp_path)
    assert answer("add", str(folder), "--source", "The Paper", site=tmp_path)["added"] is False
    run_morgue("update", site=tmp_path)
    assert answer("search", "ferry", site=tmp_path)["hits"][0]["source"] == "The Paper"


def test_a_removed_source_keeps_its_articles(own_sample_site: Path) -> None:
    run_morgue("sources", "remove", str(SAMPLE), site=own_sample_site)
    assert answer("sources", site=own_sample_site)["sources"] == []
    run_morgue("update", site=own_sample_site)
    assert answer("status", site=own_sample_site)["articles"] == 52


def test_an_unreadable_address_is_refused_when_added(tmp_path: Path) -> None:
    for address in (
        "",
        " ",
        "ftp://x.example/feed",
        "file:///etc/passwd",
        "/nowhere",
        "example.org",
    ):
        done = run_morgue("add", address, site=tmp_path)
        assert done.returncode == 2
        assert "Traceback" not in done.stderr


def test_reindexing_from_nothing_gives_the_same_answers(own_sample_site: Path) -> None:
    def ask() -> list[Any]:
        queries = ["", "bridge OR strike", '"interest rate"', "by:renck after:2024", "undated:yes"]
        found = [
            answer("search", query, "--limit", "60", site=own_sample_site) for query in queries
        ]
        return [{k: v for k, v in one.items() if k != "took_ms"} for one in found]

    before = ask()
    for path in sorted((own_sample_site / "index").rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    assert answer("reindex", site=own_sample_site)["indexed"] == 52
    assert ask() == before
