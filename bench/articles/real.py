"""Real articles from a path: another site's archive, or JSON lines.

All engines must see the same words. So each word that analyses would part or
fold in ways of their own (``U.S.``, ``don't``, ``1,000``, ``café``) is written
as one word of plain letters and digits; capitals and sentences stay.
"""

import lzma
from collections.abc import Iterator
from datetime import date, datetime
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from typing import Any

import click
import msgspec

from archive import store as stores
from archive.article import Article, Published
from archive.store import Store
from indexer.analysis import Analyzer

_ANALYZER = Analyzer()


class Line(msgspec.Struct, frozen=True):
    """A line of ``.jsonl`` or ``.jsonl.xz``; what it does not have is empty."""

    title: str = ""
    body: str = ""
    source: str = ""
    date: str = ""
    topics: list[str] = []


def articles(path: Path, count: int) -> Iterator[Article]:
    """Yield up to *count* articles of *path*. Raises click.BadParameter for anything else."""
    archive = path / stores.FILE if path.is_dir() else path
    if archive.suffix == ".db" and archive.exists():
        with Store(archive, create=False) as store:
            yield from map(_plain, islice(store.articles(), count))
    elif path.name.endswith((".jsonl", ".jsonl.xz")) and path.exists():
        yield from islice(_lines(path), count)
    else:
        raise click.BadParameter(f"{path} is no site, articles.db, .jsonl or .jsonl.xz")


def _lines(path: Path) -> Iterator[Article]:
    decoder = msgspec.json.Decoder(Line)
    with lzma.open(path) if path.suffix == ".xz" else path.open("rb") as lines:
        raw: Any
        for number, raw in enumerate(lines):
            line = decoder.decode(raw)
            if not (line.title or line.body):
                continue
            key = blake2b(f"{path.name}-{number}".encode(), digest_size=10).hexdigest()
            yield _plain(
                Article(
                    id=key,
                    url=f"https://news.example/{key}",
                    source=line.source or path.name.split(".")[0],
                    headline=" ".join(line.title.split()),
                    text=line.body,
                    published=_published(line.date),
                    topics=tuple(dict.fromkeys(line.topics)),
                )
            )


def _published(written: str) -> Published | None:
    for form in ("%Y-%m-%d", "%d-%b-%Y"):
        try:
            day: date = datetime.strptime(written.split("T")[0].split(" ")[0], form).date()
        except ValueError:
            continue
        return Published(day.isoformat())
    return None


def _plain(article: Article) -> Article:
    """Return *article* with what is searched, each word as every analysis reads it."""
    return Article(
        id=article.id,
        url=article.url,
        source=article.source,
        headline=plain(article.headline),
        text=plain(article.text),
        byline=tuple(map(plain, article.byline)),
        published=article.published,
        language=article.language,
        topics=article.topics,
    )


def plain(text: str) -> str:
    """Return *text* with plain words only."""
    pieces: list[str] = []
    at = 0
    for token in _ANALYZER.tokens(text):
        pieces.append(text[at : token.start].replace("_", " "))
        word = text[token.start : token.end]
        form = "".join(c for c in token.form if c.isalnum() and c.isascii()) or "x"
        pieces.append(word if word.lower() == form and word.isascii() else form)
        at = token.end
    return "".join(pieces) + text[at:].replace("_", " ")
