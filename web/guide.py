"""The help page: how to search, by examples that are links."""

from flask import Blueprint, render_template

from indexer import syntax

blueprint = Blueprint("guide", __name__)


@blueprint.get("/help")
def guide() -> str:
    """Show the query language, each example a search."""
    return render_template("help.html", sections=syntax.SECTIONS, limits=syntax.LIMITS)
