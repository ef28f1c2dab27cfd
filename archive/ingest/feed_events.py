"""A mended feed, told to feedparser event by event, as its own XML parser would tell it.

The tree is there already, so nothing is written out and parsed once more; and
a text comes in one piece, where expat cuts it at every line and reference.
That is most of the time that feedparser takes.
"""

from typing import Any, Final
from xml.sax.xmlreader import AttributesNSImpl

from feedparser.api import StrictFeedParser
from feedparser.urls import make_safe_absolute_uri
from lxml import etree

_XML: Final = "http://www.w3.org/XML/1998/namespace"


def parsed(root: etree._Element, url: str) -> dict[str, Any]:
    """Return what feedparser makes of the feed at *url*: its ``feed``, ``entries``, ``version``.

    The tree may hold no references to entities (see `has_doctype`).
    """
    parser = StrictFeedParser(make_safe_absolute_uri(url), None, "utf-8")
    parser.resolve_relative_uris = False
    parser.sanitize_html = False
    _tell(root, parser)
    return {"feed": parser.feeddata, "entries": parser.entries, "version": parser.version}


def has_doctype(root: etree._Element) -> bool:
    """Whether the feed has a document type, which names its dialect and may declare entities."""
    if root.getroottree().docinfo.doctype:
        return True
    return next(root.iter(etree.Entity), None) is not None


def _tell(root: etree._Element, parser: Any) -> None:
    prefixes: dict[str, list[str]] = {_XML: ["xml"]}
    for event, found in etree.iterwalk(root, events=("start-ns", "start", "end")):
        if event == "start":
            parser.startElementNS(_name(found.tag), None, _attributes(found, prefixes))
            if found.text:
                parser.characters(found.text)
        elif event == "end":
            parser.endElementNS(_name(found.tag), None)
            if found.tail and found is not root:
                parser.characters(found.tail)
        else:
            prefix, uri = found
            if prefix:
                prefixes.setdefault(uri, []).append(prefix)
            parser.startPrefixMapping(prefix, uri)


def _name(tag: str) -> tuple[str | None, str]:
    """Return the namespace, if any, and the local name of ``{namespace}name``."""
    space, _, name = tag.rpartition("}")
    return (space[1:] or None), name


_NONE: Final = AttributesNSImpl({}, {})


def _attributes(element: etree._Element, prefixes: dict[str, list[str]]) -> AttributesNSImpl:
    if not element.attrib:
        return _NONE
    values: dict[tuple[str | None, str], str] = {}
    written: dict[tuple[str | None, str], str] = {}
    for tag, value in element.items():
        space, name = key = _name(tag)
        values[key] = value
        prefix = prefixes.get(space, [""])[-1] if space else ""
        written[key] = f"{prefix}:{name}" if prefix else name
    return AttributesNSImpl(values, written)
