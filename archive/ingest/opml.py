"""OPML 2.0: lists of feeds, as readers exchange them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import quoteattr

from lxml import etree

from archive.errors import FormatError
from archive.export.entry import clean
from archive.identity import web_url
from archive.source import Kind, Source

LARGEST = 5 * 1024 * 1024
_DEEPEST = 20
_STRAY_AMPERSAND = re.compile(rb"&(?!(?:#\d+|#[xX][0-9a-fA-F]+|amp|lt|gt|quot|apos);)")


@dataclass(frozen=True, slots=True)
class Outline:
    """A feed in a list: its address, its name there, and the folders it lies in."""

    address: str
    name: str | None
    topics: tuple[str, ...]


Listed = tuple[list[Outline], list[tuple[str, str]]]
"""The feeds of a list, and (address, reason) of what is no web address."""


def read(data: bytes, where: str) -> Listed:
    """Return the feeds of a list, and (address, reason) of what is no web address.

    Lists with stray ampersands and the like are read as far as they go. Raises
    FormatError for what is not OPML at all.
    """
    if len(data) > LARGEST:
        raise FormatError(f"is larger than {LARGEST // 1024 // 1024} MiB", where)
    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    data = _STRAY_AMPERSAND.sub(b"&amp;", data)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise FormatError(f"is not OPML: {error.msg}", where) from error
    if root is None or str(root.tag).rpartition("}")[2].lower() != "opml":
        raise FormatError("is not OPML", where, "export it again from your reader")
    found: dict[str, Outline] = {}
    broken = bool(parser.error_log)
    refused: list[tuple[str, str]] = []
    # Iterative, with the folders on the way: lists nest as deep as their makers like.
    waiting: list[tuple[Any, tuple[str, ...]]] = [(child, ()) for child in reversed(root)]
    while waiting:
        element, folders = waiting.pop()
        if not isinstance(element.tag, str):
            continue
        attributes = {str(name).lower(): str(value) for name, value in element.attrib.items()}
        name = " ".join((attributes.get("title") or attributes.get("text") or "").split())
        address = (attributes.get("xmlurl") or "").strip()
        below: tuple[str, ...] = folders
        if address and web_url(address) is None:
            refused.append((address, "is not an http or https address"))
        elif address:
            topics = _distinct([*folders, *attributes.get("category", "").split(",")])
            found.setdefault(address, Outline(address, name or None, topics))
        elif name and element.tag == "outline":
            below = (*folders, name)[:_DEEPEST]
        waiting += [(child, below) for child in reversed(element)]
    if broken:
        # Quotes within quotes make the XML parser drop an outline; HTML's reads on.
        for element in etree.fromstring(data, etree.HTMLParser()).iter("outline"):
            address = (element.get("xmlurl") or "").strip()
            if web_url(address) is not None:
                name = " ".join((element.get("title") or element.get("text") or "").split())
                found.setdefault(address, Outline(address, name or None, ()))
    return list(found.values()), refused


def write(sources: Iterable[Source], title: str) -> str:
    """Return the feeds among *sources* as OPML; each topic is in the category attribute."""
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<opml version="2.0">',
        f"<head><title>{_escaped(title)}</title></head>",
        "<body>",
    ]
    for source in sources:
        if source.kind is Kind.FEED:
            categories = ",".join(topic.replace(",", " ") for topic in source.topics)
            category = f" category={quoteattr(clean(categories))}" if categories else ""
            lines.append(
                f'<outline type="rss" text={quoteattr(clean(source.label))}'
                f" xmlUrl={quoteattr(clean(source.address))}{category}/>"
            )
    return "\n".join([*lines, "</body>", "</opml>", ""])


def _escaped(text: str) -> str:
    return quoteattr(clean(text))[1:-1]


def _distinct(names: Iterable[str]) -> tuple[str, ...]:
    """Names without slashes (OPML writes paths of categories) and repetitions."""
    cleaned = (" ".join(name.strip(" /").split()) for name in names)
    return tuple(dict.fromkeys(name for name in cleaned if name))
