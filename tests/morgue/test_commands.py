"""The commands as people, scripts and cron run them: real processes on real sites."""

import json
import os
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import click
import filelock
import pytest

from morgue.cli import morgue
from tests.conftest import SAMPLE, run_morgue
from tests.web.conftest import client_of


def answer(*arguments: str, site: Path) -> Any:
    done = run_morgue(*arguments, "--json", site=site)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def commands(group: click.Group = morgue, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    context = click.Context(group)
    found = []
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        found.append((*path, name))
        if isinstance(command, click.Group):
            found += commands(command, (*path, name))
    return found


@pytest.mark.parametrize("path", commands(), ids=" ".join)
def test_every_command_has_help_with_an_example(path: tuple[str, ...], tmp_path: Path) -> None:
    shown = run_morgue(*path, "--help", site=tmp_path).stdout
    assert "Example:" in shown or "Example for cron:" in shown
    assert "--site" in shown
    assert "--json" in shown


@pytest.mark.parametrize("query", ["-virus", "-quake", "-hospital", "-bridge", "-- --site"])
def test_a_word_with_a_minus_is_part_of_the_query(query: str, sample_site: Path) -> None:
    words = query.split()
    found = (
        answer("search", "the", *words, "--limit", "1", site=sample_site)
        if (words[0] != "--")
        else json.loads(run_morgue("search", "--json", *words, site=sample_site).stdout)
    )
    assert found["query"].endswith(words[-1])


def test_a_site_that_is_not_there_is_made(tmp_path: Path) -> None:
    site = tmp_path / "new" / "archive"
    assert run_morgue("add", str(SAMPLE), site=site).returncode == 0
    assert run_morgue("update", site=site).returncode == 0


def test_a_path_has_one_spelling(tmp_path: Path) -> None:
    folder = tmp_path / "clippings"
    folder.mkdir()
    answer("add", str(folder), site=tmp_path)
    again = answer("add", f"{folder}/../clippings/", site=tmp_path)
    assert again["added"] is False
    assert again["source"]["address"] == str(folder)


def test_a_read_only_archive_can_be_read(own_sample_site: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    for path in (*own_sample_site.rglob("*"), own_sample_site):
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        assert answer("search", "bridge", site=own_sample_site)["articles"] == 17
        assert answer("status", site=own_sample_site)["articles"] == 52
    finally:
        for path in (own_sample_site, *own_sample_site.rglob("*")):
            path.chmod(0o755 if path.is_dir() else 0o644)


def test_an_article_cannot_steer_the_terminal(tmp_path: Path) -> None:
    (tmp_path / "clip.txt").write_text("Quay\x1b]0;owned\x07 closed\n\nThe quay was closed.\n")
    run_morgue("add", str(tmp_path / "clip.txt"), site=tmp_path)
    run_morgue("update", site=tmp_path)
    assert "\x1b" not in run_morgue("search", "quay", site=tmp_path).stdout


@pytest.mark.parametrize("path", commands(), ids=" ".join)
def test_every_command_is_in_the_readme(path: tuple[str, ...]) -> None:
    readme = (SAMPLE.parent.parent / "README.md").read_text(encoding="utf-8")
    assert f"morgue {' '.join(path)}" in readme


@pytest.mark.parametrize(
    "arguments",
    [
        ("search", "x"),
        ("article", "x"),
        ("export",),
        ("withdraw", "x"),
        ("reindex",),
        ("sources",),
    ],
    ids=lambda arguments: arguments[0],
)
def test_in_an_empty_folder_a_reader_says_what_to_do(
    arguments: tuple[str, ...], tmp_path: Path
) -> None:
    done = run_morgue(*arguments, site=tmp_path)
    assert done.returncode == 2
    assert "morgue add" in done.stderr
    assert not list(tmp_path.iterdir())


def test_in_an_empty_folder_status_and_update_just_work(tmp_path: Path) -> None:
    assert "morgue add" in run_morgue("status", site=tmp_path).stdout
    done = run_morgue("update", "-v", site=tmp_path)
    assert done.returncode == 0
    assert "morgue add" in done.stdout
    assert answer("search", site=tmp_path)["total"] == 0


def test_the_site_is_the_working_folder_or_said_before_or_after_the_command(
    sample_site: Path, tmp_path: Path
) -> None:
    before = run_morgue("--site", str(sample_site), "search", "bridge", "--json", site=tmp_path)
    after = run_morgue("search", "bridge", "--json", "--site", str(sample_site), site=tmp_path)
    said = run_morgue("search", "bridge", "--json", site=sample_site)
    totals = {json.loads(done.stdout)["articles"] for done in (before, after, said)}
    assert totals == {17}


def test_search_json_has_the_keys_of_the_contract(sample_site: Path) -> None:
    found = answer("search", "customs fraud", "--limit", "1", site=sample_site)
    assert set(found) == {"query", "total", "articles", "hits", "facets", "took_ms"}
    assert set(found["hits"][0]) == {
        "id", "url", "headline", "source", "agency", "byline", "dateline", "published", "topics",
        "updated", "precision", "language", "copies", "missing", "score", "snippets",
    }  # fmt: skip
    assert found["hits"][0]["published"] is None
    assert found["hits"][0]["precision"] == "unknown"
    assert set(found["facets"]) == {"source", "topic", "language", "date"}
    for snippet in found["hits"][0]["snippets"]:
        for start, end in snippet["marks"]:
            assert snippet["text"][start:end].strip()


def test_search_narrows_by_its_options(sample_site: Path) -> None:
    found = answer(
        "search", "bridge", "--source", "Meridian", "--from", "2024", "--to", "2024-06-12",
        site=sample_site,
    )  # fmt: skip
    assert found["total"] == 1
    assert found["hits"][0]["published"] == "2024-06-12"


@pytest.mark.parametrize(
    "arguments",
    [("--from", "someday"), ("--page", "0"), ("--limit", "0"), ("--sort", "best"), ("--wrong",)],
)
def test_bad_usage_ends_with_2_and_a_reason(arguments: tuple[str, ...], sample_site: Path) -> None:
    if arguments == ("--wrong",):
        done = run_morgue("status", *arguments, site=sample_site)
    else:
        done = run_morgue("search", "bridge", *arguments, site=sample_site)
    assert done.returncode == 2
    assert done.stderr
    assert "Traceback" not in done.stderr


def test_bad_settings_end_with_2_and_name_file_and_key(tmp_path: Path) -> None:
    (tmp_path / "morgue.toml").write_text("[serve]\nport = 'high'\n")
    done = run_morgue("update", site=tmp_path)
    assert done.returncode == 2
    assert "morgue.toml" in done.stderr
    assert "serve.port" in done.stderr
    assert (tmp_path / "morgue.toml").read_text() == "[serve]\nport = 'high'\n"


def test_an_unknown_language_is_refused(tmp_path: Path) -> None:
    done = run_morgue("update", site=tmp_path, MORGUE_LANGUAGE="klingon")
    assert done.returncode == 2
    assert "klingon" in done.stderr


def test_cron_hears_nothing_when_all_is_well(own_sample_site: Path) -> None:
    done = run_morgue("update", site=own_sample_site)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_broken_file_is_named_and_the_rest_is_kept(tmp_path: Path) -> None:
    folder = tmp_path / "clippings"
    folder.mkdir()
    (folder / "good.txt").write_text("Ferry resumes\n\nThe ferry resumed service at noon today.\n")
    (folder / "binary.txt").write_bytes(b"\x00\x01\x02" * 50)
    (folder / "empty.html").write_bytes(b"")
    assert run_morgue("add", str(folder), site=tmp_path).returncode == 0
    done = run_morgue("update", "--json", site=tmp_path)
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


def test_a_page_past_the_last_is_said_to_be_none(sample_site: Path) -> None:
    said = run_morgue("search", "bridge", "--page", "99", site=sample_site).stdout
    assert "There is no page 99; the last is " in said


def test_an_overlapping_update_leaves_with_4(own_sample_site: Path) -> None:
    with filelock.FileLock(own_sample_site / "morgue.lock"):
        done = run_morgue("update", site=own_sample_site)
    assert done.returncode == 4
    assert "another run" in done.stderr


class _Feed(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/gone.xml":
            self.send_error(404)
            return
        body = (
            b"<rss version='2.0'><channel><title>Quay News</title><item><title>Quay closed</title>"
            b"<link>http://quay.example/1</link><description>The quay was closed.</description>"
            b"<pubDate>Thu, 20 Jun 2024 14:05:00 +0200</pubDate><category>Politics</category>"
            b"</item></channel></rss>"
        )
        self.send_response(200)
        self.send_header("Content-Type", "application/rss+xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def test_a_feed_comes_in_and_a_failing_one_is_named(tmp_path: Path) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Feed)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    try:
        run_morgue("add", f"{address}/news.xml", "--topic", "harbours", site=tmp_path)
        run_morgue("add", "--as-is", f"{address}/gone.xml", site=tmp_path)
        done = run_morgue("update", site=tmp_path)
    finally:
        server.shutdown()
        server.server_close()
    assert done.returncode == 3
    assert done.stderr == f"{address}/gone.xml: is not there (HTTP 404)\n"
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
    for address in ("ftp://x.example/feed", "file:///etc/passwd", "/nowhere", "example.org"):
        done = run_morgue("add", address, site=tmp_path)
        assert done.returncode == 2
        assert "Traceback" not in done.stderr


def test_article_json_tells_everything_with_its_provenance(sample_site: Path) -> None:
    found = answer("search", "tramadol", site=sample_site)["hits"][0]
    known = answer("article", found["id"], site=sample_site)
    assert known["provenance"]["dateline"] == [
        {"value": "PORT ELLIS", "from": "wire: dateline", "chosen": True}
    ]
    assert known["text"].startswith("The United States and Norland held")
    assert known["revisions"][0]["number"] == 1
    assert run_morgue("article", "unknown", site=sample_site).returncode == 2


def test_export_streams_every_article_or_those_that_match(sample_site: Path) -> None:
    lines = run_morgue("export", site=sample_site).stdout.splitlines()
    assert len(lines) == 52
    assert {"text", "language", "caption", "credits", "provenance", "copies", "missing"} <= set(
        json.loads(lines[0])
    )
    assert "score" not in json.loads(lines[0])
    matching = run_morgue("export", "bridge", "--format", "jsonl", site=sample_site).stdout
    assert len(matching.splitlines()) == 17


def test_a_withdrawn_article_leaves_search_and_never_comes_back(own_sample_site: Path) -> None:
    found = answer("search", "tramadol", site=own_sample_site)["hits"][0]["id"]
    assert answer("withdraw", found, site=own_sample_site)["changed"] is True
    assert answer("search", "tramadol", site=own_sample_site)["total"] == 0
    run_morgue("update", site=own_sample_site)
    assert answer("search", "tramadol", site=own_sample_site)["total"] == 0
    assert answer("article", found, site=own_sample_site)["state"] == "withdrawn"
    assert run_morgue("withdraw", "unknown", site=own_sample_site).returncode == 2


def test_purging_removes_the_text_from_the_disk(own_sample_site: Path) -> None:
    found = answer("search", "tramadol", site=own_sample_site)["hits"][0]["id"]
    answer("withdraw", found, "--purge", site=own_sample_site)
    for file in own_sample_site.rglob("*"):
        if file.is_file():
            # A word that only this article has, in any case.
            assert b"tramadol" not in file.read_bytes().lower(), file


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


def test_a_taken_port_is_said_plainly(sample_site: Path) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Feed) as server:
        done = run_morgue("serve", "--port", str(server.server_port), site=sample_site)
    assert done.returncode == 2
    assert "choose another --port" in done.stderr


def test_an_unknown_host_to_serve_on_is_said_plainly(sample_site: Path) -> None:
    done = run_morgue("serve", "--host", "host.invalid", site=sample_site)
    assert done.returncode == 2
    assert "choose another --host" in done.stderr


def test_a_reader_that_has_read_enough_is_no_error(sample_site: Path) -> None:
    done = os.popen(f"MORGUE_SITE='{sample_site}' {_python()} -m morgue export 2>&1 | head -n 1")
    lines = done.read().splitlines()
    done.close()
    assert len(lines) == 1
    assert re.match(r"\{", lines[0])


def _python() -> str:
    import sys

    return sys.executable


def test_every_revision_can_be_read_again(tmp_path: Path) -> None:
    clip = tmp_path / "clip.txt"
    clip.write_text("Quay closed\n\nThe quay was closed for three days.\n")
    run_morgue("add", str(clip), site=tmp_path)
    run_morgue("update", site=tmp_path)
    clip.write_text("Quay closed\n\nThe quay was closed for three weeks.\n")
    run_morgue("update", site=tmp_path)
    found = answer("search", "quay", site=tmp_path)["hits"][0]["id"]
    assert answer("article", found, site=tmp_path)["text"].endswith("three weeks.")
    first = answer("article", found, "--revision", "1", site=tmp_path)
    assert first["text"].endswith("three days.")
    assert [r["number"] for r in first["revisions"]] == [1, 2]
    assert run_morgue("article", found, "--revision", "3", site=tmp_path).returncode == 2
    with client_of(tmp_path) as client:
        page = client.get(f"/article/{found}/quay-closed?revision=1").text
        assert "three days." in page
        assert "This is revision 1" in page
        assert client.get(f"/article/{found}/quay-closed?revision=9").status_code == 404


def test_what_a_revision_changed_is_shown_word_by_word(tmp_path: Path) -> None:
    clip = tmp_path / "clip.txt"
    clip.write_text("Quay closed\n\nThe quay was shut for <b>days</b>.\n\nIt rained.\n")
    run_morgue("add", str(clip), site=tmp_path)
    run_morgue("update", site=tmp_path)
    clip.write_text("Quay closed\n\nThe quay was shut for weeks.\n\nIt rained.\n")
    run_morgue("update", site=tmp_path)
    found = answer("search", "quay", site=tmp_path)["hits"][0]["id"]
    told = run_morgue("article", found, "--changes", site=tmp_path)
    assert "shut for [-<b>days</b>-]{+weeks+}." in told.stdout
    assert "(1 paragraph unchanged)" in told.stdout
    assert answer("article", found, "--changes", site=tmp_path)["changes"][0]["field"] == "text"
    done = run_morgue("article", found, "--changes", "--revision", "1", site=tmp_path)
    assert (done.returncode, "first revision" in done.stderr) == (2, True)
    with client_of(tmp_path) as client:
        assert f"/article/{found}/changes/2" in client.get(f"/article/{found}/quay-closed").text
        page = client.get(f"/article/{found}/changes/2").text
        assert '<del><span class="unseen">removed: </span>&lt;b&gt;days&lt;/b&gt;</del>' in page
        assert '<ins><span class="unseen">added: </span>weeks</ins>' in page
        assert client.get(f"/article/{found}/changes/1").status_code == 404


def test_a_story_of_two_outlets_is_one_result_and_each_copy_can_be_listed(
    sample_site: Path,
) -> None:
    words = ("search", "title:dockers")
    together = answer(*words, site=sample_site)
    apart = answer(*words, "--copies", site=sample_site)
    assert (together["total"], together["articles"]) == (3, 4)
    assert (apart["total"], apart["articles"]) == (4, 4)
    copies = [copy["source"] for hit in together["hits"] for copy in hit["copies"]]
    assert copies == ["The Harbour Gazette"]
    told = run_morgue(*words, site=sample_site).stdout
    assert "Also in 1 outlet: The Harbour Gazette" in told
    assert told.splitlines()[-1].startswith("4 articles as 3 results in ")


def test_an_article_is_found_by_any_of_its_addresses(sample_site: Path) -> None:
    found = answer("search", "title:dockers", site=sample_site)["hits"]
    hit = next(hit for hit in found if hit["copies"])
    by_id = answer("article", hit["id"], site=sample_site)
    assert by_id["copies"] == hit["copies"]
    assert by_id["addresses"][0] == hit["url"]
    assert answer("article", hit["url"], site=sample_site) == by_id
    done = run_morgue("article", "https://gannet.example/none", site=sample_site)
    assert done.returncode == 2
    assert "no article was seen at this address" in done.stderr


def test_a_language_narrows(sample_site: Path) -> None:
    german = answer("search", "--language", "de", site=sample_site)
    assert german["facets"]["language"]["de"] == german["articles"]
    assert {hit["language"] for hit in german["hits"]} == {"de"}
