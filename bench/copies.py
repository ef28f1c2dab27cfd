"""`copies`: how fast articles are grouped into stories, and which were."""

import random
import time
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import click

from archive.article import Article
from archive.identity import article_id
from archive.store import Store
from archive.syndication import Telling
from bench.quality.copies import grouped_pairs, put
from bench.show import print_json, print_lines, print_table

_SEED: Final = 7
_VOCABULARY: Final = 20_000
_WINDOW: Final = 1000


@click.command(epilog="Example: python -m bench copies --sizes 1000,10000,50000")
@click.option("--sizes", default="1000,10000", show_default=True, metavar="N,N")
@click.option("--pairs", default=0, metavar="N", help="Show N pairs grouped in Reuters instead.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
def copies(sizes: str, pairs: int, as_json: bool) -> None:
    """Time putting synthetic articles, one in ten of them a copy, into archives of these sizes.

    The figures are of the last 1,000 articles: what one more costs when so many are there.
    """
    if pairs:
        print_lines("Grouped in Reuters-21578", grouped_pairs(pairs))
        return
    rows = [_timed(int(size)) for size in sizes.split(",")]
    if as_json:
        print_json(rows)
    else:
        print_table(
            "Articles per second, the last 1,000",
            ("articles", "kept and grouped", "of that grouping, ms each", "in stories", "MB"),
            [tuple(row.values()) for row in rows],
        )


def _timed(size: int) -> dict[str, float]:
    with (
        TemporaryDirectory(prefix="morgue-bench-") as folder,
        Store(Path(folder) / "a.db") as store,
    ):
        articles = list(synthetic(size))
        put(store, articles[:-_WINDOW])
        grouping = 0.0
        compare = store._compare

        def clocked(article_id: str, told: Telling | None) -> None:
            nonlocal grouping
            began = time.perf_counter()
            compare(article_id, told)
            grouping += time.perf_counter() - began

        store._compare = clocked  # type: ignore[method-assign]
        began = time.perf_counter()
        put(store, articles[-_WINDOW:])
        took = time.perf_counter() - began
        grouped = sum(change.story is not None for change in store.changes_since(0))
        return {
            "articles": size,
            "per_second": round(_WINDOW / took),
            "grouping_ms": round(grouping / _WINDOW * 1000, 2),
            "in_stories": grouped,
            "mb": round(store.path.stat().st_size / 1e6, 1),
        }


def synthetic(count: int) -> Iterator[Article]:
    """Yield *count* articles of about 300 words drawn by Zipf's law; each tenth is a copy."""
    draw = random.Random(_SEED)
    vocabulary = [f"w{n}" for n in range(_VOCABULARY)]
    weights = list(accumulate(1 / (n + 1) for n in range(_VOCABULARY)))
    recent: list[str] = []
    for n in range(count):
        if n % 10 == 9:
            text = draw.choice(recent)
            text = text[: round(len(text) * draw.uniform(0.6, 1.0))]
        else:
            text = " ".join(
                draw.choices(vocabulary, cum_weights=weights, k=draw.randrange(200, 400))
            )
            recent = [*recent[-200:], text]
        url = f"https://synthetic.example/{n}"
        yield Article(article_id(url), url, f"Outlet {n % 20}", f"Headline {n}", text)
