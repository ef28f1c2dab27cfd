"""Web pages: the article's text by trafilatura, its facts by what the page states.

Claims come from JSON-LD (schema.org ``NewsArticle``), meta elements (Open
Graph, Dublin Core and the like), and what the page shows.
"""

import trafilatura

from archive.article import Evidence
from archive.errors import FormatError
from archive.ingest import wire
from archive.ingest.furniture import without_furniture
from archive.ingest.item import Item, readable
from archive.ingest.pages.authors import authors
from archive.ingest.pages.body import body
from archive.ingest.pages.edges import is_head
from archive.ingest.pages.headline import headlines
from archive.ingest.pages.place import Beside
from archive.ingest.pages.shown import byline, days_of_change, shown
from archive.ingest.pages.stated import json_ld, meta_claims, metas_of
from archive.ingest.pages.times import is_date_line, scripted, times
from archive.ingest.weigh.headline import fold

LARGEST = 10 * 1024 * 1024
_TOP = 3
_HEADS = frozenset({"headline", "section", "topics", "byline"})


def read(data: bytes, key: str, url: str) -> Item:
    """Read a page. Raises FormatError for one too large, not HTML, or without any text."""
    if len(data) > LARGEST:
        raise FormatError(f"is larger than {LARGEST // 1024 // 1024} MiB", key)
    if not data.strip():
        raise FormatError("is empty", key)
    if b"\0" in data[:4096] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise FormatError("is not HTML: it holds binary data", key)
    tree = trafilatura.load_html(data)
    if tree is None:
        raise FormatError("is not HTML", key)
    metas = metas_of(tree)
    claims = [*headlines(tree, metas), *json_ld(tree), *meta_claims(metas), *shown(tree)]
    beside = Beside(tree)
    claims += authors(tree, beside)
    claims += times(tree, url, beside)
    if not any(
        claim.field == "published" and claim.origin.startswith("json-ld") for claim in claims
    ):
        claims += scripted(data)
    by = byline(tree)
    text, origin, found = body(tree, data, url, days_of_change(tree, metas))
    copy = wire.read_body(_without_repeats(without_furniture(readable(text)), claims))
    if not copy.text:
        raise FormatError("holds no article text", key)
    claims = [*claims, *found, *by, *copy.claims, *origin]
    return Item(key, url, copy.text, tuple(claims), data, "text/html")


def _without_repeats(text: str, claims: list[Evidence]) -> str:
    """Return *text* without what its top repeats of what is claimed, and without captions.

    The top may begin with the headline, so a site's additions there go only now.
    Further down, what reads like a title of the page is a subhead.
    """
    heads = {fold(c.value) for c in claims if c.field in _HEADS}
    captions = {fold(c.value) for c in claims if c.field == "caption"}
    paragraphs = text.split("\n\n")
    kept = [
        paragraph
        for number, paragraph in enumerate(paragraphs)
        if (folded := fold(paragraph)) not in captions
        and not (
            number < _TOP and (folded in heads or is_date_line(paragraph) or is_head(paragraph))
        )
    ]
    return "\n\n".join(kept) if kept else text
