"""Saved searches on the command line, and digests that arrive once, by mail or as files."""

import email
import email.policy
import json
import socket
from collections.abc import Iterator
from contextlib import closing
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from archive.saved_search import DigestState
from archive.store import FILE, Store
from tests.command_line import answer, run_morgue


class Mailbox:
    """A mail server's handler that keeps what it takes, or answers as it is told to."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.says = "250 taken"
        self.hangs_up = False

    async def handle_DATA(self, server: SMTP, _: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        if self.says.startswith("250"):
            mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
            assert isinstance(mail, EmailMessage)
            self.mails.append(mail)
        if self.hangs_up and server.transport:
            server.transport.abort()
        return self.says


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, dict[str, str]]]:
    """A real mail server, and the settings that lead to it."""
    box = Mailbox()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    settings = {
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "SECURITY": "none",
        "SENDER": "morgue@example.org",
        "TO": "desk@example.org, night@example.org",
        "ADDRESS": "https://archive.example.org/",
    }
    yield box, {f"MORGUE_ALERTS_{name}": value for name, value in settings.items()}
    controller.stop()


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """An archive with one article and a saved search with an alert."""
    site = tmp_path / "site"
    write(tmp_path, "ferry", "The ferry to Norrisay was cancelled.")
    assert run_morgue("add", str(tmp_path / "clips"), site=site).returncode == 0
    assert run_morgue("update", site=site).returncode == 0
    done = run_morgue("saved", "add", "Ferries", "ferry", "--alert", site=site)
    assert done.stdout == "Saved Ferries: 1 article so far.\n"
    return site


def write(folder: Path, name: str, text: str, headline: str = "") -> None:
    (folder / "clips").mkdir(exist_ok=True)
    path = folder / "clips" / f"2026-03-04-{name}.txt"
    path.write_text(f"{headline or f'News of the {name}'}\n\n{text}\n", encoding="utf-8")


def bring(site: Path, name: str, text: str, headline: str = "") -> None:
    write(site.parent, name, text, headline)
    assert run_morgue("update", site=site).returncode == 0


def digests(folder: Path) -> list[EmailMessage]:
    found = []
    for path in sorted(folder.glob("*")):
        assert path.suffix == ".eml"
        mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        assert isinstance(mail, EmailMessage)
        found.append(mail)
    return found


def plain(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def html(mail: EmailMessage) -> str:
    body = mail.get_body(("html",))
    assert body is not None
    return str(body.get_content())


def test_update_counts_what_is_new_in_each_saved_search(site: Path) -> None:
    write(site.parent, "strike", "The ferry crews went on strike.")
    assert answer("update", site=site)["saved"] == {"Ferries": 1}
    assert run_morgue("saved", site=site).stdout == "Ferries: 1 new of 2 articles, alert\n"
    bring(site, "weather", "Rain is likely.")
    assert answer("saved", site=site)["saved"][0]["new"] == 1


def test_an_article_that_a_revision_lets_match_is_new(site: Path) -> None:
    bring(site, "weather", "Rain is likely.")
    bring(site, "weather", "Rain is likely, and no ferry will go.")
    assert answer("saved", site=site)["saved"][0]["new"] == 1


def test_a_digest_goes_out_by_mail_once(
    site: Path, mailbox: tuple[Mailbox, dict[str, str]]
) -> None:
    box, settings = mailbox
    bring(site, "strike", "The ferry crews went on strike.", "Crews strike & wait <b>")
    done = run_morgue("alerts", "-v", site=site, **settings)
    assert (done.returncode, done.stderr) == (0, "")
    assert "1 new article, sent to desk@example.org, night@example.org" in done.stdout
    (mail,) = box.mails
    assert mail["Subject"] == "Morgue: 1 new article in Ferries"
    assert mail["To"] == "desk@example.org, night@example.org"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert "Crews strike & wait <b>\n  4 March 2026 · clips" in plain(mail)
    assert "https://archive.example.org/article/" in plain(mail)
    assert "Crews strike &amp; wait &lt;b&gt;</a>" in html(mail)
    again = run_morgue("alerts", "-v", site=site, **settings)
    assert (again.returncode, again.stdout) == (0, "Nothing is new.\n")
    assert len(box.mails) == 1


def test_refused_mail_waits_and_goes_out_when_the_server_takes_it(
    site: Path, mailbox: tuple[Mailbox, dict[str, str]]
) -> None:
    box, settings = mailbox
    bring(site, "strike", "The ferry crews went on strike.")
    box.says = "451 try later"
    done = run_morgue("alerts", site=site, **settings)
    assert done.returncode == 3
    assert "did not take the mail: 451 try later" in done.stderr
    nobody = run_morgue("alerts", site=site, **{**settings, "MORGUE_ALERTS_PORT": "1"})
    assert nobody.returncode == 3
    bring(site, "bridge", "A bridge in place of the ferry.")
    box.says = "250 taken"
    assert run_morgue("alerts", site=site, **settings).returncode == 0
    assert [mail["Subject"] for mail in box.mails] == ["Morgue: 1 new article in Ferries"] * 2
    assert len({mail["Message-ID"] for mail in box.mails}) == 2


def test_mail_that_may_have_arrived_is_sent_again_only_when_told(
    site: Path, mailbox: tuple[Mailbox, dict[str, str]]
) -> None:
    box, settings = mailbox
    bring(site, "strike", "The ferry crews went on strike.")
    box.hangs_up = True
    cut = run_morgue("alerts", site=site, **settings)
    assert cut.returncode == 3
    box.hangs_up = False
    later = run_morgue("alerts", site=site, **settings)
    assert later.returncode == 3
    assert "digest 1 of" in later.stderr
    assert "`morgue alerts --again 1` sends it once more" in later.stderr
    assert len(box.mails) == 1
    assert run_morgue("alerts", "--again", "1", site=site, **settings).returncode == 0
    assert len(box.mails) == 2
    assert box.mails[0]["Message-ID"] == box.mails[1]["Message-ID"]
    none = run_morgue("alerts", "--again", "1", site=site, **settings)
    assert none.returncode == 2
    assert "is no digest that may have been lost" in none.stderr


def test_a_run_that_was_killed_while_it_sent_sends_nothing_twice(
    site: Path, mailbox: tuple[Mailbox, dict[str, str]]
) -> None:
    box, settings = mailbox
    bring(site, "strike", "The ferry crews went on strike.")
    with closing(Store(site / FILE)) as store:
        digest = store.make_digest()
        assert digest is not None
        store.move_digest(digest.id, DigestState.WAITING, DigestState.SENDING)
    assert run_morgue("alerts", site=site, **settings).returncode == 3
    assert box.mails == []


def test_a_digest_into_a_folder_is_one_file_also_after_a_crash(site: Path) -> None:
    folder = site / "digests"
    bring(site, "strike", "The ferry crews went on strike.")
    assert run_morgue("alerts", "--folder", str(folder), site=site).returncode == 0
    with closing(Store(site / FILE)) as store:
        # As it is when the process ends between writing the file and noting that.
        store.move_digest(1, DigestState.SENT, DigestState.SENDING)
    done = run_morgue("alerts", "--folder", str(folder), "--json", site=site)
    assert json.loads(done.stdout)["unsure"] == []
    (mail,) = digests(folder)
    assert "News of the strike" in plain(mail)


def test_a_folder_that_cannot_be_written_keeps_the_digest_waiting(site: Path) -> None:
    bring(site, "strike", "The ferry crews went on strike.")
    blocked = site / "blocked"
    blocked.write_text("a file")
    done = run_morgue("alerts", "--folder", str(blocked / "in"), site=site)
    assert done.returncode == 3
    assert "cannot be written" in done.stderr
    assert run_morgue("alerts", "--folder", str(site / "digests"), site=site).returncode == 0
    assert len(digests(site / "digests")) == 1


def test_copies_of_one_story_are_one_entry(site: Path) -> None:
    text = "The ferry crews of the northern islands went on strike on Monday. " * 12
    bring(site, "strike", text)
    (site.parent / "other").mkdir()
    (site.parent / "other" / "2026-03-04-wire.txt").write_text(f"Crews strike\n\n{text}\n")
    other = run_morgue("add", str(site.parent / "other"), "--source", "The Wire", site=site)
    assert other.returncode == 0
    assert run_morgue("update", site=site).returncode == 0
    folder = site / "digests"
    assert run_morgue("alerts", "--folder", str(folder), site=site).returncode == 0
    (mail,) = digests(folder)
    assert mail["Subject"] == "Morgue: 2 new articles in Ferries"
    assert plain(mail).count("/article/") == 1
    assert "also in The Wire" in plain(mail)


def test_links_that_lead_to_this_machine_alone_are_told_of(site: Path, tmp_path: Path) -> None:
    folder = ("alerts", "--folder", str(tmp_path / "digests"))
    assert "alerts" not in run_morgue(*folder, site=site).stderr
    bring(site, "second", "The ferry sails again.")
    done = run_morgue(*folder, site=site)
    assert "http://127.0.0.1:8000, which only this machine can follow" in done.stderr
    assert 'address = "https://' in done.stderr
    bring(site, "third", "The ferry is late.")
    told = {"MORGUE_ALERTS_ADDRESS": "https://archive.example.org"}
    assert not run_morgue(*folder, site=site, **told).stderr


def test_without_a_mail_server_alerts_says_what_to_set(site: Path) -> None:
    done = run_morgue("alerts", site=site)
    assert done.returncode == 2
    assert "alerts.host is not set" in done.stderr


def test_a_saved_search_is_renounced_by_its_name(site: Path) -> None:
    run_morgue("saved", "alert", "Ferries", "no", site=site)
    known: Any = answer("saved", site=site)["saved"]
    assert [(one["name"], one["alert"]) for one in known] == [("Ferries", False)]
    assert run_morgue("saved", "add", "Ferries", "x", site=site).returncode == 2
    assert run_morgue("saved", "remove", "Ferries", site=site).returncode == 0
    assert answer("saved", site=site)["saved"] == []
    assert "is no saved search here" in run_morgue("saved", "remove", "No", site=site).stderr
