"""The web app: search and reading in a browser, over the store and the live index.

It reads and never writes; every request sees the newest index, whatever other
processes do meanwhile.
"""

from pathlib import Path

from flask import Flask, Response

from archive.settings import Settings
from indexer import location, syntax
from indexer.completion import Completer
from indexer.live import LiveIndex
from web import article, assets, changes, complete, errors, front, guide, holdings, present, search
from web.access import close_store
from web.compression import compressed

# Nothing is loaded from elsewhere, nothing inline runs, nobody frames a page.
_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
    "connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

# What the head of every page leads to: an endpoint, and what it is called.
_ROOMS = (
    ("holdings.coverage", "Coverage"),
    ("guide.guide", "Help"),
)


def create_app(site: Path, settings: Settings | None = None) -> Flask:
    """Return the WSGI app over the site in folder *site*."""
    app = Flask("web", static_folder="static", template_folder="templates")
    app.config["SITE"] = site
    settings = settings or Settings()
    app.config["TITLE"] = settings.title
    app.config["EQUIVALENTS"] = settings.search.groups
    app.config["TODAY"] = settings.today
    app.extensions["live_index"] = LiveIndex(site / location.FOLDER)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.jinja_env.globals["examples"] = syntax.WORDS
    app.jinja_env.globals["rooms"] = _ROOMS
    app.extensions["completer"] = Completer()
    for page in (front, search, article, changes, complete, guide, holdings):
        app.register_blueprint(page.blueprint)
    assets.register(app)
    present.register(app)
    errors.register(app)
    app.teardown_appcontext(close_store)
    app.after_request(compressed)
    app.after_request(_secured)
    return app


def _secured(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    return response
