"""What the API answers and takes: each type is also what the OpenAPI document says."""

from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from archive.store.holdings import Counts

Name = Annotated[str, Meta(min_length=1, max_length=80)]


class Copy(Struct, frozen=True):
    """Another telling of a story; *link* is its address on the web."""

    id: str
    source: str
    headline: str
    published: str | None
    link: str | None


class Snippet(Struct, frozen=True):
    """A passage; *marks* are start and end of what matched in it, in characters."""

    field: str
    text: str
    marks: list[tuple[int, int]]


class Facts(Struct, frozen=True, kw_only=True):
    """An article's facts. Dates are ISO 8601, as exact as the source is (*precision*)."""

    id: str
    url: str
    headline: str
    source: str
    agency: str | None
    byline: str | None
    dateline: str | None
    published: str | None
    precision: str
    updated: str | None
    topics: list[str]
    language: str | None


class Hit(Facts, frozen=True, kw_only=True):
    """An article found; *missing* are words that it lacks."""

    copies: list[Copy]
    missing: list[str]
    score: float
    snippets: list[Snippet]
    reasons: list[dict[str, Any]] = []


class Understood(Struct, frozen=True):
    """How the words were read: as a sentence, and as a query."""

    words: str
    query: str


class Hint(Struct, frozen=True):
    """What may have been meant otherwise than it was read, and the query for that."""

    says: str
    query: str


class Found(Struct, frozen=True, kw_only=True):
    """A part of what a search finds; *next* is the cursor of the following part, or null.

    *total* counts stories, *articles* each article. *partial* hold a part of the words only.
    *moved*: the archive changed since the part before, see the documentation.
    """

    query: str
    understood: Understood
    notices: list[str]
    hints: list[Hint]
    total: int
    articles: int
    hits: list[Hit]
    partial: list[Hit] = []
    facets: dict[str, dict[str, int]]
    took_ms: float
    next: str | None
    moved: bool


class Claim(Struct, frozen=True):
    """A value that was found for a field, where (*origin*), and whether it was *chosen*."""

    field: str
    value: str
    origin: str
    chosen: bool


class Article(Facts, frozen=True, kw_only=True):
    """An article at one *revision* of *revisions*, and what each fact was taken from."""

    text: str
    section: str | None
    caption: str | None
    credits: str | None
    link: str | None
    first_seen: str
    revision: int
    revisions: int
    addresses: list[str]
    copies: list[Copy]
    provenance: list[Claim]


class Articles(Struct, frozen=True):
    """Articles that were seen at an address."""

    articles: list[Facts]


class Revision(Struct, frozen=True):
    """A state of an article, numbered from 1; *seen* is when Morgue saw it (UTC)."""

    number: int
    seen: str
    headline: str
    updated: str | None


class Revisions(Struct, frozen=True):
    """The states of an article, the first first."""

    revisions: list[Revision]


class Told(Struct, frozen=True):
    """An article beside another: how alike (0 to 1), by which words, how many days apart."""

    id: str
    source: str
    headline: str
    published: str | None
    url: str
    likeness: float
    shared: list[str]
    days: int | None


class Related(Struct, frozen=True):
    """What else there is on an article."""

    copies: list[Copy]
    same_story: list[Told]
    similar: list[Told]


class Values(Struct, frozen=True):
    """How many of the articles found have each value of a facet."""

    facet: str
    values: dict[str, int]


class Completion(Struct, frozen=True, omit_defaults=True):
    """What words may become: an address to go to, or a query to search for."""

    kind: str
    text: str
    articles: int | None
    url: str | None = None
    query: str | None = None


class Completions(Struct, frozen=True):
    """What words may become."""

    completions: list[Completion]


class Failure(Struct, frozen=True):
    """What could not be read, why, since when and when last (UTC)."""

    address: str
    reason: str
    since: str
    last: str


class Source(Struct, frozen=True):
    """A feed, folder or file, and how it last went; times are in UTC, durations in seconds."""

    id: int
    kind: str
    address: str
    name: str | None
    title: str | None
    topics: list[str]
    articles: int
    full_text: str
    interval: int | None
    revisit: bool
    added: str
    checked: str | None
    succeeded: str | None
    period: int | None
    due: str | None
    held: str | None
    failing: int
    retired: str | None
    failures: list[Failure]


class Sources(Struct, frozen=True):
    """All sources."""

    sources: list[Source]


class Status(Struct, frozen=True):
    """What the archive is called and *holds*; *waiting* changes are not in the index yet."""

    title: str
    holds: Counts
    waiting: int


class Saved(Struct, frozen=True):
    """A saved search. *search* is its address on this site; *new* counts what nobody saw."""

    id: int
    name: str
    search: str
    made: str
    alert: bool
    matches: int
    new: int
    latest: str | None


class SavedSearches(Struct, frozen=True):
    """The saved searches in their order."""

    saved: list[Saved]


class Match(Struct, frozen=True):
    """An article that a saved search found as its *number*-th; *new*: nobody saw it yet."""

    number: int
    found: str
    new: bool
    article: Facts


class Matches(Struct, frozen=True):
    """A part of what a saved search found, the newest first; *next* is null at the end."""

    matches: list[Match]
    next: str | None


class ToSave(Struct, frozen=True, forbid_unknown_fields=True):
    """A search to save: its address on this site (``/search?q=flood``), or its parameters."""

    name: Name
    search: str = ""
    alert: bool = False


class Changed(Struct, frozen=True, forbid_unknown_fields=True):
    """What is to change of a saved search; what is left out stays."""

    name: Name | UnsetType = UNSET
    search: str | UnsetType = UNSET
    alert: bool | UnsetType = UNSET


class Seen(Struct, frozen=True, forbid_unknown_fields=True):
    """The number of the newest match that was seen."""

    number: Annotated[int, Meta(ge=1, le=2**53)]


def answer_as(shape: type[Struct], values: Any) -> Any:
    """Return *values* as the type *shape*; what the type does not name is left out."""
    return msgspec.convert(values, shape)
