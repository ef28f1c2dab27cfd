"""Exports of wallabag, versions 1 and 2 (JSON): saved pages, already cleaned to their content.

https://doc.wallabag.org/ : ``created_at`` is when the page was saved, and is
no date of publication; ``published_at`` is.
"""

from collections.abc import Mapping
from typing import Any

from archive.ingest.formats import records
from archive.ingest.formats.inputs import Input
from archive.ingest.item import Item

_KEPT = (
    *("title", "url", "content", "published_at", "published_by", "language", "tags"),
    *("annotations",),
)


def fits(record: Mapping[str, Any]) -> bool:
    """Whether this is an entry of wallabag's export."""
    return {"title", "url", "content"} <= record.keys() and bool(
        {"is_archived", "is_read"} & record.keys()
    )


def item(record: Mapping[str, Any], place: Input, number: int) -> Item:
    """Return the entry as an article."""
    # Version 1 repeats every value under a number.
    return records.item({k: record[k] for k in _KEPT if k in record}, place, number)
