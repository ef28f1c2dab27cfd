"""The front page: what the archive holds, what stands out lately, the newest of each source."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from flask import Blueprint, current_app, render_template, url_for

from archive.article import Article
from archive.holdings import Holding
from archive.rhythm import silent_since
from indexer.engine import Engine, Sort
from indexer.lately import DAYS, Lately, lately
from indexer.request import Request
from indexer.search import search
from indexer.tree import EVERYTHING
from web.access import engine, holdings, lag, open_store, today
from web.address import Address
from web.facets import facets
from web.saved import listed

blueprint = Blueprint("front", __name__)
_SOURCES: Final = 6
_EACH: Final = 3


@dataclass(frozen=True, slots=True)
class Newest:
    """The newest articles of a source."""

    source: str
    articles: tuple[Article, ...]


@blueprint.get("/")
def front() -> str:
    """Show the box, what the archive holds, what stands out, and the newest by source."""
    store = open_store()
    held, day = holdings(), today()
    if not held:
        return render_template("empty.html", sources=store.sources(), counts=store.counts())
    found = engine()
    days = [one.last for one in held.values() if one.last and one.last <= day]
    last = max(days, default=None)
    order = sorted(held.values(), key=_newest_first)
    # One left over takes no more room than to say that it is.
    shown = order[: _SOURCES + (len(order) == _SOURCES + 1)]
    results = search(Request(limit=1), found, store)
    whole = Address(Request())
    return render_template(
        "front.html",
        articles=sum(one.articles for one in held.values()),
        sources=len(held),
        undated=sum(one.undated for one in held.values()),
        first=min((min(one.days) for one in held.values() if one.days), default=None),
        last=last,
        updated=store.last_checked(),
        lag=lag(),
        silent=sum(silent_since(sorted(one.days), day) is not None for one in held.values()),
        # An archive that ends before this week is told by its own newest week.
        lately=_lately(found, day if last and (day - last).days < DAYS else last),
        current=last is not None and (day - last).days < DAYS,
        newest=[_newest(found, one.source) for one in shown],
        others=len(order) - len(shown),
        facets=facets(results, whole),
        address=whole,
        saved=listed(store),
        article_url=lambda one: url_for("article.article", article_id=one.id, slug=one.slug),
    )


def _newest_first(holding: Holding) -> tuple[int, str]:
    return (-holding.last.toordinal() if holding.last else 0, holding.source)


def _newest(found: Engine, source: str) -> Newest:
    hits = found.match(
        EVERYTHING,
        sort=Sort.NEWEST,
        limit=_EACH,
        copies=True,
        facets=(),
        chosen={"source": (source,)},
    ).hits
    kept = open_store().get_many([hit.id for hit in hits])
    return Newest(source, tuple(kept[hit.id].article for hit in hits if hit.id in kept))


def _lately(found: Engine, last: date | None) -> Lately | None:
    """What stands out, counted once for each state of the index and day."""
    if last is None:
        return None
    key = (found.checkpoint(), last)
    known = current_app.extensions.get("lately")
    if known is None or known[0] != key:
        known = current_app.extensions["lately"] = (key, lately(found, last))
    told: Lately = known[1]
    return told
