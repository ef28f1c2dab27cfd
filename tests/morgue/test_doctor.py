"""`morgue doctor`: what is found, how grave it is, and that nothing is changed by looking."""

import json
import os
import socket
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from archive.store import FILE, Store
from archive.store.runs import UpdateRun
from indexer import location
from morgue import holder
from morgue.site import Site
from tests.command_line import run_morgue, run_process


def examined(site: Path, *arguments: str, **environment: str) -> tuple[int, list[dict[str, str]]]:
    done = run_morgue("doctor", "--json", *arguments, site=site, **environment)
    answer = json.loads(done.stdout)
    assert answer["ok"] is (done.returncode == 0)
    found: list[dict[str, str]] = answer["findings"]
    return done.returncode, found


def of(findings: list[dict[str, Any]], area: str, level: str) -> list[str]:
    return [f["what"] for f in findings if (f["area"], f["level"]) == (area, level)]


def test_a_new_archive_is_looked_at_in_every_area(own_sample_site: Path) -> None:
    code, found = examined(own_sample_site)
    assert code == 0
    assert {finding["area"] for finding in found} == {
        *("settings", "secrets", "files", "disk", "lock", "store", "index", "versions", "clock"),
        *("updates", "sources", "alerts", "access"),
    }
    assert of(found, "index", "ok") == ["up to date"]
    assert all(f["why"] for f in found if f["level"] in ("warning", "error"))


def test_every_finding_that_asks_for_something_says_what_to_do(own_sample_site: Path) -> None:
    _, found = examined(own_sample_site, MORGUE_FETCH_PAUSE="0", MORGUE_LOG_LEVEL="debug")
    assert [f for f in found if f["level"] == "warning" and not f["do"]] == []


def test_people_are_told_in_lines_and_cron_only_what_is_wrong(own_sample_site: Path) -> None:
    shown = run_morgue("doctor", site=own_sample_site)
    assert "ok       index: up to date" in shown.stdout
    assert "note     clock: timezone is not set" in shown.stdout
    assert shown.stdout.splitlines()[-1].startswith("0 errors, ")
    quiet = run_morgue("doctor", "-q", site=own_sample_site, MORGUE_FETCH_PAUSE="0")
    assert quiet.stdout == ""
    assert "warning: settings: fetch.pause is 0 seconds (set it to 1 or more)" in quiet.stderr
    assert "note" not in quiet.stderr


def test_looking_changes_nothing(own_sample_site: Path) -> None:
    def state() -> dict[str, tuple[int, bytes]]:
        return {
            str(path): (path.stat().st_mode, path.read_bytes())
            for path in own_sample_site.rglob("*")
            if path.is_file()
        }

    before = state()
    run_morgue("doctor", site=own_sample_site)
    assert state() == before


def test_where_there_is_no_archive_it_says_how_to_begin(tmp_path: Path) -> None:
    code, found = examined(tmp_path)
    assert code == 0
    assert "no archive" in of(found, "store", "note")[0]


def test_broken_settings_are_an_error_and_the_rest_is_looked_at(own_sample_site: Path) -> None:
    (own_sample_site / "morgue.toml").write_text("titel = 'x'", encoding="utf-8")
    code, found = examined(own_sample_site, "--network")
    assert code == 1
    assert "titel" in of(found, "settings", "error")[0]
    assert of(found, "index", "ok") == ["up to date"]


def test_a_store_that_is_none_is_an_error(own_sample_site: Path) -> None:
    (own_sample_site / FILE).write_bytes(b"no store" * 1000)
    code, found = examined(own_sample_site)
    assert code == 1
    assert of(found, "store", "error")


def test_a_store_of_an_older_format_is_left_as_it_is(own_sample_site: Path) -> None:
    with closing(sqlite3.connect(own_sample_site / FILE)) as db:
        db.execute("PRAGMA user_version = 9")
    code, found = examined(own_sample_site)
    assert code == 0
    assert "format 9" in of(found, "versions", "note")[0]
    with closing(sqlite3.connect(own_sample_site / FILE)) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (9,)


def test_a_secret_in_a_file_that_others_read_is_an_error(
    own_sample_site: Path, tmp_path: Path
) -> None:
    secret = tmp_path / "password"
    secret.write_text("hunter22\n", encoding="utf-8")
    secret.chmod(0o644)
    code, found = examined(own_sample_site, MORGUE_ALERTS_PASSWORD_FILE=str(secret))
    assert code == 1
    assert str(secret) in of(found, "secrets", "error")[0]
    secret.chmod(0o600)
    code, found = examined(own_sample_site, MORGUE_ALERTS_PASSWORD_FILE=str(secret))
    assert (code, len(of(found, "secrets", "ok"))) == (0, 1)
    toml = own_sample_site / "morgue.toml"
    toml.write_text('[alerts]\npassword = "hunter22"\n', encoding="utf-8")
    toml.chmod(0o644)
    code, found = examined(own_sample_site)
    assert code == 1
    assert str(toml) in of(found, "secrets", "error")[0]
    assert "hunter22" not in json.dumps(found)


def test_a_secret_file_that_cannot_be_read_is_named(own_sample_site: Path) -> None:
    environ = {"MORGUE_ALERTS_PASSWORD_FILE": "/run/secrets/nowhere"}
    code, found = examined(own_sample_site, **environ)
    assert code == 1
    (what,) = of(found, "settings", "error")
    assert "MORGUE_ALERTS_PASSWORD_FILE" in what
    assert "/run/secrets/nowhere" in what


def test_leftovers_and_damage_of_the_index_are_found(own_sample_site: Path) -> None:
    root = own_sample_site / location.FOLDER
    (root / "20200101-000000-abcdef").mkdir()
    current = location.current(root)
    assert current
    (current / "DAMAGED").write_text("is damaged: a file is missing\n", encoding="utf-8")
    _, found = examined(own_sample_site)
    assert "a file is missing" in of(found, "index", "warning")[0]
    assert "20200101-000000-abcdef" in of(found, "index", "note")[0]


def test_who_holds_the_lock_is_told_and_gone_with_it(own_sample_site: Path) -> None:
    with Site(own_sample_site).lock(0):
        _, found = examined(own_sample_site)
        assert f"process {os.getpid()}" in of(found, "lock", "note")[0]
    assert holder.read(own_sample_site) is None


def test_a_run_that_was_cut_off_is_told(own_sample_site: Path) -> None:
    # Greater than any process can have (Linux: 2^22).
    who = f"{2**22 + 1}@{socket.gethostname()}"
    note = "\n".join([who, "2026-03-04T12:00:00+00:00", "morgue update"])
    (own_sample_site / holder.NOTE).write_text(note, encoding="utf-8")
    _, found = examined(own_sample_site)
    (what,) = of(found, "lock", "note")
    assert what.startswith("`morgue update` (process")
    assert "was cut off" in what


def test_who_is_kept_waiting_is_told_for_whom(own_sample_site: Path) -> None:
    with Site(own_sample_site).lock(0):
        done = run_process("update", site=own_sample_site)
    assert done.returncode == 4
    assert f"(process {os.getpid()})" in done.stderr


@pytest.mark.parametrize("note", ["", "1\n2\n3", "x@h\n2026-03-04T12:00:00+00:00\nm", "a\nb"])
def test_a_note_that_makes_no_sense_is_none(tmp_path: Path, note: str) -> None:
    (tmp_path / holder.NOTE).write_text(note, encoding="utf-8")
    assert holder.read(tmp_path) is None


def test_a_clock_that_was_set_back_is_an_error(own_sample_site: Path) -> None:
    ahead = datetime.now(UTC) + timedelta(days=2)
    with Store(own_sample_site / FILE) as store:
        store.note_update(UpdateRun(ahead.isoformat(timespec="seconds"), 1, 0))
    code, found = examined(own_sample_site)
    assert code == 1
    assert "set back" in next(f["why"] for f in found if f["area"] == "clock")


def test_the_mail_server_is_asked_only_when_told(own_sample_site: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environ = {"MORGUE_ALERTS_HOST": "127.0.0.1", "MORGUE_ALERTS_PORT": str(port)}
    _, found = examined(own_sample_site, **environ)
    assert [f for f in found if f["area"] == "network"] == []
    _, found = examined(own_sample_site, "--network", **environ)
    assert "the mail server cannot be used" in of(found, "network", "warning")[0]
