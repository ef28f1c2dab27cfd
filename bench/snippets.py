"""`snippets`: the passages of ten long articles, for several kinds of queries.

The articles have 2,000 to 20,000 words, each more than the one before. *First* is the first
time that a process sees them, *again* every later time, as for who turns pages or narrows.
"""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final

import click

from archive.article import Article
from bench.articles import generated
from bench.process import machine, told
from bench.searching.goals import Goal, print_goals
from bench.show import print_json, print_table
from indexer import places, query, snippet
from indexer.analysis import Analyzer
from indexer.marking import Marker
from indexer.question import read
from indexer.widening import widened

MOST_MS: Final = 5.0
_ARTICLES: Final = 10
_STEP: Final = 2000


@click.command(epilog="Example: python -m bench snippets --rounds 50")
@click.option("--rounds", type=click.IntRange(min=2), default=20, show_default=True, metavar="N")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
def snippets(rounds: int, as_json: bool) -> None:
    """Passages of ten articles of up to 20,000 words, in ms of the processor."""
    busy = machine()
    articles = list(long_articles())
    words = [len(article.text.split()) for article in articles]
    kinds = {kind: _measure(text, articles, rounds) for kind, text in queries(articles)}
    if as_json:
        print_json({"words": words, "kinds": kinds, "machine": busy})
        return
    print_table(
        f"Passages of ten articles, {sum(words):,} words, ms of CPU; {told(busy)}",
        ("query", "first", "again", "worst"),
        ((kind, one["first"], one["again"], one["worst"]) for kind, one in kinds.items()),
    )
    again = [one["again"] for one in kinds.values()]
    first = [one["first"] for one in kinds.values()]
    print_goals(
        [
            Goal("ten long articles again, median kind", MOST_MS, statistics.median(again), "ms"),
            Goal("again, slowest kind", MOST_MS, max(again), "ms"),
            Goal("for the first time, median kind", MOST_MS, statistics.median(first), "ms"),
        ],
        100_000,
    )


def long_articles() -> list[Article]:
    """Return articles of 2,000, 4,000 … 20,000 words, made of generated ones end to end."""
    numbers = iter(range(1_000_000))
    articles = []
    for size in range(_STEP, _STEP * _ARTICLES + 1, _STEP):
        texts: list[str] = []
        words = 0
        while words < size:
            texts.append(generated.article(next(numbers)).text)
            words += len(texts[-1].split())
        articles.append(replace(generated.article(size), text="\n\n".join(texts)))
    return articles


def queries(articles: Sequence[Article]) -> list[tuple[str, str]]:
    """Return a query of each kind, of words that the articles have."""
    words = articles[0].text.split()
    names = [word for word in words if len(word) > 6 and word.isalpha()]
    one, other = names[0], names[-1]
    at = words.index(one)
    return [
        ("a rare word", one),
        ("two words", f"{one} {other}"),
        ("a frequent word", "said"),
        ("frequent words", "the said that"),
        ("a phrase", f'"{" ".join(words[at : at + 2])}"'),
        ("a prefix", f"{one[:3]}*"),
        ("any letters", f"*{one[-3:]}"),
        ("misspelt", f"{one}~"),
        ("near", f"{one} W/9 the"),
        ("frequent words near", "said W/5 the"),
        ("in one sentence", "said /s that"),
        ("a question", f"what was said of the {one} and {other} in " + " ".join(names[1:5])),
        ("not there", "zzyzx"),
    ]


def _measure(text: str, articles: Sequence[Article], rounds: int) -> dict[str, Any]:
    analyzer = Analyzer("english")
    tree = read(query.parse(text).tree, analyzer).tree

    def shown() -> None:
        marker = Marker(widened(tree, analyzer).tree, analyzer)
        for article in articles:
            snippet.snippets(article, marker, snippet.headline(article, marker))

    places.forget()
    first = _ms(shown)
    times = [_ms(shown) for _ in range(rounds)]
    return {
        "first": round(first, 2),
        "again": round(statistics.median(times), 2),
        "worst": round(max(times), 2),
    }


def _ms(do: Callable[[], None]) -> float:
    before = time.process_time()
    do()
    return (time.process_time() - before) * 1000
