"""A feed's turn in an update: its answer read, what is new kept, its next turn planned."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from archive.errors import FetchError, StoreError
from archive.ingest import schedule
from archive.ingest.decide import Outcome
from archive.ingest.fetch import Answer, Fetcher
from archive.ingest.keep import Read, keep
from archive.ingest.readers.reading import Readers
from archive.ingest.report import SourceReport
from archive.source import Source
from archive.store import Store

if TYPE_CHECKING:
    from archive.ingest.feeds import Feed


@dataclass(frozen=True, slots=True)
class Brought:
    """What a feed's address answered, and the feed in it, unless nothing changed."""

    answer: Answer
    feed: "Feed | None"


def bring(fetcher: Fetcher, readers: Readers, source: Source) -> Brought | Exception:
    """Fetch and read in a thread; what goes wrong is handed back, for the pipeline to weigh."""
    try:
        answer = fetcher.get(source.address, etag=source.etag, last_modified=source.last_modified)
        if answer.body is None:
            return Brought(answer, None)
        return Brought(answer, readers.feed(answer.body, answer.url, answer.content_type))
    except Exception as error:
        return error


def size(brought: Brought | Exception) -> int:
    """The bytes that were brought."""
    return len(brought.answer.body or b"") if isinstance(brought, Brought) else 0


def unchanged(
    store: Store, answered: Sequence[tuple[Source, Answer]], started: datetime
) -> list[SourceReport]:
    """Note of all these feeds, in one transaction, that they are as they were."""
    reports = []
    with store.transaction():
        for source, answer in answered:
            plan = schedule.after_answer(source, started, answer.fresh)
            store.record_unchanged(source.id, answer.etag, answer.last_modified)
            store.schedule(source.id, plan)
            report = SourceReport(source)
            report.outcomes[Outcome.UNCHANGED] = source.articles
            reports.append(report)
    return reports


def run(
    store: Store, source: Source, brought: Brought | Exception, today: date, started: datetime
) -> SourceReport:
    """Keep what is new or changed in the feed that was *brought*; plan when to ask it again.

    *started* is when the whole run did. Raises what went wrong with the feed as a whole.
    """
    try:
        if isinstance(brought, Exception):
            raise brought
        if brought.feed is None:
            return unchanged(store, [(source, brought.answer)], started)[0]
        return _kept(store, source, brought.answer, brought.feed, today, started)
    except StoreError:
        raise
    except Exception as error:
        plan = schedule.after_failure(source, store.now(), error)
        store.schedule(source.id, plan)
        if plan.retired and isinstance(error, FetchError):
            told = f"{error.reason}: retired, not asked any more"
            raise FetchError(told, error.where, status=error.status, gone=True) from error
        raise


def _kept(
    store: Store, source: Source, answer: Answer, feed: "Feed", today: date, started: datetime
) -> SourceReport:
    report = SourceReport(source)
    period = feed.ttl * 60 if feed.ttl else None
    report.refused.extend(feed.refused)
    known = store.items(source.id)
    changed = []
    for entry in feed.entries:
        if entry.key in known and known[entry.key].stamp == entry.stamp:
            report.outcomes[Outcome.UNCHANGED] += 1
        else:
            changed.append(Read(entry.item, entry.stamp))
    with store.transaction():
        titled = replace(source, title=feed.title)
        keep(store, titled, changed, known, today, report)
        store.record_success(
            source.id,
            title=feed.title,
            etag=answer.etag,
            last_modified=answer.last_modified,
            period=period,
        )
        store.record_failures(source.id, [*report.refused, *report.failures])
        dated = replace(source, period=period)
        store.schedule(source.id, schedule.after_answer(dated, started, answer.fresh))
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
