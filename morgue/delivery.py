"""How a digest leaves: by mail (SMTP), or into a folder as a file.

Mail that a server refused was not sent, and is tried again. Where the connection
breaks after the text was sent and before the server answered, nobody can know: that
is `Unsure`, and it is for a person to say whether it goes out once more.
"""

import os
import smtplib
import ssl
from email.message import EmailMessage
from pathlib import Path
from typing import Final

from archive.durable import sync
from archive.errors import MorgueError
from archive.settings import Alerts

_PORTS: Final = {"starttls": 587, "tls": 465, "none": 25}
_TIMEOUT: Final = 30.0


class DeliveryError(MorgueError):
    """A digest could not be sent; it waits for the next run."""

    exit_code = 3


class Unsure(DeliveryError):
    """A digest may have arrived or not."""


def by_mail(mail: EmailMessage, alerts: Alerts) -> None:
    """Send *mail*. Raises DeliveryError when it was surely not taken, Unsure when that is open."""
    port = alerts.port or _PORTS[alerts.security]
    where = f"{alerts.host}:{port}"
    handed_over = False
    try:
        with _connected(alerts, port) as server:
            if alerts.user:
                server.login(alerts.user, alerts.password)
            handed_over = True
            refused = server.send_message(mail)
    except (smtplib.SMTPServerDisconnected, TimeoutError, ConnectionError) as error:
        if handed_over:
            raise Unsure(f"was cut off while it took the mail: {error}", where) from error
        raise DeliveryError(f"did not answer: {error}", where, "is alerts.host right?") from error
    except (smtplib.SMTPException, OSError) as error:
        raise DeliveryError(f"did not take the mail: {_plain(error)}", where) from error
    if refused:
        raise Unsure(f"did not take the mail for {', '.join(refused)}", where)


def reach(alerts: Alerts) -> None:
    """Sign in at the mail server and leave again. Raises DeliveryError when that fails."""
    port = alerts.port or _PORTS[alerts.security]
    try:
        with _connected(alerts, port) as server:
            if alerts.user:
                server.login(alerts.user, alerts.password)
            server.noop()
    except (smtplib.SMTPException, OSError) as error:
        raise DeliveryError(_plain(error), f"{alerts.host}:{port}") from error


def into_folder(mail: EmailMessage, folder: Path, number: int) -> Path:
    """Write *mail* as ``digest-NUMBER.eml``, whole or not at all. Raises DeliveryError."""
    path = folder / f"digest-{number:06}.eml"
    draft = path.with_suffix(".part")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with draft.open("wb") as file:
            file.write(bytes(mail))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        sync(folder)
    except OSError as error:
        raise DeliveryError(
            f"cannot be written: {error.strerror}", str(path), "is there room, may it be written?"
        ) from error
    return path


def _connected(alerts: Alerts, port: int) -> smtplib.SMTP:
    secure = ssl.create_default_context()
    if alerts.security == "tls":
        return smtplib.SMTP_SSL(alerts.host, port, timeout=_TIMEOUT, context=secure)
    server = smtplib.SMTP(alerts.host, port, timeout=_TIMEOUT)
    if alerts.security == "starttls":
        try:
            server.starttls(context=secure)
        except BaseException:
            server.close()
            raise
    return server


def _plain(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error
        text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
        return f"{error.smtp_code} {text}"
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return f"no recipient is known there: {', '.join(error.recipients)}"
    return str(error)
