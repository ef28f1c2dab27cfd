"""The command that shows the archive: serve, by gunicorn with several workers."""

import logging
import socket
import sys

import click

from archive import log
from archive.access_settings import Access
from archive.errors import UsageError
from archive.store import Store
from morgue.catch_up import intake
from morgue.output import common, json_option, print_json, say
from morgue.output import site as this_site
from morgue.server import LONGEST_LINE, Log, Server, Worker
from web import create_app, peers

_THREADS = 4
_log = logging.getLogger(__name__)


@click.command(
    short_help="Show the archive in a browser.", epilog="Example: morgue serve --port 8080"
)
@click.option("--host", metavar="ADDRESS", help="Where to listen; 127.0.0.1 unless set.")
@click.option("--port", metavar="N", type=click.IntRange(1, 65535), help="8000 unless set.")
@click.option("--workers", metavar="N", type=click.IntRange(1, 64), help="2 unless set.")
@json_option
@common
def serve(host: str | None, port: int | None, workers: int | None, as_json: bool) -> None:
    """Show the archive in a browser, on this machine, until stopped with Ctrl-C.

    `morgue update` may run at the same time; new articles show on the next
    page that is opened.

    On 127.0.0.1 whoever sits at this machine reads and writes. On any other
    address Morgue starts only when it knows who may do what: by `morgue
    password NAME`, `morgue token add NAME`, or below [access] in morgue.toml.
    """
    site = this_site()
    chosen = site.settings.serve
    host, port = host or chosen.host, port or chosen.port
    shown = f"[{host}]" if ":" in host else host
    _check_free(host, port)
    # Made once here, so that workers starting together find a finished store.
    with site.open(create=True) as store:
        if not _is_only_here(host) and not _knows_who(site.settings.access, store):
            raise UsageError(
                "everybody who reaches this address could come in",
                f"{shown}:{port}",
                "`morgue password NAME` sets a password; tokens, proxies and open reading are "
                "in docs/access.md",
            )
    address = f"http://{shown}:{port}"
    if as_json:
        print_json({"address": address, "site": str(site.folder)})
        sys.stdout.flush()
    else:
        if not _is_only_here(host) and not site.settings.access.hosts:
            say(
                "Only plain addresses are known; names go below [access] in morgue.toml, as hosts."
            )
        say(f"{site.settings.title} serves {site.folder} on {address} (Ctrl-C stops it)")
    log.event(_log, logging.INFO, "serve.begun", address=address, site=site.folder)
    Server(
        lambda: create_app(site.folder, site.settings, intake(site)),
        {
            "bind": f"{shown}:{port}",
            "workers": workers or chosen.workers,
            "worker_class": Worker,
            "threads": _THREADS,
            "logger_class": Log,
            "limit_request_line": LONGEST_LINE,
            "proc_name": "morgue",
            # What a proxy says is believed by `web.peers`, from configured ones alone.
            "forwarded_allow_ips": "",
            "secure_scheme_headers": {},
        },
    ).run()


def _knows_who(access: Access, store: Store) -> bool:
    """Whether somebody can be told from anybody, or reading is open on purpose."""
    if access.anyone in ("read", "write") or access.user_header:
        return True
    return store.has_accounts() or bool(store.tokens())


def _is_only_here(host: str) -> bool:
    """Whether only this machine hears what listens at *host*."""
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return all(peers.is_loopback(str(place[4][0])) for place in found)


def _check_free(host: str, port: int) -> None:
    """Raise UsageError in plain words where gunicorn would retry and give up."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
    except OSError as error:
        raise UsageError(
            f"is no address of this machine: {error.strerror}", host, "choose another --host"
        ) from error
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        raise UsageError(
            f"cannot listen there: {error.strerror}", f"{host}:{port}", "choose another --port"
        ) from error
