"""Gunicorn's worker with threads, which hears what is asked only once it was said.

What cannot be read as HTTP never reaches the app; it is refused here, by a page of ours.
"""

import socket
from collections.abc import Mapping
from contextlib import suppress
from html import escape
from typing import Any, Final

from gunicorn.workers.gthread import ThreadWorker

from morgue.porter import SMALL_BODY, Porter
from web import policy

_SAID: Final[Mapping[int, tuple[str, str]]] = {
    400: ("Bad Request", "This request cannot be read"),
    408: ("Request Timeout", "This request did not come in time"),
    414: ("URI Too Long", "This address is too long"),
    417: ("Expectation Failed", "This request expects what is not done here"),
    431: ("Request Header Fields Too Large", "This request has more headers than are taken here"),
    500: ("Internal Server Error", "Morgue failed on this request"),
    501: ("Not Implemented", "This request is coded in a way that is not read here"),
}


class Worker(ThreadWorker):  # type: ignore[misc]
    """A worker whose threads are not kept waiting by slow strangers."""

    def init_process(self) -> None:
        """Call the porter, then begin to work."""
        self._porter = Porter(refuse)
        super().init_process()

    def enqueue_req(self, conn: Any) -> None:
        """Give a connection to a thread when its request is there."""

        def let_in() -> None:
            conn.data_ready = True
            with suppress(RuntimeError):  # The threads have ended.
                ThreadWorker.enqueue_req(self, conn)

        # Gunicorn would wait for the other side to go in the loop that hears everybody.
        conn.close = lambda **_: self._porter.see_off(conn.sock)
        unreader = getattr(conn.parser, "unreader", None)
        self._porter.receive(conn.sock, let_in, unreader.buf.getvalue() if unreader else b"")

    def handle_request(self, req: Any, conn: Any) -> Any:
        """Answer; after a long body hang up, for a refused one would be waited for to its end."""
        if any(
            name == "TRANSFER-ENCODING"
            or (name == "CONTENT-LENGTH" and value.isdecimal() and int(value) > SMALL_BODY)
            for name, value in req.headers
        ):
            req.force_close()
        return super().handle_request(req, conn)

    def handle_exit(self, sig: Any, frame: Any) -> None:
        """Wait for no requests any more, and end."""
        self._porter.close()
        super().handle_exit(sig, frame)

    def handle_error(self, req: Any, client: Any, addr: Any, exc: Any) -> None:
        """Answer what cannot be read as HTTP with a page of ours, in place of gunicorn's."""
        theirs = _Kept()
        super().handle_error(req, theirs, addr, exc)
        refuse(client, theirs.status)


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
