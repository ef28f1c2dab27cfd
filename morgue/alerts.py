"""The command that sends what saved searches found since it last ran."""

import sys
from pathlib import Path
from typing import Any, Final

import click

from archive.errors import UsageError
from archive.saved_search import Digest, DigestState
from archive.settings import Settings
from archive.store import Store
from archive.wording import counted
from indexer.saved import follow
from morgue.delivery import DeliveryError, Unsure, by_mail, into_folder
from morgue.output import common, complain, json_option, print_json, report
from morgue.output import site as this_site
from morgue.run import SOME_FAILED
from web import digest as digests

_HERE: Final = "http://127.0.0.1:8000"


@click.command(
    short_help="Send what saved searches found since the last time.",
    epilog="Example for cron: 0 7 * * * morgue --site /srv/archive alerts",
)
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Write the digest into this folder, as a mail in a file, in place of sending it.",
)
@click.option(
    "--again",
    "again",
    type=int,
    metavar="N",
    help="Send digest N once more, which may not have arrived.",
)
@json_option
@common
def alerts(folder: Path | None, again: int | None, as_json: bool) -> None:
    """Send one digest of the new articles of every saved search that has an alert.

    By mail as [alerts] in morgue.toml says, or into a folder. Each article goes out
    once for each search. What could not be sent waits for the next run. When a run was
    cut off in the very moment of sending, nobody can know whether the mail arrived: it
    is not sent twice, but named, and --again N sends it.

    Exit codes: 0 all is well, also when nothing is new, 2 bad settings, 3 a digest
    could not be sent.
    """
    site = this_site()
    settings = site.settings
    folder = folder or (Path(settings.alerts.folder) if settings.alerts.folder else None)
    if folder is None:
        _check(settings)
    with site.open() as store, site.lock(settings.lock_timeout):
        with site.engine(store) as engine:
            follow(store, engine, settings.search.groups, settings.today())
        store.make_digest()
        unsure = _unsure(store, again, resend=folder is not None)
        sent, failures = [], []
        for waiting in store.digests(DigestState.WAITING):
            try:
                sent += _send(store, waiting.id, settings, folder)
            except DeliveryError as error:
                failures.append(f"digest {waiting.id}: {error}")
                break  # The next would meet the same.
    if as_json:
        print_json({"sent": sent, "failed": failures, "unsure": [d.id for d in unsure]})
    else:
        if sent and not settings.alerts.address:
            complain(
                f"The links in digests lead to {_HERE}, which only this machine can follow: set "
                'address = "https://…" below [alerts] in morgue.toml.'
            )
        for went in sent:
            articles = counted(sum(went["articles"].values()), "new article")
            report(f"Digest {went['digest']}: {articles}, {went['to']}")
        if not sent and not failures:
            report("Nothing is new.")
        for failure in failures:
            complain(failure)
        for one in unsure:
            complain(
                f"digest {one.id} of {one.made} may not have arrived: {one.reason or 'cut off'}"
                f" (`morgue alerts --again {one.id}` sends it once more)"
            )
    if failures or unsure:
        sys.exit(SOME_FAILED)


def _check(settings: Settings) -> None:
    """Raise UsageError where it is not said whereto mail goes."""
    for name, value in {
        "host": settings.alerts.host,
        "sender": settings.alerts.sender,
        "to": settings.alerts.to,
    }.items():
        if not value:
            raise UsageError(
                f"alerts.{name} is not set",
                "[alerts] in morgue.toml",
                "say how mail goes out there, or give --folder DIR",
            )


def _unsure(store: Store, again: int | None, *, resend: bool) -> list[Digest]:
    """Return the digests of which nobody knows whether they arrived, but those to go out again.

    A file that was being written is written again under the same name, so with *resend*
    there are none.
    """
    sending = store.digests(DigestState.SENDING)
    if again is not None and again not in {digest.id for digest in sending}:
        raise UsageError("is no digest that may have been lost", f"digest {again}")
    left = []
    for digest in sending:
        if resend or digest.id == again:
            store.move_digest(digest.id, DigestState.SENDING, DigestState.WAITING)
        else:
            left.append(digest)
    return left


def _send(
    store: Store, digest_id: int, settings: Settings, folder: Path | None
) -> list[dict[str, Any]]:
    """Send a digest, its state always one step ahead; one without articles left is just noted."""
    digest = store.digest(digest_id)
    if digest is None or not store.move_digest(
        digest_id, DigestState.WAITING, DigestState.SENDING
    ):
        return []
    told = digests.sections(digest, store)
    to = ""
    if told:
        mail = digests.message(
            digest,
            told,
            title=settings.title,
            address=settings.alerts.address or _HERE,
            sender=settings.alerts.sender or "morgue@localhost",
            to=settings.alerts.to,
        )
        try:
            if folder is not None:
                to = f"written to {into_folder(mail, folder, digest_id)}"
            else:
                by_mail(mail, settings.alerts)
                to = f"sent to {', '.join(settings.alerts.to)}"
        except Unsure as error:
            store.move_digest(digest_id, DigestState.SENDING, DigestState.SENDING, str(error))
            raise
        except DeliveryError as error:
            store.move_digest(digest_id, DigestState.SENDING, DigestState.WAITING, str(error))
            raise
    store.move_digest(digest_id, DigestState.SENDING, DigestState.SENT)
    if not told:
        return []
    articles = {section.name: section.articles for section in told}
    return [{"digest": digest_id, "articles": articles, "to": to}]
