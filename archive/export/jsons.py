"""JSON: one document with what the export is and a list of articles, or one article a line.

Each article is everything known of it, with where each fact came from; with its text,
`archive.ingest.formats.morgue_export` reads it back as it was.
"""

from collections.abc import Iterable, Iterator

import msgspec

from archive.article import Article
from archive.export.entry import About, Entry
from archive.store.stories import Copy


def write(about: About, entries: Iterable[Entry]) -> Iterator[str]:
    """Yield the document, an article at a time."""
    yield f'{{"export": {_json(about.as_json())}, "articles": ['
    before = "\n"
    for entry in entries:
        yield before + _json(full(entry, text=about.text))
        before = ",\n"
    yield "\n]}\n"


def write_lines(about: About, entries: Iterable[Entry]) -> Iterator[str]:
    """Yield a line for each article; each says in ``export`` what it was exported by."""
    said = about.as_json()
    for entry in entries:
        yield _json({**full(entry, text=about.text), "export": said}) + "\n"


def full(entry: Entry, *, text: bool = True) -> dict[str, object]:
    """Return all that is kept of an article now; without *text* only the text is missing."""
    known = record(entry.article, entry.copies)
    if not text:
        del known["text"]
    return {
        **known,
        "section": entry.article.section,
        "link": entry.article.link,
        "first_seen": entry.kept.first_seen,
        "revision": entry.kept.revision,
        "edits": entry.kept.edits,
    }


def record(article: Article, copies: Iterable[Copy] = ()) -> dict[str, object]:
    """Return *article* as JSON values: the keys of a search hit, and its text and provenance.

    *copies* are the other members of its story.
    """
    return {
        **article.facts(),
        "copies": [copy.as_json() for copy in copies],
        "missing": [],
        "text": article.text,
        "language": article.language,
        "caption": article.caption,
        "credits": article.credits,
        "provenance": article.provenance(),
    }


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode("utf-8")
