"""`morgue export`: the same formats as the web app, on the command line."""

import csv
import io
import json
from pathlib import Path

import pytest
import rispy

from archive.export.registry import FORMATS
from tests.command_line import answer, run_morgue


@pytest.mark.parametrize("name", [form.name for form in FORMATS])
def test_each_format_holds_what_matches(sample_site: Path, name: str) -> None:
    done = run_morgue("export", "bridge", "--format", name, site=sample_site)
    assert done.returncode == 0, done.stderr
    for hit in answer("search", "bridge", "--copies", "--limit", "50", site=sample_site)["hits"]:
        assert hit["headline"].split("&")[0][:12].replace("'", "") in done.stdout.replace("'", "")


def test_everything_is_exported_without_an_index(own_sample_site: Path) -> None:
    (own_sample_site / "index" / "CURRENT").unlink()
    done = run_morgue("export", "--format", "csv", site=own_sample_site)
    found = list(csv.DictReader(io.StringIO(done.stdout, newline="")))
    assert len(found) == 52
    assert {row["export_articles"] for row in found} == {"52"}


def test_it_is_written_to_a_file_with_its_own_ends_of_lines(
    sample_site: Path, tmp_path: Path
) -> None:
    file = tmp_path / "a.csv"
    done = run_morgue(
        *("export", "bridge", "--format", "csv", "--bom", "--output", str(file), "-v"),
        site=sample_site,
    )
    assert done.stdout == f"17 articles in {file}\n"
    assert file.read_bytes().startswith(b"\xef\xbb\xbfid,headline,")
    assert file.read_bytes().count(b"\r\n") == 18
    nowhere = str(tmp_path / "missing" / "a.csv")
    refused = run_morgue("export", "--output", nowhere, site=sample_site)
    assert refused.returncode == 2
    assert "cannot be written" in refused.stderr


def test_text_is_in_json_lines_unless_refused_and_elsewhere_on_request(sample_site: Path) -> None:
    for arguments, there in (
        (("--format", "jsonl"), True),
        (("--format", "jsonl", "--no-text"), False),
        (("--format", "csl"), False),
        (("--format", "csl", "--text"), True),
    ):
        done = run_morgue("export", "tramadol", *arguments, site=sample_site)
        assert ("\\n\\n" in done.stdout) is there, arguments


def test_articles_are_named_by_their_ids(own_sample_site: Path) -> None:
    hits = answer("search", "bridge", "--limit", "3", site=own_sample_site)["hits"]
    first, second, third = (hit["id"] for hit in hits)
    named = ("export", "--format", "ris", "--id", second, "--id", first)
    records = rispy.loads(run_morgue(*named, site=own_sample_site).stdout)
    assert [record["id"] for record in records] == [second, first]
    run_morgue("withdraw", third, site=own_sample_site)
    for one in (third, "unknown"):
        refused = run_morgue("export", "--id", one, site=own_sample_site)
        assert refused.returncode == 2
        assert refused.stdout == ""
        assert one in refused.stderr


def test_what_is_exported_as_json_lines_is_an_archive_again(
    sample_site: Path, tmp_path: Path
) -> None:
    file = tmp_path / "all.jsonl"
    run_morgue("export", "--output", str(file), site=sample_site)
    copy = tmp_path / "copy"
    copy.mkdir()
    run_morgue("add", str(file), site=copy)
    assert run_morgue("update", site=copy).returncode == 0
    same = ("headline", "source", "published", "byline", "dateline", "text", "language")
    for line in file.read_text("utf-8").splitlines():
        before = json.loads(line)
        query = f'title:"{before["headline"]}" source:"{before["source"]}"'
        (hit, *_) = answer("search", query, "--copies", site=copy)["hits"]
        after = answer("article", hit["id"], site=copy)
        assert {name: after[name] for name in same} == {name: before[name] for name in same}
