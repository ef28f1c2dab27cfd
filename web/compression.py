"""Pages and assets go out compressed (gzip, RFC 1952) to browsers that take it.

What is streamed goes out as it is, for an export is not held in memory to be compressed.
What is secret on a page must not be found out by its compressed length (BREACH), so
whatever prints a secret beside text of the reader's own masks it anew on every page.
"""

import gzip
from typing import Final

from flask import Response, request

_LEAST: Final = 1_000
_LEVEL: Final = 3
_TYPES: Final = frozenset(
    ("application/json", "text/css", "text/html", "text/javascript", "image/svg+xml")
)


def compressed(response: Response) -> Response:
    """Return *response* with its body in gzip, where that is asked for and worth it."""
    if (
        response.mimetype not in _TYPES
        or response.is_streamed
        or response.direct_passthrough
        or response.status_code not in (200, 400, 404, 410)
        or "Content-Encoding" in response.headers
    ):
        return response
    response.vary.add("Accept-Encoding")
    if not request.accept_encodings["gzip"]:
        return response
    body = response.get_data()
    if len(body) >= _LEAST:
        response.set_data(gzip.compress(body, _LEVEL, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    return response
