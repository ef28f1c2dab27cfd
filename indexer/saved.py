"""Saved searches follow the archive: each is run again when what it finds may have changed.

A request is kept as JSON of what is not at its default, so that one saved today can be
read by a Morgue that knows more.
"""

from dataclasses import asdict, replace
from datetime import date
from typing import Final

import msgspec

from archive.errors import MorgueError, UsageError
from archive.identity import digest
from archive.saved_search import SavedSearch
from archive.store.saved import SavedStore
from indexer import query
from indexer.engine import Engine
from indexer.request import Request, understand
from indexer.search import all_ids
from indexer.widening import Equivalents

_SHOWS_ONLY: Final = (
    "page",
    "limit",
    "skip",
    "telling",
    "timeline",
    "today",
    "explain",
    "newer",
)


def kept(request: Request) -> str:
    """Return *request* as the JSON that a saved search keeps: what it finds, not what it shows.

    Raises UsageError for one that cannot be run.
    """
    request = replace(request, **{name: getattr(Request(), name) for name in _SHOWS_ONLY})
    understand(request)
    plain = asdict(Request())
    said = {name: value for name, value in asdict(request).items() if value != plain[name]}
    return msgspec.json.encode(said, order="sorted").decode()


def request_of(saved: SavedSearch) -> Request:
    """Return what a saved search asks for. Raises UsageError where it cannot be read."""
    try:
        return msgspec.json.decode(saved.asked, type=Request)
    except msgspec.MsgspecError as error:
        raise UsageError(
            f"is kept in a form that cannot be read: {error}",
            f"the saved search “{saved.name}”",
            "delete it and save it anew",
        ) from error


def follow(
    store: SavedStore, engine: Engine, equivalents: Equivalents, today: date
) -> dict[str, int]:
    """Run the saved searches that may find anything else than before, over the index as it is.

    Returns how many articles are new, by the searches' names. The first run of a search
    takes stock, so nothing is new then. One that cannot be run is passed over: its page
    says why. Raises StoreError, SearchIndexError.
    """
    checkpoint = engine.checkpoint()
    if checkpoint is None:
        return {}
    found = {}
    for saved in store.saved_searches():
        stamp = _stamp(saved, checkpoint.built_for, equivalents, today)
        if (saved.stamp, saved.seq) == (stamp, checkpoint.position.seq):
            continue
        try:
            request = replace(request_of(saved), today=today)
            ids = list(all_ids(request, engine, equivalents))
        except UsageError:
            continue
        new = store.keep_matches(saved, ids[::-1], stamp, checkpoint.position.seq)
        if new:
            found[saved.name] = new
    return found


def _stamp(saved: SavedSearch, built_for: str, equivalents: Equivalents, today: date) -> str:
    """Return what says whether a search would be run as the same again.

    The day counts where the words mean others on another day (``since:7d``).
    """
    parts = [built_for, saved.asked, *map(repr, equivalents)]
    try:
        text = request_of(saved).text
        if query.parse(text, today).tree != query.parse(text, date(2000, 1, 1)).tree:
            parts.append(today.isoformat())
    except MorgueError:
        pass
    return digest("\n".join(parts).encode())
