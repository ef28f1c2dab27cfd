"""Every error that Morgue raises on purpose, in one tree.

::

    MorgueError
    ├── UsageError          what was asked for cannot be done as asked
    │   └── SettingsError   morgue.toml or a MORGUE_* variable is wrong
    ├── TooManyAttempts     signing in failed too often
    ├── IngestError         one source, feed entry or file could not be read
    │   ├── FetchError      an address did not answer as it should
    │   └── FormatError     the bytes are not what they claim to be
    ├── StoreError          articles.db cannot be used
    │   ├── StoreBusy       another process is writing to it, for longer than we wait
    │   └── StoreDamaged    some of it is not what was written
    ├── BackupError         a backup cannot be made, or is not what was written
    ├── TopicModelError     the trained model of topics cannot be used, but trained anew
    ├── SearchIndexError    the index cannot be used, but can be rebuilt
    │   └── IndexDamaged    some of it is not what was written
    └── Busy                another run holds the lock

An error says what was wrong, where, and, where there is something to do,
what to do about it.
"""

import errno
from types import MappingProxyType
from typing import Final

from archive.redaction import redacted


class MorgueError(Exception):
    """The root: *reason* says what was wrong, *where* names the place (URL, file, line).

    *hint* says what the reader can do. The exit code is what the command line
    returns when this error ends it. None of them tells a secret; only *where* is kept as
    it is, for it finds the place again, and is told without.
    """

    exit_code = 1

    def __init__(self, reason: str, where: str = "", hint: str = "") -> None:
        self.reason = redacted(reason)
        self.where = where
        self.hint = redacted(hint)
        super().__init__(reason, where, hint)

    def __str__(self) -> str:
        message = f"{redacted(self.where)}: {self.reason}" if self.where else self.reason
        return f"{message} ({self.hint})" if self.hint else message


class UsageError(MorgueError):
    """What was asked for cannot be done as it was asked."""

    exit_code = 2


class SettingsError(UsageError):
    """A setting in morgue.toml or in the environment is wrong."""


class TooManyAttempts(MorgueError):
    """Signing in failed too often; the next attempt is heard after *seconds*."""

    def __init__(self, seconds: int) -> None:
        super().__init__("signing in failed too often", "", f"try again in {seconds} seconds")
        self.seconds = seconds


class IngestError(MorgueError):
    """One source, entry or file could not be read; the others go on."""

    exit_code = 3


class FetchError(IngestError):
    """An address did not answer as it should.

    *status* is the HTTP status it answered with, if it came so far; *retry_after*
    how many seconds it asks to be left alone; *gone* that it, and not what it
    led to for the moment, is gone for good (410).
    """

    def __init__(
        self,
        reason: str,
        where: str = "",
        hint: str = "",
        *,
        status: int | None = None,
        retry_after: int | None = None,
        gone: bool = False,
    ) -> None:
        super().__init__(reason, where, hint)
        self.status = status
        self.retry_after = retry_after
        self.gone = gone


class FormatError(IngestError):
    """Bytes that are not what they claim to be."""


class StoreError(MorgueError):
    """The store cannot be opened, read or written."""


class StoreBusy(StoreError):
    """Another process is writing to the store, and did not end in the time that we wait."""


REPAIR: Final = "`morgue verify --repair` saves what can be read, or restore a backup"
"""What to do about a store that is damaged."""


class StoreDamaged(StoreError):
    """Some of the store is not what was written; nothing of that part is shown."""

    def __init__(self, reason: str, where: str = "", hint: str = REPAIR) -> None:
        super().__init__(reason, where, hint)


class BackupError(MorgueError):
    """A backup cannot be made, or cannot be restored as it is."""


class TopicModelError(MorgueError):
    """The model of topics cannot be used; it can be trained anew, or done without."""


REBUILD: Final = "`morgue update` or `morgue reindex` builds it anew from the store"
"""What to do about an index that cannot be used."""


class SearchIndexError(MorgueError):
    """The index cannot be used; it can always be rebuilt from the store."""


class IndexDamaged(SearchIndexError):
    """A file of the index is missing, or is not what was written, or was by another version."""

    def __init__(self, reason: str, where: str = "", hint: str = REBUILD) -> None:
        super().__init__(reason, where, hint)


class Busy(MorgueError):
    """Another run holds the lock."""

    exit_code = 4


_ADVICE: Final = MappingProxyType(
    {
        errno.ENOSPC: "make room on the disk, then do it again",
        errno.EDQUOT: "make room within the quota, then do it again",
        errno.EIO: "the disk or its connection fails: look at the system's log, and have a backup",
        errno.EROFS: "the medium can only be read: make it writable, or copy the archive to one "
        "that is",
        errno.EACCES: "check the permissions, and who runs Morgue",
        errno.EPERM: "check the permissions, and who runs Morgue",
    }
)


def advice(number: int | None) -> str:
    """Return what to do about an error of the system by its number (errno); empty if unknown."""
    return _ADVICE.get(number or 0, "")


def unforeseen(error: Exception) -> str:
    """Return the reason to tell where reading failed in a way that nobody foresaw."""
    return redacted(f"could not be read ({type(error).__name__}: {error})")
