"""An archive that goes from state to state, each of which can be told from what it answers.

In state *k* there are ``BASE + k`` articles, all with the topic ``t<k>``; each state is one
transaction of the store and one commit of the index, in which every article changes. So an
answer that has parts of two states contradicts itself.
"""

import time
from collections.abc import Iterator
from datetime import date, timedelta
from multiprocessing.synchronize import Event
from pathlib import Path

from archive.article import Article, Published
from archive.store import FILE, Store
from indexer import projection
from morgue.site import Site

BASE = 40
FIRST = date(2001, 1, 1)
CYCLE = 7


def count(state: int) -> int:
    """How many articles there are in *state*."""
    return BASE + state


def name(number: int) -> str:
    return f"n{number:04}"


def has_both(number: int, state: int) -> bool:
    """Whether an article has both words, *moonrise* and *sunrise*; else it has one of them."""
    return number % CYCLE < state % CYCLE


def having_both(state: int) -> int:
    """How many articles have both words in *state*."""
    return sum(has_both(number, state) for number in range(count(state)))


def articles(state: int) -> Iterator[Article]:
    """All articles of *state*; the newest came with it, and no other date ever changes."""
    for number in range(count(state)):
        one = "moonrise" if number % 2 else "sunrise"
        words = "moonrise sunrise" if has_both(number, state) else one
        yield Article(
            id=name(number),
            url=f"https://tide.example/{name(number)}",
            source="Ebb Post" if number % 2 else "Flood Post",
            headline=f"Tide table {number}",
            text=f"State s{state}e of the water, {words}.",
            published=Published((FIRST + timedelta(days=number)).isoformat()),
            topics=(f"t{state}",),
        )


def put(store: Store, state: int) -> None:
    """Bring the store to *state* in one transaction."""
    with store.transaction():
        for article in articles(state):
            store.put(article)


def begin(folder: Path) -> None:
    """Make a site in state 0."""
    with Store(folder / FILE) as store:
        put(store, 0)
        projection.catch_up(store, Site(folder).index, "english")


def advance(folder: Path, store: Store, state: int) -> None:
    """Do what updates and rebuilds do, in turn, and arrive in *state*."""
    site = Site(folder)
    with site.lock(60):
        put(store, state)
        if state % 4 == 3:
            projection.rebuild(store, site.index, "english", forget=state % 8 == 7)
        else:
            projection.catch_up(store, site.index, "english")
        if state % 3 == 2:
            projection.merge(site.index)


def go_on(folder: Path, stop: Event, last: int, pause: float) -> None:
    """Go from state to state until *stop*, or *last* is reached: a process of its own."""
    with Store(folder / FILE) as store:
        for state in range(1, last + 1):
            if stop.is_set():
                return
            advance(folder, store, state)
            time.sleep(pause)
