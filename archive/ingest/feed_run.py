"""A feed's turn in an update: fetched, read, and its new or changed entries kept."""

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

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


def run(store: Store, source: Source, brought: Brought | Exception, today: date) -> SourceReport:
    """Keep what is new or changed in the feed that was *brought*. Raises what went wrong."""
    if isinstance(brought, Exception):
        raise brought
    answer, feed = brought.answer, brought.feed
    report = SourceReport(source)
    if feed is None:
        report.outcomes[Outcome.UNCHANGED] = source.articles
        still = [(f.address, f.reason) for f in source.failures if f.address != source.address]
        store.record_success(source.id, etag=answer.etag, last_modified=answer.last_modified)
        store.record_failures(source.id, still)
        return report
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
            source.id, title=feed.title, etag=answer.etag, last_modified=answer.last_modified
        )
        store.record_failures(source.id, [*report.refused, *report.failures])
    return report
