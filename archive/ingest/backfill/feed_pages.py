"""Where a feed's older entries lie: archived and paged feeds (RFC 5005), WordPress's ``?paged=``.

Only what the feed itself says counts: links to its next or previous part, and
the program that wrote it.
"""

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from archive.ingest.feeds import Feed


@dataclass(frozen=True, slots=True)
class About:
    """What a feed says of itself: its older part, its site, and whether WordPress wrote it."""

    older: str | None = None
    home: str | None = None
    wordpress: bool = False


def about(feed: Feed) -> About:
    """Return what *feed* says of its past; an archive goes before a mere next page."""
    links: dict[str, str] = {}
    for rel, address in feed.links:
        links.setdefault(rel, address)
    return About(
        links.get("prev-archive") or links.get("next"),
        links.get("alternate"),
        "wordpress" in feed.generator.lower(),
    )


def paged(address: str, number: int) -> str:
    """Return *address* with the query that asks WordPress for page *number* of a feed."""
    parts = urlsplit(address)
    query = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] != "paged"]
    query.append(("paged", str(number)))
    return urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(query), ""))


def page_number(address: str) -> int:
    """Return which page of a WordPress feed *address* asks for; the feed itself is the first."""
    said = dict(parse_qsl(urlsplit(address).query)).get("paged", "")
    return int(said) if re.fullmatch(r"\d{1,6}", said) else 1
