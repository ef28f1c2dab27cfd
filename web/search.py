"""The search page, and the same answer as JSON."""

from collections.abc import Callable
from dataclasses import replace
from urllib.parse import quote

from flask import Blueprint, jsonify, render_template, request

from archive.article import Article
from archive.errors import SearchIndexError
from archive.export.registry import BY_NAME, FORMATS
from indexer.engine import Sort
from indexer.explain import is_plain, sentence
from indexer.results import Results
from indexer.search import search as search_articles
from web import address as addresses
from web import export, paths, present
from web.access import engine, equivalents, lag, newer, open_store, today
from web.address import Address
from web.facets import facets
from web.timeline import drawing

blueprint = Blueprint("search", __name__)


def _results(address: Address, *, timeline: bool = False) -> Results:
    asked = address.request
    request = replace(asked, today=today(), timeline=timeline or asked.timeline)
    if request.newer is None:
        request = replace(request, newer=newer())
    return search_articles(request, engine(), open_store(), equivalents())


@blueprint.get("/search")
def search() -> tuple[str, int]:
    """Show a page of results with facets, chips and pager."""
    address = addresses.read(request.args)
    try:
        results = _results(address, timeline=True)
    except SearchIndexError:
        store = open_store()
        if store.counts().articles:
            raise
        # There is no index, for there is nothing to find: that is no fault.
        return render_template("empty.html", sources=store.sources(), q=address.request.text), 200
    missing = address.request.page > max(1, results.pages)
    page = render_template(
        "search.html",
        address=address,
        address_of=Address,
        results=results,
        facets=facets(results, address),
        chips=present.chips(address),
        parts=present.parts(results.query, address),
        understood=None if is_plain(results.query) else sentence(results.query),
        pages=present.pager(results, address),
        lag=lag(),
        timeline=drawing(results.timeline, address) if results.timeline else None,
        article_url=_article_url(address),
        formats=FORMATS,
        sorts=[(sort, address.with_sort(sort).url()) for sort in Sort],
    )
    return page, 404 if missing else 200


def _article_url(address: Address) -> Callable[[Article], str]:
    """Return what leads to an article and takes the search along, to mark and to come back."""
    # Written once: ten hits have the same query.
    query = address.url("")
    return lambda found: f"/article/{quote(found.id)}/{found.slug}{query}"


@blueprint.get("/search.json")
def search_json() -> export.Answer:
    """Answer as ``morgue search --json`` does; what fails gives problem details.

    With ``all=yes``, or articles chosen by ``id=…``, it is an export: everything, and no page.
    """
    if export.said_yes("all", False) or request.args.get("id"):
        return export.answer(BY_NAME["json"])
    said = _results(addresses.read(request.args)).as_json()
    return jsonify(paths.of_hits(said))
