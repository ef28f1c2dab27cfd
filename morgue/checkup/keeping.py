"""The store, the index, who writes them, the clock, and when they last were. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Final

from archive.store.runs import UpdateRun
from archive.wording import counted
from morgue.checkup.finding import Finding, Level, some
from morgue.holder import Holder

_SLACK: Final = timedelta(minutes=5)
_LONG_HELD: Final = timedelta(hours=6)
_USUAL: Final = 5
"""So many updates tell how often they usually come."""
_LATE: Final = 4
"""An update is late after so many times the usual pause."""


@dataclass(frozen=True, slots=True)
class SeenIndex:
    """How the index is: *exists*, how far it lags, why it must be rebuilt, its *damage* noted.

    *left* are what cut-off runs left behind.
    """

    exists: bool
    lag: int = 0
    rebuild: str | None = None
    damage: str | None = None
    left: tuple[str, ...] = ()


def judge_index(index: SeenIndex, *, held: bool) -> Iterator[Finding]:
    """Judge the index; *held*: a run is at work, so what lies about may be its."""
    update = "the next `morgue update` does; so does `morgue reindex`"
    if index.damage:
        yield Finding(
            "index",
            Level.WARNING,
            f"damage was met: {index.damage}",
            "what it lies in is not searched until the index is rebuilt",
            update,
        )
    elif not index.exists:
        yield Finding("index", Level.WARNING, "there is none", "nothing can be searched", update)
    elif index.rebuild:
        yield Finding(
            "index", Level.WARNING, f"it must be rebuilt: {index.rebuild}", "it lags", update
        )
    elif index.lag:
        yield Finding(
            "index",
            Level.NOTE,
            f"it lags by {counted(index.lag, 'change')}",
            "these are not found by searches yet",
            "`morgue update` brings it up to date",
        )
    else:
        yield Finding("index", Level.OK, "up to date")
    if index.left and not held:
        yield Finding(
            "index",
            Level.NOTE,
            f"left behind by a run that was cut off: {some(index.left)}",
            "it only takes room",
            "the next `morgue update` sweeps it away",
        )


def judge_lock(holder: Holder | None, now: datetime, *, at_work: bool | None) -> Finding:
    """Judge who holds the lock: *at_work* says whether that process still runs."""
    if holder is None:
        return Finding("lock", Level.OK, "nobody holds it")
    who = f"`{holder.command}` (process {holder.pid} on {holder.host})"
    if at_work is None:
        return Finding(
            "lock",
            Level.WARNING,
            f"{who} holds it since {holder.since}, or did",
            "two machines share this folder, and locks of network file systems may not hold",
            "let one machine alone update it",
        )
    if not at_work:
        return Finding(
            "lock",
            Level.NOTE,
            f"{who} was cut off, at work since {holder.since}",
            "nothing that it said it kept is lost, and the lock went with it",
            "the next run goes on; if that happens often, look for what kills it (memory?)",
        )
    long = now - datetime.fromisoformat(holder.since) > _LONG_HELD
    return Finding(
        "lock",
        Level.WARNING if long else Level.NOTE,
        f"{who} holds it since {holder.since}",
        "no other run can write meanwhile" if long else "",
        f"see what it does; end it with kill {holder.pid}: nothing is lost" if long else "",
    )


def judge_clock(
    now: datetime, newest: str | None, zone: str, machine_zone: str
) -> Iterator[Finding]:
    """Judge the clock by the *newest* moment that the store knows, and the zones."""
    if newest and datetime.fromisoformat(newest) - now > _SLACK:
        yield Finding(
            "clock",
            Level.ERROR,
            f"it is {now:%Y-%m-%dT%H:%M:%SZ} here, but something was noted at {newest}",
            "it was set back, or ran ahead before: feeds are not asked until that time comes",
            "set the clock (timedatectl, NTP); feeds are asked at once by `morgue update --now`",
        )
    elif zone:
        yield Finding("clock", Level.OK, f"{now:%Y-%m-%dT%H:%M:%SZ}; days go by {zone}")
    else:
        yield Finding(
            "clock",
            Level.NOTE,
            f"timezone is not set: days go by this machine’s zone, {machine_zone}",
            "“today” changes when the machine does, and differs between server and cron",
            'set timezone = "Europe/Lisbon", or where your readers are',
        )


def judge_updates(runs: Sequence[UpdateRun], now: datetime, sources: int) -> Iterator[Finding]:
    """Judge the last updates, the newest first."""
    if not runs:
        level = Level.WARNING if sources else Level.NOTE
        yield Finding(
            "updates", level, "none has ended here yet", "nothing new comes in", "`morgue update`"
        )
        return
    last = runs[0]
    age = now - datetime.fromisoformat(last.began)
    pause = _usual_pause(runs)
    told = f"the last began at {last.began} and took {last.took:.0f} s"
    if last.code not in (0, 3):
        yield Finding(
            "updates",
            Level.ERROR,
            f"{told}; it did not come to its end: {last.reason or f'exit code {last.code}'}",
            "what came after that is not in the archive",
            "run `morgue update -v` and see",
        )
    elif age > (max(_LATE * pause, timedelta(hours=1)) if pause else timedelta(days=1)):
        usual = f"; they usually come every {_said(pause)}" if pause else ""
        yield Finding(
            "updates",
            Level.WARNING,
            f"{told}, {_said(age)} ago{usual}",
            "cron or the timer seems not to run, and feeds drop what nobody fetches in time",
            "crontab -l, systemctl list-timers; docs/systemd.md",
        )
    else:
        yield Finding("updates", Level.OK, told)
    if pause and last.took > pause.total_seconds():
        yield Finding(
            "updates",
            Level.WARNING,
            f"the last took {last.took:.0f} s, and they come every {_said(pause)}",
            "every other run finds the lock held, and ends with code 4",
            "let them come less often, or lower fetch.pages",
        )


def _usual_pause(runs: Sequence[UpdateRun]) -> timedelta | None:
    if len(runs) < _USUAL:
        return None
    began = [datetime.fromisoformat(run.began) for run in runs[:20]]
    return timedelta(
        seconds=median(
            max(1.0, (after - before).total_seconds()) for after, before in pairwise(began)
        )
    )


def _said(span: timedelta) -> str:
    minutes = max(1, round(span.total_seconds() / 60))
    if minutes < 120:
        return counted(minutes, "minute")
    hours = round(minutes / 60)
    return counted(hours, "hour") if hours < 48 else counted(round(hours / 24), "day")
