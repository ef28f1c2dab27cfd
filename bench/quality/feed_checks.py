"""Whether a feed as it was read has what is expected of it."""

import calendar
import html
import itertools
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from io import BytesIO
from typing import Any, Final
from urllib.parse import urljoin

import feedparser

from archive.identity import canonical_url, web_url
from archive.ingest import feeds
from bench.quality.feed_cases import Case, Expected
from bench.quality.feed_text import words

_BARE = re.compile(rb"(<(?:\w+:)?(?:item|entry)\b(?:\s[^<>]*)?(?<!/)>)")
_UNTITLED = "Untitled entry of a test"
_DRESS = f"<title>{_UNTITLED}</title>".encode()


@dataclass(frozen=True, slots=True)
class Read:
    """A feed as some reader gave it: fields of the feed, and of its entries, each with values."""

    feed: Mapping[str, list[str]]
    entries: list[Mapping[str, list[str]]]


def ours(case: Case) -> Read:
    """Read *case* as Morgue does. Raises FormatError.

    Entries of a test that have nothing to read would be refused: these are
    given a title first.
    """
    feed = feeds.read(case.data, case.url, case.content_type)
    bare = {
        int(where.rpartition(" ")[2])
        for where, reason in feed.refused
        if "neither headline nor text" in reason
    }
    if bare and case.bare:
        numbers = itertools.count(1)
        dressed = _BARE.sub(
            lambda tag: tag[1] + (_DRESS if next(numbers) in bare else b""), case.data
        )
        feed = feeds.read(dressed, case.url, case.content_type)
    return _ours(feed)


def _ours(feed: feeds.Feed) -> Read:
    about = {
        "title": [feed.title or ""],
        "link": [href for _, href in feed.links],
        "generator": [feed.generator],
        "language": [],
    }
    entries: list[Mapping[str, list[str]]] = []
    for entry in feed.entries:
        values: dict[str, list[str]] = {}
        for evidence in entry.item.claims:
            values.setdefault(evidence.field, []).append(evidence.value)
        fields = {
            "headline": values.get("headline", []),
            "link": [entry.item.url],
            "id": [entry.key],
            "published": values.get("published", []),
            "updated": values.get("updated", []),
            "byline": values.get("byline", []),
            "text": [entry.item.text],
            "topic": values.get("topics", []),
            "language": values.get("language", []),
        }
        about["language"] += fields["language"]
        entries.append(fields)
    return Read(about, entries)


def plain(case: Case) -> Read:
    """Read *case* as feedparser alone does."""
    headers = {"content-location": case.url, "content-type": case.content_type}
    parsed = feedparser.parse(BytesIO(case.data), response_headers=headers)
    return Read(_of(parsed.feed), [_of(entry) for entry in parsed.entries])


def _of(part: Any) -> Mapping[str, list[str]]:
    def listed(name: str) -> list[str]:
        # Asked for "updated", it hands out "published" with a warning.
        return [str(part[name])] if dict.__contains__(part, name) else []

    given = part.get("content", ())
    contents = given if isinstance(given, list) else []
    languages = [content.get("language") or "" for content in contents]
    texts = [content.get("value", "") for content in contents]
    return {
        "title": listed("title"),
        "headline": listed("title"),
        "link": listed("link"),
        "id": listed("id"),
        "published": listed("published") + listed("created"),
        "updated": listed("updated"),
        "byline": [a.get("name", "") for a in part.get("authors", ())] + listed("author"),
        "text": [max([*texts, part.get("summary", "")], key=len)],
        "topic": [t.get("label") or t.get("term") or "" for t in part.get("tags", ())],
        "language": [*listed("language"), *languages],
        "generator": listed("generator"),
    }


def meets(read: Read, expected: Expected, case: Case) -> bool:
    """Whether what was *read* has the value that is *expected*."""
    if expected.entry is None:
        fields: Mapping[str, list[str]] = read.feed
    elif expected.entry < len(read.entries):
        fields = read.entries[expected.entry]
    else:
        return False
    found = fields.get(expected.field, [])
    if expected.entry is None and expected.field == "language" and not read.entries:
        # A feed's language is kept with its entries.
        return True
    if expected.field in ("published", "updated"):
        # What has no date of publication is dated by its update.
        found = found or fields.get("published", [])
    return _CHECKS.get(expected.field, _same_words)(expected.value, found, case)


def _same_words(value: Any, found: list[str], _case: Case) -> bool:
    if value is None:
        return not any(found)
    wanted = {_letters(str(value)), _letters(words(str(value)))}
    wanted.add(_letters(words(html.unescape(str(value)))))
    if "" in wanted:
        found = [one for one in found if one != _UNTITLED]
    return any(_letters(one) in wanted or _letters(words(one)) in wanted for one in found or [""])


def _letters(text: str) -> str:
    return "".join(text.split()).casefold()


def _same_link(value: Any, found: list[str], case: Case) -> bool:
    address = urljoin(case.url, str(value).strip())
    one = next(iter(found), "")
    if web_url(address) is None:
        # What leads nowhere on the web is no address of an article.
        return one.startswith(f"{case.url}#") or one == "" or one == str(value)
    return any(_address(one) == _address(address) for one in found)


def _address(url: str) -> str:
    return canonical_url(url.partition("#")[0])


def _same_id(value: Any, found: list[str], case: Case) -> bool:
    return any(one in (str(value).strip(), urljoin(case.url, str(value))) for one in found)


def _same_moment(value: Any, found: list[str], _case: Case) -> bool:
    if value is None:
        return True
    wanted = moment(value)
    if wanted is None:
        return any(_letters(one) == _letters(str(value)) for one in found)
    return any(moment(one) == wanted for one in found)


def moment(value: Any) -> datetime | None:
    """Return an instant in UTC, to the second: of a struct_time, of ISO 8601, of RFC 5322."""
    if isinstance(value, tuple | time.struct_time):
        seconds = calendar.timegm((*tuple(value)[:6], 0, 0, 0))
        return datetime.fromtimestamp(seconds, UTC)
    text = re.sub(r" ?([T,]) ?", r"\1", " ".join(str(value).split()))
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            found = read(text)
        except (ValueError, TypeError, IndexError):
            continue
        found = found if found.tzinfo else found.replace(tzinfo=UTC)
        return found.astimezone(UTC).replace(microsecond=0)
    return None


def _named(value: Any, found: list[str], _case: Case) -> bool:
    name = re.sub(r"\S+@\S+|[()<>]", " ", words(str(value)))
    return _letters(name) in {_letters(one) for one in found or [""]} or not name.strip()


_CHECKS: Final[Mapping[str, Callable[[Any, list[str], Case], bool]]] = {
    "link": _same_link,
    "id": _same_id,
    "published": _same_moment,
    "updated": _same_moment,
    "byline": _named,
}
