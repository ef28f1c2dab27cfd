"""Compose an article: choose, for every field, among the claims about it.

Families of origins are ranked by trust; within a family the reader's order
stands. The winner's origin is kept as evidence. What nobody claims stays
unknown: nothing here invents a date, a place or a name.
"""

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from archive.article import Article, Evidence, Published
from archive.identity import article_id, web_url
from archive.ingest import dates, language, wire
from archive.ingest.item import Item, claim
from archive.ingest.topics import given, vocabulary
from archive.ingest.topics.inference import Infer
from archive.ingest.topics.names import Setting
from archive.source import Kind, Source

# The first trusted most. "user" is what was said with `morgue add`.
TRUST = (
    *(
        "user",
        "front matter",
        "record",
        "heading",
        "json-ld",
        "meta",
        "feed",
        "mail",
        "page",
        "wire",
    ),
    *("address", "folder", "credited"),
)
_SINGLE = ("agency", "dateline", "section", "caption", "credits", "text")
_KEPT_NOTES = ("slug", "notice")


def compose(
    item: Item,
    source: Source,
    today: date,
    url: str | None = None,
    infer: Infer = vocabulary.infer,
) -> Article:
    """Weigh the claims of *item*, read from *source*, into an article known under *url*.

    *today* bounds which dates are believable, *infer* suggests topics where none
    are given. The result depends on nothing else.
    """
    url = url or item.url
    claims = sorted([*item.claims, *_said(source, item)], key=_trust)
    chosen: list[Evidence] = []

    def take(name: str) -> str | None:
        for evidence in claims:
            if evidence.field == name:
                chosen.append(evidence)
                return evidence.value
        return None

    headline = take("headline")
    if headline is None:
        headline = wire.derived_headline(item.text)
        chosen.append(Evidence("headline", headline, "derived: first sentence"))
    name = take("source")
    if name is None:
        name = source.label
        chosen.append(Evidence("source", name, "address: nothing else names it"))
    single = {field: take(field) for field in _SINGLE}
    published = _published(claims, today, chosen)
    byline = _family(claims, "byline")
    chosen += byline
    setting = Setting(item.text, [e.value for e in byline], single["dateline"])
    chosen_topics = given.weigh(claims, headline, setting, infer)
    chosen += chosen_topics
    link = _link(claims, url, chosen)
    spoken = _language(claims, f"{headline}\n{item.text}", chosen)
    chosen += [e for e in claims if e.field in _KEPT_NOTES]
    return Article(
        id=article_id(url),
        url=url,
        source=name,
        headline=headline,
        text=item.text,
        agency=single["agency"],
        byline=tuple(dict.fromkeys(e.value for e in byline)),
        dateline=single["dateline"],
        published=published,
        language=spoken,
        section=single["section"],
        topics=tuple(dict.fromkeys(e.value for e in chosen_topics if e.field == "topics")),
        caption=single["caption"],
        credits=single["credits"],
        link=link,
        evidence=tuple(chosen),
    )


def _trust(evidence: Evidence) -> int:
    family = evidence.origin.split(":", 1)[0]
    return TRUST.index(family) if family in TRUST else len(TRUST)


def _said(source: Source, item: Item) -> Iterable[Evidence]:
    """What the user, the wire and the folder say about where the item comes from."""
    yield from claim("source", source.name, "user: --source")
    for topic in source.topics:
        yield from claim("topics", topic, "user: --topic")
    # A wire agency is a source where its own dateline or closing line says so.
    for evidence in item.claims:
        if evidence.field == "agency" and evidence.origin.startswith("wire:"):
            yield Evidence("source", evidence.value, evidence.origin)
    if source.kind is not Kind.FEED:
        yield from claim("source", Path(item.key).parent.name, "folder: name")


def _published(claims: list[Evidence], today: date, chosen: list[Evidence]) -> Published | None:
    """The first believable date; others are noted as claimed and not used."""
    for evidence in claims:
        if evidence.field != "published":
            continue
        published = dates.read(evidence.value)
        if published and dates.believable(published, today):
            chosen.append(Evidence("published", published.iso, evidence.origin))
            return published
        chosen.append(Evidence("date not used", evidence.value, f"claimed by {evidence.origin}"))
    return None


def _family(claims: list[Evidence], name: str) -> list[Evidence]:
    """All values of the most trusted origin that claims *name*."""
    found = [e for e in claims if e.field == name]
    return [e for e in found if e.origin == found[0].origin]


def _link(claims: list[Evidence], url: str, chosen: list[Evidence]) -> str | None:
    """The web address that a file says it came from; an article of the web has its own."""
    if web_url(url):
        return None
    for evidence in claims:
        if evidence.field == "link" and web_url(evidence.value):
            chosen.append(evidence)
            return evidence.value
    return None


def _language(claims: list[Evidence], text: str, chosen: list[Evidence]) -> str | None:
    """The language as a short code (``de``): as stated, else as the text shows."""
    for evidence in claims:
        code = evidence.value.replace("_", "-").split("-")[0].lower()
        if evidence.field == "language" and code.isalpha() and len(code) in (2, 3):
            chosen.append(Evidence("language", code, evidence.origin))
            return code
    if detected := language.detect(text):
        code, likely = detected
        chosen.append(Evidence("language", code, f"detected: {likely:.0%} likely"))
        return code
    return None
