"""The headline of a page, by the agreement of headings and stated titles."""

import re
from collections.abc import Iterator

from lxml.html import HtmlElement

from archive.article import Evidence
from archive.ingest.item import claim


def headline(
    tree: HtmlElement, claims: list[Evidence], metas: dict[str, list[str]]
) -> Iterator[Evidence]:
    """The headline that shown heading and stated titles agree on, else the best stated.

    A page's ``h1`` that a stated title repeats or contains is the headline as
    the newsroom set it, without the site's name.
    """
    title = " ".join((tree.findtext(".//title") or "").split())
    stated = [c for c in claims if c.field == "headline"]
    for name in ("og:title", "twitter:title", "dc.title", "headline"):
        stated += [
            e for v in metas.get(name, ())[:1] for e in claim("headline", v, f"meta: {name}")
        ]
    stated += claim("headline", title, "page: title")
    headings = [" ".join(h.text_content().split()) for h in tree.iter("h1")]
    headings = [h for h in headings if h]
    folded = [fold(e.value) for e in stated]
    for agrees in (_fold_equals, _fold_within):
        for heading in headings:
            if agrees(fold(heading), folded):
                yield from claim("headline", heading, "heading: h1 that a stated title confirms")
                return
    in_article = [" ".join(h.text_content().split()) for h in tree.xpath("//article//h1")]
    if len(in_article) == 1 and in_article[0]:
        yield from claim("headline", in_article[0], "heading: the article's only h1")
    sites = [c.value for c in claims if c.field == "source"]
    for evidence in stated:
        yield Evidence("headline", _without_site(evidence.value, sites), evidence.origin)


def fold(text: str) -> str:
    """Return the words of *text* in lower case, for comparing."""
    return " ".join(re.findall(r"\w+", text.casefold()))


def _fold_equals(heading: str, stated: list[str]) -> bool:
    return heading in stated


def _fold_within(heading: str, stated: list[str]) -> bool:
    return len(heading.split()) >= 3 and any(heading in title for title in stated)


def _without_site(title: str, sites: list[str]) -> str:
    """Return *title* without a site's name at its end: ``Rates fall | The Gazette``."""
    parts = re.split(r"\s+[|–—·»-]\s+", title)
    folded = {fold(site) for site in sites}
    if len(parts) > 1 and fold(parts[-1]) in folded:
        return title[: title.rindex(parts[-1])].rstrip(" |–—·»-")
    return title
