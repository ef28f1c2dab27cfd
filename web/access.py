"""What a request reads from: a store of its own, and the index that serves."""

from datetime import date

from flask import current_app, g

from archive import store
from archive.holdings import Holding
from archive.holdings import holdings as by_source
from archive.store import Store
from indexer.engine import Engine
from indexer.widening import Equivalents


def open_store() -> Store:
    """Return this request's store, opened on first use. Raises StoreError."""
    if "store" not in g:
        # Only read: a page that made a store where one went away would hide the loss.
        g.store = Store(current_app.config["SITE"] / store.FILE, create=False)
    opened: Store = g.store
    return opened


def holdings() -> dict[str, Holding]:
    """Return the holding of each source; counted once for each state of the store."""
    opened = open_store()
    position = opened.position()
    known = current_app.extensions.get("holdings")
    if known is None or known[0] != position:
        known = current_app.extensions["holdings"] = (position, by_source(opened.held()))
    found: dict[str, Holding] = known[1]
    return found


def close_store(_: BaseException | None = None) -> None:
    """Close this request's store, if it opened one."""
    opened: Store | None = g.pop("store", None)
    if opened is not None:
        opened.close()


def today() -> date:
    """Return the archive's own day, by which ``yesterday`` is meant."""
    day: date = current_app.config["TODAY"]()
    return day


def engine() -> Engine:
    """Return the engine over the index that serves now. Raises SearchIndexError."""
    found: Engine = current_app.extensions["live_index"].engine()
    return found


def equivalents() -> Equivalents:
    """Return the words that stand for each other on this site."""
    known: Equivalents = current_app.config["EQUIVALENTS"]
    return known
