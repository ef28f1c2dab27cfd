"""The `python -m bench` command line."""

import click

from bench.corpus import corpus
from bench.feeds import feeds
from bench.ingest import ingest
from bench.polling import polling
from bench.quality.command import quality
from bench.speed import speed


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def bench() -> None:
    """Measure Morgue on the corpora in $MORGUE_CORPORA."""


bench.add_command(corpus)
bench.add_command(ingest)
bench.add_command(feeds)
bench.add_command(polling)
bench.add_command(quality)
bench.add_command(speed)

if __name__ == "__main__":
    bench(prog_name="python -m bench")
