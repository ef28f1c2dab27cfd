"""What every answer tells the browser, so that even a mistake of ours would run nothing."""

from collections.abc import Mapping
from typing import Final

HEADERS: Final[Mapping[str, str]] = {
    # Nothing is loaded from elsewhere, nothing inline runs, nobody frames a page.
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
        "connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    # What is shown here is for no other site to load, nor to hold a window on.
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    # For browsers that do not know frame-ancestors.
    "X-Frame-Options": "DENY",
}
