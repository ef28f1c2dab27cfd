"""What changed in a revision: removed and added words of every field."""

from collections.abc import Iterator, Sequence

from flask import Blueprint, abort, render_template, url_for
from markupsafe import Markup, escape

from archive.difference import Kind, Paragraph, difference
from web.access import open_store

blueprint = Blueprint("changes", __name__)

# The words are for who hears the page: colour and line alone say nothing then.
_SHOWN = {
    Kind.REMOVED: Markup('<del><span class="unseen" lang="en">{}</span>{}</del>'),
    Kind.ADDED: Markup('<ins><span class="unseen" lang="en">{}</span>{}</ins>'),
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
            (change.field, list(folded(change.paragraphs)))
            for change in difference(before.article, after.article)
        ],
        address=url_for(
            "article.article", article_id=article_id, slug=kept.article.slug, revision=number
        ),
    )


def folded(
    paragraphs: Sequence[Paragraph], removed: str = "removed: ", added: str = "added: "
) -> Iterator[tuple[list[Markup], bool]]:
    """Yield paragraphs as (markup, False); of a run that stayed, all of them and True.

    *removed* and *added* are said before what is marked, to who hears the page.
    """
    stayed: list[Markup] = []
    for paragraph in [*paragraphs, ()]:
        if len(paragraph) == 1 and paragraph[0].kind is Kind.SAME:
            stayed.append(escape(paragraph[0].text))
            continue
        if stayed:
            yield stayed, True
            stayed = []
        if paragraph:
            said = {Kind.REMOVED: removed, Kind.ADDED: added}
            yield [_marked(paragraph, said)], False


def _marked(paragraph: Paragraph, said: dict[Kind, str]) -> Markup:
    return Markup("").join(
        _SHOWN[piece.kind].format(said[piece.kind], piece.text)
        if piece.kind in _SHOWN
        else escape(piece.text)
        for piece in paragraph
    )
