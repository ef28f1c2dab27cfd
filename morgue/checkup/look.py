"""Looking: what there is, gathered for the judges. Nothing is changed, nobody is asked outside.

The store is read only where it has the format of this Morgue, since opening an older one
would bring it there.
"""

import ipaddress
import os
import platform
import shutil
import tomllib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from packaging.requirements import Requirement

from archive.errors import MorgueError, SettingsError
from archive.holdings import holdings
from archive.saved_search import DigestState
from archive.settings import FILE, Settings
from archive.settings_origins import SECRET, Origin, origins, unknown_variables
from archive.source import Kind
from archive.store import FILE as STORE
from archive.store import Store
from archive.store.file import sqlite_version
from archive.store.formats import format_of, newest_format
from archive.wording import counted
from indexer import location, projection
from morgue import __version__, holder
from morgue.checkup import files, keeping, people, settings, sources, versions
from morgue.checkup.files import Room, SeenFile
from morgue.checkup.finding import Finding, Level
from morgue.checkup.keeping import SeenIndex
from morgue.checkup.people import Known
from morgue.checkup.versions import Versions
from morgue.site import Site

_MOST_FILES: Final = 2_000
"""So many of the site's files are looked at."""


def look(site: Site, environ: Mapping[str, str]) -> Iterator[Finding]:
    """Look at all of *site*, area by area."""
    chosen, broken = _settings(site)
    if broken is not None:
        why = "no command works until it is mended"
        yield Finding("settings", Level.ERROR, str(broken), why, broken.hint or "mend it")
    else:
        came = origins(site.folder, _written(site.folder / FILE), environ)
        unknown = unknown_variables(environ)
        yield from settings.judge(chosen, came, unknown, os.cpu_count() or 1)
        yield from _secrets(chosen, came)
    if not site.folder.is_dir() or not site.exists:
        yield from versions.judge(_versions(None, None))
        yield Finding(
            "store",
            Level.NOTE,
            f"there is no archive in {site.folder} yet",
            "",
            "`morgue add FEED-URL-OR-FOLDER` and `morgue update` begin one",
        )
        return
    yield from _files(site.folder, chosen)
    yield from files.judge_room(_room(site))
    now = datetime.now(UTC)
    held = holder.read(site.folder)
    at_work = holder.is_at_work(held) if held else None
    yield keeping.judge_lock(held, now, at_work=at_work)
    try:
        store_format = format_of(site.folder / STORE)
        if store_format == newest_format():
            with site.open() as store:
                yield from _store(site, store, chosen, held=bool(held and at_work is not False))
        else:
            yield from versions.judge(_versions(store_format, None))
    except MorgueError as error:
        yield Finding(
            "store",
            Level.ERROR,
            str(error),
            "nothing can be read or kept",
            error.hint or "restore articles.db from a backup",
        )


def _settings(site: Site) -> tuple[Settings, SettingsError | None]:
    try:
        return site.settings, None
    except SettingsError as error:
        return Settings(), error


def _written(path: Path) -> dict[str, object]:
    # It was read a moment ago; where it went away meanwhile, nothing is written in it.
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError:
        return {}


def _secrets(chosen: Settings, came: list[Origin]) -> Iterator[Finding]:
    held = [
        origin
        for origin in came
        if origin.key in SECRET
        and (origin.key != "fetch.proxy" or urlsplit(chosen.fetch.proxy).password)
    ]
    modes = {origin.path: origin.path.stat().st_mode for origin in held if origin.path}
    yield from files.judge_secrets(held, modes, for_group=chosen.files.group)


def _files(folder: Path, chosen: Settings) -> Iterator[Finding]:
    seen = []
    for path in _ours(folder):
        try:
            status = path.stat()
        except OSError:
            continue
        mode = status.st_mode
        if path.name == FILE:
            # Whoever writes it may let others read it; for secrets in it see `_secrets`.
            mode &= ~0o044
        writable = os.access(path, os.W_OK) or path.name == FILE
        name = str(path.relative_to(folder)) if path != folder else "the folder"
        seen.append(SeenFile(name, mode, status.st_uid, writable))
    reached = all(path.stat().st_mode & 0o001 for path in (folder, *folder.parents))
    yield from files.judge(seen, reached=reached, for_group=chosen.files.group, uid=os.geteuid())


def _ours(folder: Path) -> Iterator[Path]:
    """The folder of a site, then what Morgue made in it, not what else lies there."""
    yield folder
    yield from sorted(path for path in folder.iterdir() if path.is_file() and _is_ours(path.name))
    left = _MOST_FILES
    for top in (folder / location.FOLDER, folder / "uploads"):
        for where, _, names in os.walk(top):
            for path in (Path(where), *(Path(where, name) for name in names)):
                if left <= 0:
                    return
                left -= 1
                yield path


def _is_ours(name: str) -> bool:
    return name.startswith((STORE, "morgue.")) or name == "topics.npz"


def _room(site: Site) -> Room:
    disk = os.statvfs(site.folder)
    index = sum(_size(path) for path in site.index.rglob("*"))
    store = site.folder / STORE
    log = store.with_name(f"{STORE}-wal")
    files_free = disk.f_favail if disk.f_files else None
    return Room(shutil.disk_usage(site.folder).free, _size(store), _size(log), index, files_free)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _store(site: Site, store: Store, chosen: Settings, *, held: bool) -> Iterator[Finding]:
    now, today = store.now(), chosen.today()
    kept = holdings(store.held())
    articles = sum(holding.articles for holding in kept.values())
    yield Finding("store", Level.OK, f"{counted(articles, 'article')} in {site.folder / STORE}")
    lag = projection.lag(store, site.index)
    yield from keeping.judge_index(_index(site, store, chosen, lag), held=held)
    yield from versions.judge(_versions(store.format, _built_for(site, store)))
    machine_zone = datetime.now().astimezone().tzname() or "UTC"
    yield from keeping.judge_clock(now, store.newest_moment(), chosen.timezone, machine_zone)
    known = store.sources()
    yield from keeping.judge_updates(store.updates(), now, len(known))
    # A folder may rest for as long as it likes.
    live = {
        source.id
        for source in known
        if source.kind is Kind.FEED and not source.paused and not source.retired
    }
    silent = {
        name: since
        for name, holding in kept.items()
        if holding.ids & live and (since := holding.silent_since(today))
    }
    yield from sources.judge(
        known, silent, store.pages_not_allowed(), store.hosts_left_alone(), now
    )
    alerting = sum(saved.alert for saved in store.saved_searches())
    waiting = store.digests(DigestState.WAITING, DigestState.SENDING)
    yield from people.judge_alerts(chosen, waiting, alerting, now)
    here = _is_only_here(chosen.serve.host)
    yield from people.judge_access(
        chosen, Known(store.accounts(), store.tokens(), only_here=here), now
    )


def _index(site: Site, store: Store, chosen: Settings, lag: int) -> SeenIndex:
    folder = location.current(site.index)
    if folder is None:
        return SeenIndex(exists=False)
    left = tuple(path.name for path in location.leftovers(site.index))
    damage = location.noted_damage(folder)
    why = projection.why_rebuild(store, site.index, chosen.language)
    return SeenIndex(True, lag, why, damage, left)


def _built_for(site: Site, store: Store) -> str | None:
    try:
        with site.engine(store) as engine:
            checkpoint = engine.checkpoint()
    except MorgueError:
        return None
    return checkpoint.built_for if checkpoint else None


def _versions(store: int | None, index: str | None) -> Versions:
    return Versions(
        __version__,
        platform.python_version(),
        sqlite_version(),
        _misfits(),
        store,
        newest_format(),
        index,
    )


def _misfits() -> list[str]:
    """The libraries that are not here in a version that this Morgue asks for."""
    try:
        asked = [Requirement(text) for text in requires("morgue") or ()]
    except PackageNotFoundError:
        return []
    found = []
    for one in asked:
        if one.marker is not None and not one.marker.evaluate({"extra": ""}):
            continue
        try:
            here = version(one.name)
        except PackageNotFoundError:
            found.append(f"{one.name} (missing)")
            continue
        if not one.specifier.contains(here, prereleases=True):
            found.append(f"{one.name} {here} ({one.specifier})")
    return found


def _is_only_here(host: str) -> bool:
    """Whether a server at *host* is heard by this machine alone; no name is looked up."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
