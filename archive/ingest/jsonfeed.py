"""JSON Feed 1.0 and 1.1 (jsonfeed.org), brought into the shape of feedparser's entries.

So one module, `feeds`, knows what becomes of an entry, whatever wrote it.
"""

import html
from typing import Any

import msgspec

from archive.errors import FormatError

_LINKS = {"home_page_url": "alternate", "feed_url": "self", "next_url": "next"}

# Some writers give the number alone.
_BARE_VERSIONS = ("1", "1.0", "1.1")


def read(data: str, url: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return the feed and its entries as feedparser names their parts.

    Values of the wrong kind are left out. Raises FormatError for what is not
    JSON, or JSON but no feed.
    """
    try:
        feed = msgspec.json.decode(data)
    except (msgspec.DecodeError, RecursionError) as error:
        raise FormatError(f"is not the JSON it looks like: {error}", url) from error
    items = feed.get("items") if isinstance(feed, dict) else None
    version = feed.get("version") if isinstance(feed, dict) else None
    known = "jsonfeed.org" in str(version) or str(version) in _BARE_VERSIONS
    if not isinstance(items, list) or not known:
        raise FormatError("is JSON, but not a JSON Feed", url, "is this the feed's own address?")
    about = {
        "title": _text(feed, "title"),
        "language": _text(feed, "language"),
        "links": [
            {"rel": rel, "href": _text(feed, name)}
            for name, rel in _LINKS.items()
            if _text(feed, name)
        ],
    }
    return about, [_entry(item, feed) for item in items if isinstance(item, dict)]


def _entry(item: dict[str, Any], feed: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": _text(item, "id"),
        "link": _text(item, "url") or _text(item, "external_url"),
        "title": _text(item, "title"),
        "title_detail": {"type": "text/plain"},
        "content": [{"value": _content(item), "language": _text(item, "language")}],
        "summary": html.escape(_text(item, "summary")),
        "published": _text(item, "date_published"),
        "updated": _text(item, "date_modified"),
        "authors": _authors(item) or _authors(feed),
        "tags": [{"term": tag} for tag in _list(item, "tags") if isinstance(tag, str)],
    }


def _content(item: dict[str, Any]) -> str:
    written = _text(item, "content_html")
    if written:
        return written
    paragraphs = _text(item, "content_text").split("\n\n")
    return "".join(f"<p>{html.escape(paragraph)}</p>" for paragraph in paragraphs)


def _authors(part: dict[str, Any]) -> list[dict[str, str]]:
    """Version 1.1 has a list, 1.0 a single author."""
    authors = _list(part, "authors") or [part.get("author")]
    return [
        {"name": _text(a, "name")} for a in authors if isinstance(a, dict) and _text(a, "name")
    ]


def _text(part: dict[str, Any], key: str) -> str:
    """A string; a number, as some feeds give for ids, in its digits."""
    value = part.get(key)
    if isinstance(value, bool):
        return ""
    return value if isinstance(value, str) else str(value) if isinstance(value, int) else ""


def _list(part: dict[str, Any], key: str) -> list[Any]:
    value = part.get(key)
    return value if isinstance(value, list) else []
