"""A backfill's run: listings are read as pages are needed, pages visited, the newest first.

Whatever is done is noted in the store at once, so that a run that is cut off, or
had as many pages as it was allowed, is gone on with where it ended.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from archive.article import Article
from archive.ingest import page_run
from archive.ingest.backfill.bounds import Bounds, day_in
from archive.ingest.backfill.listings import Found, Listings, page, roots
from archive.ingest.merged import encoded, said_of
from archive.ingest.page_run import Stays
from archive.ingest.report import SourceReport
from archive.ingest.run import Run
from archive.ingest.visit import Visitor
from archive.progress import Progress
from archive.source import Kind, Source
from archive.store import Store
from archive.store.frontier import FROM_LIST, BackfillState, Sort, Wanted, Way

_BATCH = 100
MOST_FRUITLESS = 1000
"""Listings in a row without anything new, after which a run reads no more of a source: some
sites lead on for ever."""
_REST = "what is left waits for the next backfill"


def begin(store: Store, source: Source, visitor: Visitor, bounds: Bounds) -> None:
    """Begin the backfill of *source* within *bounds*, from the start."""
    after = bounds.after.isoformat() if bounds.after else None
    before = bounds.before.isoformat() if bounds.before else None
    store.begin_backfill(source.id, roots(source, visitor), after, before)


@dataclass
class Taken:
    """What became of a list: how many pages are to be visited, and how many were *known*.

    *refused* are (address, reason) of those that cannot be read anew.
    """

    wanted: int = 0
    known: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)


def add_list(
    store: Store, source: Source, addresses: Iterable[str], bounds: Bounds, *, anew: bool = False
) -> Taken:
    """Want the pages of a list for *source*.

    Pages that were tried and given up wait again: the user asks for them. With
    *anew* those whose articles *source* has are read once more, too, beside what
    its feed said of them.
    """
    taken = Taken()
    rows = []
    for address in addresses:
        day = day_in(address)
        if not store.has_url(address):
            if bounds.admits(day):
                rows.append(page(source.id, address, FROM_LIST, bounds, day))
        elif not anew:
            taken.known += 1
        elif reason := _why_not_anew(store, source, address):
            taken.refused.append((address, reason))
        else:
            taken.known += 1
            rows.append(_anew(store, source, address))
    store.want(rows, renew=True)
    taken.wanted = len(rows)
    return taken


def _why_not_anew(store: Store, source: Source, address: str) -> str | None:
    """Return why a known page cannot be read anew for *source*, or None when it can."""
    kept = store.by_url(address)
    if kept is None:
        return None
    if kept.state != "kept":
        return f"its article ({kept.article.id}) was withdrawn"
    if kept.source_id in (None, source.id):
        return None
    owner = next(one for one in store.sources() if one.id == kept.source_id)
    if owner.kind is not Kind.FEED:
        return f"its article came from {owner.address}, and is read anew when that changes"
    return f"its article belongs to {owner.address}: name that source to read it anew"


def _anew(store: Store, source: Source, address: str) -> Wanted:
    """Return the frontier's row for a known page, with what the feed said of its article.

    The user names it, so no day bounds it.
    """
    row = page(source.id, address, FROM_LIST, Bounds())
    kept = store.by_url(address)
    if kept is None:
        return row
    stamps = store.keys_of(source.id, kept.article.id)
    seen = store.pages_of(source.id, stamps)
    said = next((one.said for one in seen if one.said), None)
    told = said_of(kept.article) if stamps or kept.article.is_from_page else None
    if said is None and told:
        said = encoded(told)
    key = seen[0].key if seen else next(iter(stamps), address)
    return replace(row, key=key, stamp=stamps.get(key, FROM_LIST), said=said)


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
    visited = looked = 0
    while limit is None or visited < limit:
        room = _BATCH if limit is None else min(_BATCH, limit - visited)
        rows, was_read = [], False
        for source in sources:
            share = max(1, room // len(sources))
            its = _waiting(store, visitor, source, share)
            listing = None
            if len(its) < share and by_source[source.id].fruitless < MOST_FRUITLESS:
                listing = _next_listing(store, visitor, source)
            if listing is not None:
                before = len(by_source[source.id].failed)
                listings[source.id].read(listing)
                for address, reason in by_source[source.id].failed[before:]:
                    tell(address, reason)
                was_read = True
                looked += 1
                left = store.frontier_counts(source.id, Way.BACKFILL).listings
                progress("listings", looked, looked + left)
                if by_source[source.id].fruitless == MOST_FRUITLESS and left:
                    reason = f"{MOST_FRUITLESS:,} listings in a row led to nothing new: {_REST}"
                    by_source[source.id].failed.append((source.address, reason))
                    tell(source.address, reason)
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
                one.teasers += settled.stays is Stays.TEASER
                reason = "; ".join(filter(None, (settled.reason, settled.stays)))
                one.failed.append((settled.row.address, reason))
                tell(settled.row.address, reason)
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
