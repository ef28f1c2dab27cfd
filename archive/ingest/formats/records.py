"""Records: rows of a table, objects of JSON, to items, by the usual names of their fields.

The user's own names (``[columns]`` in morgue.toml: field = "column") go before
the usual ones. A date of saving or changing is never taken for the date of
publication. A record without a text is a bookmark: kept by its headline.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from archive.article import Evidence
from archive.errors import FormatError
from archive.identity import web_url
from archive.ingest import persons, wire
from archive.ingest.formats.inputs import Input, host_claims
from archive.ingest.furniture import without_furniture
from archive.ingest.item import Item, claim, readable
from archive.ingest.markup import fragment_text

# Our field ← the names that other people's tables, exports and feeds use for it.
USUAL: dict[str, tuple[str, ...]] = {
    "headline": ("headline", "title", "article__title", "titel", "titre", "título", "überschrift"),
    "text": (
        *("text", "body", "content", "content_html", "content_text", "articlebody"),
        *("article_body", "article_text", "full_text", "fulltext", "body_text", "article"),
        *("story", "inhalt", "selection", "description", "summary", "article__excerpt", "excerpt"),
    ),
    "url": (
        *("url", "link", "permalink", "canonical_url", "article_url", "article__url"),
        *("resolved_url", "given_url", "uri", "href", "source_url", "web_url", "webadresse"),
    ),
    "published": (
        *("published", "date", "published_at", "publishedat", "publication_date"),
        *("date_published", "datepublished", "published_date", "publish_date", "pubdate"),
        *("pub_date", "datum", "veröffentlicht"),
    ),
    "byline": ("byline", "author", "authors", "published_by", "creator", "autor", "auteur"),
    "source": (
        "source",
        "publication",
        "publisher",
        "outlet",
        "newspaper",
        "site_name",
        "sitename",
    ),
    "agency": ("agency",),
    "dateline": ("dateline", "place", "location", "ort"),
    "topics": (
        *("topics", "topic", "tags", "categories", "category", "keywords", "labels"),
        *("section", "subjects", "subject", "thema", "themen", "schlagwörter"),
    ),
    "section": ("section", "ressort", "rubrik"),
    "language": ("language", "lang", "sprache"),
    "caption": ("caption",),
    "credits": ("credits", "credit"),
    "id": ("id", "guid", "uuid", "article_id", "_id"),
}
_MARKUP = re.compile(
    r"</?(?:p|br|div|span|a|em|strong|b|i|h[1-6]|ul|ol|li|img|table|figure|blockquote|article"
    r"|section|html|body)\b[^<>]*>|&(?:amp|lt|gt|quot|nbsp|#\d+);",
    re.IGNORECASE,
)
_NO_TITLE = frozenset({"no title found", "untitled", "(no title)"})
_EPOCH = re.compile(r"(\d{9,10})(?:\.\d+)?|(\d{12,13})")


def known_fields(names: list[str]) -> int:
    """Return how many of these names of columns are usual ones."""
    usual = {name for group in USUAL.values() for name in group}
    return sum(name.strip().casefold() in usual for name in names)


def item(record: Mapping[str, Any], place: Input, number: int) -> Item:
    """Return the article in *record*. Raises FormatError when it has no headline and no text."""
    folded = {str(name).strip().casefold(): value for name, value in record.items()}
    claims: list[Evidence] = []
    values: dict[str, tuple[str, Any]] = {}
    for name, usual in USUAL.items():
        own = place.columns.get(name)
        for column in (own.strip().casefold(),) if own else usual:
            value = folded.get(column)
            if value is not None and value != "" and value != []:
                values[name] = (column, value)
                break
    for name, (column, value) in values.items():
        if name not in ("text", "url", "id"):
            for said in _said(name, value):
                claims += claim(name, said, f"record: {column}")
    url = string(values.get("url", ("", ""))[1])
    copy = body(
        string(values.get("text", ("", ""))[1]), any(c.field == "headline" for c in claims)
    )
    if not copy.text and not any(c.field == "headline" for c in claims):
        raise FormatError("has neither headline nor text", place.record(number))
    if not copy.text:
        claims += claim("text", "none: a bookmark", "record: no text")
    key = string(values.get("id", ("", ""))[1]) or url or str(number)
    key, address = place.inner(key, url)
    claims += claim("link", url if web_url(url) else "", "record: url")
    all_claims = (*claims, *copy.claims, *host_claims(url))
    return Item(key, address, copy.text, all_claims, encoded(record), "application/json")


def body(text: str, has_headline: bool = True) -> wire.Copy:
    """Take a text, plain or HTML, apart; its head too where the headline is nowhere else."""
    text = readable(text)
    if _MARKUP.search(text):
        text = fragment_text(text)
    text = without_furniture(text.replace("\r\n", "\n").replace("\r", "\n"))
    if not text.strip():
        return wire.Copy("")
    return wire.read_body(text) if has_headline else wire.read(text)


def string(value: object) -> str:
    """Return a string or number as text, and nothing for anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return str(value).strip()


def encoded(record: Mapping[str, Any]) -> bytes:
    """Return the record as the JSON that is kept as its original."""
    try:
        return msgspec.json.encode(record)
    except (TypeError, ValueError, RecursionError):
        return readable(repr(record)).encode("utf-8", "replace")


def strings(value: object) -> list[str]:
    """Return the strings in a list of strings, or of objects with a name."""
    values = value if isinstance(value, list) else [value]
    named = [
        next((v[n] for n in ("name", "label", "title", "literal") if v.get(n)), None)
        if isinstance(v, dict)
        else v
        for v in values
    ]
    return [text for v in named if (text := string(v))]


def _said(name: str, value: object) -> list[str]:
    said = strings(value)
    if name == "headline":
        return [_plain(text) for text in said[:1] if _plain(text).casefold() not in _NO_TITLE]
    if name == "published":
        return [_moment(text) for text in said[:1]]
    if name == "byline":
        return [person for text in said for person in persons.person_names(text) or (text,)]
    if name == "topics":
        return [label for text in said for label in (_labels(text) if len(said) == 1 else [text])]
    return said[:1]


def _plain(text: str) -> str:
    return fragment_text(text) if _MARKUP.search(text) else text


def _labels(text: str) -> list[str]:
    """Part ``a|b``, ``a; b`` and ``a, b``, and read ``["a", "b"]``."""
    if text.startswith("["):
        try:
            return strings(msgspec.json.decode(text))
        except (msgspec.DecodeError, RecursionError):
            return [text]
    separator = next((s for s in "|;" if s in text), None)
    if separator is None and not re.search(r"\band\b", text):
        separator = ","
    return [part.strip() for part in text.split(separator)] if separator else [text]


def _moment(text: str) -> str:
    """Return seconds or milliseconds since 1970 as ISO 8601, any other text as it is."""
    if match := _EPOCH.fullmatch(text):
        seconds = int(match[1]) if match[1] else int(match[2]) // 1000
        return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
    return text
