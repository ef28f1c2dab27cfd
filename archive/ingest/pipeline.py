"""The pipeline: every source read, every article decided upon and kept.

One bad feed, entry or file is noted and never stops the rest. Articles are
written in batches, each with what the store remembers of their entries or
files in one transaction, so that a run which is cut off only repeats work.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from pathlib import Path

from archive.errors import IngestError, MorgueError
from archive.ingest import feeds, files
from archive.ingest.compose import compose
from archive.ingest.decide import Outcome, decide
from archive.ingest.fetch import Answer, Fetcher
from archive.ingest.item import Item
from archive.source import Kind, Source
from archive.store import Store
from archive.store_sources import KnownItem

_BATCH = 200
_log = logging.getLogger(__name__)

Progress = Callable[[str, int, int], None]
"""Called with what is being read, how much of it is done, and of how much."""


@dataclass
class SourceReport:
    """How one source went.

    *failures* are (address, reason) of a feed or of files that could not be
    read; *refused* likewise of single entries in a feed that is otherwise well.
    """

    source: Source
    outcomes: dict[Outcome, int] = field(default_factory=lambda: dict.fromkeys(Outcome, 0))
    failures: list[tuple[str, str]] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether all of the source could be read."""
        return not self.failures


@dataclass(frozen=True, slots=True)
class _Read:
    """An entry or file that was read and is ready to be kept."""

    item: Item
    stamp: str


def update(
    store: Store,
    sources: Sequence[Source],
    fetcher: Fetcher,
    today: date,
    *,
    concurrency: int = 8,
    progress: Progress = lambda _label, _done, _total: None,
) -> Iterator[SourceReport]:
    """Read *sources* into *store*; yield a report as each is done, feeds first.

    Feeds are fetched side by side. *today* bounds which dates are believable.
    """
    feed_sources = [source for source in sources if source.kind is Kind.FEED]
    with ThreadPoolExecutor(max_workers=concurrency, thread_name_prefix="fetch") as pool:
        answers = pool.map(lambda source: _fetch(fetcher, source), feed_sources)
        for done, (source, answer) in enumerate(zip(feed_sources, answers, strict=True), start=1):
            yield _guarded(source, store, lambda s=source, a=answer: _feed(store, s, a, today))  # type: ignore[misc]
            progress("feeds", done, len(feed_sources))
    for source in sources:
        if source.kind is not Kind.FEED:
            yield _guarded(source, store, lambda s=source: _files(store, s, today, progress))  # type: ignore[misc]


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


def _fetch(fetcher: Fetcher, source: Source) -> Answer | Exception:
    """Fetch in a thread; what goes wrong is handed back, for `_guarded` to weigh."""
    try:
        return fetcher.get(source.address, etag=source.etag, last_modified=source.last_modified)
    except Exception as error:
        return error


def _feed(store: Store, source: Source, answer: Answer | Exception, today: date) -> SourceReport:
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
            changed.append(_Read(entry.item, entry.stamp))
    with store.transaction():
        titled = _titled(source, feed.title)
        _keep(store, titled, changed, known, today, report)
        store.record_success(
            source.id, title=feed.title, etag=answer.etag, last_modified=answer.last_modified
        )
        store.record_failures(source.id, report.refused)
    return report


def _titled(source: Source, title: str | None) -> Source:
    """The source as it will be once its title is kept."""
    return Source(source.id, source.kind, source.address, source.name, title, source.topics)


def _files(store: Store, source: Source, today: date, progress: Progress) -> SourceReport:
    root = Path(source.address)
    if not root.exists():
        raise IngestError("is not there any more", source.address)
    report = SourceReport(source)
    known = store.items(source.id)

    def note(address: str, reason: str) -> None:
        report.failures.append((address, reason))

    found = list(files.walk(root, note))
    changed = [f for f in found if f.key not in known or known[f.key].stamp != f.stamp]
    report.outcomes[Outcome.UNCHANGED] = len(found) - len(changed)
    done = 0
    for batch in _batches(changed, _BATCH):
        read = []
        for one in batch:
            try:
                read.append(_Read(files.read(one.path), one.stamp))
            except IngestError as error:
                note(error.where or one.key, error.reason)
            except Exception as error:
                # As in _guarded, for one file.
                _log.debug("defect while reading %s", one.path, exc_info=True)
                note(one.key, f"could not be read ({type(error).__name__}: {error})")
        with store.transaction():
            _keep(store, source, read, known, today, report)
        done += len(batch)
        progress(source.label, done, len(changed))
    store.record_success(source.id)
    store.record_failures(source.id, report.failures)
    return report


def _batches(found: Sequence[files.Found], size: int) -> Iterator[list[files.Found]]:
    iterator = iter(found)
    while batch := list(islice(iterator, size)):
        yield batch


def _keep(
    store: Store,
    source: Source,
    read: Iterable[_Read],
    known: dict[str, KnownItem],
    today: date,
    report: SourceReport,
) -> None:
    """Decide upon and keep what was *read*; note the outcomes in *report*."""
    for one in read:
        before = known.get(one.item.key)
        present = store.kept(before.article_id) if before else store.by_url(one.item.url)
        url = present.article.url if present else one.item.url
        article = compose(one.item, source, today, url)
        outcome = decide(article, present, source.id)
        if outcome in (Outcome.NEW, Outcome.REVISED):
            store.put(
                article,
                source_id=source.id,
                media_type=one.item.media_type,
                original=one.item.original,
            )
        store.remember_item(source.id, one.item.key, one.stamp, article.id)
        report.outcomes[outcome] += 1
