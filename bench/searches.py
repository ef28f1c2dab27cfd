"""Searches: twenty of the kinds people make, timed in one process.

The words are those of the corpus: business news of 1987 and Wikinews.
"""

import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from archive.store import Store
from indexer.engine import Sort
from indexer.live import LiveIndex
from indexer.request import Request
from indexer.search import search

_ROUNDS: Final = 5

MIXED: Final[tuple[Request, ...]] = (
    Request("oil"),
    Request("said"),
    Request("soybean exports"),
    Request("united states japan trade deficit"),
    Request("what did the federal reserve say about interest rates"),
    Request('"interest rates"'),
    Request('"crude oil prices" OPEC'),
    Request('"the bank of england"'),
    Request("wheat OR corn OR barley"),
    Request("merger -acquisition"),
    Request("(gold OR silver) AND (mine OR mining)"),
    Request("title:dividend"),
    Request("place:tokyo yen"),
    Request("currenc*"),
    Request("stock split after:1987-03-01 before:1987-03-31"),
    Request("profit", sources=("Reuters",)),
    Request("president", sources=("Wikinews",)),
    Request("shares", sort=Sort.NEWEST),
    Request("company", page=20),
    Request(""),
)


@dataclass(frozen=True, slots=True)
class Search:
    """One search: how many articles it found, and its times in milliseconds."""

    query: str
    total: int
    first_ms: float
    median_ms: float


@dataclass(frozen=True, slots=True)
class Times:
    """The times of all searches in milliseconds: of the first round, and of those after it."""

    searches: tuple[Search, ...]
    first_median_ms: float
    first_p95_ms: float
    median_ms: float
    p95_ms: float


def measure(index: LiveIndex, store: Store) -> Times:
    """Make every search once over an index just opened, then in *_ROUNDS* more rounds."""
    engine = index.engine()
    totals: list[int] = []
    rounds: list[list[float]] = []
    for number in range(1 + _ROUNDS):
        times = []
        for request in MIXED:
            started = time.perf_counter()
            results = search(request, engine, store)
            times.append((time.perf_counter() - started) * 1000)
            if number == 0:
                totals.append(results.total)
        rounds.append(times)
    first, *warm = rounds
    each = list(zip(*warm, strict=True))
    flat = [one for times in warm for one in times]
    return Times(
        tuple(
            Search(_label(request), total, _ms(once), _ms(statistics.median(times)))
            for request, total, once, times in zip(MIXED, totals, first, each, strict=True)
        ),
        _ms(statistics.median(first)),
        _ms(_p95(first)),
        _ms(statistics.median(flat)),
        _ms(_p95(flat)),
    )


def _label(request: Request) -> str:
    said = [request.text or "(everything)", *(f"source={name}" for name in request.sources)]
    if request.sort is not Sort.RELEVANCE:
        said.append(f"sort={request.sort}")
    if request.page > 1:
        said.append(f"page={request.page}")
    return " · ".join(said)


def _p95(times: Sequence[float]) -> float:
    return statistics.quantiles(times, n=20, method="inclusive")[-1]


def _ms(value: float) -> float:
    return round(value, 2)
