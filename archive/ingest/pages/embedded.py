"""The article's text as a page embeds it in JSON-LD (schema.org ``articleBody``)."""

from collections.abc import Iterator

import msgspec
from lxml.html import HtmlElement

from archive.ingest.markup import fragment_text

_DEEPEST = 8


def article_body(tree: HtmlElement) -> str:
    """Return the longest ``articleBody`` in the page's JSON-LD as plain text, else ""."""
    bodies: list[str] = []
    for script in tree.iter("script"):
        text = script.text or ""
        if "articleBody" in text and "json" in (script.get("type") or "").lower():
            try:
                bodies += _bodies(msgspec.json.decode(text.strip()))
            except (msgspec.DecodeError, RecursionError):
                continue
    longest = max(bodies, key=len, default="")
    return fragment_text(longest.replace("\r", "").replace("\n", "\n\n"))


def _bodies(data: object, depth: int = 0) -> Iterator[str]:
    if depth > _DEEPEST:
        return
    values: list[object] = []
    if isinstance(data, list):
        values = data
    elif isinstance(data, dict):
        if isinstance(data.get("articleBody"), str):
            yield data["articleBody"]
        values = [value for value in data.values() if isinstance(value, dict | list)]
    for value in values:
        yield from _bodies(value, depth + 1)
