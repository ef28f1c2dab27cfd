"""The command that brings in past coverage from the web: backfill."""

import sys
import time
from collections.abc import Iterable
from datetime import date, datetime
from typing import TextIO

import click

from archive.errors import UsageError
from archive.identity import web_url
from archive.ingest.backfill import run as backfills
from archive.ingest.backfill import url_lists
from archive.ingest.backfill.bounds import Bounds, day_said
from archive.ingest.backfill.listings import Found
from archive.ingest.decide import Outcome
from archive.ingest.fetch import Fetcher
from archive.ingest.run import Run
from archive.ingest.topics import model as topic_model
from archive.ingest.topics.inference import inference
from archive.ingest.visit import Visitor
from archive.source import Kind, Source
from archive.store import Store
from archive.store.frontier import FrontierCounts, Way
from archive.wording import counted
from morgue import __version__, topic_rules
from morgue.output import common, complain, json_option, print_json, progress, say, state
from morgue.output import site as this_site
from morgue.run import SOME_FAILED
from morgue.site import Site
from morgue.sources import discover

_STOPPED = 130
_MOST_TOLD = 20


def _day(context: click.Context, option: click.Parameter, value: str | None) -> date | None:
    """Read a day; ``--before`` a year or month means its last one."""
    if value is None:
        return None
    try:
        return day_said(value, last=option.name == "before")
    except ValueError:
        raise click.BadParameter(
            f"{value} is no year, month or day: write 2024, 2024-06 or 2024-06-20",
            context,
            option,
        ) from None


@click.command(epilog="Example: morgue backfill https://example.org/feed.xml --after 2024-01")
@click.argument("source", metavar="[SOURCE]", required=False)
@click.option(
    "--urls",
    "listed",
    metavar="FILE",
    type=click.File("r", encoding="utf-8", errors="replace"),
    help="Visit the pages listed here, one address on each line; - reads standard input.",
)
@click.option("--after", metavar="DATE", callback=_day, help="Published on this day or later.")
@click.option("--before", metavar="DATE", callback=_day, help="Published on this day or earlier.")
@click.option("--limit", metavar="N", type=click.IntRange(1), help="Visit at most N pages now.")
@click.option(
    "--anew",
    is_flag=True,
    help="Look again from the start, also for pages that were given up; "
    "with --urls: read pages anew that are known already.",
)
@click.option("--status", "only_status", is_flag=True, help="Say how far each backfill has come.")
@json_option
@common
def backfill(
    source: str | None,
    listed: TextIO | None,
    after: date | None,
    before: date | None,
    limit: int | None,
    anew: bool,
    only_status: bool,
    as_json: bool,
) -> None:
    """Bring in what a source published before you added it.

    SOURCE is one of `morgue sources`, by address or name, or the address of a site,
    whose feed is then added. The feed's older pages
    (RFC 5005, or WordPress's) and its sitemaps are read, and the pages that they
    lead to visited, the newest first, one at a time, as robots.txt allows. A list
    (--urls) may name pages that are known; with --anew they are read once more, and
    what changed becomes a revision. A run
    that is cut off is gone on with by the same command; without SOURCE all that
    were begun go on. Web archives (WARC, WACZ) come in by `morgue add FILE`.

    Exit codes: 0 done, 2 bad usage, 3 some addresses could not be had (each is
    named) or nothing was found, 4 another run is at work.
    """
    here = this_site()
    if only_status:
        with here.open() as store:
            _show_status(store, [_named(store, source)] if source else store.sources(), as_json)
        return
    if after and before and after > before:
        raise UsageError(f"--after {after} is later than --before {before}")
    started = time.monotonic()
    settings = here.settings
    with here.open() as store, here.lock(settings.lock_timeout):
        bounds = Bounds(after, before)
        visitor = Visitor(
            Fetcher(settings.fetch, __version__),
            pause=settings.fetch.pause,
            concurrency=settings.fetch.concurrency,
            resting=store.resting_hosts(),
        )
        if listed is not None:
            chosen = [_named_or_added(here, store, source)]
            known, refused = _take_list(store, chosen[0], listed, bounds, anew)
        else:
            chosen, known, refused = _chosen(here, store, source, visitor, bounds, anew), 0, []
        for where, reason in refused:
            complain(f"{where}: {reason}")
        found, stopped = _work(here, store, chosen, visitor, limit, as_json)
        with progress(as_json) as show:
            topic_rules.catch_up(store, here.index, settings, show)
        nothing = [] if stopped or listed else [one for one in found if _is_nothing(store, one)]
        told = [_as_json(store, one, known) for one in found]
        counts = [store.frontier_counts(one.source.id, Way.BACKFILL) for one in found]
        resting = store.hosts_left_alone()
        for one in nothing:
            _explain(store, one.source)
    if as_json:
        took = round(time.monotonic() - started, 3)
        print_json({"stopped": stopped, "sources": told, "resting": resting, "took_s": took})
    else:
        for one, how_far in zip(found, counts, strict=True):
            _tell(one, known, how_far)
        for host, until in resting.items():
            say(f"{host} asks to be left alone until {until}.")
        if stopped:
            say("Stopped; `morgue backfill` goes on where it ended.")
    if stopped:
        sys.exit(_STOPPED)
    if refused or nothing or any(one.failed or one.kept.failures for one in found):
        sys.exit(SOME_FAILED)


def _named_or_added(here: Site, store: Store, source: str | None) -> Source:
    """Return the feed that the user means; that of a site which is no source yet is added."""
    if not source:
        raise UsageError(
            "--urls needs a source, to which the pages belong",
            "",
            "morgue backfill SOURCE --urls FILE; SOURCE is one of `morgue sources`, or a site's "
            "address, whose feed is then added",
        )
    if web_url(source) is None or _meant(store, source):
        return _named(store, source)
    feed = discover(here, source).taken.address
    if not _meant(store, feed):
        store.add_source(Kind.FEED, feed)
        complain(f"Added: feed {feed}; `morgue update` reads it from now on.")
    return store.source(feed)


def _named(store: Store, source: str) -> Source:
    """Return the feed that the user means by its address or name. Raises UsageError."""
    meant = _meant(store, source)
    if not meant:
        raise UsageError("is no source of this archive", source, "`morgue sources` lists them")
    if len(meant) > 1:
        raise UsageError(f"is the name of {len(meant)} sources", source, "give the address")
    if meant[0].kind is not Kind.FEED:
        raise UsageError(
            f"is a {meant[0].kind}: only feeds have past coverage on the web", meant[0].address
        )
    return meant[0]


def _meant(store: Store, source: str) -> list[Source]:
    """Return the sources of this address, else of this address or name in any case."""
    known = store.sources()
    return [one for one in known if one.address == source] or [
        one for one in known if source.casefold() in (one.label.casefold(), one.address.casefold())
    ]


def _chosen(
    here: Site, store: Store, source: str | None, visitor: Visitor, bounds: Bounds, anew: bool
) -> list[Source]:
    """Return whose backfill goes on, begun where it was not, or was with other days."""
    if source is None:
        if anew or bounds != Bounds():
            raise UsageError("which source?", "", "morgue backfill SOURCE")
        begun = [one for one in store.sources() if _is_open(store, one)]
        if not begun:
            raise UsageError(
                "no backfill has anything left to do", "", "`morgue backfill SOURCE` begins one"
            )
        return begun
    one = _named_or_added(here, store, source)
    before = store.backfill(one.id)
    asked = (_iso(bounds.after), _iso(bounds.before))
    other = before is not None and bounds != Bounds() and asked != (before.after, before.before)
    if anew:
        store.retry_failed(one.id)
    if before is None or before.finished or other or anew:
        backfills.begin(store, one, visitor, bounds)
    return [one]


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _is_open(store: Store, source: Source) -> bool:
    counts = store.frontier_counts(source.id, Way.BACKFILL)
    return bool(counts.waiting or counts.listings)


def _take_list(
    store: Store, source: Source, listed: Iterable[str], bounds: Bounds, anew: bool
) -> tuple[int, list[tuple[str, str]]]:
    """Want the pages of a list; return how many are kept already, and what is not to be had."""
    name = str(getattr(listed, "name", "the list"))
    addresses, refused = url_lists.read(listed, name)
    if not addresses:
        raise UsageError("holds no web address", name, "write one on each line")
    taken = backfills.add_list(store, source, addresses, bounds, anew=anew)
    return taken.known, [*refused, *taken.refused]


def _work(
    here: Site,
    store: Store,
    chosen: list[Source],
    visitor: Visitor,
    limit: int | None,
    as_json: bool,
) -> tuple[list[Found], bool]:
    """Go on with the backfills; return what was found, and whether the user stopped it."""
    told = 0

    def tell(address: str, reason: str) -> None:
        nonlocal told
        told += 1
        if told <= _MOST_TOLD or state().verbose:
            complain(f"{address}: {reason}")
        elif told == _MOST_TOLD + 1:
            complain("… more are not named here; -v names all.")

    found: list[Found] = []
    with progress(as_json) as show, here.readers() as readers:
        try:
            today = datetime.now().astimezone().date()
            this = Run(today, readers, inference(topic_model.load(here.topic_model)))
            backfills.run(
                store, chosen, visitor, this, found, limit=limit, progress=show, tell=tell
            )
        except KeyboardInterrupt:
            return found, True
        finally:
            # Listings are asked for, too, not pages alone.
            store.rest_hosts(visitor.resting)
    return found, False


def _is_nothing(store: Store, one: Found) -> bool:
    """Whether neither this run nor an earlier one found any past article of a source."""
    counts = store.frontier_counts(one.source.id, Way.BACKFILL)
    pages = counts.waiting + counts.done + counts.failed + counts.listings
    return not pages and not one.already and not any(one.kept.outcomes.values())


def _explain(store: Store, source: Source) -> None:
    """Say that nothing was found, and where it was looked for."""
    complain(f"{source.address}: no past coverage was found. Looked at:")
    for row in store.listings(source.id):
        complain(f"    {row.address}: {row.reason or 'not yet'}")


def _as_json(store: Store, one: Found, known: int) -> dict[str, object]:
    outcomes = one.kept.outcomes
    failed = [*one.failed, *one.kept.failures]
    return {
        "address": one.source.address,
        "name": one.source.label,
        "new": outcomes[Outcome.NEW],
        "revised": outcomes[Outcome.REVISED],
        "completed": outcomes[Outcome.COMPLETED],
        "copies": outcomes[Outcome.COPY],
        "visited": one.visited,
        "known": one.already + known,
        "passed_over": one.passed_over,
        "teasers_kept": one.teasers,
        "failures": [{"address": address, "reason": reason} for address, reason in failed],
        "left": _left(store.frontier_counts(one.source.id, Way.BACKFILL)),
        "listings": [
            {"address": row.address, "found": row.key, "state": row.state, "reason": row.reason}
            for row in store.listings(one.source.id)
        ],
    }


def _left(counts: FrontierCounts) -> dict[str, object]:
    return {
        "pages": counts.waiting,
        "listings": counts.listings,
        "done": counts.done,
        "given_up": counts.failed,
        "not_allowed": counts.forbidden,
        "not_before": counts.next_due,
    }


def _tell(one: Found, known: int, counts: FrontierCounts) -> None:
    outcomes = one.kept.outcomes
    changed = outcomes[Outcome.REVISED] + outcomes[Outcome.COMPLETED]
    say(
        f"{one.source.label}: {counted(outcomes[Outcome.NEW], 'new article')}, "
        + (f"{changed:,} changed, " if changed else "")
        + f"{counted(one.visited, 'page')} visited, {one.already + known:,} known already, "
        f"{counted(len(one.failed) + len(one.kept.failures), 'failure')}."
    )
    if one.teasers:
        say(f"    {counted(one.teasers, 'page')} not had, for which the feed's text is kept.")
    if counts.waiting or counts.listings:
        say(f"    {_what_is_left(counts)}; `morgue backfill` goes on.")


def _what_is_left(counts: FrontierCounts) -> str:
    listings = counted(counts.listings, "listing")
    more = f" and {listings} to look through" if counts.listings else ""
    when = f", none before {counts.next_due}" if counts.next_due else ""
    return f"{counted(counts.waiting, 'page')} left{more}{when}"


def _show_status(store: Store, sources: list[Source], as_json: bool) -> None:
    shown = []
    for source in sources:
        begun = store.backfill(source.id)
        counts = store.frontier_counts(source.id, Way.BACKFILL)
        if begun is None and counts == FrontierCounts():
            continue
        said = {
            "address": source.address,
            "name": source.label,
            "after": begun.after if begun else None,
            "before": begun.before if begun else None,
            "started": begun.started if begun else None,
            "finished": begun.finished if begun else None,
            **_left(counts),
            "failures": [
                {"address": row.address, "reason": row.reason}
                for row in store.failed_pages(source.id)
                if row.way is Way.BACKFILL
            ],
        }
        shown.append(said)
        if not as_json:
            ways = (("from", said["after"]), ("to", said["before"]))
            bounds = [f"{way} {day}" for way, day in ways if day]
            say(", ".join([f"{source.label} ({source.address})", *bounds]))
            barred = f" ({counts.forbidden:,} by robots.txt)" if counts.forbidden else ""
            done = f"{counts.done:,} done, {counts.failed:,} given up{barred}"
            say(f"    {_what_is_left(counts)}, {done}")
    if as_json:
        print_json({"backfills": shown})
    elif not shown:
        say("No backfill yet: `morgue backfill SOURCE` begins one.")
