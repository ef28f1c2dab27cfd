"""Settings: what is set and where, what is no setting, what is unwise. Pure."""

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from urllib.parse import urlsplit

from archive.settings import Alerts, Settings
from archive.settings_origins import Origin, variables
from archive.wording import counted
from morgue.checkup.finding import Finding, Level, some

_AREA = "settings"


def judge(
    settings: Settings, origins: Sequence[Origin], unknown: Sequence[str], processors: int
) -> Iterator[Finding]:
    """Judge *settings* that could be read; *unknown* variables are none of ours."""
    told = [f"{origin.key} ({origin.place})" for origin in origins]
    yield Finding(
        _AREA,
        Level.OK,
        f"{counted(len(told), 'setting')} made: {some(told, 20)}" if told else "all as they come",
    )
    for name in unknown:
        names = [*variables().values(), *(f"{known}_FILE" for known in variables().values())]
        near = get_close_matches(name, names, 1, 0.8)
        yield Finding(
            _AREA,
            Level.WARNING,
            f"the variable {name} is no setting",
            "what it was meant to set is as it comes",
            f"{near[0]} may be meant" if near else "docs/settings.md lists all",
        )
    yield from _of_fetching(settings)
    yield from _of_alerts(settings.alerts)
    if settings.serve.workers > 4 * processors:
        yield Finding(
            _AREA,
            Level.NOTE,
            f"serve.workers is {settings.serve.workers} on {counted(processors, 'processor')}",
            "each takes memory, and they only wait for each other",
            f"set it to {2 * processors} or so",
        )
    if settings.log.level == "debug":
        yield Finding(
            _AREA,
            Level.NOTE,
            "log.level is debug",
            "logs grow fast, and tell which pages were read",
            "set it to info once you found what you look for",
        )


def _of_fetching(settings: Settings) -> Iterator[Finding]:
    fetch = settings.fetch
    if not fetch.contact:
        yield Finding(
            _AREA,
            Level.NOTE,
            "fetch.contact is not set",
            "a site that minds how it is fetched can only block you",
            "set it to your web or mail address",
        )
    if fetch.pause < 0.5:
        yield Finding(
            _AREA,
            Level.WARNING,
            f"fetch.pause is {fetch.pause:g} seconds",
            "pages of one host are asked for faster than most like; some will block you",
            "set it to 1 or more",
        )
    if fetch.per_host > 4:
        yield Finding(
            _AREA,
            Level.WARNING,
            f"fetch.per_host is {fetch.per_host}",
            "so many requests to one host at a time look like an attack",
            "set it to 2",
        )


def _of_alerts(alerts: Alerts) -> Iterator[Finding]:
    if alerts.security == "none" and alerts.user:
        yield Finding(
            _AREA,
            Level.WARNING,
            "alerts.security is none",
            "the password of the mail account goes over the network in the clear",
            "set it to starttls or tls",
        )
    missing = [name for name in ("to", "sender") if alerts.host and not getattr(alerts, name)]
    if missing:
        yield Finding(
            _AREA,
            Level.WARNING,
            f"alerts.host is set, but not alerts.{' and alerts.'.join(missing)}",
            "`morgue alerts` sends nothing",
            "set it below [alerts] in morgue.toml",
        )
    if alerts.to and urlsplit(alerts.address).hostname in ("127.0.0.1", "localhost"):
        yield Finding(
            _AREA,
            Level.NOTE,
            f"alerts.address is {alerts.address}",
            "links in digests lead their readers to their own machines",
            "set it to the address under which they find the archive",
        )
