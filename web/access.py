"""What a request reads from: a store of its own, and the index that serves."""

from flask import current_app, g

from archive import store
from archive.store import Store
from indexer.whoosh_engine import WhooshEngine


def open_store() -> Store:
    """Return this request's store, opened on first use. Raises StoreError."""
    if "store" not in g:
        g.store = Store(current_app.config["SITE"] / store.FILE)
    opened: Store = g.store
    return opened


def close_store(_: BaseException | None = None) -> None:
    """Close this request's store, if it opened one."""
    opened: Store | None = g.pop("store", None)
    if opened is not None:
        opened.close()


def engine() -> WhooshEngine:
    """Return the engine over the index that serves now. Raises SearchIndexError."""
    found: WhooshEngine = current_app.extensions["live_index"].engine()
    return found
