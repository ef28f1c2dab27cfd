"""Proximity: which places of several parts of a query are near each other, or together.

A place takes part when it is in a group, one place of each part, that matches.
"""

from bisect import bisect_right
from collections.abc import Iterator

from indexer.analysis import sentence_starts
from indexer.places import Paragraph, Place
from indexer.query import Near, Together, Unit


def taking_part(
    node: Near | Together, found: list[list[Place]], paragraph: Paragraph
) -> list[list[Place]]:
    """Return, of the places of each part of *node* in *paragraph*, those that make it match."""
    match node:
        case Near(_, within, ordered):
            groups = _in_order(found, within) if ordered else _near(found, within)
        case Together(_, Unit.PARAGRAPH):
            groups = iter([found])
        case Together():
            groups = _by_sentence(found, paragraph.text)
    kept: list[dict[Place, None]] = [{} for _ in found]
    for group in groups:
        if all(group):
            for part, places in zip(kept, group, strict=True):
                part.update(dict.fromkeys(places))
    return [list(part) for part in kept]


def _near(found: list[list[Place]], within: int) -> Iterator[list[list[Place]]]:
    """For each place of each part: it, and what of each other part is near behind it."""
    for number, part in enumerate(found):
        for place in part:
            group = [_beginning(other, place.last, place.last + within) for other in found]
            group[number] = [place]
            yield group


def _in_order(found: list[list[Place]], within: int) -> Iterator[list[list[Place]]]:
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


def _by_sentence(found: list[list[Place]], text: str) -> Iterator[list[list[Place]]]:
    """For each sentence: what of each part begins in it."""
    begins = sentence_starts(text, 0, len(text))
    of: list[dict[int, list[Place]]] = []
    for part in found:
        sentences: dict[int, list[Place]] = {}
        for place in part:
            sentences.setdefault(bisect_right(begins, place.start), []).append(place)
        of.append(sentences)
    for number in of[0]:
        yield [sentences.get(number, []) for sentences in of]
