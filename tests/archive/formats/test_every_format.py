"""What holds for every format alike."""

import shutil
from pathlib import Path

import pytest

from archive.errors import FormatError, IngestError
from archive.ingest import files
from archive.ingest.formats import registry
from archive.ingest.item import Item
from tests.archive.conftest import composed
from tests.archive.formats import samples
from tests.archive.formats.conftest import articles, errors, read_all


@pytest.mark.parametrize("name", samples.ALL)
def test_the_article_comes_out_whole(name: str) -> None:
    (item,) = articles(samples.ALL[name], name)
    article = composed(item)
    assert article.headline == samples.HEADLINE
    if name not in samples.BOOKMARKS:
        assert article.text == samples.TEXT
    assert errors(samples.ALL[name], name) == []


@pytest.mark.parametrize("name", [n for n in samples.ALL if n not in {"a.txt", "a.csv"}])
def test_a_format_is_recognised_by_its_content_under_a_wrong_name(name: str) -> None:
    (item,) = articles(samples.ALL[name], "wrong.txt")
    assert composed(item).headline == samples.HEADLINE


@pytest.mark.parametrize(
    ("name", "date"),
    [
        *(("a.eml", samples.DATE), ("a.nitf", samples.DATE), ("a.xml", samples.DATE)),
        *(("a.json", samples.DATE), ("a.csv", samples.DATE), ("a.jsonl", samples.DATE)),
        *(("wallabag.json", samples.DATE), ("omnivore.zip", samples.DATE), ("a.md", samples.DATE)),
        *((name, None) for name in ("a.pdf", "a.warc.gz", "a.wacz", "a.mhtml", "pocket.html")),
    ],
)
def test_a_date_is_that_of_publication_and_never_that_of_saving(
    name: str, date: str | None
) -> None:
    (item,) = articles(samples.ALL[name], name)
    published = composed(item).published
    assert (published and published.iso) == date


@pytest.mark.parametrize(
    "name", ["a.nitf", "a.xml", "a.json", "a.csv", "a.jsonl", "wallabag.json", "omnivore.zip"]
)
def test_a_byline_names_the_person(name: str) -> None:
    (item,) = articles(samples.ALL[name], name)
    assert composed(item).byline == ("Ada Moor",)


@pytest.mark.parametrize(
    "name", ["a.txt", "a.md", "a.html", "a.mhtml", "a.eml", "a.nitf", "a.xml", "a.json", "a.pdf"]
)
def test_a_file_that_is_one_article_has_the_files_own_key_and_address(name: str) -> None:
    (item,) = articles(samples.ALL[name], name)
    assert (item.key, item.url) == (f"/clippings/{name}", f"file:///clippings/{name}")


@pytest.mark.parametrize("name", ["a.warc.gz", "a.wacz", "a.csv", "a.jsonl", "wallabag.json"])
def test_an_article_in_a_container_has_its_own_web_address(name: str) -> None:
    (item,) = articles(samples.ALL[name], name)
    assert item.url == samples.ADDRESS
    assert item.key.startswith(f"/clippings/{name}!")


@pytest.mark.parametrize("name", ["a.mbox", "message.xml", "a.zip"])
def test_an_article_in_a_container_without_a_web_address_has_a_place_in_the_file(
    name: str,
) -> None:
    (item,) = articles(samples.ALL[name], name)
    assert item.url.startswith(f"file:///clippings/{name}#")


def test_a_saved_page_tells_where_it_was_saved_from() -> None:
    comment = f"<!--\n Page saved with SingleFile \n url: {samples.ADDRESS} \n-->".encode()
    page = samples.PAGE.replace(b"<head>", b"<head>" + comment)
    for data, name in ((page, "a.html"), (samples.mhtml(), "a.mhtml")):
        (item,) = articles(data, name)
        assert composed(item).link == samples.ADDRESS


def test_pictures_inside_a_saved_page_do_not_make_it_too_large() -> None:
    picture = b"<img src='data:image/png;base64," + b"A" * (11 * 1024 * 1024) + b"'>"
    (item,) = articles(samples.PAGE.replace(b"</article>", picture + b"</article>"), "a.html")
    assert item.text == samples.TEXT
    assert len(item.original) > len(picture)


@pytest.mark.parametrize("name", registry.ENDINGS)
def test_an_empty_file_and_a_binary_one_are_refused_in_one_line(name: str) -> None:
    for data in (b"", b"\x7fELF\0\0\1\2" * 100):
        found = read_all(data, f"a{name}")
        assert len(found) == 1
        assert isinstance(found[0], FormatError)
        assert "\n" not in str(found[0])
        assert f"a{name}" in str(found[0])


def test_files_are_looked_at_by_their_ending_or_when_they_have_none(folder: Path) -> None:
    for name in ("a.TXT", "page", "program", "photo.jpeg", "empty", "box", "a.warc.gz", "b.gz"):
        (folder / name).write_bytes(b"")
    (folder / "a.TXT").write_bytes(samples.WIRE)
    (folder / "page").write_bytes(samples.PAGE)
    (folder / "program").write_bytes(b"\x7fELF\0\0")
    (folder / "photo.jpeg").write_bytes(samples.PAGE)
    (folder / "box").write_bytes(samples.mbox(samples.mail()))
    found = [one.path.name for one in files.walk(folder, lambda *_: None)]
    assert found == ["a.TXT", "a.warc.gz", "box", "page"]


def test_a_file_of_any_format_is_read_from_the_disk(folder: Path) -> None:
    for name, data in samples.ALL.items():
        (folder / name).write_bytes(data)
        (item,) = files.read(folder / name)
        assert isinstance(item, Item)
        assert composed(item).headline == samples.HEADLINE
        assert composed(item).source in ("The Gannet", "gannet.example"), name
    shutil.rmtree(folder)
    with pytest.raises(IngestError, match="No such file"):
        list(files.read(folder / "a.txt"))
