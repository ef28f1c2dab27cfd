"""A feed's turn in an update: fetched, read, and its new or changed entries kept."""

from dataclasses import replace
from datetime import date

from archive.ingest import feeds, page_run
from archive.ingest.decide import Outcome
from archive.ingest.fetch import Answer, Fetcher
from archive.ingest.keep import Read, keep
from archive.ingest.report import SourceReport
from archive.source import Source
from archive.store import Store


def fetch(fetcher: Fetcher, source: Source) -> Answer | Exception:
    """Fetch in a thread; what goes wrong is handed back, for the pipeline to weigh."""
    try:
        return fetcher.get(source.address, etag=source.etag, last_modified=source.last_modified)
    except Exception as error:
        return error


def run(
    store: Store,
    source: Source,
    answer: Answer | Exception,
    today: date,
    *,
    follows: bool = False,
) -> SourceReport:
    """Keep what is new or changed in the feed that *answer* brought. Raises what it holds.

    Where it *follows*, teasers wait in the store's frontier for their pages to be visited.
    """
    if isinstance(answer, Exception):
        raise answer
    report = SourceReport(source)
    if answer.body is None:
        report.outcomes[Outcome.UNCHANGED] = source.articles
        still = [(f.address, f.reason) for f in source.failures if f.address != source.address]
        store.record_success(source.id, etag=answer.etag, last_modified=answer.last_modified)
        store.record_failures(source.id, still)
        return report
    feed = read(answer)
    report.refused.extend(feed.refused)
    known = store.items(source.id)
    changed = []
    for entry in feed.entries:
        if entry.key in known and known[entry.key].stamp == entry.stamp:
            report.outcomes[Outcome.UNCHANGED] += 1
        else:
            changed.append(entry)
    with store.transaction():
        titled = replace(source, title=feed.title)
        if follows:
            changed = page_run.set_aside(store, titled, feed.entries, changed, known)
        keep(store, titled, [Read(e.item, e.stamp) for e in changed], known, today, report)
        store.record_success(
            source.id, title=feed.title, etag=answer.etag, last_modified=answer.last_modified
        )
        store.record_failures(source.id, [*report.refused, *report.failures])
    return report


def read(answer: Answer) -> feeds.Feed:
    """Read the feed that was answered. Raises FormatError for what is none."""
    return feeds.read(answer.body or b"", answer.url, answer.content_type)
