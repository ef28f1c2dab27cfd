"""Who asks, and what they may do. Every route is guarded without being told.

A screen needs to know this much:

- GET and HEAD ask for the role *read*, every other method for *write*. ``@needs(Role.WRITE)``
  on a view (below the route) asks for something else, such as a form that only writers see;
  ``@needs(Role.NOTHING)`` opens it to everybody.
- A form that changes something is ``<form method="post">`` with ``{{ csrf_field() }}`` in it,
  and is shown ``{% if may_write() %}``. A script sends the header ``X-CSRF-Token`` instead,
  with ``csrf_token()``, which a template puts where the script finds it. Requests with
  ``Authorization: Bearer`` need neither. GET never changes anything.
- A body larger than 1 MiB must be allowed: ``@takes(bytes)`` on the view. Who may not write
  sends 16 KiB at most, and says beforehand how much.
- A view changes the store by ``open_store()`` and its transactions; one that cannot be had in
  a few seconds ends in a page with status 503. After a change, redirect with 303.
- ``who()`` is the `Identity`: its *name* and *role*; also in templates.
"""

import re
from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from flask import Flask, abort, current_app, g, request
from werkzeug.wrappers import Response

from archive.access import TOKEN_PREFIX, Role
from archive.access_settings import Access
from archive.errors import StoreError, UsageError
from web import csrf, peers, refusal
from web.access import open_store

LARGEST_FORM: Final = 1024 * 1024
STRANGERS_FORM: Final = 16 * 1024
"""Bytes of a body from whoever may change nothing but who they are: a name and a password."""
_DRESS: Final = ("static", "assets.asset", "watch.healthz")
"""What even the page that refuses needs to be shown well, and what tells nothing of us."""
_BEARER: Final = re.compile(r"Bearer +(\S+)", re.IGNORECASE)

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Identity:
    """Who asks. *name* is None for anyone; *secret* is the session's, by which forms are bound.

    *way* is how we know: ``anyone``, ``session``, ``token``, ``basic`` or ``proxy``.
    """

    role: Role
    name: str | None = None
    way: str = "anyone"
    secret: str = ""


class WrongCredentials(Exception):
    """A token was sent that is none."""


def needs(role: Role) -> Callable[[View], View]:
    """Say what role a view asks for, whatever the method."""

    def mark(view: View) -> View:
        view.needs = role  # type: ignore[attr-defined]
        return view

    return mark


def takes(size: int) -> Callable[[View], View]:
    """Say how many bytes a request for this view may have."""

    def mark(view: View) -> View:
        view.takes = size  # type: ignore[attr-defined]
        return view

    return mark


def who() -> Identity:
    """Return who asks. Raises StoreError, and WrongCredentials for a token that is none."""
    if "identity" not in g:
        g.identity = _identity(current_app.config["ACCESS"])
    found: Identity = g.identity
    return found


def may_write() -> bool:
    """Whether who asks may change something; not where that cannot be known."""
    return _who_if_known().role >= Role.WRITE


def register(app: Flask) -> None:
    """Guard all routes of *app*, and tell its templates who asks."""
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_FORM
    app.before_request(_guard)
    app.register_error_handler(WrongCredentials, lambda _: refusal.wrong_token())
    app.after_request(csrf.remember)
    app.after_request(_private)
    app.jinja_env.globals.update(
        who=_who_if_known,
        may_write=may_write,
        may_sign_in=may_sign_in,
        asked_path=refusal.asked_path,
        csrf_field=lambda: csrf.field(_who_if_known().secret),
        csrf_token=lambda: csrf.token(_who_if_known().secret),
    )


def role_needed() -> Role:
    """Return the role that this request asks for."""
    view = current_app.view_functions[request.endpoint or ""]
    usual = Role.READ if request.method in refusal.SAFE else Role.WRITE
    needed: Role = getattr(view, "needs", usual)
    return needed


def may_sign_in() -> bool:
    """Whether there is anybody who can sign in with a password; not where none can be asked."""
    try:
        return open_store().has_accounts()
    except StoreError:
        return False


def _guard() -> Response | None:
    """Let through who may, with a form of ours; else return the page that says why not."""
    if request.endpoint in _DRESS:
        return None
    if not peers.is_known_host(request.host, current_app.config["ACCESS"]):
        return refusal.unknown_host()
    if request.endpoint is None:
        return None
    view = current_app.view_functions[request.endpoint]
    request.max_content_length = getattr(view, "takes", LARGEST_FORM)
    needed = role_needed()
    if needed > Role.NOTHING and who().role < needed:
        return refusal.not_allowed(who().name, needed)
    if request.method in refusal.SAFE:
        return None
    identity = who()
    if identity.role < Role.WRITE:
        # Nobody reads for a stranger what has no end that is known (`morgue.porter`).
        request.max_content_length = STRANGERS_FORM
        if request.headers.get("Transfer-Encoding"):
            abort(411)
    if identity.way == "token" or csrf.is_ours(identity.secret):
        return None
    return refusal.bad_form()


def _identity(access: Access) -> Identity:
    user = peers.proxy_user(request.environ)
    if (header := request.headers.get("Authorization")) and (
        by_token := _by_token(header, user is not None)
    ):
        return by_token
    secret = request.cookies.get(csrf.cookie_name("session"), "")
    if secret and (holder := open_store().session(secret)):
        return Identity(holder.role, holder.name, "session", secret)
    if user is not None:
        writes = "*" in access.writers or user in access.writers
        return Identity(Role.WRITE if writes else Role.READ, user, "proxy", f"proxy {user}")
    return Identity(_anyone(access))


def _by_token(header: str, behind_proxy: bool) -> Identity | None:
    """Return who sent a token; None for what was sent to the proxy that vouches, or no token."""
    bearer = _BEARER.fullmatch(header.strip())
    secret = bearer[1] if bearer else _basic_password(header)
    if not secret.startswith(TOKEN_PREFIX) and (behind_proxy or not bearer):
        return None
    holder = open_store().token(secret)
    if holder is None:
        raise WrongCredentials
    if bearer:
        return Identity(holder.role, holder.name, "token")
    # Feed readers know nothing but a name and a password. A browser would go on sending
    # these, whichever site makes it ask; so they must not change anything.
    return Identity(min(holder.role, Role.READ), holder.name, "basic")


def _basic_password(header: str) -> str:
    """Return the password that ``Authorization: Basic`` holds (RFC 7617), else nothing."""
    scheme, _, encoded = header.strip().partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        return b64decode(encoded, validate=True).decode().partition(":")[2]
    except ValueError:
        return ""


def _anyone(access: Access) -> Role:
    """Return what somebody may do of whom nothing is known."""
    at_home = peers.is_at_this_machine(request.environ)
    if access.anyone:
        role = Role.named(access.anyone)
        return role if at_home else min(role, Role.READ)
    closed = access.proxies or access.user_header or open_store().has_accounts()
    return Role.WRITE if at_home and not closed else Role.NOTHING


def _who_if_known() -> Identity:
    try:
        return who()
    except (StoreError, UsageError, WrongCredentials):
        return Identity(Role.NOTHING)


def _private(response: Response) -> Response:
    """Let no cache keep what is only for who signed in, nor a form of theirs."""
    identity: Identity | None = g.get("identity")
    if identity:
        response.vary.update(("Cookie", "Authorization"))
        if identity.way != "anyone" or "csrf" in g:
            response.headers["Cache-Control"] = "private, no-store"
    return response
