"""`holdings`: how long the coverage page and the front page take over many articles and sources.

Articles are of a sentence or two, for the pages count them and do not read them. *Cold* is the
first page after a change of the store, *warm* the page after it, *first* the first of a new app.
"""

import random
import time
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

import click
from flask.testing import FlaskClient

from archive.article import Article, Evidence, Published
from archive.store import FILE, Store
from archive.syndication import Telling
from bench.articles.generated import stem
from bench.process import machine, told
from bench.show import print_json, print_lines, print_table
from indexer import location, projection
from web import create_app

_PAGES: Final = ("/coverage", "/coverage?unit=month", "/coverage/texts", "/")
_DAYS: Final = 365
_ENDS: Final = (" said that it was over", " and …", "")


@click.command(epilog="Example: python -m bench holdings --articles 10000")
@click.option("--articles", default=100_000, show_default=True, metavar="N")
@click.option("--sources", default=300, show_default=True, metavar="N")
@click.option("--rounds", default=9, show_default=True, metavar="N", help="Changes of the store.")
@click.option(
    "--site",
    type=click.Path(file_okay=False, path_type=Path),
    help="Make the archive here, or use the one that is here.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
def holdings(articles: int, sources: int, rounds: int, site: Path | None, as_json: bool) -> None:
    """Milliseconds of the coverage page and the front page, cold and warm."""
    with TemporaryDirectory() as folder:
        made = site or Path(folder)
        made.mkdir(parents=True, exist_ok=True)
        if not (made / FILE).exists():
            _make(made, articles, sources)
        rows = [_measure(made, page, rounds) for page in _PAGES]
    if as_json:
        print_json({"machine": machine(), "pages": rows})
        return
    print_table(
        f"Milliseconds over {articles:,} articles of {sources:,} sources",
        ("page", "first", "cold p50", "cold max", "warm p50"),
        (tuple(row.values()) for row in rows),
    )
    print_lines("Machine", [told(machine())])


class _Uncompared(Store):
    """A store that looks for no copies: these pages ask nothing of stories."""

    def note_addresses(self, article_id: str, urls: Iterable[str]) -> None:
        """Note none."""

    def _compare(self, article_id: str, told: Telling | None) -> None:
        pass


def _make(site: Path, articles: int, sources: int) -> None:
    with _Uncompared(site / FILE) as store:
        with store.transaction():
            for article in _articles(articles, sources):
                store.put(article)
        projection.rebuild(store, site / location.FOLDER, "english")


def _articles(count: int, sources: int) -> Iterator[Article]:
    words = [stem(rank) for rank in range(20_000)]
    draw, today = random.Random(17), date.today()
    doubt = Evidence("date not used", "9999-01-01", "claimed by meta", chosen=False)
    for number in range(count):
        day = today - timedelta(int(_DAYS * draw.random() ** 1.2))
        told = " ".join(draw.choices(words, k=10))
        undated = draw.random() < 0.03
        end = draw.choice(_ENDS) if draw.random() < 0.03 else ""
        yield Article(
            id=f"h{number}",
            url=f"https://news.example/{number}",
            source=f"Gazette {int(sources * draw.random() ** 1.5)}",
            headline=f"Number {number}: {told[:40]}",
            text=f"Of number {number} we know: {told}{end or '.'}",
            published=None if undated else Published(day.isoformat()),
            language="en",
            evidence=(doubt,) if undated and draw.random() < 0.3 else (),
        )


def _measure(site: Path, page: str, rounds: int) -> dict[str, str | float]:
    app = create_app(site)
    client = app.test_client()
    try:
        first = _ms(client, page)
        cold, warm = [], []
        for number in range(rounds):
            with Store(site / FILE) as store:
                kept = store.kept(f"h{number}")
                if kept:
                    store.relabel(kept.article)
            cold.append(_ms(client, page))
            warm += [_ms(client, page) for _ in range(3)]
    finally:
        app.extensions["live_index"].close()
    return {
        "page": page,
        "first": first,
        "cold": round(median(cold), 1),
        "cold_max": max(cold),
        "warm": round(median(warm), 1),
    }


def _ms(client: FlaskClient, page: str) -> float:
    begin = time.perf_counter()
    answer = client.get(page)
    assert answer.status_code == 200, answer.text[:500]
    return round((time.perf_counter() - begin) * 1000, 1)
