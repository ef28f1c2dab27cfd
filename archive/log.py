"""The log: one line per event on standard error, as text (logfmt) or JSON, without secrets.

An event has a name and fields: ``at=2026-11-28T22:50:01.204Z level=info event=update.done
new=3 took_s=1.2``. Libraries that log plain sentences come out as the event ``message``.
A traceback is a field of its line. Whatever is written passes `redaction`.
"""

import json
import logging
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final, Literal, TextIO

from archive.redaction import redacted

Form = Literal["text", "json"]
LEVELS: Final = ("debug", "info", "warning", "error")
_LONGEST: Final = 4_000
_LONGEST_TRACEBACK: Final = 20_000
_PLAIN: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._:/+-*@")


def event(log: logging.Logger, level: int, name: str, **fields: object) -> None:
    """Log the event *name*; fields that are None are left out."""
    if log.isEnabledFor(level):
        log.log(level, name, extra={"fields": fields}, stacklevel=2)


class Lines(logging.Formatter):
    """Makes a line of a record; *known* are secrets that stand in the settings."""

    def __init__(self, form: Form = "text", known: Iterable[str] = ()) -> None:
        super().__init__()
        self._form = form
        self._known = tuple(known)

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, without an end of line."""
        told = {name: self._safe(value) for name, value in _told(record).items()}
        if record.exc_info and record.exc_info[0] is not None:
            whole = redacted(self.formatException(record.exc_info), self._known)
            told["traceback"] = whole[-_LONGEST_TRACEBACK:]
        if self._form == "json":
            return _escaped(json.dumps(told, ensure_ascii=False))
        return " ".join(f"{name}={_quoted(value)}" for name, value in told.items())

    def _safe(self, value: object) -> object:
        if value is None or isinstance(value, bool | int | float):
            return value
        return redacted(str(value), self._known)[:_LONGEST]


def configure(
    form: Form = "text",
    level: str = "warning",
    known: Iterable[str] = (),
    stream: TextIO | None = None,
) -> None:
    """Write what is logged from here on, of *level* and above, to *stream* or standard error."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(Lines(form, known))
    handler.set_name("morgue")
    root = logging.getLogger()
    for before in root.handlers:
        if before.get_name() == "morgue":
            root.removeHandler(before)
    root.addHandler(handler)
    root.setLevel(level.upper())
    # They warn about single pages; what matters of that becomes a failure of ours. What else
    # libraries say of their doings names addresses, and is no event of ours.
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    for library in ("urllib3", "filelock", "asyncio", "chardet", "pypdf"):
        logging.getLogger(library).setLevel(logging.ERROR)


def _told(record: logging.LogRecord) -> dict[str, object]:
    """What a record says, in the order in which it is written."""
    at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
    told: dict[str, object] = {
        "at": at.replace("+00:00", "Z"),
        "level": "error" if record.levelname == "CRITICAL" else record.levelname.lower(),
    }
    fields = getattr(record, "fields", None)
    if fields is None:
        return {**told, "event": "message", "logger": record.name, "message": record.getMessage()}
    told["event"] = record.msg
    return told | {name: value for name, value in fields.items() if value is not None}


def _quoted(value: object) -> str:
    """Return a value as logfmt has it: bare where it can be, else in quotation marks."""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    return (
        text
        if text and _PLAIN.issuperset(text)
        else _escaped(json.dumps(text, ensure_ascii=False))
    )


def _escaped(text: str) -> str:
    """Return JSON *text* with escapes for all that could end a line or steer a terminal."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in text)
