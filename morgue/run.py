"""Commands that keep the archive going: update, reindex, status."""

import sys
import time
from collections.abc import Callable
from datetime import datetime

import click

from archive.errors import UsageError
from archive.ingest import pipeline, revisits, schedule, uploads
from archive.ingest.decide import Outcome
from archive.ingest.fetch import Fetcher
from archive.ingest.report import SourceReport
from archive.ingest.topics import model as topic_model
from archive.ingest.topics.inference import inference
from archive.ingest.visit import Visitor
from archive.redaction import redacted
from archive.source import Source
from archive.store import Store
from archive.store.frontier import Way
from archive.wording import counted
from indexer import location, projection
from indexer.saved import follow
from morgue import __version__, topic_rules
from morgue.noted import Running, noted
from morgue.output import common, complain, json_option, print_json, progress, report, say
from morgue.output import site as this_site
from morgue.site import Site
from morgue.sources import spelled

SOME_FAILED = 3
_PATIENCE = 300.0
"""Seconds that one update spends on pauses between the pages of one host."""
_SLOW = 10.0
"""Seconds that one update loses to slow pages of one source."""


@click.command(
    short_help="Read the sources that are due, keep what is new, index it.",
    epilog="Example for cron: */15 * * * * morgue --site /srv/archive update",
)
@click.argument("addresses", metavar="[ADDRESS]...", nargs=-1)
@click.option(
    "--now",
    is_flag=True,
    help="Ask the feeds that are not due yet, too, and look at all young pages again.",
)
@click.option(
    "--merge",
    is_flag=True,
    help="Store the index as compactly as it can be, too; well done every night.",
)
@json_option
@common
def update(addresses: tuple[str, ...], now: bool, merge: bool, as_json: bool) -> None:
    """Read all sources, keep what is new or changed, bring the index up to date.

    A feed is asked when it is due: by your interval for it, and by what its server
    and itself say. Sources that you name are read whether due or not. In any case
    no server is asked before the time that it asked for itself (Retry-After), and
    no feed that is gone for good: `morgue sources set ADDRESS --resume` lifts both.
    A source that you paused (`morgue sources set ADDRESS --pause`) is not read.

    Exit codes: 0 all is well, 2 bad settings, 3 some sources failed (each is
    named), 4 another run is at work. Prints nothing into a cron mail when all
    is well; -v says what happened.
    """
    site = this_site()
    started = time.monotonic()
    settings = site.settings
    with (
        site.open(create=True) as store,
        site.lock(settings.lock_timeout),
        noted(store, whole=not addresses) as running,
    ):
        chosen = _named(store.sources(), addresses)
        turn = schedule.turn(chosen, store.now(), regardless=now or bool(addresses))
        reports = _read_sources(site, store, turn, now, as_json, running)
        with progress(as_json) as show:
            projected, ruled = topic_rules.catch_up(store, site.index, settings, show)
        running.applied, running.rebuilt = projected.applied, projected.rebuilt
        if merge:
            projection.merge(site.index)
        found = _follow_saved(site, store)
        store.cut_log()
        running.code = SOME_FAILED if any(not r.ok for r in reports) else 0
    took = time.monotonic() - started
    if as_json:
        print_json(
            {
                **_totals(reports),
                "not_due": len(turn.waiting) + len(turn.held),
                "retired": len(turn.retired),
                "paused": len(turn.paused),
                "sources": [_as_json(r) for r in reports],
                "index": {"applied": projected.applied, "rebuilt": projected.rebuilt},
                "rules": {"run": ruled.ran, "articles": ruled.changed},
                "saved": found,
                "took_s": round(took, 3),
            }
        )
    else:
        if not chosen:
            report("No sources yet: `morgue add URL-OR-FOLDER` adds one.")
        _tell_others(turn, say if addresses else report)
        _tell(reports, projected, took)
        if ruled.changed:
            report(f"Topic rules changed {counted(ruled.changed, 'article')}.")
        for name, new in found.items():
            report(f"{name}: {counted(new, 'new article')}.")
    if running.code:
        sys.exit(running.code)


def _follow_saved(site: Site, store: Store) -> dict[str, int]:
    """Run the saved searches over what came in; return what is new in each, by its name."""
    if not store.saved_searches():
        return {}
    with site.engine(store) as engine:
        return follow(store, engine, site.settings.search.groups, site.settings.today())


def _named(sources: list[Source], addresses: tuple[str, ...]) -> list[Source]:
    """Return the sources of these addresses, or all. Raises UsageError for an unknown one."""
    known = {source.address: source for source in sources}
    for address in addresses:
        if spelled(address) not in known:
            raise UsageError(
                "is no source of this archive", address, "`morgue sources` lists them"
            )
    return [known[spelled(address)] for address in dict.fromkeys(addresses)] or sources


def _tell_others(turn: schedule.Turn, tell: Callable[[str], None]) -> None:
    """Say who was not asked, and why."""
    if turn.waiting:
        due = min(source.due for source in turn.waiting if source.due)
        verb = "is" if len(turn.waiting) == 1 else "are"
        tell(f"{counted(len(turn.waiting), 'feed')} {verb} not due yet, the next at {due}.")
    for source in turn.held:
        tell(f"{source.address}: not asked before {source.held}, as its server wishes.")
    for source in turn.retired:
        tell(f"{source.address}: gone for good, retired since {source.retired}.")
    for source in turn.paused:
        tell(
            f"{source.address}: paused since {source.paused}: not read until "
            f"`morgue sources set {source.address} --resume`."
        )


def _read_sources(
    site: Site, store: Store, turn: schedule.Turn, now: bool, as_json: bool, running: Running
) -> list[SourceReport]:
    settings = site.settings
    fetcher = Fetcher(settings.fetch, __version__)
    uploads.sweep(uploads.folder_of(site.folder))
    reports = []
    with progress(as_json) as show, site.readers() as readers:
        for done in pipeline.update(
            store,
            turn.asked,
            fetcher,
            datetime.now().astimezone().date(),
            concurrency=settings.fetch.concurrency,
            per_host=settings.fetch.per_host,
            progress=show,
            columns=settings.columns.named(),
            visitor=Visitor(
                fetcher,
                pause=settings.fetch.pause,
                patience=_PATIENCE,
                slow=_SLOW,
                concurrency=settings.fetch.concurrency,
                resting=store.resting_hosts(),
            ),
            most_pages=settings.fetch.pages,
            wish=revisits.Wish(settings.fetch.revisits, at_once=now),
            retired=turn.retired,
            infer=inference(topic_model.load(site.topic_model)),
            readers=readers,
        ):
            reports.append(done)
            running.count(done)
            for address, reason in done.failures:
                complain(f"{address}: {reason}")
    return reports


def _totals(reports: list[SourceReport]) -> dict[str, int]:
    return {
        "new": sum(r.outcomes[Outcome.NEW] for r in reports),
        "revised": sum(r.outcomes[Outcome.REVISED] for r in reports),
        "completed": sum(r.outcomes[Outcome.COMPLETED] for r in reports),
        "unchanged": sum(
            r.outcomes[Outcome.UNCHANGED] + r.outcomes[Outcome.RELABELLED] for r in reports
        ),
        "copies": sum(r.outcomes[Outcome.COPY] for r in reports),
        "looked_again": sum(r.looked for r in reports),
        "corrected": sum(r.looked_changed for r in reports),
        "failed": sum(len(r.failures) for r in reports),
        "still_failing": sum(len(r.still_failing) for r in reports),
    }


def _as_json(done: SourceReport) -> dict[str, object]:
    return {
        "address": done.source.address,
        "name": done.source.label,
        **_totals([done]),
        "failures": [{"address": a, "reason": r} for a, r in done.failures],
        "refused": [{"address": a, "reason": r} for a, r in done.refused],
        "unread": [{"address": a, "reason": r} for a, r in done.unread],
        "missed": [{"address": a, "reason": r} for a, r in done.missed],
        "notes": done.notes,
    }


def _tell(reports: list[SourceReport], projected: projection.Report, took: float) -> None:
    totals = _totals(reports)
    for done in reports:
        for address, reason in done.refused:
            report(f"left out: {address}: {reason}")
        for address, reason in done.unread:
            report(f"page not had, its feed's text is kept: {address}: {reason}")
        for address, reason in done.missed:
            report(f"page looked at again, its article stays as it was: {address}: {reason}")
        for note in done.notes:
            report(f"{done.source.address}: {note}")
    report(
        f"{counted(totals['new'], 'new article')}, {totals['revised']:,} revised, "
        f"{totals['unchanged']:,} unchanged from {counted(len(reports), 'source')} "
        f"in {took:.1f} s."
    )
    if totals["completed"]:
        report(f"{counted(totals['completed'], 'teaser')} completed from the page.")
    if totals["looked_again"]:
        report(
            f"{counted(totals['looked_again'], 'page')} looked at again, "
            f"{totals['corrected']:,} changed."
        )
    if totals["failed"] or totals["still_failing"]:
        failing = totals["failed"] + totals["still_failing"]
        report(f"{counted(failing, 'failure')}, {totals['still_failing']:,} known before.")
    if projected.rebuilt in (projection.OLDER, projection.ANOTHER_WAY):
        complain(
            f"{projected.rebuilt}: was an older articles.db put here? What came in since is in no "
            "archive; the index was built anew from what there is"
        )
    elif projected.rebuilt and projected.applied:
        report(f"The index was built anew: {projected.rebuilt}.")


@click.command(short_help="Build the index anew.", epilog="Example: morgue reindex")
@json_option
@common
def reindex(as_json: bool) -> None:
    """Build the index anew from the store, beside the old one, and switch to it."""
    site = this_site()
    started = time.monotonic()
    with (
        site.open() as store,
        site.lock(site.settings.lock_timeout),
        progress(as_json) as show,
    ):
        store.compare_pending(show)
        applied = projection.rebuild(store, site.index, site.settings.language, show)
        topic_rules.catch_up(store, site.index, site.settings, show)
    took = time.monotonic() - started
    if as_json:
        print_json({"indexed": applied, "took_s": round(took, 3)})
    else:
        say(f"Indexed {counted(applied, 'article')} in {took:.1f} s.")


@click.command(
    short_help="Say what the archive holds, and what fails.",
    epilog="Example: morgue status --json",
)
@json_option
@common
def status(as_json: bool) -> None:
    """Say what the archive holds, how its sources are, and whether the index is up to date."""
    site = this_site()
    if not site.exists:
        if as_json:
            print_json({"site": str(site.folder), "exists": False})
        else:
            say(f"There is no archive in {site.folder} yet.")
            say("Begin one with `morgue add FEED-URL-OR-FOLDER` and `morgue update`.")
        return
    with site.open() as store:
        counts = store.counts()
        sources = store.sources()
        lag = projection.lag(store, site.index)
        why = projection.why_rebuild(store, site.index, site.settings.language)
        left = {way: store.frontier_total(way) for way in Way}
        pages = store.page_counts()
        resting = store.hosts_left_alone()
    failures = [failure for source in sources for failure in source.failures]
    retired = {source.address for source in sources if source.retired}
    checked = max((source.checked for source in sources if source.checked), default=None)
    if as_json:
        print_json(
            {
                "site": str(site.folder),
                "exists": True,
                "articles": counts.articles,
                "revisions": counts.revisions,
                "withdrawn": counts.withdrawn,
                "undated": counts.undated,
                "earliest": counts.earliest,
                "latest": counts.latest,
                "sources": len(sources),
                "failures": [
                    {"address": f.address, "reason": f.reason, "since": f.since} for f in failures
                ],
                "retired": sorted(retired),
                "paused": sorted(source.address for source in sources if source.paused),
                "updated": checked,
                "pages_left": {str(way): counts.waiting for way, counts in left.items()},
                "pages_not_allowed": {str(way): n.forbidden for way, n in left.items()},
                "pages_young": pages.young,
                "pages_gone": pages.gone,
                "resting": resting,
                "listings_left": left[Way.BACKFILL].listings,
                "index": {"lag": lag, "rebuild": why},
            }
        )
        return
    say(f"{counted(counts.articles, 'article')} in {site.folder}")
    if counts.earliest and counts.latest:
        say(f"    published from {counts.earliest[:10]} to {counts.latest[:10]}")
    say(
        f"    {counts.undated:,} undated, {counted(counts.revisions, 'revision')} kept in all, "
        f"{counts.withdrawn:,} withdrawn"
    )
    say(f"{counted(len(sources), 'source')}, last read {checked or 'never'}")
    for source in (source for source in sources if source.retired):
        say(
            f"    gone for good, retired since {source.retired}: {source.address}: "
            "not asked any more"
        )
    for source in (source for source in sources if source.paused):
        say(f"    paused since {source.paused}: {source.address}: not read until it is resumed")
    for failure in (failure for failure in failures if failure.address not in retired):
        address = redacted(failure.address)
        say(f"    failing since {failure.since}: {address}: {failure.reason}")
    if left[Way.UPDATE].waiting:
        some = counted(left[Way.UPDATE].waiting, "page")
        say(f"    {some} of teasers still to be visited by `morgue update`")
    if left[Way.UPDATE].forbidden:
        some = counted(left[Way.UPDATE].forbidden, "page")
        say(f"    {some} of teasers not allowed by robots.txt: their feeds' text is kept")
    for host, until in resting.items():
        say(f"    {host} asks to be left alone until {until}")
    if pages.young:
        some = counted(pages.young, "young page")
        say(f"    {some} to be looked at again by `morgue update`")
    if pages.gone:
        some = counted(pages.gone, "page")
        say(f"    {some} found gone when looked at again: the articles are kept")
    if left[Way.BACKFILL].waiting or left[Way.BACKFILL].listings:
        some = counted(left[Way.BACKFILL].waiting, "page")
        listings = counted(left[Way.BACKFILL].listings, "listing")
        say(f"    {some} and {listings} left: `morgue backfill` goes on")
    if location.current(site.index) is None:
        say("No index yet: `morgue update` builds it.")
    elif why:
        say(f"The index will be built anew by the next `morgue update`: {why}.")
    else:
        say(
            "The index is up to date."
            if not lag
            else f"The index lags by {counted(lag, 'change')}."
        )
