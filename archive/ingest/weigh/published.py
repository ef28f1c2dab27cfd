"""The date: the day that the weightiest claims agree on, as exactly as they know it.

Claims of one day support each other, and so do claims of one instant that are
written in different zones. Among those that agree the most exact is taken, and
among instants the one in the source's own zone: its day is the source's day.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from archive.article import Evidence, Precision, Published
from archive.ingest import dates
from archive.ingest.weigh import SAID, agreed, family, weight

_WEIGHTS = {
    "json-ld: datePublished": 4.0,
    "json-ld: dateCreated": 1.0,
    "json-ld: of the page": 2.4,
    "json-ld: uploadDate": 1.0,
    "meta: article:published_time": 3.6,
    "meta: og:article:published_time": 3.0,
    "meta: og:published_time": 3.0,
    "meta": 1.8,
    # Some content systems put the last change there.
    "meta: date": 1.5,
    "page: itemprop datePublished": 3.2,
    "page: itemprop datepublished": 3.2,
    "page: itemprop dateCreated": 1.5,
    "page: time of publication": 2.6,
    "page: time element": 2.0,
    "page: marked as date": 1.9,
    "page: shown date": 1.0,
    "page: in a script": 1.2,
    "page: htmldate": 1.3,
    "address: day": 2.6,
    "address: month": 1.2,
    "feed: published": 4.0,
    "feed: created": 2.0,
    "feed: updated": 1.0,
    "file name": 0.9,
    "mail": 3.0,
    "wire": 2.0,
}
_DERIVED = "page: htmldate"
_FURTHER, _ABOVE = ", further down", ", far above"
_ELSEWHERE_SHARE = 0.2
_CLOSE_SECONDS = 90.0
_UTC = timedelta(0)
_WEST_HOURS, _EAST_HOURS = 10, 13
_QUARTER = 15 * 60
_ZONES = frozenset({4 * hours for hours in range(-11, 15) if hours}) | {
    *(-14, 14, 18, 22, 23, 26, 35, 38, 42, 51)
}
"""By how many quarters of an hour the clocks of inhabited places are ahead of UTC."""


@dataclass(frozen=True, slots=True)
class _Vote:
    claim: Evidence
    published: Published
    weight: float

    def agrees(self, other: "_Vote") -> bool:
        """Whether both mean one day or one instant; a month agrees with its days."""
        own, others = self.published, other.published
        if own.days[0] <= others.days[1] and others.days[0] <= own.days[1]:
            return True
        zoned = own.offset is not None and others.offset is not None
        return zoned and abs(own.moment - others.moment) <= _CLOSE_SECONDS


def published(
    claims: Iterable[Evidence], today: date, field: str = "published"
) -> tuple[Published | None, list[Evidence]]:
    """Return the date that *claims* of *field* support most, and the evidence about it.

    Claims that are no date, or not believable on *today*, are noted as not used.
    """
    votes: list[_Vote] = []
    unused: list[Evidence] = []
    for claim in claims:
        if claim.field != field:
            continue
        found = dates.find(claim.value)
        if found and dates.believable(found, today):
            votes.append(_Vote(claim, found, _weight(claim)))
        else:
            origin = f"claimed by {claim.origin}"
            unused.append(Evidence("date not used", claim.value, origin, chosen=False))
    unused = list(dict.fromkeys(unused))[:4]
    if not votes:
        return None, unused
    said = [vote for vote in votes if family(vote.claim) in SAID]
    votes = votes if said else _zoned(votes)
    best = said[0] if said else max(votes, key=lambda vote: _support(vote, votes))
    agree = [vote for vote in votes if vote.agrees(best)]
    exact = best if said else max(agree, key=_exactness)
    agree.sort(key=lambda vote: vote is not exact)
    evidence = [agreed(exact.published.iso, [vote.claim for vote in agree])]
    rest = [vote for vote in votes if not vote.agrees(best)]
    grouped: dict[str, list[Evidence]] = {}
    for vote in rest:
        grouped.setdefault(vote.published.iso[:10], []).append(vote.claim)
    evidence += [agreed(day, group, chosen=False) for day, group in list(grouped.items())[:6]]
    return exact.published, [*evidence, *unused]


def _zoned(votes: list[_Vote]) -> list[_Vote]:
    """Return *votes*, a clock without its zone in the zone where it tells a stated instant.

    A page that shows 21:44 and states 00:44 UTC has both from one moment.
    """
    stated = [vote.published for vote in votes if vote.published.offset == _UTC]
    return [replace(vote, published=_in_zone(vote.published, stated)) for vote in votes]


def _in_zone(shown: Published, stated: list[Published]) -> Published:
    if shown.precision is not Precision.MINUTE or shown.offset is not None:
        return shown
    for instant in stated:
        ahead = shown.moment - instant.moment
        quarters = round(ahead / _QUARTER)
        # What is shown has lost its seconds.
        if quarters in _ZONES and abs(ahead - quarters * _QUARTER) < 60:
            hours, rest = divmod(abs(quarters), 4)
            sign = "-" if quarters < 0 else "+"
            return Published(f"{shown.iso}{sign}{hours:02}:{rest * 15:02}")
    return shown


def _is_local_day(vote: _Vote, instant: _Vote) -> bool:
    """Whether the day of *vote* may be that of an *instant* which was written in UTC.

    Programs write instants in UTC; what the page shows is the day where it was made.
    A day that htmldate found may itself be one of UTC.
    """
    if vote.published.precision is not Precision.DAY or instant.published.offset != _UTC:
        return False
    if vote.claim.origin == _DERIVED:
        return False
    begins = vote.published.moment
    latest = begins + (24 + _WEST_HOURS) * 3600.0
    return begins - _EAST_HOURS * 3600.0 <= instant.published.moment < latest


def _weight(claim: Evidence) -> float:
    for place in (_FURTHER, _ABOVE):
        if claim.origin.endswith(place):
            nearer = Evidence(claim.field, claim.value, claim.origin.removesuffix(place))
            return _ELSEWHERE_SHARE * weight(nearer, _WEIGHTS, 1.0)
    return weight(claim, _WEIGHTS, 1.0)


def _support(vote: _Vote, votes: list[_Vote]) -> float:
    """The weight of all origins that agree with *vote*; one that says only the month, a little."""
    strongest: dict[str, float] = {}
    for other in votes:
        if not (other.agrees(vote) or _is_local_day(vote, other)):
            continue
        given = other.weight
        if Precision.MONTH in (vote.published.precision, other.published.precision) and (
            other is not vote
        ):
            given *= 0.5
        origin = other.claim.origin
        strongest[origin] = max(strongest.get(origin, 0.0), given)
    return sum(strongest.values())


def _exactness(vote: _Vote) -> tuple[float, ...]:
    """More is better: a time of day, its offset, one that is not UTC, then weight."""
    known = vote.published
    rank = {Precision.MINUTE: 2, Precision.DAY: 1}.get(known.precision, 0)
    offset = known.offset
    # Midnight sharp is how programs write a day without a time.
    real = rank == 2 and known.iso[11:16] != "00:00"
    elsewhere = vote.claim.origin.endswith((_FURTHER, _ABOVE))
    return (not elsewhere, real, rank, offset is not None, bool(offset), vote.weight)
