"""`aids`: what helps beside the results: coverage, type-ahead, other spellings, telling words.

Each is asked as the product does, over the engine that serves, and again for the same
questions: the first pass of a new process is not counted.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Final, TypeVar

import click

from archive import store as stores
from archive.article import Article
from archive.store import Store
from bench.engines.side import OURS
from bench.process import machine, told
from bench.searching.collection import collection
from bench.searching.figures import Spread, spread
from bench.searching.goals import Goal, print_goals
from bench.searching.options import Wanted, shared
from bench.show import print_json, print_table
from indexer import location
from indexer.completion import Completer
from indexer.coverage import coverage_of
from indexer.coverages import Coverages
from indexer.engine import Engine
from indexer.live import LiveIndex
from indexer.request import Request
from indexer.search import analyzer_of, search

One = TypeVar("One")
_ASKED: Final = 40
_LETTERS: Final = (2, 4, 7)
_GOALS: Final = {"coverage, seen before": 25.0, "type-ahead": 30.0}


@click.command(epilog="Example: python -m bench aids --articles 100000 --keep ~/morgue-bench")
@shared
def aids(wanted: Wanted, as_json: bool) -> None:
    """Coverage of an article, type-ahead, other spellings and telling words, in ms of CPU."""
    busy = machine()
    with collection(wanted) as made:
        made.built(OURS)
        index = LiveIndex(made.site / location.FOLDER)
        with Store(made.site / stores.FILE, create=False) as store:
            chosen = list(islice(store.articles(), _ASKED * 20))[::20]
            times = _measure(chosen, index.engine(), store)
        index.close()
        articles = made.held.articles
    if as_json:
        print_json({"articles": articles, "ms": times, "machine": busy})
        return
    print_table(
        f"Beside the results at {articles:,} articles, ms of CPU; {told(busy)}",
        ("", "p50", "p95", "max"),
        ((name, one.p50, one.p95, one.max) for name, one in times.items()),
    )
    print_goals(
        [Goal(f"{name}, p95", most, times[name].p95, "ms") for name, most in _GOALS.items()],
        articles,
    )


def _measure(chosen: Sequence[Article], engine: Engine, store: Store) -> dict[str, Spread]:
    analyzer, completer, kept = analyzer_of(engine), Completer(), Coverages()
    plain = [Request(_word(article)) for article in chosen]
    typed = [text for article in chosen for text in _typed(article)]
    misspelt = [Request(text) for article in chosen for text in _misspelt(article)]
    nothing = [Request(f"{_word(a)} zzyzx {_word(a, -1)}", first="2015") for a in chosen]
    telling = [replace(request, telling=True) for request in plain]

    def found(request: Request) -> object:
        return search(request, engine, store)

    return {
        "coverage": _times(chosen, lambda a: coverage_of(a, engine, store, analyzer)),
        "coverage, seen before": _times(chosen, lambda a: kept.of(a, engine, store, analyzer)),
        "type-ahead": _times(typed, lambda text: completer.complete(text, engine, store)),
        "another spelling": _times(misspelt, found),
        "nothing found": _times(nothing, found),
        "a page": _times(plain, found),
        "a page with telling words": _times(telling, found),
    }


def _times(asked: Sequence[One], ask: Callable[[One], object]) -> Spread:
    times = []
    for number in range(2):
        for one in asked:
            before = time.process_time()
            ask(one)
            if number:
                times.append((time.process_time() - before) * 1000)
    return spread(times)


def _word(article: Article, which: int = 0) -> str:
    return article.headline.split()[which].lower()


def _typed(article: Article) -> Iterator[str]:
    """What somebody types who has its headline or its reporter in mind."""
    first, second, *_ = article.headline.split()
    yield from (first[:letters] for letters in _LETTERS)
    yield f"{first} {second[:3]}"
    yield from (name[:3] for name in article.byline)


def _misspelt(article: Article) -> Iterator[str]:
    word = max(article.headline.split(), key=len).lower()
    yield f"{word[:3]}{word[4]}{word[3]}{word[5:]}"
    yield f"{_word(article)} {word[:4]}x{word[5:]}"
