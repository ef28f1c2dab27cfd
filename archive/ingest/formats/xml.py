"""XML, read so that it can neither reach out nor blow up.

No entity is expanded, no DTD loaded, nothing fetched; libxml2's own bounds on
depth and size stand. Names of elements lose their namespaces.
"""

import re
from collections.abc import Iterator

from lxml import etree

from archive.errors import FormatError
from archive.ingest.markup import fragment_text

_ROOT = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?.*?\?>\s*|<!--.*?-->\s*|<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>\s*)*"
    rb"<(?:[\w.-]+:)?([\w.-]+)([^>]*)",
    re.DOTALL,
)
_BASIC = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)?(?:[.,]\d+)?(Z|[+-]\d\d:?\d\d)?)?")


def root_of(head: bytes) -> tuple[str, str]:
    """Return the name and the attributes of the element that begins here, or nothing."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head[: len(head) // 2 * 2].decode("utf-16", "replace").encode()
    match = _ROOT.match(head)
    return (match[1].decode(), match[2].decode("utf-8", "replace")) if match else ("", "")


def parse(data: bytes, where: str) -> etree._Element:
    """Return the root element. Raises FormatError for what is not well-formed."""
    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False, remove_pis=True
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        reason = " ".join(str(error).split())[:160]
        if "amplification" in reason:
            reason = "its entities multiply beyond reason"
        raise FormatError(f"is not well-formed XML: {reason}", where) from error
    if root is None:
        raise FormatError("is not XML", where)
    for element in root.iter(etree.Element):
        element.tag = etree.QName(element).localname
    return root


def first(element: etree._Element, *paths: str) -> str:
    """Return the text of the first of *paths* that has any, on one line."""
    return next(texts(element, *paths), "")


def texts(element: etree._Element, *paths: str) -> Iterator[str]:
    """Yield the texts of all elements at *paths*, each on one line."""
    for path in paths:
        for found in element.iterfind(path):
            if text := " ".join("".join(found.itertext()).split()):
                yield text


def attributes(element: etree._Element, path: str, name: str) -> Iterator[str]:
    """Yield what the elements at *path* have as attribute *name*."""
    for found in element.iterfind(path):
        if value := (found.get(name) or "").strip():
            yield value


def block_text(element: etree._Element) -> str:
    """Return the text of an element whose parts are those of HTML or NITF, as paragraphs."""
    for heading in element.iter("hl1", "hl2"):
        heading.tag = "h2"
    return fragment_text(etree.tostring(element, encoding="unicode", with_tail=False))


def moment(written: str) -> str:
    """Return ISO 8601 without separators (``20240620T140500+0200``) with them; else as it is."""
    match = _BASIC.fullmatch(written.strip())
    if match is None:
        return written.strip()
    year, month, day, hour, minute, second, zone = match.groups()
    clock = f"T{hour}:{minute}:{second or '00'}{zone or ''}" if hour else ""
    return f"{year}-{month}-{day}{clock}"
