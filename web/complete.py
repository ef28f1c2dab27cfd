"""Type-ahead for the search box, as JSON; only a script asks for it."""

from urllib.parse import urlencode

from flask import Blueprint, Response, current_app, jsonify, request, url_for

from indexer.completion import Completer, Completion, Kind
from web.access import engine, open_store

blueprint = Blueprint("complete", __name__)


@blueprint.get("/complete.json")
def complete() -> Response:
    """Return what the words in ``q`` may become, each with its address or what to search for."""
    return jsonify({"completions": completions(request.args.get("q", ""))})


def completions(text: str) -> list[dict[str, object]]:
    """Return what *text* may become, as JSON values. Raises StoreError, SearchIndexError."""
    completer: Completer = current_app.extensions["completer"]
    return [_as_json(one) for one in completer.complete(text, engine(), open_store())]


def _as_json(one: Completion) -> dict[str, object]:
    facts: dict[str, object] = {"kind": str(one.kind), "text": one.text, "articles": one.articles}
    if one.kept is not None:
        article = one.kept.article
        facts["url"] = url_for("article.article", article_id=article.id, slug=article.slug)
    elif one.kind in (Kind.SOURCE, Kind.TOPIC):
        facts["url"] = f"{url_for('search.search')}?{urlencode({str(one.kind): one.text})}"
    elif one.kind is Kind.BYLINE:
        facts["query"] = f'by:"{one.text.replace(chr(34), " ")}"'
    else:
        facts["query"] = f'"{one.text}"' if one.kind is Kind.PHRASE else one.text
    return facts
