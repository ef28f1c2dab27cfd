"""Signing in with a password, and out again."""

from datetime import timedelta

from flask import (
    Blueprint,
    current_app,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.wrappers import Response

from archive.access import LONGEST_PASSWORD, Role
from archive.access_settings import Access
from archive.errors import TooManyAttempts
from archive.store.access import KNOWN_FOR
from web import csrf, peers
from web.access import open_store
from web.permission import needs, who
from web.refusal import own_path

blueprint = Blueprint("login", __name__)


@blueprint.get("/login")
@needs(Role.NOTHING)
def login() -> Response:
    """Show the form, or lead on who is signed in already."""
    target = own_path(request.args.get("next"))
    if who().way == "session":
        return redirect(target, 303)
    return _form(target)


@blueprint.post("/login")
@needs(Role.NOTHING)
def sign_in() -> Response:
    """Begin a session, a new one each time, and lead to where the reader wanted to go."""
    access: Access = current_app.config["ACCESS"]
    target = own_path(request.form.get("next"))
    name = request.form.get("name", "")
    password = request.form.get("password", "")
    stay = timedelta(days=access.session_days)
    browser = request.cookies.get(csrf.cookie_name("known"), "")
    try:
        signed_in = open_store().sign_in(
            name, password, peers.client_address(request.environ), stay, browser
        )
    except TooManyAttempts as error:
        minutes = -(-error.seconds // 60)
        answer = _form(
            target,
            name,
            f"Signing in failed too often. Try again in {minutes} "
            f"{'minute' if minutes == 1 else 'minutes'}.",
            429,
        )
        answer.headers["Retry-After"] = str(error.seconds)
        return answer
    if signed_in is None:
        return _form(target, name, "Name or password is wrong.", 403)
    _end_session()
    answer = redirect(target, 303)
    _set_cookie(answer, "session", signed_in.session, stay)
    _set_cookie(answer, "known", signed_in.browser, KNOWN_FOR)
    return answer


@blueprint.post("/logout")
@needs(Role.NOTHING)
def sign_out() -> Response:
    """End the session, here and on the server."""
    _end_session()
    answer = redirect(url_for("front.front"), 303)
    answer.delete_cookie(
        csrf.cookie_name("session"), httponly=True, samesite="Lax", secure=request.is_secure
    )
    return answer


def _set_cookie(answer: Response, what: str, value: str, lasts: timedelta) -> None:
    answer.set_cookie(
        csrf.cookie_name(what),
        value,
        max_age=lasts,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure,
    )


def _end_session() -> None:
    if secret := request.cookies.get(csrf.cookie_name("session")):
        open_store().sign_out(secret)


def _form(target: str, name: str = "", wrong: str = "", status: int = 200) -> Response:
    page = render_template(
        "login.html",
        target=target,
        name=name,
        wrong=wrong,
        longest=LONGEST_PASSWORD,
        accounts=open_store().has_accounts(),
    )
    return make_response(page, status)
