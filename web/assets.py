"""The style sheet and the scripts of every page, served whole from parts that people edit.

The parts are plain files in ``style/`` and ``script/``, one for each screen or matter; a
page asks for each kind once. They are put together when the app starts. An address holds
the digest of what is behind it, so browsers keep it for ever and never show an old one.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from flask import Blueprint, Flask, Response, abort, current_app, request

from archive.access import Role
from web.permission import needs

blueprint = Blueprint("assets", __name__)

_HERE: Final = Path(__file__).parent

# Later rules win over earlier ones, so the order counts: what all pages share, then screens.
_PARTS: Final = {
    "morgue.css": [
        "style/palette.css",
        "style/page.css",
        "style/languages.css",
        "style/search.css",
        "style/facets.css",
        "style/timeline.css",
        "style/article.css",
        "style/changes.css",
        "style/export.css",
        "style/front.css",
        "style/coverage.css",
        "style/help.css",
        "style/access.css",
        "style/saved.css",
        "style/sources.css",
        "style/print.css",
    ],
    # Before anything is painted, so that no page flashes in the wrong colours.
    "theme.js": ["script/theme.js"],
    "morgue.js": [
        "script/box.js",
        "script/complete.js",
        "script/marks.js",
        "script/keys.js",
        "script/values.js",
        "script/cite.js",
        "script/timeline.js",
        "script/upload.js",
    ],
}
_TYPES: Final = {".css": "text/css", ".js": "text/javascript"}
_FOR_EVER: Final = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Asset:
    """A file made of parts; *digest* names its content."""

    text: str
    digest: str


def assets() -> dict[str, Asset]:
    """Return every asset by its name, read from the parts as they are on disk now."""
    made = {}
    for name, parts in _PARTS.items():
        text = "\n".join((_HERE / part).read_text("utf-8") for part in parts)
        made[name] = Asset(text, hashlib.sha256(text.encode()).hexdigest()[:12])
    return made


def register(app: Flask) -> None:
    """Put the assets together for *app*, and give templates ``asset(name)``, an address."""
    app.extensions["assets"] = made = assets()
    app.register_blueprint(blueprint)
    address: Any = app.jinja_env.globals["url_for"]
    app.jinja_env.globals["asset"] = lambda name: address(
        "assets.asset", digest=made[name].digest, name=name
    )


@blueprint.get("/assets/<digest>/<name>")
@needs(Role.NOTHING)
def asset(digest: str, name: str) -> Response:
    """Give an asset; under the digest of another version it is not kept by the browser."""
    made: dict[str, Asset] = current_app.extensions["assets"]
    if name not in made:
        abort(404)
    found = made[name]
    response = Response(found.text, mimetype=_TYPES[Path(name).suffix])
    response.headers["Cache-Control"] = _FOR_EVER if digest == found.digest else "no-store"
    response.set_etag(found.digest)
    response.make_conditional(request)
    return response
