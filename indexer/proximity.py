"""Proximity: which places of several parts of a query are near each other, or together.

A place takes part when it is in a group, one place of each part, that matches.
"""

from bisect import bisect_right
from collections.abc import Iterator

from indexer.analysis import paragraphs, sentence_starts
from indexer.places import Place
from indexer.tree import Near, Together, Unit

Group = list[list[Place]]
"""Places of each part, in the order of the parts."""


def taking_part(node: Near | Together, found: Group, text: str) -> Group:
    """Return, of the places of each part of *node* in *text*, those that make it match."""
    kept: list[dict[Place, None]] = [{} for _ in found]
    for group in _matching(node, found, text) if all(found) else ():
        if all(group):
            for part, places in zip(kept, group, strict=True):
                part.update(dict.fromkeys(places))
    return [list(part) for part in kept]


def _matching(node: Near | Together, found: Group, text: str) -> Iterator[Group]:
    """Yield groups of places that match, if only all their parts have some."""
    begins = [start for start, _ in paragraphs(text)]
    match node:
        case Near(_, within, ordered):
            for group in _parted(found, begins):
                yield from _in_order(group, within) if ordered else _near(group, within)
        case Together(_, Unit.PARAGRAPH):
            yield from _parted(found, begins)
        case Together(_, Unit.SENTENCE):
            bounds = paragraphs(text)
            begins = [start for bound in bounds for start in sentence_starts(text, *bound)]
            yield from _parted(found, begins)


def _parted(found: Group, begins: list[int]) -> Iterator[Group]:
    """Yield what begins in the same part of the text; *begins* says where its parts begin."""
    groups: dict[int, Group] = {}
    for number, places in enumerate(found):
        for place in places:
            group = groups.setdefault(bisect_right(begins, place.start), [[] for _ in found])
            group[number].append(place)
    yield from groups.values()


def _near(found: Group, within: int) -> Iterator[Group]:
    """For each place of each part: it, and what of each other part is near behind it."""
    for number, part in enumerate(found):
        for place in part:
            group = [_beginning(other, place.last, place.last + within) for other in found]
            group[number] = [place]
            yield group


def _in_order(found: Group, within: int) -> Iterator[Group]:
    """For each place of the first part: it, and of all others what follows in their order."""
    for place in found[0]:
        group = [[place]]
        for part in found[1:]:
            behind = min((p.last for p in group[-1]), default=place.last + within)
            group.append(_beginning(part, behind, place.last + within))
        # Of each part only what something of the next part stands behind.
        for number in reversed(range(len(group) - 1)):
            furthest = max((p.first for p in group[number + 1]), default=0)
            group[number] = [p for p in group[number] if p.last < furthest]
        yield group


def _beginning(places: list[Place], after: int, last: int) -> list[Place]:
    """The *places* that begin after one word and up to another."""
    low = bisect_right(places, after, key=lambda place: place.first)
    high = bisect_right(places, last, low, key=lambda place: place.first)
    return places[low:high]
