"""The command that reads the whole index, to say whether it is what was written."""

import sys
import time
from typing import Final

import click

from archive.wording import counted
from indexer import projection
from morgue.output import common, complain, json_option, print_json, say
from morgue.output import site as this_site

UNUSABLE: Final = 1
_NAMED: Final = 10
"""How many articles are named where more are missing."""


@click.command(
    short_help="Check every byte of the index.",
    epilog="Example for cron: 0 4 * * 0 morgue --site /srv/archive verify",
)
@json_option
@common
def verify(as_json: bool) -> None:
    """Read the whole index, compare its checksums, and its articles with the store's.

    What was found wrong is said, and the next `morgue update` builds the index anew.

    Exit codes: 0 the index is what was written, 1 it is not, or there is none,
    4 another run is at work.
    """
    site = this_site()
    started = time.monotonic()
    with site.open() as store, site.lock(site.settings.lock_timeout):
        verdict = projection.verify(store, site.index)
    took = time.monotonic() - started
    if as_json:
        print_json(
            {
                "ok": verdict.ok,
                "articles": verdict.articles,
                "lag": verdict.lag,
                "damages": verdict.damages,
                "missing": verdict.missing,
                "surplus": verdict.surplus,
                "took_s": round(took, 3),
            }
        )
    else:
        for damage in verdict.damages:
            complain(damage)
        _name(verdict.missing, "not in the index, but in the store")
        _name(verdict.surplus, "in the index, but not in the store")
        if verdict.ok:
            say(f"The index is what was written: {counted(verdict.articles, 'article')}.")
        else:
            say("The next `morgue update` builds the index anew; so does `morgue reindex`.")
    if not verdict.ok:
        sys.exit(UNUSABLE)


def _name(ids: list[str], how: str) -> None:
    for name in ids[:_NAMED]:
        complain(f"{name}: {how}")
    if len(ids) > _NAMED:
        complain(f"{counted(len(ids) - _NAMED, 'more article')} {how}")
