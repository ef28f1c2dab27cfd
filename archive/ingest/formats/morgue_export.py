"""Morgue's own export (``morgue export``): the article as it was, under its own address."""

from collections.abc import Mapping
from typing import Any

from archive.article import Evidence
from archive.errors import FormatError
from archive.ingest.formats import records
from archive.ingest.formats.inputs import Input
from archive.ingest.item import Item, claim, readable

_FIELDS = (
    *("headline", "source", "agency", "byline", "dateline", "published", "updated", "language"),
    *("section", "topics", "caption", "credits", "link", "slug", "notice"),
)
_INFERRED = ("derived", "vocabulary", "detected")


def fits(record: Mapping[str, Any]) -> bool:
    """Whether this is an article as Morgue exports it."""
    return {"headline", "text", "precision", "provenance"} <= record.keys()


def item(record: Mapping[str, Any], place: Input, number: int) -> Item:
    """Return the article. Raises FormatError for one without headline and text.

    Its claims are those that were chosen; what Morgue itself inferred is
    inferred again, so that it stays marked as such.
    """
    text = readable(records.string(record["text"]))
    claims: list[Evidence] = []
    provenance = record["provenance"] if isinstance(record["provenance"], dict) else {}
    for field in _FIELDS:
        for entry in provenance.get(field) or _top(record, field):
            origin = records.string(entry.get("from")) or "export"
            if entry.get("chosen", True) and not origin.startswith(_INFERRED):
                claims += claim(field, records.string(entry.get("value")), f"record: {origin}")
    if not text and not any(c.field == "headline" for c in claims):
        raise FormatError("has neither headline nor text", place.record(number))
    url = records.string(record.get("url"))
    key, address = place.inner(url or str(number), url)
    if url.startswith("file://"):
        address = url
    original = records.encoded(record)
    return Item(key, address, text, tuple(claims), original, "application/json")


def _top(record: Mapping[str, Any], field: str) -> list[dict[str, str]]:
    return [{"value": value} for value in records.strings(record.get(field))]
