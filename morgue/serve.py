"""The command that shows the archive: serve, by gunicorn with several workers."""

import socket
import sys
from typing import Any

import click
from gunicorn.app.base import BaseApplication

from archive.errors import UsageError
from morgue.output import common, json_option, print_json, say
from morgue.output import site as this_site
from morgue.site import Site
from web import create_app

_THREADS = 4


class _Server(BaseApplication):  # type: ignore[misc]
    """Gunicorn over one site; each worker makes an app of its own."""

    def __init__(self, site: Site, options: dict[str, Any]) -> None:
        self._site = site
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        """Hand our options to gunicorn."""
        for key, value in self._options.items():
            self.cfg.set(key, value)
        # Newer releases open a control socket in the home folder, which nothing here needs.
        if "control_socket_disable" in self.cfg.settings:
            self.cfg.set("control_socket_disable", True)

    def load(self) -> object:
        """Return a worker's app."""
        return create_app(self._site.folder, self._site.settings)


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
    """
    site = this_site()
    chosen = site.settings.serve
    host, port = host or chosen.host, port or chosen.port
    _check_free(host, port)
    with site.open(create=True):
        # Made once here, so that workers starting together find a finished store.
        pass
    shown = f"[{host}]" if ":" in host else host
    address = f"http://{shown}:{port}"
    if as_json:
        print_json({"address": address, "site": str(site.folder)})
        sys.stdout.flush()
    else:
        say(f"{site.settings.title} serves {site.folder} on {address} (Ctrl-C stops it)")
    _Server(
        site,
        {
            "bind": f"{shown}:{port}",
            "workers": workers or chosen.workers,
            "worker_class": "gthread",
            "threads": _THREADS,
            "loglevel": "warning",
            # The longest line there is; the box holds no query that would pass it.
            "limit_request_line": 8190,
            "proc_name": "morgue",
        },
    ).run()


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
