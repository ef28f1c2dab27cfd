"""A feed's turn in an update: its answer read, what is new kept, its next turn planned."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from archive.errors import FetchError, StoreError
from archive.ingest import page_run, schedule
from archive.ingest.decide import Outcome
from archive.ingest.fetch import Answer, Fetcher
from archive.ingest.keep import Read, keep
from archive.ingest.report import SourceReport
from archive.ingest.run import Run
from archive.source import Source
from archive.store import Store

if TYPE_CHECKING:
    from archive.ingest.feeds import Feed

_MOST_REFUSED = 50
MOST_CHANGED = 1000
"""Entries that one run keeps of one feed; of a longer one the rest comes with the next runs."""


@dataclass(frozen=True, slots=True)
class Brought:
    """What a feed's address answered, and the feed in it, unless nothing changed."""

    answer: Answer
    feed: "Feed | None"


def bring(fetcher: Fetcher, this: Run, source: Source) -> Brought | Exception:
    """Fetch and read in a thread; what goes wrong is handed back, for the pipeline to weigh.

    The first time that a feed is read all its entries are new, and are composed where
    they are read. Later most are known.
    """
    try:
        answer = fetcher.get(
            source.address,
            etag=source.etag,
            last_modified=source.last_modified,
            meant=source.address,
        )
        if answer.body is None:
            return Brought(answer, None)
        first = not source.articles and this.composes_where_it_reads
        composer = this.composer(source) if first else None
        read = this.readers.feed
        return Brought(answer, read(answer.body, answer.url, answer.content_type, composer))
    except Exception as error:
        return error


def size(brought: Brought | Exception) -> int:
    """The bytes that an answer holds."""
    return len(brought.answer.body or b"") if isinstance(brought, Brought) else 0


def unchanged(
    store: Store, answered: Sequence[tuple[Source, Answer]], started: datetime
) -> list[SourceReport]:
    """Note of all these feeds, in one transaction, that they are as they were."""
    reports = []
    with store.transaction():
        for source, answer in answered:
            plan = schedule.after_answer(source, min(started, store.now()), answer.fresh)
            store.record_unchanged(source.id, answer.etag, answer.last_modified)
            store.schedule(source.id, plan)
            report = SourceReport(source)
            report.outcomes[Outcome.UNCHANGED] = source.articles
            reports.append(report)
    return reports


def run(
    store: Store,
    source: Source,
    brought: Brought | Exception,
    this: Run,
    started: datetime,
    *,
    follows: bool = False,
) -> SourceReport:
    """Keep what is new or changed in the feed that was *brought*; plan when to ask it again.

    *started* is when the whole run did. Where it *follows*, teasers wait in the
    store's frontier for their pages to be visited. Raises what went wrong.
    """
    try:
        if isinstance(brought, Exception):
            raise brought
        return _kept(store, source, brought, this, started, follows)
    except StoreError:
        raise
    except Exception as error:
        plan = schedule.after_failure(source, store.now(), error)
        store.schedule(source.id, plan)
        if plan.retired and isinstance(error, FetchError):
            raise FetchError(
                f"{error.reason}: retired, not asked any more", error.where
            ) from error
        raise


def _kept(
    store: Store,
    source: Source,
    brought: Brought,
    this: Run,
    started: datetime,
    follows: bool,
) -> SourceReport:
    answer, feed = brought.answer, brought.feed
    report = SourceReport(source)
    if feed is None:
        raise FetchError("answered that nothing changed, where something was expected", answer.url)
    period = feed.ttl * 60 if feed.ttl else None
    report.refused.extend(feed.refused[:_MOST_REFUSED])
    if len(feed.refused) > _MOST_REFUSED:
        more = len(feed.refused) - _MOST_REFUSED
        report.refused.append((f"{source.address} entries", f"{more:,} more could not be read"))
    known = store.items(source.id)
    changed = []
    for entry in feed.entries:
        if entry.key in known and known[entry.key].stamp == entry.stamp:
            report.outcomes[Outcome.UNCHANGED] += 1
        else:
            changed.append(entry)
    later = len(changed) - MOST_CHANGED
    if later > 0:
        del changed[MOST_CHANGED:]
        report.notes.append(f"{later:,} more of its entries come with the next updates")
        # Without validators it answers in full, whether it changed or not.
        answer = replace(answer, etag=None, last_modified=None)
    with store.transaction():
        titled = replace(source, title=feed.title)
        if follows:
            changed = page_run.set_aside(store, titled, feed.entries, changed, known)
        reads = [Read(e.item, e.stamp, e.article) for e in changed]
        keep(store, titled, reads, known, this, report, {e.key for e in feed.entries})
        store.record_success(
            source.id,
            title=feed.title,
            etag=answer.etag,
            last_modified=answer.last_modified,
            period=period,
            skips=feed.skips,
        )
        store.record_failures(source.id, [*report.refused, *report.failures])
        dated = replace(source, period=period, skips=feed.skips)
        began = min(started, store.now())
        store.schedule(source.id, schedule.after_answer(dated, began, answer.fresh))
        if answer.moved and answer.moved != source.address:
            report.notes.append(_moved(store, source, answer.moved))
    return report


def _moved(store: Store, source: Source, target: str) -> str:
    """Remember where a feed went for good, now that it proved to be there; say what was done."""
    if store.move_source(source.id, target):
        return f"moved for good to {target}, and is asked there from now on"
    return (
        f"moved for good to {target}, which is a source of its own: "
        f"`morgue sources remove {source.address}` keeps it from being read twice"
    )
