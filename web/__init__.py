"""The web app: search and reading in a browser, over the store and the live index.

It never writes to the index, and to the store only by POST, for whoever may (`permission`
says how a screen does it); every request sees the newest index, whatever other processes
do meanwhile.
"""

from pathlib import Path

from flask import Flask, Response

from archive.settings import Settings
from indexer import location, syntax
from indexer.completion import Completer
from indexer.coverages import Coverages
from indexer.live import LiveIndex
from web import (
    add_source,
    api,
    article,
    assets,
    browsers,
    changes,
    complete,
    copies,
    errors,
    export,
    front,
    guide,
    holdings,
    journal,
    links,
    login,
    peers,
    permission,
    policy,
    present,
    saved,
    search,
    sources,
    uploads,
    values,
    watch,
)
from web.access import close_store
from web.compression import compressed
from web.intake import Intake

# What the head of every page leads to: an endpoint, and what it is called.
_ROOMS = (
    ("holdings.coverage", "Coverage"),
    ("saved.saved", "Saved"),
    ("sources.sources", "Sources"),
    ("guide.guide", "Help"),
)

_PATIENCE = 8.0
"""Seconds that somebody who sent a form waits for another run to end its writing."""


def create_app(
    site: Path, settings: Settings | None = None, intake: Intake | None = None
) -> Flask:
    """Return the WSGI app over the site in folder *site*; *intake* brings in what is new."""
    app = Flask("web", static_folder="static", template_folder="templates")
    app.config["SITE"] = site
    settings = settings or Settings()
    app.config["PATIENCE"] = _PATIENCE
    app.config["TITLE"] = settings.title
    app.config["EQUIVALENTS"] = settings.search.groups
    app.config["NEWER"] = settings.search.newer
    app.config["TODAY"] = settings.today
    app.config["ACCESS"] = settings.access
    app.config["LANGUAGE"] = settings.language
    app.extensions["live_index"] = LiveIndex(site / location.FOLDER)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.jinja_env.globals["examples"] = syntax.WORDS
    app.jinja_env.globals["rooms"] = _ROOMS
    app.extensions["intake"] = intake or Intake(settings)
    app.extensions["completer"] = Completer()
    app.extensions["coverages"] = Coverages()
    journal.register(app)
    links.register(app)
    permission.register(app)
    for page in (
        *(front, search, values, export, article, changes, copies, holdings, saved),
        *(sources, add_source, uploads, complete, guide, login),
    ):
        app.register_blueprint(page.blueprint)
    for machine in (api, browsers, watch):
        app.register_blueprint(machine.blueprint)
    assets.register(app)
    present.register(app)
    errors.register(app)
    app.teardown_appcontext(close_store)
    app.after_request(compressed)
    app.after_request(_secured)
    app.wsgi_app = peers.Peers(app.wsgi_app, settings.access)  # type: ignore[assignment]
    return app


def _secured(response: Response) -> Response:
    response.headers.update(policy.HEADERS)
    return response
