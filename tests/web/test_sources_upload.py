"""Uploads: in the store when the answer comes, told of file by file, and never indexed here."""

import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from archive.store import FILE, Store
from indexer import location, projection
from tests.command_line import run_morgue
from tests.web.conftest import NearIntake, client_of, csrf_in
from web import uploads

EELS = (b"2026-03-03-eels.txt", b"Eels are back in the Wade\n\nThey were gone for nine years.\n")


@pytest.fixture
def started() -> list[str]:
    return []


@pytest.fixture
def own(own_sample_site: Path, started: list[str]) -> Iterator[FlaskClient]:
    def start(address: str) -> bool:
        started.append(address)
        return True

    with client_of(own_sample_site, intake=NearIntake(start=start)) as client:
        yield client


def send(client: FlaskClient, *files: tuple[bytes | str, bytes], **form: str) -> tuple[int, str]:
    token = csrf_in(client.get("/sources/upload").text)
    parts = [
        (BytesIO(data), name if isinstance(name, str) else name.decode()) for name, data in files
    ]
    with client.post("/sources/upload", data={"csrf": token, "files": parts, **form}) as answer:
        return answer.status_code, answer.text


def test_an_upload_is_in_the_store_at_once_and_in_the_index_after_an_update(
    own: FlaskClient, own_sample_site: Path, started: list[str]
) -> None:
    before = location.current(own_sample_site / location.FOLDER)
    status, page = send(own, EELS, topics="Fish, Rivers", name="The Gannet")
    assert status == 200
    assert "1 new article from 1 file" in page
    assert "Eels are back in the Wade" in page
    with Store(own_sample_site / FILE) as store:
        assert projection.lag(store, own_sample_site / location.FOLDER) == 1
        new = next(a for a in store.articles() if a.headline == "Eels are back in the Wade")
    assert new.source == "The Gannet"
    assert new.topics == ("Fish", "Rivers")
    assert own.get(f"/article/{new.id}/{new.slug}").status_code == 200
    assert location.current(own_sample_site / location.FOLDER) == before
    assert started == [str(own_sample_site / "uploads")]
    assert run_morgue("update", started[0], site=own_sample_site).returncode == 0
    assert "Eels are back" in own.get("/search?q=eels").text


def test_the_same_file_again_is_no_second_article(own: FlaskClient, own_sample_site: Path) -> None:
    send(own, EELS)
    _, page = send(own, ("again.txt", EELS[1]))
    assert "0 new articles from 1 file" in page
    assert "here already, unchanged" in page
    _, page = send(own, EELS, topics="Fish")
    assert "here already; source or topics changed" in page
    with Store(own_sample_site / FILE) as store:
        named = [a for a in store.articles() if "Eels" in a.headline]
    assert [a.topics for a in named] == [("Fish",)]


def test_another_file_of_the_same_name_takes_nothings_place(
    own: FlaskClient, own_sample_site: Path
) -> None:
    send(own, EELS)
    _, page = send(own, (EELS[0], b"Herring are gone\n\nNobody knows where to.\n"))
    assert "1 new article" in page
    with Store(own_sample_site / FILE) as store:
        headlines = {article.headline for article in store.articles()}
    assert {"Eels are back in the Wade", "Herring are gone"} <= headlines


def test_what_is_wrong_with_one_file_stops_no_other(own: FlaskClient) -> None:
    status, page = send(
        own,
        EELS,
        ("empty.txt", b""),
        ("tool.exe", b"MZ\x90\0" * 9),
        ("broken.pdf", b"%PDF-1.7 and nothing more"),
        ("eels", b"\x7fELF\0\0\0"),
    )
    assert status == 200
    assert "1 new article from 5 files" in page
    assert "4 files could not be read" in page
    assert "is empty" in page
    assert page.count("is in no format that Morgue reads") == 2
    assert "broken.pdf" in page


def test_a_hostile_archive_is_bounded(own: FlaskClient) -> None:
    bomb = BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("2026-03-03-zeros.txt", b"0" * 200_000_000)
        packed.writestr("../../escape.txt", "Escaped\n\nOut of the zip.\n")
    status, page = send(own, ("bomb.zip", bomb.getvalue()), EELS)
    assert status == 200
    assert "1 file could not be read" in page
    assert "Eels are back in the Wade" in page
    site: Path = own.application.config["SITE"]
    assert not list(site.parent.rglob("escape.txt"))


@pytest.mark.parametrize(
    "name",
    ["../../../evil.txt", "C:\\tmp\\evil.txt", ".evil.txt", "ev\x7fil.txt", "e" * 400 + ".txt"],
)
def test_no_name_leads_out_of_the_folder(
    name: str, own: FlaskClient, own_sample_site: Path
) -> None:
    status, page = send(own, (name, EELS[1]))
    assert status == 200
    assert "1 new article" in page
    kept = [path for path in own_sample_site.parent.rglob("*.txt") if "e" in path.name]
    inside = own_sample_site / "uploads"
    assert list(inside.rglob("*.txt"))
    assert all(path.is_relative_to(own_sample_site) for path in kept)


def test_a_form_without_files_says_so(own: FlaskClient) -> None:
    status, page = send(own)
    assert (status, "No file was chosen" in page) == (400, True)


def test_too_many_files_and_too_large_ones_are_refused(
    own: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("archive.ingest.uploads.LARGEST", 1000)
    status, page = send(own, ("long.txt", b"x" * 1001), EELS)
    assert status == 200
    assert "is larger than" in page
    monkeypatch.setattr(uploads, "MOST", 1)
    status, page = send(own, EELS, EELS)
    assert (status, "2 files; 1 are taken" in page) == (400, True)


def test_a_folder_that_cannot_be_written_to_is_told_of(
    own: FlaskClient, own_sample_site: Path
) -> None:
    (own_sample_site / "uploads").write_text("in the way")
    status, page = send(own, EELS)
    assert (status, "Nothing was kept" in page) == (503, True)
