"""CSL-JSON, as citation processors read it: items of the type article-newspaper.

It follows the schema of CSL 1.0.2, which leaves ``custom`` to whoever writes an item.
"""

from collections.abc import Iterable, Iterator

import msgspec

from archive.export.entry import About, Entry, clean, date_parts, line
from archive.export.names import Name, authors


def write(about: About, entries: Iterable[Entry]) -> Iterator[str]:
    """Yield the list, an item at a time."""
    yield "["
    before = "\n"
    for entry in entries:
        yield before + msgspec.json.encode(item(about, entry)).decode("utf-8")
        before = ",\n"
    yield "\n]\n"


def item(about: About, entry: Entry) -> dict[str, object]:
    """Return an article as an item: what is not known of it is not there."""
    article = entry.article
    parts = date_parts(article.published)
    known = {
        "title": line(article.headline),
        "author": [_name(name) for name in authors(article)],
        "container-title": line(article.source),
        "issued": {"date-parts": [list(parts)]} if parts else None,
        "section": article.section,
        "language": article.language,
        "keyword": "; ".join(article.topics),
        "URL": entry.address or about.page(article),
        "abstract": clean(article.text) if about.text else None,
        "archive": about.archive,
        "archive_location": article.id,
    }
    more = {
        "dateline": article.dateline,
        "agency": article.agency,
        "credits": article.credits,
        "caption": article.caption,
        "published": article.published.iso if article.published else None,
        "page": about.page(article),
    }
    return {
        "id": article.id,
        "type": "article-newspaper",
        **{name: value for name, value in known.items() if value},
        "custom": {
            **{name: value for name, value in more.items() if value},
            "export": about.as_json(),
        },
    }


def _name(name: Name) -> dict[str, str]:
    if name.whole:
        return {"literal": name.family}
    parts = {"family": name.family, "given": name.given, "suffix": name.suffix}
    return {part: value for part, value in parts.items() if value}
