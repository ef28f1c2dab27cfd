"""When a feed is asked again: pure decisions over what it answered and what the user set.

::

    answered  not before the longest of: the user's interval (15 minutes unless
              set), how long the answer stays fresh by its own word
              (Cache-Control, Expires: RFC 9111 §4.2), and how often the feed
              says that it changes (ttl, sy:updatePeriod), and not in hours of
              the week that it excludes (skipHours, skipDays). What a server or a
              feed says counts for six hours at most: a site that answers
              "fresh for a year" would otherwise cost us its articles.
    failed    the same interval after the first failure, twice as long after
              each further one, at most a day.
    429, 503  not before the time in Retry-After (RFC 9110 §10.2.3), whoever
              asks; at most a week.
    410       never: the feed is retired, until the user resumes it.

A clock that was wrong and was set right costs no articles: a feed that was last tried in what
is the future now is due, and a time that lies further ahead than any of these rules can
put it counts for nothing.

A page that an article was read from is looked at again an hour, a day, three days
and a week after the article was published, or after its page was first had where
that is not known: newsrooms correct what is new. Looks that were missed are not
made up for, beyond one.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, timezone
from email.utils import parsedate_to_datetime

from archive.article import Precision, Published
from archive.errors import FetchError, UsageError
from archive.source import Plan, Source

INTERVAL = 15 * 60
"""Seconds between two requests to a feed that says nothing of it, and whose user does not."""
SHORTEST = 60
"""The shortest interval, in seconds, that a user can set."""
LONGEST = 30 * 86400
"""The longest likewise."""
_LONGEST_HINT = 6 * 3600
_LONGEST_BACK_OFF = 86400
_LONGEST_HOLD = 7 * 86400
_TOO_MANY = 3600
# Cron is never on time to the second, and neither is the run before it.
SLACK = timedelta(seconds=60)
"""How much earlier than planned something may be asked."""

LOOKS = (3600, 86400, 3 * 86400, 7 * 86400)
"""At which ages of an article, in seconds, its page is looked at again."""
APART = INTERVAL
"""Seconds that lie at least between two looks at a page, whoever asks."""

_DAY = timedelta(days=1)
_OLD = timedelta(days=366)
_WESTERNMOST = timezone(timedelta(hours=-12))
_WEEK = 7 * 24
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 7 * 86400}


def after_answer(source: Source, started: datetime, fresh: int | None) -> Plan:
    """Plan for a feed that answered in a run which *started* then.

    *fresh* is how many seconds the answer stays so. Counted from the start of
    the run, so that a feed asked late in one is due at the next; from now, where the
    clock was set back meanwhile.
    """
    hints = [min(hint, _LONGEST_HINT) for hint in (fresh, source.period) if hint is not None]
    due = started + timedelta(seconds=max(interval(source), *hints, 0))
    latest = max(due, started + timedelta(seconds=_LONGEST_HINT))
    return Plan(due=_iso(min(_welcome(due, source.skips), latest)))


def _welcome(at: datetime, skips: Collection[int]) -> datetime:
    """Return the first moment from *at* on that lies in none of these hours of the week."""
    at = at.astimezone(UTC)
    for _ in range(_WEEK if skips else 0):
        if at.weekday() * 24 + at.hour not in skips:
            break
        at = at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return at


def after_failure(source: Source, now: datetime, error: Exception) -> Plan:
    """Plan for a feed that failed with *error*, *now*."""
    failing = source.failing + 1
    if isinstance(error, FetchError) and error.gone:
        return Plan(failing=failing, retired=_iso(now))
    # The exponent is bounded because the number of failures is not.
    wait = min(interval(source) * 2 ** min(failing - 1, 16), _LONGEST_BACK_OFF)
    wait = max(wait, interval(source))
    held = None
    if isinstance(error, FetchError):
        if error.status == 429:
            wait = max(wait, _TOO_MANY)
        if error.retry_after is not None:
            hold = min(error.retry_after, _LONGEST_HOLD)
            held = _iso(now + timedelta(seconds=hold))
            wait = max(interval(source), hold)
    return Plan(due=_iso(now + timedelta(seconds=wait)), held=held, failing=failing)


def interval(source: Source) -> int:
    """Seconds between two requests, as the user set it or by default."""
    return source.interval or INTERVAL


@dataclass(frozen=True, slots=True)
class Turn:
    """Who is asked in a run, and who is not: not due yet, held by Retry-After, retired, paused."""

    asked: list[Source]
    waiting: list[Source]
    held: list[Source]
    retired: list[Source]
    paused: list[Source]


def turn(sources: Iterable[Source], now: datetime, *, regardless: bool = False) -> Turn:
    """Part *sources* by whether it is their turn.

    *regardless* of the schedule means: not of a server that asked to be left
    alone until a certain time, not of a feed that is gone for good, nor of a source
    that the user paused.
    """
    parted = Turn([], [], [], [], [])
    for source in sources:
        if source.paused:
            parted.paused.append(source)
        elif source.retired:
            parted.retired.append(source)
        elif _lies_ahead(source.held, now, _LONGEST_HOLD):
            parted.held.append(source)
        elif not regardless and _waits(source, now):
            parted.waiting.append(source)
        else:
            parted.asked.append(source)
    return parted


def _waits(source: Source, now: datetime) -> bool:
    """Whether a source is not due yet, by a clock that went no further than it is now."""
    if source.checked and datetime.fromisoformat(source.checked) > now + SLACK:
        return False
    longest = max(interval(source), _LONGEST_HOLD)
    return _lies_ahead(source.due, now + SLACK, longest)


def _lies_ahead(moment: str | None, now: datetime, longest: int) -> bool:
    """Whether a moment is to come, within the *longest* time in seconds that it can be ahead."""
    if moment is None:
        return False
    return now < datetime.fromisoformat(moment) <= now + timedelta(seconds=longest) + SLACK


# -- pages that are looked at again --------------------------------------------


def young_since(published: Published | None, had: datetime) -> datetime:
    """Return from when an article's age counts; its page was first *had* then.

    A day or month of publication counts to its end, and where the zone is not known,
    as the westernmost has it. What is older than a year is a year old.
    """
    if published is None or published.days[1] > had.astimezone(UTC).date() + _DAY:
        return had
    if published.precision is Precision.MINUTE:
        at = datetime.fromisoformat(published.iso)
        at = at if at.tzinfo else at.replace(tzinfo=_WESTERNMOST)
    else:
        at = datetime.combine(published.days[1] + _DAY, time(), _WESTERNMOST)
    return min(had, max(at, had - _OLD))


def next_look(since: datetime, now: datetime) -> datetime | None:
    """Return when a page is due after *now*, whose article is young *since* then, if ever."""
    ages = (since + timedelta(seconds=age) for age in LOOKS)
    return next((at for at in ages if at - now >= timedelta(seconds=APART)), None)


# -- what servers and feeds say ------------------------------------------------


def _seconds(value: str) -> int | None:
    """A header's number of seconds, or None."""
    value = value.strip()
    return int(value) if re.fullmatch(r"[0-9]{1,9}", value) else None


def retry_after(value: str | None, now: datetime) -> int | None:
    """Return the seconds that a Retry-After header asks to wait, or None without a readable one.

    It is a number of seconds or a date (RFC 9110 §10.2.3); one in the past is 0.
    """
    if not value:
        return None
    seconds = _seconds(value)
    if seconds is not None:
        return seconds
    at = _http_date(value)
    return max(0, int((at - now).total_seconds())) if at else None


def fresh_for(
    cache_control: str | None,
    expires: str | None,
    age: str | None,
    date: str | None,
    now: datetime,
) -> int | None:
    """Return for how many seconds more an answer with these headers is fresh (RFC 9111 §4.2).

    None when it does not say. ``no-cache`` and ``no-store`` make it 0. ``s-maxage``
    is for shared caches, which we are not.
    """
    directives = {
        name.strip().lower(): argument.strip().strip('"')
        for name, _, argument in (part.partition("=") for part in (cache_control or "").split(","))
    }
    if "no-cache" in directives or "no-store" in directives:
        return 0
    spent = _seconds(age or "") or 0
    most = directives.get("max-age", "")
    if re.fullmatch(r"[0-9]+", most, re.ASCII):
        return max(0, min(int(most[:12]), LONGEST) - spent)
    if expires is None:
        return None
    until, since = _http_date(expires), _http_date(date or "") or now
    # "Expires: 0" and the like mean: stale already (§5.3).
    return max(0, int((until - since).total_seconds()) - spent) if until else 0


def skipped(hours: Iterable[str], days: Iterable[str]) -> tuple[int, ...]:
    """Return the hours of the week, from Monday midnight GMT, that a feed wants skipped.

    *hours* and *days* are what stands in ``skipHours`` (0 to 23; RSS 0.91 wrote 24 for
    midnight) and ``skipDays`` (English names); what is neither is passed over.
    """
    said = {h.strip() for h in hours}
    daily = {int(h) % 24 for h in said if re.fullmatch(r"0?[0-9]|1[0-9]|2[0-4]", h, re.ASCII)}
    names = {day.strip().lower() for day in days}
    whole = {number for number, name in enumerate(_DAYS) if name in names}
    return tuple(h for h in range(_WEEK) if h % 24 in daily or h // 24 in whole)


def duration(text: str) -> int | None:
    """Return the seconds that ``90s``, ``15m``, ``2h``, ``1d`` or ``1w`` means, else None."""
    written = re.fullmatch(r"\s*([0-9]{1,6})\s*([smhdw])\s*", text.lower(), re.ASCII)
    return int(written[1]) * _UNITS[written[2]] if written else None


def wished(text: str, where: str = "interval") -> int | None:
    """Return the seconds between two requests that a user wrote, None for ``auto``.

    Raises UsageError, naming *where* it was written, for what is no interval.
    """
    if text.strip().lower() == "auto":
        return None
    seconds = duration(text)
    if seconds is None:
        raise UsageError(f"“{text}” is no interval", where, "write it as 15m, 2h or 1d")
    if not SHORTEST <= seconds <= LONGEST:
        raise UsageError(
            f"an interval lies between {written(SHORTEST)} and {written(LONGEST)}", where
        )
    return seconds


def written(seconds: int) -> str:
    """Return *seconds* as `duration` reads them, in the largest unit that is exact: ``2h``."""
    for unit, length in reversed(_UNITS.items()):
        if seconds % length == 0:
            return f"{seconds // length}{unit}"
    return f"{seconds}s"


def _http_date(value: str) -> datetime | None:
    try:
        at = parsedate_to_datetime(value)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
