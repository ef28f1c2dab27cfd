"""Articles in a site's store, as `morgue update` would have left them, kept between runs."""

import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from archive import store as stores
from archive.article import Article
from archive.store import Change, Store
from archive.syndication import Telling

_BATCH = 1000
_DONE = "articles.json"


class Held(msgspec.Struct, frozen=True):
    """What a site holds: how many articles, their words, and the bytes of their text."""

    articles: int
    words: int
    text_bytes: int


class BulkStore(Store):
    """A store that takes articles in without looking for copies: ours have none."""

    def _compare(self, article_id: str, told: Telling | None) -> None:
        """Leave it for later."""


class TimedStore(Store):
    """A store that knows how many *seconds* reading articles from it took."""

    seconds = 0.0

    def changes_since(self, seq: int) -> Iterator[Change]:
        """Yield as `Store.changes_since` does, on the clock."""
        changes = super().changes_since(seq)
        while True:
            started = time.perf_counter()
            change = next(changes, None)
            self.seconds += time.perf_counter() - started
            if change is None:
                return
            yield change


def hold(site: Path, articles: Iterable[Article]) -> Held:
    """Keep *articles* in a store at *site*, a batch at a time; one that is complete stays."""
    done = site / _DONE
    if done.exists():
        return msgspec.json.decode(done.read_bytes(), type=Held)
    site.mkdir(parents=True, exist_ok=True)
    for file in site.glob(f"{stores.FILE}*"):
        file.unlink()
    count = words = size = 0
    with BulkStore(site / stores.FILE) as store:
        for batch in _batches(articles):
            with store.transaction():
                for article in batch:
                    store.put(article)
                    count += 1
                    words += len(article.text.split())
                    size += len(article.text.encode())
    held = Held(count, words, size)
    done.write_bytes(msgspec.json.encode(held))
    return held


def _batches(articles: Iterable[Article]) -> Iterator[list[Article]]:
    batch: list[Article] = []
    for article in articles:
        batch.append(article)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    yield batch
