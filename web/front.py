"""The front page: how much of what the archive holds, and its newest articles."""

from flask import Blueprint, render_template, url_for

from indexer.engine import Sort
from indexer.request import Request
from indexer.search import search
from web.access import engine, open_store
from web.address import Address
from web.facets import facets

blueprint = Blueprint("front", __name__)
_NEWEST = 8


@blueprint.get("/")
def front() -> str:
    """Show the box, what the archive holds, and the newest articles."""
    store = open_store()
    counts = store.counts()
    if not counts.articles:
        return render_template("empty.html", sources=store.sources(), counts=counts)
    request = Request(sort=Sort.NEWEST, limit=_NEWEST)
    results = search(request, engine(), store)
    whole = Address(Request())
    return render_template(
        "front.html",
        counts=counts,
        results=results,
        facets=facets(results, whole),
        address=whole,
        article_url=lambda found: url_for("article.article", article_id=found.id, slug=found.slug),
    )
