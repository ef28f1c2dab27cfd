"""A folder's own settings: source and topics of what lies in it, in a file ``.morgue.toml``.

::

    source = "The Harbour Gazette"
    topics = ["labour"]
    language = "en"
    section = "Harbour"

All keys are optional. What a folder says holds for the folders in it too, until
one of them says otherwise; topics add up.
"""

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec

from archive.article import Evidence
from archive.errors import FormatError
from archive.identity import digest
from archive.ingest.item import claim
from archive.settings import plain

FILE: Final = ".morgue.toml"
ORIGIN: Final = f"user: {FILE}"


class FolderSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a folder says of the articles in it; empty where it says nothing."""

    source: str = ""
    topics: tuple[str, ...] = ()
    language: str = ""
    section: str = ""

    def within(self, outer: "FolderSettings") -> "FolderSettings":
        """Return these settings, completed by those of the folder around."""
        return FolderSettings(
            self.source or outer.source,
            tuple(dict.fromkeys([*outer.topics, *self.topics])),
            self.language or outer.language,
            self.section or outer.section,
        )

    def claims(self) -> tuple[Evidence, ...]:
        """Return what is said, as claims."""
        return (
            *claim("source", self.source, ORIGIN),
            *(e for topic in self.topics for e in claim("topics", topic, ORIGIN)),
            *claim("language", self.language, ORIGIN),
            *claim("section", self.section, ORIGIN),
        )

    @property
    def stamp(self) -> str:
        """What changes when the settings do; empty where nothing is said."""
        if self == FolderSettings():
            return ""
        return digest(msgspec.json.encode(self))[:8]


def read(path: Path) -> FolderSettings:
    """Return what the file at *path* says. Raises FormatError, naming file and key."""
    where = str(path)
    hint = "mend it: what lies beside it is read without it"
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
        known = FolderSettings.__struct_fields__
        if unknown := said.keys() - set(known):
            names = ", ".join(f"“{name}”" for name in sorted(unknown))
            reason = f"{names} is no setting of a folder: those are {', '.join(known)}"
            raise FormatError(reason, where, hint)
        return msgspec.convert(said, FolderSettings)
    except OSError as error:
        raise FormatError(f"cannot be read: {error.strerror}", where, hint) from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise FormatError(f"is not TOML: {error}", where, hint) from error
    except msgspec.ValidationError as error:
        raise FormatError(plain(error), where, hint) from error


class Folders:
    """The settings that hold in each folder at or below *root*, read once.

    What cannot be read is reported through *on_error* as (address, reason), once.
    """

    def __init__(self, root: Path, on_error: Callable[[str, str], None]) -> None:
        self._root = root if root.is_dir() else root.parent
        self._on_error = on_error
        self._known: dict[Path, FolderSettings] = {}

    def of(self, folder: Path) -> FolderSettings:
        """Return the settings that hold in *folder*."""
        if folder not in self._known:
            around = FolderSettings()
            if folder not in (self._root, folder.parent):
                around = self.of(folder.parent)
            self._known[folder] = self._own(folder).within(around)
        return self._known[folder]

    def _own(self, folder: Path) -> FolderSettings:
        path = folder / FILE
        if not path.is_file():
            return FolderSettings()
        try:
            return read(path)
        except FormatError as error:
            self._on_error(error.where, error.reason)
            return FolderSettings()
