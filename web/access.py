"""What a request reads from: a store of its own, and the index that serves."""

from collections.abc import Callable
from datetime import date
from typing import TypeVar

from flask import current_app, g

from archive import store
from archive.holdings import Holding
from archive.holdings import holdings as by_source
from archive.store import Position, Store
from archive.store.holdings import Doubt
from archive.store.runs import Tally
from indexer import projection
from indexer.engine import Engine
from indexer.widening import Equivalents

T = TypeVar("T")


def open_store() -> Store:
    """Return this request's store, opened on first use. Raises StoreError."""
    if "store" not in g:
        # A page that made a store where one went away would hide the loss.
        file = current_app.config["SITE"] / store.FILE
        g.store = Store(file, create=False, patience=current_app.config["PATIENCE"])
    opened: Store = g.store
    return opened


def holdings() -> dict[str, Holding]:
    """Return the holding of each source; counted once for each state of the store."""
    return _once("holdings", lambda: by_source(open_store().held()))


def tally() -> Tally:
    """Return how much there is; counted once as `holdings` are."""
    return _once("tally", open_store().tally)


def doubtful_dates() -> list[Doubt]:
    """Return the articles with dates not believed; looked for once as `holdings` are."""
    return _once("doubtful dates", open_store().dates_not_used)


def cut_texts() -> list[Doubt]:
    """Return the articles whose text looks cut; looked for once as `holdings` are."""
    return _once("cut texts", open_store().cut_texts)


def _once(name: str, make: Callable[[], T]) -> T:
    position = open_store().position()
    known: tuple[Position, T] | None = current_app.extensions.get(name)
    if known is None or known[0] != position:
        known = current_app.extensions[name] = (position, make())
    return known[1]


def close_store(_: BaseException | None = None) -> None:
    """Close this request's store, if it opened one, and let go of the index."""
    g.pop("engine", None)
    opened: Store | None = g.pop("store", None)
    if opened is not None:
        opened.close()


def today() -> date:
    """Return the archive's own day, by which ``yesterday`` is meant."""
    day: date = current_app.config["TODAY"]()
    return day


def engine() -> Engine:
    """Return the engine over the index as it was when this request first asked for it.

    So all that a page says of the index is of one state, whatever is committed meanwhile.
    Raises SearchIndexError, also for one that is not of this store's past: what it found
    would be looked up in vain, or be shown as it is in another.
    """
    if "engine" not in g:
        held: Engine = current_app.extensions["live_index"].engine().steady()
        projection.check_step(open_store(), held)
        g.engine = held
    found: Engine = g.engine
    return found


def lag() -> int:
    """Return how many articles came in or changed that the index that serves does not know yet."""
    return projection.behind(open_store(), engine().checkpoint())


def newer() -> bool:
    """Return whether on this site the newer of articles that rank nearly alike come first."""
    asked: bool = current_app.config["NEWER"]
    return asked


def equivalents() -> Equivalents:
    """Return the words that stand for each other on this site."""
    known: Equivalents = current_app.config["EQUIVALENTS"]
    return known
