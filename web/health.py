"""How sources are, in plain words: pure decisions over what the store knows of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from urllib.parse import urlsplit, urlunsplit

from archive.redaction import redacted
from archive.source import Failure, Kind, Source


class State(StrEnum):
    """How a source is; the value is what an address calls it."""

    WELL = "well"
    NEW = "new"
    FAILING = "failing"
    RETIRED = "retired"
    PAUSED = "paused"


LABELS = {
    State.WELL: "read without trouble",
    State.NEW: "not read yet",
    State.FAILING: "failing",
    State.RETIRED: "gone for good",
    State.PAUSED: "paused",
}


@dataclass(frozen=True, slots=True)
class Health:
    """The state of a source, and what there is to say of it, in sentences."""

    state: State
    words: tuple[str, ...]


def health(source: Source, now: datetime, forbidden: int = 0) -> Health:
    """Say how *source* is; *forbidden* pages of it may not be had, by its robots.txt."""
    own = next((f for f in source.failures if f.address == source.address), None)
    inside = [f for f in source.failures if f is not own]
    said = []
    if source.paused:
        state = State.PAUSED
        said.append(f"Paused since {moment(source.paused)}: not read until it is resumed.")
    elif source.retired:
        state = State.RETIRED
        said.append(f"Gone for good since {moment(source.retired)}: not asked any more.")
    elif source.failures:
        state = State.FAILING
    elif source.succeeded is None:
        state = State.NEW
        said.append("Not read yet: the next update does.")
    else:
        state = State.WELL
    if own and not source.retired:
        said.append(f"Failing since {moment(own.since)}: {plain(own.reason)}.")
    if inside:
        said.append(_inside(source, inside))
    if source.held and datetime.fromisoformat(source.held) > now:
        said.append(f"Its server asks to be left alone until {moment(source.held)}.")
    if forbidden:
        some = "1 page" if forbidden == 1 else f"{forbidden:,} pages"
        said.append(f"{some} not allowed by its robots.txt: the feed’s own text is kept.")
    return Health(state, tuple(said))


def plain(reason: str) -> str:
    """Return a reason without a last full stop, for the middle of a sentence."""
    return reason.rstrip(". ")


def _inside(source: Source, failures: Sequence[Failure]) -> str:
    what = "entry" if source.kind is Kind.FEED else "file"
    plural = "entries" if source.kind is Kind.FEED else "files"
    since = moment(min(failure.since for failure in failures))
    if len(failures) == 1:
        return f"1 {what} could not be read since {since}."
    return f"{len(failures):,} {plural} could not be read, the first since {since}."


def moment(iso: str) -> str:
    """Return a moment in words, to the minute, in UTC: ``3 March 2026, 14:05 UTC``."""
    at = datetime.fromisoformat(iso).astimezone(UTC)
    return f"{at.day} {at:%B} {at.year}, {at:%H:%M} UTC"


def shown_address(source: Source, *, whole: bool) -> str:
    """Return a source's address without password; not *whole*: of a path the last part."""
    if source.kind is not Kind.FEED:
        return source.address if whole else source.address.rstrip("/").rpartition("/")[2]
    return without_password(source.address)


def without_password(address: str) -> str:
    """Return a web address without the name, password and tokens in it."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return redacted(address)
    return redacted(urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2])))


def shown_failure(source: Source, failure: Failure, *, whole: bool) -> str:
    """Return what could not be read, as it is called within its source."""
    if source.kind is Kind.FEED:
        return without_password(failure.address)
    base = source.address.rstrip("/")
    inside = failure.address.removeprefix(base).lstrip("/")
    return failure.address if whole else inside or base.rpartition("/")[2]


def found(sources: Iterable[Source], words: str) -> list[Source]:
    """Return the sources whose name, address or topics hold all *words*, whatever their case."""
    wanted = words.casefold().split()
    return [source for source in sources if all(word in _said_of(source) for word in wanted)]


def _said_of(source: Source) -> str:
    said = (source.name or "", source.title or "", without_password(source.address))
    return " ".join([*said, *source.topics]).casefold()
