"""Forms of ours, told from forms that another site made a browser send.

Two things are asked, for browsers differ in which they can do: that the request says it comes
from this very site (``Sec-Fetch-Site``, else ``Origin``), and a token in the form that only a
page of ours can know (OWASP, Cross-Site Request Forgery Prevention: HMAC double submit). The
token is keyed by the session, or where there is none by a cookie of its own; it is another one
on every page, so that compression tells nothing of it (BREACH).
"""

import hashlib
import hmac
import secrets
from urllib.parse import urlsplit

from flask import current_app, g, request
from markupsafe import Markup
from werkzeug.wrappers import Response

from archive.access import fingerprint
from web.peers import has_host

FIELD = "csrf"
HEADER = "X-CSRF-Token"
_SALT = 32


def cookie_name(what: str) -> str:
    """Return what a cookie of this site is called.

    Cookies know no ports: two archives on one machine must not take each other's. Over https
    the name's prefix has the browser refuse one that a neighbouring host or plain http set.
    """
    name = f"morgue-{what}-{fingerprint(str(current_app.config['SITE'].absolute()))[:8]}"
    return f"__Host-{name}" if request.is_secure else name


def token(secret: str) -> str:
    """Return a token for a form of who holds the session *secret* (empty: nobody's)."""
    salt = secrets.token_hex(_SALT // 2)
    return salt + _digest(salt, secret, _cookie(make=True))


def field(secret: str) -> Markup:
    """Return the hidden field that each form with ``method="post"`` must have."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, token(secret))


def is_ours(secret: str) -> bool:
    """Whether this request was sent by a page of ours, seen by who holds *secret*."""
    if not _is_from_here():
        return False
    sent = request.headers.get(HEADER) or request.form.get(FIELD, "")
    cookie = _cookie(make=False)
    if not cookie or not sent.isascii():
        return False
    salt, digest = sent[:_SALT], sent[_SALT:]
    return hmac.compare_digest(digest, _digest(salt, secret, cookie))


def remember(response: Response) -> Response:
    """Set the cookie that the forms on this page are bound to, where it is new."""
    if made := g.get("csrf_made"):
        response.set_cookie(
            cookie_name("form"), made, httponly=True, samesite="Strict", secure=request.is_secure
        )
    return response


def _cookie(*, make: bool) -> str:
    if "csrf" not in g:
        kept = request.cookies.get(cookie_name("form"), "")
        if not kept and make:
            kept = g.csrf_made = secrets.token_urlsafe(32)
        if not kept:
            return ""
        g.csrf = kept
    known: str = g.csrf
    return known


def _digest(salt: str, secret: str, cookie: str) -> str:
    # Lengths first: no other pair of values makes the same text.
    text = f"{len(secret)} {len(cookie)} {secret} {salt}"
    return hmac.new(cookie.encode(), text.encode(), hashlib.sha256).hexdigest()


def _is_from_here() -> bool:
    """Whether the browser does not say that another site made it ask."""
    # Fetch Metadata (W3C): "none" is what nobody's page began, such as a page opened again.
    if request.headers.get("Sec-Fetch-Site", "none") not in ("same-origin", "none"):
        return False
    origin = request.headers.get("Origin")
    if origin is None:
        return True
    try:
        parts = urlsplit(origin)
        netloc, _ = parts.netloc, parts.port
    except ValueError:
        return False
    if request.is_secure and parts.scheme != "https":
        return False
    # A proxy may hand on another Host than the browser sees; then the setting says what it is.
    configured = has_host(netloc, current_app.config["ACCESS"].hosts)
    return netloc.casefold() == request.host.casefold() or configured
