"""The pipeline: every source read, every article decided upon and kept.

One bad feed, entry or file is noted and never stops the rest. Articles are
written in batches, each with what the store remembers of their entries or
files in one transaction, so that a run which is cut off only repeats work.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import partial

from archive.errors import IngestError, MorgueError
from archive.ingest import feed_run, file_run
from archive.ingest.fetch import Fetcher
from archive.ingest.readers.reading import Here, Readers
from archive.ingest.report import SourceReport
from archive.progress import Progress
from archive.source import Kind, Source
from archive.store import Store

_log = logging.getLogger(__name__)


def update(
    store: Store,
    sources: Sequence[Source],
    fetcher: Fetcher,
    today: date,
    *,
    concurrency: int = 8,
    progress: Progress = lambda _label, _done, _total: None,
    columns: Mapping[str, str] | None = None,
    readers: Readers | None = None,
) -> Iterator[SourceReport]:
    """Read *sources* into *store*; yield a report as each is done, feeds first.

    Feeds are fetched side by side. *today* bounds which dates are believable.
    *columns* are the user's names of columns in tables: field → column. *readers*
    read what was fetched and found; without any that is done in this process.
    """
    readers = readers or Here()
    feed_sources = [source for source in sources if source.kind is Kind.FEED]
    with ThreadPoolExecutor(max_workers=concurrency, thread_name_prefix="fetch") as pool:
        answers = pool.map(lambda source: feed_run.bring(fetcher, readers, source), feed_sources)
        for done, (source, answer) in enumerate(zip(feed_sources, answers, strict=True), start=1):
            work = partial(feed_run.run, store, source, answer, today)
            yield _guarded(source, store, work)
            progress("feeds", done, len(feed_sources))
    for source in sources:
        if source.kind is not Kind.FEED:
            work = partial(file_run.run, store, source, today, progress, columns or {}, readers)
            yield _guarded(source, store, work)


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
        failure = (source.address, f"could not be read ({type(error).__name__}: {error})")
    store.record_failures(source.id, [failure])
    return SourceReport(source, failures=[failure])
