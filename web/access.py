"""What a request reads from: a store of its own, and the index that serves."""

from datetime import date

from flask import current_app, g

from archive import store
from archive.store import Store
from indexer.engine import Engine
from indexer.widening import Equivalents


def open_store() -> Store:
    """Return this request's store, opened on first use. Raises StoreError."""
    if "store" not in g:
        # A page that made a store where one went away would hide the loss.
        file = current_app.config["SITE"] / store.FILE
        g.store = Store(file, create=False, patience=current_app.config["PATIENCE"])
    opened: Store = g.store
    return opened


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


def newer() -> bool:
    """Return whether on this site the newer of articles that rank nearly alike come first."""
    asked: bool = current_app.config["NEWER"]
    return asked


def equivalents() -> Equivalents:
    """Return the words that stand for each other on this site."""
    known: Equivalents = current_app.config["EQUIVALENTS"]
    return known
