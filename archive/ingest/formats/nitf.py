"""NITF 3.x: the News Industry Text Format, by the IPTC (https://iptc.org/standards/nitf/).

``head`` describes the document, ``body.head`` holds headline, byline and
dateline, ``body.content`` the text, ``body.end`` what stands after it.
"""

from collections.abc import Iterator

from lxml import etree

from archive.article import Evidence
from archive.identity import web_url
from archive.ingest import persons, wire
from archive.ingest.formats import records, xml
from archive.ingest.formats.inputs import Found, Input
from archive.ingest.item import Item, claim

_APART = ("media", "table", "note", "fixed")


def recognises(head: bytes, _name: str) -> bool:
    """Whether a NITF document begins here."""
    return xml.root_of(head)[0] == "nitf"


def read(place: Input) -> Iterator[Found]:
    """Yield the document as an article."""
    data = place.whole()
    text, claims = article(xml.parse(data, place.key))
    if not text and not any(c.field == "headline" for c in claims):
        place.fail("holds neither headline nor text")
    yield Item(place.key, place.url, text, tuple(claims), data, "application/nitf+xml")


def article(root: etree._Element) -> tuple[str, list[Evidence]]:
    """Return text and claims of a ``nitf`` element, which may stand inside another format."""
    claims = [*_head(root), *_lines(root)]
    content = root.find(".//body.content")
    if content is None:
        return "", claims
    captions = list(xml.texts(content, ".//media/media-caption"))
    claims += claim("caption", " ".join(captions[:1]), "record: nitf media-caption")
    for name in _APART:
        for part in list(content.iter(name)):
            _drop(part)
    headed = any(c.field == "headline" for c in claims)
    copy = records.body(xml.block_text(content), headed)
    return copy.text, [*claims, *copy.claims]


def _head(root: etree._Element) -> Iterator[Evidence]:
    for path, name in (
        (".//docdata/date.issue", "norm"),
        (".//head/pubdata", "date.publication"),
        (".//dateline/story.date", "norm"),
        (".//docdata/date.release", "norm"),
    ):
        for date in xml.attributes(root, path, name):
            yield from claim("published", xml.moment(date), f"record: nitf {path.split('/')[-1]}")
    for source in xml.attributes(root, ".//head/pubdata", "name"):
        yield from claim("source", source, "record: nitf pubdata")
    for section in xml.attributes(root, ".//head/pubdata", "position.section"):
        yield from claim("section", section, "record: nitf pubdata")
    for url in xml.attributes(root, ".//head/pubdata", "ex-ref"):
        yield from claim("link", url if web_url(url) else "", "record: nitf pubdata")
    for path, name in (
        (".//tobject/tobject.subject", "tobject.subject.type"),
        (".//identified-content/classifier", "value"),
        (".//key-list/keyword", "key"),
    ):
        for label in xml.attributes(root, path, name):
            yield from claim("topics", label, f"record: nitf {path.split('/')[-1]}")
    yield from claim("notice", xml.first(root, ".//docdata/correction"), "record: nitf correction")


def _lines(root: etree._Element) -> Iterator[Evidence]:
    headline = xml.first(root, ".//hedline/hl1", ".//body.head/hl1", ".//head/title")
    yield from claim("headline", headline, "record: nitf hl1")
    for written in xml.texts(root, ".//body.head/byline/person"):
        yield from claim("byline", written, "record: nitf byline")
    if root.find(".//body.head/byline/person") is None:
        for written in xml.texts(root, ".//body.head/byline"):
            for name in wire.byline_names(written) or persons.person_names(written):
                yield from claim("byline", name, "record: nitf byline")
    yield from claim(
        "agency", xml.first(root, ".//body.head/distributor"), "record: nitf distributor"
    )
    place = xml.first(root, ".//body.head/dateline/location")
    yield from claim("dateline", place, "record: nitf dateline")
    yield from claim("language", root.get("lang"), "record: nitf lang")
    yield from claim("credits", xml.first(root, ".//body.end/tagline"), "record: nitf tagline")


def _drop(part: etree._Element) -> None:
    """Take a part out, and leave the text that follows it."""
    above, before = part.getparent(), part.getprevious()
    if above is None:
        return
    if part.tail and before is not None:
        before.tail = (before.tail or "") + part.tail
    elif part.tail:
        above.text = (above.text or "") + part.tail
    above.remove(part)
