"""A feed's bytes to clean markup, before a parser sees them.

What makes parsers stumble on feeds as they are in the world is put right here:
encodings declared wrongly or not at all, gzip without a header, text before the
feed or a web page around it, signs and references that XML forbids, the named
entities of HTML, bare ampersands. What would cost a parser more than it is
worth is refused or cut short.
"""

import html
import re
import zlib
from collections import Counter
from html.entities import html5, name2codepoint

from lxml import etree

from archive.errors import FormatError
from archive.ingest.encoding import decode

LARGEST = 5 * 1024 * 1024
"""Bytes of a feed, unpacked."""
ENTRIES = 10_000
"""Entries that are read of one feed; the first by custom are the newest."""
ATTRIBUTES = 1000
"""Attributes of one tag: parsers take time by their square."""
REPEATS = 500
"""Parts of one name in a feed or an entry: its authors, its topics, its links."""

_DECLARED = re.compile(
    r"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})[\"']", re.IGNORECASE
)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_DECLARATION = re.compile(r"\s*<\?xml\b[^>]{0,300}\?*>", re.IGNORECASE)
_START = re.compile(
    r"<(?:[\w.-]{1,40}:)?(?:rss|feed|rdf|channel)(?=[\s>])[^<>]{0,20000}>", re.IGNORECASE
)
_PROLOG = re.compile(r"\s*<(?:\?|!--|!DOCTYPE)", re.IGNORECASE)
_PAGE = re.compile(
    r"\s*(?:<!--.{0,2000}?-->\s*)?<(?:!doctype\s+html|html|head|body)\b", re.I | re.S
)
_ENTRY = re.compile(r"<(?:[\w.-]{1,40}:)?(?:item|entry)(?=[\s>])", re.IGNORECASE)
_ENTRY_END = re.compile(r"</(?:[\w.-]{1,40}:)?(?:item|entry)\s*>", re.IGNORECASE)
_FORBIDDEN = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# The references that XML itself declares stay as they are: in escaped HTML they are nearly all.
_AMPERSAND = re.compile(
    r"&(?!(?:amp|lt|gt|quot|apos);)(?:#([0-9]{1,9});|#[xX]([0-9a-fA-F]{1,8});|(\w{1,32});)?"
)
_PREFIX = re.compile(r"<([A-Za-z][\w-]{0,30}):[A-Za-z]")
_BOUND = re.compile(r"\bxmlns:([\w-]{1,40})\s*=")
_SPACES = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "media": "http://search.yahoo.com/mrss/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
}
_PLAIN_SPACES = frozenset({"", "http://purl.org/rss/1.0/", "http://purl.org/dc/elements/1.1/"})
_LINES = frozenset(
    {"author", "creator", "category", "subject", "pubDate", "date", "guid", "link", "language"}
)
_DATE = "{http://purl.org/dc/elements/1.1/}date"
_UPDATED = "{http://www.w3.org/2005/Atom}updated"
_PEOPLE = frozenset(
    {"author", "creator", "contributor", "publisher", "owner", "name", "email"}
    | {"managingEditor", "webMaster"}
)
_LONGEST_NAME = 2000
_PERSON = frozenset({"name", "email", "uri", "url"})
_EBCDIC = b"\x4c\x6f\xa7\x94"
_TAG = re.compile(r"<[^<>]{4000,}")


def clean(data: bytes, url: str, content_type: str = "") -> tuple[str, int]:
    """Return the feed as text fit for a parser, and how many entries were left out of it.

    Raises FormatError for what is too large, is no text, or is made to cost time.
    """
    data = _unpacked(data, url)
    if len(data) > LARGEST:
        raise FormatError(f"is larger than {LARGEST // 1024 // 1024} MiB", url)
    text = _FORBIDDEN.sub("", _decoded(data, url, content_type)).lstrip("\ufeff \t\n")
    if text.startswith(("{", "[")):
        return text, 0
    text = _DECLARATION.sub("", _feed_alone(text), count=1)
    return _bounded(_prefixes(_references(text, url)))


def _unpacked(data: bytes, url: str) -> bytes:
    """Undo a gzip that no header told of."""
    if not data.startswith(b"\x1f\x8b"):
        return data
    unpacker = zlib.decompressobj(47)
    try:
        unpacked = unpacker.decompress(data, LARGEST + 1)
    except zlib.error as error:
        raise FormatError(f"is damaged gzip: {error}", url) from error
    if len(unpacked) > LARGEST:
        raise FormatError(f"unpacks to more than {LARGEST // 1024 // 1024} MiB", url)
    return unpacked


def _decoded(data: bytes, url: str, content_type: str) -> str:
    if data.startswith(_EBCDIC):
        said = _DECLARED.search(data[:400].decode("cp037"))
        return data.decode(said[1] if said and said[1].lower().startswith("cp") else "cp037")
    sent = _CHARSET.search(content_type)
    # In wide characters every other byte is NUL.
    said = _DECLARED.search(data[:800].replace(b"\0", b"").decode("latin-1"))
    return decode(data, url, (sent and sent[1], said and said[1]))


def _feed_alone(text: str) -> str:
    """Return the feed without what stands before it, or a web page around it."""
    if _PROLOG.match(text) and not _PAGE.match(text):
        return text
    start = _START.search(text)
    if start is not None:
        return text[start.start() :] if start.start() else text
    if _PAGE.match(text):
        # A feed shown as the text of a page.
        shown = text.find("&lt;rss")
        shown = shown if shown >= 0 else text.find("&lt;feed")
        end = max(text.find("&lt;/rss&gt;", shown), text.find("&lt;/feed&gt;", shown))
        if 0 <= shown < end:
            return html.unescape(text[shown : end + 13])
    return text


def _prefixes(text: str) -> str:
    """Return *text* with those prefixes declared on its root that it uses and nowhere declares."""
    root = _START.search(text)
    if root is None:
        return text
    used = set(_PREFIX.findall(text)) - {"xml", "xmlns"}
    missing = used - set(_BOUND.findall(text))
    if not missing or len(missing) > 50:
        return text
    declared = "".join(
        f' xmlns:{name}="{_SPACES.get(name, f"urn:{name}")}"' for name in sorted(missing)
    )
    at = root.end() - (2 if root[0].endswith("/>") else 1)
    return f"{text[:at]}{declared}{text[at:]}"


def _references(text: str, url: str) -> str:
    """Return *text* with references that XML knows, outside of CDATA sections."""
    declares = "<!ENTITY" in text[:100_000]

    def known(reference: re.Match[str]) -> str:
        return reference[0] if declares and reference[3] else _known(reference)

    def outside(part: str) -> str:
        if any(tag[0].count("=") > ATTRIBUTES for tag in _TAG.finditer(part)):
            raise FormatError(f"has a tag with more than {ATTRIBUTES:,} attributes", url)
        return _AMPERSAND.sub(known, part)

    parts = []
    at = 0
    while (start := text.find("<![CDATA[", at)) >= 0:
        end = text.find("]]>", start)
        if end < 0:
            break
        parts += [outside(text[at:start]), text[start:end]]
        at = end
    return "".join([*parts, outside(text[at:])])


def _known(reference: re.Match[str]) -> str:
    decimal, figures, name = reference.groups()
    if decimal or figures:
        code = int(decimal) if decimal else int(figures, 16)
        allowed = code in (9, 10, 13) or 32 <= code < 0xD800 or 0xE000 <= code < 0xFFFE
        if allowed or 0x10000 <= code < 0x110000:
            # Signs of Windows-1252, which stand for these numbers in no other encoding.
            return html.unescape(reference[0]) if 128 <= code < 160 else f"&#{code};"
        return "\ufffd"
    if name in name2codepoint:
        # As XHTML declares it; HTML 5 has other brackets for two of them.
        return html.escape(chr(name2codepoint[name]))
    if name and f"{name};" in html5:
        return html.escape(html5[f"{name};"])
    return f"&amp;{reference[0][1:]}" if len(reference[0]) > 1 else "&amp;"


def _bounded(text: str) -> tuple[str, int]:
    """Return *text* with its first entries, as many as are read, and the number of the others."""
    starts = [start.start() for start in _ENTRY.finditer(text)]
    if len(starts) <= ENTRIES:
        return text, 0
    ends = [end.end() for end in _ENTRY_END.finditer(text, starts[-1])]
    tail = text[ends[-1] :] if ends else ""
    return text[: starts[ENTRIES]] + tail, len(starts) - ENTRIES


def mended(text: str) -> etree._Element | None:
    """Return the feed's root in well-formed XML, whatever was broken in it; None if it is none.

    Plain fields that hold markup of their own, or attributes that they have
    not, lose these: they are lines of text, which a parser would not see.
    """
    parser = etree.XMLParser(
        recover=True,
        resolve_entities=False,
        no_network=True,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(text.encode(), parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    if root is None:
        return None
    for element in [root, *root.iter("{*}channel", "{*}item", "{*}entry")]:
        _thin_out(element)
    for element in list(root.iter(etree.Element)):
        space, _, name = element.tag.rpartition("}")
        if name in _PEOPLE and element.text and len(element.text) > _LONGEST_NAME:
            # feedparser looks for mail addresses in it, in time by its square.
            element.text = element.text[:_LONGEST_NAME]
        if name in _LINES and space.lstrip("{") in _PLAIN_SPACES:
            _flatten(element)
        parent = element.getparent()
        if element.tag == _DATE and parent is not None and parent.find(_UPDATED) is not None:
            # feedparser takes both for the same, and the later for true.
            parent.remove(element)
    return root


def _thin_out(element: etree._Element) -> None:
    """Leave no more than `REPEATS` of each part of a feed or an entry, the entries excepted."""
    if len(element) <= REPEATS:
        return
    seen: Counter[str] = Counter()
    for part in list(element):
        seen[part.tag] += 1
        if seen[part.tag] > REPEATS and not _ENTRY.match(f"<{part.tag.rpartition('}')[2]} "):
            element.remove(part)


def entries(text: str) -> int:
    """Return how many entries begin in *text*."""
    return sum(1 for _ in _ENTRY.finditer(text))


def _flatten(element: etree._Element) -> None:
    parts = [part for part in element if isinstance(part.tag, str)]
    if element.get("href") or any(part.tag.rpartition("}")[2] in _PERSON for part in parts):
        return
    if parts:
        whole = "".join(element.itertext())
        del element[:]
        element.text = whole
    if element.tag == "link" and (element.text or "").strip():
        element.attrib.clear()
