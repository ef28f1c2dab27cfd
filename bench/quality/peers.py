"""What plain libraries make of the same pages, in the same run.

Each reads a page once, for its text and its facts alike, whichever sets ask; what
was read of a collection is kept until the run ends. A library has a limited time
for a page: what takes longer, or fails in any way, counts as nothing found.
"""

import hashlib
import logging
import signal
import warnings
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib.util import find_spec
from typing import Final

import click
import htmldate
import lxml.html
import trafilatura

from bench.quality.pages import COLLECTIONS, Page

PROCESSES: Final = 2
_SECONDS = 20
_NOWHERE = "https://gannet.example/page"


@dataclass(frozen=True, slots=True)
class Found:
    """What a library found on a page: ``text``, ``headline``, ``authors``, ``day``, ``moment``.

    None is what the library does not look for; authors are parted by semicolons.
    """

    text: str | None = None
    headline: str | None = None
    authors: str | None = None
    day: str | None = None
    moment: str | None = None


def _trafilatura(page: Page) -> Found:
    read = trafilatura.bare_extraction(
        page.html, url=page.url or None, include_comments=False, with_metadata=True
    )
    if read is None or isinstance(read, dict):
        return Found("", "", "", "", "")
    day = read.date or ""
    return Found(read.text or "", read.title or "", read.author or "", day, day)


def _newspaper4k(page: Page) -> Found:
    import newspaper  # only where plain libraries are scored beside

    # Left to itself it would ask the site for the page's pictures.
    article = newspaper.Article(page.url or _NOWHERE, fetch_images=False)
    article.download(input_html=page.html.decode("utf-8", "replace"))
    article.parse()
    when = article.publish_date
    moment = when.isoformat() if isinstance(when, datetime) else ""
    authors = "; ".join(article.authors)
    return Found(article.text or "", article.title or "", authors, moment[:10], moment)


def _readability(page: Page) -> Found:
    import readability

    document = readability.Document(page.html.decode("utf-8", "replace"))
    tree = lxml.html.fromstring(document.summary())
    text = "\n".join(part.strip() for part in tree.itertext() if part.strip())
    return Found(text, document.short_title() or "")


def _htmldate(page: Page) -> Found:
    html = page.html.decode("utf-8", "replace")
    day = htmldate.find_date(html, url=page.url or None, original_date=True) or ""
    return Found(day=day, moment=day)


_PEERS: Final[dict[str, Callable[[Page], Found]]] = {
    "trafilatura": _trafilatura,
    "newspaper4k": _newspaper4k,
    "readability-lxml": _readability,
    "htmldate": _htmldate,
}
_KNOWS: Final[dict[str, tuple[str, ...]]] = {
    "text": ("trafilatura", "newspaper4k", "readability-lxml"),
    "headline": ("trafilatura", "newspaper4k", "readability-lxml"),
    "authors": ("trafilatura", "newspaper4k"),
    "day": ("trafilatura", "newspaper4k", "htmldate"),
    "moment": ("trafilatura", "newspaper4k", "htmldate"),
}


def knowing(field: str) -> tuple[str, ...]:
    """Return the names of the libraries that look for *field*."""
    return _KNOWS[field]


def found(collection: str) -> Mapping[str, Mapping[str, Found]]:
    """Return what each library found on each page of *collection*, by page and library.

    Raises ClickException where a library is not installed.
    """
    missing = [name for name in ("newspaper", "readability") if find_spec(name) is None]
    if missing:
        raise click.ClickException(
            f"{' and '.join(missing)} cannot be imported: install the extra with "
            "`pip install '.[bench]'`, or say --no-peers"
        )
    keys: dict[str, _Key] = {}

    def unread() -> Iterator[Page]:
        for page in COLLECTIONS[collection]():
            keys[page.name] = _key(page)
            if keys[page.name] not in _READ:
                yield page

    with ProcessPoolExecutor(PROCESSES) as pool:
        _READ.update(pool.map(_read, unread(), chunksize=4))
    return {name: _READ[key] for name, key in keys.items()}


_Key = tuple[str, bytes]
_READ: dict[_Key, Mapping[str, Found]] = {}
"""What was read in this run: two collections share most of their pages."""


def _key(page: Page) -> _Key:
    return page.url, hashlib.blake2b(page.html, digest_size=16).digest()


def _read(page: Page) -> tuple[_Key, Mapping[str, Found]]:
    logging.disable(logging.CRITICAL)
    return _key(page), {name: _bounded(read, page) for name, read in _PEERS.items()}


def _bounded(read: Callable[[Page], Found], page: Page) -> Found:
    try:
        with warnings.catch_warnings(), _limited(_SECONDS):
            warnings.simplefilter("ignore")
            return read(page)
    except Exception:  # any way in which another library fails is nothing found
        return Found()


@contextmanager
def _limited(seconds: int) -> Iterator[None]:
    """Raise TimeoutError in this block after so many *seconds*, and again each second after.

    A library may catch it and go on. Works in a process's main thread only.
    """

    def stop(_signal: int, _frame: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds, 1)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
