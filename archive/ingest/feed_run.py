"""A feed's turn in an update: fetched, read, and its new or changed entries kept."""

from dataclasses import replace
from datetime import date

from archive.ingest import feeds
from archive.ingest.decide import Outcome
from archive.ingest.fetch import Answer, Fetcher
from archive.ingest.keep import Read, keep
from archive.ingest.report import SourceReport
from archive.ingest.topics import vocabulary
from archive.ingest.topics.inference import Infer
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
    infer: Infer = vocabulary.infer,
) -> SourceReport:
    """Keep what is new or changed in the feed that *answer* brought. Raises what it holds."""
    if isinstance(answer, Exception):
        raise answer
    report = SourceReport(source)
    if answer.body is None:
        report.outcomes[Outcome.UNCHANGED] = source.articles
        still = [(f.address, f.reason) for f in source.failures if f.address != source.address]
        store.record_success(source.id, etag=answer.etag, last_modified=answer.last_modified)
        store.record_failures(source.id, still)
        return report
    feed = feeds.read(answer.body, answer.url, answer.content_type)
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
        keep(store, titled, changed, known, today, report, infer)
        store.record_success(
            source.id, title=feed.title, etag=answer.etag, last_modified=answer.last_modified
        )
        store.record_failures(source.id, [*report.refused, *report.failures])
    return report
