"""robots.txt: what a site lets Morgue visit, and how fast (RFC 9309), read by Protego.

A file that is not there allows everything; one that cannot be had now allows
nothing for now. Each is asked once in a run.
"""

import threading
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from protego import Protego

from archive.errors import FetchError
from archive.ingest.fetch import Fetcher
from archive.store.frontier import NOT_ALLOWED

AGENT = "Morgue"
"""The product token that a robots.txt may name."""
_LARGEST = 512 * 1024
_TOO_MANY_REQUESTS = 429


@dataclass(frozen=True)
class Rules:
    """What one robots.txt says; *unreachable* is why it could not be had."""

    file: Protego
    unreachable: str | None = None

    def refusal(self, address: str) -> str | None:
        """Return why *address* may not be visited now, or None when it may."""
        if self.unreachable:
            return f"its site's robots.txt cannot be read now: {self.unreachable}"
        if not self.file.can_fetch(address, AGENT):
            return NOT_ALLOWED
        return None

    @property
    def delay(self) -> float:
        """Seconds that the site wants between two visits."""
        return max(0.0, self.file.crawl_delay(AGENT) or 0.0)

    @property
    def sitemaps(self) -> tuple[str, ...]:
        """The addresses of the sitemaps that it names."""
        return tuple(self.file.sitemaps)


class RobotsFiles:
    """The robots.txt of each site that is asked for; safe to share between threads."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher
        self._known: dict[str, Rules] = {}
        self._lock = threading.Lock()

    def of(self, address: str, meant: str = "", seconds: float | None = None) -> Rules:
        """Return the rules for *address*, an http or https URL. Never raises for an answer.

        *meant* and *seconds* as for a fetch.
        """
        where = address_of(address)
        if reason := self._fetcher.refusal(where, meant):
            # Not remembered: to whom the operator's own word leads there it may be open.
            return Rules(Protego.parse(""), reason)
        with self._lock:
            known = self._known.get(where)
        if known is None:
            known = self._read(where, meant, seconds)
            if seconds is None or not known.unreachable:
                with self._lock:
                    self._known[where] = known
        return known

    def _read(self, where: str, meant: str, seconds: float | None) -> Rules:
        try:
            body = (
                self._fetcher.get(
                    where, accept="text/plain, */*;q=0.5", meant=meant, seconds=seconds
                ).body
                or b""
            )
        except FetchError as error:
            # Any other answer says that there are no rules (RFC 9309 §2.3.1.3).
            there = error.status is not None and error.status < 500
            if there and error.status != _TOO_MANY_REQUESTS:
                return Rules(Protego.parse(""))
            return Rules(Protego.parse(""), error.reason)
        return Rules(Protego.parse(body[:_LARGEST].decode("utf-8-sig", "replace")))


def address_of(address: str) -> str:
    """Return where the robots.txt for *address* lies."""
    parts = urlsplit(address)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], "/robots.txt", "", ""))
