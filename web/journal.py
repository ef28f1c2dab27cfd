"""The log of requests: what was asked for and how it went, not who asked, nor for what words.

What a reader searches and reads is nobody's business, so a request is told by its route
(``/article/<article_id>``), without the words of a query, and without address or name. Only
where a page failed is its path told, to find the fault.
"""

import logging
import time

from flask import Flask, Response, g, request

from archive import log

_log = logging.getLogger(__name__)


def register(app: Flask) -> None:
    """Log each request to *app* once its answer is sent."""
    app.before_request(_begin)
    app.after_request(_follow)


def _begin() -> None:
    g.began = time.monotonic()


def _follow(response: Response) -> Response:
    if not _log.isEnabledFor(logging.INFO):
        return response
    rule = request.url_rule
    failed = response.status_code >= 500
    identity = g.get("identity")
    told = {
        "method": request.method if request.method.isalpha() else "?",
        "route": rule.rule if rule else None,
        "path": request.path if failed else None,
        "status": response.status_code,
        "way": identity.way if identity else None,
        "bytes": response.content_length,
    }
    began = g.get("began", time.monotonic())

    def end() -> None:
        took = round((time.monotonic() - began) * 1000, 1)
        log.event(_log, logging.INFO, "request", **told, took_ms=took)

    response.call_on_close(end)
    return response
