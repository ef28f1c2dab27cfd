"""A feed's entries as its elements plainly state them, read by lxml and nothing of ours.

Few fields, and only what needs no judgement: address, identity, date. It
serves as truth for feeds that bring none.
"""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin

from lxml import etree

_ENTRY = ("item", "entry")
_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_ATOM = ("http://www.w3.org/2005/Atom", "http://purl.org/atom/ns#")
_PLAIN = ("", "http://purl.org/rss/1.0/", "http://my.netscape.com/rdf/simple/0.9/", *_ATOM)
_DUBLIN = ("http://purl.org/dc/elements/1.1/", "http://purl.org/dc/terms/")
_PUBLISHED = ("pubDate", "published", "issued", "created", "date")
_READING = ("title", "description", "content", "summary", "encoded")
_UPDATED = ("updated", "modified")


def entries(data: bytes, url: str) -> list[dict[str, str]]:
    """Return the entries: ``link``, ``id``, ``published`` or ``updated``, where they have these.

    An entry that has neither title nor text is left out, and so is one with the
    id, the address and the dates of another. A field that is stated twice and
    differently has no truth. What is no feed has no entries.
    """
    if data.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{"):
        return _json(data)
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        return []
    if root is None or _split(root)[1].lower() not in ("rss", "rdf", "feed"):
        return []
    found = []
    for element in root.iter(etree.Element):
        if _plain_name(element) in _ENTRY and not _within_entry(element):
            fields = _fields(element, url)
            if fields is not None and not ("id" in fields and fields in found):
                found.append(fields)
    return found


def _plain_name(element: etree._Element) -> str:
    space, name = _split(element)
    return name if space in _PLAIN else ""


def _split(element: etree._Element) -> tuple[str, str]:
    """Return the namespace and the local name; names may be such as XML forbids."""
    space, _, name = str(element.tag).rpartition("}")
    return space.lstrip("{"), name


def _within_entry(element: etree._Element) -> bool:
    return any(_plain_name(above) in _ENTRY for above in element.iterancestors())


def _fields(element: etree._Element, url: str) -> dict[str, str] | None:
    if not any("".join(part.itertext()).strip() for part in _reading(element)):
        return None
    fields = {
        "link": _link(element, url),
        "id": _text(element, ("id", "guid")),
        "published": _text(element, _PUBLISHED),
        "updated": _text(element, _UPDATED),
    }
    return {name: value for name, value in fields.items() if value}


def _reading(element: etree._Element) -> Iterator[etree._Element]:
    for part in element.iterchildren(etree.Element):
        if etree.QName(part).localname in (
            "title",
            "description",
            "content",
            "summary",
            "encoded",
        ):
            yield part


def _text(element: etree._Element, names: tuple[str, ...]) -> str:
    for name in names:
        texts = {
            " ".join("".join(part.itertext()).split())
            for part in element.iterchildren(etree.Element)
            if _split(part)[1] == name and _split(part)[0] in (*_PLAIN, *_DUBLIN)
        } - {""}
        if texts:
            return texts.pop() if len(texts) == 1 else ""
    return ""


def _link(element: etree._Element, url: str) -> str:
    bases = [above.get(_BASE) for above in (*reversed(list(element.iterancestors())), element)]
    for base in filter(None, bases):
        url = urljoin(url, base.strip())
    found = set()
    for part in element.iterchildren(etree.Element):
        if _plain_name(part) != "link":
            continue
        if part.get("href"):
            if part.get("rel", "alternate") == "alternate":
                base = urljoin(url, part.get(_BASE) or "")
                found.add(urljoin(base, str(part.get("href")).strip()))
        elif (part.text or "").strip():
            found.add(urljoin(url, str(part.text).strip()))
    return found.pop() if len(found) == 1 else ""


def _json(data: bytes) -> list[dict[str, str]]:
    try:
        feed: Any = json.loads(data)
    except ValueError:
        return []
    names = (("link", "url"), ("id", "id"), ("published", "date_published"))
    return [
        {field: str(item[name]) for field, name in names if item.get(name)}
        for item in feed.get("items", ())
    ]
