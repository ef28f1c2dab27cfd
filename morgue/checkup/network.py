"""What `morgue doctor --network` asks outside: the mail server and the proxy."""

import socket
from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

from archive.settings import Settings
from morgue.checkup.finding import Finding, Level
from morgue.delivery import DeliveryError, reach

_PATIENCE: Final = 10.0
_AREA: Final = "network"


def ask(settings: Settings) -> Iterator[Finding]:
    """Ask what the *settings* name; nothing is sent but the mail account's password."""
    if settings.alerts.host:
        try:
            reach(settings.alerts)
            yield Finding(_AREA, Level.OK, f"{settings.alerts.host} takes mail from us")
        except DeliveryError as error:
            yield Finding(
                _AREA,
                Level.WARNING,
                f"the mail server cannot be used: {error}",
                "no digest leaves",
                "see [alerts] in morgue.toml, and the password",
            )
    if settings.fetch.proxy:
        parts = urlsplit(settings.fetch.proxy)
        where = (parts.hostname or "", parts.port or 80)
        try:
            socket.create_connection(where, _PATIENCE).close()
            yield Finding(_AREA, Level.OK, f"the proxy at {where[0]}:{where[1]} answers")
        except OSError as error:
            yield Finding(
                _AREA,
                Level.WARNING,
                f"the proxy at {where[0]}:{where[1]} does not answer: {error}",
                "no feed can be fetched",
                "see fetch.proxy",
            )
    if not settings.alerts.host and not settings.fetch.proxy:
        yield Finding(_AREA, Level.OK, "neither a mail server nor a proxy is set")
