"""Search, facets and type-ahead in the API."""

from dataclasses import replace
from datetime import date
from typing import Final

from flask import Response, abort, request

from indexer.engine import Engine, Sort
from indexer.request import NARROWING, Request
from indexer.search import ranking, search, values_of
from web import address as addresses
from web import paths
from web.access import engine, equivalents, open_store, today
from web.address import NOT
from web.api import answers, cursors
from web.api.routes import (
    CURSOR,
    LIMIT,
    YES,
    Parameter,
    answered,
    blueprint,
    check_parameters,
    describe,
    limit,
)
from web.complete import completions

ASKING: Final = (
    Parameter("q", "the words, as in the search box"),
    *(Parameter(name, f"only this {name}, or one of several", many=True) for name in NARROWING),
    *(Parameter(f"{NOT}{name}", f"without this {name}", many=True) for name in NARROWING),
    Parameter("from", "the first day, month or year, as its source says"),
    Parameter("to", "the last day, month or year"),
    Parameter("undated", "only articles without a date", YES),
    Parameter("copies", "every copy of a story", YES),
    Parameter("words", "articles must have all of the words", {"type": "string", "enum": ["all"]}),
)
_SHOWING: Final = (
    Parameter("rank", "rank by related words too", {"type": "string", "enum": ["related"]}),
    Parameter("unrelated", "a related word to leave out", many=True),
    Parameter(
        "newer",
        "whether the newer of near-equals comes first",
        {"type": "string", "enum": ["yes", "no"]},
    ),
    Parameter("why", "say why each hit stands where it does", YES),
    Parameter("sort", "the order", {"type": "string", "enum": [str(sort) for sort in Sort]}),
)
_SEARCH: Final = (*ASKING, *_SHOWING, LIMIT, CURSOR)
_COMPLETE: Final = (Parameter("q", "what is in the search box", required=True),)


@blueprint.get("/search")
@describe(answers.Found, *_SEARCH, refusals=(400, 503))
def search_articles() -> Response:
    """Search. The parameters are those of the search page; a cursor leads on."""
    check_parameters(_SEARCH)
    asked = addresses.read(request.args).request
    name = cursors.name_of(replace(asked, limit=1))
    index = engine()
    state = _state(index)
    given, day, moved = 0, today(), False
    if text := request.args.get("cursor"):
        cursor = cursors.read(text, name)
        given, day, moved = cursor.given, cursor.day, cursor.state != state
        if moved:
            given = cursors.place(cursor, _order(asked, index, day))
    asked = replace(asked, today=day, limit=limit(), skip=given)
    results = search(asked, index, open_store(), equivalents())
    shown = tuple(hit.kept.article.id for hit in (*results.hits, *results.partial))
    given += asked.limit
    behind = results.total + results.partial_total > given
    if behind and not shown:
        # All of them were withdrawn and the index does not know yet: the place is the number.
        shown = tuple(_order(asked, index, day)[given - 1 : given])
    following = cursors.after(name, day, state, given, shown).written() if behind else None
    said = {**paths.of_hits(results.as_json()), "next": following, "moved": moved}
    return answered(answers.answer_as(answers.Found, said))


@blueprint.get("/facets/<facet>")
@describe(answers.Values, *ASKING, refusals=(400, 404, 503))
def facet_values(facet: str) -> Response:
    """Count how many of the articles found have each value of a facet: all of its values."""
    if facet not in NARROWING:
        abort(404)
    check_parameters(ASKING)
    asked = replace(addresses.read(request.args).request, today=today())
    counts = values_of(facet, asked, engine(), open_store(), equivalents())
    return answered(answers.Values(facet, counts))


@blueprint.get("/complete")
@describe(answers.Completions, *_COMPLETE, refusals=(400, 503))
def complete_words() -> Response:
    """Complete the words in the search box."""
    check_parameters(_COMPLETE)
    said = {"completions": completions(request.args["q"])}
    return answered(answers.answer_as(answers.Completions, said))


def _state(index: Engine) -> str:
    checkpoint = index.checkpoint()
    return cursors.name_of(checkpoint and (checkpoint.position, checkpoint.built_for))


def _order(asked: Request, index: Engine, day: date) -> list[str]:
    # What `search` leaves out of the ranking's end does not depend on the place.
    asked = replace(asked, today=day, skip=0, page=1, limit=limit())
    return [hit.id for hit in ranking(asked, index, open_store(), equivalents())]
