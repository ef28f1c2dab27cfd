"""What those are told who may not: who they are, what is needed, and the way on."""

from typing import Final
from urllib.parse import quote, urlsplit

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from archive.access import Role
from web.problems import problem

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing (RFC 9110, 9.2.1)."""
PROBES: Final = frozenset({"/healthz", "/readyz", "/metrics"})
"""What only machines ask for, whatever they say they accept."""
_WITHOUT = {Role.READ: "read here", Role.WRITE: "change anything here"}


def not_allowed(name: str | None, needed: Role) -> Response:
    """Refuse what asks for the role *needed*; lead to signing in who did not."""
    if name is not None:
        return _refused(
            403,
            "You may not do this",
            f"You are signed in as {name}, who may not {_WITHOUT[needed]}: "
            f"that needs the role “{needed.label}”.",
        )
    if request.method in ("GET", "HEAD") and wants_page():
        # Straight to the form: who opens an old link wants to read, not to be told off.
        return _kept_by_nobody(redirect(url_for("login.login", next=asked_path()), 303))
    return _refused(
        401,
        "You are not signed in",
        f"Nobody may {_WITHOUT[needed]} without signing in; nothing was changed.",
    )


def wrong_token() -> Response:
    """Refuse a token that is none."""
    return _refused(
        401, "This token is not valid", "It was revoked, has run out, or was not copied in full."
    )


def bad_form() -> Response:
    """Refuse a form that no page of ours sent."""
    return _refused(
        403,
        "This form was not accepted",
        "It was open for longer than your session, or another site sent it. Nothing was "
        "changed. Go back, reload the page, and send it again.",
    )


def unknown_host() -> Response:
    """Refuse a name under which nobody said that Morgue is reached."""
    name = request.host[:100]
    return _refused(
        421,
        "Morgue is not known under this name",
        f"If “{name}” is its name, say so in morgue.toml: below [access], hosts = "
        f'["{name.partition(":")[0]}"]. If you came by a link, it may be a trap.',
    )


def wants_page() -> bool:
    """Whether a person's browser asks, and not a program or a feed reader."""
    last = request.path.rpartition("/")[2]
    if request.path.startswith("/api/") or "." in last or request.path in PROBES:
        return False
    return not request.accept_mimetypes or request.accept_mimetypes.accept_html


def asked_path() -> str:
    """Return path and query of this request, as they were sent."""
    path = quote(request.path, safe="/:@!$&'()*+,;=~")
    query = request.query_string.decode("latin-1")
    return f"{path}?{query}" if query else path


def own_path(text: str | None) -> str:
    r"""Return *text* when it is a path of this site, else that of the front page.

    Browsers read ``//host``, ``/\host`` and ``/<tab>/host`` as another site.
    """
    text = text or "/"
    if not text.startswith("/") or text.startswith("//") or "\\" in text:
        return "/"
    if any(character <= " " or character == "\x7f" for character in text):
        return "/"
    try:
        parts = urlsplit(text)
    except ValueError:
        return "/"
    return "/" if parts.scheme or parts.netloc else text


def _refused(status: int, title: str, text: str) -> Response:
    answer: Response
    if wants_page():
        page = render_template("refused.html", title=title, text=text, status=status)
        answer = make_response(page, status)
    else:
        answer = problem(status, title, text)
    if status == 401:
        # RFC 9110 wants a challenge. Basic is for feed readers, which know nothing else;
        # a browser would show a box of its own for it.
        feed = request.path.endswith((".atom", ".rss"))
        answer.headers["WWW-Authenticate"] = f'{"Basic" if feed else "Bearer"} realm="Morgue"'
    return _kept_by_nobody(answer)


def _kept_by_nobody(answer: Response) -> Response:
    answer.headers["Cache-Control"] = "no-store"
    return answer
