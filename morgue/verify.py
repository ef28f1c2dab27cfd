"""The command that reads a whole site, to say whether it is what was written, and to mend it."""

import sys
import time
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click

from archive.errors import SearchIndexError, StoreError
from archive.ingest import uploads
from archive.store import FILE
from archive.store.check import Fault, check_store
from archive.store.formats import format_of, newest_format
from archive.store.salvage import Salvaged, recount, salvage
from archive.wording import counted
from indexer import location, projection
from indexer.projection import Verdict
from morgue import topic_rules
from morgue.output import common, complain, json_option, print_json, progress, say
from morgue.output import site as this_site
from morgue.site import Site

UNUSABLE: Final = 1
_NAMED: Final = 10
"""How many articles are named where more are missing."""


@dataclass
class _Found:
    """What is wrong with a site, by what it is wrong with."""

    store: list[Fault] = field(default_factory=list)
    index: Verdict | None = None
    no_index: str = ""
    uploads: list[str] = field(default_factory=list)
    orphans: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether nothing was found wrong; what is left over is no fault."""
        return not (self.store or self.no_index or self.uploads) and bool(
            self.index and self.index.ok
        )


@click.command(
    short_help="Check every byte of store and index; mend them.",
    epilog="Example for cron: 0 4 * * 0 morgue --site /srv/archive verify",
)
@click.option(
    "--repair",
    is_flag=True,
    help="Build the index anew, count anew what is counted, remove what is left over; save what "
    "can be read of a damaged store into a new one, and keep the damaged one beside it.",
)
@json_option
@common
def verify(repair: bool, as_json: bool) -> None:
    """Read the whole site: the store and each article's seal, the index and its checksums.

    Articles of store and index are compared one by one, what was handed in with its
    digest, and what nothing names is told. What is wrong with the index is built anew by the
    next `morgue update`; what is wrong with the store is mended by --repair alone, or by
    `morgue restore`.

    Exit codes: 0 all is what was written, or was mended and nothing is lost; 1 it is not,
    or something is lost; 4 another run is at work.
    """
    site = this_site()
    started = time.monotonic()
    if not site.exists:
        with site.open():
            pass
    with site.lock(site.settings.lock_timeout):
        _bring_up_to_date(site)
        found = _look(site)
        saved = _repair(site, found, as_json) if repair else None
        left = found if saved is None else _look(site)
    took = time.monotonic() - started
    if as_json:
        print_json(_as_json(found, saved, left, took))
    else:
        _tell(found)
        if saved is not None:
            _tell_saved(saved, left)
        elif found.store:
            say("`morgue verify --repair` saves what can be read; so does restoring a backup.")
        elif not found.ok:
            say("The next `morgue update` builds the index anew; so does `morgue reindex`.")
        if found.ok:
            articles = counted(found.index.articles if found.index else 0, "article")
            say(f"Store and index are what was written: {articles}.")
    if not left.ok or (saved and saved.losses):
        sys.exit(UNUSABLE)


def _bring_up_to_date(site: Site) -> None:
    """Migrate an older store; what is newer than this Morgue is refused, not judged."""
    try:
        if format_of(site.folder / FILE) == newest_format():
            return
    except StoreError:
        # Whatever it is, the check tells.
        return
    with site.open():
        pass


def _look(site: Site) -> _Found:
    found = _Found(
        check_store(site.folder / FILE),
        uploads=uploads.damages(uploads.folder_of(site.folder)),
        orphans=[str(path) for path in (*location.orphans(site.index), *_left_over(site))],
    )
    try:
        with site.open() as store:
            found.index = projection.verify(store, site.index)
    except SearchIndexError as error:
        found.no_index = str(error)
    except StoreError as error:
        if not found.store:
            found.store.append(Fault(error.reason))
    return found


def _left_over(site: Site) -> list[Path]:
    """What cut-off runs left in the site's folder."""
    aside = [f"{FILE}.salvaged*", ".restoring-*"]
    return [
        *(path for pattern in aside for path in sorted(site.folder.glob(pattern))),
        *uploads.left_over(uploads.folder_of(site.folder)),
    ]


def _repair(site: Site, found: _Found, as_json: bool) -> Salvaged:
    saved = Salvaged()
    if any(not fault.derived for fault in found.store):
        saved = salvage(site.folder / FILE, datetime.now(UTC))
    elif found.store:
        recount(site.folder / FILE)
    location.clear(site.index)
    for path in _left_over(site):
        location.remove(path)
    if found.store or not found.ok:
        with site.open() as store, progress(as_json) as show:
            store.compare_pending(show)
            projection.rebuild(store, site.index, site.settings.language, show)
            topic_rules.catch_up(store, site.index, site.settings, show)
    return saved


def _tell(found: _Found) -> None:
    for fault in found.store[:_NAMED]:
        complain(f"{FILE}: {fault.what}")
    if len(found.store) > _NAMED:
        complain(f"{FILE}: {counted(len(found.store) - _NAMED, 'more fault')}")
    for line in found.uploads:
        complain(line)
    if found.no_index:
        complain(found.no_index)
    if found.index:
        for damage in found.index.damages:
            complain(damage)
        _name(found.index.missing, "not in the index, but in the store")
        _name(found.index.surplus, "in the index, but not in the store")
    for path in found.orphans:
        say(f"{path}: left over; --repair removes it")


def _tell_saved(saved: Salvaged, left: _Found) -> None:
    if saved.damaged.name:
        say(
            f"Saved {counted(saved.articles, 'article')} with "
            f"{counted(saved.revisions, 'revision')}; the damaged store is kept as "
            f"{saved.damaged}."
        )
    for loss in saved.losses:
        complain(f"lost: {loss.id}: {loss.headline or 'no headline'} ({loss.source}): {loss.what}")
    for note in saved.notes:
        complain(note)
    if left.ok:
        articles = counted(left.index.articles if left.index else 0, "article")
        say(f"Store and index are whole now: {articles}.")
    else:
        say("Not all could be mended:")
        _tell(left)


def _as_json(
    found: _Found, saved: Salvaged | None, left: _Found, took: float
) -> dict[str, object]:
    index = found.index or Verdict(0, 0, [found.no_index or "the store cannot be read"], [], [])
    return {
        "ok": found.ok,
        "store": [asdict(fault) for fault in found.store],
        "articles": index.articles,
        "lag": index.lag,
        "damages": index.damages,
        "missing": index.missing,
        "surplus": index.surplus,
        "uploads": found.uploads,
        "orphans": found.orphans,
        "repaired": None
        if saved is None
        else {
            "ok": left.ok and not saved.losses,
            "articles": saved.articles,
            "revisions": saved.revisions,
            "lost": [asdict(loss) for loss in saved.losses],
            "notes": saved.notes,
            "damaged": str(saved.damaged) if saved.damaged.name else None,
        },
        "took_s": round(took, 3),
    }


def _name(ids: list[str], how: str) -> None:
    for name in ids[:_NAMED]:
        complain(f"{name}: {how}")
    if len(ids) > _NAMED:
        complain(f"{counted(len(ids) - _NAMED, 'more article')} {how}")
