"""A server of feeds on this machine, which answers as a well-kept site does."""

import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import blake2b
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final
from urllib.parse import unquote

# Without a charset, as most sites send them: the XML declaration decides.
TYPES: Final[dict[str, str]] = {
    ".atom": "application/atom+xml",
    ".json": "application/feed+json",
    ".rss": "application/rss+xml",
    ".xml": "application/xml",
}


@dataclass
class Server:
    """A running server: where it is, and how often it gave each HTTP status."""

    root: str
    statuses: Counter[int] = field(default_factory=Counter)


class _Listener(ThreadingHTTPServer):
    """Lets more than five callers wait; the others would try again only a second later."""

    request_queue_size = 128


@contextmanager
def serving(files: Mapping[str, Path]) -> Iterator[Server]:
    """Serve *files*, by their path in the address, until the block ends.

    Every answer has an ETag; a request that already knows it is answered 304.
    """
    lock = threading.Lock()
    statuses: Counter[int] = Counter()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path = files.get(unquote(self.path).lstrip("/"))
            if path is None:
                self._answer(404, b"", {})
                return
            body = path.read_bytes()
            headers = {"ETag": f'"{blake2b(body, digest_size=8).hexdigest()}"'}
            if self.headers.get("If-None-Match") == headers["ETag"]:
                self._answer(304, b"", headers)
                return
            headers["Content-Type"] = TYPES[path.suffix.lower()]
            self._answer(200, body, headers)

        def _answer(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
            with lock:
                statuses[status] += 1
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if status != 304:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - inherited
            """Say nothing."""

    server = _Listener(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Server(f"http://127.0.0.1:{server.server_port}", statuses)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
