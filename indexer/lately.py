"""What stands out in the newest days of an archive, against the weeks before them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from indexer.engine import TELLING, Engine
from indexer.telling import stands_out
from indexer.tree import And, Dates, Words

DAYS: Final = 7
WEEKS_BEFORE: Final = 8
_MOST: Final = 12


@dataclass(frozen=True, slots=True)
class Lately:
    """The week from *first* to *last*, and the words that stand out in it, with its articles."""

    first: date
    last: date
    words: Mapping[str, int]


def lately(engine: Engine, last: date) -> Lately:
    """Return the words more frequent in the week up to *last* than in the weeks before it.

    What stands out against the whole archive is proposed; Dunning's G² over the week and
    the weeks before decides. Nothing stands out where there is nothing before.
    """
    first = last - timedelta(DAYS - 1)
    week = Dates(first, last)
    weeks = Dates(first - timedelta(7 * WEEKS_BEFORE), first - timedelta(1))
    found = engine.match(week, limit=0, facets=(TELLING,))
    before = engine.match(weeks, limit=0, facets=()).articles
    scored = []
    for word, inside in found.facets.get(TELLING, {}).items() if before else ():
        asked = And((Words(word, quoted=True), weeks))
        has = inside + engine.match(asked, limit=0, facets=()).articles
        if score := float(stands_out(inside, has, found.articles, found.articles + before)):
            scored.append((-score, word, inside))
    return Lately(first, last, {word: inside for _, word, inside in sorted(scored)[:_MOST]})
