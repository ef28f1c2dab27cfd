"""NewsML-G2: news items and messages of them, by the IPTC (https://iptc.org/standards/newsml-g2/).

A ``newsItem`` describes its text in ``contentMeta`` and holds it in
``contentSet``, as XHTML, NITF or plain text; a ``newsMessage`` carries several
items, of which those without text (pictures, packages) are passed over.
"""

from collections.abc import Iterator

from lxml import etree

from archive.article import Evidence
from archive.errors import FormatError
from archive.identity import web_url
from archive.ingest import persons, wire
from archive.ingest.formats import nitf, records, xml
from archive.ingest.formats.inputs import Found, Input
from archive.ingest.item import Item, claim

_ROOTS = frozenset({"newsItem", "newsMessage", "packageItem"})


def recognises(head: bytes, _name: str) -> bool:
    """Whether a NewsML document begins here; NewsML 1 is another language, refused by `read`."""
    return xml.root_of(head)[0] in _ROOTS | {"NewsML"}


def read(place: Input) -> Iterator[Found]:
    """Yield the items that have a text."""
    data = place.whole()
    root = xml.parse(data, place.key)
    if root.tag == "NewsML":
        place.fail("is NewsML 1: Morgue reads NewsML-G2, NITF and ninjs")
    if root.tag not in _ROOTS:
        place.fail(f"is XML, but neither NewsML-G2 nor NITF: it begins with {root.tag[:60]}")
    if root.tag == "newsItem":
        if _content(root) is None:
            place.fail("holds no text: it is an item without inline content")
        yield _item(root, place.key, place.url, data)
        return
    number = 0
    for number, one in enumerate(root.iter("newsItem"), start=1):
        if _content(one) is not None:
            yield place.attempt(number, lambda o=one, n=number: _member(o, place, n))  # type: ignore[misc]
    if not number:
        place.fail("holds no news item")


def _member(item: etree._Element, place: Input, number: int) -> Item:
    key, url = place.inner(item.get("guid") or str(number), item.get("guid"))
    return _item(item, key, url, etree.tostring(item, encoding="utf-8", with_tail=False))


def _content(item: etree._Element) -> etree._Element | None:
    """The element that holds the text."""
    for path in (".//contentSet/inlineXML", ".//contentSet/inlineData"):
        for found in item.iterfind(path):
            kind = (found.get("contenttype") or "text").split("/")[0]
            if "".join(found.itertext()).strip() and kind in ("text", "application"):
                return found
    return None


def _item(item: etree._Element, key: str, url: str, original: bytes) -> Item:
    claims = list(_claims(item))
    content = _content(item)
    text = ""
    if content is not None:
        document = content.find("nitf")
        if document is not None:
            text, inner = nitf.article(document)
            claims += inner
        else:
            for head in list(content.iter("head")):
                head.clear()
            headed = any(c.field == "headline" for c in claims)
            plain = content.tag == "inlineData" and len(content) == 0
            copy = records.body(content.text or "" if plain else xml.block_text(content), headed)
            text, claims = copy.text, [*claims, *copy.claims]
    if not text and not any(c.field == "headline" for c in claims):
        raise FormatError("holds neither headline nor text", key)
    return Item(key, url, text, tuple(claims), original, "application/vnd.iptc.g2.newsitem+xml")


def _claims(item: etree._Element) -> Iterator[Evidence]:
    meta = "contentMeta"
    headline = xml.first(item, f"{meta}/headline", "itemMeta/title")
    yield from claim("headline", headline, "record: newsml headline")
    for written in xml.texts(item, f"{meta}/by"):
        for name in wire.byline_names(written) or persons.person_names(written):
            yield from claim("byline", name, "record: newsml by")
    if item.find(f"{meta}/by") is None:
        for name in xml.texts(item, f"{meta}/creator/name"):
            yield from claim("byline", name, "record: newsml creator")
    for name in ("itemMeta/firstCreated", "itemMeta/versionCreated", f"{meta}/contentCreated"):
        date = xml.moment(xml.first(item, name))
        yield from claim("published", date, f"record: newsml {name.split('/')[1]}")
    for name in (f"{meta}/infoSource", "itemMeta/provider"):
        source = xml.first(item, f"{name}/name")
        codes = xml.attributes(item, name, "literal")
        yield from claim(
            "source", source or next(codes, ""), f"record: newsml {name.split('/')[1]}"
        )
    place = xml.first(item, f"{meta}/located/name")
    yield from claim("dateline", place, "record: newsml located")
    yield from claim("credits", xml.first(item, f"{meta}/creditline"), "record: newsml creditline")
    yield from claim("slug", xml.first(item, f"{meta}/slugline"), "record: newsml slugline")
    yield from claim("notice", xml.first(item, "itemMeta/edNote"), "record: newsml edNote")
    for label in xml.texts(item, f"{meta}/subject/name"):
        yield from claim("topics", label, "record: newsml subject")
    for tag in xml.attributes(item, f"{meta}/language", "tag"):
        yield from claim("language", tag, "record: newsml language")
    for link in xml.attributes(item, "itemMeta/link", "href"):
        yield from claim("link", link if web_url(link) else "", "record: newsml link")
