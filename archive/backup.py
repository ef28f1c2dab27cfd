"""Backups: a site in one file, as it was at one moment, and nothing that can be made anew.

::

    articles.db       the store, without sessions and attempts to sign in
    morgue.toml       the settings, where there are any
    topics.npz        what `morgue topics train` learnt, where it did
    uploads/…         what was handed in
    MANIFEST          JSON, and the SHA-256 of that line in hexadecimal

A backup is a tar file (POSIX.1-2001), so any tool opens it. The manifest comes
last, so what was cut off has none. The index is never in it: it is built anew.
"""

import hashlib
import io
import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO, Any, Final

import msgspec

from archive import settings
from archive.durable import sync
from archive.errors import BackupError, UsageError
from archive.store import FILE
from archive.store.copy import copy_store, move_folder, ready
from archive.store.formats import newest_format

FORMAT: Final = 1
MANIFEST: Final = "MANIFEST"
TOPICS: Final = "topics.npz"
UPLOADS: Final = "uploads"
_CHUNK: Final = 1 << 20
_LARGEST_MANIFEST: Final = 64 << 20
_STAGE: Final = ".restoring-"


class Member(msgspec.Struct, frozen=True):
    """A file in a backup: how many bytes it has, and their SHA-256."""

    size: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True):
    """What a backup says of itself.

    *format* is that of backups, *store_format* that of the store; *made* is ISO 8601 in
    UTC; *site* the folder that it was made of; *content* the digest of what the store
    says (`archive.store.copy.content_digest`).
    """

    format: int
    made: str
    morgue: str
    store_format: int
    store_id: str
    site: str
    articles: int
    revisions: int
    content: str
    files: dict[str, Member]


def backup(site: Path, target: Path, made: datetime, version: str) -> Manifest:
    """Write a backup of the site in folder *site* to *target*, whole or not at all.

    It is of one moment, whatever an update writes meanwhile, and holds up no writer. Raises
    StoreDamaged for a store that is not what was written: the backup before stays the last
    good one; BackupError when the file cannot be written.
    """
    with _told(target, "written"):
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{target.name}-", dir=target.parent) as aside:
            copy = Path(aside) / FILE
            said = copy_store(site / FILE, copy)
            manifest = Manifest(
                format=FORMAT,
                made=made.isoformat(timespec="seconds"),
                morgue=version,
                store_format=said.format,
                store_id=said.store_id,
                site=str(site.absolute()),
                articles=said.articles,
                revisions=said.revisions,
                content=said.content,
                files={},
            )
            unfinished = Path(aside) / "unfinished"
            whole = _written(site, copy, unfinished, manifest)
            os.replace(unfinished, target)
            sync(target.parent)
    return whole


def _written(site: Path, copy: Path, target: Path, manifest: Manifest) -> Manifest:
    files: dict[str, Member] = {}
    opened = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(opened, "wb") as out:
        with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
            for name, path in _members(site, copy):
                try:
                    file = path.open("rb")
                except FileNotFoundError:
                    continue  # Removed by its owner since it was listed.
                with file:
                    files[name] = _add(tar, name, file, os.fstat(file.fileno()))
            whole = msgspec.structs.replace(manifest, files=files)
            line = msgspec.json.encode(whole)
            data = line + b"\n" + hashlib.sha256(line).hexdigest().encode() + b"\n"
            tar.addfile(_header(MANIFEST, len(data), 0), io.BytesIO(data))
        out.flush()
        os.fsync(out.fileno())
    return whole


def _members(site: Path, copy: Path) -> Iterator[tuple[str, Path]]:
    """The files of a site that no command can make anew, the store first."""
    yield FILE, copy
    for name in (settings.FILE, TOPICS):
        if (site / name).is_file():
            yield name, site / name
    for path in sorted((site / UPLOADS).rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield path.relative_to(site).as_posix(), path


def _add(tar: tarfile.TarFile, name: str, file: IO[bytes], found: os.stat_result) -> Member:
    reading = _Summed(file)
    tar.addfile(_header(name, found.st_size, found.st_mtime), reading)
    return Member(found.st_size, reading.sum.hexdigest())


class _Summed:
    """A file, summed up as it is read."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.sum = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self.sum.update(data)
        return data


def _header(name: str, size: int, moment: float) -> tarfile.TarInfo:
    header = tarfile.TarInfo(name)
    header.size, header.mtime, header.mode = size, int(moment), 0o600
    return header


# -- restoring -----------------------------------------------------------------


def restore(source: Path, site: Path) -> Manifest:
    """Bring the site back that the backup in *source* holds, into the empty folder *site*.

    All of it is compared before anything takes its place; the store comes last, so what was
    interrupted is no archive, and is begun anew by the same command. Raises UsageError
    for a place that is not empty, BackupError for a backup that is damaged, cut off or of a
    newer Morgue.
    """
    with _told(site, "restored into"):
        site.mkdir(parents=True, exist_ok=True, mode=0o700)
        _check_empty(site)
        with tempfile.TemporaryDirectory(prefix=_STAGE, dir=site) as stage:
            manifest = _unpacked(source, Path(stage))
            if not ready(Path(stage) / FILE, manifest.content):
                raise _damaged(source, "the articles in it are not those that it was made of")
            before, now = (f"{one.absolute() / UPLOADS}" for one in (Path(manifest.site), site))
            move_folder(Path(stage) / FILE, before, now)
            for name in (UPLOADS, TOPICS, settings.FILE, FILE):
                if (Path(stage) / name).exists():
                    os.replace(Path(stage) / name, site / name)
                    sync(site)
    return manifest


def _check_empty(site: Path) -> None:
    """Raise UsageError where anything is in the way; what a killed restore left goes."""
    begun = list(site.glob(f"{_STAGE}*"))
    if begun and not (site / FILE).exists():
        for path in (*begun, site / UPLOADS):
            shutil.rmtree(path, ignore_errors=True)
        for name in (TOPICS, settings.FILE):
            (site / name).unlink(missing_ok=True)
    found = sorted(path.name for path in site.iterdir() if path.name != "morgue.lock")
    if found:
        raise UsageError(
            f"is not empty: {found[0]} is there",
            str(site),
            "restore into a new folder, and put that in the place of this one",
        )


def _unpacked(source: Path, stage: Path) -> Manifest:
    """Write what is in *source* to *stage*, and compare it with its manifest."""
    found: dict[str, Member] = {}
    manifest: Manifest | None = None
    try:
        with tarfile.open(source, "r:") as tar:
            for header in tar:
                file = tar.extractfile(header) if header.isfile() else None
                if manifest is not None or file is None or header.name in found:
                    raise _damaged(source, f"{header.name} does not belong in it")
                if header.name == MANIFEST:
                    manifest = _manifest(source, file.read(_LARGEST_MANIFEST))
                elif _belongs(header.name):
                    found[header.name] = _unpack(file, stage / header.name)
                else:
                    raise _damaged(source, f"{header.name} does not belong in it")
    except FileNotFoundError as error:
        raise BackupError("is not there", str(source)) from error
    except (tarfile.TarError, EOFError, UnicodeError, ValueError) as error:
        raise _damaged(source, str(error)) from error
    if manifest is None:
        raise _damaged(source, "it has no manifest at its end: it was cut off, or is no backup")
    for name in sorted(found.keys() | manifest.files.keys()):
        if found.get(name) != manifest.files.get(name):
            raise _damaged(source, f"{name} is not what was written")
    if FILE not in found:
        raise _damaged(source, f"there is no {FILE} in it")
    return manifest


def _belongs(name: str) -> bool:
    parts = PurePosixPath(name).parts
    if parts[0] == UPLOADS and len(parts) > 1:
        return ".." not in parts and "\0" not in name
    return name in (FILE, settings.FILE, TOPICS)


def _unpack(file: IO[bytes], path: Path) -> Member:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    digest, size = hashlib.sha256(), 0
    opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(opened, "wb") as out:
        while data := file.read(_CHUNK):
            digest.update(data)
            size += len(data)
            out.write(data)
        out.flush()
        os.fsync(out.fileno())
    sync(path.parent)
    return Member(size, digest.hexdigest())


def _manifest(source: Path, data: bytes) -> Manifest:
    line, _, sum_ = data.partition(b"\n")
    if sum_ != hashlib.sha256(line).hexdigest().encode() + b"\n":
        raise _damaged(source, "its manifest is not what was written")
    said: dict[str, Any] = msgspec.json.decode(line)
    for what, one, known in (
        ("backups", said["format"], FORMAT),
        ("the store", said["store_format"], newest_format()),
    ):
        if one > known:
            raise BackupError(
                f"was made by a newer Morgue (format {one} of {what}, this one knows {known})",
                str(source),
                "update Morgue",
            )
    return msgspec.convert(said, Manifest)


def _damaged(source: Path, how: str) -> BackupError:
    return BackupError(
        f"is damaged: {how}", str(source), "nothing was restored; take an older backup"
    )


@contextmanager
def _told(where: Path, how: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise BackupError(
            f"cannot be {how}: {error.strerror or error}",
            str(error.filename or where),
            "nothing was changed",
        ) from error
