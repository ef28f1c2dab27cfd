"""Where a feed's older entries lie: archived and paged feeds (RFC 5005), WordPress's ``?paged=``.

Only what the feed itself says counts: links to its next or previous part, and
the program that wrote it.
"""

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

import msgspec
from lxml import etree

from archive.identity import web_url

_FEEDS = ("feed", "channel", "RDF", "rss")


@dataclass(frozen=True, slots=True)
class About:
    """What a feed says of itself: its older part, its site, and whether WordPress wrote it."""

    older: str | None = None
    home: str | None = None
    wordpress: bool = False


def about(data: bytes, url: str) -> About:
    """Return what the feed that *url* answered with says of itself; nothing for what is none."""
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return _about_json(data, url)
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        return About()
    if root is None:
        return About()
    links: dict[str, str] = {}
    home, wordpress = None, False
    for part in [root, *(child for child in root if _name(child) == "channel")]:
        if _name(part) not in _FEEDS:
            continue
        for child in part:
            match _name(child):
                case "link" if child.get("href"):
                    links.setdefault((child.get("rel") or "alternate").lower(), child.get("href"))
                case "link" if child.text and not home:
                    home = child.text
                case "generator":
                    said = f"{child.text or ''} {child.get('uri') or ''}"
                    wordpress = wordpress or "wordpress" in said.lower()
    older = links.get("prev-archive") or links.get("next")
    return About(_whole(older, url), _whole(home or links.get("alternate"), url), wordpress)


def _about_json(data: bytes, url: str) -> About:
    try:
        feed = msgspec.json.decode(data.strip().removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return About()
    if not isinstance(feed, dict):
        return About()
    older, home = feed.get("next_url"), feed.get("home_page_url")
    return About(
        _whole(older if isinstance(older, str) else None, url),
        _whole(home if isinstance(home, str) else None, url),
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


def _name(element: etree._Element) -> str:
    """An element's name without its namespace; comments have none."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _whole(address: str | None, url: str) -> str | None:
    if not address or not address.strip():
        return None
    try:
        return web_url(urljoin(url, address.strip()))
    except ValueError:
        return None
