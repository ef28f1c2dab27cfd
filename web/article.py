"""The article page: the text, what matched in it, and all that is known of it."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from archive.errors import SearchIndexError
from indexer import query
from indexer.query import Field
from indexer.snippet import Marker
from web import present
from web.access import engine, open_store

blueprint = Blueprint("article", __name__)


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
        # One address per article: old links and cut ones lead to it.
        target = url_for(".article", article_id=found.id, slug=found.slug, q=text or None)
        return redirect(target, 301)
    parsed = query.parse(text)
    marker = _marker(parsed)
    marks = marker.marks(found.text) if marker else []
    title_marks = marker.marks(found.headline, Field.TITLE) if marker else []
    return render_template(
        "article.html",
        kept=kept,
        article=found,
        q=text,
        headline=present.marked(found.headline, [(m.start, m.end) for m in title_marks]),
        paragraphs=list(present.paragraphs(found.text, marks)),
        caption=_marked(found.caption, marker, Field.ANY),
        credits=_marked(found.credits, marker, Field.ANY),
        byline=_marked(", ".join(found.byline), marker, Field.BY),
        dateline=_marked(found.dateline, marker, Field.PLACE),
        matches=len(marks),
        original=present.original_address(found),
    )


def _marker(parsed: query.Query) -> Marker | None:
    """Return what marks the query's matches; reading goes on where there is no index."""
    if not parsed.ranks:
        return None
    try:
        return Marker(parsed.tree, engine().analyzer)
    except SearchIndexError:
        return None


def _marked(text: str | None, marker: Marker | None, field: Field) -> str | None:
    if not text:
        return None
    marks = marker.marks(text, field) if marker else []
    return present.marked(text, [(m.start, m.end) for m in marks])
