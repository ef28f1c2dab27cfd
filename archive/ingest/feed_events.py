"""A mended feed, told to feedparser event by event, as its own XML parser would tell it.

The tree is there already, so nothing is written out and parsed once more; and
a text comes in one piece, where expat cuts it at every line and reference.
That is most of the time that feedparser takes. Parts of an entry that feedparser
would keep and nobody here reads are passed over.
"""

from typing import Any, Final
from xml.sax.xmlreader import AttributesNSImpl

from feedparser.api import StrictFeedParser
from feedparser.urls import _urljoin, make_safe_absolute_uri
from lxml import etree

_XML: Final = "http://www.w3.org/XML/1998/namespace"
_STATES_BASE = etree.XPath("boolean(//@*[local-name() = 'base' or local-name() = 'BASE'])")
# What feedparser keeps although it has no handler for it, and we read.
_READ: Final = frozenset({"feedburner_origlink"})
# What it has a handler for, and we do not read.
_NOT_READ: Final = frozenset({"media_content", "media_credit", "media_thumbnail", "media_rating"})


class _Parser(StrictFeedParser):  # type: ignore[misc]
    """feedparser's parser, told of the feed at *url*.

    It works out the base of addresses anew at each element. In a feed that
    *states_base* nowhere that is its own address, and worked out once.
    """

    def __init__(self, url: str, *, states_base: bool) -> None:
        self._url = make_safe_absolute_uri(url)
        super().__init__(self._url if states_base else "", None, "utf-8")
        self.resolve_relative_uris = False
        self.sanitize_html = False
        self._told: dict[str, bool] = {}

    def resolve_uri(self, uri: str) -> str:
        return str(_urljoin(self.baseuri or self._url, uri))

    def passes_over(self, element: etree._Element) -> bool:
        """Whether *element* is a leaf of an entry, of a kind of which nothing would be read."""
        if len(element) or not self.elementstack or self.elementstack[-1][0] != "item":
            return False
        tag = element.tag
        if tag not in self._told:
            self._told[tag] = self._is_read(*_name(tag))
        return not self._told[tag]

    def _is_read(self, space: str | None, name: str) -> bool:
        if not space:
            return True
        prefix = self._matchnamespaces.get(space.lower())
        if prefix is None:
            # Of a namespace that it does not know, feedparser goes by the feed's own prefix.
            uses = self.namespaces_in_use.items()
            prefix = next((name for name, uri in uses if uri == space), "")
        if not prefix:
            return True
        known = f"{prefix}_{name}".lower()
        if known in _NOT_READ:
            return False
        return known in _READ or any(hasattr(self, f"_{at}_{known}") for at in ("start", "end"))


def parsed(root: etree._Element, url: str) -> dict[str, Any]:
    """Return what feedparser makes of the feed at *url*: its ``feed``, ``entries``, ``version``.

    The tree may hold no references to entities (see `has_doctype`).
    """
    parser = _Parser(url, states_base=_STATES_BASE(root))
    _tell(root, parser)
    return {"feed": parser.feeddata, "entries": parser.entries, "version": parser.version}


def has_doctype(root: etree._Element) -> bool:
    """Whether the feed has a document type, which names its dialect and may declare entities."""
    if root.getroottree().docinfo.doctype:
        return True
    return next(root.iter(etree.Entity), None) is not None


def _tell(root: etree._Element, parser: _Parser) -> None:
    prefixes: dict[str, list[str]] = {_XML: ["xml"]}
    passed_over = None
    for event, found in etree.iterwalk(root, events=("start-ns", "start", "end")):
        if event == "start":
            if parser.passes_over(found):
                passed_over = found
                continue
            parser.startElementNS(_name(found.tag), None, _attributes(found, prefixes))
            if found.text:
                parser.characters(found.text)
        elif event == "end":
            if found is not passed_over:
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
