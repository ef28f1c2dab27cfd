"""A page and the feed's entry that led to it, merged into one item. Pure.

The text is the page's; the entry's claims stand beside the page's, for
`compose` to weigh.
"""

import re
from dataclasses import replace

import msgspec

from archive.article import Article, Evidence
from archive.identity import same_site
from archive.ingest.item import Item, claim
from archive.ingest.topics.given import NOT_USED as TOPIC_NOT_USED
from archive.source import Source

NOT_USED = "page not used"
"""The field of the note that an entry's page could not be had."""
LESS_THAN_FEED = "shows less than the feed: a notice, or only for subscribers"
LESS_THAN_KEPT = "shows much less than was kept: a notice, or only for subscribers"
# A topic as the vocabulary names it, and the label of the source that meant it.
_LABELLED = re.compile(r"(feed: .*?) “(.*)”", re.DOTALL)
PAGE_NOW = "page now"
"""The field of the note that an article's page does not show it any more."""


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


def hides(page: Item, article: Article) -> bool:
    """Whether a page shows less than half of what was kept from it: a notice, or a paywall.

    Newsrooms correct sentences; what takes the place of the whole is no correction.
    """
    return article.is_from_page and len(page.text) * 2 < len(article.text)


def page_now(article: Article, address: str, shows: str | None, day: str) -> Article:
    """Return *article* with a note what its page at *address* shows instead since *day*.

    With None, that it shows the article, the note goes.
    """
    kept = tuple(e for e in article.evidence if e.field != PAGE_NOW)
    noted = [e for e in article.evidence if e.field == PAGE_NOW]
    if shows is None:
        return replace(article, evidence=kept)
    if [e.value for e in noted] == [shows]:
        return article
    note = Evidence(PAGE_NOW, shows, f"visit: {address}, {day}")
    return replace(article, evidence=(*kept, note))


def said_of(article: Article) -> Item | None:
    """Return what a feed said of *article*, as far as its evidence tells, where nothing else does.

    Of an article that was never had from its page the text counts, too.
    """
    text = "" if article.is_from_page else article.text
    claims = [claim for e in article.evidence if e.field != "text" for claim in _given(e)]
    if not claims and not text:
        return None
    return Item(article.url, article.url, text, tuple(claims), b"", "text/html")


def _given(evidence: Evidence) -> list[Evidence]:
    """Return the feed's claims, as they were made, of which `compose` made this evidence."""
    origins = [evidence.origin]
    if evidence.field == TOPIC_NOT_USED:
        family, _, rest = evidence.origin.partition(": ")
        evidence = replace(evidence, field="topics")
        origins = [f"{family}: {rest.partition(': ')[0]}"]
    elif labelled := _LABELLED.fullmatch(evidence.origin):
        evidence = replace(evidence, value=labelled[2])
        origins = [labelled[1]]
    elif evidence.field != "topics":
        origins = evidence.origin.split(", ")
    given = [replace(evidence, origin=origin, chosen=True) for origin in origins]
    return [one for one in given if _by_feed(one)]


def without_original(item: Item) -> Item:
    """Return *item* without the bytes that it was read from, which no merging needs."""
    return replace(item, original=b"")


def encoded(item: Item) -> str:
    """Return *item* as JSON, to be kept until its page is visited."""
    return msgspec.json.encode(item).decode("utf-8")


def decoded(text: str | None) -> Item | None:
    """Return the item that `encoded` wrote."""
    return msgspec.json.decode(text, type=Item) if text else None


def _by_feed(evidence: Evidence) -> bool:
    return evidence.origin.startswith("feed:") and evidence.field != "text"
