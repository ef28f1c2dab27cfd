"""Names of uploads, and files kept by their content."""

from collections.abc import Generator, Iterable, Iterator, Mapping
from datetime import date
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.errors import FormatError
from archive.ingest import file_run
from archive.ingest.compose import Composed
from archive.ingest.decide import Outcome
from archive.ingest.folders import FILE, FolderSettings, read
from archive.ingest.formats.inputs import Found
from archive.ingest.readers.reading import ComposerOf, Here, not_composed
from archive.ingest.run import Run
from archive.ingest.uploads import keep, safe_name, sweep, take
from archive.store import FILE as STORE
from archive.store import Store
from tests.examples import examples

NOTHING = FolderSettings()
DAY = date(2026, 3, 4)


@given(st.text(max_size=300))
def test_whatever_a_file_is_called_its_name_is_one_of_a_plain_file(name: str) -> None:
    safe = safe_name(name)
    assert Path(safe).name == safe
    assert 0 < len(safe.encode()) <= 120
    assert safe.isprintable()
    assert not safe.startswith(".")


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("quay.html", "quay.html"),
        ("C:\\clips\\Überfahrt 2026.PDF", "Überfahrt 2026.PDF"),
        ("../../etc/passwd", "passwd"),
        (".morgue.toml", "morgue.toml"),
        ("..", "file"),
        ("a" * 200 + ".warc.gz", "a" * 112 + ".warc.gz"),
        ("港" * 100 + ".txt", "港" * 38 + ".txt"),
        ("a" * 200, "a" * 120),
    ],
)
def test_a_name_keeps_what_it_can(name: str, safe: str) -> None:
    assert safe_name(name) == safe


@settings(deadline=None, max_examples=examples(30))
@given(st.text(max_size=60), st.lists(st.text(min_size=1, max_size=60), max_size=3))
def test_what_is_said_of_an_upload_is_read_back(source: str, topics: list[str]) -> None:
    said = FolderSettings(source=source, topics=tuple(topics))
    with TemporaryDirectory() as folder:
        path = keep(Path(folder), "eels.txt", BytesIO(b"Eels\n\nAre back.\n"), said)
        written = path.parents[1] / FILE
        assert (read(written) if written.exists() else NOTHING) == said


def test_one_content_lies_in_one_place(tmp_path: Path) -> None:
    first = keep(tmp_path, "eels.txt", BytesIO(b"Eels\n"), NOTHING)
    assert keep(tmp_path, "other.txt", BytesIO(b"Eels\n"), NOTHING) == first
    second = keep(tmp_path, "eels.txt", BytesIO(b"Herring\n"), NOTHING)
    assert (first.read_bytes(), second.read_bytes()) == (b"Eels\n", b"Herring\n")


def test_a_place_that_lost_its_file_gets_it_again(tmp_path: Path) -> None:
    first = keep(tmp_path, "eels.txt", BytesIO(b"Eels\n"), NOTHING)
    first.unlink()
    assert keep(tmp_path, "eels.txt", BytesIO(b"Eels\n"), NOTHING).read_bytes() == b"Eels\n"


@pytest.mark.parametrize(("name", "data"), [("eels.txt", b""), ("eels.exe", b"MZ\x90")])
def test_what_is_refused_leaves_nothing_behind(name: str, data: bytes, tmp_path: Path) -> None:
    with pytest.raises(FormatError):
        keep(tmp_path, name, BytesIO(data), NOTHING)
    assert list(tmp_path.iterdir()) == []


class Overtaken(Here):
    """Readers that are slow: before they read a thing, another run has read all there is."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def files(
        self,
        paths: Iterable[Path],
        columns: Mapping[str, str],
        composer_of: ComposerOf = not_composed,
    ) -> Generator[Iterator[Found | Composed], None, None]:
        with Store(self._path) as store:
            (source,) = store.sources()
            file_run.run(store, source, Run(DAY), lambda _label, _done, _total: None)
        yield from super().files(paths, columns, composer_of)


@pytest.mark.parametrize("readers", [Here, Overtaken])
def test_what_an_update_at_work_was_quicker_to_read_is_new_all_the_same(
    readers: type[Here], tmp_path: Path
) -> None:
    path = tmp_path / STORE
    slow = Overtaken(path) if readers is Overtaken else Here()
    tern = ("tern.txt", b"Tern\n\nLanded.\n")
    outcomes = []
    with Store(path) as store:
        for (name, data), run in (
            (("eels.txt", b"Eels\n\nAre back.\n"), Run(DAY)),
            (tern, Run(DAY, slow)),
            (tern, Run(DAY)),
        ):
            (one,) = take(store, tmp_path / "uploads", [(name, BytesIO(data))], NOTHING, run)
            outcomes.append([outcome for outcome, _ in one.articles])
    assert outcomes == [[Outcome.NEW], [Outcome.NEW], [Outcome.UNCHANGED]]


def test_what_a_cut_off_upload_left_is_swept_away_by_the_next(tmp_path: Path) -> None:
    left = tmp_path / ".coming-0123456789abcdef"
    (left / "Uploads").mkdir(parents=True)
    (left / "Uploads" / "half.pdf").write_bytes(b"%PDF")
    there = keep(tmp_path, "eels.txt", BytesIO(b"Eels\n\nAre back.\n"), FolderSettings("Gannet"))
    unfinished = there.parents[1] / f"{FILE}.01234567"
    unfinished.touch()
    keep(tmp_path, "quay.txt", BytesIO(b"Quay\n\nStands.\n"), NOTHING)
    assert not left.exists()
    assert not unfinished.exists()
    assert there.exists()


def test_an_upload_under_way_is_not_swept_away(tmp_path: Path) -> None:
    class Slow(BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            sweep(tmp_path)
            return super().read(size)

    there = keep(tmp_path, "eels.txt", Slow(b"Eels\n\nAre back.\n"), NOTHING)
    assert there.read_bytes() == b"Eels\n\nAre back.\n"
