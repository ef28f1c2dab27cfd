"""Lists of links (HTML): exports of Pocket and Instapaper, and bookmarks of browsers.

``<a href time_added tags>title</a>``, in a list. None holds a text, and none
says when an article was published: each link is kept as a bookmark.
"""

import re
from collections.abc import Iterator

from lxml import etree
from lxml.html import HTMLParser, fromstring

from archive.errors import FormatError
from archive.identity import web_url
from archive.ingest.encoding import decode
from archive.ingest.formats import records
from archive.ingest.formats.inputs import Found, Input

_EXPORT = re.compile(
    rb"<title>\s*(?:pocket export|instapaper: export)|<!doctype netscape-bookmark-file-1>",
    re.IGNORECASE,
)


def recognises(head: bytes, _name: str) -> bool:
    """Whether an exported list of links begins here."""
    return _EXPORT.search(head[:1024]) is not None


def read(place: Input) -> Iterator[Found]:
    """Yield the links as bookmarks."""
    text = decode(place.whole(), place.key)
    try:
        tree = fromstring(text.encode(), parser=HTMLParser(encoding="utf-8"))
    except (etree.ParserError, ValueError) as error:
        raise FormatError("is not HTML", place.key) from error
    number = 0
    for link in tree.iter("a"):
        if web_url(link.get("href") or ""):
            number += 1
            record = {
                "title": " ".join(link.text_content().split()),
                "url": link.get("href"),
                "tags": link.get("tags"),
            }
            if record["title"] == record["url"]:
                record["title"] = ""
            yield place.attempt(number, lambda r=record, n=number: records.item(r, place, n))  # type: ignore[misc]
    if not number:
        place.fail("holds no link")
