"""The corpora's files of news formats, web archives and exports: imported, or refused clearly."""

import json
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from archive.errors import FormatError
from archive.ingest import files
from archive.ingest.item import Item

pytestmark = pytest.mark.gate
Note = Callable[[str, object], None]
# Valid documents that tell of no article: nothing in them but an address and facts.
NO_ARTICLE = "has neither headline nor text"


@pytest.fixture(scope="module")
def formats(corpora: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packed files, unpacked."""
    folder = tmp_path_factory.mktemp("formats")
    for packed in sorted((corpora / "formats").glob("*.tar.xz")):
        with tarfile.open(packed) as archive:
            archive.extractall(folder / packed.name.removesuffix(".tar.xz"), filter="data")
    return folder


def read(path: Path) -> tuple[list[Item], list[str]]:
    """The articles in a file, and what was wrong with it or its records."""
    items: list[Item] = []
    wrong: list[str] = []
    try:
        for found in files.read(path):
            if isinstance(found, Item):
                items.append(found)
            else:
                wrong.append(found.reason)
    except FormatError as error:
        wrong.append(error.reason)
    return items, wrong


def ninjs(formats: Path) -> Iterator[Path]:
    for part in ("documentation", "examples", "validation"):
        yield from sorted((formats / "iptc-ninjs" / part).rglob("*.json"))


def test_nothing_but_articles_and_clear_refusals_comes_of_any_file(formats: Path) -> None:
    for path in formats.rglob("*"):
        if path.is_file():
            items, wrong = read(path)
            assert items or wrong, path
            assert not [reason for reason in wrong if "cannot be read as" in reason], path
            assert not [reason for reason in wrong if "\n" in reason or len(reason) > 250], path


def test_every_valid_ninjs_document_that_tells_of_an_article_is_imported(
    formats: Path, record_property: Note
) -> None:
    imported = empty = 0
    for path in ninjs(formats):
        if "should_fail" in path.parts:
            continue
        items, wrong = read(path)
        if wrong:
            assert wrong == [NO_ARTICLE], path
            assert not _own_words(path), path
            empty += 1
        else:
            assert len(items) == 1, path
            imported += 1
    record_property("imported", imported)
    record_property("without headline and text", empty)
    assert imported > empty


def _own_words(path: Path) -> bool:
    """Whether the document itself, not a picture or place in it, has a headline or text."""
    document = json.loads(path.read_text("utf-8-sig"))
    said = [v for k, v in document.items() if k.startswith(("headline", "bod", "title"))]
    return any(value not in ("", [], None) for value in said)


def test_every_invalid_ninjs_document_is_refused_or_read_leniently(
    formats: Path, record_property: Note
) -> None:
    lenient = refused = 0
    for path in ninjs(formats):
        if "should_fail" in path.parts:
            items, wrong = read(path)
            assert bool(items) != bool(wrong), path
            lenient, refused = lenient + bool(items), refused + bool(wrong)
    record_property("refused", refused)
    record_property("read leniently", lenient)
    assert refused


def test_web_archives_give_their_pages_also_when_they_are_damaged(formats: Path) -> None:
    wanted = {
        "wacz/tests/fixtures/example-collection.warc": 1,
        "wacz/tests/fixtures/example-warcinfo-metadata.warc": 1,
        "wacz/tests/fixtures/valid_example_2.wacz": 1,
        "wacz/tests/fixtures/valid_signed_example_1.wacz": 1,
        "wacz/tests/fixtures/invalid_signed_example_1.wacz": 1,
        "wacz/tests/fixtures/invalid_example_1.wacz": 0,
        "warcio/test/data/example-trunc.warc": 1,
        "warcio/test/data/example-bad.warc.gz.bad": 1,
        "warcio/test/data/example-digest.warc": 0,
        "warcio/test/data/post-test.warc.gz": 0,
        "warcio/test/data/bad.arc": 0,
    }
    for name, count in wanted.items():
        path = formats / name
        if not path.exists():
            continue  # the other half of the corpora has other files
        items, wrong = read(path)
        assert len(items) == count, (name, wrong)
        assert count or len(wrong) == 1, (name, wrong)


def test_exports_of_read_later_services_come_in_with_their_addresses(
    formats: Path, record_property: Note
) -> None:
    counts = {}
    for path in sorted((formats / "wallabag-import").rglob("Import/*")):
        if path.suffix not in (".json", ".csv") or not path.stat().st_size:
            continue
        items, wrong = read(path)
        assert items, path
        assert set(wrong) <= {NO_ARTICLE}, path
        assert all(item.url.startswith("http") for item in items), path
        counts[path.name] = len(items)
    record_property("bookmarks and articles", counts)
    assert counts
