"""Web pages with their truth, from five collections, in one shape."""

import gzip
import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import lxml.html

from bench import corpora


@dataclass(frozen=True, slots=True)
class Page:
    """A page and what is true of it; None where the collection does not say.

    *day* is ISO 8601, *moment* the instant as the collection writes it. *present*
    and *absent* are passages that the article's text holds, or must not hold.
    """

    name: str
    html: bytes
    url: str = ""
    headline: str | None = None
    authors: str | None = None
    day: str | None = None
    moment: str | None = None
    body: str | None = None
    start: str | None = None
    present: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()


def scrapinghub() -> Iterator[Page]:
    """Yield 88 news pages with their whole text."""
    folder = corpora.path("extraction/scrapinghub")
    truth = json.loads((folder / "ground-truth.json").read_text(encoding="utf-8"))
    for name, about in sorted(truth.items()):
        html = gzip.decompress((folder / "html" / f"{name}.html.gz").read_bytes())
        yield Page(name, html, about.get("url", ""), body=about["articleBody"])


def adbar() -> Iterator[Page]:
    """Yield 500 pages of press and blogs: passages, titles, authors, days."""
    yield from _adbar("trafilatura-evaldata.json")


def htmldate() -> Iterator[Page]:
    """Yield 499 pages with their day."""
    yield from _adbar("htmldate-eval.json")


def _adbar(table: str) -> Iterator[Page]:
    folder = corpora.path("extraction/adbar")
    truth = json.loads((folder / table).read_text(encoding="utf-8"))
    with _unpacked("extraction/adbar/pages.tar.xz") as pages:
        for url, about in sorted(truth.items()):
            found = (pages / about["path"], pages / "pages-htmldate" / about["file"])
            html = next(path for path in found if path.exists()).read_bytes()
            yield Page(
                about["file"],
                html,
                url if url.startswith("http") else "",
                headline=about.get("title") or None,
                authors=about.get("author") or None,
                day=about.get("date") or None,
                present=tuple(about.get("with", ())),
                absent=tuple(about.get("without", ())),
            )


def newspaper4k() -> Iterator[Page]:
    """Yield about 200 news pages of 2023: text, title, day, authors."""
    folder = corpora.path("extraction/newspaper4k")
    truth = json.loads((folder / "ground-truth.json").read_text(encoding="utf-8"))
    with _unpacked("extraction/newspaper4k/pages.tar.xz") as pages:
        for about in truth:
            authors = about.get("authors") or None
            yield Page(
                about["html_file"],
                (pages / about["html_file"]).read_bytes(),
                about.get("link") or "",
                headline=about.get("title") or None,
                authors="; ".join(authors) if isinstance(authors, list) else authors,
                day=about.get("date") or None,
                body=about.get("text") or None,
            )


def mozilla() -> Iterator[Page]:
    """Yield 60 test cases of Readability: byline, moment, text; its byline is another tool's."""
    with _unpacked("extraction/mozilla/test-pages.tar.xz") as cases:
        for case in sorted(cases.iterdir()):
            about = json.loads((case / "expected-metadata.json").read_text(encoding="utf-8"))
            yield Page(
                case.name,
                (case / "source.html").read_bytes(),
                headline=about.get("title") or None,
                authors=about.get("byline") or None,
                moment=about.get("publishedTime") or None,
                body=_text_of(case / "expected.html"),
            )


def _text_of(html: Path) -> str:
    parts = lxml.html.fromstring(html.read_bytes().decode()).itertext()
    return "\n".join(" ".join(part.split()) for part in parts if part.strip())


def postlight() -> Iterator[Page]:
    """Yield pages of about 70 outlets: title, author, moment, how the text begins."""
    folder = corpora.path("extraction/postlight")
    truth = json.loads((folder / "ground-truth.json").read_text(encoding="utf-8"))
    with _unpacked("extraction/postlight/pages.tar.xz") as pages:
        for domain, about in sorted(truth.items()):
            # Where an outlet has several pages, the truth is that of the one named after it alone.
            fixture = min(about["fixtures"], key=len)
            yield Page(
                domain,
                (pages / fixture).read_bytes(),
                about.get("url") or f"https://{about['domain']}/",
                headline=about.get("title") or None,
                authors=about.get("author") or None,
                moment=about.get("date_published") or None,
                start=about.get("content_first_13_words") or None,
            )


@contextmanager
def _unpacked(name: str) -> Iterator[Path]:
    """Unpack a ``.tar.xz`` of the corpora into a folder that lasts as long as the block."""
    with tempfile.TemporaryDirectory(prefix="morgue-bench-") as folder:
        corpora.unpack(name, Path(folder))
        yield Path(folder)


COLLECTIONS: Final[dict[str, Callable[[], Iterator[Page]]]] = {
    "scrapinghub": scrapinghub,
    "adbar": adbar,
    "htmldate": htmldate,
    "newspaper4k": newspaper4k,
    "mozilla": mozilla,
    "postlight": postlight,
}
