"""Addresses of copies in web archives: which they are, and where to look for one.

Web archives that replay captures by their own address (the Internet Archive, Archive-It,
national libraries; the software is OpenWayback or pywb) name one as
``https://ARCHIVE/…/20240305101500/https://news.example/a``: the digits are when it was
captured, in UTC, of any length from the year on; two letters and ``_`` may follow them.
"""

import re
from dataclasses import dataclass
from datetime import date
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from archive.identity import web_url

_CAPTURE: Final = re.compile(
    r"https?://(?P<archive>[^/?#]+)/(?:[^?#]*?/)?(?P<digits>\d{4,14})(?:[a-z]{2}_)?/"
    r"(?P<original>https?:/{1,2}.+)",
    re.IGNORECASE,
)
# They name captures by a few letters, which say neither what was captured nor when.
_BY_LETTERS: Final = frozenset(
    {"archive.today", "archive.ph", "archive.is", "archive.md", "archive.vn", "perma.cc"}
)
_LOOK_UP: Final = "https://web.archive.org/web"


@dataclass(frozen=True, slots=True)
class Capture:
    """A copy in a web archive. *original* and *captured* (a day) are None where not told."""

    address: str
    archive: str
    original: str | None = None
    captured: date | None = None


def capture_at(address: str) -> Capture | None:
    """Return the capture that *address* leads to, or None for any other address."""
    if web_url(address) is None:
        return None
    if found := _CAPTURE.fullmatch(address):
        # Servers and proxies make one slash of two.
        original = re.sub(r"^(https?):/+", r"\1://", found["original"], flags=re.IGNORECASE)
        return Capture(address, found["archive"].lower(), web_url(original), _day(found["digits"]))
    host = (urlsplit(address).hostname or "").removeprefix("www.")
    return Capture(address, host) if host in _BY_LETTERS else None


def look_up(address: str, day: str) -> str | None:
    """Return where the Internet Archive shows what it captured of *address* next to *day*.

    It may have nothing: this is a place to look, not a copy that is known. *day* is
    ISO 8601, as exact as it is known. None for what no archive on the web can have seen: files and
    private hosts.
    """
    host = urlsplit(address).hostname or "" if web_url(address) else ""
    if "." not in host or host.endswith((".local", ".localhost", ".internal")) or _private(host):
        return None
    return f"{_LOOK_UP}/{re.sub('[^0-9]', '', day[:10])}/{address}"


def _private(host: str) -> bool:
    try:
        return not ip_address(host).is_global
    except ValueError:
        return False


def _day(digits: str) -> date | None:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return None
