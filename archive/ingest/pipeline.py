"""The pipeline: every source read, every article decided upon and kept.

One bad feed, entry or file is noted and never stops the rest. Articles are
written in batches, each with what the store remembers of their entries or
files in one transaction, so that a run which is cut off only repeats work.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from itertools import groupby, islice

from archive.errors import IngestError, MorgueError, unforeseen
from archive.ingest import feed_run, file_run, page_run, revisits
from archive.ingest.feed_run import Brought
from archive.ingest.fetch import Fetcher
from archive.ingest.polling import poll
from archive.ingest.readers.reading import Here, Readers
from archive.ingest.report import SourceReport
from archive.ingest.run import Run
from archive.ingest.topics import vocabulary
from archive.ingest.topics.inference import Infer
from archive.ingest.visit import Visitor
from archive.progress import Progress
from archive.source import Kind, Source
from archive.store import Store
from archive.store.frontier import Wanted, Way
from archive.store.pages import SeenPage

_log = logging.getLogger(__name__)
_BATCH = 100


def update(
    store: Store,
    sources: Sequence[Source],
    fetcher: Fetcher,
    today: date,
    *,
    concurrency: int = 8,
    per_host: int = 2,
    progress: Progress = lambda _label, _done, _total: None,
    columns: Mapping[str, str] | None = None,
    visitor: Visitor | None = None,
    most_pages: int = 50,
    wish: revisits.Wish = revisits.USUAL,
    retired: Sequence[Source] = (),
    infer: Infer = vocabulary.infer,
    readers: Readers | None = None,
) -> Iterator[SourceReport]:
    """Read *sources* into *store*; yield a report as each is done, feeds first.

    Feeds are fetched side by side, *concurrency* at a time, *per_host* from one
    host; those that are as they were are noted many at a time. *today* bounds
    which dates are believable. The pages that teasers lead to are visited by
    *visitor*, after all feeds are read, at most *most_pages* of each source; without
    one, teasers are kept as they are. Then young pages are looked at again, by *wish*.
    Feeds that are *retired* are not asked, but pages of theirs that wait are visited.
    *columns* are the user's names of columns in tables: field → column. *infer*
    suggests topics where a source names none. *readers* read what was
    fetched and found; without any that is done in this process.
    """
    this = Run(today, readers or Here(), infer, columns or {})
    started = store.now()
    feed_sources = [source for source in sources if source.kind is Kind.FEED]
    follows = visitor is not None
    choice = revisits.Choice(store, wish)
    waiting = store.sources_with_pages(Way.UPDATE) | choice.sources if follows else set()
    held: dict[int, SourceReport] = {}
    chosen: list[Wanted] = []
    again: list[SeenPage] = []

    def hold(report: SourceReport) -> bool:
        """Choose the source's pages, if any; its report then waits for them."""
        rows = page_run.choose(store, report, most_pages, this)
        pages = choice.of(report.source)
        if rows or pages:
            held[report.source.id] = report
            chosen.extend(rows)
            again.extend(pages)
        return bool(rows or pages)

    done = 0
    polled = poll(
        partial(feed_run.bring, fetcher, this),
        feed_sources,
        concurrency=concurrency,
        per_host=per_host,
        size=feed_run.size,
    )
    for quiet, answers in groupby(polled, key=lambda answered: _is_unchanged(answered[1])):
        while batch := list(islice(answers, _BATCH if quiet else 1)):
            done += len(batch)
            if quiet:
                same = [
                    (s, brought.answer) for s, brought in batch if isinstance(brought, Brought)
                ]
                for report in feed_run.unchanged(store, same, started):
                    if report.source.id not in waiting or not hold(report):
                        yield report
            else:
                ((source, brought),) = batch
                run = partial(feed_run.run, follows=follows)
                work = partial(run, store, source, brought, this, started)
                report = _guarded(source, store, work)
                if not follows or not hold(report):
                    yield report
            progress("feeds", done, len(feed_sources))
    if visitor is not None:
        for report in (SourceReport(source) for source in retired if source.id in waiting):
            if not hold(report):
                yield report
        looked_at = {page.source_id for page in again}
        for report in page_run.follow(store, visitor, chosen, held, this, progress):
            if report.source.id not in looked_at:
                yield report
        yield from revisits.follow(store, visitor, again, held, this, progress)
    for source in sources:
        if source.kind is not Kind.FEED:
            work = partial(file_run.run, store, source, this, progress)
            yield _guarded(source, store, work)


def _is_unchanged(brought: Brought | Exception) -> bool:
    return isinstance(brought, Brought) and brought.feed is None


def _guarded(source: Source, store: Store, work: Callable[[], SourceReport]) -> SourceReport:
    """Run *work*; what goes wrong with this source alone becomes its report."""
    try:
        return work()
    except IngestError as error:
        failure = (error.where or source.address, error.reason)
    except MorgueError:
        raise
    except Exception as error:
        # Third-party parsers meet hostile input here; a defect in one must not stop the run.
        _log.debug("defect while reading %s", source.address, exc_info=True)
        failure = (source.address, unforeseen(error))
    store.record_failures(source.id, [failure])
    return SourceReport(source, failures=[failure])
