"""What differs between two copies of a story, as two outlets ran it."""

from flask import Blueprint, abort, render_template, url_for

from archive.article import Article
from archive.beside import beside
from web import present
from web.access import open_store
from web.changes import folded

blueprint = Blueprint("copies", __name__)


@blueprint.get("/article/<article_id>/beside/<other_id>")
def copies(article_id: str, other_id: str) -> str | tuple[str, int]:
    """Show what differs between an article and another: any two, copies or not."""
    store = open_store()
    kept, other = store.kept(article_id), store.kept(other_id)
    if kept is None or other is None or kept.article.id == other.article.id:
        abort(404)
    for one in (kept, other):
        if one.state != "kept":
            return render_template("withdrawn.html", kept=one), 410
    found = beside(kept.article, other.article)
    names = _names(kept.article, other.article)
    return render_template(
        "beside.html",
        pair=list(zip((kept.article, other.article), names, strict=True)),
        names=names,
        found=found,
        paragraphs=list(folded(found.paragraphs, *(f"only in {name}: " for name in names))),
        is_story=other_id in {copy.id for copy in store.copies([article_id]).get(article_id, ())},
        turned=url_for(".copies", article_id=other_id, other_id=article_id),
    )


def _names(one: Article, other: Article) -> tuple[str, str]:
    """Return what to call the two: their sources, days where these are the same."""
    if one.source != other.source:
        return one.source, other.source
    days = present.shown_date(one.published), present.shown_date(other.published)
    return days if days[0] != days[1] else ("the first", "the second")
