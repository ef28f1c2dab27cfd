"""Sources: those that fail, fell silent, are gone, paused, or closed to robots. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from archive.redaction import redacted
from archive.source import Source
from archive.wording import counted
from morgue.checkup.finding import Finding, Level, some

_LASTING: Final = timedelta(days=3)
_MOST: Final = 10
"""So many sources of a kind are told of one by one."""


def judge(
    sources: Sequence[Source],
    silent: Mapping[str, date],
    forbidden: Mapping[int, int],
    resting: Mapping[str, str],
    now: datetime,
) -> Iterator[Finding]:
    """Judge *sources*; *silent* since a day, by name, *forbidden* pages by id, *resting* hosts."""
    if not sources:
        yield _finding(
            Level.NOTE, "there are none yet", "nothing comes in", "`morgue add FEED-OR-FOLDER`"
        )
        return
    failing = list(_failing(sources, now))
    yield from failing[:_MOST]
    if len(failing) > _MOST:
        more = counted(len(failing) - _MOST, "more source")
        yield _finding(Level.WARNING, f"{more} failing", "", "`morgue status` names all")
    gone = [_name(source) for source in sources if source.retired]
    if gone:
        yield _finding(
            Level.WARNING,
            f"gone for good: {some(gone)}",
            "these are not asked any more",
            "`morgue add` finds a site’s new feed; `morgue sources remove ADDRESS` the old one",
        )
    paused = [_name(source) for source in sources if source.paused]
    if paused:
        yield _finding(
            Level.NOTE,
            f"paused: {some(paused)}",
            "these are not read",
            "`morgue sources set ADDRESS --resume`",
        )
    if silent:
        told = [f"{name} (since {day})" for name, day in silent.items()]
        yield _finding(
            Level.WARNING,
            f"silent for longer than they usually are: {some(told)}",
            "a feed that answers and has nothing new may have moved",
            "look whether the site has published meanwhile; `morgue coverage` shows the gaps",
        )
    closed = [_name(source) for source in sources if forbidden.get(source.id)]
    if closed:
        pages = sum(forbidden.values())
        yield _finding(
            Level.NOTE,
            f"robots.txt keeps {counted(pages, 'page')} from us: {some(closed)}",
            "their articles are as long as their feeds give them",
            "ask the site, or `morgue sources set ADDRESS --full-text no`",
        )
    if resting:
        told = [f"{host} until {until}" for host, until in resting.items()]
        yield _finding(Level.NOTE, f"asked to be left alone: {some(told)}")
    if not failing and not gone and not silent:
        yield _finding(Level.OK, f"{counted(len(sources), 'source')} read without trouble")


def _failing(sources: Sequence[Source], now: datetime) -> Iterator[Finding]:
    """Those that fail as a whole, the longest first; then those with parts that do."""
    whole = [
        (failure.since, source, failure)
        for source in sources
        if not source.retired and not source.paused
        for failure in source.failures
        if failure.address == source.address
    ]
    for since, source, failure in sorted(whole, key=lambda each: each[0]):
        lasting = now - datetime.fromisoformat(since) > _LASTING
        yield _finding(
            Level.WARNING if lasting else Level.NOTE,
            f"{_name(source)} fails since {since}: {failure.reason}",
            "what it publishes meanwhile may be lost" if lasting else "",
            "look at its address in a browser; `morgue add` finds a new one" if lasting else "",
        )
    for source in sources:
        parts = [one for one in source.failures if one.address != source.address]
        if parts:
            yield _finding(
                Level.NOTE,
                f"{_name(source)}: {counted(len(parts), 'part')} could not be read, "
                f"such as {redacted(parts[0].address)}: {parts[0].reason}",
                "",
                "`morgue status` names all",
            )


def _name(source: Source) -> str:
    return redacted(source.label)


def _finding(level: Level, what: str, why: str = "", do: str = "") -> Finding:
    return Finding("sources", level, what, why, do)
