"""What browsers and robots look for by themselves: OpenSearch, robots.txt, the favicon."""

import msgspec
from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from archive.access import Role
from web.complete import completions
from web.permission import needs

blueprint = Blueprint("browsers", __name__)


@blueprint.get("/opensearch.xml")
@needs(Role.NOTHING)
def opensearch() -> Response:
    """Describe the search to browsers (OpenSearch 1.1, draft 6)."""
    content = render_template("opensearch.xml")
    return Response(content, content_type="application/opensearchdescription+xml")


@blueprint.get("/robots.txt")
@needs(Role.NOTHING)
def robots() -> Response:
    """Keep robots out (RFC 9309): the texts are others', and not ours to spread."""
    return Response("User-agent: *\nDisallow: /\n", content_type="text/plain; charset=utf-8")


@blueprint.get("/favicon.ico")
@needs(Role.NOTHING)
def favicon() -> AnyResponse:
    """Lead to the icon, for what looks for it at the address of old."""
    return redirect(url_for("static", filename="icon.svg"), 301)


@blueprint.get("/suggestions.json")
def suggestions() -> Response:
    """Complete words for a browser's own search box (OpenSearch Suggestions 1.1)."""
    text = request.args.get("q", "")
    words = [one.get("query") or one["text"] for one in completions(text)]
    return Response(
        msgspec.json.encode([text, words]), content_type="application/x-suggestions+json"
    )
