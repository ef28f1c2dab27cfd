"""Designed pages for whatever goes wrong: plain words, and a way on."""

import logging
import re
from typing import Final

from flask import Flask, Response, abort, make_response, render_template, request
from werkzeug.exceptions import HTTPException

from archive.errors import MorgueError, SearchIndexError, StoreBusy, StoreError, UsageError
from indexer.normal import LONGEST
from web.problems import BadRequest, problem, wants_problem
from web.refusal import SAFE, wants_page

LONGEST_ADDRESS: Final = 128 * 1024
"""So many bytes an address may have: 10,000 characters of any script, and more."""

_log = logging.getLogger(__name__)

_WORDS = {
    404: ("There is nothing at this address", "The link may be old, or cut short."),
    405: ("This address is for reading only", ""),
    411: ("This form does not say how long it is", "Nothing was changed."),
    414: (
        "This is too long for an address",
        f"Of a query the first {LONGEST:,} characters are read. Paste less of it.",
    ),
    413: ("This is more than is taken here", "Nothing was changed."),
}


def register(app: Flask) -> None:
    """Give *app* a page for every error."""
    app.before_request(_check_length)
    app.register_error_handler(UsageError, _bad_address)
    app.register_error_handler(BadRequest, _bad_request)
    app.register_error_handler(SearchIndexError, _no_index)
    app.register_error_handler(StoreBusy, _busy)
    app.register_error_handler(StoreError, _no_store)
    app.register_error_handler(MorgueError, _failed)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _failed)


def _check_length() -> None:
    if len(request.query_string) + len(request.path) > LONGEST_ADDRESS:
        abort(414)


def _page(status: int, title: str, text: str, hint: str = "") -> Response:
    if wants_problem():
        return problem(status, title, text, hint)
    return make_response(render_template("error.html", title=title, text=text), status)


def _bad_address(error: UsageError) -> Response:
    asked = "This address asks" if request.method == "GET" else "This form asks"
    return _page(400, f"{asked} for something that cannot be", str(error))


def _no_index(error: SearchIndexError) -> Response:
    _log.warning("%s", error)
    # What exactly is wrong with it is for the log; the reader learns what brings it back.
    text = (
        f"Nothing can be searched until {_quoted(error.hint)}. No article is lost: the index is "
        "made from the archive, again if need be. Where that runs, open this page again soon."
    )
    answer = make_response(_page(503, "The index is not ready", text))
    answer.headers["Retry-After"] = "60"
    return answer


def _quoted(hint: str) -> str:
    """Return *hint* with its commands in quotation marks: a page has no use for backticks."""
    return re.sub("`([^`]+)`", r"“\1”", hint)


def _busy(error: StoreBusy) -> Response:
    _log.warning("%s", error)
    text = "Another run is writing to the archive. Nothing was changed; try again in a moment."
    answer = _out_of_order("The archive is busy", text, error)
    answer.headers["Retry-After"] = "10"
    return answer


def _no_store(error: StoreError) -> Response:
    _log.error("%s", error)
    # Where the file lies is for the log, not for whoever reads the page.
    what = "read" if request.method in SAFE else "changed"
    title = f"The archive cannot be {what} just now"
    text = f"Its file, articles.db, {error.reason}. Whoever runs Morgue finds more in its log."
    return _out_of_order(title, text, error)


def _out_of_order(title: str, text: str, error: MorgueError) -> Response:
    if wants_page():
        return _page(503, title, text)
    return problem(503, title, text, error.hint)


def _http(error: HTTPException) -> Response:
    title, text = _WORDS.get(error.code or 500, (error.name, error.description or ""))
    answer = _page(error.code or 500, title, text)
    if allow := error.get_response().headers.get("Allow"):
        answer.headers["Allow"] = allow  # RFC 9110, 15.5.6
    return answer


def _bad_request(error: BadRequest) -> Response:
    titles = {400: "This request asks for something that cannot be", 415: "This is not JSON"}
    said = "; ".join(f"{fault.where}: {fault.reason}" for fault in error.faults)
    return problem(error.status, titles[error.status], said, errors=error.faults)


def _failed(error: Exception) -> Response:
    _log.error("a page failed", exc_info=error)
    return _page(500, "Morgue failed on this page", "The fault is ours, and was noted in the log.")
