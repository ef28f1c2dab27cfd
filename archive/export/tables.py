"""CSV (RFC 4180): a row is an article, its columns named in the first.

Spreadsheets run a cell that begins like a formula. Such a cell gets an apostrophe before
it, and so does one that begins with apostrophes before such a beginning; so it can be
taken away again without loss (`unguarded`). What the export is stands in the last columns
of every row, for a table has no other place that every reader bears.
"""

import csv
import re
from collections.abc import Iterable, Iterator
from io import StringIO

from archive.export.entry import About, Entry, clean

COLUMNS = (
    *("id", "headline", "source", "agency", "byline", "dateline", "published", "precision"),
    *("updated", "language", "section", "topics", "caption", "credits", "url", "link"),
    *("first_seen", "revisions", "copies"),
)
ABOUT = ("export_query", "export_made", "export_articles")
BYTE_ORDER_MARK = "\ufeff"
"""Before a table for Excel, which takes one without it for the system's old encoding."""

# Also the wide forms, which spreadsheets in East Asian languages take for the narrow ones.
_RISKY = r"\s*[=+\-@\t\r\n＝＋－＠]"
_GUARD = re.compile(f"'*{_RISKY}")
_GUARDED = re.compile(f"'+{_RISKY}")


def write(about: About, entries: Iterable[Entry]) -> Iterator[str]:
    """Yield the table, line by line."""
    text = ("text",) if about.text else ()
    yield _line((*COLUMNS, *text, *ABOUT))
    said = (about.query, about.when, str(about.found))
    for entry in entries:
        body = (entry.article.text,) if about.text else ()
        yield _line((*_cells(entry), *body, *said))


def guarded(cell: str) -> str:
    """Return *cell* so that no spreadsheet takes it for a formula."""
    return f"'{cell}" if _GUARD.match(cell) else cell


def unguarded(cell: str) -> str:
    """Return what `guarded` was given."""
    return cell[1:] if _GUARDED.match(cell) else cell


def _line(cells: Iterable[str]) -> str:
    buffer = StringIO()
    csv.writer(buffer).writerow([guarded(clean(cell)) for cell in cells])
    return buffer.getvalue()


def _cells(entry: Entry) -> tuple[str, ...]:
    article = entry.article
    return (
        article.id,
        article.headline,
        article.source,
        article.agency or "",
        "; ".join(article.byline),
        article.dateline or "",
        article.published.iso if article.published else "",
        str(article.precision),
        article.updated.iso if article.updated else "",
        article.language or "",
        article.section or "",
        "; ".join(article.topics),
        article.caption or "",
        article.credits or "",
        article.url,
        entry.address or "",
        entry.kept.first_seen,
        str(entry.kept.revision),
        " ".join(copy.id for copy in entry.copies),
    )
