"""The article page: the text, what matched in it, and all that is known of it."""

from urllib.parse import urlencode

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from archive.article import Article, Revision
from archive.errors import SearchIndexError, UsageError
from archive.export.registry import FORMATS
from archive.identity import canonical_url, web_url
from archive.store import Store
from indexer import query
from indexer.coverage import Coverage
from indexer.coverages import Coverages
from indexer.marking import Marker
from indexer.search import analyzer_of, marker_over
from indexer.tree import Field
from web import address as addresses
from web import cite, embedded, present
from web.access import engine, equivalents, open_store, today

blueprint = Blueprint("article", __name__)


@blueprint.get("/article")
def at_address() -> Response:
    """Lead to the article that was seen at an address (``?url=…``), one of several maybe."""
    store = open_store()
    ids = store.ids_at(canonical_url(request.args.get("url", "")))
    if not ids:
        abort(404)
    return redirect(url_for(".article", article_id=ids[0]))


@blueprint.get("/article/<article_id>")
@blueprint.get("/article/<article_id>/<slug>")
def article(article_id: str, slug: str = "") -> str | Response | tuple[str, int]:
    """Show an article with the marks of the search that led here (``?q=…``)."""
    store = open_store()
    kept = store.kept(article_id)
    if kept is None:
        abort(404)
    if kept.state != "kept":
        return render_template("withdrawn.html", kept=kept), 410
    found = kept.article
    text = request.args.get("q", "").strip()
    if slug != found.slug:
        # One address at a time: old links and cut ones lead to it. A headline may change back.
        target = url_for(".article", article_id=found.id, slug=found.slug)
        return redirect(f"{target}?{urlencode(list(request.args.items(multi=True)))}".rstrip("?"))
    revisions = store.revisions(found.id)
    shown = _revision(revisions)
    found = shown.article
    parsed = query.parse(text, today())
    marker = _marker(parsed)
    marks = marker.marks(found.text) if marker else []
    title_marks = marker.marks(found.headline, Field.TITLE) if marker else []
    original = present.original_address(found)
    page = url_for(".article", article_id=found.id, slug=kept.article.slug, _external=True)
    return render_template(
        "article.html",
        kept=kept,
        article=found,
        shown=shown,
        revisions=revisions,
        q=text,
        back=_back(),
        headline=present.marked(found.headline, [(m.start, m.end) for m in title_marks]),
        paragraphs=list(present.paragraphs(found.text, marks)),
        caption=_marked(found.caption, marker, Field.ANY),
        credits=_marked(found.credits, marker, Field.CREDIT),
        byline=_marked(", ".join(found.byline), marker, Field.BY),
        dateline=_marked(found.dateline, marker, Field.PLACE),
        matches=len(marks),
        original=original,
        citations=cite.citations(found),
        metadata=embedded.meta(found, original),
        linked_data=embedded.linked_data(found, page, original),
        formats=FORMATS,
        addresses=[a for a in store.addresses(found.id) if a != found.url and web_url(a)],
        copies=store.copies([found.id]).get(found.id, ()),
        related=_related(kept.article, store),
    )


def _revision(revisions: list[Revision]) -> Revision:
    """Return the revision that is asked for (``?revision=2``), else the latest."""
    asked = request.args.get("revision", "")
    known = {str(revision.number): revision for revision in revisions}
    if asked and asked not in known:
        abort(404)
    return known.get(asked, revisions[-1])


def _back() -> str | None:
    """Return the address of the search that led here, or None for a reader who came otherwise."""
    try:
        searched = request.args.keys() - {"revision"}
        return addresses.read(request.args).url() if searched else None
    except UsageError:
        return None


def _marker(parsed: query.Query) -> Marker | None:
    """Return what marks the query's matches; reading goes on where there is no index."""
    if not parsed.ranks:
        return None
    try:
        return marker_over(engine(), parsed.tree, equivalents())
    except SearchIndexError:
        return None


def _related(found: Article, store: Store) -> Coverage | None:
    """Return other coverage of an article; reading goes on where there is no index."""
    try:
        index = engine()
        coverages: Coverages = current_app.extensions["coverages"]
        return coverages.of(found, index, store, analyzer_of(index))
    except SearchIndexError:
        return None


def _marked(text: str | None, marker: Marker | None, field: Field) -> str | None:
    if not text:
        return None
    marks = marker.marks(text, field, opens=False) if marker else []
    return present.marked(text, [(m.start, m.end) for m in marks])
