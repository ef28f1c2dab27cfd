"""ninjs 1.x, 2.x and 3.x: news in JSON, by the IPTC (https://iptc.org/standards/ninjs/).

Version 1 has ``headline``, ``byline``, ``body_text``, ``body_xhtml``; from 2 on
they are ``headlines``, ``by`` and ``bodies``, each with a role. Documents are
read leniently: what the schema forbids but can be understood is taken. A field
that Morgue keeps and that is of the wrong kind is not understood: such a
document is refused.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from archive.article import Evidence
from archive.errors import FormatError
from archive.identity import web_url
from archive.ingest import persons, wire
from archive.ingest.formats import nitf, records, xml
from archive.ingest.formats.inputs import Input
from archive.ingest.item import Item, claim

_NO_NINJS = frozenset({"url", "link", "text", "content", "body"})
_DATES = ("firstcreated", "versioncreated", "contentcreated")
_LINES = frozenset({"title", "headline", "byline", "by", "slugline", "located", *_DATES})
_LISTS = frozenset({"headlines", "bodies", "descriptions"})
_KINDS = {
    bool: "true or false",
    int: "a number",
    float: "a number",
    dict: "an object",
    list: "a list",
    str: "text",
}
_MARKED_UP = re.compile("html|nitf|xml", re.IGNORECASE)


def fits(record: Mapping[str, Any]) -> bool:
    """Whether this is a ninjs document: it has a ``uri``, and nothing that ninjs does not."""
    keys = {str(key).casefold() for key in record}
    return isinstance(record.get("uri"), str) and not keys & _NO_NINJS


def item(record: Mapping[str, Any], place: Input, number: int) -> Item:
    """Return the article. Raises FormatError when it has no headline and no text."""
    document = {str(key).casefold(): value for key, value in record.items()}
    _check(document, place.record(number))
    text = next(_texts(document, "bod"), "") or next(_texts(document, "description"), "")
    headline = _main(document, "headline") or records.string(document.get("title"))
    copy = _copy(text, place, bool(headline))
    claims = [*_claims(document, headline), *copy.claims]
    if not copy.text and not any(c.field == "headline" for c in claims):
        raise FormatError("has neither headline nor text", place.record(number))
    uri = records.string(document.get("uri"))
    key, url = place.inner(uri or str(number), uri)
    original = records.encoded(record)
    return Item(key, url, copy.text, tuple(claims), original, "application/json")


def _check(document: Mapping[str, Any], where: str) -> None:
    """Raise FormatError when a field that is kept is of the wrong kind."""
    for name, value in document.items():
        wanted: type = str
        if name in _LISTS:
            wanted = list
        elif name not in _LINES and not name.startswith(("body_", "description_", "headline_")):
            continue
        if value is not None and not isinstance(value, wanted):
            kind = _KINDS.get(type(value), "something else")
            belongs = f"where {_KINDS[wanted]} belongs"
            raise FormatError(f"is no valid ninjs: “{name}” is {kind}, {belongs}", where)


def _copy(text: str, place: Input, has_headline: bool) -> wire.Copy:
    """Take the text apart; some agencies put a whole NITF document here."""
    if xml.root_of(text[:8192].encode("utf-8", "replace"))[0] != "nitf":
        return records.body(text, has_headline)
    written, claims = nitf.article(xml.parse(text.encode("utf-8", "replace"), place.key))
    return wire.Copy(written, claims)


def _claims(document: Mapping[str, Any], headline: str) -> Iterator[Evidence]:
    yield from claim("headline", headline, "record: ninjs headline")
    by = records.string(document.get("byline")) or records.string(document.get("by"))
    for name in wire.byline_names(by) or persons.person_names(by):
        yield from claim("byline", name, "record: ninjs byline")
    for name in _DATES:
        yield from claim("published", _string(document, name), f"record: ninjs {name}")
    yield from claim("dateline", _string(document, "located"), "record: ninjs located")
    yield from claim("language", _string(document, "language"), "record: ninjs language")
    yield from claim("slug", _string(document, "slugline"), "record: ninjs slugline")
    yield from claim("notice", _string(document, "ednote"), "record: ninjs ednote")
    status = _string(document, "pubstatus")
    yield from claim("notice", status if status != "usable" else "", "record: ninjs pubstatus")
    for name in ("infosource", "infosources", "copyrightholder"):
        for source in records.strings(document.get(name))[:1]:
            yield from claim("source", source, f"record: ninjs {name}")
    for name in ("subject", "subjects"):
        for label in records.strings(document.get(name)):
            yield from claim("topics", label, f"record: ninjs {name}")
    uri = _string(document, "uri")
    yield from claim("link", uri if web_url(uri) else "", "record: ninjs uri")


def _string(document: Mapping[str, Any], name: str) -> str:
    return records.string(document.get(name))


def _main(document: Mapping[str, Any], name: str) -> str:
    """The main headline: ``headline``, the one of that role, else the first."""
    if plain := _string(document, name):
        return plain
    listed = document.get(f"{name}s")
    parts = [p for p in listed if isinstance(p, dict)] if isinstance(listed, list) else []
    parts.sort(key=lambda part: part.get("role") != "main")
    found = (records.string(part.get("value")) for part in parts)
    named = (_string(document, key) for key in document if key.startswith(f"{name}_"))
    return next((text for text in (*found, *named) if text), "")


def _texts(document: Mapping[str, Any], stem: str) -> Iterator[str]:
    """The texts of one kind, those with markup first: they keep their paragraphs."""
    found: list[tuple[str, str]] = []
    for key, value in document.items():
        if not key.startswith(stem):
            continue
        if isinstance(value, list):
            for part in value:
                if isinstance(part, dict):
                    kind = {str(k).casefold(): v for k, v in part.items()}.get("contenttype")
                    found.append((str(kind), records.string(part.get("value"))))
        else:
            found.append((key, records.string(value)))
    found.sort(key=lambda pair: _MARKED_UP.search(pair[0]) is None)
    yield from (text for _, text in found if text)
