"""`pages`: how fast web pages are read, beside plain trafilatura on the same pages.

Both read every page in turn, and which goes first alternates, so that what
else the machine does costs both alike. Morgue's figure is the whole way of a
page: its text and all claims, weighed into an article.
"""

import logging
import time
import warnings
from datetime import UTC, datetime

import click
import trafilatura

from archive.errors import MorgueError
from archive.ingest import pages
from archive.ingest.compose import compose
from archive.source import Kind, Source
from bench.quality.pages import COLLECTIONS, Page
from bench.show import print_json, print_table

_SETS = ("scrapinghub", "adbar", "newspaper4k", "postlight")


@click.command(name="pages", epilog="Example: python -m bench pages --each 20")
@click.option("--each", default=60, show_default=True, metavar="N", help="Pages of each set.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
def page_speed(each: int, as_json: bool) -> None:
    """Pages per second through Morgue and through plain trafilatura, in one run."""
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    rows = [_measure(name, _every(name, each)) for name in _SETS]
    if as_json:
        print_json({"sets": rows})
        return
    print_table(
        "Web pages per second, on one core",
        ("set", "pages", "Morgue", "trafilatura", "ratio"),
        (tuple(row.values()) for row in rows),
    )


def _every(name: str, count: int) -> list[Page]:
    """Return *count* pages spread evenly over the collection *name*."""
    found = list(COLLECTIONS[name]())
    step = max(1, len(found) // max(1, count))
    return found[::step][:count]


def _measure(name: str, found: list[Page]) -> dict[str, str | int | float]:
    source = Source(0, Kind.FOLDER, f"file:///{name}")
    today = datetime.now(UTC).date()
    seconds = {"Morgue": 0.0, "trafilatura": 0.0}

    def morgue(page: Page) -> None:
        try:
            item = pages.read(page.html, page.name, page.url or f"file:///{page.name}")
            compose(item, source, today)
        except MorgueError:
            pass

    def plain(page: Page) -> None:
        trafilatura.bare_extraction(page.html, url=page.url or None, with_metadata=True)

    readers = [("Morgue", morgue), ("trafilatura", plain)]
    for page in found[:1]:
        for _, read in readers:
            read(page)
    for number, page in enumerate(found):
        for who, read in readers if number % 2 else reversed(readers):
            started = time.process_time()
            read(page)
            seconds[who] += time.process_time() - started
    rates = {who: len(found) / spent for who, spent in seconds.items()}
    return {
        "set": name,
        "pages": len(found),
        **{who: round(rate, 1) for who, rate in rates.items()},
        "ratio": round(rates["Morgue"] / rates["trafilatura"], 2),
    }
