"""What an export reads from the store: in batches, and never what is withdrawn."""

import tracemalloc
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from archive.article import Article
from archive.export.registry import BY_NAME, Format
from archive.store import FILE, Store
from bench.articles.kept import BulkStore
from indexer.engine import Sort
from indexer.export import entries, every_entry, in_words
from indexer.request import Request
from tests.archive.export.samples import ABOUT

SIZE = 4_000


def article(number: int) -> Article:
    return Article(f"a{number:05}", f"https://a.example/{number}", "Gazette", "Quay", "x" * SIZE)


def kept(folder: Path, count: int) -> Store:
    store = BulkStore(folder / FILE)
    with store.transaction():
        for number in range(count):
            store.put(article(number))
    return store


def peak(store: Store, form: Format) -> int:
    """The most bytes that writing all articles with their texts held at once."""
    about = replace(ABOUT, text=True)
    tracemalloc.start()
    for _ in form.write(about, every_entry(store)):
        pass
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most


@pytest.mark.gate
def test_twice_the_articles_take_the_same_memory(tmp_path: Path) -> None:
    few, many = tmp_path / "few", tmp_path / "many"
    few.mkdir()
    many.mkdir()
    # Three batches of the store, for it reads the next before it lets go of the last.
    with closing(kept(few, 1500)) as small, closing(kept(many, 3000)) as large:
        for name in ("csv", "atom"):
            form = BY_NAME[name]
            # The first run of all fills caches of the libraries.
            peak(small, form)
            assert peak(large, form) < 1.1 * peak(small, form) < 3000 * SIZE, name


def test_articles_come_in_the_order_asked_but_those_withdrawn(tmp_path: Path) -> None:
    with closing(kept(tmp_path, 450)) as store:
        store.withdraw("a00003")
        asked = [f"a{number:05}" for number in reversed(range(450))] + ["unknown"]
        found = [one.article.id for one in entries(store, asked)]
        assert found == [one for one in asked if one not in ("a00003", "unknown")]
        assert store.withdrawn() == {"a00003"}
        assert len(list(every_entry(store))) == 449


def test_an_article_withdrawn_meanwhile_does_not_come(tmp_path: Path) -> None:
    with closing(kept(tmp_path, 450)) as store:
        left: Iterator[object] = entries(store, [f"a{number:05}" for number in range(450)])
        next(left)
        store.withdraw("a00449")
        assert len(list(left)) == 448


def test_what_was_asked_for_is_said_in_words() -> None:
    assert in_words(Request()) == ""
    asked = Request(
        "bridge", sources=("Meridian",), first="2024", languages=("de",), sort=Sort.OLDEST
    )
    assert in_words(asked) == "bridge; source: Meridian; language: de; published: 2024.."
    assert in_words(Request(undated=True)) == "undated"
    assert in_words(Request(), 2, 2) == "2 chosen"
    assert in_words(Request("quay"), 1, 2) == (
        "1 of 2 chosen, the others withdrawn or unknown; from: quay"
    )
