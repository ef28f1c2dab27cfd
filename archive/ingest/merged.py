"""A page and the feed's entry that led to it, merged into one item. Pure.

The text is the page's; the entry's claims stand beside the page's, for
`compose` to weigh.
"""

from dataclasses import replace

import msgspec

from archive.article import Evidence
from archive.identity import same_site
from archive.ingest.item import Item, claim
from archive.source import Source

NOT_USED = "page not used"
"""The field of the note that an entry's page could not be had."""


def merged(page: Item, said: Item | None, source: Source) -> Item:
    """Return the item of a *page* of *source*; *said* is what its feed's entry gave.

    An article of the source's own site bears the source's name, as those have it
    that are read from the feed alone; one of another site bears that site's.
    """
    claims = list(page.claims)
    theirs = [e for e in said.claims if _by_feed(e)] if said else []
    if said is None:
        theirs = claim("source", source.title, "feed: the feed's title")
    named = any(e.field == "source" for e in theirs)
    if named and same_site(page.url, source.address):
        claims = [e for e in claims if e.field != "source"]
    claims += theirs
    return replace(
        page,
        key=said.key if said else page.key,
        url=said.url if said else page.url,
        claims=tuple(claims),
    )


def shows_less(page: Item, said: Item | None) -> bool:
    """Whether a page shows less of the article than its feed did: a notice, or a paywall."""
    return said is not None and len(page.text) < len(said.text)


def without_page(said: Item, address: str, reason: str) -> Item:
    """Return what the feed *said*, with a note why the page at *address* was not had."""
    note = Evidence(NOT_USED, reason, f"visit: {address}")
    return replace(said, claims=(*said.claims, note))


def encoded(item: Item) -> str:
    """Return *item* as JSON, to be kept until its page is visited."""
    return msgspec.json.encode(item).decode("utf-8")


def decoded(text: str | None) -> Item | None:
    """Return the item that `encoded` wrote."""
    return msgspec.json.decode(text, type=Item) if text else None


def _by_feed(evidence: Evidence) -> bool:
    return evidence.origin.startswith("feed:") and evidence.field != "text"
