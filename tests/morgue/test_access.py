"""`morgue password` and `morgue token`."""

import json
from pathlib import Path

import pytest

from archive.access import Role
from archive.store import FILE, Store
from tests.command_line import answer, run_morgue, run_process


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "password"
    path.write_text("correct horse battery\n", encoding="utf-8")
    return path


def test_a_password_is_set_listed_and_removed(tmp_path: Path, secret: Path) -> None:
    done = run_morgue("password", "ana", "--from", str(secret), site=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "ana: can sign in and may write." in done.stdout
    assert "whoever opens the web app has to sign in, on this machine too" in done.stdout
    (listed,) = answer("password", site=tmp_path)["accounts"]
    assert (listed["name"], listed["role"]) == ("ana", "write")
    assert "ana: may write" in run_morgue("password", site=tmp_path).stdout
    run_morgue("password", "ana", "--role", "read", "--keep", site=tmp_path)
    assert answer("password", site=tmp_path)["accounts"][0]["role"] == "read"
    # A new password leaves the role as it was, and changes nothing for anybody else.
    done = run_morgue("password", "ana", "--from", str(secret), site=tmp_path)
    assert "whoever" not in done.stdout
    assert answer("password", site=tmp_path)["accounts"][0]["role"] == "read"
    done = run_morgue("password", "ana", "--remove", site=tmp_path)
    assert "Nobody can sign in now" in done.stdout
    assert answer("password", site=tmp_path)["accounts"] == []
    assert "Nobody has a password" in run_morgue("password", site=tmp_path).stdout


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("ana",), "give --from FILE"),
        (("ana", "--remove"), "has no account here"),
        (("ana", "--keep"), "give --role too"),
        (("ana", "--keep", "--role", "read"), "has no account here"),
        (("a,b", "--from", "-"), "is no name"),
        (("ana", "--from", "/dev/null"), "at least 10 characters"),
        (("ana", "--role", "admin"), "--role"),
    ],
)
def test_what_cannot_be_set_is_said_plainly(
    arguments: tuple[str, ...], named: str, tmp_path: Path
) -> None:
    with Store(tmp_path / FILE):
        pass
    done = run_morgue("password", *arguments, site=tmp_path)
    assert done.returncode == 2
    assert named in done.stderr


def test_a_token_is_shown_once_alone_and_can_be_revoked(tmp_path: Path) -> None:
    done = run_morgue("token", "add", "zotero", "--days", "90", site=tmp_path)
    token = done.stdout.strip()
    assert done.stderr == "It may read; it is not shown again.\n"
    with Store(tmp_path / FILE) as store:
        holder = store.token(token)
        assert holder is not None
        assert holder.role == Role.READ
    (listed,) = answer("token", "list", site=tmp_path)["tokens"]
    assert listed["valid"] is True
    assert token not in json.dumps(listed)
    assert "zotero: may read" in run_morgue("token", site=tmp_path).stdout
    assert run_morgue("token", "add", "zotero", site=tmp_path).returncode == 2
    assert run_morgue("token", "revoke", "zotero", site=tmp_path).returncode == 0
    assert run_morgue("token", "revoke", "zotero", site=tmp_path).returncode == 2
    assert "No tokens" in run_morgue("token", site=tmp_path).stdout


def test_a_token_for_programs_comes_as_json(tmp_path: Path) -> None:
    made = answer("token", "add", "import", "--role", "write", site=tmp_path)
    with Store(tmp_path / FILE) as store:
        holder = store.token(made["token"])
    assert holder is not None
    assert holder.role == Role.WRITE


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_serve_opens_no_other_address_while_nobody_can_be_told_apart(
    host: str, own_sample_site: Path
) -> None:
    done = run_process("serve", "--host", host, "--port", "18231", site=own_sample_site)
    assert done.returncode == 2
    assert "everybody who reaches this address could come in" in done.stderr
    assert "morgue password NAME" in done.stderr
