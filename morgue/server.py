"""Gunicorn as `morgue serve` runs it: its log is part of ours, its refusals are our pages.

It is no front door of its own: its threads wait for who sends a request slowly. On other
addresses than this machine's a web server stands before it (docs/access.md).
"""

import logging
import signal
import socket
import sys
from collections.abc import Callable, Mapping
from html import escape
from queue import SimpleQueue
from typing import Any, Final

from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger
from gunicorn.http import message
from gunicorn.workers.gthread import ThreadWorker

from archive import log
from web import policy
from web.errors import LONGEST_ADDRESS

LONGEST_LINE: Final = 2 * LONGEST_ADDRESS
"""Of the first line of a request: what the app has no page for is refused here, unread."""
# Gunicorn's own bound is that of 2010; a query in Chinese passes it with 900 characters.
message.MAX_REQUEST_LINE = LONGEST_LINE

_SHORT: Final = 16 * 1024
"""Bytes of a body that is worth waiting for, to keep the connection."""

_SAID: Final[Mapping[int, tuple[str, str]]] = {
    400: ("Bad Request", "This request cannot be read"),
    414: ("URI Too Long", "This address is too long"),
    417: ("Expectation Failed", "This request expects what is not done here"),
    431: ("Request Header Fields Too Large", "This request has more headers than are taken here"),
    500: ("Internal Server Error", "Morgue failed on this request"),
    501: ("Not Implemented", "This request is coded in a way that is not read here"),
}


class Server(BaseApplication):
    """Gunicorn by our own options; *app* makes an app for each worker."""

    def __init__(self, app: Callable[[], object], options: Mapping[str, object]) -> None:
        self._app = app
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        """Hand our options to gunicorn."""
        for key, value in self._options.items():
            self.cfg.set(key, value)
        self.cfg.set("post_fork", _remember)
        # Newer releases open a control socket in the home folder, which nothing here needs.
        if "control_socket_disable" in self.cfg.settings:
            self.cfg.set("control_socket_disable", True)

    def load(self) -> object:
        """Return a worker's app."""
        return self._app()


class Log(Logger):
    """Gunicorn's log as part of ours: what it says of a request names no address and no query."""

    def setup(self, cfg: Any) -> None:
        """Leave formatting and level to the root; see `archive.log`."""
        self.cfg = cfg
        self.error_log.handlers = []
        self.error_log.propagate = True
        # What it does when all is well is its own business.
        self.error_log.setLevel(logging.WARNING)
        self.access_log.disabled = True

    def warning(self, msg: object, *args: object, **kwargs: Any) -> None:
        """Log a warning, but of a request that makes no sense not who sent it."""
        text = str(msg)
        if text.startswith("Invalid request from ip="):
            log.event(
                self.error_log,
                logging.WARNING,
                "request.unreadable",
                # The reason quotes what was sent.
                reason=type(sys.exc_info()[1]).__name__ if sys.exc_info()[1] else None,
            )
        else:
            super().warning(msg, *args, **kwargs)

    def exception(self, msg: object, *args: object, **kwargs: Any) -> None:
        """Log what failed in a request, without the request: it may hold a query."""
        if str(msg).startswith("Error handling request"):
            msg, args = "Error handling request", ()
        super().exception(msg, *args, **kwargs)


class Worker(ThreadWorker):
    """Gunicorn's worker with threads, which refuses what is no HTTP by a page of ours."""

    unheard: SimpleQueue[int]
    """Signals since the fork, until the worker listens for them itself."""

    def init_signals(self) -> None:
        """Listen for signals, and hear those that came before.

        Right after the fork a worker still has its master's handlers, which only queue: told
        to stop then, it went on, and a server stopped right after its start took the thirty
        seconds that gunicorn waits.
        """
        super().init_signals()
        while not self.unheard.empty():
            if self.unheard.get() in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT):
                self.alive = False

    def handle_request(self, req: Any, conn: Any) -> Any:
        """Answer; after a long body hang up, for a refused one would be waited for to its end."""
        lengths = [value for name, value in req.headers if name == "CONTENT-LENGTH"]
        chunked = any(name == "TRANSFER-ENCODING" for name, _ in req.headers)
        if chunked or any(value.isdecimal() and int(value) > _SHORT for value in lengths):
            req.force_close()
        return super().handle_request(req, conn)

    def handle_error(self, req: Any, client: Any, addr: Any, exc: Any) -> None:
        """Answer what cannot be read as HTTP with a page of ours, in place of gunicorn's."""
        theirs = _Kept()
        super().handle_error(req, theirs, addr, exc)
        refuse(client, theirs.status)


def _remember(master: Any, worker: Worker) -> None:
    """Hand *worker*, in its process, its copy of the queue of the *master* it was forked from."""
    worker.unheard = master.SIG_QUEUE


class _Kept:
    """Stands for a socket: keeps the status of what is sent, and sends nothing."""

    status = 500

    def sendall(self, data: bytes) -> None:
        """Take the status from the first line."""
        self.status = int(data.split(b" ", 2)[1])

    def gettimeout(self) -> float:
        """Stand for a socket that waits for nothing."""
        return 0.0


def refuse(client: socket.socket, status: int) -> None:
    """Write to *client* that its request is not answered, and why."""
    reason, title = _SAID.get(status, _SAID[400])
    page = (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n"
        '<link rel="stylesheet" href="/assets/now/morgue.css">\n</head>\n<body>\n'
        f'<main id="main">\n<h1>{escape(title)}</h1>\n'
        '<p>Nothing was changed. <a href="/">To the front page</a></p>\n'
        "</main>\n</body>\n</html>\n"
    ).encode()
    headers = {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Length": str(len(page)),
        "Cache-Control": "no-store",
        "Connection": "close",
        **policy.HEADERS,
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    client.setblocking(False)
    client.send(f"HTTP/1.1 {status} {reason}\r\n{head}\r\n".encode("latin-1") + page)
