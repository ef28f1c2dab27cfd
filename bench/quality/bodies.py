"""Whether a page's text is the article's, all of it, and nothing else.

What is scored is what the archive keeps: the text of the item that
`pages.read` returns, strictly. A dateline, a closing credit or a caption that
was filed as a field of its own is missing where the truth has it in the text.

Three measures:

- *body*: per page the multiset of runs of four words; precision is
  the mean over pages with output, recall the mean over pages with truth, and
  the score the F1 of the two means (as in Zyte's article-extraction benchmark).
- *segments*: passages that the text must hold, or must not, white space folded
  (as in trafilatura's evaluation): the F1 of all of them pooled.
- *start*: the text begins with the words that it should begin with; lenient,
  when it holds them anywhere.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Final

from archive.errors import MorgueError
from archive.ingest import pages
from bench.quality import peers as plain_libraries
from bench.quality.pages import COLLECTIONS, Page
from bench.quality.peers import PROCESSES, Found, knowing
from bench.quality.scores import Measurement, Score

MORGUE: Final = "Morgue"
_RUN = 4
_START = 13
_WELL = 0.95


@dataclass(frozen=True, slots=True)
class Reading:
    """What every reader made of *page*, by the reader's name."""

    page: Page
    texts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Overlap:
    """The runs of words of a text and of its truth, and how far they agree."""

    precision: float | None
    recall: float | None


def _morgue(page: Page) -> str:
    try:
        return pages.read(page.html, page.name, page.url or f"file:///{page.name}").text
    except MorgueError:
        return ""


def body(name: str, reach: float | None, stretch: float | None, peers: bool) -> Iterator[Score]:
    """Score whole texts of the collection *name* by runs of four words."""
    readings = _read_all(name, peers)
    known = [reading for reading in readings if reading.page.body is not None]
    overlaps = {
        reader: [_overlap(r.texts[reader], r.page.body or "") for r in known]
        for reader in _readers(peers)
    }
    values = {reader: _f1_of_means(found) for reader, found in overlaps.items()}
    misses: dict[str, list[str]] = defaultdict(list)
    for reading, overlap in zip(known, overlaps[MORGUE], strict=True):
        for cause in _causes(reading.texts[MORGUE], reading.page.body or ""):
            misses[cause].append(
                f"{reading.page.name}: precision {overlap.precision or 0:.2f}, "
                f"recall {overlap.recall or 0:.2f}"
            )
    yield Score(
        name,
        "body F1",
        values.pop(MORGUE),
        len(known),
        plain=values,
        reach=reach,
        stretch=stretch,
        misses=misses,
    )


def segments(
    name: str, reach: float | None, stretch: float | None, peers: bool
) -> Iterator[Score]:
    """Score the passages of the collection *name* that texts must hold, or must not."""
    readings = [r for r in _read_all(name, peers) if r.page.present or r.page.absent]
    values: dict[str, float] = {}
    misses: dict[str, list[str]] = defaultdict(list)
    for reader in _readers(peers):
        hits = surplus = missing = 0
        for reading in readings:
            text = _folded(reading.texts[reader])
            lost = [s for s in reading.page.present if _folded(s) not in text]
            extra = [s for s in reading.page.absent if _folded(s) in text]
            hits += len(reading.page.present) - len(lost)
            missing += len(lost)
            surplus += len(extra)
            if reader == MORGUE:
                cause = "missing: no text at all" if not text else "missing"
                misses[cause] += [f"{reading.page.name}: {segment[:90]}" for segment in lost]
                misses["too much"] += [f"{reading.page.name}: {segment[:90]}" for segment in extra]
        values[reader] = 2 * hits / max(1, 2 * hits + surplus + missing)
    cases = sum(len(r.page.present) + len(r.page.absent) for r in readings)
    yield Score(
        name,
        "segments F1",
        values.pop(MORGUE),
        cases,
        plain=values,
        reach=reach,
        stretch=stretch,
        misses=misses,
    )


def start(name: str, peers: bool) -> Iterator[Score]:
    """Score how often texts of the collection *name* begin where they should."""
    known = [r for r in _read_all(name, peers) if _words(r.page.start or "")]
    exact: dict[str, float] = {}
    lenient = 0
    misses: dict[str, list[str]] = defaultdict(list)
    for reader in _readers(peers):
        right = 0
        for reading in known:
            truth = _words(reading.page.start or "")[:_START]
            found = _words(reading.texts[reader])
            begins = found[: len(truth)] == truth
            right += begins
            if reader == MORGUE:
                holds = f" {' '.join(truth)} " in f" {' '.join(found)} "
                lenient += holds
                if not begins:
                    cause = "begins too early" if holds else "the beginning is missing"
                    misses[cause].append(f"{reading.page.name}: {' '.join(truth)}")
        exact[reader] = right / max(1, len(known))
    yield Score(
        name,
        "start of text",
        exact.pop(MORGUE),
        len(known),
        lenient=lenient / max(1, len(known)),
        plain=exact,
        misses=misses,
    )


BODIES: Final[dict[str, Measurement]] = {
    "scrapinghub-body": partial(body, "scrapinghub", 0.968, 0.972),
    "adbar-body": partial(segments, "adbar", 0.929, 0.935),
    "newspaper4k-body": partial(body, "newspaper4k", 0.940, 0.945),
    "mozilla-body": partial(body, "mozilla", None, None),
    "postlight-body": partial(start, "postlight"),
}


def _readers(peers: bool) -> tuple[str, ...]:
    return (MORGUE, *(knowing("text") if peers else ()))


def _read_all(name: str, peers: bool) -> list[Reading]:
    """Read the collection *name* with all readers, in a steady order."""
    others = plain_libraries.found(name) if peers else {}
    with ProcessPoolExecutor(PROCESSES) as pool:
        read = pool.map(_read, COLLECTIONS[name](), chunksize=4)
        return [
            Reading(page, {MORGUE: text, **_texts(others.get(page.name, {}))})
            for page, text in read
        ]


def _read(page: Page) -> tuple[Page, str]:
    return page, _morgue(page)


def _texts(found: Mapping[str, Found]) -> dict[str, str]:
    return {name: found[name].text or "" for name in knowing("text") if name in found}


def _folded(text: str) -> str:
    return " ".join(text.split())


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text)


def _runs(text: str) -> list[tuple[str, ...]]:
    """Return the runs of four words of *text*; all of a shorter text is one run."""
    words = _words(text)
    if 0 < len(words) < _RUN:
        return [tuple(words)]
    return [tuple(words[at : at + _RUN]) for at in range(len(words) - _RUN + 1)]


def _overlap(text: str, truth: str) -> _Overlap:
    found, right = Counter(_runs(text)), Counter(_runs(truth))
    common = (found & right).total()
    return _Overlap(
        common / found.total() if found else None, common / right.total() if right else None
    )


def _f1_of_means(overlaps: Iterable[_Overlap]) -> float:
    precisions: list[float] = []
    recalls: list[float] = []
    for overlap in overlaps:
        if overlap.precision is not None:
            precisions.append(overlap.precision)
        if overlap.recall is not None:
            recalls.append(overlap.recall)
    precision = sum(precisions) / max(1, len(precisions))
    recall = sum(recalls) / max(1, len(recalls))
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _causes(text: str, truth: str) -> Iterator[str]:
    """Yield where most is missing from *text*, and where most is too much, if it matters."""
    if not text:
        yield "no text at all"
        return
    overlap = _overlap(text, truth)
    if (overlap.recall or 0) < _WELL:
        yield f"missing {_where(truth, text)}"
    if (overlap.precision or 0) < _WELL:
        yield f"too much {_where(text, truth)}"


def _where(text: str, other: str) -> str:
    """Return in which part of *text* most of the runs lie that *other* does not hold."""
    left = Counter(_runs(other))
    runs = _runs(text)
    parts = [0, 0, 0]
    for number, run in enumerate(runs):
        if left[run] > 0:
            left[run] -= 1
        else:
            parts[number * 3 // len(runs)] += 1
    return ("at the beginning", "in the middle", "at the end")[parts.index(max(parts))]
