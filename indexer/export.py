"""What an export holds: the articles of a search, a selection or all, read in batches."""

from collections.abc import Iterable, Iterator
from itertools import islice

from archive.export.entry import Entry
from archive.store import Store
from archive.store.kept import Kept
from indexer.engine import Engine
from indexer.request import NARROWING, Request
from indexer.search import all_ids
from indexer.widening import Equivalents

_BATCH = 200


def found_ids(
    request: Request,
    engine: Engine,
    store: Store,
    equivalents: Equivalents = (),
    limit: int | None = None,
) -> list[str]:
    """Return the ids of all articles that match and are still shown, copies too.

    The newest come first, or the oldest where *request* says so; *limit* cuts the list.
    Raises UsageError for a date that makes no sense.
    """
    # An index that lags behind does not know yet what was withdrawn; the count must be true.
    gone = store.withdrawn()
    ids = (one for one in all_ids(request, engine, equivalents, store) if one not in gone)
    return list(islice(ids, limit))


def entries(store: Store, ids: Iterable[str]) -> Iterator[Entry]:
    """Yield the articles of *ids* in their order, but those that are no longer shown."""
    left = iter(ids)
    while batch := list(islice(left, _BATCH)):
        kept = store.get_many(batch)
        yield from _with_copies(store, [kept[one] for one in batch if one in kept])


def every_entry(store: Store) -> Iterator[Entry]:
    """Yield every article that is shown, in the order of their ids, without asking an index."""
    left = store.every()
    while batch := list(islice(left, _BATCH)):
        yield from _with_copies(store, batch)


def in_words(request: Request, chosen: int = 0, of: int = 0) -> str:
    """Say in one line what was asked for.

    *chosen* articles were picked from it, of as many as there were when they were picked.
    """
    dates = (request.first or "", request.last or "")
    narrowings = [
        *(f"{facet}: {value}" for facet in NARROWING for value in request.chosen(facet)),
        *(f"not {facet}: {value}" for facet, value in request.left_out),
        *([f"published: {'..'.join(dates)}"] if any(dates) else []),
        *(["undated"] if request.undated else []),
    ]
    said = "; ".join(part for part in (request.text, *narrowings) if part)
    if not chosen:
        return said
    picked = f"{chosen} chosen"
    if chosen < of:
        picked = f"{chosen} of {of} chosen, the others withdrawn or unknown"
    return f"{picked}; from: {said}" if said else picked


def _with_copies(store: Store, kept: list[Kept]) -> Iterator[Entry]:
    copies = store.copies([one.article.id for one in kept])
    for one in kept:
        yield Entry(one, copies.get(one.article.id, ()))
