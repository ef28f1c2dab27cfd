"""Saved searches in the API; what changes one asks for the role write, as everywhere."""

from typing import Final
from urllib.parse import parse_qsl

from flask import Response, abort, request, url_for
from msgspec import UNSET
from werkzeug.datastructures import MultiDict

from archive.errors import SearchIndexError, UsageError
from archive.saved_search import SavedSearch
from indexer.saved import follow, kept, request_of
from web import address as addresses
from web.access import engine, equivalents, open_store, today
from web.address import Address
from web.api import answers
from web.api.routes import (
    LIMIT,
    Parameter,
    answered,
    blueprint,
    body_as,
    check_parameters,
    describe,
    limit,
)

_CURSOR: Final = Parameter(
    "cursor", "the `next` of the part before", {"type": "integer", "minimum": 1}
)


@blueprint.get("/saved")
@describe(answers.SavedSearches, refusals=(400, 503))
def saved_searches() -> Response:
    """List the saved searches with how many articles are new in each."""
    check_parameters(())
    return answered(answers.SavedSearches([_said(one) for one in open_store().saved_searches()]))


@blueprint.post("/saved")
@describe(answers.Saved, body=answers.ToSave, status=201, refusals=(400, 403, 413, 415, 503))
def save() -> Response:
    """Save a search under a name."""
    check_parameters(())
    body = body_as(answers.ToSave)
    asked = _kept(body.search)
    one = open_store().save_search(body.name, asked, alert=body.alert)
    _take_stock()
    where = url_for("api.saved_search", saved_id=one.id)
    return answered(_said(_known(one.id)), 201, where)


@blueprint.get("/saved/<int:saved_id>")
@describe(answers.Saved, refusals=(400, 404, 503))
def saved_search(saved_id: int) -> Response:
    """Read a saved search."""
    check_parameters(())
    return answered(_said(_known(saved_id)))


@blueprint.patch("/saved/<int:saved_id>")
@describe(answers.Saved, body=answers.Changed, refusals=(400, 403, 404, 413, 415, 503))
def change(saved_id: int) -> Response:
    """Change the name, the search, or whether there is an alert."""
    check_parameters(())
    _known(saved_id)
    body = body_as(answers.Changed)
    open_store().change_saved(
        saved_id,
        name=None if body.name is UNSET else body.name,
        asked=None if body.search is UNSET else _kept(body.search),
        alert=None if body.alert is UNSET else body.alert,
    )
    _take_stock()
    return answered(_said(_known(saved_id)))


@blueprint.delete("/saved/<int:saved_id>")
@describe(None, status=204, refusals=(400, 403, 404, 503))
def delete(saved_id: int) -> Response:
    """Delete a saved search; its articles stay."""
    check_parameters(())
    _known(saved_id)
    open_store().forget_saved(saved_id)
    return Response(status=204)


@blueprint.post("/saved/<int:saved_id>/seen")
@describe(answers.Saved, body=answers.Seen, refusals=(400, 403, 404, 413, 415, 503))
def seen(saved_id: int) -> Response:
    """Note that the matches up to a number were seen; it never goes back."""
    check_parameters(())
    _known(saved_id)
    open_store().note_seen(saved_id, body_as(answers.Seen).number)
    return answered(_said(_known(saved_id)))


@blueprint.get("/saved/<int:saved_id>/matches")
@describe(answers.Matches, LIMIT, _CURSOR, refusals=(400, 404, 503))
def matches(saved_id: int) -> Response:
    """List what a saved search found, the newest first; numbers stay, so the cursor is one."""
    check_parameters((LIMIT, _CURSOR))
    found = _known(saved_id)
    store = open_store()
    before = int(request.args["cursor"]) if "cursor" in request.args else None
    listed = store.saved_matches(saved_id, limit=limit() + 1, before=before)
    shown = listed[: limit()]
    articles = store.get_many([one.article_id for one in shown])
    said = {
        "matches": [
            {
                "number": one.number,
                "found": one.found,
                "new": one.number > found.seen,
                "article": {**article.facts(), "language": article.language},
            }
            for one in shown
            if one.article_id in articles
            for article in [articles[one.article_id].article]
        ],
        "next": str(shown[-1].number) if len(listed) > len(shown) else None,
    }
    return answered(answers.answer_as(answers.Matches, said))


def _known(saved_id: int) -> SavedSearch:
    # Numbers beyond what SQLite holds are nobody's.
    found = open_store().saved_search(saved_id) if saved_id < 2**63 else None
    if found is None:
        abort(404)
    return found


def _kept(address: str) -> str:
    query = address.partition("?")[2] if "?" in address else address
    try:
        pairs = parse_qsl(query, max_num_fields=1000)
    except ValueError as error:
        raise UsageError("has too many parameters", "search") from error
    return kept(addresses.read(MultiDict(pairs)).request)


def _said(one: SavedSearch) -> answers.Saved:
    try:
        search = Address(request_of(one)).url()
    except UsageError:
        # One that cannot be read can still be looked at, renamed and deleted.
        search = ""
    return answers.Saved(
        one.id, one.name, search, one.made, one.alert, one.matches, one.new, one.latest
    )


def _take_stock() -> None:
    """Note what is in the archive already; without an index the next update does."""
    try:
        follow(open_store(), engine(), equivalents(), today())
    except SearchIndexError:
        return
