"""The pipeline: every source read, every article decided upon and kept.

One bad feed, entry or file is noted and never stops the rest. Articles are
written in batches, each with what the store remembers of their entries or
files in one transaction, so that a run which is cut off only repeats work.
"""

import logging
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path

from archive.errors import FormatError, IngestError, MorgueError
from archive.identity import digest
from archive.ingest import feeds, files
from archive.ingest.compose import compose
from archive.ingest.decide import Outcome, decide
from archive.ingest.fetch import Answer, Fetcher
from archive.ingest.item import Item
from archive.progress import Progress
from archive.source import Kind, Source
from archive.store import Store
from archive.store_sources import KnownItem

_BATCH = 200
_BATCH_BYTES = 32 * 1024 * 1024
_MOST_REFUSED = 50
_log = logging.getLogger(__name__)


@dataclass
class SourceReport:
    """How one source went.

    *failures* are (address, reason) of a feed or of files that could not be
    read; *refused* likewise of single entries in a feed that is otherwise well;
    *still_failing* of files that an earlier run told of and that are as they were.
    """

    source: Source
    outcomes: dict[Outcome, int] = field(default_factory=lambda: dict.fromkeys(Outcome, 0))
    failures: list[tuple[str, str]] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    still_failing: list[tuple[str, str]] = field(default_factory=list)

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
    columns: Mapping[str, str] | None = None,
) -> Iterator[SourceReport]:
    """Read *sources* into *store*; yield a report as each is done, feeds first.

    Feeds are fetched side by side. *today* bounds which dates are believable.
    *columns* are the user's names of columns in tables: field → column.
    """
    feed_sources = [source for source in sources if source.kind is Kind.FEED]
    with ThreadPoolExecutor(max_workers=concurrency, thread_name_prefix="fetch") as pool:
        answers = pool.map(lambda source: _fetch(fetcher, source), feed_sources)
        for done, (source, answer) in enumerate(zip(feed_sources, answers, strict=True), start=1):
            yield _guarded(source, store, lambda s=source, a=answer: _feed(store, s, a, today))  # type: ignore[misc]
            progress("feeds", done, len(feed_sources))
    for source in sources:
        if source.kind is not Kind.FEED:
            work = partial(_files, store, source, today, progress, columns or {})
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
        store.record_failures(source.id, [*report.refused, *report.failures])
    return report


def _titled(source: Source, title: str | None) -> Source:
    """The source as it will be once its title is kept."""
    return Source(source.id, source.kind, source.address, source.name, title, source.topics)


def _files(
    store: Store,
    source: Source,
    today: date,
    progress: Progress,
    columns: Mapping[str, str],
) -> SourceReport:
    root = Path(source.address)
    if not root.exists():
        raise IngestError("is not there any more", source.address)
    report = SourceReport(source)
    known = store.items(source.id)

    def note(address: str, reason: str) -> None:
        report.failures.append((address, reason))

    found = list(files.walk(root, note))
    keys = {f.key for f in found}
    # What could not be read is tried again when it changes, and told of once.
    failed = {_file_of(f.address, keys): f.stamp for f in source.failures if f.stamp}
    changed, same = [], set()
    for one in found:
        stamp = known[one.key].stamp if one.key in known else failed.get(one.key)
        if stamp == one.stamp:
            same.add(one.key)
        else:
            changed.append(one)
    report.outcomes[Outcome.UNCHANGED] = _articles_in(same & known.keys(), known)
    still = [f for f in source.failures if f.stamp and _file_of(f.address, same)]
    report.still_failing = [(f.address, f.reason) for f in still]
    stamps = {f.address: f.stamp for f in still if f.stamp}
    batch: list[_Read] = []

    def keep() -> None:
        with store.transaction():
            _keep(store, source, batch, known, today, report)
        batch.clear()

    def refuse(one: files.Found, error: IngestError) -> None:
        where = error.where or one.key
        note(where, error.reason)
        # What keeps a file from being opened may pass without a change of the file.
        if isinstance(error, FormatError):
            stamps[where] = one.stamp

    for done, one in enumerate(changed, start=1):
        held = None
        for item in _items(one, columns, refuse):
            if item.key == one.key:
                batch.append(_Read(item, one.stamp))
            else:
                held, stamp = item.key, _stamp(item)
                if item.key in known and known[item.key].stamp == stamp:
                    report.outcomes[Outcome.UNCHANGED] += 1
                    continue
                batch.append(_Read(item, stamp))
            if len(batch) >= _BATCH or sum(len(r.item.original) for r in batch) >= _BATCH_BYTES:
                keep()
        if held is not None:
            # A container has a row of its own, written once all that is in it has been kept.
            keep()
            if held in known:
                store.remember_item(source.id, one.key, one.stamp, known[held].article_id)
        progress(source.label, done, len(changed))
    keep()
    store.record_success(source.id)
    store.record_failures(source.id, [*report.still_failing, *report.failures], stamps)
    return report


def _items(
    one: files.Found,
    columns: Mapping[str, str],
    refuse: Callable[[files.Found, IngestError], None],
) -> Iterator[Item]:
    """Yield the articles in a file; what cannot be read is refused, of many records the first."""
    refused = 0
    try:
        for found in files.read(one.path, columns):
            if isinstance(found, Item):
                yield found
                continue
            refused += 1
            if refused <= _MOST_REFUSED:
                refuse(one, found)
    except IngestError as error:
        refuse(one, error)
    if refused > _MOST_REFUSED:
        more = f"{refused - _MOST_REFUSED:,} more could not be read"
        refuse(one, FormatError(more, f"{one.key} records"))


def _stamp(item: Item) -> str:
    """What changes when an article in a container does."""
    claims = [(c.field, c.value, c.origin) for c in item.claims]
    return digest(repr((item.url, item.text, claims)).encode("utf-8", "replace"))


def _file_of(address: str, keys: Container[str]) -> str | None:
    """Return the file among *keys* that is, or holds, the article or record at *address*."""
    if address in keys:
        return address
    ends = (end for end, letter in enumerate(address) if letter in "! ")
    return next((address[:end] for end in ends if address[:end] in keys), None)


def _articles_in(keys: set[str], known: dict[str, KnownItem]) -> int:
    """Return how many articles lie in these files, one or many in each."""
    inside = [_file_of(key, keys) for key in known if key not in keys]
    holders = set(inside) - {None}
    return len(keys) - len(holders) + sum(1 for file in inside if file)


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
        try:
            article = compose(one.item, source, today, url)
        except Exception as error:
            # As in _guarded, for one article: nothing of it has been written yet.
            _log.debug("defect in %s", one.item.key, exc_info=True)
            reason = f"could not be read ({type(error).__name__}: {error})"
            report.failures.append((one.item.key, reason))
            continue
        outcome = decide(article, present, source.id)
        if present is not None and present.source_id is None:
            store.adopt(article.id, source.id)
        if outcome is Outcome.RELABELLED:
            store.relabel(article)
        elif outcome in (Outcome.NEW, Outcome.REVISED):
            store.put(
                article,
                source_id=source.id,
                media_type=one.item.media_type,
                original=one.item.original,
            )
        store.remember_item(source.id, one.item.key, one.stamp, article.id)
        known[one.item.key] = KnownItem(one.stamp, article.id)
        report.outcomes[outcome] += 1
