"""RIS: records of the type NEWS, for Zotero, EndNote, Mendeley and library systems.

A line is a tag, two spaces, a hyphen, a space and a value; a value is one line. RIS has no
place for a statement about the whole file that all programs bear, so each record says in
U1, which is free for such use, what it was exported by.
"""

from collections.abc import Iterable, Iterator

from archive.export.entry import About, Entry, date_parts, line
from archive.export.names import authors


def write(about: About, entries: Iterable[Entry]) -> Iterator[str]:
    """Yield a record for each article."""
    for entry in entries:
        fields = ((tag, line(text)) for tag, text in _fields(about, entry))
        lines = [f"{tag}  - {value}" for tag, value in fields if value]
        yield "\r\n".join(["TY  - NEWS", *lines, "ER  - ", "", ""])


def _fields(about: About, entry: Entry) -> Iterator[tuple[str, str]]:
    article = entry.article
    yield "ID", article.id
    yield "TI", article.headline
    for name in authors(article):
        yield "AU", name.filed
    yield "T2", article.source
    if parts := date_parts(article.published):
        yield "PY", f"{parts[0]:04}"
        # Year, month, day and more, each part's slash standing also where the part is not known.
        known = [f"{part:02}" for part in parts[1:]] + ["", ""]
        yield "DA", f"{parts[0]:04}/{known[0]}/{known[1]}/"
    yield "SE", article.section or ""
    yield "LA", article.language or ""
    for topic in article.topics:
        yield "KW", topic
    yield "UR", entry.address or about.page(article) or ""
    if entry.address:
        yield "L2", about.page(article) or ""
    if about.text:
        yield "AB", article.text
    yield "AN", article.id
    yield "DB", about.archive
    yield "U1", f"{about.title}; {about.when}; {about.found}"
    yield "U2", article.dateline or ""
    yield "U3", article.agency or ""
    yield "U4", article.credits or ""
    yield "U5", article.caption or ""
