"""Addresses of other pages, as templates ask for them: each is worked out once.

Flask works one out from its rules at every call, and a page has a hundred links that every page
has. What an address is depends on nothing but the endpoint and its values, for Morgue is served
at the root of its host; an address with the host is asked of Flask each time.
"""

from functools import lru_cache
from typing import Any, Final

from flask import Flask, url_for

_KEPT: Final = 1 << 12


def register(app: Flask) -> None:
    """Give the templates of *app* a `url_for` that remembers."""

    @lru_cache(maxsize=_KEPT)
    def known(endpoint: str, values: tuple[tuple[str, Any], ...]) -> str:
        return url_for(endpoint, **dict(values))

    def address(endpoint: str, **values: Any) -> str:
        if "_external" in values or endpoint.startswith("."):
            return url_for(endpoint, **values)
        return known(endpoint, tuple(values.items()))

    app.jinja_env.globals["url_for"] = address
