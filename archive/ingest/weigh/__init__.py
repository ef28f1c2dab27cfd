"""Weighing: which of the claims about a field is true, by where they come from and who agrees.

A module per kind of fact. Each has a table of weights by origin; a value gets the
weight of every origin that claims it, or claims nearly it. What was chosen names
all origins that agree; the other values are kept as evidence that was not chosen.
"""

from collections.abc import Iterable
from dataclasses import replace

from archive.article import Evidence

_LONGEST = 240
_MOST_OTHERS = 6
_MOST_ORIGINS = 5

SAID = ("user", "front matter", "record")
"""Families of origins that are believed as they are: what they say was said on purpose."""


def family(evidence: Evidence) -> str:
    """Return the family of a claim's origin: ``json-ld`` of ``json-ld: headline``."""
    return evidence.origin.split(":", 1)[0]


def weight(evidence: Evidence, weights: dict[str, float], otherwise: float) -> float:
    """Return the weight that a table of origins or of families gives to a claim."""
    return weights.get(evidence.origin, weights.get(family(evidence), otherwise))


def agreed(value: str, claims: Iterable[Evidence], *, chosen: bool = True) -> Evidence:
    """Return one piece of evidence for *value*, which all *claims* support."""
    claims = list(claims)
    origins = list(dict.fromkeys(claim.origin for claim in claims))
    named = ", ".join(origins[:_MOST_ORIGINS])
    return Evidence(claims[0].field, value, named, chosen=chosen)


def others(claims: Iterable[Evidence]) -> list[Evidence]:
    """Return *claims* as evidence that was not chosen: each value once, cut, not too many."""
    by_value: dict[str, list[Evidence]] = {}
    for claim in claims:
        by_value.setdefault(claim.value, []).append(claim)
    return [
        replace(agreed(value, group, chosen=False), value=value[:_LONGEST])
        for value, group in list(by_value.items())[:_MOST_OTHERS]
    ]
