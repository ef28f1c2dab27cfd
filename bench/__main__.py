"""The `python -m bench` command line."""

import click

from bench.aids import aids
from bench.browser import browser
from bench.clippings import clippings
from bench.copies import copies
from bench.feeds import feeds
from bench.holdings import holdings
from bench.ingest import ingest
from bench.lighthouse import lighthouse
from bench.page_speed import page_speed
from bench.polling import polling
from bench.quality.command import quality
from bench.relevance import relevance
from bench.searching.exports import exports
from bench.searching.hostile import hostile
from bench.searching.index import index
from bench.searching.memory import memory
from bench.searching.page import page
from bench.searching.serving import serving
from bench.searching.soak import soak
from bench.searching.update import update
from bench.snippets import snippets
from bench.speed import speed
from bench.topics import topics


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def bench() -> None:
    """Measure Morgue, on the corpora in $MORGUE_CORPORA or on generated articles."""


bench.add_command(clippings)
bench.add_command(ingest)
bench.add_command(feeds)
bench.add_command(polling)
bench.add_command(copies)
bench.add_command(quality)
bench.add_command(page_speed)
bench.add_command(topics)
bench.add_command(relevance)
bench.add_command(speed)
bench.add_command(page)
bench.add_command(index)
bench.add_command(update)
bench.add_command(memory)
bench.add_command(serving)
bench.add_command(soak)
bench.add_command(exports)
bench.add_command(hostile)
bench.add_command(lighthouse)
bench.add_command(snippets)
bench.add_command(aids)
bench.add_command(browser)
bench.add_command(holdings)

if __name__ == "__main__":
    bench(prog_name="python -m bench")
