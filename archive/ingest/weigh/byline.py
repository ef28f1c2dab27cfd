"""The authors: the group of names that the weightiest origins agree on."""

from collections.abc import Iterable

from archive.article import Evidence
from archive.ingest.weigh import agreed, others, weight
from archive.ingest.weigh.headline import squash

_WEIGHTS = {
    "json-ld: author": 3.0,
    "page: rel=author": 2.0,
    "page: itemprop author": 2.2,
    "page: vcard": 1.8,
    "page: marked as byline": 1.6,
    "page: link to an author": 1.4,
    "meta: author": 1.9,
    "meta: article:author": 1.8,
    "meta: twitter:data": 1.8,
    "page: byline": 1.6,
    "page: beside the date": 1.0,
    "page: trafilatura": 1.5,
    "feed": 2.6,
    "mail": 2.0,
    "wire": 1.7,
}
_PART = 0.5
_NOBODY = frozenset(
    """
    admin administrator webmaster editor guest author user root unknown anonymous staff
    redaktion redaction redazione redaccion redacao redactie newsroom webdesk
    """.split()  # noqa: SIM905
)


def byline(
    claims: Iterable[Evidence], sites: frozenset[str]
) -> tuple[list[Evidence], list[Evidence]]:
    """Return the authors that *claims* support most, a piece of evidence each, and the others."""
    found = [claim for claim in claims if claim.field == "byline"]
    # An account or a desk counts where no person is named, the site itself where nobody is.
    persons = (
        [claim for claim in found if not _is_nobody(claim.value, sites)]
        or [claim for claim in found if squash(claim.value) not in sites]
        or found
    )
    groups: dict[str, dict[str, Evidence]] = {}
    for claim in persons:
        groups.setdefault(claim.origin, {}).setdefault(squash(claim.value), claim)
    if not groups:
        return [], others(found)
    best = max(groups.values(), key=lambda group: _support(set(group), groups))
    chosen = [
        agreed(
            _in_words(claim.value, [g[name] for g in groups.values() if name in g]),
            [g[name] for g in [best, *groups.values()] if name in g],
        )
        for name, claim in best.items()
    ]
    return chosen, others(c for c in found if squash(c.value) not in best)


def _in_words(name: str, agreeing: list[Evidence]) -> str:
    """Return the *name* of an account (``ada-moor``) as others that name it write it."""
    if " " in name or "." in name:
        return name
    return max((claim.value for claim in agreeing), key=lambda value: value.count(" "))


def _support(own: set[str], groups: dict[str, dict[str, Evidence]]) -> float:
    """The weight of the origins that name exactly *own*, in part of those that name some of it."""
    total = 0.0
    for group in groups.values():
        names = set(group)
        given = weight(next(iter(group.values())), _WEIGHTS, 1.5)
        if names == own:
            total += given
        elif names & own:
            total += given * _PART * len(names & own) / len(names | own)
    return total


def _is_nobody(name: str, sites: frozenset[str]) -> bool:
    """Whether *name* is an account or a desk, or the site itself."""
    return squash(name) in sites or squash(name) in _NOBODY
