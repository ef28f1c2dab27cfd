"""The OpenAPI 3.1 document of the API, made from its routes and types (spec.openapis.org)."""

import re
from typing import Any, Final

import msgspec
from flask import Flask
from werkzeug.routing import Rule

from indexer.request import NARROWING
from web.api.routes import Described, Parameter, blueprint
from web.problems import MEDIA_TYPE, Problem

_REF: Final = "#/components/schemas/{name}"
_PLACES: Final[dict[str, dict[str, Any]]] = {
    "facet": {"type": "string", "enum": list(NARROWING)},
    "saved_id": {"type": "integer", "minimum": 0},
}
_WORDS: Final = {
    200: "What was asked for",
    201: "Made",
    204: "Deleted",
    400: "What was sent cannot be read; `errors` names the faults",
    401: "Nobody is signed in, or the token is none",
    403: "The role is not enough, or a session's change came without X-CSRF-Token",
    404: "There is none",
    410: "The article was withdrawn",
    413: "More than is taken",
    415: "The body is not JSON",
    503: "The store or the index cannot be used just now",
}


def document(app: Flask) -> dict[str, Any]:
    """Return the document of the routes that *app* has under ``/api/v1/``."""
    described = [
        (rule, getattr(app.view_functions[rule.endpoint], "described", None))
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith(f"{blueprint.name}.")
    ]
    routes = [(rule, one) for rule, one in described if one is not None]
    types: list[Any] = [Problem]
    types += [shape for _, one in routes for shape in (one.answer, one.body) if shape]
    types = list(dict.fromkeys(types))
    schemas, components = msgspec.json.schema_components(types, ref_template=_REF)
    shapes = dict(zip(types, schemas, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for rule, one in sorted(routes, key=lambda route: route[0].rule):
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            about = app.view_functions[rule.endpoint].__doc__ or ""
            paths.setdefault(path, {})[method.lower()] = _operation(rule, one, about, shapes)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Morgue",
            "version": "1",
            "description": "Search and read the archive. Errors are problem details (RFC 9457).",
        },
        "security": [{}, {"token": []}],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(
    rule: Rule, one: Described, about: str, shapes: dict[Any, dict[str, Any]]
) -> dict[str, Any]:
    problems = {
        str(status): {
            "description": _WORDS[status],
            "content": {MEDIA_TYPE: {"schema": shapes[Problem]}},
        }
        for status in sorted({*one.refusals, 401, 403})
    }
    good: dict[str, Any] = {"description": _WORDS[one.status]}
    if one.answer:
        good["content"] = {"application/json": {"schema": shapes[one.answer]}}
    operation: dict[str, Any] = {
        "operationId": rule.endpoint.partition(".")[2],
        "summary": " ".join(about.split()),
        "parameters": [
            *(
                {
                    "name": name,
                    "in": "path",
                    "required": True,
                    "schema": _PLACES.get(name, {"type": "string", "minLength": 1}),
                }
                for name in sorted(rule.arguments)
            ),
            *map(_parameter, one.parameters),
        ],
        "responses": {str(one.status): good, **problems},
    }
    if one.body:
        operation["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": shapes[one.body]}},
        }
    return operation


def _parameter(one: Parameter) -> dict[str, Any]:
    schema = {"type": "array", "items": one.schema} if one.many else one.schema
    return {
        "name": one.name,
        "in": "query",
        "description": one.about,
        "required": one.required,
        "schema": schema,
    }
