"""A folder's or file's turn in an update: walked, read, and what is new or changed kept."""

from collections.abc import Callable, Container, Iterator
from contextlib import closing
from dataclasses import replace
from functools import cache
from pathlib import Path

from archive.errors import FormatError, IngestError
from archive.identity import digest
from archive.ingest import files
from archive.ingest.compose import Composed, Composer
from archive.ingest.decide import Outcome
from archive.ingest.folders import Folders
from archive.ingest.formats.inputs import Found
from archive.ingest.item import Item
from archive.ingest.keep import Read, keep
from archive.ingest.readers.reading import not_composed
from archive.ingest.report import SourceReport
from archive.ingest.run import Run
from archive.progress import Progress
from archive.source import Source
from archive.store import Store
from archive.store.sources import KnownItem

_BATCH = 200
_BATCH_BYTES = 32 * 1024 * 1024
_MOST_REFUSED = 50


def run(
    store: Store,
    source: Source,
    this: Run,
    progress: Progress,
) -> SourceReport:
    """Keep what is new or changed in a folder or file. Raises IngestError when it is gone."""
    root = Path(source.address)
    if not root.exists():
        raise IngestError("is not there any more", source.address)
    report = SourceReport(source)
    known = store.items(source.id)

    def note(address: str, reason: str) -> None:
        report.failures.append((address, reason))

    told = {(failure.address, failure.reason) for failure in source.failures}

    def note_settings(address: str, reason: str) -> None:
        known_before = (address, reason) in told
        (report.still_failing if known_before else report.failures).append((address, reason))

    folders = Folders(root, note_settings)
    walked = [_stamped(found, folders) for found in files.walk(root, note)]
    keys = {f.key for f in walked}
    # What could not be read is tried again when it changes, and told of once.
    failed = {_file_of(f.address, keys): f.stamp for f in source.failures if f.stamp}
    changed, same = [], set()
    for one in walked:
        stamp = known[one.key].stamp if one.key in known else failed.get(one.key)
        if stamp == one.stamp:
            same.add(one.key)
        else:
            changed.append(one)
    report.outcomes[Outcome.UNCHANGED] = _articles_in(same & known.keys(), known)
    still = [f for f in source.failures if f.stamp and _file_of(f.address, same)]
    report.still_failing += [(f.address, f.reason) for f in still]
    stamps = {f.address: f.stamp for f in still if f.stamp}
    batch: list[Read] = []
    batch_bytes = 0

    def write() -> None:
        nonlocal batch_bytes
        with store.transaction():
            keep(store, source, batch, known, this, report, keys)
        batch.clear()
        batch_bytes = 0

    def refuse(one: files.Found, error: IngestError) -> None:
        where = error.where or one.key
        note(where, error.reason)
        # What keeps a file from being opened may pass without a change of the file.
        if isinstance(error, FormatError):
            stamps[where] = one.stamp

    @cache
    def composer_in(folder: Path) -> Composer:
        return this.composer(source, folders.of(folder).claims())

    def composer_of(path: Path) -> Composer:
        return composer_in(path.parent)

    paths = (one.path for one in changed)
    there = composer_of if this.composes_where_it_reads else not_composed
    # Closed also when the run is cut off, so that nothing goes on reading ahead.
    with closing(this.readers.files(paths, this.columns, there)) as every:
        for done, (one, found) in enumerate(zip(changed, every, strict=True), start=1):
            held = None
            composer = composer_of(one.path)
            for each in _items(one, found, refuse):
                if isinstance(each, Composed):
                    item, article = each.item, each.article
                else:
                    item, article = composer.completed(each), None
                if item.key == one.key:
                    batch.append(Read(item, one.stamp, article))
                else:
                    held, stamp = item.key, _stamp(item)
                    if item.key in known and known[item.key].stamp == stamp:
                        report.outcomes[Outcome.UNCHANGED] += 1
                        continue
                    batch.append(Read(item, stamp))
                batch_bytes += len(item.original)
                if len(batch) >= _BATCH or batch_bytes >= _BATCH_BYTES:
                    write()
            if held is not None:
                # A container has a row of its own, written once all that is in it has been kept.
                write()
                if held in known:
                    store.remember_item(source.id, one.key, one.stamp, known[held].article_id)
            progress(source.label, done, len(changed))
    write()
    store.record_success(source.id)
    store.record_failures(source.id, [*report.still_failing, *report.failures], stamps)
    return report


def _stamped(found: files.Found, folders: Folders) -> files.Found:
    """The file, read again also when what its folder says changes."""
    stamp = folders.of(found.path.parent).stamp
    return replace(found, stamp=f"{found.stamp}:{stamp}") if stamp else found


def _items(
    one: files.Found,
    found: Iterator[Found | Composed],
    refuse: Callable[[files.Found, IngestError], None],
) -> Iterator[Item | Composed]:
    """Yield the articles in a file; what cannot be read is refused, of many records the first."""
    refused = 0
    try:
        for each in found:
            if isinstance(each, Item | Composed):
                yield each
                continue
            refused += 1
            if refused <= _MOST_REFUSED:
                refuse(one, each)
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
