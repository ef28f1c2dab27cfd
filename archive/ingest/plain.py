"""Plain-text files (``.txt``): wire copy, or text pasted from anywhere."""

from collections.abc import Iterator

from archive.errors import FormatError
from archive.ingest import wire
from archive.ingest.encoding import decode
from archive.ingest.item import Item


def read(data: bytes, key: str, url: str) -> Iterator[Item]:
    """Yield the article of a text file. Raises FormatError for one that is empty or not text.

    A headline alone, as news flashes are, is an article without text.
    """
    copy = wire.read(decode(data, key))
    if not copy.text.strip() and not any(c.field == "headline" for c in copy.claims):
        raise FormatError("holds no text", key)
    yield Item(key, url, copy.text, tuple(copy.claims), data, "text/plain")
