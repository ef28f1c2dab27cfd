"""Uploads: files that somebody hands in are kept in the site, and read from there.

::

    uploads/4be1…/.morgue.toml       what was said with it: source and topics
    uploads/4be1…/Uploads/quay.html  the file, as it came

The folder is named after the content: the same file again is no second article, and
another one of the same name does not take its place. ``uploads`` is a source like any
folder, so what could not be read today is tried again by an update once Morgue can.
"""

import fcntl
import os
import re
import secrets
import shutil
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC
from hashlib import file_digest, sha256
from pathlib import Path
from typing import IO, Final

import msgspec

from archive.durable import make_folder, sync
from archive.errors import FormatError, IngestError, advice
from archive.ingest import file_run, files, folders
from archive.ingest.decide import Outcome
from archive.ingest.folders import FolderSettings
from archive.ingest.run import Run
from archive.source import Kind
from archive.store import Store

FOLDER: Final = "uploads"
LARGEST: Final = 50 * 1024 * 1024
"""Bytes that one file may have."""
_COMING: Final = ".coming-"
_INNER: Final = "Uploads"
"""What articles are credited to where nothing else names their source."""
_LONGEST_NAME: Final = 120
_ENDING: Final = re.compile(r"(?<=.)(?:\.[^.\s]{1,10}){1,2}\Z")
_CHUNK: Final = 256 * 1024
_PLACE: Final = re.compile("[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one file: its articles as (outcome, id), and why what was not read.

    *name* is what its owner calls it.
    """

    name: str
    articles: tuple[tuple[Outcome, str], ...] = ()
    failures: tuple[str, ...] = ()


def take(
    store: Store,
    folder: Path,
    uploaded: Iterable[tuple[str, IO[bytes]]],
    said: FolderSettings,
    this: Run,
) -> list[Taken]:
    """Keep the files *uploaded* as (name, content) in *folder*, read them into *store*.

    What was *said* goes for all of them. Raises IngestError where the folder cannot be
    written to; what is wrong with one file is told of it, and stops no other.
    """
    address = files.key(folder)
    began = store.now().astimezone(UTC).isoformat(timespec="seconds")
    before = {
        key
        for source in store.sources()
        if source.address == address
        for key in store.items(source.id)
    }
    placed: list[tuple[str, Path | str]] = []
    for name, content in uploaded:
        try:
            placed.append((shown_name(name), keep(folder, name, content, said)))
        except FormatError as error:
            placed.append((shown_name(name), error.reason))
    if not any(isinstance(where, Path) for _, where in placed):
        return [Taken(name, (), (str(where),)) for name, where in placed]
    source, _ = store.add_source(Kind.FOLDER, address)
    heard: list[tuple[str, str, Outcome]] = []
    run = replace(this, hears=lambda key, article, outcome: heard.append((key, article, outcome)))
    report = file_run.run(store, source, run, lambda _label, _done, _total: None)
    failures = [*report.failures, *report.still_failing]
    known = {key: item.article_id for key, item in store.items(source.id).items()}
    taken = [
        Taken(name, (), (where,))
        if isinstance(where, str)
        else _taken(name, files.key(where), heard, known, failures)
        for name, where in placed
    ]
    # An update at work may have been quicker to read what just came: it is new all the same.
    came = store.get_many([article for key, article in known.items() if key not in before])
    new = {article for article, kept in came.items() if kept.first_seen >= began}
    return [replace(one, articles=_with_new(one.articles, new)) for one in taken]


def _with_new(
    articles: Iterable[tuple[Outcome, str]], new: Collection[str]
) -> tuple[tuple[Outcome, str], ...]:
    return tuple(
        (Outcome.NEW if outcome is Outcome.UNCHANGED and article in new else outcome, article)
        for outcome, article in articles
    )


def _taken(
    name: str,
    key: str,
    heard: Iterable[tuple[str, str, Outcome]],
    known: dict[str, str],
    failures: Iterable[tuple[str, str]],
) -> Taken:
    articles = {article: outcome for k, article, outcome in heard if _is_of(k, key)}
    for each, article in known.items():
        if _is_of(each, key):
            articles.setdefault(article, Outcome.UNCHANGED)
    reasons = tuple(_within(where, key) + why for where, why in failures if _is_of(where, key))
    return Taken(name, tuple((o, a) for a, o in articles.items()), reasons)


def _is_of(address: str, key: str) -> bool:
    """Whether *address* is the file at *key*, or something in it."""
    return address == key or address.startswith((f"{key}!", f"{key} "))


def _within(address: str, key: str) -> str:
    """Name the record that failed, without the path of the file that holds it."""
    inside = address[len(key) :].lstrip("! ")
    return f"{inside}: " if inside else ""


def keep(folder: Path, name: str, content: IO[bytes], said: FolderSettings) -> Path:
    """Put a file into *folder*, safe on the disk; return where it lies.

    The same content again stays where it is, with what is *said* now, if anything is.
    Raises FormatError for what Morgue does not read, IngestError where it cannot be
    written.
    """
    safe = safe_name(name)
    try:
        make_folder(folder)
        sweep(folder)
        with _held(folder, fcntl.LOCK_SH):
            return _placed(folder, safe, content, said)
    except OSError as error:
        raise IngestError(
            f"cannot be kept: {error.strerror}", name, advice(error.errno) or "try again"
        ) from error


def sweep(folder: Path) -> None:
    """Remove from *folder* what uploads left that were cut off, unless one is under way."""
    with suppress(OSError), _held(folder, fcntl.LOCK_EX | fcntl.LOCK_NB):
        for aside in _cut_off(folder):
            shutil.rmtree(aside, ignore_errors=True)
        for unfinished in _unfinished(folder):
            unfinished.unlink()


@contextmanager
def _held(folder: Path, how: int) -> Iterator[None]:
    """Hold a lock of *folder*, with others or alone; it ends with the process at the latest."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(opened, how)
        yield
    finally:
        os.close(opened)


def _placed(folder: Path, name: str, content: IO[bytes], said: FolderSettings) -> Path:
    aside = folder / f"{_COMING}{secrets.token_hex(8)}"
    try:
        (aside / _INNER).mkdir(parents=True)
        digest = _written(content, aside / _INNER / name)
        if not files.accepts(aside / _INNER / name):
            raise FormatError(
                f"is in no format that Morgue reads: those are {', '.join(files.ENDINGS)}", name
            )
        _say(aside, said)
        place = folder / digest[:32]
        if there := _file_in(place):
            if said != FolderSettings():
                _say(place, said)
            return there
        with suppress(FileNotFoundError):
            shutil.rmtree(place)
        sync(aside)
        aside.rename(place)
        sync(folder)
        return place / _INNER / name
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def damages(folder: Path) -> list[str]:
    """Say which files in *folder* are not what was handed in: its places bear their digests."""
    found = []
    for place in sorted(folder.glob("*")):
        if _PLACE.fullmatch(place.name) is None:
            continue
        path = _file_in(place)
        try:
            if path is None:
                found.append(f"{place}: the file that was handed in is missing")
            elif not _digest_of(path).startswith(place.name):
                found.append(f"{path}: is not what was handed in")
        except OSError as error:
            found.append(f"{path}: cannot be read: {error.strerror}")
    return found


def left_over(folder: Path) -> list[Path]:
    """Return what `sweep` would remove from *folder* now."""
    with suppress(OSError), _held(folder, fcntl.LOCK_EX | fcntl.LOCK_NB):
        return [*_cut_off(folder), *_unfinished(folder)]
    return []


def _cut_off(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"{_COMING}*"))


def _unfinished(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"*/{folders.FILE}.*"))


def _digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _written(content: IO[bytes], path: Path) -> str:
    """Write *content* to *path*; return its digest. Raises FormatError for none or too much."""
    digest, size = sha256(), 0
    with path.open("xb") as file:
        while chunk := content.read(_CHUNK):
            size += len(chunk)
            if size > LARGEST:
                raise FormatError(f"is larger than {LARGEST // 1024**2} MiB", path.name)
            digest.update(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    if not size:
        raise FormatError("is empty", path.name)
    sync(path.parent)
    return digest.hexdigest()


def _file_in(place: Path) -> Path | None:
    """Return the file that lies in a *place* already."""
    try:
        return next((p for p in sorted((place / _INNER).iterdir()) if p.is_file()), None)
    except OSError:
        return None


def _say(place: Path, said: FolderSettings) -> None:
    """Write down what is *said* of the file in *place*, all of it or nothing."""
    if said == FolderSettings():
        return
    aside = place / f"{folders.FILE}.{secrets.token_hex(4)}"
    lines = [f"source = {_quoted(said.source)}"] if said.source else []
    if said.topics:
        lines.append(f"topics = [{', '.join(map(_quoted, said.topics))}]")
    with aside.open("x", encoding="utf-8") as file:
        file.write("\n".join([*lines, ""]))
        file.flush()
        os.fsync(file.fileno())
    aside.rename(place / folders.FILE)
    sync(place)


def _quoted(text: str) -> str:
    """Return *text* as a basic string of TOML, which JSON's strings are, but for DEL."""
    return msgspec.json.encode(text).decode().replace("\x7f", "\\u007f")


def shown_name(name: str) -> str:
    """Return the last part of a *name*, as a browser of whatever system sent it."""
    return re.split(r"[/\\]", name)[-1].strip() or "file"


def safe_name(name: str) -> str:
    """Return a name under which a file can lie on this disk, with the ending that it had.

    No folders, no control characters, not hidden, at most 120 bytes.
    """
    plain = unicodedata.normalize("NFC", shown_name(name))
    plain = "".join(c if c.isprintable() and c not in '<>:"|?*' else "_" for c in plain)
    # What was cut by a surrogate cannot be written.
    plain = plain.encode("utf-8", "ignore").decode().lstrip(". ").rstrip() or "file"
    # Two of them, as in .warc.gz.
    found = _ENDING.search(plain)
    ending = found[0] if found else ""
    stem = plain.removesuffix(ending).encode()[: _LONGEST_NAME - len(ending.encode())]
    return f"{stem.decode('utf-8', 'ignore')}{ending}"


def folder_of(site: Path) -> Path:
    """Return the folder in which uploads to *site* lie, in the one spelling of sources."""
    return Path(os.path.abspath(site / FOLDER))
