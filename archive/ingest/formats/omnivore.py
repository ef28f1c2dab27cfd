"""Exports of Omnivore (JSON, and the zip around it).

The zip holds ``metadata_0_to_20.json``, each a list of entries, and the saved
text of each entry in ``content/SLUG.html`` or ``.md``. ``savedAt`` and
``updatedAt`` are no dates of publication; ``publishedAt`` is.
"""

import re
from collections.abc import Collection, Mapping
from typing import Any

from markdown_it import MarkdownIt

from archive.ingest.formats import records
from archive.ingest.formats.inputs import Input
from archive.ingest.item import Item

METADATA = re.compile(r"(?:.*/)?metadata_\d+_to_\d+\.json")
_KEPT = ("title", "description", "author", "url", "labels", "publishedAt", "siteName", "content")


def fits(record: Mapping[str, Any]) -> bool:
    """Whether this is an entry of Omnivore's export."""
    return {"slug", "url", "savedAt"} <= record.keys()


def is_export(names: Collection[str]) -> bool:
    """Whether a zip with these members is an export of Omnivore."""
    return any(METADATA.fullmatch(name) for name in names)


def content_names(record: Mapping[str, Any], folder: str) -> tuple[str, ...]:
    """Return the members in which the entry's text may lie; *folder* holds the metadata."""
    slug = records.string(record.get("slug"))
    return tuple(f"{folder}content/{slug}{ending}" for ending in (".html", ".md"))


def with_content(record: Mapping[str, Any], name: str, content: str) -> dict[str, Any]:
    """Return the entry with its text, as HTML."""
    html = MarkdownIt("commonmark").render(content) if name.endswith(".md") else content
    return {**record, "content": html}


def item(record: Mapping[str, Any], place: Input, number: int) -> Item:
    """Return the entry as an article; without its text its description stands for it."""
    return records.item({k: record[k] for k in _KEPT if k in record}, place, number)
