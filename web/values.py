"""All values of a facet: to find one among hundreds, to choose several, to leave some out."""

from dataclasses import replace

from flask import Blueprint, Response, abort, jsonify, render_template, request

from archive.errors import UsageError
from indexer.request import NARROWING
from indexer.search import values_of
from web import address as addresses
from web.access import engine, equivalents, open_store, today
from web.address import NOT, Address
from web.facets import listed, page_url
from web.present import chips

blueprint = Blueprint("values", __name__)


def _counts(facet: str, address: Address) -> dict[str, int]:
    asked = replace(address.request, today=today())
    return values_of(facet, asked, engine(), open_store(), equivalents())


@blueprint.get("/search/facet/<facet>")
def values(facet: str) -> str:
    """Show the values of *facet* among the articles of a search, with a box to find one."""
    if facet not in NARROWING:
        abort(404)
    address = addresses.read(request.args)
    find = request.args.get("find", "").strip()
    own = {facet, f"{NOT}{facet}", "page"}
    return render_template(
        "values.html",
        facet=facet,
        plural=NARROWING[facet],
        not_name=f"{NOT}{facet}",
        address=address,
        find=find,
        listed=listed(facet, _counts(facet, address), address, find),
        chips=chips(address),
        kept=address.pairs(own),
        here=page_url(facet, address),
    )


@blueprint.get("/search/facet/<facet>.json")
def values_json(facet: str) -> Response:
    """Answer how many articles of a search have each value of *facet*: all of its values."""
    if facet not in NARROWING:
        raise UsageError("is no facet", f"“{facet[:40]}”", f"choose {', '.join(NARROWING)}")
    return jsonify({"facet": facet, "values": _counts(facet, addresses.read(request.args))})
