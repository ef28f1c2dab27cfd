"""The commands that put a site away in one file, and bring it back: backup, restore."""

import time
from datetime import UTC, datetime
from pathlib import Path

import click

from archive import backup as backups
from archive.errors import UsageError
from archive.wording import counted
from indexer import projection
from morgue import __version__, topic_rules
from morgue.output import common, json_option, print_json, progress, report, say
from morgue.output import site as this_site


@click.command(
    short_help="Write the whole archive to one file.",
    epilog="Example for cron: 30 3 * * * morgue --site /srv/archive backup "
    "/backup/morgue-$(date +\\%a).tar",
)
@click.argument("file", type=click.Path(path_type=Path))
@json_option
@common
def backup(file: Path, as_json: bool) -> None:
    """Write the archive to FILE, or into the folder FILE under a name with the moment.

    It holds the store, morgue.toml, what was handed in and the trained topics, as they are at
    one moment, also while an update is at work; not the index, which is built anew. The file
    appears whole or not at all, and only you can read it: there are password hashes in it, and
    what secrets your morgue.toml has. Nobody stays signed in by it. It is an ordinary tar file,
    with checksums. An older FILE is replaced, but never by a backup of a damaged store.

    Exit codes: 0 it was written, 1 it was not: the store is damaged or the disk full, 2 bad usage.
    """
    site = this_site()
    started = time.monotonic()
    now = datetime.now(UTC)
    if file.is_dir():
        file /= f"morgue-{now:%Y%m%d-%H%M%S}.tar"
    with site.open():
        pass
    made = backups.backup(site.folder, file.absolute(), now, __version__)
    if as_json:
        print_json(
            {
                "file": str(file),
                "bytes": file.stat().st_size,
                "made": made.made,
                "articles": made.articles,
                "revisions": made.revisions,
                "content": made.content,
                "took_s": round(time.monotonic() - started, 3),
            }
        )
    else:
        report(f"{counted(made.articles, 'article')} in {file}, content {made.content[:16]}.")


@click.command(
    short_help="Bring an archive back from a backup.",
    epilog="Example: morgue --site /srv/archive-new restore /backup/morgue-Sun.tar",
)
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@json_option
@common
def restore(file: Path, as_json: bool) -> None:
    """Bring the archive in FILE back, into a site's folder that is empty or not there yet.

    All of FILE is compared with its checksums, and what the store says with its digest, before
    anything takes its place. The index is not in a backup: it is built anew. Everybody
    signs in again; tokens and passwords are those of the backup, so revoke again what you
    revoked since.

    Exit codes: 0 it is as it was, 1 the backup is damaged, cut off or of a newer Morgue, and
    nothing was restored, 2 the folder is not empty.
    """
    site = this_site()
    started = time.monotonic()
    if site.exists:
        raise UsageError(
            "there is an archive here already",
            str(site.folder),
            "restore into a new folder, and put that in the place of this one",
        )
    found = backups.restore(file, site.folder)
    with (
        site.open() as store,
        site.lock(site.settings.lock_timeout),
        progress(as_json) as show,
    ):
        indexed = projection.rebuild(store, site.index, site.settings.language, show)
        topic_rules.catch_up(store, site.index, site.settings, show)
    if as_json:
        print_json(
            {
                "site": str(site.folder),
                "made": found.made,
                "articles": found.articles,
                "revisions": found.revisions,
                "content": found.content,
                "indexed": indexed,
                "took_s": round(time.monotonic() - started, 3),
            }
        )
    else:
        say(
            f"{counted(found.articles, 'article')} of {found.made} restored in {site.folder}, "
            f"content {found.content[:16]}; the index was built anew."
        )
        say("What came in since is not there: `morgue update` reads what sources still have.")
