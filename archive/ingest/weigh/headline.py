"""The headline: what headings and stated titles agree on, without the site's name.

A title that others contain whole ("Rates fall" in "Rates fall | The Gannet") is
supported by them; one that contains others brings words that they do not confirm.
"""

import re
from collections.abc import Iterable

from archive.article import Evidence
from archive.ingest.weigh import agreed, others, weight

_WEIGHTS = {
    "heading: h1 in the article": 1.4,
    "heading: h1": 1.2,
    "heading: the only h1": 3.6,
    "heading: part of the h1": 0.4,
    "heading: marked as title": 0.8,
    "json-ld: headline": 1.2,
    "meta: og:title": 1.1,
    "meta: twitter:title": 0.5,
    "meta: dc.title": 0.6,
    "meta: headline": 0.6,
    "meta: title": 0.5,
    "page: title": 0.9,
    "page: first heading": 1.2,
    "feed": 1.4,
    "mail": 1.4,
    "wire": 1.0,
}
_WITHIN = 0.8
_AROUND = 0.3
_FEW_WORDS = 3
# Only what is known to be the site's name is cut off, so a colon may part it too.
_SIGNS = re.compile(r"\s+[|–—·•»«/-]{1,2}\s+|\s*[|»:：｜]{1,2}\s*")


def headline(
    claims: Iterable[Evidence], sites: frozenset[str]
) -> tuple[Evidence | None, list[Evidence]]:
    """Return the headline that *claims* support most, and the others.

    *sites* are the names of the site, folded: a title that is one of them is no headline.
    """
    cleaned = [
        (claim, without_site(claim.value, sites)) for claim in claims if claim.field == "headline"
    ]
    folded = [(claim, value, fold(value)) for claim, value in cleaned]
    folded = [c for c in folded if squash(c[2]) not in sites] or folded
    if not folded:
        return None, []
    best = max(folded, key=lambda one: _support(one[2], folded))
    agree = [claim for claim, _, other in folded if other == best[2]]
    rest = [claim for claim, _, other in folded if other != best[2]]
    return agreed(best[1], agree), others(rest)


def _support(own: str, candidates: list[tuple[Evidence, str, str]]) -> float:
    """The weight of all origins that claim the title *own*, or one that holds it or is in it."""
    total = 0.0
    counted: set[str] = set()
    long_enough = len(own.split()) >= _FEW_WORDS
    for claim, _, other in candidates:
        if claim.origin in counted:
            continue
        if other == own:
            share = 1.0
        elif long_enough and f" {own} " in f" {other} ":
            share = _WITHIN
        elif len(other.split()) >= _FEW_WORDS and f" {other} " in f" {own} ":
            share = _AROUND
        else:
            continue
        counted.add(claim.origin)
        total += share * weight(claim, _WEIGHTS, 0.7)
    return total


def fold(text: str) -> str:
    """Return the words of *text* in lower case, for comparing."""
    return " ".join(re.findall(r"\w+", text.casefold()))


def squash(text: str) -> str:
    """Return *text* folded, its words run together, as the names of hosts are."""
    return fold(text).replace(" ", "")


def without_site(title: str, sites: frozenset[str]) -> str:
    """Return *title* without a site's name at its end or start: ``Rates fall | The Gannet``."""
    for _ in range(3):
        signs = list(_SIGNS.finditer(title))
        ends = [*(sign.start() for sign in signs[1:]), len(title)]
        for sign, end in zip(signs, ends, strict=False):
            head, tail = title[: sign.start()].strip(), title[sign.end() :].strip()
            # Whatever follows the site's name is about the site too.
            if tail and head and {squash(tail), squash(title[sign.end() : end])} & sites:
                title = head
                break
            if sign is signs[0] and head and tail and squash(head) in sites:
                title = tail
                break
        else:
            return title
    return title
