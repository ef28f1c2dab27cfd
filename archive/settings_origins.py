"""Where settings come from, which of them are secrets, and which variables are no settings."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

import msgspec

from archive.settings import FILE, Settings

SECRET: Final = ("alerts.password", "fetch.proxy")
"""The settings that are secrets, or hold one."""
_NO_SETTINGS: Final = frozenset({"MORGUE_SITE"})


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the setting *key* comes from.

    *kind* is ``file`` (morgue.toml), ``variable``, or ``named`` (a file that a variable
    names); *place* the path or the variable, *path* the file, where it is one.
    """

    key: str
    kind: str
    place: str
    path: Path | None = None


def origins(site: Path, values: Mapping[str, Any], environ: Mapping[str, str]) -> list[Origin]:
    """Return where each setting that is set comes from; *values* are those of morgue.toml."""
    path = site / FILE
    found = {key: Origin(key, "file", str(path), path) for key in _written(values)}
    for key, name in variables().items():
        if f"{name}_FILE" in environ:
            file = Path(environ[f"{name}_FILE"])
            found[key] = Origin(key, "named", f"{name}_FILE", file)
        elif name in environ:
            found[key] = Origin(key, "variable", name)
    return list(found.values())


def variables() -> dict[str, str]:
    """Return the variable of each setting that has one: ``fetch.proxy`` → MORGUE_FETCH_PROXY."""
    return {key: f"MORGUE_{key.upper().replace('.', '_')}" for key in _keys(Settings)}


def unknown_variables(environ: Mapping[str, str]) -> list[str]:
    """Return the variables that look like settings of ours and are none."""
    known = {*variables().values(), *_NO_SETTINGS}
    return sorted(
        name
        for name in environ
        if name.startswith("MORGUE_") and not {name, name.removesuffix("_FILE")} & known
    )


def secrets(settings: Settings) -> tuple[str, ...]:
    """Return the secrets that *settings* hold, for the log to leave out."""
    found = {settings.alerts.password}
    if password := urlsplit(settings.fetch.proxy).password:
        found |= {password, unquote(password)}
    return tuple(sorted(found - {""}))


def _keys(kind: type[msgspec.Struct], before: str = "") -> Iterator[str]:
    for field in msgspec.structs.fields(kind):
        if isinstance(field.type, type) and issubclass(field.type, msgspec.Struct):
            yield from _keys(field.type, f"{before}{field.name}.")
        else:
            yield f"{before}{field.name}"


def _written(values: Mapping[str, Any], before: str = "") -> Iterator[str]:
    """The keys in morgue.toml; below tables whose keys are the user's own, only the table's."""
    known = set(_keys(Settings))
    for name, value in values.items():
        key = f"{before}{name}"
        if isinstance(value, dict) and key not in known:
            yield from _written(value, f"{key}.")
        else:
            yield key
