"""Compose an article: choose, for every field, among the claims about it.

What the user or the file's own record says stands. Else headline, authors and
dates are weighed (`archive.ingest.weigh`): agreement counts. For other fields
families of origins are ranked by trust; within a family the reader's order
stands. What was chosen and what was not are kept as evidence, with their
origins. What nobody claims stays unknown: nothing here invents a date, a place
or a name.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from archive.article import Article, Evidence
from archive.identity import article_id, web_url
from archive.ingest import language, weigh, wire
from archive.ingest.item import Item, claim, readable
from archive.ingest.topics import given, vocabulary
from archive.ingest.topics.inference import Infer
from archive.ingest.topics.names import Setting
from archive.ingest.weigh.byline import byline
from archive.ingest.weigh.headline import headline, squash
from archive.ingest.weigh.published import published
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
# People date their clippings by naming them: 2024-06-20-quay-closed.txt, 20240620_quay.pdf.
_DATED_NAME = re.compile(r"(\d{4})([-_.]?)(\d{2})\2(\d{2})(?!\d)")
_WEIGHED_BY_TRUST = frozenset({"source", "section", "agency"})
_SINGLE = ("agency", "dateline", "section", "caption", "credits", "text")
_KEPT_NOTES = ("slug", "notice", "page not used")


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
    item = replace(item, text=readable(item.text))
    claims = sorted([*item.claims, *_said(source, item)], key=_trust)
    evidence: list[Evidence] = []

    def take(name: str) -> str | None:
        found = [claim for claim in claims if claim.field == name]
        if not found:
            return None
        agree = [claim for claim in found if claim.value == found[0].value]
        evidence.append(weigh.agreed(found[0].value, agree))
        if name in _WEIGHED_BY_TRUST:
            evidence.extend(weigh.others(c for c in found if c.value != found[0].value))
        return found[0].value

    name = take("source")
    if name is None:
        name = source.label
        evidence.append(Evidence("source", name, "address: nothing else names it"))
    sites = _sites(claims, name, url)
    title = _headline(claims, sites, item.text, evidence)
    single = {field: take(field) for field in _SINGLE}
    when, about = published(claims, today)
    evidence += about
    changed, about = published(claims, today, "updated")
    if when and changed and changed.moment <= when.moment:
        # Many pages give the time of publication for both; that is no change.
        changed, about = None, [replace(e, chosen=False) for e in about]
    evidence += about
    authors = _authors(claims, sites, evidence)
    setting = Setting(item.text, authors, single["dateline"])
    chosen_topics = given.weigh(claims, title, setting, infer)
    evidence += chosen_topics
    link = _link(claims, url, evidence)
    spoken = _language(claims, f"{title}\n{item.text}", evidence)
    evidence += [e for e in claims if e.field in _KEPT_NOTES]
    return Article(
        id=article_id(url),
        url=url,
        source=name,
        headline=title,
        text=item.text,
        agency=single["agency"],
        byline=authors,
        dateline=single["dateline"],
        published=when,
        updated=changed,
        language=spoken,
        section=single["section"],
        topics=tuple(dict.fromkeys(e.value for e in chosen_topics if e.field == "topics")),
        caption=single["caption"],
        credits=single["credits"],
        link=link,
        evidence=tuple(sorted(evidence, key=lambda e: not e.chosen)),
    )


@dataclass(frozen=True, slots=True)
class Composer:
    """What `compose` asks for beside an item. Plain, so that it can be sent to another process.

    *said* are claims that come before an item's own: those of its folder.
    """

    source: Source
    today: date
    said: tuple[Evidence, ...] = ()

    def composed(self, item: Item) -> "Composed | Item":
        """Return *item* with what is said of it, composed; as it is where that meets a defect.

        Whoever keeps it composes it once more then, and tells of the defect.
        """
        try:
            completed = self.completed(item)
            return Composed(completed, compose(completed, self.source, self.today))
        except Exception:
            return item

    def completed(self, item: Item) -> Item:
        """Return *item* with what is said of it."""
        return replace(item, claims=(*self.said, *item.claims)) if self.said else item


@dataclass(frozen=True, slots=True)
class Composed:
    """An item and the article that was composed of it, known under the item's own address."""

    item: Item
    article: Article


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
        if match := _DATED_NAME.match(Path(item.key).name):
            yield from claim("published", "-".join(match.group(1, 3, 4)), "file name: date")


def _sites(claims: list[Evidence], name: str, url: str) -> frozenset[str]:
    """The names of the site, folded: what claims to be the source, and the words of its host."""
    names = {squash(name), *(squash(c.value) for c in claims if c.field == "source")}
    for address in [url, *(c.value for c in claims if c.field == "link")]:
        if web_url(address):
            host = (urlsplit(address).hostname or "").removeprefix("www.")
            labels = host.split(".")
            names.add(squash(host))
            # "gazette" of news.gazette.example and of gazette.co.example.
            names |= {squash(label) for label in labels[:-1] if len(label) > 3}
    return frozenset(names - {""})


def _headline(
    claims: list[Evidence], sites: frozenset[str], text: str, evidence: list[Evidence]
) -> str:
    """The headline as said or weighed, else the first sentence."""
    found = [claim for claim in claims if claim.field == "headline"]
    said = [claim for claim in found if weigh.family(claim) in weigh.SAID]
    if said:
        evidence.append(said[0])
        evidence += weigh.others(c for c in found if c.value != said[0].value)
        return said[0].value
    best, rest = headline(found, sites)
    if best is None:
        best = Evidence("headline", wire.derived_headline(text), "derived: first sentence")
    evidence += [best, *rest]
    return best.value


def _authors(
    claims: list[Evidence], sites: frozenset[str], evidence: list[Evidence]
) -> tuple[str, ...]:
    """The authors as said or weighed."""
    found = [claim for claim in claims if claim.field == "byline"]
    said = [claim for claim in found if weigh.family(claim) in weigh.SAID]
    if said:
        chosen = [claim for claim in said if claim.origin == said[0].origin]
        rest = weigh.others(claim for claim in found if claim not in chosen)
    else:
        chosen, rest = byline(found, sites)
    evidence += [*chosen, *rest]
    return tuple(dict.fromkeys(e.value for e in chosen))


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
