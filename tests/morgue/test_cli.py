"""What holds for every command: help, the site, settings, exit codes."""

import errno
import json
import os
import re
import sys
from pathlib import Path

import click
import pytest

from archive.store import Store
from morgue.cli import morgue
from morgue.site import Site
from tests.command_line import answer, run_morgue, run_process
from tests.conftest import SAMPLE


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
    assert run_process("add", str(SAMPLE), site=site).returncode == 0
    assert run_process("update", site=site).returncode == 0


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
    done = run_process("update", site=tmp_path)
    assert done.returncode == 2
    assert "morgue.toml" in done.stderr
    assert "serve.port" in done.stderr
    assert (tmp_path / "morgue.toml").read_text() == "[serve]\nport = 'high'\n"


def test_an_unknown_language_is_refused(tmp_path: Path) -> None:
    done = run_process("update", site=tmp_path, MORGUE_LANGUAGE="klingon")
    assert done.returncode == 2
    assert "klingon" in done.stderr


def test_a_reader_that_has_read_enough_is_no_error(sample_site: Path) -> None:
    done = os.popen(
        f"MORGUE_SITE='{sample_site}' {sys.executable} -m morgue export 2>&1 | head -n 1"
    )
    lines = done.read().splitlines()
    done.close()
    assert len(lines) == 1
    assert re.match(r"\{", lines[0])


def test_an_error_of_the_disk_that_no_module_speaks_for_is_one_line(
    sample_site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_site: Site) -> Store:
        raise OSError(errno.ENOSPC, "No space left on device", "/srv/archive/notes")

    monkeypatch.setattr(Site, "open", full)
    done = run_morgue("status", site=sample_site)
    assert done.returncode == 1
    assert done.stderr == (
        "morgue: /srv/archive/notes: No space left on device "
        "(make room on the disk, then do it again)\n"
    )
