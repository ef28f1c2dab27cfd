"""Settings: defaults, over them ``morgue.toml``, over that ``MORGUE_*`` variables.

The file is optional, written by hand, and never rewritten by Morgue. A
variable is named after its table and key: ``MORGUE_FETCH_TIMEOUT=10``,
``MORGUE_LANGUAGE=german``. Text can also come from a file, as secrets do:
``MORGUE_FETCH_PROXY_FILE=/run/secrets/proxy``.
"""

import os
import re
import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal, get_origin
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from archive import access_settings
from archive.access_settings import Access
from archive.errors import SettingsError
from archive.log import Form

FILE = "morgue.toml"
LONGEST_TOPIC = 60
LONGEST_EQUIVALENT = 100
MOST_EQUIVALENTS = 16
"""How many words and phrases can stand for each other in one group."""


class Fetch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How Morgue asks other people's servers."""

    timeout: float = 20.0
    """Seconds that one address may take in all."""
    contact: str = ""
    """A web or mail address put in the User-Agent, so that a site can reach you."""
    concurrency: int = 8
    """Feeds fetched at the same time."""
    per_host: int = 2
    """How many of them from one host."""
    pause: float = 1.0
    """Seconds between two pages of one host, where its robots.txt does not ask for more."""
    pages: int = 50
    """Pages that one update visits for one feed whose entries are teasers."""
    revisits: int = 50
    """Young pages that one update looks at again for one source, and on one host; 0: none."""
    private_hosts: tuple[str, ...] = ()
    """Hosts that may be fetched although their addresses are private."""
    proxy: str = ""
    """``http://[user:password@]host:port`` of a proxy; those of the environment are ignored."""


class Ingest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How Morgue reads what came in."""

    processes: int = 0
    """Processes that read feeds, pages and files; 0: one for each processor."""


class Serve(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How `morgue serve` listens."""

    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 2


class Log(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is logged on standard error, and how."""

    format: Form = "text"
    """``text`` (logfmt) or ``json``, one line per event."""
    level: Literal["debug", "info", "warning", "error"] = "warning"
    """What is logged, and what is graver; ``info`` also has requests and updates."""


class Files(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who may read what Morgue writes in the archive's folder."""

    group: bool = False
    """Whether the folder's group may read and write, too; else the owner alone."""


class Columns(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the columns of tables and the fields of records are called, where it is not usual."""

    headline: str = ""
    text: str = ""
    url: str = ""
    published: str = ""
    byline: str = ""
    source: str = ""
    agency: str = ""
    dateline: str = ""
    topics: str = ""
    section: str = ""
    language: str = ""
    caption: str = ""
    credits: str = ""
    id: str = ""
    """What tells a record from the others, so that it keeps its article when it changes."""

    def named(self) -> dict[str, str]:
        """The names that were given: field → column."""
        return {name: value for name, value in msgspec.structs.asdict(self).items() if value}


class TopicRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A saved search whose matches have a topic: ``[topics.narcotics] query = "fentanyl"``."""

    query: str = ""


class Search(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is looked for beside the words of a query, and what comes first."""

    equivalents: dict[str, str | tuple[str, ...]] = {}
    """Words and phrases that stand for each other: ``US = "United States"``."""
    newer: bool = True
    """Whether of articles that a query ranks nearly alike the newer come first."""

    @property
    def groups(self) -> tuple[tuple[str, ...], ...]:
        """The equivalents, each group with its key first."""
        return tuple(
            (key, *((others,) if isinstance(others, str) else others))
            for key, others in self.equivalents.items()
        )


class Alerts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where `morgue alerts` sends what saved searches found."""

    to: tuple[str, ...] = ()
    """Mail addresses that get the digest."""
    sender: str = ""
    """The address it comes from."""
    host: str = ""
    """The mail server (SMTP, RFC 5321)."""
    port: int = 0
    """Its port; 0: the usual one of *security*, 587, 465 or 25."""
    security: str = "starttls"
    """``starttls``, ``tls`` from the start, or ``none``, which sends passwords in the clear."""
    user: str = ""
    password: str = ""
    """Better not in a file that others read: ``MORGUE_ALERTS_PASSWORD_FILE`` names another."""
    folder: str = ""
    """A folder that gets each digest as a file (``.eml``) in place of mail."""
    address: str = ""
    """Where readers find the archive, for the links in a digest; unset: ``http://127.0.0.1:8000``,
    which only this machine can follow."""


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All settings of a site."""

    title: str = "Morgue"
    """The archive's name, shown on every page."""
    language: str = "english"
    """The language whose word forms the index joins (a Snowball stemmer's name)."""
    timezone: str = ""
    """The archive's zone, ``Europe/Lisbon``, by which ``date:today`` goes; else this machine's."""
    lock_timeout: float = 0.0
    """Seconds that `morgue update` waits for another run before it leaves."""
    fetch: Fetch = Fetch()
    ingest: Ingest = Ingest()
    serve: Serve = Serve()
    access: Access = Access()
    columns: Columns = Columns()
    search: Search = Search()
    alerts: Alerts = Alerts()
    log: Log = Log()
    files: Files = Files()
    topics: dict[str, TopicRule] = {}
    """The user's rules by the topic that each sets."""

    def today(self) -> date:
        """Return the day that it is now in the archive's zone."""
        return datetime.now(ZoneInfo(self.timezone) if self.timezone else None).date()


def load(site: Path, environ: Mapping[str, str] | None = None) -> Settings:
    """Return the settings of the site in folder *site*.

    Raises SettingsError, naming file and key, for a file that is not TOML, an
    unknown key or a value of the wrong kind.
    """
    path = site / FILE
    values: dict[str, Any] = {}
    if path.exists():
        try:
            values = tomllib.loads(path.read_text(encoding="utf-8"))
            _check_rules(values.get("topics"), str(path))
            msgspec.convert(values, Settings)
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise SettingsError(f"cannot be read: {error}", str(path)) from error
        except msgspec.ValidationError as error:
            raise SettingsError(plain(error), str(path)) from error
    _override(values, Settings, "MORGUE", os.environ if environ is None else environ)
    return _checked(msgspec.convert(values, Settings, strict=False), str(path))


def _check_rules(rules: object, where: str) -> None:
    """Raise SettingsError for a rule of the wrong kind, naming it, as msgspec does not."""
    for name, rule in rules.items() if isinstance(rules, dict) else ():
        try:
            msgspec.convert(rule, TopicRule)
        except msgspec.ValidationError as error:
            raise SettingsError(f"topics.{name}: {plain(error)}", where) from error


def _override(values: dict[str, Any], kind: type, prefix: str, environ: Mapping[str, str]) -> None:
    """Lay the variables that begin with *prefix* over *values*, table by table."""
    for field in msgspec.structs.fields(kind):
        name = f"{prefix}_{field.name.upper()}"
        if isinstance(field.type, type) and issubclass(field.type, msgspec.Struct):
            _override(values.setdefault(field.name, {}), field.type, name, environ)
            continue
        text = _variable(name, field.type, environ)
        if text is not None:
            try:
                # A list is written with commas between its parts.
                parted = [part.strip() for part in text.split(",") if part.strip()]
                written = parted if get_origin(field.type) is tuple else text
                value = msgspec.convert(written, field.type, strict=False)
            except msgspec.ValidationError as error:
                raise SettingsError(plain(error), f"environment variable {name}") from error
            values[field.name] = value


def _variable(name: str, kind: object, environ: Mapping[str, str]) -> str | None:
    """Return what the variable *name* says, or for text the file that *name*_FILE names."""
    file = environ.get(f"{name}_FILE") if kind is str else None
    if file is None:
        return environ.get(name)
    if name in environ:
        raise SettingsError("is set, and so is " + name, f"environment variable {name}_FILE")
    try:
        return Path(file).read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        where = f"environment variable {name}_FILE"
        raise SettingsError(f"cannot be read: {error}", where) from error


def _checked(settings: Settings, where: str) -> Settings:
    if settings.timezone and not _is_zone(settings.timezone):
        raise SettingsError(
            f"timezone “{settings.timezone}” is not known",
            where,
            "write one such as Europe/Lisbon, America/New_York or UTC",
        )
    if not 0 < settings.fetch.timeout < 3600:
        raise SettingsError("fetch.timeout must be more than 0 seconds, and under an hour", where)
    if not 0 <= settings.lock_timeout < 86400:
        raise SettingsError("lock_timeout must be 0 seconds or more, and under a day", where)
    if settings.fetch.concurrency < 1:
        raise SettingsError("fetch.concurrency must be at least 1", where)
    if settings.fetch.per_host < 1:
        raise SettingsError("fetch.per_host must be at least 1", where)
    if settings.fetch.proxy and not _is_proxy(settings.fetch.proxy):
        raise SettingsError("fetch.proxy must be written http://host:port", where)
    if not 0 <= settings.fetch.pause <= 3600:
        raise SettingsError("fetch.pause must be 0 seconds or more, and at most an hour", where)
    if settings.fetch.pages < 0:
        raise SettingsError("fetch.pages must be at least 0", where)
    if settings.fetch.revisits < 0:
        raise SettingsError("fetch.revisits must be at least 0", where)
    if not 0 <= settings.ingest.processes <= 64:
        raise SettingsError("ingest.processes must lie between 0 and 64", where)
    if settings.serve.workers < 1:
        raise SettingsError("serve.workers must be at least 1", where)
    if not 0 <= settings.serve.port <= 65535:
        raise SettingsError("serve.port must lie between 0 and 65535", where)
    if settings.alerts.security not in ("starttls", "tls", "none"):
        raise SettingsError("alerts.security must be starttls, tls or none", where)
    if not 0 <= settings.alerts.port <= 65535:
        raise SettingsError("alerts.port must lie between 0 and 65535", where)
    if settings.alerts.address and not _is_web(settings.alerts.address):
        raise SettingsError("alerts.address must be written http://host or https://host", where)
    access_settings.check(settings.access, where)
    for group in settings.search.groups:
        _check_equivalents(group, where)
    for name, rule in settings.topics.items():
        if name != " ".join(name.split()) or not 0 < len(name) <= LONGEST_TOPIC:
            raise SettingsError(
                f"topics.“{name}” is no name for a topic",
                where,
                f"write 1 to {LONGEST_TOPIC} characters, with single spaces between words",
            )
        if not rule.query.strip():
            raise SettingsError(
                f"topics.{name} has no query",
                where,
                f'write what it finds below [topics.{name}]: query = "…"',
            )
    return settings


def _check_equivalents(group: tuple[str, ...], where: str) -> None:
    name = f"search.equivalents.“{group[0][:LONGEST_EQUIVALENT]}”"
    if not 2 <= len(group) <= MOST_EQUIVALENTS:
        raise SettingsError(f"{name} must have 1 to {MOST_EQUIVALENTS - 1} equivalents", where)
    for one in group:
        if len(one) > LONGEST_EQUIVALENT or not any(map(str.isalnum, one)):
            raise SettingsError(
                f"{name}: “{one[:LONGEST_EQUIVALENT]}” is no word or phrase",
                where,
                f"write words of 1 to {LONGEST_EQUIVALENT} characters in all",
            )


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, ZoneInfoNotFoundError):
        return False
    return True


def _is_web(address: str) -> bool:
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def _is_proxy(address: str) -> bool:
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        return False
    return parts.scheme == "http" and bool(parts.hostname) and parts.path in ("", "/")


_MISMATCH = re.compile(r"Expected `([^`]+)`, got `([^`]+)`(?: - at `\$\.?([^`]*)`)?")
_KINDS = {
    "int": "a whole number",
    "float": "a number",
    "str": "text in quotation marks",
    "bool": "true or false",
    "array": "a list in brackets",
    "object": "a table",
}


def plain(error: msgspec.ValidationError) -> str:
    """Turn ``Expected `int`, got `str` - at `$.serve.port` `` into a sentence."""
    if found := _MISMATCH.fullmatch(str(error)):
        wanted, got = (_KINDS.get(kind, kind) for kind in found.group(1, 2))
        return f"{found[3] or 'it'} must be {wanted}, not {got}"
    return str(error).replace("`", "").replace(" - at $.", ", in ").replace(" - at $", "")
