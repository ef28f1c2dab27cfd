"""What changed in a revision: removed and added words of every field."""

from collections.abc import Iterator, Sequence

from flask import Blueprint, abort, render_template, url_for
from markupsafe import Markup, escape

from archive.difference import Kind, Paragraph, difference
from web.access import open_store

blueprint = Blueprint("changes", __name__)

# The words are for who hears the page: colour and line alone say nothing then.
_SHOWN = {
    Kind.REMOVED: Markup('<del><span class="unseen">removed: </span>{}</del>'),
    Kind.ADDED: Markup('<ins><span class="unseen">added: </span>{}</ins>'),
    Kind.SAME: Markup("{}"),
}


@blueprint.get("/article/<article_id>/changes/<int:number>")
def changes(article_id: str, number: int) -> str | tuple[str, int]:
    """Show what revision *number* of an article changed in the one before it."""
    store = open_store()
    kept = store.kept(article_id)
    if kept is None:
        abort(404)
    if kept.state != "kept":
        return render_template("withdrawn.html", kept=kept), 410
    revisions = {revision.number: revision for revision in store.revisions(article_id)}
    if number not in revisions or number - 1 not in revisions:
        abort(404)
    before, after = revisions[number - 1], revisions[number]
    return render_template(
        "changes.html",
        article=after.article,
        before=before,
        after=after,
        last=kept.revision,
        changes=[
            (change.field, list(_folded(change.paragraphs)))
            for change in difference(before.article, after.article)
        ],
        address=url_for(
            "article.article", article_id=article_id, slug=kept.article.slug, revision=number
        ),
    )


def _folded(paragraphs: Sequence[Paragraph]) -> Iterator[tuple[Markup, int]]:
    """Yield (paragraph, 0); for a run that stayed, its text and how many paragraphs it has."""
    stayed: list[str] = []
    for paragraph in [*paragraphs, ()]:
        if len(paragraph) == 1 and paragraph[0].kind is Kind.SAME:
            stayed.append(paragraph[0].text)
            continue
        if stayed:
            yield escape("\n\n".join(stayed)), len(stayed)
            stayed = []
        if paragraph:
            yield _marked(paragraph), 0


def _marked(paragraph: Paragraph) -> Markup:
    return Markup("").join(_SHOWN[piece.kind].format(piece.text) for piece in paragraph)
