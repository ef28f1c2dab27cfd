"""A backfill's run: listings are read as pages are needed, pages visited, the newest first.

Whatever is done is noted in the store at once, so that a run that is cut off, or
had as many pages as it was allowed, is gone on with where it ended.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date

from archive.article import Article
from archive.ingest import page_run
from archive.ingest.backfill.bounds import Bounds, day_in
from archive.ingest.backfill.listings import Found, Listings, page, roots
from archive.ingest.report import SourceReport
from archive.ingest.run import Run
from archive.ingest.visit import Visitor
from archive.progress import Progress
from archive.source import Source
from archive.store import Store
from archive.store_frontier import FROM_LIST, BackfillState, Sort, Wanted, Way

_BATCH = 100


def begin(store: Store, source: Source, visitor: Visitor, bounds: Bounds) -> None:
    """Begin the backfill of *source* within *bounds*, from the start."""
    after = bounds.after.isoformat() if bounds.after else None
    before = bounds.before.isoformat() if bounds.before else None
    store.begin_backfill(source.id, roots(source, visitor), after, before)


def add_list(
    store: Store, source: Source, addresses: Iterable[str], bounds: Bounds
) -> tuple[int, int]:
    """Want the pages of a list for *source*; return how many are new, and known already.

    Pages that were tried and given up wait again: the user asks for them.
    """
    rows, known = [], 0
    for address in addresses:
        if store.has_url(address):
            known += 1
            continue
        day = day_in(address)
        if bounds.admits(day):
            rows.append(page(source.id, address, FROM_LIST, bounds, day))
    store.want(rows, renew=True)
    return len(rows), known


def run(
    store: Store,
    sources: Sequence[Source],
    visitor: Visitor,
    this: Run,
    found: list[Found],
    *,
    limit: int | None = None,
    progress: Progress = lambda _label, _done, _total: None,
    tell: Callable[[str, str], None] = lambda _address, _reason: None,
) -> None:
    """Go on with the backfill of *sources*, visiting at most *limit* pages.

    What each brought stands in *found*, also when the run is cut off. *tell* hears,
    as it happens, which address could not be had and why.
    """
    found += [Found(SourceReport(source)) for source in sources]
    by_source = {one.source.id: one for one in found}
    reports = {number: one.kept for number, one in by_source.items()}
    listings = {
        source.id: Listings(
            store, visitor, by_source[source.id], _bounds(store.backfill(source.id)), this
        )
        for source in sources
    }
    visited = 0
    while limit is None or visited < limit:
        room = _BATCH if limit is None else min(_BATCH, limit - visited)
        rows, was_read = [], False
        for source in sources:
            share = max(1, room // len(sources))
            its = _waiting(store, visitor, source, share)
            if len(its) < share and (listing := _next_listing(store, visitor, source)):
                before = len(by_source[source.id].failed)
                listings[source.id].read(listing)
                for address, reason in by_source[source.id].failed[before:]:
                    tell(address, reason)
                was_read = True
            rows += its
        if was_read:
            continue
        if not rows:
            break
        waiting = sum(store.frontier_counts(s.id, Way.BACKFILL).waiting for s in sources)
        total = visited + waiting if limit is None else min(limit, visited + waiting)
        for settled in page_run.visit(store, visitor, rows[:room], reports, this, _admits):
            if settled.left:
                continue
            visited += 1
            one = by_source[settled.row.source_id]
            one.visited += 1
            if settled.reason:
                one.failed.append((settled.row.address, settled.reason))
                tell(settled.row.address, settled.reason)
            progress("pages", visited, total)
    for source in sources:
        counts = store.frontier_counts(source.id, Way.BACKFILL)
        if not counts.waiting and not counts.listings:
            store.end_backfill(source.id)
        for address, reason in by_source[source.id].kept.failures:
            tell(address, reason)


def _waiting(store: Store, visitor: Visitor, source: Source, most: int) -> list[Wanted]:
    return store.wanted(source.id, Way.BACKFILL, most=most, except_hosts=visitor.ended)


def _next_listing(store: Store, visitor: Visitor, source: Source) -> Wanted | None:
    kinds = (Sort.FEED, Sort.SITEMAP)
    rows = store.wanted(source.id, Way.BACKFILL, kinds, most=1, except_hosts=visitor.ended)
    return rows[0] if rows else None


def _admits(row: Wanted, article: Article) -> bool:
    return _bounds(row).admits(article.published)


def _bounds(said: BackfillState | Wanted | None) -> Bounds:
    """The days that a row of the store holds."""
    if said is None:
        return Bounds()
    after, before = said.after, said.before
    return Bounds(
        date.fromisoformat(after) if after else None,
        date.fromisoformat(before) if before else None,
    )
