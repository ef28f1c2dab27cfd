"""The API: what the pages can do, as JSON under ``/api/v1/``."""

from flask import Response, current_app, jsonify

from web import openapi
from web.api import reading, routes, saving, searching

__all__ = ["blueprint", "reading", "saving", "searching"]

blueprint = routes.blueprint


@blueprint.get("/openapi.json")
def document() -> Response:
    """Give the OpenAPI document of this API."""
    return jsonify(openapi.document(current_app))
